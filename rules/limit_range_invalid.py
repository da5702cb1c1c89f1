"""The limits of a LimitRange contradict one another.

For every resource min <= default request <= default limit <= max must hold, where the API server fills missing
defaults of containers in (the default limit is max, the default request is the default limit, or min). Limits of pods
have no defaults, claims need min or max of storage, a type stands once, and a ratio is at least 1 and at most
max/min.

Correct the amount that the message names.

See https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubetrial.lint.authoring import Category, Findings, LimitRange, Node, rule
from kubetrial.lint.values import names, quantity, resources
from kubetrial.lint.values.nearest import nearest

_MAPS = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_TYPES = ("Pod", "Container", "PersistentVolumeClaim")


@rule(Category.REJECTED, needs=("limits",))
def check(limits: LimitRange) -> Findings:
    """Find limits that no object could keep; follows ValidateLimitRange."""
    seen: set[str] = set()
    for index, item in enumerate((limits.mapping().get("spec") or {}).get("limits") or ()):
        item = item or {}
        node = limits.at("spec", "limits", index)
        kind = item.get("type") or ""
        if kind and "/" not in kind and kind not in _TYPES and names.qualified_name(kind) is None:
            yield node["type"].found(
                f"type is `{kind}`; supported: {', '.join(_TYPES)}, and names with a domain",
                help=f"write {nearest(kind, _TYPES) or 'Container'}",
            )
        if kind in seen:
            yield node["type"].found(f"the type `{kind}` stands twice", help="put the limits into one item")
        seen.add(kind)
        for name in ("default", "defaultRequest"):
            if kind == "Pod" and item.get(name):
                yield node[name].found(f"limits of pods have no `{name}`", help="write it for type Container", key=True)
        if kind == "PersistentVolumeClaim" and not any("storage" in (item.get(name) or ()) for name in ("min", "max")):
            yield node.found(
                "limits of claims need `min` or `max` of storage",
                help="write `max: {storage: 10Gi}`",
                key=True,
                path=f"{node.path}.limits",
            )
        yield from _names(node, kind, item)
        yield from _amounts(node, kind, item)


def _names(node: Node, kind: str, item: dict[str, Any]) -> Findings:
    problem = resources.container_problem if kind in ("Pod", "Container") else resources.name_problem
    for field in _MAPS:
        if kind == "Pod" and field.startswith("default"):
            continue
        for name in item.get(field) or ():
            if reason := problem(name):
                yield node[field][name].found(
                    f"`{name}` in `{field}`: {reason}", help=resources.instead(name), key=True
                )


def _amounts(node: Node, kind: str, item: dict[str, Any]) -> Findings:
    given = {field: _parsed(item.get(field)) for field in _MAPS}
    low, high, limit, request, ratio = (
        given[name] for name in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio")
    )
    if kind == "Pod":
        limit, request = {}, {}
    elif kind == "Container":
        limit = {**high, **limit}
        request = {**low, **limit, **request}
    for name in {**high, **low, **limit, **request, **ratio}:
        for field, small, said_small, large, said_large in (
            ("min", low, "min", high, "max"),
            ("defaultRequest", low, "min", request, "the default request"),
            ("defaultRequest", request, "the default request", high, "max"),
            ("defaultRequest", request, "the default request", limit, "the default limit"),
            ("default", low, "min", limit, "the default limit"),
            ("default", limit, "the default limit", high, "max"),
        ):
            if name in small and name in large and small[name] > large[name]:
                place = node[field][name]
                yield place.found(
                    f"{said_small} of {name} is {small[name]}, above {said_large}, which is {large[name]}",
                    help="correct one of the two",
                )
        if name in ratio:
            yield from _ratio(node, name, ratio[name], low.get(name), high.get(name))
        if name in limit and name in request and limit[name] != request[name] and not resources.may_overcommit(name):
            yield node["defaultRequest"][name].found(
                f"default and defaultRequest of {name} must be equal: it cannot be overcommitted",
                help="write the same amount in both",
            )


def _parsed(amounts: dict[str, Any] | None) -> dict[str, quantity.Quantity]:
    """The amounts by their names; of what is no amount, such as a blank, nothing is concluded."""
    return {name: quantity.parse(amount) for name, amount in (amounts or {}).items() if amount is not None}


def _ratio(
    node: Node, name: str, ratio: quantity.Quantity, low: quantity.Quantity | None, high: quantity.Quantity | None
) -> Iterator[Any]:
    place = node["maxLimitRequestRatio"][name]
    if ratio < quantity.Quantity(1):
        yield place.found(f"the ratio of {name} is {ratio}; it must be 1 or more", help="write 1 or more")
    if low is None or high is None:
        return
    most = (1 << 63) // 1000
    small, large, times = low.value(), high.value(), float(ratio.value())
    if max(small, large, ratio.value()) < most:
        small, large, times = low.milli_value(), high.milli_value(), ratio.milli_value() / 1000
    if small and times > large / small:
        yield place.found(
            f"the ratio of {name} is {ratio}, above max/min, which is {large / small:g}",
            help=f"write at most {large / small:g}",
        )
    elif not small and large < 0:
        yield place.found(f"the ratio of {name} is {ratio}, and max is below zero", help="write a max above zero")
