"""A probe that asks a port by a name that its container does not have.

The kubelet looks for the name among the ports of the same container. Where there is none, the probe is never made: a readinessProbe
or startupProbe leaves the pod unready for ever, a livenessProbe never restarts anything. The event is `Unhealthy`, `port "https" not
found`.

Write the name of a port of that container, or the port's number.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, nearest, rule

_MEANS = {
    "livenessProbe": "the container is never restarted, whatever its state",
    "readinessProbe": "the pod is never ready: it gets no requests, and rollouts wait for it",
    "startupProbe": "the container never counts as started: the pod is never ready",
}


@rule(Category.BROKEN, needs=("livenessProbe", "readinessProbe", "startupProbe"))
def check(container: Container) -> Findings:
    """Names in httpGet and tcpSocket; follows ResolveContainerPort in pkg/probe and doProbe in pkg/kubelet/prober."""
    for probe, consequence in _MEANS.items():
        if not container.value.get(probe):
            continue
        for kind in ("httpGet", "tcpSocket"):
            port = container[probe][kind]["port"]
            names = [entry.get("name") for entry in container.get("ports", []) if entry]
            if port.value.__class__ is not str or port.value in names:
                continue
            known = [name for name in names if name]
            close = nearest(port.value, known) or (known[0] if len(known) == 1 else "")
            yield port.found(
                f"container {container.name} has no port named {port.value}, so its {probe} is never made",
                consequence=f"{consequence} (Unhealthy: port not found)",
                help=f"write {close}" if close else "name a port of this container, or write the number",
            )
