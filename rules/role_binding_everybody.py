"""A role is bound to all users, all ServiceAccounts, or the group that may do everything.

`system:authenticated` holds every user and every ServiceAccount, with some cloud providers everybody who has an
account there. `system:serviceaccounts` are all pods of the cluster. `system:masters` passes by RBAC altogether, and
cannot be taken back.

Bind to the users, groups or ServiceAccounts that need it.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Findings, rule

_COMMON = (
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
)
_ALL = {
    "system:authenticated": "everybody who is logged in",
    "system:serviceaccounts": "every pod of the cluster",
    "system:masters": "system:masters, which may do everything past RBAC already,",
}


@rule(Category.SECURITY, needs=("subjects",))
def check(binding: Binding) -> Findings:
    """Find the groups of everybody, but of the roles that Kubernetes itself gives them."""
    role = str(binding["roleRef"].get("name"))
    if role in _COMMON or binding.name == "cluster-admin" or role.startswith("system:node-bootstrapper"):
        return
    for subject in binding["subjects"].items():
        who = _ALL.get(subject.get("name"))
        if who and subject.get("kind") == "Group":
            yield subject["name"].found(
                f"{who} gets the role {role}", help="bind it to the users, groups or ServiceAccounts that need it"
            )
