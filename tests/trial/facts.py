"""Holds a timeline against facts in the form of the recorded timelines; uses only what rules can use too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.trial import Timeline, TimelineEvent


def _pick(timeline: Timeline, wanted: Mapping[str, Any]) -> TimelineEvent:
    found = timeline.find(wanted["kind"], wanted["event"], wanted["subject"], **wanted.get("detail", {}))
    assert found, f"{wanted} did not happen"
    return found[wanted.get("nth", 0)]


def measure(fact: Mapping[str, Any], timeline: Timeline) -> Any:
    """The value of a fact in a timeline."""
    kind = fact["type"]
    if kind == "count":
        wanted = fact["match"]
        return timeline.count(wanted["kind"], wanted["event"], wanted["subject"], **wanted.get("detail", {}))
    if kind == "exists":
        return bool(timeline.final(fact["kind"], fact["subject"]))
    if kind == "final":
        found = timeline.final(fact["kind"], fact["subject"])
        assert found, f"no final line of {fact['kind']} {fact['subject']}"
        return found[-1].detail.get(fact["field"])
    if kind == "final-count":
        return len(timeline.final(fact["kind"], fact["subject"], **fact["where"]))
    if kind == "peak":
        return timeline.peak(fact.get("of", "pod"), fact["subject"])
    if kind == "at":
        return _pick(timeline, fact["event"]).time
    if kind == "gap":
        return _pick(timeline, fact["to"]).time - _pick(timeline, fact["from"]).time
    if kind == "order":
        order = timeline.events
        return order.index(_pick(timeline, fact["before"])) < order.index(_pick(timeline, fact["after"]))
    raise AssertionError(f"unknown type of fact: {kind}")


def check(fact: Mapping[str, Any], timeline: Timeline) -> None:
    """Fail with the fact and what was measured instead."""
    value = measure(fact, timeline)
    if "seconds" in fact:
        assert abs(value - fact["seconds"]) <= fact["tolerance"], f"{fact}: {value:.1f} s"
    else:
        assert value == fact.get("equals", True), f"{fact}: {value!r}"
