"""A StatefulSet whose first pod waits for peers that start only after it.

With `podManagementPolicy: OrderedReady`, the default, pod 1 is made when pod 0 is ready. An application that is ready
only with its peers (a quorum, a cluster that forms) keeps pod 0 unready, so the others are never made: at the first
start, or after all pods were down. A pod that is not ready has no DNS name either, unless the headless Service
publishes it.

Write `podManagementPolicy: Parallel` (it cannot be changed later: delete the set with `--cascade=orphan` and make it
anew), and `publishNotReadyAddresses: true` in the headless Service.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#parallel-pod-management
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Service, StatefulSet, Trial, rule
from kubetrial.lint.objects.config_uses import config_texts

_CLUSTERS = re.compile(r"status|member|cluster|peer|node|quorum|replica|info", re.I)
"""What a program is asked for whose answer depends on others."""


@rule(Category.RISKY, needs=("readinessProbe",))
def check(trial: Trial) -> Findings:
    """Ordered sets with a readiness probe that name their own later pods, and a Service that hides unready ones."""
    for statefulset in trial.all(StatefulSet):
        spec = statefulset.spec
        if spec.get("podManagementPolicy") == "Parallel" or statefulset.replicas < 2:
            continue
        # A port that is open says that the program runs, not that it has found its peers.
        probes = (c["readinessProbe"] for c in statefulset.pod.containers())
        probe = next((p for p in probes if p.value and not p.get("tcpSocket")), None)
        peer = next(peers(statefulset, trial.cluster), None) if probe is not None else None
        if probe is None or peer is None:
            continue
        service = next((s for s in trial.all(Service) if s.name == spec.get("serviceName")), None)
        if service is None or service["spec"].get("publishNotReadyAddresses") is True:
            continue
        play = trial.play(
            "never-ready", statefulset, horizon=600.0, assumes="no pod is ready before it has found its peers"
        )
        if play.timeline.count("pod", "created", f"{statefulset.name}-*") > 1:
            continue
        yield (spec["podManagementPolicy"] if spec["podManagementPolicy"].present else spec["replicas"]).found(
            f"{statefulset.name}-{spec['ordinals'].get('start', 0)} may wait for peers that are made "
            "only when it is ready",
            consequence=(
                "if readiness needs the peers, the set never gets beyond its first pod, nor starts again "
                "after a full stop"
            ),
            help="write podManagementPolicy: Parallel, and publishNotReadyAddresses: true in the Service",
            related=(("its peers", peer), ("the probe", probe), (str(service), service["spec"]["clusterIP"])),
            trace=play.trace(play.events(statefulset)),
        )


def peers(statefulset: StatefulSet, cluster: Cluster) -> Iterator[Node]:
    """Texts of the containers, and of ConfigMaps of theirs, that name a later pod of the set by its DNS name: `web-1.web-peers`."""
    name = re.escape(statefulset.name)
    later = "|".join(str(n) for n in range(1, min(statefulset.replicas, 10))) or "1"
    pattern = re.compile(rf"(?<![\w.-]){name}-(?:[1-9]\d*\.|(?:{later})(?![\w-]))")
    for container in statefulset.pod.all_containers():
        for field in ("command", "args"):
            for text in container[field].items():
                if isinstance(text.value, str) and pattern.search(text.value):
                    yield text
        for variable in container["env"].items():
            value = variable["value"]
            if isinstance(value.value, str) and pattern.search(value.value):
                yield value
    yield from (text for _, text in config_texts(statefulset.pod, cluster) if pattern.search(text.value))
    yield from _counted(statefulset)


def _counted(statefulset: StatefulSet) -> Iterator[Node]:
    """Commands of readiness probes that compare something with the number of replicas: `| grep 3`, `-ge 3`, `== 3`."""
    number = statefulset.replicas
    pattern = re.compile(
        rf"\|\s*grep(?:\s+-[a-zA-Z]+)*\s+['\"^]*{number}\b|-(?:eq|ge)\s+['\"]?{number}\b|==?\s*['\"]?{number}\b"
    )
    for container in statefulset.pod.containers():
        for text in container["readinessProbe"]["exec"]["command"].items():
            if isinstance(text.value, str) and _CLUSTERS.search(text.value) and pattern.search(text.value):
                yield text
