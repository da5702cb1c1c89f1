"""A PriorityLevelConfiguration has settings that its type does not have.

Limited levels have `limited` and no `exempt`; the only Exempt level is the one named `exempt`. Requests that are over
the limit are queued (`type: Queue` with `queuing`) or refused (`type: Reject` without); a hand of queues fits into
the queues, and not so many that they could not be shuffled. The API server refuses the rest.

Keep the settings of the type.

See https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#prioritylevelconfiguration
"""

from __future__ import annotations

import math

from kubetrial.lint.authoring import Category, Findings, PriorityLevel, rule

_SHUFFLE_BITS = 60


@rule(Category.REJECTED)
def check(level: PriorityLevel) -> Findings:
    """Find settings of another type; follows ValidatePriorityLevelConfigurationSpec."""
    values = level.mapping().get("spec")
    if values is None:
        return
    spec = level["spec"]
    kind = values.get("type")
    if (level["metadata"].get("name") == "exempt") != (kind == "Exempt"):
        yield spec["type"].found("the level named `exempt`, and no other, is Exempt", help="write `type: Limited`")
    if kind != "Limited" and values.get("limited") is not None:
        yield spec["limited"].found(f"a level of the type {kind or ''} has no `limited`", help="remove it", key=True)
    if kind != "Limited":
        return
    if values.get("exempt") is not None:
        yield spec["exempt"].found("a Limited level has no `exempt`", help="remove it", key=True)
    if values.get("limited") is None:
        yield spec["limited"].found(
            "a Limited level needs `limited`", help="write `limited: {limitResponse: {type: Reject}}`"
        )
        return
    response = values["limited"].get("limitResponse") or {}
    node = spec["limited"]["limitResponse"]["queuing"]
    queuing = response.get("queuing")
    if response.get("type") != "Queue" and queuing is not None:
        yield node.found(
            "only requests that wait (Queue) have `queuing`",
            help="remove it, or write `type: Queue`",
            key=True,
        )
    elif response.get("type") == "Queue" and queuing is None:
        yield node.found("requests wait (Queue), so `queuing` is needed", help="write `queuing: {}` for its defaults")
    elif response.get("type") == "Queue" and queuing is not None:
        queues, hand = queuing.get("queues") or 64, queuing.get("handSize") or 8
        if hand > queues > 0:
            yield node["handSize"].found(
                f"handSize is {hand}, more than the {queues} queues", help="write at most the number of queues"
            )
        elif queues > 0 and hand > 0 and math.ceil(math.log2(queues) * hand) > _SHUFFLE_BITS:
            yield node["handSize"].found(
                f"a hand of {hand} of {queues} queues is too large to shuffle", help="write a smaller handSize"
            )
