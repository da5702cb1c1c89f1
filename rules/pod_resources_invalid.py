"""Resources of a whole pod that do not fit to those of its containers.

For the whole pod there are cpu, memory and huge pages. Its requests hold at least what all containers request
together, no container has a limit above the pod's, and no request is above its limit. The API server refuses any
other pod.

Raise the pod's requests and limits, or lower those of the containers.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule
from kubetrial.lint.objects.amounts import _ZERO, Amounts, amounts, is_multiple
from kubetrial.lint.values import resources


@rule(Category.REJECTED, since=34, needs=("resources",))
def check(pod: PodSpec) -> Findings:
    """Find what does not fit; follows validatePodResources and DefaultPodLevelResources."""
    values = pod.mapping()
    own = values.get("resources")
    if own is None or (values.get("os") or {}).get("name") == "windows":
        return
    node = pod["resources"]
    if own.get("claims") is not None:
        yield node["claims"].found(
            "claims belong to containers, not to the whole pod", help="move them to a container", key=True
        )
    requests, limits = amounts(own.get("requests")), amounts(own.get("limits"))
    bare = pod.root.get("kind") == "Pod"
    asked = total(values, "requests", defaulted=bare)
    capped = total(values, "limits", defaulted=False)
    if bare and (requests or limits):
        _fill_in(requests, limits, asked, capped, values)
    yield from list_problems(node, requests, limits, _name_problem)
    for name, amount in asked.items():
        if name in requests and amount > requests[name]:
            yield node["requests"][name].found(
                f"the pod requests {requests[name]} of {name}, and its containers together {amount}",
                help=f"write at least {amount}",
            )
    for name, amount in capped.items():
        if resources.is_huge_page(name) and name in limits and amount > limits[name]:
            yield node["limits"][name].found(
                f"the pod's limit of {name} is {limits[name]}, and its containers together have {amount}",
                help=f"write at least {amount}",
            )
    for index, container in enumerate(values.get("containers") or ()):
        for name, amount in amounts(((container or {}).get("resources") or {}).get("limits")).items():
            if name in limits and amount > limits[name]:
                yield pod["containers"][index]["resources"]["limits"][name].found(
                    f"the container's limit of {name} is {amount}, and the whole pod has {limits[name]}",
                    help=f"write at most {limits[name]}",
                )


def total(pod: Mapping[str, Any], side: str, *, defaulted: bool) -> Amounts:
    """What all containers need together: init containers run before the others, sidecars beside them.

    Follows AggregateContainerRequests in component-helpers. `defaulted`: a limit without a request is also the request.
    """
    together: Amounts = {}
    sidecars: Amounts = {}
    start: Amounts = {}
    for container in pod.get("containers") or ():
        _add(together, _own(container, side, defaulted))
    for container in pod.get("initContainers") or ():
        own = _own(container, side, defaulted)
        if (container or {}).get("restartPolicy") == "Always":
            _add(together, own)
            _add(sidecars, own)
            own = sidecars
        else:
            _add(own, sidecars)
        _raise(start, own)
    _raise(together, start)
    return together


def list_problems(
    node: Node, requests: Amounts, limits: Amounts, name_problem: Callable[[str], str | None]
) -> Findings:
    """What is wrong with requests and limits by themselves; follows validateResourceRequirements."""
    for side, listed in (("limits", limits), ("requests", requests)):
        for name, amount in listed.items():
            place = node[side][name]
            if reason := name_problem(name):
                yield place.found(f"`{name}` is {reason}", help="write it for a container, or remove it", key=True)
            if amount < _ZERO:
                continue  # the schema says so
            if resources.is_counted(name) and not amount.passes_as_whole:
                yield place.found(
                    f"the amount of {name} is {amount}; it counts in whole units", help="write a whole number"
                )
            elif resources.is_huge_page(name) and not is_multiple(amount, name):
                yield place.found(
                    f"the amount of {name} is {amount}; it must be a multiple of the page's size",
                    help=f"write a multiple of {name.removeprefix('hugepages-')}",
                )
    for name, amount in requests.items():
        if name in limits and (
            amount > limits[name] or (amount != limits[name] and not resources.may_overcommit(name))
        ):
            bound = "at most the limit" if resources.may_overcommit(name) else "equal to the limit"
            yield node["requests"][name].found(
                f"the request of {name} is {amount}; it must be {bound} of {limits[name]}",
                help=f"write {limits[name]}",
                path=node["requests"].path,
            )
        elif name not in limits and not resources.may_overcommit(name):
            yield node["limits"].found(
                f"the request of {name} needs an equal limit", help=f"write `limits: {{{name}: {amount}}}`"
            )
    every = {*requests, *limits}
    if any(map(resources.is_huge_page, every)) and not every & {"cpu", "memory"}:
        yield node.found("huge pages need cpu or memory beside them", help="add a request of cpu or memory", key=True)


def _own(container: Mapping[str, Any] | None, side: str, defaulted: bool) -> Amounts:
    own = (container or {}).get("resources") or {}
    found = amounts(own.get(side))
    return {**amounts(own.get("limits")), **found} if defaulted else found


def _add(into: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        into[name] = into[name] + amount if name in into else amount


def _raise(into: Amounts, other: Amounts) -> None:
    for name, amount in other.items():
        if name not in into or amount > into[name]:
            into[name] = amount


def _name_problem(name: str) -> str | None:
    reason = resources.name_problem(name)
    if reason is None and name not in ("cpu", "memory") and not resources.is_huge_page(name):
        return "nothing that a whole pod can have: there are cpu, memory and hugepages-SIZE"
    return reason


def _fill_in(requests: Amounts, limits: Amounts, asked: Amounts, capped: Amounts, pod: Mapping[str, Any]) -> None:
    """What the server adds to a bare Pod before it validates."""

    def fits(name: str) -> bool:
        return name in ("cpu", "memory") or resources.is_huge_page(name)

    for name, amount in capped.items():
        if resources.is_huge_page(name) and name not in requests:
            limits.setdefault(name, amount)
    for name, amount in asked.items():
        if fits(name) and resources.may_overcommit(name):
            requests.setdefault(name, amount)
    for name, amount in limits.items():
        if fits(name):
            requests.setdefault(name, amount)
    containers = [
        *(pod.get("containers") or ()),
        *(pod.get("initContainers") or ()),
        *(pod.get("ephemeralContainers") or ()),
    ]
    for name, amount in requests.items():
        everywhere = all(name in (((c or {}).get("resources") or {}).get("limits") or {}) for c in containers)
        if fits(name) and name not in limits and name in capped and everywhere:
            limits[name] = max(amount, capped[name])
