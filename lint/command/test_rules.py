"""`kubetrial test-rules DIR`: the rules of a folder against the fixtures beside them.

The fixture of image_of_ours.py is image_of_ours.yaml in the same folder. `# expect: rule` at the end of a line, or `# expect-next: rule` on
the line before, is where a finding of a rule of the folder must stand; any other finding of theirs fails. At least one document
is flagged and one is clean. `# assume: kubernetes = 1.33` and `# assume: complete = false` set the run.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Mapping

from kubetrial.lint.command.exits import FINDINGS, OK, UsageError
from kubetrial.lint.records import dataclass
from kubetrial.lint.rule import Entry, index
from kubetrial.lint.settings.config import ConfigError, Settings, minor_of, own_entries
from kubetrial.schemas.minors import NEWEST

_MARK = r"#\s*expect(-next)?:\s*(.+?)\s*$"


@dataclass(frozen=True, slots=True)
class Outcome:
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


def tested(entry: Entry, own: Mapping[str, Entry]) -> Outcome:
    """Check the fixture of one rule."""
    from kubetrial.lint.engine import Choice, Known, Text, check_texts, in_order
    from kubetrial.lint.files.discover import shown as name_of
    from kubetrial.lint.settings import ignore as allow

    path = os.path.splitext(entry.file)[0] + ".yaml"
    shown = name_of(path)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeError):
        return Outcome(entry.name, (f"there is no fixture {shown}",))
    asked = dict(re.findall(r"^# assume:\s*(\w+)\s*=\s*(\S+)\s*$", text, re.M))
    try:
        minor = minor_of(asked.get("kubernetes", f"1.{NEWEST}"))
    except ConfigError as error:
        return Outcome(entry.name, (f"{shown}: {error}",))
    every = {**index(), **own}
    checked = check_texts(
        [Text(shown, text)],
        Choice(lambda one: one.name in own or one.category.value == "rejected", entries=every),
        Known(complete=asked.get("complete", "true") == "true"),
        minor=minor,
    )
    settings = Settings(select=tuple(own))
    found = in_order(allow.apply(checked.findings, {shown: text}, checked.annotated, settings, every))
    shown_ones = [f for f in found if f.suppressed is None and not f.rule.startswith("ignore-")]
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
    documents = [d for d in re.split(r"^---.*$", text, flags=re.M) if re.search(r"^\s*[^#\s]", d, re.M)]
    if all(re.search(_MARK, document, re.M) for document in documents):
        complaints.append(f"{shown}: no document is clean")
    return Outcome(entry.name, tuple(complaints), sum(f.rule == entry.name for f in shown_ones))


def expected(text: str) -> Iterator[tuple[int, str]]:
    """(line, rule) of each mark."""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.search(_MARK, line)
        if match:
            for name in match.group(2).split(","):
                yield number + (1 if match.group(1) else 0), name.strip()
