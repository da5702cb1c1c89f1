"""A RoleBinding or ClusterRoleBinding of a role that does not exist.

The binding is accepted and gives nothing: the subjects get 403 Forbidden. A RoleBinding reaches Roles of its own
namespace and all ClusterRoles; `roleRef` cannot be changed later, so a wrong binding has to be made anew.

Write the kind and the name of a role.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Cluster, Findings, resolve, rule, unresolved

_GROUP = "rbac.authorization.k8s.io"


@rule(Category.RISKY, needs=("roleRef",))
def check(binding: Binding, cluster: Cluster) -> Findings:
    """Roles that are elsewhere, of the other kind, or that the set lacks."""
    role = binding.value.get("roleRef") or {}
    kind, name = role.get("kind"), role.get("name")
    if kind not in ("Role", "ClusterRole") or not name:
        return
    twins = ((_GROUP, "Role"), (_GROUP, "ClusterRole")) if binding.kind == "RoleBinding" else ()
    reference = resolve(cluster, binding, _GROUP, kind, name, twins=twins)
    if reference.fails:
        yield unresolved(
            binding["roleRef"]["kind" if reference.twin is not None else "name"],
            reference,
            kind,
            name,
            "the binding gives nothing: its subjects get 403 Forbidden",
        )
