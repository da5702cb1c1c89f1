"""A request of many whole cores, where milli cores were probably meant.

`cpu: 100` is a hundred cores; a tenth of a core is `100m`. (`100M` are a hundred million.) No usual node has so many,
and the pods stay Pending with "Insufficient cpu".

Write `100m`, or the cores that one node really has.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#meaning-of-cpu
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, LimitRangeItem, ResourceRequirements, rule
from kubetrial.lint.values import quantity

_MOST = quantity.parse(64)


@rule(Category.ADVICE)
def check(resources: ResourceRequirements | LimitRangeItem) -> Findings:
    """Amounts of cpu over 64 cores, also as default of a LimitRange; that no node is so large is a guess."""
    defaults = isinstance(resources, LimitRangeItem)
    for field in ("defaultRequest", "default") if defaults else ("requests", "limits"):
        amount = resources[field]["cpu"]
        if isinstance(amount.value, bool) or not isinstance(amount.value, (str, int, float)):
            continue
        try:
            found = quantity.parse(amount.value)
        except quantity.QuantityError:
            continue
        if found > _MOST:
            yield amount.found(
                f"cpu `{amount.value}` in {field} is more than 64 whole cores; milli cores are written with `m`",
                consequence="pods stay Pending where no node has so many cores: Insufficient cpu",
                help=f"write {amount.value}m" if str(amount.value).isdigit() else "write milli cores, such as 100m",
            )
            return
