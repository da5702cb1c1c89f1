"""A role is bound to the ServiceAccount `default`.

Every pod that names no ServiceAccount runs as `default`, so all of them in the namespace get the permissions, also
those that come later.

Make a ServiceAccount for the program, name it in the pod, and bind the role to it.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#service-account-permissions
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Findings, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY, needs=("subjects",))
def check(binding: Binding) -> Findings:
    """Find the ServiceAccount `default` among the subjects."""
    if rbac.is_of_system(binding):
        return
    for subject in binding["subjects"].items():
        if subject.get("kind") == "ServiceAccount" and subject.get("name") == "default":
            yield subject["name"].found(
                f"every pod of {subject.get('namespace') or 'its namespace'} that names no ServiceAccount "
                f"gets the role {binding['roleRef'].get('name')}",
                help="make a ServiceAccount for the program, and bind the role to it",
            )
