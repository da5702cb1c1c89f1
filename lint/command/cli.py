"""The command line: its commands, how one is chosen, and what is said of a word that is none. Options are in options.py.

Exit codes: 0 nothing at or above `--fail-on`, 1 findings, 2 wrong use, wrong configuration, or a mistake inside of kubetrial.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.command import options
from kubetrial.lint.command.exits import FAILURE, OK, UsageError

if TYPE_CHECKING:
    from kubetrial.lint.rule import Entry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that some words say."""
    sys.setrecursionlimit(6000)
    from kubetrial.lint.command import streams

    streams.prepare()
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        top = parser(words[:1])
        try:
            parsed = _parsed(words, top)
        except SystemExit as end:  # of --help and --version, whose text may not be written either
            sys.stdout.flush()
            if not end.code:
                streams.refuse_nowhere()
            raise
        if parsed.command is None:
            top.print_help()
            return FAILURE
        if streams.started_nowhere():
            _refuse_relative(parsed)
        code: int = parsed.command(parsed)
        sys.stdout.flush()
        if code == OK:
            streams.refuse_nowhere()
        return code
    except UsageError as error:
        from kubetrial.lint.values.printable import guarded_line

        # A configuration, a file name or a scenario of a stranger's may be quoted in it.
        print("\n".join(map(guarded_line, f"kubetrial: {error}".split("\n"))), file=sys.stderr)
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


def _refuse_relative(parsed: argparse.Namespace) -> None:
    """Raise UsageError for a path from a working folder that is gone: from the root it would mean something else."""
    for path in (*getattr(parsed, "paths", ()), getattr(parsed, "path", "-")):
        if path != "-" and not os.path.isabs(path):
            raise UsageError(
                f"the working folder was deleted, and {path} is a path from there: go elsewhere, or name it from /"
            )


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


def parser(asked: Sequence[str] = ()) -> argparse.ArgumentParser:
    """All commands and their options; only the command that is asked for, where it is one."""
    top = options.Parser(
        prog="kubetrial",
        usage="kubetrial COMMAND [...]",
        description="A linter, static validator and short behavioural simulator for Kubernetes manifests. Offline, without a cluster.",
        epilog="kubetrial COMMAND --help tells more of each.",
        formatter_class=options.Short,
    )
    top.add_argument("--version", action=_Version)
    top.set_defaults(command=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND", prog="kubetrial")
    one_of = [command for command in _COMMANDS if command[0] in asked]
    for name, help, description, add, command in one_of or _COMMANDS:
        one = commands.add_parser(name, help=help, description=description, formatter_class=options.Short)
        if name in ("check", "run"):
            one.usage = f"kubetrial {name} [PATH ...] [OPTIONS]"
        add(one)
        one.set_defaults(command=command)
    return top


class _Version(argparse.Action):
    """`--version`, which looks the version up only when it is asked for."""

    def __init__(self, option_strings: list[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from kubetrial.lint.values.release import release

        print(f"kubetrial {release()}")
        parser.exit(OK)


def _entries(arguments: argparse.Namespace) -> dict[str, Entry]:
    """All rules: ours, those of --rules, and those of the configuration that holds here; raises UsageError."""
    from kubetrial.lint.rule import index
    from kubetrial.lint.settings import config, loading

    try:
        ours = index()
        named = config.own_entries(arguments.rules, ()) if arguments.rules else {}
        settings = loading.load((".",), entries={**ours, **named})
        return loading.overlaid(settings, rules_dirs=arguments.rules).entries()
    except config.ConfigError as error:
        raise UsageError(str(error)) from None


def _rules(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import explain

    entries = explain.narrowed(_entries(arguments), arguments.kind, arguments.category, arguments.words)
    if not entries:
        raise UsageError("no rule is about that; `kubetrial rules` lists all of them")
    if arguments.output_format == "json":
        print(explain.as_json(entries.values()))
    elif arguments.output_format == "names":
        print("\n".join(entries))
    elif arguments.output_format == "markdown":
        print("\n".join(f"- `{e.name}` ({explain.facts(e)}): {e.summary}" for e in entries.values()))
    else:
        print(explain.table(entries), end="")
    return OK


def _explain(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import explain

    entries = _entries(arguments)
    if arguments.all:
        chosen = list(explain.about_manifests(entries).values())
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
    wanted = migration.short(word).lower()
    foreign = [f"{linter}:{word}" for linter, checks in known.items() if any(c.lower() == wanted for c in checks)]
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


def _completion(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.command import completion

    print(completion.script(arguments.shell, parser()), end="")
    return OK


def _schema(arguments: argparse.Namespace) -> int:
    from kubetrial.lint.settings.config_schema import published

    print(published(arguments.of), end="")
    return OK


def _module(name: str) -> Callable[[argparse.Namespace], int]:
    """The command of a module of this folder, imported when it is run."""

    def run(arguments: argparse.Namespace) -> int:
        from importlib import import_module

        code: int = import_module(f"kubetrial.lint.command.{name}").command(arguments)
        return code

    return run


_COMMANDS: tuple[
    tuple[str, str, str, Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]], ...
] = (
    ("check", "check manifests", "Check manifests and report findings.", options.add_check, _module("check")),
    (
        "run",
        "play what the controllers would do",
        "Play what the controllers would do.",
        options.add_run,
        _module("run"),
    ),
    (
        "build",
        "print what a kustomization or chart applies",
        "Print what the kustomizations of a folder apply, as kustomize build does, or a chart, as helm template does.",
        options.add_build,
        _module("build"),
    ),
    (
        "upgrade",
        "tell what an upgrade of Kubernetes changes",
        "Tell what an upgrade of Kubernetes changes for manifests: what is refused, dropped, takes effect or works otherwise.",
        options.add_upgrade,
        _module("upgrade"),
    ),
    (
        "init",
        "set kubetrial up in a repository",
        "Look at a repository and write a configuration, a pre-commit hook and a workflow for it. What is there already is never changed.",
        options.add_init,
        _module("init"),
    ),
    (
        "cache",
        "the outcome of earlier runs",
        "Runs are kept, and said again while nothing that they looked at has changed.",
        options.add_cached,
        _module("cache"),
    ),
    ("rules", "list the rules", "List all rules.", options.add_rules, _rules),
    ("explain", "show the manual page of a rule", "Show the manual page of a rule.", options.add_explain, _explain),
    (
        "crds",
        "keep definitions of custom resources",
        "Keep the definitions of custom resources that a repository uses in one folder.",
        options.add_crds,
        _module("crds"),
    ),
    (
        "test-rules",
        "test rules of your own",
        "Test the rules of a folder against the fixtures beside them.",
        options.add_test_rules,
        _module("test_rules"),
    ),
    (
        "problem-matcher",
        "print how editors and pipelines read concise lines",
        "Print the problem matcher of GitHub or VS Code for concise output.",
        options.add_problem_matcher,
        _problem_matcher,
    ),
    (
        "completion",
        "print the completion script of a shell",
        'Print the completion script of a shell: eval "$(kubetrial completion bash)"',
        options.add_completion,
        _completion,
    ),
    (
        "schema",
        "print the JSON schema of a format",
        "Print the JSON schema of the configuration, for editors, or of the JSON report.",
        options.add_schema,
        _schema,
    ),
)


if __name__ == "__main__":
    sys.exit(main())
