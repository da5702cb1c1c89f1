"""The report for people: every finding with its excerpt, what happens in the cluster, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubetrial.lint.finding import REFUSED, Finding, Range, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.colour import paint_level, painter
from kubetrial.lint.report.excerpt import excerpt, lines_of
from kubetrial.lint.report.text import one_line, shown
from kubetrial.lint.values.records import replace

Paint = Callable[[str, str], str]
Line = Callable[[str, int], "str | None"]


def render(result: Result, options: Options) -> Iterator[str]:
    """One block for each finding that is not suppressed, a blank line after each."""
    paint = painter(options.colour)
    line = lines_of(result)
    several = {document.file for document in result.documents if document.document > 0}
    several.update(finding.file for finding in result.findings if finding.document > 0)
    for finding in _once(shown(result)) if options.brief else shown(result):
        yield "\n".join(_block(finding, line, paint, finding.file in several)) + "\n\n"


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings, without the sentence of all that is refused where it was said before: once a run is enough for people."""
    said = False
    for finding in findings:
        if finding.consequence == REFUSED:
            finding, said = (replace(finding, consequence="") if said else finding), True
        yield finding


def _block(finding: Finding, line: Line, paint: Paint, several: bool) -> Iterator[str]:
    numbers = [finding.range.start.line, *(related.range.start.line for related in finding.related)]
    gutter = " " * len(str(max(numbers)))
    bar = paint("|", "frame")
    mark = "[*]" if finding.fix and finding.fix.applicability == "safe" else ""
    head = paint_level(paint, f"{finding.level}[{one_line(finding.rule)}]", finding.level)
    yield f"{head}{mark}: {paint(one_line(finding.message), 'bold')}"

    about = [str(finding.object)] if str(finding.object) else []
    if several:
        about.append(f"document {finding.document + 1}")
    if finding.template:
        about.append(f"from {finding.template}")
    where = f"  ({one_line(', '.join(about))})" if about else ""
    yield f"{gutter}{paint('-->', 'frame')} {_place(finding.file, finding.range)}{where}"
    yield from _excerpt(finding.file, finding.range, "^", finding.level, "", line, gutter, paint)
    for related in finding.related:
        yield f"{gutter} {bar}"
        yield f"{gutter}{paint(':::', 'frame')} {_place(related.file, related.range)}"
        shown_lines = list(_excerpt(related.file, related.range, "-", "frame", related.message, line, gutter, paint))
        yield from shown_lines or [f"{gutter} {bar} {one_line(related.message)}"]

    yield from _note(gutter, "in the cluster", finding.consequence, paint)
    yield from _note(gutter, "help", finding.help, paint)
    if finding.trace:
        yield f"{gutter} = {paint('trace', 'bold')}:"
        for step in finding.trace:
            yield f"{gutter}     {one_line(step)}"
    yield from _note(gutter, "see", f"kubetrial explain {finding.rule}", paint)


def _place(file: str, range_: Range) -> str:
    return f"{one_line(file)}:{range_.start.line}:{range_.start.column}"


def _note(gutter: str, title: str, text: str, paint: Paint) -> Iterator[str]:
    """`= help: text`; further lines of the text, such as an example, stand below its first."""
    if not text:
        return
    first, *rest = text.split("\n")
    yield f"{gutter} = {paint(title, 'bold')}: {one_line(first)}"
    for row in rest:
        yield f"{gutter}     {' ' * len(title)}{one_line(row)}".rstrip()


def _excerpt(
    file: str, range_: Range, sign: str, style: str, label: str, line: Line, gutter: str, paint: Paint
) -> Iterator[str]:
    """The line of a range with the line before it, and `sign` under the range; nothing when there is no such line."""
    number = range_.start.line
    text = line(file, number)
    if text is None:
        return
    end = range_.end.column if range_.end.line == number else len(text) + 1
    part = excerpt(text, range_.start.column, end)
    bar = paint("|", "frame")
    yield f"{gutter} {bar}"
    before = line(file, number - 1)
    if before and before.strip() and not before.startswith("---"):
        yield _numbered(number - 1, gutter, excerpt(before, 1, 2).text, paint)
    yield _numbered(number, gutter, part.text, paint)
    under = paint_level(paint, sign * part.under, style)
    yield f"{gutter} {bar} {' ' * part.before}{under}{' ' + one_line(label) if label else ''}"


def _numbered(number: int, gutter: str, text: str, paint: Paint) -> str:
    return f"{paint(str(number).rjust(len(gutter)), 'frame')} {paint('|', 'frame')} {text}".rstrip()
