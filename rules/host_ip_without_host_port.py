"""A container port has a `hostIP` but no `hostPort`.

`hostIP` chooses the address of the node on which `hostPort` listens. Alone it does nothing: the port stays reachable
on the pod's address for everyone. The API server accepts the pod with a warning.

Remove hostIP, or add the hostPort that it belongs to. To limit who may connect, use a NetworkPolicy.

See https://kubernetes.io/docs/concepts/configuration/overview/#services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.RISKY, needs=("ports",))
def check(container: Container) -> Findings:
    """Find addresses without a port; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    for index, port in enumerate(container.value.get("ports") or ()):
        if not port or not port.get("hostIP") or port.get("hostPort"):
            continue
        pod = container.pod
        if pod.mapping().get("hostNetwork") and pod.owner.kind == "Pod":
            return
        yield container["ports"][index]["hostIP"].found(
            f"hostIP {port['hostIP']} does nothing without a hostPort",
            help="remove it, or add the hostPort that it belongs to",
            consequence="the port is reachable on the pod's address for everyone",
        )
