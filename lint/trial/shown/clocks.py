"""When CronJobs are due: the next runs by the clock of their zone and in UTC, and what a change of clocks does to them.

Schedules are read and followed by lint/values/cron.py, exactly as the controller follows them; here they are only told.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubetrial.lint.trial.shown.show import Show, given, iso, utc
from kubetrial.lint.values import cron
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import Object

RUNS = 5
"""So many runs are told."""
_YEAR = 400 * 86400
_MANY = 200


@dataclass(frozen=True, slots=True)
class DueTime:
    """One due time: `second` since 1970, what the zone's clock shows, seconds east of UTC, and what is special."""

    second: int
    local: str
    offset: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of clocks: when, from and to which offset, and what it does to the schedule (empty: nothing)."""

    second: int
    before: int
    after: int
    effect: str


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A CronJob's schedule: the next runs after the start of the trial, and the next changes of clocks."""

    subject: str
    text: str
    zone: str
    suspended: bool
    runs: tuple[DueTime, ...]
    changes: tuple[ClockChange, ...]
    problem: str = ""


def schedules(show: Show) -> list[ShownSchedule]:
    """The schedules of all CronJobs among the objects, in their order."""
    return [
        _schedule(subject, obj, int(show.scenario.start))
        for (kind, subject, _), obj in zip(given(show), _objects(show), strict=True)
        if kind == "cronjob"
    ]


def _objects(show: Show) -> list[Object]:
    from kubetrial.lint.trial.objects import TIMELINE_KINDS

    return [
        obj
        for obj in show.objects
        if obj.kind in TIMELINE_KINDS and (obj["metadata"].get("name") or obj["metadata"].get("generateName"))
    ]


def _schedule(subject: str, obj: Object, start: int) -> ShownSchedule:
    from kubetrial.lint.values import zones

    text, name = str(obj["spec"].get("schedule", "")), obj["spec"].get("timeZone")
    shown = str(name) if name else "UTC"
    suspended = obj["spec"].get("suspend") is True
    try:
        parsed, zone = cron.parse(text), zones.zone(name)
    except (cron.CronError, KeyError, OSError) as error:
        return ShownSchedule(subject, text, shown, suspended, (), (), str(error))
    runs: list[DueTime] = []
    due, offset = cron.next_second(parsed, start, zone), _offset(start, zone)
    while due is not None and len(runs) < RUNS:
        now = _offset(due, zone)
        local = _local(due, now)
        note = ""
        if now != offset:
            note = f"clocks have gone {'forward' if now > offset else 'back'}: {_zone(offset)} → {_zone(now)}"
            if runs and runs[-1].local == local:
                note = f"the same time again: {note}"
        runs.append(DueTime(due, local, now, note))
        offset = now
        due = cron.next_second(parsed, due, zone)
    problem = "" if runs else "it is never due"
    return ShownSchedule(subject, text, shown, suspended, tuple(runs), tuple(_changes(parsed, start, zone)), problem)


def _changes(parsed: cron.Schedule, start: int, zone: datetime.tzinfo) -> Iterator[ClockChange]:
    """The changes of clocks in the year after the start, and what they do to a schedule."""
    if isinstance(zone, datetime.timezone):
        return
    day, before = start, _offset(start, zone)
    while day < start + _YEAR:
        after = _offset(day + 86400, zone)
        if after != before:
            low, high = day, day + 86400
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
            yield ClockChange(high, before, after, _effect(parsed, high, before, after, zone))
            before = after
        day += 86400


def _effect(parsed: cron.Schedule, at: int, before: int, after: int, zone: datetime.tzinfo) -> str:
    """What happens to the runs in the hour that is left out or comes twice."""
    if parsed.every is not None:
        return ""
    size = abs(after - before)
    fixed = datetime.timezone(datetime.timedelta(seconds=before))
    if after > before:
        missed = [_local(t, before)[-5:] for t in _due(parsed, at - 1, at + size - 1, fixed)]
        return f"{_several(missed)} {'does' if len(missed) == 1 else 'do'} not exist that day: no run" if missed else ""
    times = [_local(t, _offset(t, zone))[-5:] for t in _due(parsed, at - size - 1, at + size - 1, zone)]
    twice = [t for i, t in enumerate(times) if t in times[:i]]
    return f"{_several(twice)} {'comes' if len(twice) == 1 else 'come'} twice that day: two runs" if twice else ""


def _due(parsed: cron.Schedule, after: int, until: int, zone: datetime.tzinfo) -> list[int]:
    found: list[int] = []
    due = cron.next_second(parsed, after, zone)
    while due is not None and due <= until and len(found) < _MANY:
        found.append(due)
        due = cron.next_second(parsed, due, zone)
    return found


def _several(times: list[str]) -> str:
    if len(times) <= 3:
        return " and ".join(times)
    return f"{times[0]}, {times[1]} … {times[-1]} ({len(times)} times)"


def ticks(show: Show) -> dict[str, list[float]]:
    """The due times of each CronJob in seconds of the trial, at most a thousand."""
    from kubetrial.lint.values import zones

    found: dict[str, list[float]] = {}
    for (kind, subject, _), obj in zip(given(show), _objects(show), strict=True):
        if kind != "cronjob":
            continue
        try:
            parsed, zone = cron.parse(str(obj["spec"].get("schedule", ""))), zones.zone(obj["spec"].get("timeZone"))
        except (cron.CronError, KeyError, OSError):
            continue
        start = show.scenario.start
        due = cron.next_second(parsed, int(start), zone)
        times: list[float] = []
        while due is not None and due <= start + show.timeline.end and len(times) < 1000:
            times.append(due - start)
            due = cron.next_second(parsed, due, zone)
        found[subject] = times
    return found


def as_data(schedule: ShownSchedule) -> dict[str, Any]:
    """For JSON."""
    made: dict[str, Any] = {
        "cronjob": schedule.subject,
        "schedule": schedule.text,
        "timeZone": schedule.zone,
        "suspended": schedule.suspended,
        "runs": [
            {
                "utc": iso(run.second),
                "local": f"{run.local}{_zone(run.offset)[3:]}",
                **({"note": run.note} if run.note else {}),
            }
            for run in schedule.runs
        ],
        "clockChanges": [
            {"utc": iso(c.second), "from": _zone(c.before), "to": _zone(c.after), "effect": c.effect or "none"}
            for c in schedule.changes
        ],
    }
    if schedule.problem:
        made["problem"] = schedule.problem
    return made


def change_said(change: ClockChange) -> str:
    """`Sun 2026-03-29 02:00 → 03:00 (UTC+01:00 → UTC+02:00): 02:30 does not exist that day: no run`."""
    was, now = _local(change.second, change.before), _local(change.second, change.after)
    effect = change.effect or "no run is left out, none comes twice"
    return f"{was} → {now[-5:]} ({_zone(change.before)} → {_zone(change.after)}): {effect}"


def changes_told(schedule: ShownSchedule) -> list[ClockChange]:
    """The changes worth telling: those that leave out or repeat a run, and those between the runs that are told."""
    last = schedule.runs[-1].second if schedule.runs else 0
    return [change for change in schedule.changes if change.effect or change.second <= last]


def local_said(run: DueTime) -> str:
    """`Tue 2026-03-03 04:15 UTC+09:00`."""
    return f"{run.local} {_zone(run.offset)}"


def _offset(second: int, zone: datetime.tzinfo) -> int:
    offset = utc(second).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _local(second: int, offset: int) -> str:
    from kubetrial.lint.trial.shown.show import clock

    return clock(second + offset)


def _zone(offset: int) -> str:
    minutes = abs(offset) // 60
    return f"UTC{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
