"""The options of the commands that read manifests: each is defined once, in the group under which `--help` shows it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any, NoReturn

from kubetrial.lint.command.exits import UsageError
from kubetrial.lint.report import FORMATS
from kubetrial.schemas.minors import NEWEST, OLDEST

CATEGORIES = ("rejected", "broken", "risky", "security", "advice")
_FORMATS = tuple(FORMATS)
MATCHERS = ("github", "vscode")
"""What `problem-matcher` writes for."""


class Groups:
    """The groups of one command's `--help`, in the order in which they are first asked for."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser
        self._made: dict[str, argparse._ArgumentGroup] = {}

    def __call__(self, title: str) -> Callable[..., argparse.Action]:
        """What adds an option to a group."""
        if title not in self._made:
            self._made[title] = self.parser.add_argument_group(title)
        return self._made[title].add_argument

    def either(self, title: str) -> Callable[..., argparse.Action]:
        """What adds options of which only one can be given to a group."""
        self(title)
        return self._made[title].add_mutually_exclusive_group().add_argument


class Short(argparse.HelpFormatter):
    """One line an option where that can be: people read a list from top to bottom."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isascii() and columns.isdigit() else os.get_terminal_size().columns
        except (OSError, ValueError):
            width = 110
        super().__init__(prog, max_help_position=30, width=max(60, min(width, 130)) - 2)
        self._action_max_length = 20  # argparse forgets that subcommands are indented


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line: what is wrong, and what to write instead."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError for what argparse says."""
        wanted = message.removeprefix("the following arguments are required: ")
        if wanted == message:
            raise UsageError(f"{message.removeprefix('argument ')}; see `{self.prog} --help`")
        from kubetrial.lint.values.listed import one_of

        choices = [choice for action in self._actions if action.required for choice in action.choices or ()]
        raise UsageError(f"`{self.prog}` needs {one_of(choices) if choices else wanted}; see `{self.prog} --help`")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        from kubetrial.lint.values.listed import one_of
        from kubetrial.lint.values.nearest import nearest

        known = [str(choice) for choice in action.choices]
        close = nearest(str(value), known)
        name = "/".join(action.option_strings) or f"`{self.prog}`"
        meant = f": did you mean {close}?" if close else ""
        raise UsageError(f"{name} takes {one_of(known)}, and not {value!r}{meant}")


# --- what check, run and others have in common ---------------------------------------------------------------------------


def add_paths(add: Callable[..., Any]) -> None:
    """The manifests."""
    text = "files, folders, globs, or - for standard input (default: .)"
    add("paths", nargs="*", default=["."], metavar="PATH", help=text)


def add_version(add: Callable[..., Any]) -> None:
    """The version of Kubernetes that judges."""
    known = f"1.{OLDEST} to 1.{NEWEST}"
    text = f"the version that judges: {known} (default: the newest), or several: 1.31,1.34"
    add("--kubernetes-version", metavar="1.N", help=text)


def add_world(either: Callable[..., Any]) -> None:
    """Whether more may exist than what is given."""
    either("--closed-world", action="store_true", default=None, help="nothing exists beside what is given")
    text = "more may exist beside what is given"
    either("--open-world", dest="closed_world", action="store_false", help=text)


def add_configuration(add: Callable[..., Any]) -> None:
    """Where settings come from."""
    add("--config", metavar="FILE", help="read this configuration")
    add("--isolated", action="store_true", help="read no configuration")


def _jobs(word: str) -> int:
    """The value of --jobs."""
    if word.isascii() and word.isdigit() and 0 < int(word[:6]) <= 1024:
        return int(word)
    raise argparse.ArgumentTypeError(f"{word!r} is no number of processes")


def add_cache(add: Callable[..., Any]) -> None:
    """Where the outcome of runs is kept; replay.py reads these before all else."""
    add("--no-cache", action="store_true", help="look at everything anew, and keep nothing for the next run")
    add("--cache-dir", metavar="DIR", help="keep the outcome of runs here (see `kubetrial cache dir`)")


def add_colour(add: Callable[..., Any]) -> None:
    """Colours."""
    text = "colours: auto (on a terminal), always or never"
    add("--color", choices=("auto", "always", "never"), default="auto", metavar="WHEN", help=text)


def add_own_rules(add: Callable[..., Any]) -> None:
    """Rules that the user brings."""
    add("--rules", action="append", metavar="DIR", help="also the rules of this folder; they run code")


# --- check -------------------------------------------------------------------------------------------------------------------


