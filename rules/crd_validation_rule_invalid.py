"""A validation rule of a custom resource that does not compile or explain itself.

Rules of `x-kubernetes-validations` are compiled against the types of their schema when the definition is created: a field that the
schema does not declare, a rule that gives no true or false, or `oldSelf` in a list whose items cannot be followed is refused. The server
also estimates what a rule can cost at most, in all the places that it can be asked for: above 10 million, or 100 million for all rules of
a version together, the definition is refused.

Write rules about `self` as the schema declares it, guard optional fields with has(), and bound what rules go through: maxItems,
maxProperties and maxLength.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any

from kubetrial.lint.api.custom import structural
from kubetrial.lint.authoring import Category, Cluster, CustomResourceDefinition, Findings, Node, rule, shown
from kubetrial.lint.values import cel
from kubetrial.lint.values.cel import cost
from kubetrial.lint.values.listed import one_of
from kubetrial.lint.values.nearest import nearest

WORD = "x-kubernetes-validations"
_TEXTS = ("rule", "message", "messageExpression", "fieldPath", "reason")
REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")


@rule(Category.REJECTED, needs=("versions",))
def check(crd: CustomResourceDefinition, cluster: Cluster) -> Findings:
    """Compile the rules of schemas; follows ValidateCustomResourceDefinitionOpenAPISchema in apiextensions-apiserver."""
    for schema, status in crd.schemas():
        if not any(WORD in value for value in structural.every(schema.value)):
            continue
        places = list(_places(schema, schema.value, True, "", 0))
        said = [found for place in places for found in _said(place.node, place.value)]
        yield from said
        if not said and structural.sound(schema.value, schema, status):
            costs: list[tuple[int, Node]] = []
            for place in places:
                yield from _rules(place, cluster.minor, costs)
            yield from _total(schema, costs)


class _Place:
    """A schema with rules: whether it is a whole resource, and the path below which the old value cannot be found.

    `times` is how often its data can stand in a resource, None where a list or map around it has no bound.
    """

    __slots__ = ("node", "root", "times", "unfollowed", "value")

    def __init__(self, node: Node, value: Mapping[str, Any], root: bool, unfollowed: str, times: int | None) -> None:
        self.node = node
        self.value = value
        self.root = root
        self.unfollowed = unfollowed
        self.times = times


def _places(node: Node, value: Any, root: bool, unfollowed: str, depth: int, times: int | None = 1) -> Iterator[_Place]:
    """The schemas with rules, outside of logical words."""
    if value.__class__ is not dict or depth > structural.MAX_DEPTH:
        return
    if value.get(WORD).__class__ is list and value[WORD]:
        yield _Place(node, value, root, unfollowed, times)
    below = _times_below(value, times)
    properties = value.get("properties")
    for name, inner in properties.items() if properties.__class__ is dict else ():
        yield from _places(node["properties"][name], inner, False, unfollowed, depth + 1, below)
    additional = value.get("additionalProperties")
    yield from _places(node["additionalProperties"], additional, False, unfollowed, depth + 1, below)
    followed = value.get("x-kubernetes-list-type") == "map"
    unfollowed = unfollowed if followed else unfollowed or node.path
    yield from _places(node["items"], value.get("items"), False, unfollowed, depth + 1, below)


def _times_below(value: Mapping[str, Any], times: int | None) -> int | None:
    """How often the parts of a schema's data can stand in a resource; follows childContext and extractMaxElements."""
    if times is None:
        return None
    bound: Any = 1
    if value.get("type") == "array":
        bound = value.get("maxItems")
    elif value.get("type") == "object" and value.get("additionalProperties") is not None:
        bound = value.get("maxProperties")
    return cost.times(times, max(0, int(bound))) if isinstance(bound, (int, float)) else None


