"""A Node has the same taint twice.

A taint is told by its key and effect; the API server refuses two with the same pair, whatever their values.

Remove one of them.

See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, KubernetesNode, rule


@rule(Category.REJECTED, needs=("taints",))
def check(machine: KubernetesNode) -> Findings:
    """Find taints that repeat."""
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate((machine.mapping().get("spec") or {}).get("taints") or ()):
        pair = ((taint or {}).get("key") or "", (taint or {}).get("effect") or "")
        if pair in seen:
            yield machine.at("spec", "taints", index).found(
                f"the taint {pair[0]}:{pair[1]} stands twice", help="remove one of them"
            )
        seen.add(pair)
