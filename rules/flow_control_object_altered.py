"""One of the four fixed objects of flow control says something else than it must.

The FlowSchemas and PriorityLevelConfigurations named `exempt` and `catch-all` are the API server's own: it makes them,
and refuses them with another spec. Only `spec.exempt` of the level `exempt` is free to choose.

Give your object a name of its own, or leave the fixed one to the API server.

See https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#mandatory-configuration-objects
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, FlowSchema, PriorityLevel, rule

_RULE_OF = {"exempt": ("system:masters",), "catch-all": ("system:unauthenticated", "system:authenticated")}


@rule(Category.REJECTED)
def check(thing: FlowSchema | PriorityLevel) -> Findings:
    """Compare after defaults, as ValidateFlowSchema and ValidateIfMandatoryPriorityLevelConfigurationObject do."""
    name = thing["metadata"].get("name")
    if name not in _RULE_OF:
        return
    spec = thing.mapping().get("spec") or {}
    same = _is_schema(name, spec) if isinstance(thing, FlowSchema) else _is_level(name, spec)
    if not same:
        yield thing["spec"].found(
            f"the {thing.kind} `{name}` is the API server's own and has a fixed spec",
            help="write another name, or remove the object",
            key=True,
        )


def _is_schema(name: str, spec: dict[str, Any]) -> bool:
    method = (spec.get("distinguisherMethod") or {}).get("type")
    rules = spec.get("rules") or []
    return (
        (spec.get("priorityLevelConfiguration") or {}).get("name") == name
        and (spec.get("matchingPrecedence") or 1000) == (1 if name == "exempt" else 10000)
        and method == (None if name == "exempt" else "ByUser")
        and len(rules) == 1
        and _is_for_all(rules[0] or {}, _RULE_OF[name])
    )


def _is_for_all(one: dict[str, Any], groups: tuple[str, ...]) -> bool:
    every = ["*"]
    requests, urls = one.get("resourceRules") or [], one.get("nonResourceRules") or []
    return (
        one.get("subjects") == [{"kind": "Group", "group": {"name": group}} for group in groups]
        and requests
        == [{"verbs": every, "apiGroups": every, "resources": every, "namespaces": every, "clusterScope": True}]
        and urls == [{"verbs": every, "nonResourceURLs": every}]
    )


def _is_level(name: str, spec: dict[str, Any]) -> bool:
    if name == "exempt":
        return spec.get("type") == "Exempt" and spec.get("limited") is None
    limited = spec.get("limited") or {}
    response = limited.get("limitResponse") or {}
    return (
        spec.get("type") == "Limited"
        and spec.get("exempt") is None
        and limited.get("nominalConcurrencyShares") == 5
        and not limited.get("lendablePercent")
        and limited.get("borrowingLimitPercent") is None
        and response.get("type") == "Reject"
        and response.get("queuing") is None
    )