def add_check(check: argparse.ArgumentParser) -> None:
    """All options of `kubetrial check`."""
    group = Groups(check)
    _add_reading(group)
    _add_choice(group)
    _add_output(group)
    _add_verdict(group)
    _add_adoption(group)
    _add_fixing(group)
    add_chart(group("charts"))
    _add_branches(group("charts"))
    _add_showing(group)


def _add_reading(group: Groups) -> None:
    title = "what is read"
    add = group(title)
    add_paths(add)
    add("--exclude", action="append", metavar="GLOB", help="leave out what matches in folders")
    add("--force-exclude", action="store_true", help="leave out what matches even if it is named")
    add("--stdin-filename", metavar="FILE", help="the name of standard input in reports")
    add("--schema-dir", action="append", metavar="DIR", help="custom resource definitions, or their JSON schemas")
    add("--no-build", action="store_true", help="build no kustomization or chart: judge sources as they stand")
    add_configuration(add)
    add_version(add)
    add_world(group.either(title))
    add("--no-progress", action="store_true", help="no progress bar")
    add_cache(add)
    add(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="how many processes share the work (default: the cores that may be used)",
    )


def _add_choice(group: Groups) -> None:
    add = group("which rules")
    text = "only these: names with *, categories, or all; with commas"
    add("--select", action="append", metavar="RULES", help=text)
    add("--ignore", action="append", metavar="RULES", help="not these: names with *, or categories")
    text = "also hold pods to the Pod Security Standard baseline or restricted"
    add("--pod-security", choices=("baseline", "restricted"), metavar="LEVEL", help=text)
    text = "also evaluate the ValidatingAdmissionPolicies of the set"
    add("--evaluate-policies", action="store_true", help=text)
    text = "also what the server refuses to change since a revision, a folder, or a chart with other values"
    add("--against", metavar="REV", help=text)
    add_own_rules(add)
    text = "annotations of other linters silence our rules of their meaning"
    add("--honour-foreign-ignores", action="store_true", help=text)
    add("--disable-ignores", action="store_true", help="report what comments and annotations ignore")


def _long_name(format: str) -> str:
    """JSON lines are called by either name: `run` calls them jsonl."""
    return "json-lines" if format == "jsonl" else format


def _short_name(format: str) -> str:
    return "jsonl" if format == "json-lines" else format


def _add_output(group: Groups) -> None:
    add = group("what is shown")
    text = f"{', '.join(_FORMATS)}; repeatable"
    add("--output-format", action="append", type=_long_name, choices=_FORMATS, metavar="FORMAT", help=text)
    text = "where the format of the same position goes (default: standard output)"
    add("--output-file", action="append", metavar="FILE", help=text)
    add("--quiet", action="store_true", help="errors only")
    add("--statistics", action="store_true", help="counts by rule instead of findings")
    text = "only findings on these objects, with *; repeatable"
    add("--objects", action="append", metavar="KIND[/NAME]", help=text)
    add("--ranges", action="store_true", help="concise lines carry the end of the range too")
    add_colour(add)


def _add_verdict(group: Groups) -> None:
    add = group("when it fails")
    text = "exit 1 from error, warning or info on, or never (default: error)"
    add("--fail-on", choices=("error", "warning", "info", "never"), metavar="LEVEL", help=text)
    add("--exit-zero", action="store_true", help="exit 0 whatever is found")
    add("--max-warnings", type=int, metavar="N", help="exit 1 when there are more warnings")
    add("--fail-if-nothing-checked", action="store_true", help="exit 2 when no object was checked at all")


def _add_adoption(group: Groups) -> None:
    add = group("in an old repository")
    add("--baseline", metavar="FILE", help="silent about the findings in this file; says which are gone")
    name = "kubetrial-baseline.json"
    text = f"write today's findings into one (default: {name}), exit 0"
    add("--write-baseline", metavar="FILE", nargs="?", const=name, help=text)
    add("--baseline-expires", metavar="DAY", help="with --write-baseline: hold until 2027-03-31 only")
    add("--prune-baseline", action="store_true", help="take what is gone out of the baseline")
    text = "only what changed since a git revision, or what the change causes"
    add("--since", metavar="REV", help=text)
    add("--add-ignores", metavar="REASON", help="write a comment that ignores each finding into the files")


def _add_fixing(group: Groups) -> None:
    add = group("mending")
    add("--fix", action="store_true", help="fix what is certain (standard input: print the fixed text)")
    add("--diff", action="store_true", help="show what --fix would change, and exit 1 if there is something")
    text = "with --fix or --diff: also what may change the meaning"
    add("--unsafe-fixes", action="store_true", help=text)
    text = "exit 1 if something was fixed, even if nothing is left"
    add("--exit-non-zero-on-fix", action="store_true", help=text)


