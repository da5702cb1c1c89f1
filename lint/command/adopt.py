"""Taking kubetrial up in a repository with old findings: the baseline, findings since a revision, ignores that are written.

Each is a step between the findings of a check and their report; check.py calls `narrowed` once.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command.exits import UsageError
from kubetrial.lint.engine import Text
from kubetrial.lint.files import witness
from kubetrial.lint.finding import Finding
from kubetrial.lint.settings import baseline as baselines
from kubetrial.lint.values.records import dataclass, replace

if TYPE_CHECKING:
    from kubetrial.lint.command.fix import Fixed
    from kubetrial.lint.files.discover import SourceFile
    from kubetrial.lint.settings.config import Settings

Judge = Callable[[Sequence[Text]], "list[Finding]"]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The findings that are left to report, and what is to be said about the others."""

    findings: list[Finding]
    notes: tuple[str, ...] = ()


def narrowed(
    findings: list[Finding],
    arguments: argparse.Namespace,
    settings: Settings,
    sources: Mapping[str, str],
    judge_older: Judge,
) -> Narrowed:
    """What the baseline, `--since` and `--objects` leave; writes the baseline where that is asked for; raises UsageError."""
    notes: list[str] = []
    if arguments.objects:
        findings = [f for f in findings if any(f.object.fits(pattern) for pattern in arguments.objects)]
    if arguments.since is not None:
        findings, note = _since(findings, arguments, sources, judge_older)
        notes.append(note)
    try:
        findings, said = _baselined(findings, arguments, settings, sources)
    except baselines.BaselineError as error:
        raise UsageError(str(error)) from None
    return Narrowed(findings, (*notes, *said))


# --- baseline --------------------------------------------------------------------------------------------------------------------


def _baselined(
    findings: list[Finding], arguments: argparse.Namespace, settings: Settings, sources: Mapping[str, str]
) -> tuple[list[Finding], list[str]]:
    if arguments.write_baseline is not None:
        return _written(findings, arguments)
    file = arguments.baseline or settings.baseline
    if not file:
        if arguments.prune_baseline:
            raise UsageError("--prune-baseline needs to know which one: give --baseline FILE too")
        return findings, []
    import datetime

    known = baselines.read(file)
    if known.expires is not None:
        witness.unique("today's date")
    if baselines.is_over(known, datetime.date.today()):
        return findings, [f"the baseline {file} held until {known.expires}; all findings are reported again"]
    kept, seen = baselines.apply(findings, known)
    ran = {entry.name for entry in settings.entries().values() if settings.selects(entry)}
    over = [] if arguments.since is not None or arguments.objects else baselines.gone(known, seen, sources, ran)
    return kept, _said(known, over, arguments)


def _said(
    known: baselines.Baseline, over: Sequence[baselines.AcceptedFinding], arguments: argparse.Namespace
) -> list[str]:
    """What is mended; with --prune-baseline it is taken out of the file."""
    if not over:
        return []
    count = f"{len(over)} finding{'s' * (len(over) > 1)} of the baseline {known.file} {'are' if len(over) > 1 else 'is'} gone"
    if arguments.prune_baseline:
        baselines.save(known.file, baselines.pruned(known, {entry.fingerprint for entry in over}))
        return [f"{count} and taken out of it"]
    first = ", ".join(f"{entry.rule} in {entry.file}" for entry in over[:3])
    more = f" and {len(over) - 3} more" if len(over) > 3 else ""
    return [f"{count} ({first}{more}); take them out with --prune-baseline"]


def _written(findings: list[Finding], arguments: argparse.Namespace) -> tuple[list[Finding], list[str]]:
    """All findings silenced by the baseline that is written now."""
    file = arguments.write_baseline
    expires = baselines.date(arguments.baseline_expires) if arguments.baseline_expires else None
    before = _entries_of(file)
    baselines.save(file, baselines.written(findings, file, expires))
    known = baselines.read(file)
    kept, seen = baselines.apply(findings, known)
    until = f", until {expires}" if expires else ""
    lost = len(before - known.entries.keys())
    instead = f" ({lost} that it held before {'are' if lost > 1 else 'is'} no longer in it)" if lost else ""
    return kept, [
        f"{len(seen)} finding{'s' * (len(seen) != 1)} written to {file}{until}{instead}; "
        f'--baseline {file}, or baseline = "{file}" in the configuration, keeps silent about them'
    ]


