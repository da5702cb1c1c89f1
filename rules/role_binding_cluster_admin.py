"""Somebody is given cluster-admin.

`cluster-admin` may do everything with everything. A program that has it is the whole cluster for whoever breaks
into it.

Bind a role with what is needed; `admin` and `edit` by a RoleBinding are mostly enough in a namespace.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Findings, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY, needs=("roleRef",))
def check(binding: Binding) -> Findings:
    """Find bindings to cluster-admin, but the one that Kubernetes makes."""
    reference = binding["roleRef"]
    if reference.get("name") != "cluster-admin" or reference.get("kind") != "ClusterRole" or rbac.is_of_system(binding):
        return
    subjects = [s for s in binding.get("subjects") or () if s and s.get("name") != "system:masters"]
    if not subjects:
        return
    names = ", ".join(f"{s.get('kind')} {s.get('name')}" for s in subjects)
    where = "in the whole cluster" if binding.kind == "ClusterRoleBinding" else f"in the namespace {binding.namespace}"
    yield reference["name"].found(f"{names} may do everything {where}", help="bind a role that has only what is needed")
