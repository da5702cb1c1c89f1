"""The CronJob controller. Follows pkg/controller/cronjob (cronjob_controllerv2.go and utils.go).

Times are seconds of the trial; schedules speak of the clock, so they are asked in seconds since 1970.
"""

from __future__ import annotations

import math
from datetime import timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.controllers.job import finished
from kubetrial.lint.trial.controllers.pods import earliest
from kubetrial.lint.trial.objects import StoredObject
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values import cron as crons
from kubetrial.lint.values.records import dataclass, field

NAME = "cronjob"

DELTA_SECONDS = 0.1
"""How long after the due moment the controller looks."""
MANY_MISSED = 100


@dataclass(slots=True)
class CronState:
    """The status of a CronJob: active Jobs by uid, when the last one was due (a second of the trial), the parsed
    schedule and what it was written as, the schedule that was seen last, and when the controller will look next.
    """

    active: dict[int, StoredObject] = field(default_factory=dict)
    last: float | None = None
    schedule: ZonedSchedule | None = None
    written: tuple[str, str | None] | None = None
    seen: tuple[str, str | None] | None = None
    next: float | None = None


@dataclass(frozen=True, slots=True)
class ZonedSchedule:
    """A parsed schedule in its time zone (UTC where the CronJob names none)."""

    cron: crons.Schedule
    zone: tzinfo


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a CronJob, or what a changed schedule makes of its next one: it is not looked at before the next
    moment of the new schedule (or of the old one, which is in the queue already).
    """
    cron: StoredObject | None = world.get(key)
    if cron is None:
        return None
    if cron.state is None:
        cron.state = CronState()
    state: CronState = cron.state
    seen, state.seen = state.seen, _written(cron)
    if seen not in (None, state.seen) and (parsed := _schedule(world, cron, state)) is not None:
        waiting = state.next if state.next is not None and state.next > now else None
        state.next = earliest(waiting, _next(world, cron, state, parsed, now))
    else:
        state.next = _round(world, cron, state, now)
    return state.next


def _written(cron: StoredObject) -> tuple[str, str | None]:
    return (str(cron.spec.get("schedule")), cron.spec.get("timeZone"))


def _round(world: World, cron: StoredObject, state: CronState, now: float) -> float | None:
    """One look at a CronJob: tidy up, and start the Job that is due; the answer is when to look again."""
    jobs: list[StoredObject] = world.children(cron, "Job")
    _clean_up(world, cron, state, jobs)
    _active_list(world, cron, state)
    if cron.deleting is not None or cron.spec["suspend"]:
        return None
    parsed = _schedule(world, cron, state)
    if parsed is None:
        return None
    due, missed = _most_recent(world, cron, state, parsed, now, with_deadline=True)
    if missed < 0:
        message = (
            f"invalid schedule: {cron.spec['schedule']} : time difference between two schedules is less than 1 second"
        )
        world.event_once(cron, "InvalidSchedule", cause=cron.cause("schedule"), message=message)
        return None
    if due is None:
        return _next(world, cron, state, parsed, now)
    if missed > MANY_MISSED:
        text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
        world.event_once(cron, "TooManyMissedTimes", message=text)
    if not _may_start(world, cron, state, due, now):
        return _next(world, cron, state, parsed, now)
    if cron.spec["concurrencyPolicy"] == "Replace":
        for old in list(state.active.values()):
            world.delete(old)
        state.active.clear()
    there = world.find("Job", cron.namespace, _job_name(world, cron, due))
    if there is not None:
        _take_over(world, cron, state, there, due)
        return None
    if not _start(world, cron, state, due):
        return world.retry(NAME, cron.uid, now)
    return _next(world, cron, state, parsed, now)


def _job_name(world: World, cron: StoredObject, due: float) -> str:
    return f"{cron.name}-{int(world.clock(due) // 60)}"


def _may_start(world: World, cron: StoredObject, state: CronState, due: float, now: float) -> bool:
    """Whether the Job of a due moment is started: not too late, not a second time, and not beside what Forbid protects."""
    limit = cron.spec.get("startingDeadlineSeconds")
    if limit is not None and due + float(limit) < now:
        cause, text = cron.cause("startingDeadlineSeconds"), "Missed scheduled time to start a job"
        world.event_once(cron, "MissSchedule", cause=cause, message=text)
        return False
    name = _job_name(world, cron, due)
    if any(j.name == name for j in state.active.values()) or state.last == due:
        return False
    if cron.spec["concurrencyPolicy"] == "Forbid" and state.active:
        text = "Not starting job because prior execution is running and concurrency policy is Forbid"
        world.event_once(cron, "JobAlreadyActive", cause=cron.cause("concurrencyPolicy"), message=text)
        return False
    return True


def _take_over(world: World, cron: StoredObject, state: CronState, there: StoredObject, due: float) -> None:
    """A Job of that name is there: the name holds the minute, so two due times of one minute are one Job."""
    if there.owner is not cron:
        return  # of another making: whoever made it keeps the books
    state.active[there.uid] = there
    state.last = due
    world.wake(NAME, cron.uid)


def _start(world: World, cron: StoredObject, state: CronState, due: float) -> bool:
    """Create the Job of a due moment; False where it is refused."""
    template = cron.spec["jobTemplate"]
    metadata = template.get("metadata") or {}
    try:
        made = world.create(
            "Job",
            cron,
            _job_name(world, cron, due),
            template["spec"],
            labels=metadata.get("labels") or {},
            annotations=metadata.get("annotations") or {},
            path=("jobTemplate", "spec"),
            defaulted=True,
        )
    except AdmissionRefused as refused:
        world.failed_create(cron, refused)
        return False
    world.forget(NAME, cron.uid)
    state.active[made.uid] = made
    state.last = due
    return True


def _active_list(world: World, cron: StoredObject, state: CronState) -> None:
    """Take what is over or gone off the list of active Jobs."""
    for uid, job in list(state.active.items()):
        if world.get(uid) is None:
            del state.active[uid]
            world.event_once(cron, "MissingJob", message=f"Active job went missing: {job.name}")
        elif finished(job):
            del state.active[uid]


def _clean_up(world: World, cron: StoredObject, state: CronState, jobs: list[StoredObject]) -> None:
    """Keep as many finished Jobs as the history limits say, the oldest go first."""
    for outcome, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
        keep = cron.spec.get(limit)
        if keep is None:
            continue
        over = [j for j in jobs if finished(j) == outcome and j.deleting is None]
        over.sort(key=lambda j: (math.inf if j.state.start is None else j.state.start, j.name))
        for job in over[: max(len(over) - int(keep), 0)]:
            state.active.pop(job.uid, None)
            world.delete(job)


def _schedule(world: World, cron: StoredObject, state: CronState) -> ZonedSchedule | None:
    written = _written(cron)
    if state.written != written:
        state.written, state.schedule = written, None
        text, name = written
        try:
            zone: tzinfo = timezone.utc if name is None else ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f'invalid timeZone: "{name}"'
            world.event_once(cron, "UnknownTimeZone", cause=cron.cause("timeZone"), message=message)
            return None
        try:
            state.schedule = ZonedSchedule(crons.parse(text), zone)
        except crons.CronError as wrong:
            message = f'unparseable schedule: "{text}" : {wrong}'
            world.event_once(cron, "UnparseableSchedule", cause=cron.cause("schedule"), message=message)
    return state.schedule


def _most_recent(
    world: World, cron: StoredObject, state: CronState, parsed: ZonedSchedule, now: float, with_deadline: bool
) -> tuple[float | None, int]:
    """(the newest due moment not later than now, how many were missed); -1 missed: the schedule is never due."""
    earliest = _since(world, cron, state, now, with_deadline)
    first = _following(world, parsed, earliest)
    if first is None:
        return None, -1
    if now < first:
        return None, 0
    second = _following(world, parsed, first)
    if second is None or now < second:
        return first, 0
    between = round(second - first)
    if between < 1:
        return None, -1
    count = int((now - first) // between) + 1
    latest: float | None = None
    t = _following(world, parsed, first + (count - 2) * between)
    while t is not None and t <= now:
        latest = t
        t = _following(world, parsed, t)
    return latest, count


def _since(world: World, cron: StoredObject, state: CronState, now: float, with_deadline: bool) -> float:
    earliest = math.floor(world.clock(cron.created) + 1e-6) - world.scenario.start if state.last is None else state.last
    limit = cron.spec.get("startingDeadlineSeconds")
    if with_deadline and limit is not None:
        earliest = max(earliest, now - float(limit))
    return earliest


def _following(world: World, parsed: ZonedSchedule, second: float) -> float | None:
    """The next due moment strictly after a second of the trial."""
    due = crons.next_second(parsed.cron, math.floor(world.clock(second) + 1e-6), parsed.zone)
    return None if due is None else due - world.scenario.start


def _next(world: World, cron: StoredObject, state: CronState, parsed: ZonedSchedule, now: float) -> float | None:
    """When to look again: a moment after the next due time."""
    latest, missed = _most_recent(world, cron, state, parsed, now, with_deadline=False)
    if latest is None:
        latest = now if missed else _since(world, cron, state, now, False)
    due = _following(world, parsed, latest)
    return None if due is None else due + DELTA_SECONDS


def final(world: World, cron: StoredObject) -> dict[str, object]:
    """The CronJob's last line."""
    state: CronState = cron.state if cron.state is not None else CronState()
    return {"active": len(state.active), "suspend": bool(cron.spec["suspend"])}


CONTROLLER = Controller(NAME, sync, kind="CronJob", owns=("Job",), final=final)
