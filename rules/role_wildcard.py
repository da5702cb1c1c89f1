"""A role allows everything of some sort by `*`.

A `*` for verbs, resources or API groups holds for what exists and for what comes with the next version or operator:
Secrets, exec and impersonation among it.

List what the program needs. Wildcards within API groups that are not Kubernetes' own are taken as the owner's
business, unless the option `custom_groups` is set.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac

_EVERY = {
    "apiGroups": "every API group",
    "resources": "every resource",
    "verbs": "every verb",
    "nonResourceURLs": "every path",
}


@rule(Category.SECURITY, needs=("apiGroups", "nonResourceURLs", "resources", "verbs"))
def check(permission: PolicyRule, *, custom_groups: bool = False) -> Findings:
    """Find `*` among verbs, resources and apiGroups of Kubernetes, and among nonResourceURLs."""
    if rbac.is_of_system(permission):
        return
    values = permission.mapping()
    groups = values.get("apiGroups") or ()
    if groups and not custom_groups and all("." in str(g) and not str(g).endswith(".k8s.io") for g in groups):
        return
    starred = [
        name for name in ("apiGroups", "resources", "verbs", "nonResourceURLs") if "*" in (values.get(name) or ())
    ]
    if not starred:
        return
    field = permission[starred[-1]]
    yield field[field.value.index("*")].found(
        f"this role allows {' and '.join(_EVERY[name] for name in starred)}: there is a `*`",
        consequence="it holds for Secrets and for everything that later versions bring",
        help="list what is needed",
    )
