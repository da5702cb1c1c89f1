"""A subject of a FlowSchema has another part than its kind.

`kind: User` goes with `user`, Group with `group`, ServiceAccount with `serviceAccount`; the API server needs the one
and refuses the others.

Keep the part that belongs to the kind.

See https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#flowschema
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, FlowSubject, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_PARTS = {"User": "user", "Group": "group", "ServiceAccount": "serviceAccount"}


@rule(Category.REJECTED)
def check(subject: FlowSubject) -> Findings:
    """Find parts that do not belong to the kind; follows ValidateFlowSchemaSubject."""
    values = subject.mapping()
    kind = values.get("kind")
    if kind not in _PARTS:
        return
    for owner, part in _PARTS.items():
        if owner == kind and values.get(part) is None:
            yield subject[part].found(f"a subject of kind {kind} needs `{part}`", help=f"write `{part}: {{name: ...}}`")
        elif owner != kind and values.get(part) is not None:
            yield subject[part].found(
                f"a subject of kind {kind} has no `{part}`", help="remove it, or change the kind", key=True
            )
    name = (values.get("serviceAccount") or {}).get("name")
    if kind == "ServiceAccount" and name and name != "*" and (reason := names.dns_subdomain(name)):
        yield subject["serviceAccount"]["name"].found(
            f"the service account is `{name}`: {reason}", help=instead(name, names.dns_subdomain)
        )
