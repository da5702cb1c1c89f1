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
    accounts = [
        (index, subject["name"], subject.get("namespace") or "")
        for index, subject in enumerate(binding.value.get("subjects") or ())
        if subject and subject.get("kind") == "ServiceAccount" and subject.get("name")
    ]
    references = {
        index: resolve(cluster, binding, "", "ServiceAccount", name, namespace) for index, name, namespace in accounts
    }
    there = {name for index, name, _ in accounts if not references[index].fails}
    for index, name, namespace in accounts:
        reference = references[index]
        if reference.fails and name not in there:  # one of several namespaces in which it may be installed is enough
            field = "namespace" if reference.elsewhere is not None and namespace else "name"
            yield unresolved(
                binding["subjects"][index][field],
                reference,
                "ServiceAccount",
                name,
                "the role is given to nobody: requests of the pods that need it get 403 Forbidden",
            )
