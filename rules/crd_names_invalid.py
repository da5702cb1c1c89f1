"""Names of a custom resource that the API server does not take.

Plural, singular and short names are lower-case labels, kind and listKind the same with capitals,
and differ; the group is a domain with a dot. Groups under k8s.io and kubernetes.io are Kubernetes' own and need an approval.

Write a group of your own, such as example.com, and plain names.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CustomResourceDefinition, Findings, Node, rule, shown
from kubetrial.lint.values import names as forms
from kubetrial.lint.values.respelled import instead

APPROVAL = "api-approved.kubernetes.io"


@rule(Category.REJECTED)
def check(crd: CustomResourceDefinition) -> Findings:
    """Find names that are refused; follows ValidateCustomResourceDefinition in apiextensions-apiserver."""
    spec = crd["spec"]
    if not spec.present:
        yield spec.found("the definition has no spec", help="write `spec`", key=True, path="spec.group")
        return
    names, group = spec["names"], spec.get("group", "")
    if group and "." not in group and forms.dns_subdomain(group) is None:
        yield spec["group"].found(
            f"the group {shown(group)} is no domain with a dot", help="write one of your own, such as example.com"
        )
    if names.present:
        yield from _names(names)
    if group.endswith((".k8s.io", ".kubernetes.io")) or group in ("k8s.io", "kubernetes.io"):
        yield from _approval(crd, group)


def _names(names: Node) -> Findings:
    kind = names.get("kind", "")
    for field in ("plural", "kind"):
        if not names.get(field):
            yield names[field].found(f"`{field}` is missing in spec.names", help=f"set `{field}`", key=True)
    for field in ("plural", "singular", "kind", "listKind"):
        name = names.get(field, "")
        written = name.lower() if field in ("kind", "listKind") else name
        if name and (reason := forms.dns1035_label(written)) is not None:
            yield names[field].found(f"{field} is {shown(name)}: {reason}", help=instead(name, forms.dns1035_label))
    if not names.get("singular") and kind and forms.dns1035_label(kind.lower()) is not None:
        return  # the singular is made from the kind, which has been said to be wrong
    if kind and names.get("listKind") == kind:
        yield names["listKind"].found(f"listKind is {shown(kind)}, as kind is", help=f"write {kind}List, or remove it")
    for field in ("shortNames", "categories"):
        for index, name in enumerate(names.get(field, ())):
            if (reason := forms.dns1035_label(name or "")) is not None:
                yield names[field][index].found(
                    f"{shown(name or '')} in {field}: {reason}", help=instead(name, forms.dns1035_label)
                )


def _approval(crd: CustomResourceDefinition, group: str) -> Findings:
    node = crd["metadata"]["annotations"][APPROVAL]
    value = node.value or ""
    if not value:
        help_text = "use a group of your own, or name the approval in the annotation (or begin it with `unapproved`)"
        yield node.found(
            f"the group {shown(group)} belongs to Kubernetes, and {APPROVAL} is missing", help=help_text, key=True
        )
    elif not value.startswith("unapproved") and not _is_url(value):
        yield node.found(
            f"{APPROVAL} is {shown(value)}; it is a URL, or begins with `unapproved`",
            help="write the URL of the approval, or `unapproved, ` and a reason",
        )


def _is_url(text: str) -> bool:
    scheme, found, rest = text.partition("://")
    return bool(found and scheme.isalpha() and rest.partition("/")[0])
