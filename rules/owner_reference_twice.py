"""The same owner stands twice in `ownerReferences`.

The API server drops the second one with a warning, and says that it may refuse such objects one day.

Remove one of the two.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule


@rule(Category.RISKY, needs=("ownerReferences",))
def check(metadata: Metadata) -> Findings:
    """Find uids that stand twice; follows dedupOwnerReferencesAndAddWarning in apiserver's handlers."""
    owners = metadata.value.get("ownerReferences")
    if not owners or len(owners) < 2 or not metadata.of_object:
        return
    seen = set()
    for index, owner in enumerate(owners):
        uid = (owner or {}).get("uid")
        if uid and uid in seen:
            yield metadata["ownerReferences"][index].found(
                f"the owner with the uid {uid} stands twice",
                help="remove one of the two",
                consequence="the API server warns, and drops the second one where both are the same",
            )
        seen.add(uid)
