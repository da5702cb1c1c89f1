"""An amount of memory or storage in thousandths of a byte: that is what `m` means.

`memory: 512m` is about half a byte, not 512 megabytes. The API server accepts it with a warning; the container gets
next to no memory and is killed, or fails to start.

Write `Mi` or `M`: `memory: 512Mi`.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-memory
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceRequirements, rule
from kubetrial.lint.values import quantity

_WHOLE = ("Ki", "Mi", "Gi", "Ti")


@rule(Category.RISKY, needs=("limits", "requests"))
def check(requirements: ResourceRequirements) -> Findings:
    """Find bytes in thousandths; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    for field in ("limits", "requests"):
        amounts = requirements.value.get(field)
        for name in ("memory", "ephemeral-storage"):
            amount = amounts.get(name) if amounts else None
            if (
                amount is None
                or amount.__class__ is int
                or (amount.__class__ is str and amount[-2:] in _WHOLE and "." not in amount)
            ):
                continue
            if quantity.parse(amount).passes_as_whole:
                continue
            text = str(amount)
            meant = (
                f"write `{text[:-1]}Mi`"
                if text[:-1].isdigit() and text[-1] == "m"
                else "write whole bytes, or Mi or Gi"
            )
            yield requirements[field][name].found(
                f"{name} {text} is a fraction of a byte", help=meant, consequence="`m` means thousandths, not megabytes"
            )
