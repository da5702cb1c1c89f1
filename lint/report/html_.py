"""A page that stands alone: findings by file with their source, filters, and what a trial showed as a small timeline.

Nothing is loaded from outside, everything from manifests is escaped, and a content security policy lets no script run but the
page's own filter, whose hash it names. Without scripts the page shows all findings.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from kubetrial.lint.finding import REFUSED, Finding, Range, Related, Result
from kubetrial.lint.report import Options, RuleInfo
from kubetrial.lint.report.excerpt import lines_of
from kubetrial.lint.report.summary import condensed, summary_line
from kubetrial.lint.report.text import LEVELS, one_line, shown

Line = Callable[[str, int], "str | None"]

_CLOSED = 60
"""With more files than this, they are folded when the page opens."""
_STEP = re.compile(r"t=(\d+(?:\.\d+)?) s  (.*)", re.S)
_MEANING = {
    "rejected": REFUSED,
    "broken": "accepted, but it cannot do what it says",
    "risky": "works until an ordinary bad day",
    "security": "Pod Security Standards, RBAC, secrets",
    "advice": "good practice, opinions",
}


def render(result: Result, options: Options) -> Iterator[str]:
    """The page, one piece a file."""
    findings = result.findings
    yield from _head(result)
    if findings:
        yield _filters(findings)
    yield "<main>\n"
    if not any(True for _ in shown(result)):
        yield f'<p class="clean">{_text(summary_line(result))}</p>\n'
    line = lines_of(result)
    files: dict[str, list[Finding]] = {}
    for finding in findings:
        files.setdefault(finding.file, []).append(finding)
    for file, of_file in files.items():
        yield "".join(_file(file, of_file, line, opened=len(files) <= _CLOSED))
    yield "".join(_notes(condensed(result.notes)))
    yield "".join(_rules(findings, options.rules))
    yield "</main>\n"
    yield f"<script>{_resource('html_.js')}</script>\n" if findings else ""
    yield "</body></html>\n"


# --- the frame ---------------------------------------------------------------------------------------------------------------


def _head(result: Result) -> Iterator[str]:
    script = _resource("html_.js")
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>kubetrial: {_text(_title(result))}</title>\n<style>{_resource('html_.css')}</style></head>\n<body>\n"
        f'<header><h1>kubetrial</h1><p class="lead">{_text(summary_line(result))}</p>\n'
    )
    summary = result.summary
    tiles = [
        ("error", summary.errors, "errors"),
        ("warning", summary.warnings, "warnings"),
        ("info", summary.infos, "infos"),
        ("", summary.suppressed, "suppressed"),
        ("", summary.documents, "documents"),
    ]
    yield '<div class="tiles">'
    for level, number, word in tiles:
        style = level if number else "ok" if level else ""
        yield f'<div class="tile {style}"><b>{number}</b><span>{word[:-1] if number == 1 and level else word}</span></div>'
    yield "</div></header>\n"


def _title(result: Result) -> str:
    counts = ((result.summary.errors, "error"), (result.summary.warnings, "warning"), (result.summary.infos, "info"))
    said = [f"{number} {word}{'s' * (number != 1)}" for number, word in counts if number]
    return ", ".join(said) or "no findings"


def _filters(findings: Sequence[Finding]) -> str:
    """The form that the script brings to life; without it, it stays hidden."""
    levels = [level for level in LEVELS if any(f.level == level for f in findings)]
    boxes = "".join(
        f'<label><input type="checkbox" name="level" value="{level}" checked> {level}s</label>' for level in levels
    )
    categories = dict.fromkeys(
        f.category.value for f in sorted(findings, key=lambda f: list(_MEANING).index(f.category.value))
    )
    hidden = sum(1 for f in findings if f.suppressed is not None)
    old = f'<label><input type="checkbox" name="suppressed"> {hidden} suppressed</label>' if hidden else ""
    rules = sorted({f.rule for f in findings})
    return (
        f'<div class="bar"><form hidden autocomplete="off">{boxes}{old}{_choice("category", list(categories))}{_choice("rule", rules)}'
        '<input type="search" name="words" placeholder="file, object, words" aria-label="search">'
        '<output id="count"></output></form></div>\n'
    )


def _choice(name: str, words: Sequence[str]) -> str:
    """A list to choose one of some words from, or all of them."""
    several = {"category": "categories"}.get(name, f"{name}s")
    options = "".join(f"<option>{_text(word)}</option>" for word in words)
    return f'<select name="{name}" aria-label="{name}"><option value="">all {several}</option>{options}</select>'


# --- findings ----------------------------------------------------------------------------------------------------------------


def _file(file: str, findings: Sequence[Finding], line: Line, *, opened: bool) -> Iterator[str]:
    """A file with its findings."""
    counts = [(level, sum(1 for f in findings if f.level == level and f.suppressed is None)) for level in LEVELS]
    said = ", ".join(f"{number} {level}{'s' * (number != 1)}" for level, number in counts if number) or "suppressed"
    yield f'<details class="file"{" open" if opened else ""}><summary>{_text(file)}<span>{said}</span></summary>\n'
    for finding in findings:
        yield "".join(_finding(finding, line))
    yield "</details>\n"


def _finding(finding: Finding, line: Line) -> Iterator[str]:
    silenced = " suppressed" if finding.suppressed is not None else ""
    mark = f"f-{finding.fingerprint[:16]}"
    yield (
        f'<article id="{mark}" class="finding{silenced}" data-level="{_text(finding.level)}"'
        f' data-category="{finding.category.value}" data-rule="{_text(finding.rule)}">\n'
        f'<h3><span class="level {_text(finding.level)}">{_text(finding.level)}</span>{_text(finding.message)}</h3>\n'
    )
    start = finding.range.start
    about = [f'<a href="#{mark}">{start.line}:{start.column}</a>']
    about += [_text(word) for word in (str(finding.object), finding.path) if word]
    about.append(
        f'<a href="#r-{_text(finding.rule)}"><code>{_text(finding.rule)}</code></a> ({finding.category.value})'
    )
    if finding.template:
        about.append(f"from {_text(finding.template)}")
    yield f'<p class="about">{" · ".join(about)}</p>\n'
    if finding.suppressed is not None:
        yield f"<dl><dt>suppressed</dt><dd>{_lines(finding.suppressed)}</dd></dl></article>\n"
        return
    yield _source(finding.file, finding.range, "", line)
    for related in finding.related:
        yield _related(related, line)
    yield "<dl>"
    if finding.consequence and finding.consequence != REFUSED:
        yield f"<dt>in the cluster</dt><dd>{_lines(finding.consequence)}</dd>"
    if finding.help:
        yield f"<dt>help</dt><dd>{_lines(finding.help)}</dd>"
    if finding.fix is not None:
        kind = "--fix" if finding.fix.applicability == "safe" else "--fix --unsafe-fixes"
        yield f"<dt>fix</dt><dd>{_lines(finding.fix.message)} (<code>{kind}</code>)</dd>"
    yield "</dl>\n"
    yield from _trace(finding.trace)
    yield "</article>\n"


def _related(related: Related, line: Line) -> str:
    """A second place: its source with the message beside it, or the message alone."""
    place = f"{related.file}:{related.range.start.line}:{related.range.start.column}"
    source = _source(related.file, related.range, related.message, line)
    return f'<p class="about">{_text(place)}{"" if source else ": " + _text(related.message)}</p>{source}'


def _source(file: str, range_: Range, label: str, line: Line) -> str:
    """The lines around a range, with the range marked; nothing where the text is not known."""
    number = range_.start.line
    if line(file, number) is None:
        return ""
    rows = []
    for at in range(max(1, number - 2), number + 2):
        text = line(file, at)
        if text is None:
            continue
        if at == number:
            end = range_.end.column if range_.end.line == number else len(text) + 1
            said = f"<em>{_text(label)}</em>" if label else ""
            rows.append(f'<span class="at"><i>{at}</i>{_marked(text, range_.start.column, end)}{said}</span>')
        else:
            rows.append(f"<span><i>{at}</i>{_code(text[:200])}{'…' * (len(text) > 200)}</span>")
    return f"<pre>{''.join(rows)}</pre>\n"


def _marked(text: str, start: int, end: int) -> str:
    """A line with its columns from `start` up to `end`, from 1, marked; long ones are cut around that."""
    first = min(max(start, 1), len(text) + 1) - 1
    last = min(max(end - 1, first + 1), max(len(text), first))
    before, inner, after = text[:first], text[first:last], text[last:]
    if len(before) > 160:
        before = "…" + before[-120:]
    if len(inner) > 400:
        inner, after = inner[:400] + "…", ""
    if len(after) > 160:
        after = after[:160] + "…"
    return f"{_code(before)}<mark>{_code(inner) or ' '}</mark>{_code(after)}"


def _trace(trace: Sequence[str]) -> Iterator[str]:
    """What the trial showed: its moments on a line, and in words."""
    if not trace:
        return
    steps = [(float(found[1]), found[2]) if (found := _STEP.fullmatch(step)) else (None, step) for step in trace]
    times = [time for time, _ in steps if time is not None]
    if len(set(times)) > 1:
        yield _picture(times)
    yield '<ol class="trace">'
    for time, text in steps:
        yield f"<li><b>{_clock(time) if time is not None else ''}</b>{_text(text)}</li>"
    yield "</ol>\n"


def _picture(times: Sequence[float]) -> str:
    """A line of time with a dot for each moment, the last one in the colour of an error."""
    first, last = min(times), max(times)
    places = [20 + 860 * (time - first) / (last - first) for time in times]
    parts, free = ['<line x1="20" y1="14" x2="880" y2="14" stroke-width="2"/>'], -100.0
    for number, (time, x) in enumerate(zip(times, places, strict=True), 1):
        end = ' class="last"' if number == len(times) else ""
        parts.append(f'<circle cx="{x:.1f}" cy="14" r="5"{end}/>')
        if x - free > 60:
            anchor = "start" if x < 60 else "end" if x > 840 else "middle"
            parts.append(f'<text x="{x:.1f}" y="36" text-anchor="{anchor}">{_clock(time)}</text>')
            free = x
    return (
        f'<svg class="trace" viewBox="0 0 900 42" role="img" aria-label="moments of the trial">{"".join(parts)}</svg>\n'
    )


def _clock(seconds: float) -> str:
    """`+2m05s`; fractions only below a minute."""
    if seconds < 60:
        return f"+{seconds:g}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    return "+" + "".join(f"{number}{unit}" for number, unit in parts if number)


# --- below the findings --------------------------------------------------------------------------------------------------------


def _notes(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield '<h2>Notes</h2>\n<ul class="notes">'
        yield from (f"<li>{_text(note)}</li>" for note in notes)
        yield "</ul>\n"


def _rules(findings: Sequence[Finding], rules: Mapping[str, RuleInfo]) -> Iterator[str]:
    """Each rule that found something: how often, what it finds, what its category means."""
    counts: dict[str, int] = {}
    categories = {}
    for finding in findings:
        counts[finding.rule] = counts.get(finding.rule, 0) + (finding.suppressed is None)
        categories[finding.rule] = finding.category.value
    if not counts:
        return
    yield "<h2>Rules</h2>\n<table><thead><tr><th>rule</th><th>category</th><th>findings</th><th>finds</th></tr></thead><tbody>\n"
    for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        info = rules.get(name)
        url = info.url if info is not None and info.url.startswith("https://") else ""
        more = f' <a href="{_text(url)}" rel="noreferrer">more</a>' if url else ""
        meaning = _MEANING[categories[name]]
        yield (
            f'<tr id="r-{_text(name)}"><td><a href="#" data-choose="{_text(name)}"><code>{_text(name)}</code></a></td>'
            f'<td title="{_text(meaning)}">{categories[name]}</td><td class="n">{number}</td>'
            f"<td>{_text(info.summary) if info is not None else ''}{more}</td></tr>\n"
        )
    yield "</tbody></table>\n"
    used = [name for name in _MEANING if name in categories.values()]
    yield f'<p class="lead">{_text("; ".join(f"{name}: {_MEANING[name]}" for name in used))}</p>\n'


# --- texts -----------------------------------------------------------------------------------------------------------------------

_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;"})


def _text(text: str) -> str:
    """Any text on one line, as text or as the value of an attribute."""
    return one_line(text).translate(_SIGNS)


def _lines(text: str) -> str:
    """A text of several lines."""
    return "\n".join(_text(row) for row in text.split("\n"))


def _code(text: str) -> str:
    """A part of a line of source: tabs as blanks, other controls as escapes."""
    return _text(text.replace("\t", "    "))


def _resource(name: str) -> str:
    """A file beside this module."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as stream:
        return stream.read()
