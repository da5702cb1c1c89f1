"""The liveness probe is the readiness probe: what should only pause a pod restarts it.

Readiness fails when the program is busy or a database is away; the pod then gets no requests for a while. The same
probe as liveness kills the container at that very moment, and under load one after the other.

Let liveness ask something cheaper, or give it a larger `failureThreshold` than readiness.

See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule

_PATIENCE = ("failureThreshold", "periodSeconds", "initialDelaySeconds", "timeoutSeconds")


@rule(Category.ADVICE, needs=("readinessProbe",))
def check(container: Container) -> Findings:
    """Find liveness probes that ask the same as readiness, and are no more patient."""
    liveness, readiness = container.value.get("livenessProbe"), container.value.get("readinessProbe")
    if not liveness or not readiness:
        return
    asks = [
        {k: v for k, v in probe.items() if k not in _PATIENCE and k != "successThreshold"}
        for probe in (liveness, readiness)
    ]
    if asks[0] != asks[1] or not asks[0]:
        return
    if _seconds(liveness) <= _seconds(readiness):
        yield container["livenessProbe"].found(
            f"container {container.name} is restarted as soon as it is not ready: both probes are alike",
            consequence="under load, or when a database is away, all replicas restart",
            help="let liveness ask something cheaper, or give it a larger failureThreshold",
            key=True,
        )


def _seconds(probe: dict[str, int]) -> int:
    return (probe.get("failureThreshold") or 3) * (probe.get("periodSeconds") or 10)
