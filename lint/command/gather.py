"""What a check works on: the given files read, the rest of the repository that bears on them, and what all of it is built into."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command import divided, replay
from kubetrial.lint.command.exits import UsageError
from kubetrial.lint.engine import reading
from kubetrial.lint.files import discover
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.files.text import Text
from kubetrial.lint.finding import Category, Finding, Position, Range
from kubetrial.lint.parallel import cores
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml import source

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.files.context_index import ContextIndex
    from kubetrial.lint.rule import Entry


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a check works on; `texts` are those that were asked about, `context` is what else bears on them."""

    arguments: argparse.Namespace
    settings: Settings
    entries: Mapping[str, Entry]  # all rules, the user's among them
    discovery: discover.Discovery
    texts: list[Text]
    context: list[Text]
    unread: list[Finding]  # files that could not be read
    complete: bool  # whether all that there is was asked about
    whole: bool  # whether the whole set is known: all was asked about, or the little that was not is context
    division: Division | None
    beside: ContextIndex | None  # what is known of the rest of the repository
    older: list[Text] | None  # of --against
    notes: list[str]

    @property
    def elsewhere(self) -> bool:
        """Whether it is told what a given file breaks in others: a hook is, an editor asks about one file, a fix writes given ones only."""
        arguments = self.arguments
        return not self.complete and arguments.stdin_filename is None and not (arguments.fix or arguments.diff)


def gathered(arguments: argparse.Namespace, settings: Settings, discovery: discover.Discovery) -> Gathered:
    """Read what was discovered and what bears on it; raises UsageError."""
    read = SourceReader(discovery, progress=not arguments.no_progress and sys.stderr.isatty())
    texts = list(read.texts())
    if arguments.stdin_filename is None:
        _refuse_nothing(texts, discovery)
    notes = [
        f"{other} is not used: {settings.file or 'no configuration'} holds for all paths" for other in settings.also
    ]
    notes += untrusted(settings)
    complete = discovery.complete if settings.closed_world is None else settings.closed_world
    context: list[Text] = []
    beside: ContextIndex | None = None
    whole = complete
    if not complete:
        given = [file for file in discovery.files if file.full]
        others = discover.context_files(given, cache=replay.cache_folder(arguments))
        whole = settings.closed_world is None and not others.note and is_little(given, others.files)
        if others.files:
            beside = _index(arguments, others.files)
            jobs = arguments.jobs or cores()
            texts = _parsed(texts, jobs)
            folders = sorted({os.path.dirname(os.path.abspath(file.full)) for file in given})
            context = _relevant(texts, folders, others, beside, jobs, whole)
        if others.note:
            notes.append(others.note)
    division = None if arguments.no_build else divided.division(texts, context, discovery, arguments, settings, beside)
    older = _older(arguments)
    if older is not None and division is not None:
        from kubetrial.lint.command.older_overlays import but_of_units

        older = but_of_units(older, division.older_overlays, division.sources)
    return Gathered(
        arguments,
        settings,
        settings.entries(),
        discovery,
        texts,
        context,
        read.findings,
        complete,
        whole,
        division,
        beside,
        older,
        notes,
    )


def _refuse_nothing(texts: Sequence[Text], discovery: discover.Discovery) -> None:
    """Raise UsageError where standard input gives no object, as kubectl apply does: a gate must not pass where a pipe broke."""
    streams = {file.path for file in discovery.files if file.is_stdin}
    for text in texts:
        if text.name in streams and all(map(_NOTHING.fullmatch, text.text.splitlines())):
            what = "is empty" if not text.text.strip() else "holds no object, only comments and empty documents"
            raise UsageError(f"standard input {what}: did the command before the pipe fail?")


_NOTHING = pattern(r"\ufeff?(?:---|\.\.\.|null|~)?[ \t]*(?:#.*)?")
"""A line that says nothing: blank, a comment, or of an empty document."""


def built_anew(given: Gathered, now: Mapping[str, str], before: Mapping[str, str]) -> Gathered:
    """The same with what is built of the texts as they are now, where one of them is a source."""
    if given.division is None:
        return given
    changed = {name: text for name, text in now.items() if text != before[name]}
    if not any(
        name in given.division.sources or name in unit.read for name in changed for unit in given.division.units
    ):
        return given
    texts = [Text(name, text) for name, text in now.items()]
    division = divided.division(
        texts, given.context, given.discovery, given.arguments, given.settings, given.beside, changed
    )
    return replace(given, division=division)


def untrusted(settings: Settings) -> list[str]:
    """A note where only the configuration names rules in Python: their code runs by the user's word alone."""
    from kubetrial.lint.settings.config import TRUST

    return [
        f"rules-dirs in {settings.file} is not used: rules in Python run code; write --rules {discover.shown(folder)}, or set {TRUST}=1"
        for folder in settings.untrusted_rules_dirs
    ]


