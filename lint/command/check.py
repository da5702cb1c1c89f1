"""`kubetrial check`: paths and settings -> reports and an exit code."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command import divided, gather, judge, streams
from kubetrial.lint.command.exits import FAILURE, FINDINGS, OK, UsageError
from kubetrial.lint.engine import Checked, Text
from kubetrial.lint.files import discover, witness
from kubetrial.lint.files.read import MOST_BYTES
from kubetrial.lint.finding import Category, Finding, Result, Summary
from kubetrial.lint.settings.config import ConfigError, Settings
from kubetrial.lint.values.printable import guarded_line, one_line
from kubetrial.lint.values.records import replace

if TYPE_CHECKING:
    from kubetrial.lint.command.fix import Fixed

_RANK = {"error": 0, "warning": 1, "info": 2, "never": -1}


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial check`; raises UsageError."""
    from kubetrial.lint import report

    _refuse_alone(arguments)
    settings = settings_of(arguments)
    if arguments.show_settings:
        from kubetrial.lint.settings.shown import show

        print(show(settings), end="")
        return OK
    outputs = outputs_of(arguments, settings)
    discovery = discover.discover(
        arguments.paths or ["."],
        stdin=standard_input,
        stdin_filename=arguments.stdin_filename,
        exclude=settings.exclude,
        exclude_root=settings.root,
        force_exclude=arguments.force_exclude,
    )
    _mind_excludes(arguments, settings, discovery)
    if arguments.show_files:
        print("\n".join(file.path for file in discovery.files))
        return OK
    if arguments.show_units:
        texts = list(gather.SourceReader(discovery, progress=False).texts())
        return divided.show(divided.division(texts, (), discovery, arguments, settings), texts)
    if arguments.coverage is not None:
        from kubetrial.lint.command import coverage

        return coverage.show(discovery, arguments, settings)
    result, fixed = run(arguments, settings, discovery)
    if fixed is not None:
        return _after_fixing(fixed, result, outputs, arguments, settings, discovery)
    code = exit_code(arguments, settings, result, discovery)
    try:
        for name, file in outputs:
            write(name, file, result, arguments)
        say(result, arguments, human=any(name in report.HUMAN and file is None for name, file in outputs))
        sys.stdout.flush()
    except BrokenPipeError:
        streams.drop_output()
        raise streams.Gone(code) from None
    return code


def _refuse_alone(arguments: argparse.Namespace) -> None:
    """Raise UsageError for an option that says how another one works, which is not given."""
    if arguments.unsafe_fixes and not (arguments.fix or arguments.diff):
        raise UsageError("--unsafe-fixes says what --fix or --diff may do; give one of them too")
    if arguments.exit_non_zero_on_fix and not arguments.fix:
        raise UsageError("--exit-non-zero-on-fix is about --fix; give it too")
    if arguments.baseline_expires and arguments.write_baseline is None:
        raise UsageError("--baseline-expires says how long the baseline of --write-baseline holds; give it too")


def _mind_excludes(arguments: argparse.Namespace, settings: Settings, discovery: discover.Discovery) -> None:
    """Say which --exclude fits nothing: a slip of the pen would check what was to be left out."""
    from kubetrial.lint.files.patterns import Patterns
    from kubetrial.lint.settings.loading import excluded_words

    if not any(os.path.isdir(path) for path in arguments.paths or ["."]):
        return
    for word, pattern in excluded_words(arguments.exclude, settings.root):
        rows = Patterns([pattern])
        bare = pattern.strip("/")
        if pattern.startswith("!") or any(
            rows.decide(path, folder=True) or rows.cover(path) or bare.startswith(f"{path}/")
            for path in discovery.excluded
        ):
            continue
        print(f"note: --exclude {one_line(word)} fits no file or folder here", file=sys.stderr)


def standard_input() -> bytes:
    """What standard input holds; raises OSError where it is closed."""
    witness.unique("standard input")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"standard input has more than {MOST_BYTES >> 20} MiB")
    return data


