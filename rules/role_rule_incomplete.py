"""A rule of a Role or ClusterRole that allows nothing the API server could look up.

A rule is about resources (`apiGroups` and `resources`) or about URLs (`nonResourceURLs`, in ClusterRoles only), never
about both. The API server refuses a rule that is neither or that mixes them.

Write `apiGroups: [""]` for the core group. URLs go into a rule of their own.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule


@rule(Category.REJECTED)
def check(allowed: PolicyRule) -> Findings:
    """Find rules without an object; follows ValidatePolicyRule in pkg/apis/rbac/validation."""
    values = allowed.mapping()
    if not values.get("nonResourceURLs"):
        if not values.get("apiGroups"):
            yield allowed["apiGroups"].found(
                "a rule about resources needs `apiGroups`",
                help='write `apiGroups: [""]` for the core group',
                key=bool("apiGroups" in values),
            )
        if not values.get("resources"):
            yield allowed["resources"].found(
                "a rule needs `resources` (or, in a ClusterRole, `nonResourceURLs`)",
                help="name resources such as `pods`",
                key=bool("resources" in values),
            )
        return
    urls = allowed["nonResourceURLs"]
    if allowed.root.get("kind") == "Role":
        yield urls.found("a Role has a namespace, and URLs have none", help="move the rule to a ClusterRole", key=True)
    mixed = next((name for name in ("apiGroups", "resources", "resourceNames") if values.get(name)), None)
    if mixed:
        yield urls.found(f"`nonResourceURLs` and `{mixed}` stand in one rule", help="write two rules", key=True)
