"""`kubetrial init`: looks at a repository and writes a configuration, a hook and a workflow; nothing is ever overwritten."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from kubetrial.lint.command.exits import FAILURE, OK, UsageError
from kubetrial.lint.files import discover
from kubetrial.lint.files.read import is_inside
from kubetrial.lint.finding import Result
from kubetrial.lint.settings import repository as repositories
from kubetrial.lint.settings import starters
from kubetrial.lint.settings.baseline import DEFAULT_NAME
from kubetrial.lint.settings.config import ConfigError
from kubetrial.lint.settings.loading import load
from kubetrial.lint.settings.repository import Repository
from kubetrial.lint.values.printable import one_line
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class Starter:
    """A file to begin with, or, where one is there already, what to add to it by hand."""

    path: str
    text: str
    addition: str = ""


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial init`; raises UsageError."""
    root = arguments.path
    if not os.path.isdir(root):
        raise UsageError(f"{root}: {'it is no folder' if os.path.exists(root) else 'no such folder'}")
    found = repositories.found(root)
    _say("found", _in_words(found))
    configured = _configured(root)
    if configured is not None:
        _say("there is", f"{configured}, left as it is")
    baseline = arguments.baseline and configured is None
    written = 0
    for starter in _starters(arguments, found, configured is None, baseline):
        written += _deliver(root, starter, arguments.dry_run)
    result = _checked(root, arguments.baseline and not arguments.dry_run)
    for line in _next(arguments, result, configured, written):
        _say(*line)
    return FAILURE if result.internal_error else OK


def _say(what: str, text: str) -> None:
    """One line: a word, and what it is about."""
    print(f"{what:<9} {one_line(text)}")


def _configured(root: str) -> str | None:
    """The configuration that holds for the folder already; raises UsageError where it cannot be read."""
    from kubetrial.lint.rule import index

    try:
        return load((root,), entries=index()).file
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _in_words(found: Repository) -> str:
    """What the repository holds, on one line."""
    parts = [
        _count(found.manifests, "manifest"),
        *(_named(found.charts, "chart"), _named(found.kustomizations, "kustomization")),
        _count(len(found.definitions), "file") + " with definitions of custom resources" if found.definitions else "",
        f"other linters: {', '.join(found.linters)}" if found.linters else "",
        f"pipelines: {', '.join(found.ci)}" if found.ci else "",
        "the repository is large, and not all of it was looked at" if found.cut_short else "",
    ]
    return "; ".join(part for part in parts if part)


def _named(folders: tuple[str, ...], word: str) -> str:
    """`2 charts (charts/web, charts/db)`; nothing where there are none."""
    if not folders:
        return ""
    more = f" and {len(folders) - 3} more" if len(folders) > 3 else ""
    return f"{_count(len(folders), word)} ({', '.join(folders[:3])}{more})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _starters(arguments: argparse.Namespace, found: Repository, configure: bool, baseline: bool) -> Iterator[Starter]:
    """The files that this repository should begin with."""
    from kubetrial.lint.values.release import release as installed

    release = installed()
    if configure:
        yield Starter(starters.CONFIGURATION, starters.configuration(found, baseline=baseline))
    if not arguments.no_hook:
        yield Starter(starters.HOOKS, starters.hooks(release), starters.hook(release))
    for ci in (arguments.ci,) if arguments.ci else found.ci:
        if ci == "github":
            yield Starter(starters.WORKFLOW, starters.workflow(release))
        elif ci == "gitlab" and os.path.lexists(os.path.join(found.root, starters.GITLAB)):
            yield Starter(starters.GITLAB_JOB, starters.gitlab(release))
            yield Starter(starters.GITLAB, "", f"include:\n  - local: {starters.GITLAB_JOB}\n")
        elif ci == "gitlab":
            yield Starter(starters.GITLAB, starters.gitlab(release))


def _deliver(root: str, starter: Starter, dry_run: bool) -> int:
    """Write a file that is not there yet; 1 where that was done. Raises UsageError."""
    full = os.path.join(root, starter.path)
    if os.path.lexists(full):
        if "kubetrial" in _text_of(full):
            _say("there is", f"{starter.path}, which names kubetrial already")
        elif starter.addition:
            _say("there is", f"{starter.path}; add this to it:")
            print("".join(f"            {line}\n" for line in starter.addition.splitlines()), end="")
        else:
            _say("there is", f"{starter.path}, left as it is")
        return 0
    if dry_run:
        _say("would be", f"{starter.path}:")
        print("".join(f"            {line}".rstrip() + "\n" for line in starter.text.splitlines()), end="")
        return 0
    folder = os.path.dirname(full)
    if not is_inside(folder, root):
        raise UsageError(f"{starter.path} would be written outside of {root}: its folder is a link")
    try:
        os.makedirs(folder or ".", exist_ok=True)
        with open(
            full, "x", encoding="utf-8", newline="\n"
        ) as stream:  # x: one that appears meanwhile is not overwritten
            stream.write(starter.text)
    except OSError as error:
        raise UsageError(f"{starter.path} cannot be written: {discover.why(error)}") from None
    _say("wrote", starter.path)
    return 1


def _text_of(path: str) -> str:
    """What a file holds; nothing where it cannot be read."""
    from kubetrial.lint.files.read import MOST_SETTINGS, read

    try:
        return read(path, MOST_SETTINGS).decode("utf-8", "replace")
    except OSError:
        return ""


def _checked(root: str, baseline: bool) -> Result:
    """What a check finds now, by the settings that hold from now on; with `baseline` they are accepted."""
    from kubetrial.lint.command import check, cli

    words = ["check", root, "--no-progress"]
    if baseline:
        words += ["--write-baseline", os.path.normpath(os.path.join(root, DEFAULT_NAME))]
    asked = cli.parser().parse_args(words)
    settings = check.settings_of(asked)
    files = discover.discover([root], exclude=settings.exclude, exclude_root=settings.root)
    return check.run(asked, settings, files)[0]


def _next(
    arguments: argparse.Namespace, result: Result, configured: str | None, written: int
) -> Iterator[tuple[str, str]]:
    """What the first check says, and what to do now."""
    from kubetrial.lint.report.summary import summary_line

    yield "checked", summary_line(result)
    where = f" {arguments.path}" if arguments.path != "." else " ."
    summary = result.summary
    if arguments.baseline and not arguments.dry_run:
        yield "wrote", DEFAULT_NAME
        if configured is not None:
            yield "next", f'write baseline = "{DEFAULT_NAME}" into {configured}'
    elif summary.errors + summary.warnings + summary.infos:
        yield "next", f"kubetrial check{where} --statistics, then mend what is found, or accept it for now:"
        holds = configured or (starters.CONFIGURATION if written and not arguments.dry_run else None)
        accept = f'check{where} --write-baseline, and baseline = "{DEFAULT_NAME}" in {holds}'
        yield "", f"kubetrial {accept if holds else f'init{where} --baseline'}"
    if any(reason.startswith("no schema for") for reason in summary.skipped):
        yield "next", "kubetrial crds add FILE brings the definitions of custom resources that nobody here defines"
    if written and os.path.exists(os.path.join(arguments.path, starters.HOOKS)):
        yield "next", "pre-commit install, and commit the new files"
    elif written:
        yield "next", "commit the new files"
    sys.stdout.flush()
