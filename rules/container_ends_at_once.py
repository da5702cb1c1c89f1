"""A container that ends at once, in a pod that is to run for ever.

The containers of a Deployment, StatefulSet or DaemonSet are started again whenever they end, also with exit code 0. One
that does a single thing (`sysctl -w ...`), or a base image whose shell finds no terminal, ends at once: the pod goes
into CrashLoopBackOff and is never of use.

Do one-time work in an init container or a Job, or end the command with what goes on (`sleep infinity`).

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.facts import kinds, one_shot


@rule(Category.BROKEN)
def check(pod: PodSpec) -> Findings:
    """Ordinary containers and native sidecars of workloads that run for ever."""
    owner = pod.owner
    if owner.kind not in kinds.RUNNING or pod.restart_policy != "Always" or owner["spec"].get("replicas") == 0:
        return
    for container in pod.all_containers():
        if (container.is_init and not container.is_sidecar) or container.get("restartPolicyRules"):
            continue
        if not container.is_init and container.get("restartPolicy") not in (None, "Always"):
            continue
        why = one_shot.ends(container.mapping())
        if why is not None:
            place = (
                container["command"]
                if container.get("command")
                else container["args"]
                if container.get("args")
                else container["image"]
            )
            yield place.found(
                f"the container {container.name} of a {owner.kind} does not stay: {why}",
                key=bool(container.get("command") or container.get("args")),
                consequence="it is started again and again: CrashLoopBackOff, and the pod is never of use",
                help="do it in an init container or a Job, or let the command go on, such as with sleep infinity",
            )
