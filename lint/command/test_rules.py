"""`kubetrial test-rules DIR`: the rules of a folder against the fixtures beside them.

The fixture of image_of_ours.py is image_of_ours.yaml in the same folder. `# expect: rule` at the end of a line, or `# expect-next: rule` on
the line before, is where a finding of a rule of the folder must stand; any other finding of theirs fails. At least one document
is flagged and one is clean. `# assume: kubernetes = 1.33`, `# assume: complete = false`, `# assume: workers = 3` and `# assume: options =
{"most":3}` (the rule's, as JSON without spaces) set the run; a file of the same name in `before/` is what was applied before.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Iterator, Mapping

from kubetrial.lint.command.exits import FINDINGS, OK, UsageError
from kubetrial.lint.engine.choice import Choice
from kubetrial.lint.finding import Finding
from kubetrial.lint.rule import Entry, index
from kubetrial.lint.settings.config import ConfigError, Settings, minor_of, own_entries
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.schemas.minors import NEWEST

MARK = re.compile(r"(?:#|/\*)\s*expect(-next)?:\s*([^*\s][^*\n]*)")
"""Where a finding must stand: in a comment at the end of a line, of YAML or of a template."""
_ASSUMED = re.compile(r"^# assume:\s*(\w+)\s*=\s*(\S+)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class RuleTest:
    """What the test of one rule gave: complaints, empty where it is right, and how many findings it made."""

    rule: str
    complaints: tuple[str, ...]
    found: int = 0


def command(arguments: argparse.Namespace) -> int:
    """Run the command; exit code 0 where every rule passes, 1 where one fails; raises UsageError."""
    try:
        entries = own_entries([arguments.folder], ())
    except ConfigError as error:
        raise UsageError(str(error)) from None
    if not entries:
        raise UsageError(f"{arguments.folder}: there are no rules in it")
    outcomes = [tested(entry, entries) for entry in entries.values()]
    for outcome in outcomes:
        if not outcome.complaints:
            print(f"ok    {outcome.rule} ({outcome.found} found)")
        for complaint in outcome.complaints:
            print(f"FAIL  {outcome.rule}: {complaint}")
    failed = sum(bool(outcome.complaints) for outcome in outcomes)
    print(f"{len(outcomes) - failed} of {len(outcomes)} rules pass.")
    return FINDINGS if failed else OK


def tested(entry: Entry, own: Mapping[str, Entry]) -> RuleTest:
    """Check the fixture of one rule."""
    from kubetrial.lint.files.discover import shown as name_of

    path = os.path.splitext(entry.file)[0] + ".yaml"
    shown = name_of(path)
    try:
        text, older = read_fixture(path)
    except (OSError, UnicodeError):
        return RuleTest(entry.name, (f"there is no fixture {shown}",))
    every = {**index(), **own}
    try:
        found = findings(
            Fixture(shown, text, older, entry.name),
            Choice(lambda one: one.name in own or one.category.value == "rejected", entries=every),
            Settings(select=tuple(own)),
        )
    except ConfigError as error:
        return RuleTest(entry.name, (f"{shown}: {error}",))
    shown_ones = [f for f in found if not f.rule.startswith("ignore-")]
    marks = sorted(expected(text))
    places = sorted((f.range.start.line, f.rule) for f in shown_ones)
    complaints = [
        f"{shown}:{f.range.start.line}: not expected: {f.rule}: {f.message}"
        for f in shown_ones
        if (f.range.start.line, f.rule) not in marks
    ]
    complaints += [
        f"{shown}:{line}: expected and not found: {rule}" for line, rule in marks if (line, rule) not in places
    ]
    if not any(rule == entry.name for _, rule in marks):
        complaints.append(f"{shown}: no document is flagged")
    if not has_clean_document(text):
        complaints.append(f"{shown}: no document is clean")
    return RuleTest(entry.name, tuple(complaints), sum(f.rule == entry.name for f in shown_ones))


@dataclass(frozen=True, slots=True)
class Fixture:
    """Manifests with marks, what the same file was before (for rules about changes), and the rule that they are about."""

    name: str
    text: str
    older: str | None
    about: str


def read_fixture(path: str) -> tuple[str, str | None]:
    """The text of a fixture, and that of its namesake in `before/`, if there is one; raises OSError and UnicodeError."""
    older = os.path.join(os.path.dirname(path), "before", os.path.basename(path))
    return _read(path), _read(older) if os.path.isfile(older) else None


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def findings(fixture: Fixture, choice: Choice, settings: Settings) -> list[Finding]:
    """What a check finds in a fixture with what it assumes, without what is ignored; raises ConfigError."""
    from kubetrial.lint.engine import Known, Text, check_texts, in_order
    from kubetrial.lint.settings import ignore

    asked = assumed(fixture.text)
    minor = minor_of(asked.get("kubernetes", f"1.{NEWEST}"))
    try:
        workers, options = int(asked.get("workers", 0)), json.loads(asked.get("options", "{}"))
    except ValueError:
        raise ConfigError("`assume: workers` is a number, `assume: options` JSON without spaces") from None
    checked = check_texts(
        [Text(fixture.name, fixture.text)],
        replace(choice, options={fixture.about: options}),
        Known(complete=asked.get("complete", "true") == "true", profile={"workers": workers} if workers else {}),
        minor=minor,
        older=None if fixture.older is None else [Text(fixture.name, fixture.older)],
    )
    told = ignore.apply(checked.findings, {fixture.name: fixture.text}, checked.annotated, settings, choice.entries)
    return in_order(f for f in told if f.suppressed is None)


def has_clean_document(text: str) -> bool:
    """Whether a document of a fixture bears no mark."""
    documents = [d for d in re.split(r"^---.*$", text, flags=re.M) if re.search(r"^\s*[^#\s]", d, re.M)]
    return any(not MARK.search(document) for document in documents)


def assumed(text: str) -> dict[str, str]:
    """`# assume: key = value` lines: what a fixture asks of the run, such as `kubernetes = 1.34` or `complete = false`."""
    return dict(_ASSUMED.findall(text))


def expected(text: str) -> Iterator[tuple[int, str]]:
    """(line, rule) of each mark."""
    for number, line in enumerate(text.split("\n"), 1):
        match = MARK.search(line)
        if match:
            for name in match.group(2).split(","):
                yield number + (1 if match.group(1) else 0), name.strip()