def _older(arguments: argparse.Namespace) -> list[Text] | None:
    """The texts of `--against`; raises UsageError."""
    if arguments.against is None:
        return None
    from kubetrial.lint.api import against

    try:
        return list(against.texts(arguments.against, arguments.paths or ["."]))
    except against.AgainstError as error:
        raise UsageError(f"--against {arguments.against}: {error}") from None


class SourceReader:
    """Reads the discovered files; what cannot be read becomes a finding."""

    def __init__(self, discovery: discover.Discovery, progress: bool) -> None:
        self.discovery = discovery
        self.progress = progress
        self.findings: list[Finding] = [_unreadable(problem.path, problem.reason) for problem in discovery.problems]

    def texts(self) -> Iterator[Text]:
        """The texts of all files that can be read."""
        total = len(self.discovery.files)
        for number, file in enumerate(self.discovery.files, 1):
            if self.progress and number % 200 == 0:
                print(f"\r{number} of {total} files read", end="", file=sys.stderr, flush=True)
            data = b""
            try:
                data = file.read()
                yield Text(file.path, source.decode(data))
            except OSError as error:
                self.findings.append(_unreadable(file.path, discover.why(error)))
            except UnicodeError as error:
                if file.path.endswith(divided.ARCHIVE) and data.startswith(_GZIP):
                    yield Text(file.path, "")  # a chart that is packed: it is built, or refused as none
                elif data.startswith(_GIT_CRYPT) and not file.explicit:
                    self.discovery.skipped[_ENCRYPTED] = self.discovery.skipped.get(_ENCRYPTED, 0) + 1
                else:
                    self.findings.append(_unreadable(file.path, _encoding(error)))
        if self.progress and total >= 200:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


_GZIP = b"\x1f\x8b"
_GIT_CRYPT, _ENCRYPTED = b"\0GITCRYPT\0", "encrypted by git-crypt"
"""How git-crypt begins the files that it keeps locked, and what they are counted as."""


def _encoding(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"it is no {error.encoding.upper()} text (byte {error.start + 1} is 0x{error.object[error.start]:02x}); a binary file?"
    return "it is no text; a binary file?"


def _index(arguments: argparse.Namespace, files: Sequence[discover.SourceFile]) -> ContextIndex:
    """What is known of the files of a repository from earlier runs."""
    from kubetrial.lint.files.context_index import ContextIndex

    here = os.path.dirname(files[0].full)
    return ContextIndex(replay.cache_folder(arguments), discover.repository_of(here) or here)


def is_little(given: Sequence[discover.SourceFile], others: Sequence[discover.SourceFile]) -> bool:
    """Whether what stands beside the given files is little enough to be read whole, and is all of plain manifests.

    What a kustomization or chart beside them makes is worked out only where they are part of it.
    """
    built = (*FILE_NAMES, divided.CHART_FILE)
    return len(others) <= _MOST_BESIDE and not any(file.full.endswith(built) for file in (*given, *others))


_MOST_BESIDE = 20


def _relevant(
    texts: Sequence[Text], folders: Sequence[str], others: discover.Context, index: ContextIndex, jobs: int, every: bool
) -> list[Text]:
    """The files that bear on the given texts, or all; nearest first; nothing is said about those that cannot be read."""
    from kubetrial.lint.files.context import Wanted

    index.look(others.files, others.statuses)
    wanted = () if every else [text.parsed for text in texts if text.parsed is not None]
    bearing = index.numbers() if every else index.bearing_on(Wanted(wanted))
    near = discover.nearest_first(discover.distances(folders), map(index.file, bearing))
    found: list[tuple[int, Text]] = []
    for file in near:
        number = index.number(file.full)
        try:
            found.append((number, Text(file.path, index.text(number), reported=False, parsed=index.parsed(number))))
        except (OSError, UnicodeError):
            continue
    if index.is_kept:
        of_files = _parsed([text for _, text in found], jobs)
        for (number, _), text_of in zip(found, of_files, strict=True):
            if text_of.parsed is not None:
                index.keep(number, text_of.parsed)
        index.save()
        return of_files
    return [text_of for _, text_of in found]


def _parsed(texts: Sequence[Text], jobs: int) -> list[Text]:
    """The texts with what they read as."""
    return [replace(text, parsed=read) for text, read in zip(texts, reading.parsed(texts, jobs), strict=True)]


def _unreadable(path: str, reason: str) -> Finding:
    start = Position(1, 1)
    return Finding(
        rule="file-unreadable",
        category=Category.BROKEN,
        message=f"this file was not checked: {reason}",
        file=path,
        range=Range(start, Position(1, 2)),
    )