def _add_showing(group: Groups) -> None:
    add = group("show, and exit")
    add("--show-settings", action="store_true", help="the settings that hold")
    add("--show-files", action="store_true", help="the files that would be read")
    add("--show-units", action="store_true", help="what is applied together")


# --- run -----------------------------------------------------------------------------------------------------------------------


def add_run(run: argparse.ArgumentParser) -> None:
    """All options of `kubetrial run`."""
    group = Groups(run)
    title = "what is played"
    add = group(title)
    add_paths(add)
    text = "built-in ones, with commas, or a file; `--scenario list` says what there is (default: nominal)"
    add("--scenario", default="nominal", metavar="NAME|FILE", help=text)
    text = "how long: 90s, 2h, 1h30m, 7d (default: the scenario's)"
    add("--for", dest="horizon", metavar="TIME", help=text)
    text = "the moment at which all is applied: 2026-03-29T00:00+01:00, or now"
    add("--start", metavar="CLOCK", help=text)
    add("--compare", metavar="REV", help="beside what a git revision (or a folder) would have done")
    add_configuration(add)
    add_version(add)
    add_world(group.either(title))
    add_chart(group("charts"))
    add = group("what is shown")
    text = "text, json, jsonl, svg or html (default: text)"
    formats = ("text", "json", "jsonl", "svg", "html")
    add("--output-format", type=_short_name, choices=formats, default="text", metavar="FORMAT", help=text)
    add("--output-file", metavar="FILE", help="write there instead of to standard output")
    add_colour(add)


# --- the other commands ------------------------------------------------------------------------------------------------------


def add_chart(add: Callable[..., Any]) -> None:
    """With what a chart is rendered; the names are those of helm."""
    text = "a values file for the chart (may be given again; a later one wins)"
    add("--values", "-f", dest="values_files", action="append", default=[], metavar="FILE", help=text)
    text = "values on the command line, as helm reads them: a.b=1,c={x,y}"
    add("--set", dest="sets", action=_Assignment, default=[], metavar="A=B", help=text)
    add("--set-string", dest="sets", action=_Assignment, default=[], metavar="A=B", help="the same, always text")
    add("--set-json", dest="sets", action=_Assignment, default=[], metavar="A=JSON", help="the same, the value as JSON")
    text = "the same, the value is what the file holds"
    add("--set-file", dest="sets", action=_Assignment, default=[], metavar="A=FILE", help=text)
    add("--release-name", default="", metavar="NAME", help="the name of the release (default: release)")
    add("--namespace", default="", metavar="NAME", help="the namespace of the release (default: default)")
    text = "render as this version of Helm does: 3 or 4 (default: as 3, with the functions of both)"
    add("--helm-version", type=int, choices=(3, 4), default=0, metavar="3|4", help=text)
    text = "a further API version, or kind of one, that `.Capabilities.APIVersions` holds"
    add("--api-versions", action="append", default=[], metavar="GROUP/V1", help=text)


def _add_branches(add: Callable[..., Any]) -> None:
    """What of a chart its own values do not reach."""
    text = "judge what other values of a chart lead to as well: each branch of its templates, with the values that lead there"
    add("--branches", action="store_true", help=text)
    text = "say which actions of a chart's templates its values reach, and nothing else: text, json or lcov"
    add("--coverage", choices=("text", "json", "lcov"), metavar="FORMAT", help=text)


