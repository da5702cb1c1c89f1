"""A finalizer in the spec of a Namespace that nobody could remove.

Finalizers are `kubernetes`, or names with a domain that a controller owns; the API server refuses others, since the
namespace could never be deleted.

Remove it: the `kubernetes` finalizer is added to every namespace.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Namespace, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, needs=("finalizers",))
def check(namespace: Namespace) -> Findings:
    """Find finalizers without an owner."""
    for index, name in enumerate((namespace.mapping().get("spec") or {}).get("finalizers") or ()):
        reason = names.qualified_name(name or "")
        if reason is None and "/" not in name and name not in ("kubernetes", "orphan", "foregroundDeletion"):
            reason = "it needs a domain, such as example.com/cleanup"
        if reason:
            yield namespace.at("spec", "finalizers", index).found(
                f"the finalizer is `{name or ''}`: {reason}", help="remove it"
            )
