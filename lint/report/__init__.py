"""Reports: one module a format, imported only when it is asked for.

Every module has `render(result, options) -> Iterator[str]`: pieces of text in order, so that long reports stream. The
pieces hold no lone surrogates: each can be written as UTF-8. What is not findings (the summary line, the notes of a
result) is for people and is printed by the caller: on standard output after a format in HUMAN, else on standard error.
"""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator, Mapping

from kubetrial.lint.finding import Result
from kubetrial.lint.values.printable import harmless_text
from kubetrial.lint.values.records import dataclass, field, replace

FORMATS: dict[str, str] = {
    "full": "full",
    "concise": "concise",
    "grouped": "grouped",
    "json": "json_",
    "json-lines": "json_lines",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "checkstyle": "checkstyle",
    "rdjson": "rdjson",
    "azure": "azure",
    "html": "html_",
}
"""Name of a format as the command line takes it -> its module in this package."""

FAMILIES = {
    **dict.fromkeys(("json", "json-lines", "sarif", "gitlab", "rdjson"), "json"),
    **dict.fromkeys(("junit", "checkstyle", "html"), "xml"),
    "github": "github",
    "azure": "azure",
}
"""How a format writes what may not stand in it as it is (see printable.harmless_text); those not named are plain text."""

HUMAN = frozenset({"full", "concise", "grouped"})
"""Formats for people: notes and the summary line follow on the same stream."""

NEED_RULES = frozenset({"sarif", "rdjson", "html"})
"""Formats that show what a rule says about itself: the only ones for which the caller has to load rules."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule says about itself: `summary` is the first line of its manual page, `manual` the page in Markdown."""

    name: str
    category: str
    summary: str
    manual: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """How to render.

    `colour`: with terminal escapes (only the formats of HUMAN). `rules`: by name, for the formats in NEED_RULES.
    `notice`: write `notice` for `info` in concise lines, the word that GitHub's problem matchers know. `ranges`:
    concise lines with the end of the range too. `directory`: the working directory relative to the repository's root
    with `/`, empty when it is the root; github, gitlab and sarif name files from the root. `failing`: the levels that
    make the run fail, for junit. `brief`: full says only once what holds for all that is refused.
    """

    colour: bool = False
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    notice: bool = False
    ranges: bool = False
    directory: str = ""
    failing: Collection[str] = ("error",)
    brief: bool = False


def render(
    name: str,
    result: Result,
    *,
    colour: bool = False,
    rules: Mapping[str, RuleInfo] | None = None,
    notice: bool = False,
    ranges: bool = False,
    directory: str = "",
    failing: Collection[str] = ("error",),
    brief: bool = False,
) -> Iterator[str]:
    """The pieces of a report in the format `name`, one of FORMATS; raises KeyError for any other name. See Options."""
    module = importlib.import_module(f"{__name__}.{FORMATS[name]}")
    if name not in _NAME_TEMPLATES:
        result = _with_templates(result)
    options = Options(
        colour=colour,
        rules=rules or {},
        notice=notice,
        ranges=ranges,
        directory=directory,
        failing=failing,
        brief=brief,
    )
    pieces: Iterator[str] = module.render(result, options)
    return (harmless_text(piece, FAMILIES.get(name, "plain")) for piece in pieces)


_NAME_TEMPLATES = frozenset({"full", "concise", "json", "json-lines", "html"})
"""Formats that have a place of their own for the file that a rendered document was made from."""


def _with_templates(result: Result) -> Result:
    """The result with that file in the messages: of a stream, `<stdin>` alone leads nobody anywhere."""
    if not any(finding.template for finding in result.findings):
        return result
    findings = tuple(
        replace(finding, message=f"{finding.message} (from {finding.template})") if finding.template else finding
        for finding in result.findings
    )
    return replace(result, findings=findings)
