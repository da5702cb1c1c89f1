"""A container that is not root listens on a port below 1024.

Whether that works is up to the container runtime: newer ones let every user listen there, older ones refuse with
`permission denied` unless the program has NET_BIND_SERVICE.

Listen on a port from 1024 on, and let the Service's `port` be 80 or 443.

See https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.ADVICE, needs=("ports",))
def check(container: Container) -> Findings:
    """Find low ports of containers that run as another user than root and have no capability for them."""
    ports = container.value.get("ports")
    if not ports or not any(p and 0 < (p.get("containerPort") or 0) < 1024 for p in ports):
        return
    pod = container.pod
    own, context = pod.get("securityContext", {}), container.get("securityContext", {})
    if not (context.get("runAsUser", own.get("runAsUser")) or context.get("runAsNonRoot", own.get("runAsNonRoot"))):
        return
    if pod.get("hostNetwork") or any(
        str(s.get("name")).endswith("unprivileged_port_start") for s in own.get("sysctls") or () if s
    ):
        return
    if {"NET_BIND_SERVICE", "ALL"} & set((context.get("capabilities") or {}).get("add") or ()):
        return
    for port in container["ports"].items():
        if 0 < port.get("containerPort", 0) < 1024:
            yield port["containerPort"].found(
                f"container {container.name} is not root and listens on port {port.get('containerPort')}, "
                "which some container runtimes refuse",
                help="listen on a port from 1024 on",
            )
