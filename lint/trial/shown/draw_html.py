"""A trial as a page that stands alone: the picture, next runs, the table and the end; no scripts, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kubetrial.lint.trial.shown import clocks, draw_svg, story
from kubetrial.lint.trial.shown.draw_svg import escape
from kubetrial.lint.trial.shown.picture import Picture, Scale, picture, scale
from kubetrial.lint.trial.shown.show import Show, assumptions, clock, duration

_PAGE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;margin:0;background:#fff;color:#1f2328}
main{max-width:1130px;margin:0 auto;padding:24px 20px 60px}main.two{max-width:2260px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}
.lead{color:#59636e;margin:0 0 12px}ul{margin:6px 0 12px;padding-left:20px}li{margin:2px 0}
.note{color:#9a6700}
.pictures{display:grid;grid-template-columns:1fr;gap:12px}
@media (min-width:1500px){.two .pictures,.two .tables{grid-template-columns:1fr 1fr}}
.tables{display:grid;grid-template-columns:minmax(0,1fr);gap:24px}
figure{margin:0;overflow-x:auto;border:1px solid #d8dee4;border-radius:8px}
figure svg{display:block;min-width:760px;width:100%;height:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{text-align:left;font-weight:600;color:#59636e;border-bottom:1px solid #d8dee4;padding:5px 10px}
td{border-bottom:1px solid #eaeef2;padding:4px 10px;vertical-align:top;overflow-wrap:anywhere}
td.t{white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}th.t{text-align:right}
td.w{white-space:nowrap;width:1%;padding-right:24px}td.t{width:1%}
@media (max-width:700px){td.w{white-space:normal;width:40%;padding-right:10px}}
td code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.place,.more{color:#59636e}.place{white-space:nowrap;font-size:12.5px}
.ok{color:#116329}.bad{color:#cf222e}.warn{color:#9a6700}.act{color:#8250df}
@media (prefers-color-scheme:dark){
body{background:#0d1117;color:#e6edf3}.lead,th,.place,.more{color:#9198a1}figure,th{border-color:#3d444d}
td{border-color:#2a313c}.ok{color:#7ee787}.bad{color:#ff7b72}.warn,.note{color:#f2cc60}.act{color:#c297ff}
}
"""


def draw(shows: Sequence[Show]) -> str:
    """One trial, or two to compare."""
    pictures = [picture(show, draw_svg.LANES) for show in shows]
    common = scale(pictures)
    show = shows[-1]
    what = draw_svg.trial_of(show)
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(what)}, {escape(show.scenario.name)}</title>",
        f"<style>{_PAGE}{draw_svg.STYLE}</style></head>",
        f'<body><main class="{"two" if len(shows) == 2 else "one"}">',
        f"<h1>{escape(what)}</h1>",
        '<p class="lead">What the controllers would do. Assumed:</p>',
        "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in assumptions(show)) + "</ul>",
        *_notes(shows),
        '<div class="pictures">',
    ]
    headings = [""] if len(shows) == 1 else ["Before", "After"]
    left = max(draw_svg.margin(made) for made in pictures)
    for one, made, heading in zip(shows, pictures, headings, strict=True):
        lines += _figure(one, made, common, left, heading)
    lines.append("</div>")
    if len(shows) == 2:
        differ = story.differences(*shows) or ["nothing: both end alike"]
        lines += ["<h2>What differs</h2>", "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in differ) + "</ul>"]
    lines.append('<div class="tables">')
    for one, heading in zip(shows, headings, strict=True):
        of = f" ({heading.lower()})" if heading else ""
        lines += ["<section>", f"<h2>At the end, {duration(one.timeline.end)}{of}</h2>", *_ends(one), "</section>"]
    for one, heading in zip(shows, headings, strict=True):
        of = f" ({heading.lower()})" if heading else ""
        lines += ["<section>", *_schedules(one), f"<h2>What happened{of}</h2>", *_table(one), "</section>"]
    lines += ["</div>", "</main></body></html>"]
    return "\n".join(lines) + "\n"


def _notes(shows: Sequence[Show]) -> Iterator[str]:
    for one in shows:
        whose = "" if len(shows) == 1 else "before: " if one is shows[0] else "after: "
        for note in [*one.notes, *one.timeline.notes]:
            yield f'<p class="note">note: {escape(whose + note)}</p>'


def _figure(show: Show, made: Picture, common: Scale, left: int, heading: str) -> Iterator[str]:
    body, height = draw_svg.panel(show, made, common, left, heading=heading, bare=True)
    label = escape(f"{heading or 'Picture'}: {draw_svg.trial_of(show)}, scenario {show.scenario.name}")
    yield (
        f'<figure><svg xmlns="http://www.w3.org/2000/svg" class="kt" viewBox="0 0 {draw_svg.WIDTH} {height}" '
        f'role="img" aria-label="{label}">'
    )
    yield from body
    yield "</svg></figure>"


def _ends(show: Show) -> Iterator[str]:
    yield "<table><tbody>"
    for end in story.ends(show):
        yield f'<tr><td class="w">{escape(end.object)}</td><td class="{end.level}">{escape(end.said)}</td></tr>'
    yield "</tbody></table>"


def _schedules(show: Show) -> Iterator[str]:
    for schedule in clocks.schedules(show):
        suspended = " (suspended)" if schedule.suspended else ""
        yield f"<h2>Next runs of CronJob {escape(schedule.subject)}{suspended}</h2>"
        yield f'<p class="lead"><code>{escape(schedule.text)}</code> in {escape(schedule.zone)}</p>'
        if schedule.problem:
            yield f'<p class="bad">{escape(schedule.problem)}</p>'
        if schedule.runs:
            yield "<table><thead><tr><th>local</th><th>UTC</th><th></th></tr></thead><tbody>"
            for run in schedule.runs:
                local, utc = clocks.local_said(run), clock(run.second)
                yield f'<tr><td class="w">{local}</td><td class="w">{utc}</td><td class="warn">{escape(run.note)}</td></tr>'
            yield "</tbody></table>"
        for change in clocks.changes_told(schedule):
            yield f'<p class="note">Clocks: {escape(clocks.change_said(change))}</p>'


def _table(show: Show) -> Iterator[str]:
    yield '<table><thead><tr><th class="t">time</th><th>object</th><th>event</th><th>why</th></tr></thead><tbody>'
    for row in story.rows(show):
        if row.more:
            yield f'<tr><td class="t">…</td><td class="more" colspan="3">{row.more} more like this, until the last:</td></tr>'
        place = f' <span class="place">{escape(str(row.place))}</span>' if row.place is not None else ""
        yield (
            f'<tr><td class="t">{duration(row.time)}</td><td>{escape(row.object)}</td>'
            f'<td class="{row.level}">{escape(row.event)}</td><td>{escape(row.why)}{place}</td></tr>'
        )
    yield "</tbody></table>"
