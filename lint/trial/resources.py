"""What a pod asks for: sums of requests and limits, and the QoS class. Amounts are whole thousandths of a unit (1 CPU = 1000).

Follows component-helpers/resource (PodRequests, PodLimits) and pkg/apis/core/v1/helper/qos.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Amounts = dict[str, int]

_SUFFIXES = {
    "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1),
    "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12), "P": Fraction(10**15), "E": Fraction(10**18),
    "Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30), "Ti": Fraction(2**40), "Pi": Fraction(2**50), "Ei": Fraction(2**60),
}  # fmt: skip

_known: dict[Any, int] = {}


def thousandths(quantity: Any) -> int:
    """A quantity ("500m", "2Gi", 3) in thousandths, rounded up; 0 for what is not a quantity."""
    found = _known.get(quantity)
    if found is None:
        found = _known[quantity] = _parse(str(quantity).strip())
    return found


def _parse(text: str) -> int:
    number = text.rstrip("numkMGTPEi")
    if number != text and number[-1:] in ("e", "E"):
        number = text
    try:
        value = Fraction(number) * _SUFFIXES[text[len(number) :]] * 1000
    except (ValueError, KeyError, ZeroDivisionError):
        return 0
    return -((-value.numerator) // value.denominator)


def amounts(written: Mapping[str, Any] | None) -> Amounts:
    """A resource list as amounts."""
    return {k: thousandths(v) for k, v in written.items() if v is not None} if written else {}


def pod_sum(spec: Mapping[str, Any], which: str) -> Amounts:
    """The effective `requests` or `limits` of a pod.

    Containers and native sidecars add up; the largest init container (with the sidecars started before it) counts where it is
    more; pod-level resources replace the sum of what they name; the overhead comes on top.
    """
    total: Amounts = {}
    for c in spec.get("containers") or ():
        _add(total, amounts((c.get("resources") or {}).get(which)))
    sidecars: Amounts = {}
    largest: Amounts = {}
    for c in spec.get("initContainers") or ():
        own = amounts((c.get("resources") or {}).get(which))
        if c.get("restartPolicy") == "Always":
            _add(total, own)
            _add(sidecars, own)
            own = dict(sidecars)
        else:
            _add(own, sidecars)
        for name, amount in own.items():
            largest[name] = max(largest.get(name, 0), amount)
    for name, amount in largest.items():
        total[name] = max(total.get(name, 0), amount)
    for name, amount in amounts((spec.get("resources") or {}).get(which)).items():
        if name in ("cpu", "memory") or name.startswith("hugepages-"):
            total[name] = amount
    overhead = amounts(spec.get("overhead"))
    for name, amount in overhead.items():
        if which == "requests" or name in total:
            total[name] = total.get(name, 0) + amount
    return total


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount


def qos_class(spec: Mapping[str, Any]) -> str:
    """Guaranteed, Burstable or BestEffort; pod-level resources decide alone where they are set."""
    own = spec.get("resources") or {}
    if own.get("requests") or own.get("limits"):
        return _qos(own)
    found = {_qos(c.get("resources") or {}) for g in ("initContainers", "containers") for c in spec.get(g) or ()}
    return found.pop() if len(found) == 1 else ("Burstable" if found else "BestEffort")


def _qos(resources: Mapping[str, Any]) -> str:
    requests, limits = amounts(resources.get("requests")), amounts(resources.get("limits"))
    found = set()
    for name in ("cpu", "memory"):
        request, limit = requests.get(name, 0), limits.get(name, 0)
        found.add("Burstable" if request != limit else "Guaranteed" if request else "BestEffort")
    return found.pop() if len(found) == 1 else "Burstable"
