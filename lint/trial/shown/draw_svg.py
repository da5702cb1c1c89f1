"""A trial as an SVG picture that stands alone: no scripts, no fonts, nothing from outside; light or dark as the reader is.

Every bar and mark says what it is when the pointer rests on it, and to a screen reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubetrial.lint.trial.shown import story
from kubetrial.lint.trial.shown.picture import (  # fmt: skip
    MARKS,
    STATES,
    Bar,
    Group,
    Lane,
    Mark,
    Picture,
    Scale,
    picture,
    scale,
)
from kubetrial.lint.trial.shown.show import Show, assumptions, duration

WIDTH = 1080
LANES = 16
_ROW, _BAR = 22, 12
_CHAR, _BOLD = 7.0, 7.8  # the widest that a sign of the text is on average, in pixels
_PAD = 24


STYLE = """
.kt text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#1f2328}
.kt .paper{fill:#fff}.kt .h{font-size:17px;font-weight:600}.kt .g{font-weight:600}
.kt .s{fill:#59636e}.kt .n{font-variant-numeric:tabular-nums}
.kt .grid{stroke:#d8dee4;stroke-width:1}.kt .base{stroke:#8c959f;stroke-width:1}
.kt .band{fill:#f6f8fa}.kt .cut{fill:#eaeef2}.kt .cutline{stroke:#b6bfc8;stroke-width:1;stroke-dasharray:2 3}
.kt .pending{fill:#d4a72c}.kt .not-ready{fill:#54aeff}.kt .ready{fill:#2da44e}.kt .terminating{fill:#c297ff}
.kt .succeeded{fill:#aceebb}.kt .failed{fill:#ffaba8}.kt .bound{fill:#8250df}.kt .active{fill:#afb8c1}
.kt .up{fill:#afb8c1}.kt .cordoned{fill:#e16f24}.kt .lost{fill:#cf222e}
.kt .act{stroke:#8250df;stroke-width:1;stroke-dasharray:4 3}
.kt .actt{fill:#8250df;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}
.kt .m{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.kt .halo{fill:none;stroke:#fff;stroke-width:5;stroke-linecap:round;stroke-linejoin:round}
.kt .m-ok{stroke:#116329}.kt .m-fail{stroke:#cf222e}.kt .m-restart{stroke:#9a6700}.kt .m-due{stroke:#0969da}
.kt .m-deadline{stroke:#cf222e}.kt .m-warn{stroke:#bc4c00}.kt .m-paused{stroke:#57606a}.kt .m-gone{stroke:#57606a}
.kt .m-stays{stroke:#bc4c00}.kt .m-warn,.kt .m-stays,.kt .m-deadline{fill:#fff}
.kt .bad{fill:#cf222e}.kt .okt{fill:#116329}.kt .warnt{fill:#9a6700}
@media (prefers-color-scheme:dark){
.kt text{fill:#e6edf3}.kt .paper{fill:#0d1117}.kt .s{fill:#9198a1}.kt .grid{stroke:#2a313c}.kt .base{stroke:#656c76}
.kt .band{fill:#151b23}.kt .cut{fill:#212830}.kt .cutline{stroke:#4a535e}
.kt .pending{fill:#bb8009}.kt .not-ready{fill:#388bfd}.kt .ready{fill:#2ea043}.kt .terminating{fill:#986ee2}
.kt .succeeded{fill:#1f4d2b}.kt .failed{fill:#6e2c2c}.kt .bound{fill:#8957e5}.kt .active{fill:#545d68}
.kt .up{fill:#545d68}.kt .cordoned{fill:#bd561d}.kt .lost{fill:#f85149}
.kt .act{stroke:#a371f7}.kt .actt{fill:#c297ff;stroke:#0d1117}.kt .halo{stroke:#0d1117}
.kt .m-ok{stroke:#7ee787}.kt .m-fail{stroke:#ff7b72}.kt .m-restart{stroke:#f2cc60}.kt .m-due{stroke:#79c0ff}
.kt .m-deadline{stroke:#ff7b72}.kt .m-warn{stroke:#ffa657}.kt .m-paused{stroke:#9198a1}.kt .m-gone{stroke:#9198a1}
.kt .m-stays{stroke:#ffa657}.kt .bad{fill:#ff7b72}.kt .okt{fill:#7ee787}.kt .warnt{fill:#f2cc60}
}
"""
"""Colours for both kinds of readers; states differ in lightness and shape too, not in hue alone."""

_HEIGHTS = {
    "pending": 6, "not-ready": 8, "succeeded": 4, "failed": 4, "bound": 6, "active": 3, "up": 3, "cordoned": 6, "lost": 6,
}  # fmt: skip
_PATHS = {
    "ok": "M-4,0 L-1,3 L4,-3",
    "fail": "M-3,-3 L3,3 M3,-3 L-3,3",
    "restart": "M3.2,-2 A4,4 0 1 0 4,1 M4,-4 L3.2,-1.6 L0.8,-2.2",
    "due": "M-3,-3 L0,2 L3,-3 Z",
    "deadline": "M0,-5 L4,0 L0,5 L-4,0 Z",
    "warn": "M0,-5 L5,4 L-5,4 Z",
    "paused": "M-2,-4 L-2,4 M2,-4 L2,4",
    "gone": "M-2.5,-2.5 L2.5,2.5 M2.5,-2.5 L-2.5,2.5",
    "stays": "M-3,-3 L3,-3 L3,3 L-3,3 Z",
}  # fmt: skip


def draw(shows: Sequence[Show]) -> str:
    """One trial, or two beside one another on one scale, as a file of its own."""
    pictures = [picture(show, LANES) for show in shows]
    common = scale(pictures)
    left = max(margin(made) for made in pictures)
    panels = [
        panel(show, made, common, left, x=number * (WIDTH + 8), heading=heading)
        for number, (show, made, heading) in enumerate(zip(shows, pictures, _headings(shows), strict=True))
    ]
    width = len(shows) * WIDTH + (len(shows) - 1) * 8
    height = max(tall for _, tall in panels)
    title = escape(f"Trial of {trial_of(shows[-1])}, scenario {shows[-1].scenario.name}")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kt" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="kt-title kt-desc">',
        f'<title id="kt-title">{title}</title>',
        f'<desc id="kt-desc">{escape("; ".join(assumptions(shows[-1])))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *(line for body, _ in panels for line in body),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _headings(shows: Sequence[Show]) -> Sequence[str]:
    return ("",) if len(shows) == 1 else ("Before", "After")


def trial_of(show: Show) -> str:
    """`Job pi`, or how many workloads."""
    from kubetrial.lint.trial.shown.picture import KINDS
    from kubetrial.lint.trial.shown.show import given

    names = [f"{KINDS[kind]} {subject}" for kind, subject, _ in given(show) if kind != "pvc"]
    return ", ".join(names) if 0 < len(names) <= 2 else f"{len(names)} workloads" if names else "nothing"


def margin(made: Picture) -> int:
    """How much room the names at the left need, in pixels."""
    lanes = [len(lane.label) * _CHAR + 12 for group in made.groups for lane in group.lanes]
    titles = [len(group.title) * _BOLD for group in made.groups]
    return int(min(max(*lanes, *titles, 110, 110), 300)) + _PAD + 14


def panel(
    show: Show, made: Picture, common: Scale, left: int, *, x: int = 0, heading: str = "", bare: bool = False
) -> tuple[list[str], int]:
    """The lines of one trial's picture and its height; `bare` leaves out what a page around it says already."""
    chart = WIDTH - left - _PAD
    out: list[str] = [f'<g transform="translate({x},0)">' if x else "<g>"]
    y = 14
    if not bare:
        y = _head(out, show, heading)
    elif heading:
        out.append(f'<text x="{_PAD}" y="20" class="h">{heading}</text>')
        y = 34
    top = y
    body: list[str] = []
    y = _action_texts(body, made, common, left, chart, y)
    axis = y + 16
    rows: list[str] = []
    y = axis + 10
    for group in made.groups:
        y = _group(rows, group, common, left, chart, y)
    bottom = y
    out += [line for line in rows if line.startswith('<rect class="band"')]
    out += _grounds(made, common, left, chart, axis, bottom)
    out += _action_lines(made, common, left, chart, top, bottom)
    out += body
    out += [line for line in rows if not line.startswith('<rect class="band"')]
    y = bottom + 24
    y = _legend(out, made, y)
    if not bare:
        y = _ends(out, show, y)
    out.append("</g>")
    return out, int(y + 10)


def _head(out: list[str], show: Show, heading: str) -> int:
    title = f"{heading}: {trial_of(show)}" if heading else trial_of(show)
    y = 32
    out.append(f'<text x="{_PAD}" y="{y}" class="h">{escape(_cut(title, 110))}</text>')
    for text in _wrap("assumed: " + "; ".join(assumptions(show)), int((WIDTH - 2 * _PAD) / _CHAR)):
        y += 17
        out.append(f'<text x="{_PAD}" y="{y}" class="s">{escape(text)}</text>')
    for note in [*show.notes, *show.timeline.notes][:4]:
        y += 17
        out.append(f'<text x="{_PAD}" y="{y}" class="warnt">{escape(_cut("note: " + note, 145))}</text>')
    return y + 14


def _grounds(made: Picture, common: Scale, left: int, chart: int, axis: int, bottom: int) -> Iterator[str]:
    """What lies behind the bars: cut pauses, the grid, the axis and its numbers."""
    taken = -100.0
    texts: list[str] = []
    for piece in common.pieces:
        if piece.cut:
            x, right = left + piece.left * chart, left + piece.right * chart
            size = duration(float(round(piece.end - piece.start)))
            yield (
                f'<rect class="cut" x="{_n(x)}" y="{axis}" width="{_n(right - x)}" height="{bottom - axis}">'
                f"<title>{size} in which nothing changes are left out</title></rect>"
            )
            for side in (x, right):
                yield f'<path class="cutline" d="M{_n(side)},{axis} V{bottom}"/>'
            texts.append(
                f'<text class="s n" x="{_n((x + right) / 2)}" y="{axis - 6}" text-anchor="middle">⋯ {size}</text>'
            )
    forbidden = [(left + p.left * chart - 4, left + p.right * chart + 4) for p in common.pieces if p.cut]
    for second in common.ticks(max(chart // 75, 3)):
        x = left + common.at(second) * chart
        text = duration(second)
        half = len(text) * 3.4 + 4
        inside = any(low < x < high for low, high in forbidden)
        if inside and second:
            continue
        yield f'<path class="grid" d="M{_n(x)},{axis} V{bottom}"/>'
        near_cut = any(x + half > low + 4 and x - half < high - 4 and _crowded(low, high) for low, high in forbidden)
        if x - half > taken and not near_cut:
            texts.append(f'<text class="s n" x="{_n(x)}" y="{axis - 6}" text-anchor="middle">{text}</text>')
            taken = x + half
    yield from texts
    yield f'<path class="base" d="M{left},{axis} H{left + chart}"/>'


def _crowded(low: float, high: float) -> bool:
    """Whether the words over a cut pause fill its width, so that a number beside it would touch them."""
    return high - low < 90


def _action_texts(out: list[str], made: Picture, common: Scale, left: int, chart: int, y: int) -> int:
    """What the scenario does, in as many lines as it takes without touching."""
    ends: list[float] = []
    for x, title in _actions(made, common, left, chart):
        text = _cut(title, 70)
        wide = len(text) * _CHAR + 12
        flipped = x + wide > left + chart
        start = max(x - wide, 4.0) if flipped else x
        level = next((n for n, end in enumerate(ends) if start >= end), len(ends))
        if level == len(ends):
            ends.append(0.0)
        ends[level] = start + wide
        anchor = 'text-anchor="end" ' if flipped else ""
        place = x - 5 if flipped else x + 5
        out.append(f'<text class="actt" {anchor}x="{_n(place)}" y="{y + level * 16 + 10}">{escape(text)}</text>')
    return y + len(ends) * 16 + 8


def _actions(made: Picture, common: Scale, left: int, chart: int) -> list[tuple[float, str]]:
    """(place, words) of the actions; those of one moment together."""
    at: dict[float, list[str]] = {}
    for mark in made.actions:
        at.setdefault(mark.time, []).append(mark.title)
    found = []
    for time, titles in at.items():
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        found.append((left + common.at(time) * chart, f"{duration(time)} {titles[0]}{more}"))
    return found


def _action_lines(made: Picture, common: Scale, left: int, chart: int, top: int, bottom: int) -> Iterator[str]:
    for x, _ in _actions(made, common, left, chart):
        yield f'<path class="act" d="M{_n(x)},{top} V{bottom}"/>'


def _group(out: list[str], group: Group, common: Scale, left: int, chart: int, y: int) -> int:
    room, bold = int((left - _PAD - 26) / _CHAR), int((left - _PAD - 14) / _BOLD)
    height = _ROW * (1 + len(group.lanes)) + 4
    out.append(
        f'<rect class="band" x="{_PAD - 8}" y="{y}" width="{WIDTH - 2 * _PAD + 16}" height="{_ROW}" rx="4" opacity=".6"/>'
    )
    out.append(
        f'<text class="g" x="{_PAD}" y="{y + 15}">{escape(_cut(group.title, bold))}<title>{escape(group.title)}</title></text>'
    )
    out += _row(group, common, left, chart, y)
    for number, lane in enumerate(group.lanes, 1):
        at = y + _ROW * number
        out.append(
            f'<text x="{_PAD + 12}" y="{at + 15}">{escape(_cut(lane.label, room))}<title>{escape(lane.label)}</title></text>'
        )
        out += _counting(lane, common, left, chart, at) if lane.ready else _row(lane, common, left, chart, at)
    return y + height + 4


def _row(row: Group | Lane, common: Scale, left: int, chart: int, y: int) -> Iterator[str]:
    middle = y + _ROW / 2
    for bar, x, right in _thinned(row.bars, common, left, chart):
        tall = _HEIGHTS.get(bar.state, _BAR)
        yield (
            f'<rect class="{bar.state}" x="{_n(x)}" y="{_n(middle - tall / 2)}" width="{_n(max(right - x, 1.0))}" '
            f'height="{tall}"{" rx=" + chr(34) + "2" + chr(34) if right - x > 6 and tall > 4 else ""}>'
            f"<title>{escape(bar.title or STATES[bar.state])}</title></rect>"
        )
    last: dict[str, float] = {}
    for mark in row.marks:
        x = left + common.at(mark.time) * chart
        if x - last.get(mark.sign, -99.0) < (2.0 if mark.sign == "due" else 3.0):
            continue  # it would cover the one before
        last[mark.sign] = x
        yield _sign(mark, x, middle)


def _thinned(bars: Sequence[Bar], common: Scale, left: int, chart: int) -> Iterator[tuple[Bar, float, float]]:
    """Bars with their places; of thousands on one pixel only the first is drawn."""
    before: dict[str, float] = {}
    for bar in bars:
        x, right = left + common.at(bar.start) * chart, left + common.at(bar.end) * chart
        if right - x < 0.5 and x - before.get(bar.state, -9.0) < 0.5:
            continue
        before[bar.state] = x
        yield bar, x, right


def _sign(mark: Mark, x: float, y: float) -> str:
    shape = _PATHS[mark.sign]
    halo = "" if mark.sign == "due" else f'<path class="halo" d="{shape}"/>'
    return (
        f'<g transform="translate({_n(x)},{_n(y)})">{halo}<path class="m m-{mark.sign}" d="{shape}"/>'
        f"<title>{escape(f'{duration(mark.time)}: {mark.title or MARKS[mark.sign]}')}</title></g>"
    )


def _counting(lane: Lane, common: Scale, left: int, chart: int, y: int) -> Iterator[str]:
    floor, tall = y + _ROW - 3, _ROW - 6
    path = f"M{left},{floor}"
    for time, count in lane.ready:
        path += f" H{_n(left + common.at(time) * chart)} V{_n(floor - tall * count / max(lane.count, 1))}"
    most = max(count for _, count in lane.ready)
    path += f" V{floor} Z"
    title = escape(f"{lane.label}: at most {most} of {lane.count}")
    yield f'<path class="{lane.counts}" fill-opacity=".7" d="{path}"><title>{title}</title></path>'


def _legend(out: list[str], made: Picture, y: int) -> int:
    x = float(_PAD)
    entries = [(state, STATES[state], True) for state in made.states()] + [(s, MARKS[s], False) for s in made.signs()]
    for key, words, bar in entries:
        wide = 28 + len(words) * 6.7 + 14
        if x + wide > WIDTH - _PAD:
            x, y = float(_PAD), y + 20
        if bar:
            tall = _HEIGHTS.get(key, _BAR)
            out.append(
                f'<rect class="{key}" x="{_n(x)}" y="{_n(y - 4 - tall / 2)}" width="22" height="{tall}" rx="1"/>'
            )
        else:
            out.append(f'<path class="m m-{key}" transform="translate({_n(x + 11)},{y - 4})" d="{_PATHS[key]}"/>')
        out.append(f'<text class="s" x="{_n(x + 28)}" y="{y}">{escape(words)}</text>')
        x += wide
    return y + 14


def _ends(out: list[str], show: Show, y: int) -> int:
    found = story.ends(show)
    y += 16
    out.append(f'<text class="g" x="{_PAD}" y="{y}">At the end ({duration(show.timeline.end)})</text>')
    column = min(max((len(end.object) for end in found), default=8), 44) * _CHAR + _PAD + 16
    for end in found[:12]:
        y += 18
        level = {"bad": "bad", "ok": "okt", "warn": "warnt"}.get(end.level, "")
        out.append(f'<text x="{_PAD}" y="{y}">{escape(_cut(end.object, 44))}</text>')
        said = _cut(end.said, int((WIDTH - column - _PAD) / _CHAR))
        out.append(
            f'<text class="{level}" x="{_n(column)}" y="{y}">{escape(said)}<title>{escape(end.said)}</title></text>'
        )
    if len(found) > 12:
        y += 18
        out.append(f'<text class="s" x="{_PAD}" y="{y}">and {len(found) - 12} more</text>')
    return y + 8


# --- text -------------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Text for XML and HTML: marked signs as entities, and what XML cannot hold as people write it in code."""
    from kubetrial.lint.values.printable import one_line

    text = one_line(text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _cut(text: str, room: int) -> str:
    """A text that fits, cut in its middle."""
    if len(text) <= room:
        return text
    keep = max(room - 1, 2)
    return text[: (keep + 1) // 2] + "…" + text[len(text) - keep // 2 :]


def _wrap(text: str, room: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def _n(number: float) -> str:
    """A number of pixels, short."""
    return f"{number:.1f}".rstrip("0").rstrip(".")