class _Assignment(argparse.Action):
    """Gathers assignments in their order, each with the name of its option: ("set", "a=1")."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), ((option or "").lstrip("-"), values)])


def add_build(build: argparse.ArgumentParser) -> None:
    """All options of `kubetrial build`."""
    add = build.add_argument
    text = "the folder of a kustomization or chart (or an archive), or one with several kustomizations below it"
    add("path", nargs="?", default=".", metavar="PATH", help=text)
    groups = Groups(build)
    add_chart(groups("charts"))
    add_version(groups("charts"))
    text = "yaml, or json with the origin of every path (default: yaml)"
    add("--output-format", choices=("yaml", "json"), default="yaml", metavar="FORMAT", help=text)
    add("--origins", action="store_true", help="say behind each line which source wrote it")
    add_cache(add)


def add_cached(cached: argparse.ArgumentParser) -> None:
    """All options of `kubetrial cache`."""
    add = cached.add_argument
    add("what", choices=("dir", "clean"), metavar="dir|clean", help="print the folder, or remove what is kept in it")
    add("--cache-dir", metavar="DIR", help="this folder instead of the user's")


def add_upgrade(upgrade: argparse.ArgumentParser) -> None:
    """All options of `kubetrial upgrade`."""
    group = Groups(upgrade)
    title = "what is read"
    add = group(title)
    add_paths(add)
    add("--from", dest="old", required=True, metavar="1.N", help="the version that runs now")
    add("--to", dest="new", metavar="1.N", help=f"the version that is to run (default: 1.{NEWEST})")
    add("--exclude", action="append", metavar="GLOB", help="leave out what matches in folders")
    add("--stdin-filename", metavar="FILE", help="the name of standard input in reports")
    add("--schema-dir", action="append", metavar="DIR", help="custom resource definitions, or their JSON schemas")
    add("--no-build", action="store_true", help="build no kustomization: judge sources as they stand")
    add_configuration(add)
    add_world(group.either(title))
    add = group("what is shown")
    formats = ("text", "json", "sarif", "markdown")
    text = "text, json, sarif or markdown (default: text)"
    add("--output-format", choices=formats, default="text", metavar="FORMAT", help=text)
    add("--output-file", metavar="FILE", help="write there instead of to standard output")
    add("--exit-zero", action="store_true", help="exit 0 whatever is refused")
    add = group("mending")
    add("--fix", action="store_true", help="write the apiVersions that take over, where they say the same")
    add("--diff", action="store_true", help="show what --fix would change, and exit 1 if there is something")


def add_init(init: argparse.ArgumentParser) -> None:
    """All options of `kubetrial init`."""
    add = init.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the top of the repository (default: .)")
    text = "write a workflow for this CI (default: the one whose files are there)"
    add("--ci", choices=("github", "gitlab", "none"), metavar="CI", help=f"github, gitlab or none: {text}")
    add("--no-hook", action="store_true", help="write no pre-commit hook")
    add("--baseline", action="store_true", help="accept today's findings: write them into a baseline")
    add("--dry-run", action="store_true", help="show what would be written, and write nothing")


def add_rules(rules: argparse.ArgumentParser) -> None:
    """All options of `kubetrial rules`."""
    add = rules.add_argument
    add("words", nargs="*", metavar="WORD", help="only those whose name or summary has all of these words")
    add("--kind", metavar="KIND", help="only those about objects of this kind, such as Ingress")
    add("--category", choices=CATEGORIES, help="only those of this category")
    formats = ("text", "markdown", "json", "names")
    add("--output-format", choices=formats, default="text", metavar="FORMAT", help=", ".join(formats))
    add_own_rules(add)


def add_explain(explain: argparse.ArgumentParser) -> None:
    """All options of `kubetrial explain`."""
    add = explain.add_argument
    text = "a rule, a pattern, a category, a word, or a check of another linter: CKV_K8S_8, dangling-service"
    add("rule", nargs="?", metavar="RULE", help=text)
    add("--all", action="store_true", help="all rules")
    formats = ("text", "markdown", "json")
    add("--output-format", choices=formats, default="text", metavar="FORMAT", help=", ".join(formats))
    add_own_rules(add)


def add_crds(crds: argparse.ArgumentParser) -> None:
    """All options of `kubetrial crds`."""
    actions = crds.add_subparsers(title="actions", metavar="ACTION", required=True)
    text = "Keep the definitions of custom resources that a repository uses in one folder."
    add = actions.add_parser(
        "add", help="copy definitions into the schema folder", description=text, formatter_class=Short
    )
    what = "files or folders with definitions, or - for standard input: kubectl get crds -o yaml"
    add.add_argument("paths", nargs="+", metavar="PATH", help=what)
    where = "the folder (default: the first of schema-dirs in the configuration, else crds)"
    add.add_argument("--to", metavar="DIR", help=where)
    add_configuration(add.add_argument)


def add_test_rules(tester: argparse.ArgumentParser) -> None:
    """All options of `kubetrial test-rules`."""
    tester.add_argument("folder", metavar="DIR", help="rules (NAME.py) and their fixtures (NAME.yaml)")


def add_problem_matcher(matcher: argparse.ArgumentParser) -> None:
    """All options of `kubetrial problem-matcher`."""
    matcher.add_argument("target", choices=MATCHERS)


def add_completion(completion: argparse.ArgumentParser) -> None:
    """All options of `kubetrial completion`."""
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))


def add_schema(schema: argparse.ArgumentParser) -> None:
    """All options of `kubetrial schema`."""
    schema.add_argument("of", choices=("configuration", "report"), help="of .kubetrial.toml, or of the JSON report")
