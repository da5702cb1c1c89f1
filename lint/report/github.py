"""Annotations of GitHub Actions: one workflow command for each finding, and a table for the job's summary page.

GitHub shows ten annotations of each level per step and drops the others silently, so the worst come first, the first of
each object before further ones of the same object; what is over the limits is printed to the log and counted.
Follows "Workflow commands for GitHub Actions" and escapeData and escapeProperty of actions/toolkit.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.finding import Finding, Result
from kubetrial.lint.report import Options
from kubetrial.lint.report.text import LEVELS, encodable, from_root, one_line, shown

LIMIT = 10
"""Annotations of one level that GitHub shows of one step."""

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_CATEGORIES = ("rejected", "broken", "risky", "security", "advice")
_MAX_ROWS = 500
"""Of the table: a step's summary may hold 1 MiB."""


def render(result: Result, options: Options) -> Iterator[str]:
    """A command for each finding that GitHub will show, then the others as plain lines of the log."""
    findings = worst_first(result)
    shares = {command: [f for f in findings if _command_of(f) == command] for command in _COMMANDS.values()}
    if len(findings) == sum(min(len(share), LIMIT) for share in shares.values()):
        for finding in findings:
            yield _command(finding, options)
        return
    hidden: list[Finding] = []
    for command, share in shares.items():
        limit = LIMIT - 1 if command == "notice" else LIMIT  # the notice about the others takes one place
        hidden += share[limit:]
        for finding in share[:limit]:
            yield _command(finding, options)
    is_are = "finding is" if len(hidden) == 1 else "findings are"
    yield (
        f"::notice title=kubetrial::{len(hidden)} more {is_are} not shown as annotations:"
        f" GitHub shows {LIMIT} of each level. The log of this step lists them\n"
    )
    yield f"::group::kubetrial: {len(hidden)} more {'finding' if len(hidden) == 1 else 'findings'}\n"
    for finding in hidden:
        yield _plain(finding, options) + "\n"
    yield "::endgroup::\n"


def worst_first(result: Result) -> list[Finding]:
    """The findings that are not suppressed: by level, then the first of each document before further ones."""
    ranked = sorted(shown(result), key=lambda finding: (_level(finding), _CATEGORIES.index(finding.category.value)))
    seen: dict[tuple[int, str, int], int] = {}
    turns: list[tuple[int, int, int]] = []
    for number, finding in enumerate(ranked):
        key = (_level(finding), finding.file, finding.document)
        turn = seen[key] = seen.get(key, -1) + 1
        turns.append((_level(finding), turn, number))
    return [ranked[number] for _, _, number in sorted(turns)]


def _level(finding: Finding) -> int:
    return LEVELS.index(finding.level) if finding.level in LEVELS else 0


def _command_of(finding: Finding) -> str:
    return _COMMANDS[LEVELS[_level(finding)]]


def _command(finding: Finding, options: Options) -> str:
    start, end = finding.range.start, finding.range.end
    properties = {
        "title": f"kubetrial ({finding.rule})",
        "file": from_root(finding.file, options.directory),
        "line": str(start.line),
        "col": str(start.column),
        "endLine": str(end.line),
        "endColumn": str(end.column),
    }
    if end.line != start.line:  # columns are only shown within one line
        del properties["col"], properties["endColumn"]
    listed = ",".join(f"{key}={escape_property(value)}" for key, value in properties.items())
    place = f"{from_root(finding.file, options.directory)}:{start.line}:{start.column}"
    text = f"{place}: {finding.rule} {finding.message}"
    if finding.help:
        text += f"\nhelp: {finding.help}"
    return f"::{_command_of(finding)} {listed}::{escape_data(text)}\n"


def _plain(finding: Finding, options: Options) -> str:
    start = finding.range.start
    file = one_line(from_root(finding.file, options.directory))
    text = f"{file}:{start.line}:{start.column}: {finding.level} {one_line(finding.rule)} {one_line(finding.message)}"
    # The runner takes commands from lines that begin with `::` and from `##[` anywhere.
    text = text.replace("##[", "## [")
    return f"- {text}" if text.lstrip().startswith("::") else text


def escape_data(text: str) -> str:
    """The message of a command."""
    return encodable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """The value of a property of a command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def write_step_summary(result: Result, file: str, options: Options, line: str) -> None:
    """Append a Markdown table of the findings to `file`, what $GITHUB_STEP_SUMMARY names; `line` is the summary line.

    Raises OSError when the file cannot be written.
    """
    with open(file, "a", encoding="utf-8", newline="\n") as stream:
        stream.writelines(step_summary(result, options, line))


def step_summary(result: Result, options: Options, line: str) -> Iterator[str]:
    """The pieces of the Markdown page: a heading, the summary line, a table with the worst findings first."""
    findings = worst_first(result)
    yield f"### kubetrial\n\n{_markdown(line)}\n"
    if findings:
        yield "\n| Level | Place | Object | Finding | Rule |\n| --- | --- | --- | --- | --- |\n"
    for finding in findings[:_MAX_ROWS]:
        start = finding.range.start
        place = f"{from_root(finding.file, options.directory)}:{start.line}:{start.column}"
        cells = (finding.level, place, str(finding.object), finding.message, finding.rule)
        yield "| " + " | ".join(_markdown(cell[:1000]) for cell in cells) + " |\n"
    if len(findings) > _MAX_ROWS:
        yield f"\n{len(findings) - _MAX_ROWS} more are in the log of the step.\n"


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is, in a cell of a table too."""
    return "".join(f"&#{ord(sign)};" if sign in "\\`*_{}[]<>()#+!|~&$@" else sign for sign in one_line(text))