def _after_fixing(
    fixed: Fixed,
    result: Result,
    outputs: Sequence[tuple[str, str | None]],
    arguments: argparse.Namespace,
    settings: Settings,
    discovery: discover.Discovery,
) -> int:
    """Report what is left after fixing; with --diff only say what would be fixed, for standard output holds the diff."""
    from contextlib import nullcontext, redirect_stdout

    from kubetrial.lint import report
    from kubetrial.lint.command import fix

    said = fix.said(fixed, only_show=arguments.diff)
    if arguments.diff:
        for note in result.notes:
            print(guarded_line(f"note: {note}"), file=sys.stderr)
        if arguments.add_ignores is None:
            print(said or "Nothing would be fixed.", file=sys.stderr)
        if result.internal_error:
            return FAILURE
        return FINDINGS if fixed.counts and not arguments.exit_zero else OK
    # Where a stream was fixed, its text is what standard output is for.
    streamed = any(file.is_stdin for file in discovery.files)
    with redirect_stdout(sys.stderr) if streamed else nullcontext():
        for name, file in outputs:
            write(name, file, result, arguments)
        human = any(name in report.HUMAN and file is None for name, file in outputs)
        say(result, arguments, human=human)
        if said:
            print(said, file=sys.stdout if human else sys.stderr)
    code = exit_code(arguments, settings, result, discovery)
    return FINDINGS if code == OK and fixed.counts and arguments.exit_non_zero_on_fix else code


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The configuration that holds for the run, with what the command line says laid over it."""
    from kubetrial.lint.rule import RuleError, index, load
    from kubetrial.lint.settings import config, loading

    try:
        entries = index()
        if arguments.rules:
            entries |= config.own_entries(arguments.rules, ())
        settings = loading.load(
            arguments.paths or ["."], config=arguments.config, isolated=arguments.isolated, entries=entries
        )
        settings = loading.overlaid(
            settings,
            select=_split(arguments.select),
            ignore=_split(arguments.ignore),
            kubernetes_version=arguments.kubernetes_version,
            schema_dirs=arguments.schema_dir,
            exclude=arguments.exclude,
            fail_on=arguments.fail_on,
            closed_world=arguments.closed_world,
            rules_dirs=arguments.rules,
            also_select=["admission-policy-violated"] if arguments.evaluate_policies else (),
            honour_foreign_ignores=arguments.honour_foreign_ignores,
            entries=index(),
        )
        for folder in settings.schema_dirs:
            if not witness.is_folder(folder):
                shown = discover.shown(folder)
                raise UsageError(
                    f"the schema folder {shown} is {'no folder' if os.path.exists(folder) else 'not there'}"
                )
        if arguments.pod_security:
            settings = _with_pod_security(settings, arguments.pod_security)
        if not any(settings.selects(entry) for entry in settings.entries().values()):
            raise UsageError("no rule is left to check: what --select names, --ignore takes away again")
        if settings.rules_dirs:
            for entry in settings.entries().values():
                if entry.file:
                    load(entry)  # so that a mistake in a file of the user's is said before anything is checked
        return settings
    except (ConfigError, RuleError) as error:
        raise UsageError(str(error)) from None


def _with_pod_security(settings: Settings, level: str) -> Settings:
    """The settings with the rules of a level of the Pod Security Standards on, beside what is on already."""
    from kubetrial.lint.api.pod_security import rules_of
    from kubetrial.lint.values.records import replace

    chosen = settings.select
    if chosen is None:
        chosen = tuple(category.value for category in Category if category.on_by_default)
    return replace(settings, select=(*chosen, *rules_of(level)))


def _split(values: Sequence[str] | None) -> list[str] | None:
    """`--select a,b --select c` -> a, b, c."""
    if values is None:
        return None
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def outputs_of(arguments: argparse.Namespace, settings: Settings) -> list[tuple[str, str | None]]:
    """(format, file or None for standard output); raises UsageError."""
    from kubetrial.lint.report import FORMATS, HUMAN

    names = list(arguments.output_format or ())
    if not names:
        chosen = os.environ.get("KUBETRIAL_OUTPUT_FORMAT") or settings.output_format or _default_format()
        # The format of a pipeline's reports is no word about the counts that somebody asks for in it.
        names = ["concise" if arguments.statistics and chosen in {*FORMATS} - {*HUMAN, "json"} else chosen]
    for name in names:
        if name not in FORMATS:
            raise UsageError(f"there is no output format {name!r}; there are {', '.join(FORMATS)}")
    if arguments.statistics and (other := sorted({*names} - {*HUMAN, "json"})):
        raise UsageError(f"--statistics is shown as {', '.join(sorted(HUMAN))} or json, not as {other[0]}")
    files: list[str | None] = [None if file == "-" else file for file in arguments.output_file or ()]
    if len(files) > len(names):
        raise UsageError("there are more --output-file than --output-format")
    files += [None] * (len(names) - len(files))
    if files.count(None) > 1:
        raise UsageError("only one format can go to standard output; give the others an --output-file")
    if len(set(files)) < len(files):
        raise UsageError("two formats would go to one file, and the later would overwrite the earlier")
    return list(zip(names, files, strict=True))


def _default_format() -> str:
    """Frames for people at a terminal, lines for everything that reads them, annotations in GitHub Actions."""
    if sys.stdout.isatty():
        return "full"
    if os.environ.get("GITHUB_ACTIONS") and os.environ.get("GITHUB_WORKFLOW"):
        return "github"
    return "concise"


def run(
    arguments: argparse.Namespace, settings: Settings, discovery: discover.Discovery
) -> tuple[Result, Fixed | None]:
    """Read, check, apply ignores, fix where that is asked for, and count what is left."""
    given = gather.gathered(arguments, settings, discovery)
    notes = list(given.notes)
    fixed, texts = None, given.texts
    only_ignores = arguments.diff and arguments.add_ignores is not None
    if (arguments.fix or arguments.diff) and not only_ignores:
        given, fixed, texts = _fixed(given)
        notes += fixed.notes
    findings, checked = judge.judged(given, texts, given.context)
    sources = judge.sources_of(given, texts, given.context, findings)
    if given.division is not None:
        given.division.keep()
    if _is_narrowed(arguments, settings):
        from kubetrial.lint.command import adopt

        left = adopt.narrowed(findings, arguments, settings, sources, lambda older: judge.judged(given, older, ())[0])
        findings, notes = left.findings, [*notes, *left.notes]
    notes += _unused(arguments, given, checked)
    if arguments.add_ignores is not None:
        from kubetrial.lint.command import adopt

        findings, marked, said = adopt.add_ignores(texts, findings, arguments, discovery.files)
        fixed, notes = marked if only_ignores else fixed, [*notes, *said]
    for reason, count in discovery.skipped.items():
        checked.skip(reason, count)
    if arguments.quiet:
        findings = [f for f in findings if f.level == "error"]
    count = len(texts) + len(given.unread)
    return _result(findings, checked, sources, count, [*notes, *checked.notes]), fixed


def at_each(
    arguments: argparse.Namespace, settings: Settings, discovery: discover.Discovery, minors: Sequence[int]
) -> dict[int, Result]:
    """What a run gives at each of several minors, read and judged once for all that is the same; the last one is looked at first."""
    if _is_narrowed(arguments, settings):
        return {minor: run(arguments, replace(settings, minor=minor), discovery)[0] for minor in minors}
    *others, last = minors
    given = gather.gathered(arguments, replace(settings, minor=last, other_minors=tuple(others)), discovery)
    found, checked = judge.judged_at_each(given)
    for reason, count in discovery.skipped.items():
        checked.skip(reason, count)
    notes, count = [*given.notes, *checked.notes], len(given.texts) + len(given.unread)
    return {
        minor: _result(findings, checked, judge.sources_of(given, given.texts, given.context, findings), count, notes)
        for minor, findings in sorted(found.items())
    }


def _unused(arguments: argparse.Namespace, given: gather.Gathered, checked: Checked) -> Iterator[str]:
    """Say what the command line names and nothing here is: a slip of the pen would look like a good outcome."""
    for pattern in arguments.objects or ():
        if not any(document.object.fits(pattern) for document in checked.documents):
            yield f"--objects {one_line(pattern)} fits no object here"
    chart = {"--values": arguments.values_files, "--set": arguments.sets, "--release-name": arguments.release_name}
    named = [option for option, value in chart.items() if value]
    if named and not (given.division and given.division.charts):
        yield f"{named[0]} is not used: no chart is built here"


def _is_narrowed(arguments: argparse.Namespace, settings: Settings) -> bool:
    """Whether a baseline, a revision or named objects leave a part of the findings; most runs need none of adopt.py."""
    return bool(
        arguments.objects
        or arguments.since is not None
        or arguments.write_baseline is not None
        or arguments.baseline
        or settings.baseline
        or arguments.prune_baseline
    )


def _fixed(given: gather.Gathered) -> tuple[gather.Gathered, Fixed, list[Text]]:
    """What is judged after --fix or --diff, what they did, delivered, and the texts as they are then."""
    from kubetrial.lint.command import fix

    arguments = given.arguments
    before = {text.name: text.text for text in given.texts}

    def check(now: Mapping[str, str]) -> Sequence[Finding]:
        texts = [Text(name, text) for name, text in now.items()]
        return judge.judged(gather.built_anew(given, now, before), texts, given.context)[0]

    fixed = fix.until_stable(before, check, unsafe=arguments.unsafe_fixes)
    said = fix.deliver(fixed, given.discovery.files, before, only_show=arguments.diff)
    fixed = replace(fixed, notes=[*fixed.notes, *said])
    texts = (
        given.texts if arguments.diff else [Text(name, fixed.texts.get(name, text)) for name, text in before.items()]
    )
    return gather.built_anew(given, {text.name: text.text for text in texts}, before), fixed, texts


def _result(findings: list[Finding], checked: Checked, sources: dict[str, str], files: int, notes: list[str]) -> Result:
    shown = [f for f in findings if f.suppressed is None]
    levels = [f.level for f in shown]
    summary = Summary(
        files=files,
        documents=len(checked.documents),
        skipped=checked.skipped,
        errors=levels.count("error"),
        warnings=levels.count("warning"),
        infos=levels.count("info"),
        suppressed=len(findings) - len(shown),
    )
    return Result(tuple(findings), tuple(checked.documents), summary, sources, tuple(notes), checked.internal_error)


def write(name: str, file: str | None, result: Result, arguments: argparse.Namespace) -> None:
    """Render one format to a file or standard output; raises UsageError when the file cannot be written."""
    from kubetrial.lint import report
    from kubetrial.lint.report.colour import wanted

    infos = None
    if name in report.NEED_RULES:
        from kubetrial.lint.command import explain

        entries = settings_of(arguments).entries()
        infos = {f.rule: explain.info(entries[f.rule]) for f in result.findings if f.rule in entries}
    if arguments.statistics:
        pieces = statistics(result, as_json=name == "json")
    else:
        pieces = report.render(
            name,
            result,
            colour=file is None and wanted(arguments.color, sys.stdout.isatty()),
            rules=infos,
            notice=name == "concise" and bool(os.environ.get("GITHUB_ACTIONS")),
            ranges=arguments.ranges,
            directory=_directory(),
            failing=_failing(arguments) if name == "junit" else (),
            brief=True,
        )
    if file is None:
        # Bytes, so that neither the locale nor Windows' line ends change a report.
        stream = getattr(sys.stdout, "buffer", None)
        for piece in pieces:
            if stream is None:
                sys.stdout.write(piece)
            else:
                stream.write(piece.encode("utf-8"))
        (stream or sys.stdout).flush()
        return
    from kubetrial.lint.files.write import replace

    try:
        replace(file, pieces)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {discover.why(error)}") from None


def _failing(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The levels of findings that make the run fail."""
    threshold = _RANK[settings_of(arguments).fail_on]
    return tuple(level for level, rank in _RANK.items() if 0 <= rank <= threshold)


