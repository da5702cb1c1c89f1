"""A rule of a Role that names an API group or resource in a way that no request has.

Permissions are compared word for word with what a request asks for. Groups are written without their version (`apps`, not `apps/v1`),
resources in the plural and in lower case (`pods`, not `pod` or `Pod`), and each resource has a group of its own (`deployments`
that of `apps`). A rule with another spelling or group is accepted and allows nothing: requests end with 403 Forbidden.

Write the names that `kubectl api-resources` shows.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
"""

from __future__ import annotations

import functools

from kubetrial.lint.api.custom.policies import plural
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule

_CONSEQUENCE = "it allows nothing: requests end with 403 Forbidden"


@rule(Category.BROKEN, needs=("apiGroups", "resources"))
def check(allowed: PolicyRule) -> Findings:
    """Groups with a version, and names of built-in kinds in place of their resources; follows ResourceMatches in rbac."""
    values = allowed.mapping()
    groups = [group for group in values.get("apiGroups") or () if isinstance(group, str)]
    for index, group in enumerate(groups):
        if "/" in group or group in ("v1", "core"):
            bare = (
                "the core group is written as an empty text" if group in ("v1", "core") else "no version stands in it"
            )
            yield allowed["apiGroups"][index].found(
                f"`{group}` is no API group: {bare}",
                consequence=_CONSEQUENCE,
                help=f"write {group.partition('/')[0] if '/' in group else chr(34) * 2}",
            )
    kinds = _kinds(groups)
    for index, name in enumerate(values.get("resources") or ()):
        main, slash, rest = name.partition("/") if isinstance(name, str) else ("", "", "")
        kind = kinds.get(main.lower())
        if kind is not None and main != plural(kind):
            yield allowed["resources"][index].found(
                f"`{name}` is no resource: that of {kind} is called {plural(kind)}",
                consequence=_CONSEQUENCE,
                help=f"write {plural(kind)}{slash}{rest}",
            )
        elif kind is None and kinds and (homes := _homes().get(main)) and not _is_granted(allowed, main, homes):
            home = homes[0] or chr(34) * 2
            yield allowed["resources"][index].found(
                f"`{main}` is no resource of the group {' or '.join(group or chr(34) * 2 for group in groups)}, but of {home}",
                consequence=f"it allows nothing with {main}: requests end with 403 Forbidden",
                level="warning",
                help=f"write a rule with the group {home} for it",
            )


def _is_granted(allowed: PolicyRule, resource: str, homes: tuple[str, ...]) -> bool:
    """Whether another rule of the role names the resource in its group, or everything."""
    for other in allowed.root["rules"].items():
        groups, resources = other.get("apiGroups"), other.get("resources")
        if not isinstance(groups, list) or not isinstance(resources, list):
            continue
        names = {str(name).partition("/")[0] for name in resources}
        if not names.isdisjoint((resource, "*")) and not set(map(str, groups)).isdisjoint((*homes, "*")):
            return True
    return False


@functools.cache
def _homes() -> dict[str, tuple[str, ...]]:
    """A built-in resource -> the groups that have it, the core group first."""
    found: dict[str, set[str]] = {}
    for group, names in _by_group().items():
        for kind in names.values():
            found.setdefault(plural(kind), set()).add(group)
    return {name: tuple(sorted(groups)) for name, groups in found.items()}


def _kinds(groups: list[str]) -> dict[str, str]:
    """The kinds of some groups by their names and resources in lower case; none where a group is not built in."""
    known = _by_group()
    if not all(group in known for group in groups):
        return {}
    return {name: kind for group in groups for name, kind in known[group].items()}


@functools.cache
def _by_group() -> dict[str, dict[str, str]]:
    """Group -> the kinds of it, of all minors, by their names and resources in lower case."""
    found: dict[str, dict[str, str]] = {}
    for api, by_kind in Catalogue().kinds().items():
        names = found.setdefault(api.rpartition("/")[0], {})
        for kind in by_kind:
            if kind not in ("Eviction", "TokenRequest"):  # they are parts of other resources
                names[kind.lower()] = names[plural(kind)] = kind
    return found
