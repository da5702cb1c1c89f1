"""A probe asks a port number that no container of the pod lists.

Ports need not be listed, but where a container lists some and the probe asks another one, one of the two is mostly
a slip: the probe then fails for ever, and the pod restarts or never gets requests.

Write the port's name in the probe, so that the two cannot differ.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.ADVICE, needs=("livenessProbe", "readinessProbe", "startupProbe"))
def check(container: Container) -> Findings:
    """Find the ports of probes that are not among the listed ones, where some are listed."""
    probes = [name for name in ("livenessProbe", "readinessProbe", "startupProbe") if container.value.get(name)]
    if not probes or not container.value.get("ports"):
        return
    listed = {
        port.get("containerPort") for other in container.pod.all_containers() for port in other.get("ports", []) if port
    }
    for name in probes:
        for kind in ("httpGet", "tcpSocket", "grpc"):
            port = container[name][kind]["port"]
            if port.value.__class__ is int and port.value not in listed and not container[name][kind].get("host"):
                yield port.found(
                    f"the {name} of container {container.name} asks port {port.value}, which is not listed",
                    help="list the port, or write the name of one that is listed",
                )
