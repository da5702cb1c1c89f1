"""A setting of a probe that this sort of probe does not have.

A liveness or startup probe succeeds at its first success: `successThreshold` can only be 1. A readiness probe never
ends the container, so it has no `terminationGracePeriodSeconds`. The API server refuses the pod.

Remove the setting; `failureThreshold` and `periodSeconds` say how patient a probe is.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.REJECTED, needs=("livenessProbe", "readinessProbe", "startupProbe"))
def check(container: Container) -> Findings:
    """Find settings of other probes; follows validateLivenessProbe, validateReadinessProbe and validateStartupProbe."""
    values = container.value
    if container.is_init and values.get("restartPolicy") != "Always":
        return
    for field in ("livenessProbe", "startupProbe"):
        probe = values.get(field)
        if probe and probe.get("successThreshold") not in (None, 0, 1):
            yield container[field]["successThreshold"].found(
                f"the successThreshold of a {field} is {probe['successThreshold']}; it can only be 1", help="remove it"
            )
    probe = values.get("readinessProbe")
    if probe and probe.get("terminationGracePeriodSeconds") is not None:
        yield container["readinessProbe"]["terminationGracePeriodSeconds"].found(
            "a readinessProbe has no terminationGracePeriodSeconds: it never ends the container",
            help="remove it, or set it on the livenessProbe",
            key=True,
        )
