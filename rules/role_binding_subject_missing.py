"""A binding for a ServiceAccount that does not exist, or is in another namespace.

The binding is accepted and gives the role to nobody: pods of the ServiceAccount that was meant get 403 Forbidden. The
`namespace` of a subject is that of the ServiceAccount, whatever the binding's own.

Write the name and the namespace of the ServiceAccount.

See https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
"""

from __future__ import annotations

from kubetrial.lint.authoring import Binding, Category, Cluster, Findings, resolve, rule, unresolved


@rule(Category.RISKY, needs=("subjects",))
def check(binding: Binding, cluster: Cluster) -> Findings:
    """ServiceAccounts that stand in another namespace, have nearly that name, or that the set lacks."""
    for index, subject in enumerate(binding.value.get("subjects") or ()):
        if not subject or subject.get("kind") != "ServiceAccount" or not subject.get("name"):
            continue
        name, namespace = subject["name"], subject.get("namespace") or ""
        reference = resolve(cluster, binding, "", "ServiceAccount", name, namespace)
        if reference.fails:
            field = "namespace" if reference.elsewhere is not None and namespace else "name"
            yield unresolved(
                binding["subjects"][index][field],
                reference,
                "ServiceAccount",
                name,
                "the role is given to nobody: requests of the pods that need it get 403 Forbidden",
            )