def _entries(value: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rules of a schema with their positions; one of a wrong type is told as such, where the schema's own types are checked."""
    for index, entry in enumerate(value[WORD]):
        entry = {} if entry is None else entry
        if entry.__class__ is dict and all(entry.get(name).__class__ in (str, NoneType) for name in _TEXTS):
            yield index, entry


def _said(node: Node, value: Mapping[str, Any]) -> Findings:
    """What is wrong with a rule apart from its CEL."""
    for index, entry in _entries(value):
        place, text, message = node[WORD][index], (entry.get("rule") or "").strip(), entry.get("message") or ""
        if not text:
            yield place["rule"].found("the rule is missing", help="write one, such as `self.min <= self.max`", key=True)
        elif message and not message.strip():
            yield place["message"].found("the message has nothing but blanks", help="say what is wrong, or remove it")
        elif _has_breaks(message.strip()):
            yield place["message"].found(
                "the message has several lines; one is allowed", help="write it on one line (`>-` joins lines)"
            )
        elif _has_breaks(text) and not message.strip():
            yield place["message"].found(
                "a rule of several lines needs a message", help="write `message`, or the rule on one line", key=True
            )
        expression, field = entry.get("messageExpression") or "", entry.get("fieldPath") or ""
        if expression and not expression.strip():
            yield place["messageExpression"].found(
                "messageExpression has nothing but blanks", help="write it, or remove it"
            )
        if entry.get("reason") is not None and entry["reason"] not in REASONS:
            yield place["reason"].found(
                f"reason is {shown(entry['reason'])}; supported: {', '.join(REASONS)}",
                help=f"write {one_of(REASONS)}"
                if not (close := nearest(str(entry["reason"]), REASONS))
                else f"write {close}",
            )
        if field:
            reason = (
                structural.field_at(field, value, brackets=True)
                if field.strip() and not _has_breaks(field)
                else "it is blank or has breaks"
            )
            if isinstance(reason, str):
                yield place["fieldPath"].found(
                    f"fieldPath {shown(field)} leads nowhere: {reason}",
                    help="write the path of a field below the rule, such as `.min`",
                )


def _has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text


def _rules(place: _Place, minor: int, costs: list[tuple[int, Node]]) -> Findings:
    data = cost.sized(place.value, place.root or place.value.get("x-kubernetes-embedded-resource") is True)
    for index, entry in _entries(place.value):
        node = place.node[WORD][index]
        environment = cel.of_schema(place.value, minor, root=place.root, old=entry.get("optionalOldSelf") is True)
        if environment is None:
            yield place.node[WORD].found(
                "rules need a schema with a type, and this has none that CEL knows", help="give it a type", key=True
            )
            return
        text = entry["rule"]
        try:
            outcome = cel.compiled(text, environment, cel.WANTED_CONDITION)
        except cel.CelError as error:
            yield node["rule"].found(
                f"the rule does not compile: {cel.text_problem(text, error)}", help=cel.help_for(error)
            )
            continue
        if outcome is None:
            continue
        yield from _costly(place, data, outcome, node["rule"], costs)
        if "oldSelf" in outcome.reads and place.unfollowed:
            yield node["rule"].found(
                f"oldSelf has no meaning here: the items of {place.unfollowed} cannot be followed",
                help="write `x-kubernetes-list-type: map`",
            )
        if "oldSelf" not in outcome.reads and entry.get("optionalOldSelf") is not None:
            yield node["optionalOldSelf"].found("optionalOldSelf is for rules with oldSelf", help="remove it", key=True)
        message = entry.get("messageExpression")
        if message:
            try:
                told = cel.compiled(message, environment, cel.WANTED_TEXT)
            except cel.CelError as error:
                yield node["messageExpression"].found(
                    f"messageExpression does not compile: {cel.text_problem(message, error)}", help=cel.help_for(error)
                )
                continue
            if told is not None:
                yield from _costly(place, data, told, node["messageExpression"], costs)


def _costly(
    place: _Place, data: cost.Sized | None, outcome: Any, node: Node, costs: list[tuple[int, Node]]
) -> Findings:
    """An expression that can cost more than the server allows; what it can cost is added to the costs of the version.

    Follows getExpressionCost: that of a message counts once, that of a rule as often as its data can stand in a resource.
    """
    once = cel.most_cost(outcome, data) if data is not None else None
    if once is None or data is None:
        return
    is_rule = node.key == "rule"
    often = (place.times if place.times is not None else cost.repeated(data)) if is_rule else 1
    total = cost.times(once, often)
    costs.append((total, node))
    if total <= cost.RULE_LIMIT:
        return
    unbounded = " in lists or maps without a bound" if is_rule and place.times is None else ""
    yield node.found(
        f"the {'rule' if is_rule else 'messageExpression'} can cost {_factor(total / cost.RULE_LIMIT)} what the API server allows"
        + (f": it is asked up to {often} times{unbounded}" if often > 1 else ""),
        help="write maxItems, maxProperties and maxLength for the lists, maps and texts that it is about, or a simpler expression",
    )


def _total(schema: Node, costs: list[tuple[int, Node]]) -> Findings:
    """All rules of a version together can cost too much; follows TotalCost."""
    total = sum(price for price, _ in costs)
    if total <= cost.SCHEMA_LIMIT or any(price > cost.RULE_LIMIT for price, _ in costs):
        return  # of what a single rule can cost has been told
    dearest = sorted(costs, key=lambda item: -item[0])[:3]
    yield schema.found(
        f"all rules of this version together can cost {_factor(total / cost.SCHEMA_LIMIT)} what the API server allows",
        help="write maxItems, maxProperties and maxLength where lists, maps and texts are declared, or fewer rules",
        key=True,
        related=tuple(("one of the dearest", node) for price, node in dearest if price >= cost.SCHEMA_LIMIT // 100),
    )


def _factor(factor: float) -> str:
    """`2.6 times`, `over 100 times`."""
    return f"{factor:.1f} times" if factor <= 100 else "over 100 times"
