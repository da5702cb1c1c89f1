"""Two `allowedTopologies` of a StorageClass say the same.

Each term is one place where volumes may be made; the API server refuses a term that repeats another one, and an empty
one.

Remove the repeated term; values that belong to one label go into one list.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#allowed-topologies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StorageClass, rule


@rule(Category.REJECTED, needs=("allowedTopologies",))
def check(storage: StorageClass) -> Findings:
    """Find terms that repeat; the server compares labels and values without their order."""
    seen: list[dict[str, frozenset[str]]] = [{}]
    for index, term in enumerate(storage.mapping().get("allowedTopologies") or ()):
        wanted = {}
        for expression in (term or {}).get("matchLabelExpressions") or ():
            expression = expression or {}
            wanted[expression.get("key") or ""] = frozenset(value or "" for value in expression.get("values") or ())
        if wanted in seen:
            node = storage["allowedTopologies"][index]["matchLabelExpressions"]
            said = "repeats another one" if wanted else "is empty"
            yield node.found(f"item {index} of allowedTopologies {said}", help="remove it", key=node.present)
        seen.append(wanted)
