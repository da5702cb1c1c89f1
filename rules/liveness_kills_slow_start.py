"""A liveness probe that kills an application with data before it has started.

Without a startupProbe the liveness probe begins after `initialDelaySeconds` (default 0) and kills the container after
`failureThreshold` failures (3), one each `periodSeconds` (10): 30 s by default. A database that replays its log after
a crash takes longer on a bad day; it is killed, begins again from the start, and never comes up (`CrashLoopBackOff`).

Add a startupProbe with the same check and a budget of minutes (`failureThreshold: 60`): until it has succeeded,
liveness waits.

See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PodSpec
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule


@rule(Category.RISKY)
def check(pod: PodSpec, *, least_seconds: int = 60) -> Findings:
    """Containers with a claim, a liveness probe that gives up within `least_seconds`, and no startup probe."""
    kept = _kept(pod)
    if not kept:
        return
    for container in pod.containers():
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


def _kept(pod: PodSpec) -> set[str]:
    """The volumes that hold data which outlives the pod: claims, and claim templates of a StatefulSet."""
    spec = pod.mapping()
    names = {v.get("name") for v in spec.get("volumes") or () if v and v.get("persistentVolumeClaim")}
    owner = pod.owner
    if owner.kind == "StatefulSet":
        templates = owner["spec"].get("volumeClaimTemplates") or ()
        names |= {((t or {}).get("metadata") or {}).get("name") for t in templates}
    return {name for name in names if name}


def _asks_nothing(probe: Node) -> bool:
    """Whether a probe looks at files only: it does not wait for the application."""
    words = list(probe["exec"].get("command") or ())
    return bool(words) and str(words[0]) in ("ls", "cat", "true", "echo", "test", "stat", "pgrep", "pidof")
