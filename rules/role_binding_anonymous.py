"""A role is bound to people who did not log in.

`system:anonymous` and `system:unauthenticated` are everybody who reaches the API server's port, in many clouds the
internet.

Bind to users, groups or ServiceAccounts.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Findings, rule

_PUBLIC = ("system:public-info-viewer", "system:discovery", "kubeadm:bootstrap-signer-clusterinfo")
_NOBODY = ("system:anonymous", "system:unauthenticated")


@rule(Category.SECURITY, needs=("subjects",))
def check(binding: Binding) -> Findings:
    """Find anonymous subjects, but of the roles that Kubernetes itself makes public."""
    role = binding["roleRef"].get("name")
    if role in _PUBLIC:
        return
    for subject in binding["subjects"].items():
        if subject.get("name") in _NOBODY and subject.get("kind") in ("User", "Group"):
            yield subject["name"].found(
                f"everybody who reaches the API server gets the role {role}, without logging in",
                help="bind it to users, groups or ServiceAccounts",
            )
