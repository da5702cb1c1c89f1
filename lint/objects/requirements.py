"""Requirements of label selectors, node selectors and access reviews: what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence

from kubetrial.lint.values import names
from kubetrial.lint.values.listed import one_of
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.values.respelled import instead
from kubetrial.lint.yaml.node import Findings, Node

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def requirement(node: Node, expression: dict[str, object], operators: tuple[str, ...]) -> Findings:
    """What is wrong with one requirement of a selector; `Gt` and `Lt`, where they are operators, need one value.

    Without `operators` any word may stand there.
    """
    key, operator, listed = (
        expression.get("key") or "",
        expression.get("operator") or "",
        expression.get("values") or [],
    )
    assert isinstance(listed, list)
    if operators and operator not in operators:
        close = nearest(str(operator), operators)
        what = f"there is no operator `{operator}`" if operator else "the operator is missing"
        yield node["operator"].found(what, help=f"write `{close}`" if close else f"write {one_of(operators)}")
    elif operator in OPERATORS:
        yield from number_of_values(node, str(operator), listed)
    elif operator in ("Gt", "Lt") and len(listed) != 1:
        yield node["values"].found(
            f"the operator {operator} needs exactly one value, a whole number", help="write it in `values`"
        )
    reason = names.qualified_name(str(key))
    if reason is not None:
        yield node["key"].found(
            f"the label key `{key}` is malformed: {reason}"
            if key
            else f"`key` is {'empty' if node['key'].present else 'missing'} in this requirement",
            help=instead(key, names.qualified_name) if key else "name the label",
        )
    for index, value in enumerate(listed):
        reason = names.label_value(value or "")
        if reason is not None:
            yield node["values"][index].found(
                f"the label value `{value}` is malformed: {reason}", help=instead(value, names.label_value)
            )


def number_of_values(node: Node, operator: str, listed: Sequence[object]) -> Findings:
    """Whether a requirement has values where its operator needs some, and none where it takes none."""
    if operator in ("In", "NotIn") and not listed:
        yield node["values"].found(
            f"the operator {operator} needs values", help="list them in `values`, or write Exists or DoesNotExist"
        )
    elif operator in ("Exists", "DoesNotExist") and listed:
        yield node["values"].found(
            f"the operator {operator} takes no values", help="remove `values`, or write In or NotIn", key=True
        )
