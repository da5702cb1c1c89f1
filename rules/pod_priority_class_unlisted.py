"""A pod whose PriorityClass is not among those that the configuration lists.

Silent unless configured, but for the classes of the system in other namespaces than kube-system (DaemonSets apart):
`allowed` lists the classes, and with `required` a pod has to name one.

Write one of the classes.

See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.ADVICE)
def check(pod: PodSpec, *, allowed: tuple[str, ...] = (), required: bool = False) -> Findings:
    """Find classes beyond `allowed`, and pods without one where it is required."""
    name = pod.value.get("priorityClassName")
    if not name:
        if required:
            yield pod["priorityClassName"].found("the pod names no PriorityClass", help="write priorityClassName")
    elif allowed:
        if name not in allowed:
            yield pod["priorityClassName"].found(
                f"the PriorityClass {name} is not allowed", help=f"write {' or '.join(allowed)}"
            )
    elif (
        str(name).startswith("system-")
        and pod.owner.namespace not in ("kube-system", "")
        and pod.owner.kind != "DaemonSet"
    ):
        yield pod["priorityClassName"].found(
            f"{name} is for the parts of the cluster itself: the pod displaces any other",
            help="write a class of one's own, or move the pod to kube-system",
        )