def _entries_of(file: str) -> set[str]:
    """The fingerprints that a baseline holds; none where there is no such file yet."""
    try:
        return set(baselines.read(file).entries)
    except baselines.BaselineError:
        return set()


# --- since -----------------------------------------------------------------------------------------------------------------------


def _since(
    findings: list[Finding], arguments: argparse.Namespace, sources: Mapping[str, str], judge_older: Judge
) -> tuple[list[Finding], str]:
    """The findings on lines that changed since a revision, and those elsewhere that were not there before."""
    from kubetrial.lint.api import against

    try:
        olds = {text.name: text.text for text in against.texts(arguments.since, ["."])}
    except against.AgainstError as error:
        raise UsageError(f"--since {arguments.since}: {error}") from None
    before = judge_older([Text(name, text) for name, text in olds.items()])
    known = {finding.fingerprint for finding in before}
    moved = {
        _anywhere(finding) for finding in before if finding.file not in sources and not witness.exists(finding.file)
    }
    changed: dict[str, set[int]] = {}
    kept = []
    for finding in findings:
        if finding.file not in changed:
            changed[finding.file] = changed_lines(olds.get(finding.file), sources.get(finding.file, ""))
        new = finding.fingerprint not in known and _anywhere(finding) not in moved
        if new or finding.range.start.line in changed[finding.file] & _old_file(finding, olds):
            kept.append(finding)
    left = len(findings) - len(kept)
    return kept, f"{left} older finding{'s' * (left != 1)} not shown: they were there in {arguments.since}"


def _old_file(finding: Finding, olds: Mapping[str, str]) -> set[int]:
    """The line of a finding where its file is an old one; of a file that was moved, lines cannot be compared."""
    return {finding.range.start.line} if finding.file in olds else set()


def _anywhere(finding: Finding) -> tuple[str, str, str, int]:
    """What tells a finding from others when its file was moved."""
    return finding.rule, str(finding.object), finding.path, finding.ordinal


def changed_lines(old: str | None, new: str) -> set[int]:
    """The lines of a text, from 1, that are not in an older one; all of them where there is no older one."""
    lines = new.split("\n")
    if old is None:
        return set(range(1, len(lines) + 1))
    if old == new:
        return set()
    from difflib import SequenceMatcher

    before = old.split("\n")
    head = 0
    while head < min(len(before), len(lines)) and before[head] == lines[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(lines)) - head and before[-1 - tail] == lines[-1 - tail]:
        tail += 1
    inner_old, inner_new = before[head : len(before) - tail], lines[head : len(lines) - tail]
    if len(inner_old) * len(inner_new) > 4_000_000:  # too much to compare line by line: everything between counts
        return set(range(head + 1, head + len(inner_new) + 1))
    found: set[int] = set()
    for word, _, _, first, last in SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_opcodes():
        if word != "equal":
            found.update(range(head + first + 1, head + last + 1))
    return found


# --- ignores that are written ----------------------------------------------------------------------------------------------------


def with_ignores(texts: Sequence[Text], findings: Sequence[Finding], reason: str) -> tuple[dict[str, str], list[str]]:
    """The texts with a comment for each finding that nothing silences yet, and notes about files that cannot hold one."""
    wanted: dict[str, dict[int, list[str]]] = {}
    for finding in findings:
        if (
            finding.suppressed is None
            and finding.rule not in baselines.NEVER
            and not finding.rule.startswith("ignore-")
        ):
            rules = wanted.setdefault(finding.file, {}).setdefault(finding.range.start.line, [])
            if finding.rule not in rules:
                rules.append(finding.rule)
    changed, notes = {}, []
    for text in texts:
        places = wanted.get(text.name)
        if not places:
            continue
        after, left = commented(text, places, reason)
        if after != text.text:
            changed[text.name] = after
        if left:
            count = f"{left} finding{'s' * (left > 1)}"
            notes.append(
                f"{text.name}: no comment can be written for {count}; name the file in [[overrides]], or use a baseline"
            )
    return changed, notes


