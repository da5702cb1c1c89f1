"""Timelines as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kubetrial.lint.trial.shown import clocks
from kubetrial.lint.trial.shown.show import Show, assumptions, iso
from kubetrial.lint.trial.timeline import TimelineEvent

VERSION = 1
"""Of the JSON: a field is added without a new number, never taken away or changed."""


def as_json(shows: Sequence[Show]) -> str:
    """One trial, or with `--compare` two: `before` and `after`."""
    if len(shows) == 1:
        made = {"version": VERSION, **_one(shows[0])}
    else:
        made = {"version": VERSION, "before": _one(shows[0]), "after": _one(shows[1])}
    return json.dumps(made, indent=2, ensure_ascii=False, default=str) + "\n"


def _one(show: Show) -> dict[str, Any]:
    timeline = show.timeline
    return {
        "scenario": show.scenario.name,
        "about": show.about,
        "start": iso(show.scenario.start),
        "seconds": _number(timeline.end),
        "assumptions": list(assumptions(show)),
        "notes": [*show.notes, *timeline.notes],
        "schedules": [clocks.as_data(schedule) for schedule in clocks.schedules(show)],
        "events": [_event(show, event) for event in timeline.events],
        "finals": [_event(show, event) for event in timeline.finals],
    }


def _event(show: Show, event: TimelineEvent) -> dict[str, Any]:
    made: dict[str, Any] = {
        "t": _number(event.time), "kind": event.kind, "subject": event.subject, "event": event.event,
    }  # fmt: skip
    if event.detail:
        made["detail"] = dict(event.detail)
    if event.message:
        made["message"] = event.message
    place = show.place(event.cause)
    if place is not None:
        made["cause"] = {"file": place.file, "line": place.line, "column": place.column, "path": place.path}
    return made


def _number(seconds: float) -> float | int:
    rounded = round(seconds, 1)
    return int(rounded) if rounded == int(rounded) else rounded


# --- what is made from what -------------------------------------------------------------------------------------------
