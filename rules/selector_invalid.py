"""A label selector that cannot be read.

The operators `In` and `NotIn` need values, `Exists` and `DoesNotExist` have none; keys and values have the form of
labels. The API server refuses a selector with any other requirement, and the object that holds it.

Write `matchLabels` for plain equality, and in `matchExpressions` one of In, NotIn, Exists and DoesNotExist.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, LabelSelector, rule
from kubetrial.lint.objects.requirements import OPERATORS, requirement
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("matchExpressions", "matchLabels"))
def check(selector: LabelSelector) -> Findings:
    """Find requirements that the server cannot read; follows ValidateLabelSelector in apimachinery."""
    values = selector.mapping()
    labels, expressions = values.get("matchLabels"), values.get("matchExpressions")
    if labels:
        for key, value in labels.items():
            reason = names.qualified_name(key)
            if reason is not None and _is_validated(selector):
                yield selector["matchLabels"][key].found(
                    f"the label key `{key}` is malformed: {reason}",
                    help=instead(key, names.qualified_name),
                    key=True,
                )
            reason = names.label_value(value or "")
            if reason is not None and _is_validated(selector):
                yield selector["matchLabels"][key].found(
                    f"the label value `{value}` is malformed: {reason}", help=instead(value, names.label_value)
                )
    if expressions and _is_validated(selector):
        for index, expression in enumerate(expressions):
            yield from requirement(selector["matchExpressions"][index], expression or {}, OPERATORS)


def _is_validated(selector: LabelSelector) -> bool:
    """The selectors of an autoscaler's metrics are for the metrics server to read: the API server takes any."""
    return str(selector.root.get("kind")) != "HorizontalPodAutoscaler"