def commented(text: Text, places: Mapping[int, Sequence[str]], reason: str) -> tuple[str, int]:
    """The text with comments at the end of lines, as far as it says the same afterwards; and how many rules found no place."""
    from kubetrial.lint.settings import ignore
    from kubetrial.lint.yaml import source

    def holds(after: str) -> bool:
        was, now = source.read(text.name, text.text), source.read(text.name, after)
        same = [d.value for d in was.documents] == [d.value for d in now.documents]
        marks = {(one.place.start.line, rule) for one in ignore.parse(now, text.name) for rule in one.rules}
        return same and len(now.problems) == len(was.problems) and marks >= asked

    def rewritten(chosen: Mapping[int, Sequence[str]]) -> str:
        rows = text.text.split("\n")
        for line, rules in chosen.items():
            if line <= len(rows):
                rows[line - 1] = _with_comment(rows[line - 1], rules, reason)
        return "\n".join(rows)

    if text.name.endswith(".json") or text.text.lstrip("\ufeff \t\r\n").startswith("{"):
        return text.text, sum(map(len, places.values()))  # JSON has no comments
    asked = {(line, rule) for line, rules in places.items() for rule in rules}
    if holds(after := rewritten(places)):
        return after, 0
    good: dict[int, Sequence[str]] = {}
    for line, rules in list(places.items())[:200]:  # one by one, to find the lines that cannot hold a comment
        asked = {(line, rule) for rule in rules}
        if holds(rewritten({line: rules})):
            good[line] = rules
    asked = {(line, rule) for line, rules in good.items() for rule in rules}
    after = rewritten(good) if good else text.text
    if not good or not holds(after):
        return text.text, sum(map(len, places.values()))
    return after, sum(len(rules) for line, rules in places.items() if line not in good)


def _with_comment(row: str, rules: Sequence[str], reason: str) -> str:
    bare, end = (row[:-1], "\r") if row.endswith("\r") else (row, "")
    return f"{bare.rstrip()}  # kubetrial: ignore[{', '.join(rules)}] {reason}{end}"


def add_ignores(
    texts: Sequence[Text], findings: Sequence[Finding], arguments: argparse.Namespace, files: Sequence[SourceFile]
) -> tuple[list[Finding], Fixed, list[str]]:
    """Write the comments into the files, or with --diff show what would be written.

    Returns the findings, silenced where that worked, the texts that changed, and what to say.
    """
    from kubetrial.lint.command import fix

    reason = " ".join(arguments.add_ignores.split())
    if not reason:
        raise UsageError('--add-ignores needs a reason: --add-ignores "agreed with the platform team"')
    changed, notes = with_ignores(texts, findings, reason)
    written = [file for file in files if not file.is_stdin]
    for name in changed.keys() - {file.path for file in written}:
        del changed[name]
        notes.append(f"{name}: comments are written into files only")
    fixed = fix.Fixed(changed, dict(Counter(f.file for f in findings if _is_marked(changed, f))))
    notes += fix.deliver(fixed, written, {text.name: text.text for text in texts}, only_show=arguments.diff)
    silenced = [replace(f, suppressed=reason) if _is_marked(fixed.texts, f) else f for f in findings]
    count, places = sum(fixed.counts.values()), len(fixed.counts)
    done = "would be written" if arguments.diff else "written"
    notes.append(f"ignores {done} for {count} finding{'s' * (count != 1)} in {places} file{'s' * (places != 1)}")
    return silenced, fixed, notes


def _is_marked(changed: Mapping[str, str], finding: Finding) -> bool:
    """Whether a finding's line now ends in a comment that names its rule."""
    if finding.suppressed is not None or finding.file not in changed:
        return False
    rows = changed[finding.file].split("\n")
    line = finding.range.start.line
    return line <= len(rows) and "kubetrial: ignore[" in rows[line - 1] and finding.rule in rows[line - 1]
