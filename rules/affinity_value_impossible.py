"""A preferred node affinity that compares with a value that no label has.

Labels have short values of letters, digits, `-`, `_` and `.`. A required affinity with any other value is refused;
a preferred one is accepted with a warning, and prefers no node.

Write the value as the nodes have it; `kubectl get nodes --show-labels` lists them.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, NodeSelectorTerm, rule
from kubetrial.lint.values import names


@rule(Category.RISKY, needs=("matchExpressions",))
def check(term: NodeSelectorTerm) -> Findings:
    """Find impossible values; follows the warnings of pkg/api/node."""
    if term.key != "preference":
        return
    for expression in term["matchExpressions"].items():
        for value in expression["values"].items():
            reason = names.label_value(value.value or "")
            if reason is not None:
                yield value.found(
                    f"no label has the value `{value.value}`: {reason}", help="write the value of a label"
                )
