"""A liveness probe that kills an application with data before it has started.

Without a startupProbe the liveness probe begins after `initialDelaySeconds` (default 0) and kills the container after
`failureThreshold` failures (3), one each `periodSeconds` (10): 30 s by default. A database that replays its log after
a crash takes longer on a bad day; it is killed, begins again from the start, and never comes up (`CrashLoopBackOff`).

Looked at are StatefulSets with claims, and databases, queues and search engines with a claim in any other workload.

Add a startupProbe with the same check and a budget of minutes (`failureThreshold: 60`): until it has succeeded,
liveness waits.

See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule


@rule(Category.RISKY, needs=("livenessProbe",))
def check(pod: PodSpec, *, least_seconds: int = 60) -> Findings:
    """Containers with a claim, a liveness probe that gives up within `least_seconds`, and no startup probe."""
    yield from _at_once(pod)
    kept = _kept(pod)
    if not kept:
        return
    of_set = pod.owner.kind == "StatefulSet"
    for container in pod.containers():
        if not (of_set or _recovers(container.get("image", ""))):
            continue
        probe = container["livenessProbe"]
        if not probe.value or container.get("startupProbe") or _asks_nothing(probe):
            continue
        if not any(mount.get("name") in kept for mount in container["volumeMounts"].items()):
            continue
        delay, period = probe.get("initialDelaySeconds", 0), probe.get("periodSeconds", 10) or 10
        failures = probe.get("failureThreshold", 3) or 3
        budget = delay + period * failures
        if budget < least_seconds:
            yield probe.found(
                f"container {container.name} is killed when it is not up within {budget} s",
                key=True,
                consequence="a start that takes longer, as after a crash, is cut off again and again: CrashLoopBackOff",
                help="add a startupProbe with the same check and failureThreshold: 60",
            )


def _at_once(pod: PodSpec) -> Findings:
    """Probes that give up before most programs listen: within three seconds of the start."""
    for container in pod.containers():
        probe = container["livenessProbe"]
        if not probe.value or container.get("startupProbe") or not (probe.get("httpGet") or probe.get("grpc")):
            continue
        delay, period, failures = (
            value if isinstance(value := probe.get(field, default), int) else default
            for field, default in (("initialDelaySeconds", 0), ("periodSeconds", 10), ("failureThreshold", 3))
        )
        budget = delay + max(period, 1) * failures
        if budget < _AT_ONCE and not _kept(pod):
            yield probe.found(
                f"container {container.name} is killed when it does not answer within {budget} s of its start",
                key=True,
                consequence="a program that needs longer is cut off again and again: CrashLoopBackOff",
                help="write failureThreshold: 3 with a longer period, and a startupProbe for the start",
            )


_AT_ONCE = 4


def _kept(pod: PodSpec) -> set[str]:
    """The volumes that hold data which outlives the pod: claims, and claim templates of a StatefulSet."""
    spec = pod.mapping()
    names = {v.get("name") for v in spec.get("volumes") or () if v and v.get("persistentVolumeClaim")}
    owner = pod.owner
    if owner.kind == "StatefulSet":
        templates = owner["spec"].get("volumeClaimTemplates") or ()
        names |= {((t or {}).get("metadata") or {}).get("name") for t in templates}
    return {name for name in names if name}


_STORES = frozenset(
    (
        "cassandra", "clickhouse", "clickhouse-server", "cockroach", "couchdb", "elasticsearch", "etcd", "influxdb", "kafka", "mariadb",
        "mongo", "mongodb", "mysql", "mysql-server", "neo4j", "opensearch", "percona", "percona-server", "postgres", "postgresql",
        "prometheus", "rabbitmq", "redis", "scylla", "solr", "zookeeper",
    )
)  # fmt: skip
"""Images, by the last word of their names, of programs that recover their data when they start."""


def _recovers(image: object) -> bool:
    """Whether an image is known to read its data, logs or indexes before it answers."""
    return str(image).partition("@")[0].rpartition("/")[2].partition(":")[0] in _STORES


def _asks_nothing(probe: Node) -> bool:
    """Whether a probe passes before the application is up: it looks at files or processes only, or takes loading for an answer."""
    words = list(probe["exec"].get("command") or ())
    if any(re.search(r"\bLOADING\b", str(word), re.IGNORECASE) for word in words):
        return True
    return bool(words) and str(words[0]).rpartition("/")[2] in _ASK_NOTHING


_ASK_NOTHING = ("ls", "cat", "true", "echo", "test", "stat", "pgrep", "pidof")
