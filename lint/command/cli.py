"""The command line: check, run, rules, explain, problem-matcher.

Exit codes: 0 nothing at or above `--fail-on`, 1 findings, 2 wrong use, wrong configuration, or a mistake inside of kubetrial.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.command.exits import FAILURE, OK, UsageError
from kubetrial.schemas.minors import NEWEST, OLDEST

if TYPE_CHECKING:
    from kubetrial.lint.rule import Entry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the entry point of the `kubetrial` script."""
    import atexit
    import gc

    gc.disable()  # a run allocates much, frees little and ends soon
    atexit.register(gc.freeze)  # nor need Python look through all of it for garbage when it ends
    sys.setrecursionlimit(6000)
    from kubetrial.lint.command import streams

    streams.prepare()
    try:
        top = parser()
        words = list(sys.argv[1:] if arguments is None else arguments)
        parsed = _parsed(words, top)
        if parsed.command is None:
            top.print_help()
            return FAILURE
        code: int = parsed.command(parsed)
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"kubetrial: {error}", file=sys.stderr)
        return FAILURE
    except streams.Gone as gone:
        # The reader of our output has gone (`| head`): what was found still counts.
        return gone.code
    except BrokenPipeError:
        streams.drop_output()
        return FAILURE
    except OSError as error:
        streams.drop_output()
        print(f"kubetrial: the output cannot be written: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return FAILURE
    except KeyboardInterrupt:
        print("kubetrial: interrupted", file=sys.stderr)
        return 130


def _parsed(words: list[str], top: argparse.ArgumentParser) -> argparse.Namespace:
    """The command line; raises UsageError with a word that helps where it names what is not there."""
    commands = next(action for action in top._actions if isinstance(action, argparse._SubParsersAction)).choices
    if words and words[0] in ("help", "version"):
        rest = [word for word in words[1:2] if word in commands]
        words = ["--version"] if words[0] == "version" else [*rest, "--help"]
    elif words and not words[0].startswith("-") and words[0] not in commands:
        from kubetrial.lint.values.nearest import nearest

        if os.path.exists(words[0]):
            raise UsageError(f"to check {words[0]}, write: kubetrial check {' '.join(words)}")
        close = nearest(words[0], commands)
        raise UsageError(
            f"there is no command {words[0]!r}"
            + (f"; did you mean {close}?" if close else f"; there are {', '.join(commands)}")
        )
    parsed, unknown = top.parse_known_args(_with_names(words, top))
    if unknown:
        from kubetrial.lint.values.nearest import nearest

        word = unknown[0].partition("=")[0]
        command = words[0] if words[0] in commands else ""
        options = [
            option for option in (commands[command] if command else top)._option_string_actions if option[:2] == "--"
        ]
        close = nearest(word, options) if word.startswith("-") else None
        help = f"kubetrial {command} --help".replace("  ", " ")
        what = "option" if word.startswith("-") else "argument"
        raise UsageError(f"there is no {what} {word}" + (f"; did you mean {close}?" if close else f"; see `{help}`"))
    return parsed


def _with_names(words: list[str], top: argparse.ArgumentParser) -> list[str]:
    """The words with names of files that look like options told apart: hooks pass the names of tracked files as they are.

    A word with a leading dash that exists as a path is that path where it is no option of ours; where it is one (also abbreviated,
    also with `=VALUE`) it is refused, for either reading could be meant.
    """
    commands = top._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    command = next((commands[word] for word in words if word in commands), None)  # type: ignore[operator,index]
    options = [name for one in (top, command) if one is not None for name in one._option_string_actions]
    found: list[str] = []
    for number, word in enumerate(words):
        if word == "--":
            return found + words[number:]
        if word.startswith("-") and word != "-" and os.path.lexists(word):
            name = word.partition("=")[0]
            if any(option.startswith(name) if name.startswith("--") else option == name for option in options):
                raise UsageError(f"`{word}` is an option and the name of a file; write ./{word} for the file")
            word = os.path.join(os.curdir, word)
        found.append(word)
    return found


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="kubetrial",
        description="A linter, static validator and short behavioural simulator for Kubernetes manifests. Offline, without a cluster.",
    )
    top.add_argument("--version", action=_Version)
    top.set_defaults(command=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _add_check(commands.add_parser("check", help="check manifests", description="Check manifests and report findings."))
    _add_run(
        commands.add_parser(
            "run", help="play what the controllers would do", description="Play what the controllers would do."
        )
    )
    _add_build(
        commands.add_parser(
            "build",
            help="print what a kustomization applies",
            description="Print what the kustomizations of a folder apply, as kustomize build does.",
        )
    )
    rules = commands.add_parser("rules", help="list the rules", description="List all rules.")
    rules.add_argument("--output-format", choices=("text", "markdown", "json"), default="text")
    rules.add_argument("--rules", action="append", metavar="DIR", help="also the rules of this folder")
    rules.add_argument("--kind", metavar="KIND", help="only those about objects of this kind, such as Ingress")
    rules.add_argument("--category", choices=_CATEGORIES, help="only those of this category")
    rules.add_argument(
        "words", nargs="*", metavar="WORD", help="only those whose name or summary has all of these words"
    )
    rules.set_defaults(command=_rules)
    explain = commands.add_parser(
        "explain", help="show the manual page of a rule", description="Show the manual page of a rule."
    )
    explain.add_argument(
        "rule",
        nargs="?",
        help="a rule's name, a pattern, a category, a word to search, or the check of another linter: CKV_K8S_8, dangling-service",
    )
    explain.add_argument("--all", action="store_true", help="all rules")
    explain.add_argument("--output-format", choices=("text", "markdown", "json"), default="text")
    explain.add_argument("--rules", action="append", metavar="DIR", help="also the rules of this folder")
    explain.set_defaults(command=_explain)
    tester = commands.add_parser(
        "test-rules",
        help="test rules of your own",
        description="Test the rules of a folder against the fixtures beside them.",
    )
    tester.add_argument("folder", metavar="DIR", help="rules (NAME.py) and their fixtures (NAME.yaml)")
    tester.set_defaults(command=_test_rules)
    matcher = commands.add_parser(
        "problem-matcher", help="print the problem matcher of GitHub or VS Code for concise output"
    )
    matcher.add_argument("target", choices=("github", "vscode"))
    matcher.set_defaults(command=_problem_matcher)
    return top


class _Version(argparse.Action):
    """`--version`, which looks the version up only when it is asked for."""

    def __init__(self, option_strings: list[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"kubetrial {version('kubetrial')}")
        parser.exit(OK)


_CATEGORIES = ("rejected", "broken", "risky", "security", "advice")
_FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "json-lines",
    "sarif",
    "github",
    "gitlab",
    "junit",
    "checkstyle",
    "rdjson",
    "azure",
)


def _add_check(check: argparse.ArgumentParser) -> None:
    add = check.add_argument
    add(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files, folders, globs, or - for standard input (default: .)",
    )
    add(
        "--kubernetes-version",
        metavar="1.N",
        help=f"the version to check against: 1.{OLDEST} to 1.{NEWEST} (default: the newest)",
    )
    add(
        "--select",
        action="append",
        metavar="RULES",
        help="only these: names with *, categories, or all; separated by commas",
    )
    add(
        "--pod-security",
        choices=("baseline", "restricted"),
        help="also hold pods to this level of the Pod Security Standards",
    )
    add(
        "--ignore", action="append", metavar="RULES", help="not these: names with *, or categories; separated by commas"
    )
    add(
        "--output-format",
        action="append",
        choices=_FORMATS,
        metavar="FORMAT",
        help=f"one of {', '.join(_FORMATS)}; repeatable",
    )
    add(
        "--output-file",
        action="append",
        metavar="FILE",
        help="where the format of the same position goes; others go to standard output",
    )
    add("--fail-on", choices=("error", "warning", "info", "never"), help="exit 1 from this level on (default: error)")
    add("--exit-zero", action="store_true", help="exit 0 whatever is found")
    add("--max-warnings", type=int, metavar="N", help="exit 1 when there are more warnings")
    add(
        "--schema-dir",
        action="append",
        metavar="DIR",
        help="CustomResourceDefinitions or JSON schemas ({group}/{kind}_{version}.json)",
    )
    add("--exclude", action="append", metavar="GLOB", help="leave out what matches in folders")
    add("--force-exclude", action="store_true", help="leave out what matches even if it is named on the command line")
    add("--stdin-filename", metavar="FILE", help="the name of standard input in reports")
    world = check.add_mutually_exclusive_group()
    world.add_argument("--closed-world", action="store_true", default=None, help="nothing exists beside what is given")
    world.add_argument(
        "--open-world", dest="closed_world", action="store_false", help="more may exist beside what is given"
    )
    add(
        "--against",
        metavar="REV",
        help="also find changes since a git revision (or a folder) that the API server refuses",
    )
    add("--config", metavar="FILE", help="read this configuration")
    add("--isolated", action="store_true", help="read no configuration")
    add("--disable-ignores", action="store_true", help="report what comments and annotations ignore")
    add(
        "--honour-foreign-ignores",
        action="store_true",
        help="ignore annotations of kube-linter, kube-score, polaris and checkov hold for our rules of the same meaning",
    )
    add(
        "--evaluate-policies",
        action="store_true",
        help="evaluate the ValidatingAdmissionPolicies of the manifests on the manifests",
    )
    add("--rules", action="append", metavar="DIR", help="also run the rules of this folder; see docs/own-rules.md")
    add("--show-settings", action="store_true", help="show the settings that hold, and exit")
    add("--show-units", action="store_true", help="show what is applied together, and exit")
    add("--no-build", action="store_true", help="judge the sources of kustomizations as they stand, and build nothing")
    add("--show-files", action="store_true", help="show the files that would be read, and exit")
    add("--fix", action="store_true", help="fix what is certain in the files (standard input: print the fixed text)")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: also fixes that may change what is meant")
    add(
        "--diff",
        action="store_true",
        help="show what --fix would change, and write nothing; exit 1 if there is something",
    )
    add("--exit-non-zero-on-fix", action="store_true", help="exit 1 if something was fixed, even if nothing is left")
    add("--baseline", metavar="FILE", help="be silent about the findings in this file; say which of them are gone")
    add(
        "--write-baseline",
        metavar="FILE",
        nargs="?",
        const="kubetrial-baseline.json",
        help="write the findings of today into a baseline (default: kubetrial-baseline.json), and exit 0",
    )
    add("--baseline-expires", metavar="DAY", help="with --write-baseline: hold until this day only, such as 2027-03-31")
    add("--prune-baseline", action="store_true", help="take what is gone out of the baseline")
    add(
        "--since",
        metavar="REV",
        help="only findings on lines that changed since a git revision, or that it did not have",
    )
    add(
        "--add-ignores",
        metavar="REASON",
        help="write a comment that ignores each finding, for this reason, into the files",
    )
    add(
        "--objects",
        action="append",
        metavar="KIND[/NAME]",
        help="only findings on these objects: Kind, Kind/name or Kind/namespace/name with *; repeatable",
    )
    add("--fail-if-nothing-checked", action="store_true", help="exit 2 when no object was checked at all")
    add("--quiet", action="store_true", help="report errors only")
    add("--statistics", action="store_true", help="show counts by rule instead of findings")
    add("--ranges", action="store_true", help="concise lines carry the end of the range too")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours on a terminal, always or never")
    add("--no-progress", action="store_true", help="no progress bar")
    add("--no-cache", action="store_true", help="accepted for the sake of scripts; nothing is cached")
    check.set_defaults(command=_check)


def _add_build(build: argparse.ArgumentParser) -> None:
    add = build.add_argument
    add(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="the folder of a kustomization, or one with several below it",
    )
    add(
        "--output-format",
        choices=("yaml", "json"),
        default="yaml",
        help="json has the origin of every path (default: yaml)",
    )
    add("--origins", action="store_true", help="say behind each line which source wrote it")
    build.set_defaults(command=_build)


def _build(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import build

    return build.command(arguments)


def _add_run(run: argparse.ArgumentParser) -> None:
    add = run.add_argument
    add(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files, folders, globs, or - for standard input (default: .)",
    )
    add(
        "--scenario",
        default="nominal",
        metavar="NAME|FILE",
        help="a built-in scenario, or a file of your own (default: nominal)",
    )
    add(
        "--for",
        dest="horizon",
        metavar="TIME",
        help="how long it is played: 90s, 2h, 1h30m, 7d (default: the scenario's)",
    )
    add("--start", metavar="CLOCK", help="the moment at which everything is applied: 2026-03-29T00:00+01:00, or now")
    add("--compare", metavar="REV", help="beside what a git revision (or a folder) would have done")
    add("--output-format", choices=("text", "json", "jsonl", "svg", "html"), default="text", help="default: text")
    add("--output-file", metavar="FILE", help="write there instead of to standard output")
    add("--kubernetes-version", metavar="1.N", help="the version that judges the manifests (default: the newest)")
    world = run.add_mutually_exclusive_group()
    world.add_argument("--closed-world", action="store_true", default=None, help="nothing exists beside what is given")
    world.add_argument("--open-world", dest="closed_world", action="store_false", help="what is referred to exists")
    add("--config", metavar="FILE", help="read this configuration")
    add("--isolated", action="store_true", help="read no configuration")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colours on a terminal, always or never")
    run.set_defaults(command=_run)


def _run(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import run

    return run.command(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import check

    return check.command(arguments)


def _test_rules(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import test_rules as fixtures

    return fixtures.command(arguments)


def _entries(arguments: argparse.Namespace) -> dict[str, Entry]:
    """All rules: ours, those of --rules, and those of the configuration that holds here; raises UsageError."""
    from kubetrial.lint.rule import index
    from kubetrial.lint.settings import config

    try:
        ours = index()
        named = config.own_entries(arguments.rules, ()) if arguments.rules else {}
        settings = config.load((".",), entries={**ours, **named})
        return config.overlaid(settings, rules_dirs=arguments.rules).entries()
    except config.ConfigError as error:
        raise UsageError(str(error)) from None


def _rules(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import explain

    entries = explain.narrowed(_entries(arguments), arguments.kind, arguments.category, arguments.words)
    if not entries:
        raise UsageError("no rule is about that; `kubetrial rules` lists all of them")
    if arguments.output_format == "json":
        print(explain.as_json(entries.values()))
    elif arguments.output_format == "markdown":
        print("\n".join(f"- `{e.name}` ({explain.facts(e)}): {e.summary}" for e in entries.values()))
    else:
        print(explain.table(entries), end="")
    return OK


def _explain(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import explain

    entries = _entries(arguments)
    if arguments.all:
        chosen = [entry for name, entry in entries.items() if name != "internal-error"]  # it tells nothing of manifests
    elif arguments.rule is None:
        raise UsageError("name a rule, or give --all; `kubetrial rules` lists them")
    elif (name := explain.name_of(arguments.rule, entries)) is not None:
        chosen = [entries[name]]
    else:
        return _explain_word(arguments.rule, entries, arguments.output_format)
    if arguments.output_format == "json":
        print(explain.as_json(chosen))
    else:
        show = explain.markdown if arguments.output_format == "markdown" else explain.text
        print("\n".join(show(entry) for entry in chosen), end="")
    return OK


def _explain_word(word: str, entries: dict[str, Entry], output_format: str) -> int:
    """What is no rule's name: a check of another linter, a category, a pattern, or a word to search for."""
    from kubetrial.lint.command import explain
    from kubetrial.lint.settings import migration
    from kubetrial.lint.values.nearest import nearest

    if ":" in word:
        return _explain_foreign(word)
    known = migration.table()
    foreign = [f"{linter}:{word}" for linter, checks in known.items() if any(c.lower() == word.lower() for c in checks)]
    if foreign:
        for each in foreign:
            _explain_foreign(each)
        return OK
    chosen = explain.searched(word, entries)
    if chosen and output_format == "json":
        print(explain.as_json(chosen.values()))
    elif chosen:
        print(explain.table(chosen), end="")
    else:
        close = nearest(word.lower().replace("_", "-"), entries)
        raise UsageError(
            f"there is no rule {word!r}"
            + (f"; did you mean {close}?" if close else "; `kubetrial rules` lists all of them")
        )
    return OK


def _explain_foreign(name: str) -> int:
    """`kube-linter:dangling-service`: our manual pages for a check of another linter, or why there is none."""
    from kubetrial.lint.command import explain
    from kubetrial.lint.rule import index
    from kubetrial.lint.settings import migration
    from kubetrial.lint.values.nearest import nearest

    known = migration.table()
    answer = migration.lookup(name, known)
    linter, _, check = name.partition(":")
    if answer is None:
        if linter.lower() not in known:
            raise UsageError(f"{linter!r} is no linter whose checks are known here; there are {', '.join(known)}")
        close = nearest(check, known[linter.lower()])
        raise UsageError(
            f"{linter} has no check {check!r}" + (f"; did you mean {close}?" if close else "; see docs/migration.md")
        )
    if isinstance(answer, str):
        print(f"{name} is not here: {answer}")
        return OK
    entries = index()
    print(f"{name} is {' and '.join(answer)} here\n")
    print("\n".join(explain.text(entries[rule]) for rule in answer), end="")
    return OK


def _problem_matcher(arguments: argparse.Namespace) -> int:
    import json

    from kubetrial.lint.command.problem_matcher import matcher

    print(json.dumps(matcher(arguments.target), indent=2))
    return OK


if __name__ == "__main__":
    sys.exit(main())