def statistics(result: Result, *, as_json: bool = False) -> Iterator[str]:
    """Findings counted by rule, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for f in result.findings:
        if f.suppressed is None:
            counts[f.rule, f.level] = counts.get((f.rule, f.level), 0) + 1
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if as_json:
        import json

        yield (
            json.dumps({"statistics": [{"rule": rule, "level": level, "count": n} for (rule, level), n in rows]}) + "\n"
        )
        return
    width = len(str(max(counts.values(), default=0)))
    for (rule, level), count in rows:
        yield f"{count:>{width}}  {level:<7}  {rule}\n"


def _directory() -> str:
    """The working directory below the root of the repository, for formats that name files from the root."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or discover.repository_of(os.getcwd())
    if not root:
        return ""
    try:
        inside = os.path.relpath(os.path.realpath(os.getcwd()), os.path.realpath(root))
    except ValueError:
        return ""
    return "" if inside == os.curdir or inside.startswith(os.pardir) else inside.replace(os.sep, "/")


def say(result: Result, arguments: argparse.Namespace, *, human: bool) -> None:
    """Notes and the summary: after a report for people, else on standard error."""
    from kubetrial.lint.report.summary import condensed, summary_line

    if human or not arguments.quiet:
        stream = sys.stdout if human else sys.stderr
        for note in condensed(result.notes):
            print(guarded_line(f"note: {note}"), file=stream)
        print(one_line(summary_line(result)), file=stream)
    step_summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if step_summary:
        from kubetrial.lint.report import Options, github

        try:
            github.write_step_summary(result, step_summary, Options(directory=_directory()), summary_line(result))
        except OSError as error:
            print(f"kubetrial: {step_summary} cannot be written: {discover.why(error)}", file=sys.stderr)


def exit_code(arguments: argparse.Namespace, settings: Settings, result: Result, discovery: discover.Discovery) -> int:
    """2 for a mistake inside of kubetrial or a path that is not there, 1 for findings at or above the threshold, else 0."""
    if result.internal_error:
        return FAILURE
    named = set(arguments.paths or ())
    if any(
        problem.path in named and problem.reason in ("no such file or folder", "no file matches")
        for problem in discovery.problems
    ):
        return FAILURE
    if not result.summary.documents and (settings.fail_if_nothing_checked or arguments.fail_if_nothing_checked):
        print("kubetrial: nothing was checked, and --fail-if-nothing-checked asks for more", file=sys.stderr)
        return FAILURE
    if arguments.exit_zero:
        return OK
    if arguments.max_warnings is not None and result.summary.warnings > arguments.max_warnings:
        return FINDINGS
    threshold = _RANK[settings.fail_on]
    reached = any(f.suppressed is None and _RANK[f.level] <= threshold for f in result.findings)
    return FINDINGS if reached else OK
