"""A container asks for a resource that containers cannot have.

Containers have cpu, memory, ephemeral-storage, huge pages such as hugepages-2Mi, and resources of device plugins,
whose names have a domain (example.com/gpu). The API server refuses the pod.

Write the name in lower case and in full.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-types
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceRequirements, rule
from kubetrial.lint.values import resources

_KNOWN = frozenset(("cpu", "memory", "ephemeral-storage"))


@rule(Category.REJECTED, needs=("limits", "requests"))
def check(requirements: ResourceRequirements) -> Findings:
    """Find unknown names; follows ValidateContainerResourceName in pkg/apis/core/validation."""
    for field in ("limits", "requests"):
        amounts = requirements.value.get(field)
        if not amounts or amounts.keys() <= _KNOWN or requirements.of_pod:
            continue
        for name in amounts:
            if reason := resources.container_problem(name):
                yield requirements[field][name].found(
                    f"`{name}` in {field}: {reason}",
                    help=resources.instead(name),
                    key=True,
                )
