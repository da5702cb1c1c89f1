"""A DaemonSet that surges with a hostPort, so its rollout never moves.

With `maxSurge` the new pod starts on a node before the old one ends. Both want the same port of the node, so the scheduler keeps the
new pod Pending ("didn't have free ports for the requested pod ports"), the old one waits for it, and the update stands still.

Use `maxUnavailable` without `maxSurge`, or drop the hostPort.

See https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DaemonSet, Findings, rule


@rule(Category.BROKEN, needs=("ports",))
def check(daemonset: DaemonSet) -> Findings:
    """maxSurge is not zero, and a container takes a port of the node."""
    rolling = daemonset.spec["updateStrategy"]["rollingUpdate"]
    surge = rolling.get("maxSurge")
    if surge in (None, 0, "0", "0%") or daemonset.spec["updateStrategy"].get("type") == "OnDelete":
        return
    host_network = daemonset.pod.get("hostNetwork") is True
    for container in daemonset.pod.all_containers():
        if container.is_init and not container.is_sidecar:
            continue
        for port in container["ports"].items():
            number = port.get("hostPort") or (host_network and port.get("containerPort"))
            if number:
                yield rolling["maxSurge"].found(
                    f"with maxSurge {surge} old and new pods want the same port {number} of the node, so the update never moves",
                    consequence="the new pod stays Pending: the node has no free ports for the requested pod ports",
                    help="write maxUnavailable: 1 and leave maxSurge out",
                    related=(("the port of the node", port),),
                )
                return
