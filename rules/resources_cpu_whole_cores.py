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
_MANY = quantity.parse(10)
_LEAST_OF_EACH = 64 << 20
"""So many bytes for each core the rest of the many have at least: less is no program's need."""


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
        poor = found >= _MANY and _is_little(resources[field]["memory"].value, found)
        if found > _MOST or poor:
            many = "more than 64 whole cores" if found > _MOST else "so many whole cores, beside little memory"
            yield amount.found(
                f"cpu `{amount.value}` in {field} is {many}; milli cores are written with `m`",
                consequence="pods stay Pending where no node has so many cores: Insufficient cpu",
                help=f"write {amount.value}m" if str(amount.value).isdigit() else "write milli cores, such as 100m",
            )
            return


def _is_little(memory: object, cores: quantity.Quantity) -> bool:
    """Whether an amount of memory is far too small beside so many cores; not where none can be read."""
    try:
        amount = quantity.parse(memory) if isinstance(memory, (str, int, float)) and memory is not True else None
    except quantity.QuantityError:
        return False
    return amount is not None and amount < quantity.parse(min(cores.value() * _LEAST_OF_EACH, quantity.MOST))
