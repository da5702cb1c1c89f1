"""An init container that is no sidecar has probes or lifecycle hooks.

Init containers run one after another and have to end; nothing asks whether they are alive or ready. The API server
refuses the pod.

Remove the probes and hooks. For a helper that stays beside the others, make it a sidecar with `restartPolicy:
Always`.

See https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#differences-from-regular-containers
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule

_FIELDS = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


@rule(Category.REJECTED, needs=("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"))
def check(container: Container) -> Findings:
    """Find what only containers that stay can have; follows validateInitContainers in pkg/apis/core/validation."""
    if not container.is_init or container.value.get("restartPolicy") == "Always":
        return
    for field in _FIELDS:
        value = container.value.get(field)
        if value is None or (field == "lifecycle" and value.keys() == {"stopSignal"}):
            continue
        yield container[field].found(
            f"`{field}` cannot be set on the init container `{container.name}`, which has to end",
            help="remove it, or add `restartPolicy: Always` to make it a sidecar",
            key=True,
        )
