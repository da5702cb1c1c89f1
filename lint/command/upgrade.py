"""`kubetrial upgrade`: what an upgrade of Kubernetes changes for the manifests at hand.

Each minor from the old one to the new one judges the manifests as `kubetrial check` does; what comes or goes between one minor and
the next is a change of the latter. Whatever a rule, the catalogue or the trial run knows of a minor is thereby told.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise

from kubetrial.lint.command import check, streams
from kubetrial.lint.command.exits import FAILURE, FINDINGS, OK, UsageError
from kubetrial.lint.files import discover
from kubetrial.lint.finding import Category, Finding, Result
from kubetrial.lint.report.upgrade import KINDS, Upgrade, UpgradeChange, render, summary
from kubetrial.lint.settings.config import ConfigError, Settings, minor_of
from kubetrial.lint.settings.minors import about, identity
from kubetrial.lint.values.printable import guarded_line, one_line
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.schemas.minors import NEWEST

_DROPPED = ("field-dropped", "template-field-lost")
_DEPRECATED = "api-deprecated"
_RULES = ["rejected", "broken", "risky"]
_UNREAD = ("file-unreadable", "yaml-syntax")
_NO_CHANGE = ("ignore-unused", "internal-error")
"""Rules that tell nothing about a server."""


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial upgrade`; raises UsageError. Exit code 1: something is refused, or dropped, from some minor on."""
    old, new = _span(arguments)
    asked = _as_check(arguments)
    settings = check.settings_of(asked)
    if arguments.fix or arguments.diff:
        return _fix(asked, replace(settings, minor=new), arguments)
    discovery = _discovered(asked, settings)
    results = check.at_each(asked, settings, discovery, range(old, new + 1))
    last = results[new]
    changes = changes_between({minor: _judged(result) for minor, result in results.items()})
    upgrade = Upgrade(old, new, tuple(changes), last.summary, last.notes, last.sources)
    absent = {problem.path for problem in discovery.problems}
    unread = [finding for finding in last.findings if _is_unread(finding) and finding.file not in absent]
    failed = (
        any(result.internal_error for result in results.values())
        or _is_missing(arguments, discovery)
        or any(finding.file in arguments.paths for finding in unread)
    )
    refused = any(change.level == "error" for change in changes) and not arguments.exit_zero
    code = FAILURE if failed else FINDINGS if refused else OK
    for problem in discovery.problems:
        print(one_line(f"kubetrial: {problem.path}: {problem.reason}"), file=sys.stderr)
    for finding in unread:
        at = f"{finding.file}:{finding.range.start.line}:{finding.range.start.column}"
        print(one_line(f"kubetrial: {at}: {finding.message}"), file=sys.stderr)
    try:
        _write(upgrade, arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        streams.drop_output()
        raise streams.Gone(code) from None
    return code


def _is_unread(finding: Finding) -> bool:
    """Whether a finding tells of what no minor can look at: a file that cannot be read, or a unit that is not built."""
    obj = finding.object
    of_unit = (obj.kind == "Chart" and not obj.api_version) or obj.api_version.startswith("kustomize.config.k8s.io/")
    return finding.rule in _UNREAD or (of_unit and finding.level == "error")


def _is_missing(arguments: argparse.Namespace, discovery: discover.Discovery) -> bool:
    """Whether a path that was named is not there."""
    return any(problem.path in arguments.paths for problem in discovery.problems)


def _span(arguments: argparse.Namespace) -> tuple[int, int]:
    try:
        old = minor_of(arguments.old)
        new = NEWEST if arguments.new is None else minor_of(arguments.new)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    if old >= new:
        raise UsageError(f"--from 1.{old} --to 1.{new} is no upgrade")
    return old, new


def _as_check(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments as those of `kubetrial check` with the rules that can tell minors apart."""
    from kubetrial.lint.command import options

    parser = argparse.ArgumentParser()
    options.add_check(parser)
    asked = parser.parse_args(["--no-progress"])
    for name in ("paths", "config", "isolated", "schema_dir", "exclude", "no_build", "closed_world", "stdin_filename"):
        setattr(asked, name, getattr(arguments, name))
    asked.select = ["api-removed", _DEPRECATED] if arguments.fix or arguments.diff else _RULES
    asked.fix, asked.diff = arguments.fix, arguments.diff
    return asked


def _discovered(asked: argparse.Namespace, settings: Settings) -> discover.Discovery:
    return discover.discover(
        asked.paths or ["."],
        stdin=functools.cache(check.standard_input),  # each minor reads it
        stdin_filename=asked.stdin_filename,
        exclude=settings.exclude,
        exclude_root=settings.root,
        force_exclude=asked.force_exclude,
    )


def _fix(asked: argparse.Namespace, settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the apiVersions that take over, or with --diff show what would be written."""
    from kubetrial.lint.command import fix

    _, fixed = check.run(asked, settings, _discovered(asked, settings))
    assert fixed is not None
    said = fix.said(fixed, only_show=arguments.diff) or "Nothing is to be fixed."
    print(said, file=sys.stderr)
    return FINDINGS if arguments.diff and fixed.counts and not arguments.exit_zero else OK


def _write(upgrade: Upgrade, arguments: argparse.Namespace) -> None:
    pieces = render(arguments.output_format, upgrade)
    if arguments.output_file is not None:
        from kubetrial.lint.files.write import replace as write

        try:
            write(arguments.output_file, pieces)
        except OSError as error:
            raise UsageError(f"{arguments.output_file} cannot be written: {discover.why(error)}") from None
    else:
        for piece in pieces:
            sys.stdout.write(piece)
    people = sys.stdout if arguments.output_format == "text" and arguments.output_file is None else sys.stderr
    if arguments.output_format in ("text", "markdown"):
        for note in upgrade.notes if arguments.output_format == "text" else ():
            print(guarded_line(f"note: {note}"), file=people)
    if arguments.output_format != "markdown" or arguments.output_file is not None:
        print(one_line(summary(upgrade)), file=people)


# --- what is otherwise --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """What one minor says: the findings by what they are about, and the objects that it refuses."""

    findings: Mapping[tuple[object, ...], Finding]
    refused: frozenset[tuple[object, ...]]


def _judged(result: Result) -> Judged:
    findings = [f for f in result.findings if f.suppressed is None and f.rule not in _NO_CHANGE]
    return Judged(
        {identity(f): f for f in findings},
        frozenset(about(f) for f in findings if f.category is Category.REJECTED),
    )


def changes_between(judged: Mapping[int, Judged]) -> list[UpgradeChange]:
    """What comes and goes from each minor to the next, in order: the minor, the gravest kind, the place."""
    minors = sorted(judged)
    changes = [
        change for before, after in pairwise(minors) for change in _between(judged[before], judged[after], after)
    ]
    changes += (
        UpgradeChange(minors[-1], "deprecated", f)
        for key, f in judged[minors[-1]].findings.items()
        if f.rule == _DEPRECATED and key in judged[minors[0]].findings
    )
    rank = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(
        changes, key=lambda c: (c.minor, rank[c.kind], c.finding.file, c.finding.range, c.finding.rule, c.finding.path)
    )


def _between(before: Judged, after: Judged, minor: int) -> Iterator[UpgradeChange]:
    came = [f for key, f in after.findings.items() if key not in before.findings]
    went = [f for key, f in before.findings.items() if key not in after.findings]
    for finding in came:
        one = about(finding)
        was, now = one in before.refused, one in after.refused
        if finding.category is Category.REJECTED:
            if not was:
                yield UpgradeChange(minor, "refused", finding)
        elif not was and not now:
            yield UpgradeChange(minor, _kind_of_new(finding), finding)
    for finding in went:
        one = about(finding)
        was, now = one in before.refused, one in after.refused
        if finding.category is Category.REJECTED:
            if not now:
                yield UpgradeChange(minor, "accepted", finding)
        elif not was and not now and finding.rule != _DEPRECATED:
            if finding.rule in _DROPPED:
                gate = finding.message.partition(",")[0]
                counts = replace(finding, message=f"{gate}, which is on by default from Kubernetes 1.{minor} on")
                yield UpgradeChange(minor, "effective", counts)
            else:
                yield UpgradeChange(minor, "mended", finding)


def _kind_of_new(finding: Finding) -> str:
    if finding.rule == _DEPRECATED:
        return "deprecated"
    return "dropped" if finding.rule in _DROPPED else "broken"
