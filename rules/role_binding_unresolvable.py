"""A role binding whose role or subjects the API server cannot tell.

A ClusterRoleBinding gives ClusterRoles only. Service accounts are in the core group, so they have no `apiGroup`, and
in a ClusterRoleBinding they need their `namespace`; users and groups are in rbac.authorization.k8s.io. The API server
refuses others.

Leave `apiGroup` out (the right one is filled in), and give service accounts their namespace.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Findings, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_GROUP = "rbac.authorization.k8s.io"


@rule(Category.REJECTED, needs=("roleRef", "subjects"))
def check(binding: Binding) -> Findings:
    """Find roles and subjects that do not exist in RBAC; follows ValidateRoleBindingSubject."""
    values = binding.mapping()
    everywhere = values.get("kind") == "ClusterRoleBinding"
    if everywhere and (values.get("roleRef") or {}).get("kind") == "Role":
        yield binding["roleRef"]["kind"].found(
            "a ClusterRoleBinding cannot give a Role, which belongs to one namespace",
            help="write `ClusterRole`, or a RoleBinding",
        )
    for index, subject in enumerate(values.get("subjects") or ()):
        subject = subject or {}
        node = binding["subjects"][index]
        kind, group, name = subject.get("kind"), subject.get("apiGroup"), subject.get("name")
        if kind == "ServiceAccount":
            if name and (reason := names.dns_subdomain(name)):
                yield node["name"].found(
                    f"the service account is `{name}`: {reason}", help=instead(name, names.dns_subdomain)
                )
            if group:
                yield node["apiGroup"].found(
                    f"service accounts have no apiGroup; this one says `{group}`", help="remove it"
                )
            if everywhere and not subject.get("namespace"):
                yield node["namespace"].found(
                    "a service account in a ClusterRoleBinding needs its `namespace`",
                    help="write the namespace that it lives in",
                )
        elif kind in ("User", "Group") and group and group != _GROUP:
            yield node["apiGroup"].found(f"apiGroup of a {kind} is `{group}`; supported: {_GROUP}", help="remove it")
