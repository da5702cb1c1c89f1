"""What the walk over one object leaves."""

from __future__ import annotations

from kubetrial.lint.api.dropped import Dropped
from kubetrial.lint.rule import Rule
from kubetrial.lint.yaml.node import Found, Node


class Walked:
    """What the walk over one object leaves: findings, and the nodes that rules want to see.

    `broken` are the nodes whose type is wrong: rules never see their values. `dropped` are the fields that the server drops
    because a feature gate is off.
    """

    __slots__ = ("broken", "dropped", "found", "visits")

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.visits: list[tuple[tuple[Rule, ...], Node]] = []
        self.broken: list[Node] = []
        self.dropped: list[Dropped] = []
