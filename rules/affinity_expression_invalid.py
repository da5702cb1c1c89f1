"""A term of a node affinity that cannot be read.

`In` and `NotIn` need values, `Exists` and `DoesNotExist` have none, `Gt` and `Lt` compare with exactly one;
`matchFields` knows only `metadata.name` with In or NotIn and one value. The API server refuses any other term.

Labels of nodes are compared in `matchExpressions`; one node is named in `matchFields`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, NodeSelectorTerm, rule
from kubetrial.lint.objects.requirements import OPERATORS, requirement
from kubetrial.lint.values import names

_VALUES_READ = 33
"""The first minor whose server refuses a required value that no label can have."""


@rule(Category.REJECTED, needs=("matchExpressions", "matchFields"))
def check(term: NodeSelectorTerm, cluster: Cluster) -> Findings:
    """Find requirements that the server cannot read; follows ValidateNodeSelectorTerm in core/validation."""
    values = term.mapping()
    expressions, fields = values.get("matchExpressions"), values.get("matchFields")
    if expressions:
        for index, expression in enumerate(expressions):
            expression = expression or {}
            if term.key == "preference" or cluster.minor < _VALUES_READ:
                # A preference may name values that no label can have; the server only warns.
                expression = {**expression, "values": [""] * len(expression.get("values") or [])}
            yield from requirement(term["matchExpressions"][index], expression, (*OPERATORS, "Gt", "Lt"))
    if fields:
        for index, expression in enumerate(fields):
            yield from _field(term["matchFields"][index], expression or {})


def _field(node: Node, expression: dict[str, object]) -> Findings:
    listed = expression.get("values") or []
    assert isinstance(listed, list)
    if expression.get("operator") not in ("In", "NotIn"):
        yield node["operator"].found("in matchFields the operators are In and NotIn", help="write In or NotIn")
    elif len(listed) != 1:
        yield node["values"].found(
            "in matchFields an operator has exactly one value: the name of a node", help="write one name in `values`"
        )
    if expression.get("key") != "metadata.name":
        yield node["key"].found(
            "in matchFields the only key is metadata.name",
            help="write `metadata.name`, or compare a label in matchExpressions",
        )
        return
    for index, value in enumerate(listed):
        reason = names.dns_subdomain(value or "")
        if reason is not None:
            yield node["values"][index].found(
                f"the node's name `{value}` is malformed: {reason}", help="write a name as `kubectl get nodes` shows it"
            )
