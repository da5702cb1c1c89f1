"""A Role, which holds in one namespace, for objects that belong to no namespace.

Nodes, PersistentVolumes, StorageClasses, ClusterRoles and the like belong to no namespace. A request for them carries
none, and a RoleBinding counts only for requests with its namespace: the rule is accepted and allows nothing.

Write a ClusterRole with this rule, and a ClusterRoleBinding.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole
"""

from __future__ import annotations

import functools

from kubetrial.lint.api.custom.policies import plural
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule

_OTHERS = {"metrics.k8s.io": {"nodes"}}
"""Of groups that servers beside the API server bring."""
_NAMED_BY_REQUESTS = ("Namespace",)
"""A request for one namespace carries its name as its namespace."""
_FOR_EVERYBODY = ("SelfSubjectAccessReview", "SelfSubjectReview", "SelfSubjectRulesReview")
"""What every user may ask of themselves, whatever roles say."""
_ASKED_IN_A_NAMESPACE = frozenset(("use", "bind", "escalate"))
"""Verbs that are asked for what is done in a namespace: which ClusterRole a RoleBinding there may name."""


@rule(Category.RISKY, needs=("apiGroups", "resources"))
def check(allowed: PolicyRule) -> Findings:
    """Follows visitRulesFor in pkg/registry/rbac/validation: bindings of a namespace are read only if the request has one."""
    verbs, resources = allowed.get("verbs"), allowed.get("resources")
    if allowed.root.get("kind") != "Role" or not isinstance(verbs, list) or not isinstance(resources, list):
        return
    if not _ASKED_IN_A_NAMESPACE.isdisjoint(map(str, verbs)):
        return
    known = {name for group in allowed.get("apiGroups") or () for name in _resources().get(str(group), ())}
    far = [index for index, name in enumerate(resources) if str(name).partition("/")[0] in known]
    if far:
        name = resources[far[0]]
        others = f" and {len(far) - 1} more" if len(far) > 1 else ""
        yield allowed["resources"][far[0]].found(
            f"{name}{others} belong to no namespace, and a Role allows nothing outside of its own",
            consequence=f"requests for {name} end with 403 Forbidden, whoever this Role is bound to",
            help="write a ClusterRole with this rule, and a ClusterRoleBinding",
        )


@functools.cache
def _resources() -> dict[str, set[str]]:
    """Group -> the resources of it that belong to no namespace, of all minors."""
    found = {group: set(names) for group, names in _OTHERS.items()}
    for api, by_kind in Catalogue().kinds().items():
        for kind, entry in by_kind.items():
            if not entry["namespaced"] and kind not in (*_NAMED_BY_REQUESTS, *_FOR_EVERYBODY):
                found.setdefault(api.rpartition("/")[0], set()).add(plural(kind))
    return found
