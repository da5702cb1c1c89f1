"""A scope of a ResourceQuota is unknown, contradictory, or unfit for what is counted.

Scopes choose pods (or claims) that a quota counts, so they go with pods, cpu and memory only (BestEffort with pods
only, VolumeAttributesClass with claims), and BestEffort excludes NotBestEffort as Terminating excludes
NotTerminating. The API server refuses the rest.

Keep what the scope can count in this quota, and put the other limits into a second quota.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Findings, ResourceQuota, rule
from kubetrial.lint.values import resources

_COMPUTE = frozenset(("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"))
_COUNTS = {
    "Terminating": _COMPUTE,
    "NotTerminating": _COMPUTE,
    "BestEffort": frozenset(("pods",)),
    "NotBestEffort": _COMPUTE,
    "PriorityClass": _COMPUTE,
    "CrossNamespacePodAffinity": _COMPUTE,
    "VolumeAttributesClass": frozenset(("persistentvolumeclaims", "requests.storage")),
}
_EXISTS_ONLY = ("BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity")
_PAIRS = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))


@rule(Category.REJECTED, needs=("scopeSelector", "scopes"))
def check(quota: ResourceQuota) -> Findings:
    """Find scopes that cannot hold; follows validateResourceQuotaScopes and validateScopeSelector."""
    spec = quota.mapping().get("spec") or {}
    hard = spec.get("hard") or {}
    scopes = [scope or "" for scope in spec.get("scopes") or ()]
    for index, scope in enumerate(scopes):
        for problem in _problems(scope, hard):
            yield quota.at("spec", "scopes", index).found(
                problem, help="remove the scope, or what it cannot count", path="spec.scopes"
            )
    for problem in _conflicts(scopes):
        yield quota.at("spec", "scopes").found(problem, help="keep one of them, or write two quotas", key=True)
    expressions = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    names = []
    for index, expression in enumerate(expressions):
        expression = expression or {}
        node = quota.at("spec", "scopeSelector", "matchExpressions", index)
        scope, operator = expression.get("scopeName") or "", expression.get("operator") or ""
        names.append(scope)
        for problem in _problems(scope, hard):
            yield node["scopeName"].found(problem, help="remove the scope, or what it cannot count")
        if scope in _EXISTS_ONLY and operator != "Exists":
            yield node["operator"].found(
                f"the scope {scope} only exists or does not; operator is `{operator}`", help="write `Exists`"
            )
        elif operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            yield node["operator"].found(
                f"operator is `{operator}`; supported: In, NotIn, Exists, DoesNotExist",
                help="write In, NotIn, Exists or DoesNotExist",
            )
        if operator in ("In", "NotIn") and not expression.get("values"):
            yield node["values"].found(f"operator {operator} needs `values`", help="list the classes that it means")
        elif operator in ("Exists", "DoesNotExist") and expression.get("values"):
            yield node["values"].found(f"operator {operator} takes no `values`", help="remove them", key=True)
    for problem in _conflicts(names):
        yield quota.at("spec", "scopeSelector", "matchExpressions").found(problem, help="write two quotas", key=True)


def _problems(scope: str, hard: object) -> Iterator[str]:
    if scope not in _COUNTS:
        yield f"there is no scope `{scope}`; supported: {', '.join(_COUNTS)}"
        return
    assert isinstance(hard, dict)
    wrong = sorted(name for name in hard if resources.is_quota(name) and name not in _COUNTS[scope])
    if wrong:
        yield f"the scope {scope} cannot count {', '.join(wrong)}"


def _conflicts(scopes: list[str]) -> Iterator[str]:
    for one, other in _PAIRS:
        if one in scopes and other in scopes:
            yield f"the scopes {one} and {other} exclude one another: nothing would be counted"
