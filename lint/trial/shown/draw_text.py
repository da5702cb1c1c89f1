"""A trial on a terminal: what was assumed, a picture, a table, next runs and the end; Unicode, or ASCII where it must be."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from kubetrial.lint.trial.shown import clocks, story
from kubetrial.lint.trial.shown.picture import (  # fmt: skip
    ACTIVE,
    BOUND,
    CORDONED,
    FAILED,
    LOST,
    MARKS,
    NOT_READY,
    PENDING,
    READY,
    STATES,
    SUCCEEDED,
    TERMINATING,
    UP,
    Group,
    Lane,
    Picture,
    Scale,
    picture,
    scale,
)
from kubetrial.lint.trial.shown.show import Show, assumptions, clock, duration, given, utc
from kubetrial.lint.values.printable import one_line

Paint = Callable[[str, str], str]

LEAST, MOST = 50, 200
"""Columns: narrower terminals get lines that wrap, wider ones are not filled."""
SIDE_BY_SIDE = 150
"""From this width on, two trials stand beside one another."""
LANES = 10

_BARS = {
    PENDING: "░", NOT_READY: "▄", READY: "█", TERMINATING: "▚", SUCCEEDED: "─", FAILED: "─", BOUND: "▬", ACTIVE: "─",
    UP: "─", CORDONED: "┄", LOST: " ",
}  # fmt: skip
_SIGNS = {
    "ok": "✓", "fail": "✗", "restart": "↻", "due": "▾", "deadline": "◆", "warn": "!", "paused": "‖", "gone": "×",
    "stays": "■", "action": "▼",
}  # fmt: skip
_OTHERS = {"…": "...", "→": "->", "│": "|", "├": "+", "┬": "+", "╌": "~", "·": ".", "–": "-"}
_PLAIN_BARS = {
    PENDING: ".", NOT_READY: "-", READY: "#", TERMINATING: "%", SUCCEEDED: "_", FAILED: "_", BOUND: "=", ACTIVE: "_",
    UP: "_", CORDONED: ":", LOST: " ",
}  # fmt: skip
_PLAIN_SIGNS = {
    "ok": "v", "fail": "X", "restart": "R", "due": "'", "deadline": "D", "warn": "!", "paused": "P", "gone": "x",
    "stays": "S", "action": "V",
}  # fmt: skip
_STEPS, _PLAIN_STEPS = " ▁▂▃▄▅▆▇█", " .:-=+*##"
_URGENT = ("fail", "deadline", "warn", "restart", "stays", "paused", "ok", "gone", "due")
"""Of several marks in one column the first of these is drawn."""
_COLOURS = {
    PENDING: "33", NOT_READY: "36", READY: "32", TERMINATING: "35", SUCCEEDED: "90", FAILED: "90", BOUND: "34",
    ACTIVE: "90", UP: "90", CORDONED: "33", LOST: "31", "ok": "1;32", "fail": "1;31", "restart": "1;33", "due": "36", "deadline": "1;31",
    "warn": "1;33", "paused": "33", "gone": "90", "stays": "1;33", "action": "1;35", "bad": "31", "act": "35",
    "title": "1", "faint": "90",
}  # fmt: skip


def can_show(encoding: str | None) -> bool:
    """Whether all signs of the picture exist in an encoding."""
    try:
        "".join((*_BARS.values(), *_SIGNS.values(), *_OTHERS, _STEPS)).encode(encoding or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def draw(shows: Sequence[Show], *, width: int = 100, colour: bool = False, plain: bool = False) -> str:
    """One trial, or two to compare; `plain` keeps to ASCII."""
    paint = _painter(colour)
    width = min(max(width, LEAST), MOST)
    lines = list(_lines(shows, width, paint, _Ink(plain)))
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return _ascii(text) if plain else text


def _ascii(text: str) -> str:
    for sign, other in _OTHERS.items():
        text = text.replace(sign, other)
    return text


class _Ink:
    """The signs that are drawn with."""

    def __init__(self, plain: bool) -> None:
        self.bars = _PLAIN_BARS if plain else _BARS
        self.signs = _PLAIN_SIGNS if plain else _SIGNS
        self.steps = _PLAIN_STEPS if plain else _STEPS
        self.cut = "~" if plain else "╌"
        self.tick = "+" if plain else "┬"
        self.line = "-" if plain else "─"


def _painter(colour: bool) -> Paint:
    if not colour:
        return lambda text, style: text
    return lambda text, style: f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if style in _COLOURS else text


def _lines(shows: Sequence[Show], width: int, paint: Paint, ink: _Ink) -> Iterator[str]:
    show = shows[-1]
    yield from _wrapped("assumed: " + "; ".join(assumptions(show)), width, 2, paint, "faint")
    for one in shows:
        whose = "" if len(shows) == 1 else "before: " if one is shows[0] else "after: "
        for note in [*one.notes, *one.timeline.notes]:
            yield from _wrapped(f"note: {whose}{note}", width, 6, paint, "warn")
    yield ""
    if len(shows) == 2:
        yield from _compared(shows, width, paint, ink)
        return
    made = picture(show, LANES)
    yield from _picture(made, scale([made]), width, paint, ink)
    yield from _schedules(show, width, paint)
    yield paint("What happened", "title")
    yield from _table(show, width, paint)
    yield ""
    yield paint(f"At the end ({duration(show.timeline.end)})", "title")
    yield from _ends(show, width, paint)


# --- comparing --------------------------------------------------------------------------------------------------------


def _compared(shows: Sequence[Show], width: int, paint: Paint, ink: _Ink) -> Iterator[str]:
    pictures = [picture(show, LANES) for show in shows]
    common = scale(pictures)
    titles = ("Before", "After")
    if width >= SIDE_BY_SIDE:
        half = (width - 3) // 2
        columns = [
            [paint(title, "title"), *_picture(made, common, half, paint, ink, legend=False)]
            for title, made in zip(titles, pictures, strict=True)
        ]
        for number in range(max(len(column) for column in columns)):
            left, right = (column[number] if number < len(column) else "" for column in columns)
            yield f"{left}{' ' * (half - _cells(left))} {paint('│', 'faint')} {right}"
        yield from _legend(pictures, width, paint, ink)
    else:
        for title, made in zip(titles, pictures, strict=True):
            yield paint(title, "title")
            yield from _picture(made, common, width, paint, ink, legend=made is pictures[-1])
    for show, title in zip(shows, titles, strict=True):
        yield paint(f"What happened {title.lower()}", "title")
        yield from _table(show, width, paint)
        yield ""
    for show, title in zip(shows, titles, strict=True):
        yield paint(f"At the end {title.lower()} ({duration(show.timeline.end)})", "title")
        yield from _ends(show, width, paint)
        yield ""
    yield paint("What differs", "title")
    for text in story.differences(*shows) or ["nothing: both end alike"]:
        yield from _wrapped(f"  {text}", width, 4, paint, "")


# --- the picture ------------------------------------------------------------------------------------------------------


def _picture(made: Picture, common: Scale, width: int, paint: Paint, ink: _Ink, legend: bool = True) -> Iterator[str]:
    labels = [f"  {_label(lane)}" for group in made.groups for lane in group.lanes] + [g.title for g in made.groups]
    room = min(max((_cells(label) for label in labels), default=10), max(width // 3, 18)) + 1
    columns = width - room - 1
    yield from _actions(made, common, room, columns, paint, ink)
    yield from _axis(common, room, columns, paint, ink)
    for group in made.groups:
        title = paint(_cut(group.title, room - 1).ljust(room), "title")
        if group.bars or group.marks or not group.lanes:
            yield title + _row(group, common, columns, paint, ink)
        else:
            yield title
        for lane in group.lanes:
            label = _cut(f"  {_label(lane)}", room - 1)
            yield (
                label
                + " " * (room - _cells(label))
                + (
                    _counting(lane, common, columns, paint, ink)
                    if lane.ready
                    else _row(lane, common, columns, paint, ink)
                )
            )
    yield ""
    if legend:
        yield from _legend([made], width, paint, ink)


def _label(lane: Lane) -> str:
    return one_line(lane.label)


def _actions(made: Picture, common: Scale, room: int, columns: int, paint: Paint, ink: _Ink) -> Iterator[str]:
    """What the scenario does, above the axis: the texts, in as many lines as they need, and arrows."""
    if not made.actions:
        return
    by_column: dict[int, list[str]] = {}
    for mark in made.actions:
        by_column.setdefault(_column(common, mark.time, columns), []).append(f"{duration(mark.time)} {mark.title}")
    rows: list[tuple[int, str]] = []
    for column, titles in by_column.items():
        text = titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"
        rows.append((column, _cut(one_line(text), columns)))
    lines: list[list[tuple[int, str]]] = []
    for column, text in rows:
        start = max(min(column, columns - _cells(text)), 0)
        for line in lines:
            if start > line[-1][0] + _cells(line[-1][1]) + 1:
                line.append((start, text))
                break
        else:
            lines.append([(start, text)])
    for line in lines:
        row = ""
        for start, text in line:
            row += " " * (start - _cells(row)) + text
        yield " " * room + paint(row, "act")
    arrows = "".join(ink.signs["action"] if column in by_column else " " for column in range(columns))
    yield " " * room + paint(arrows.rstrip(), "action")


def _axis(common: Scale, room: int, columns: int, paint: Paint, ink: _Ink) -> Iterator[str]:
    words, line = [" "] * (columns + 12), [ink.line] * columns
    for piece in common.pieces:
        if piece.cut:
            left, right = round(piece.left * columns), min(round(piece.right * columns), columns)
            for column in range(left, right):
                line[column] = ink.cut
    taken = -1
    for second in common.ticks(max(columns // 10, 2)):
        column = min(_column(common, second, columns), columns - 1)
        text = duration(second)
        if line[column] == ink.cut:
            continue
        line[column] = ink.tick
        if column > taken and column + len(text) <= columns + 1:
            words[column : column + len(text)] = text
            taken = column + len(text)
    for piece in common.pieces:
        if piece.cut:
            text = f"+{duration(float(round(piece.end - piece.start)))}"
            left = round(piece.left * columns)
            free = all(sign == " " for sign in words[max(left - 1, 0) : left + len(text) + 1])
            if free and left + len(text) <= columns:
                words[left : left + len(text)] = text
    yield " " * room + "".join(words).rstrip()
    yield " " * room + paint("".join(line), "faint")


def _row(row: Group | Lane, common: Scale, columns: int, paint: Paint, ink: _Ink) -> str:
    """One line of bars and marks; each column shows the state that takes most of it."""
    weights: list[dict[str, float]] = [{} for _ in range(columns)]
    for bar in row.bars:
        left, right = common.at(bar.start) * columns, common.at(bar.end) * columns
        weight = 0.01 if bar.state in (SUCCEEDED, FAILED) else 1.0
        for column in range(min(int(left), columns - 1), min(max(math.ceil(right), int(left) + 1), columns)):
            share = max(min(right, column + 1) - max(left, column), 1e-6) * weight
            weights[column][bar.state] = weights[column].get(bar.state, 0.0) + share
    cells: list[tuple[str, str]] = [(" ", "")] * columns
    for column, found in enumerate(weights):
        if found:
            state = max(found, key=lambda one: found[one])
            cells[column] = (ink.bars[state], state)
    signs: dict[int, str] = {}
    for mark in row.marks:
        column = min(_column(common, mark.time, columns), columns - 1)
        if column not in signs or _URGENT.index(mark.sign) < _URGENT.index(signs[column]):
            signs[column] = mark.sign
    for column, sign in signs.items():
        cells[column] = (ink.signs[sign], sign)
    return _painted(cells, paint)


def _counting(lane: Lane, common: Scale, columns: int, paint: Paint, ink: _Ink) -> str:
    """A lane that counts: the higher the block, the more of them are ready."""
    cells = []
    times = [time for time, _ in lane.ready]
    places = [common.at(time) * columns for time in times]
    at, count = 0, 0
    for column in range(columns):
        while at < len(places) and places[at] <= column + 0.5:
            count = lane.ready[at][1]
            at += 1
        level = math.ceil(count / lane.count * (len(ink.steps) - 1)) if lane.count else 0
        cells.append((ink.steps[min(level, len(ink.steps) - 1)], lane.counts))
    return _painted(cells, paint)


def _painted(cells: Sequence[tuple[str, str]], paint: Paint) -> str:
    """Cells of the same colour in one piece."""
    text, run, style = "", "", ""
    for sign, of in cells:
        if of != style:
            text += paint(run, style) if run else ""
            run, style = "", of
        run += sign
    return text + (paint(run, style) if style else run.rstrip())


def _legend(pictures: Sequence[Picture], width: int, paint: Paint, ink: _Ink) -> Iterator[str]:
    states = [s for s in STATES if any(s in made.states() for made in pictures)]
    signs = [s for s in MARKS if any(s in made.signs() for made in pictures)]
    shown: dict[str, str] = {}
    for state in states:
        if ink.bars[state] != " ":
            shown.setdefault(ink.bars[state], state)
    parts = [(paint(sign, state), _legend_word(state, states, ink.bars)) for sign, state in shown.items()]
    parts += [(paint(ink.signs[sign], sign), MARKS[sign]) for sign in signs]
    line = ""
    for sign, word in parts:
        piece = f"{sign} {word}"
        if line and _cells(line) + 3 + _cells(piece) > width:
            yield line
            line = ""
        line += f"   {piece}" if line else piece
    if line:
        yield line
        yield ""


def _legend_word(state: str, states: Sequence[str], bars: Mapping[str, str]) -> str:
    """One sign can stand for several states that never meet in one row."""
    words = [STATES[other] for other in states if bars[other] == bars[state]]
    if STATES[SUCCEEDED] in words or STATES[FAILED] in words:
        kept = {STATES[SUCCEEDED], STATES[FAILED]}
        words = ["finished, object kept", *(word for word in words if word not in kept)]
    return "; ".join(words)


def _column(common: Scale, second: float, columns: int) -> int:
    return min(int(common.at(second) * columns), columns - 1)


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(show: Show, width: int, paint: Paint) -> Iterator[str]:
    rows = story.rows(show)
    if not rows:
        yield "  nothing"
        return
    clocks_shown = _shows_clock(show)
    times = [_when(show, row.time, clocks_shown) for row in rows]
    first = max(len(time) for time in times)
    free = width - 2 - first - 6
    second = min(max(_cells(one_line(row.object)) for row in rows), max(free * 2 // 5, 14))
    third = min(max(_cells(row.event) for row in rows), max(free // 4, 12))
    head = f"  {'time'.ljust(first)}  {'object'.ljust(second)}  {'event'.ljust(third)}  why"
    yield paint(head, "faint")
    for row, time in zip(rows, times, strict=True):
        if row.more:
            yield paint(f"  {'…'.rjust(first)}  {row.more} more like this, until the last:", "faint")
        columns = [
            _wrap(one_line(row.object), second),
            _wrap(row.event, third),
            _wrap(_reason(row), max(width - 8 - first - second - third, 10)),
        ]
        for number in range(max(len(column) for column in columns)):
            cells = [column[number] if number < len(column) else "" for column in columns]
            when = time if number == 0 else ""
            what = cells[1] + " " * (third - _cells(cells[1]))
            yield (
                f"  {when.rjust(first)}  {cells[0]}{' ' * (second - _cells(cells[0]))}  "
                f"{paint(what, row.level) if cells[1] else what}  {cells[2]}"
            )


def _reason(row: story.Row) -> str:
    why = one_line(row.why)
    return (
        f"{why} ({row.place})" if row.place is not None and why else f"({row.place})" if row.place is not None else why
    )


def _shows_clock(show: Show) -> bool:
    from kubetrial.lint.trial.scenario import EPOCH

    return show.scenario.start != EPOCH.timestamp() or any(kind == "cronjob" for kind, _, _ in given(show))


def _when(show: Show, second: float, with_clock: bool) -> str:
    second = second if second < 3600 else float(round(second))
    if not with_clock:
        return duration(second)
    moment = utc(show.scenario.start + second + 1e-6)
    day = f"{moment:%m-%d} " if show.timeline.end > 86400 else ""
    return f"{duration(second)} {day}{moment:%H:%M:%S}"


def _ends(show: Show, width: int, paint: Paint) -> Iterator[str]:
    found = story.ends(show)
    if not found:
        yield "  nothing is there"
    room = min(max((_cells(one_line(end.object)) for end in found), default=0), width // 2)
    for end in found:
        name = _cut(one_line(end.object), room)
        first, *others = _wrap(one_line(end.said), max(width - room - 4, 20))
        yield f"  {name}{' ' * (room - _cells(name))}  {paint(first, end.level)}"
        for other in others:
            yield " " * (room + 4) + paint(other, end.level)


def _schedules(show: Show, width: int, paint: Paint) -> Iterator[str]:
    """The next runs of each CronJob, by its own clock and in UTC, and what changes of clocks do."""
    for schedule in clocks.schedules(show):
        text = f"Next runs of CronJob {schedule.subject}: {schedule.text}, {schedule.zone}"
        yield paint(one_line(text) + (" (suspended)" if schedule.suspended else ""), "title")
        if schedule.problem:
            yield paint(f"  {one_line(schedule.problem)}", "bad")
        for run in schedule.runs:
            local = clocks.local_said(run)
            zone = f"  {clock(run.second)} UTC" if schedule.zone != "UTC" else ""
            note = f"  {paint(run.note, 'warn')}" if run.note else ""
            yield f"  {local}{zone}{note}"
        for change in clocks.changes_told(schedule):
            yield from _wrapped(f"  clocks: {clocks.change_said(change)}", width, 4, paint, "warn")
        start = show.scenario.start
        if schedule.runs and not schedule.suspended and schedule.runs[0].second > start + show.timeline.end:
            from kubetrial.lint.trial.shown.show import iso

            text = f"  not due in this trial; --start {iso(schedule.runs[0].second - 10)} shows a run"
            yield from _wrapped(text, width, 4, paint, "warn")
        yield ""


# --- text in columns --------------------------------------------------------------------------------------------------


def _cells(text: str) -> int:
    """How many columns a text takes, colours left out."""
    if "\x1b" in text:
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    if text.isascii():
        return len(text)
    return sum(_cell(sign) for sign in text)


def _cell(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _cut(text: str, room: int) -> str:
    """A text that fits, cut in its middle: beginnings and endings of names tell them apart."""
    if _cells(text) <= room:
        return text
    keep = max(room - 1, 1)
    head = (keep + 1) // 2
    while _cells(text[:head]) > (keep + 1) // 2:
        head -= 1
    tail = keep - head
    while tail and _cells(text[-tail:]) > keep - _cells(text[:head]):
        tail -= 1
    return text[:head] + "…" + (text[-tail:] if tail else "")


def _wrap(text: str, room: int) -> list[str]:
    """Lines of words; a word that is too long is broken."""
    lines, line = [], ""
    for word in text.split(" "):
        while _cells(word) > room:
            free = room - _cells(line) - 1 if line else room
            if free < 8 and line:
                lines.append(line)
                line = ""
                continue
            size = free
            while _cells(word[:size]) > free:
                size -= 1
            lines.append(f"{line} {word[:size]}" if line else word[:size])
            word, line = word[size:], ""
        if line and _cells(line) + 1 + _cells(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line or not lines else lines


def _wrapped(text: str, width: int, indent: int, paint: Paint, style: str) -> Iterator[str]:
    lead = len(text) - len(text.lstrip(" "))
    first, *others = _wrap(one_line(text.lstrip(" ")), width - max(indent, lead))
    yield paint(" " * lead + first, style)
    for line in others:
        yield paint(" " * indent + line, style)
