"""A repository that is open in an editor: checks of its files as they are being written, in a process that stays.

A `Workspace` reads the repository once. It knows which words stand in which file, so that of an edited text only the files are looked
at that can bear on it, and what those read as is known. What it says is what `kubetrial check - --stdin-filename FILE` says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from kubetrial.lint.command import check, cli, gather, judge, replay
from kubetrial.lint.files import discover
from kubetrial.lint.files.context import Wanted
from kubetrial.lint.files.context_index import ContextIndex
from kubetrial.lint.files.text import Text
from kubetrial.lint.finding import Finding
from kubetrial.lint.yaml import source


class Workspace:
    """The files of the repository around a folder, and what is known of them; `words` are options of `kubetrial check`."""

    def __init__(self, folder: str, words: Sequence[str] = ()) -> None:
        """Read the repository; raises UsageError for wrong options or a wrong configuration."""
        self._arguments = cli.parser().parse_args(["check", "-", *words])
        self._settings = check.settings_of(self._arguments)
        self._entries = self._settings.entries()
        root = discover.repository_of(os.path.abspath(folder)) or os.path.abspath(folder)
        self._index = ContextIndex(replay.cache_folder(self._arguments), root)
        self._root = root
        self._known: dict[int, Text] = {}
        self._distance: tuple[str, Callable[[str], int]] = "", len  # from the folder of the last check
        self._take(discover.files_below(root, replay.cache_folder(self._arguments))[0])
        self._index.save()

    def changed(self, path: str) -> None:
        """Take in that a file was saved, made or removed."""
        full = os.path.abspath(path)
        self._known.pop(self._index.number(full), None)
        self._index.forget(full)
        self._take(file for file in discover.files_below(self._root)[0] if file.full == full)

    def check(self, path: str, text: str) -> list[Finding]:
        """The findings on a file of the repository, were this what it held."""
        arguments = self._arguments
        arguments.stdin_filename = path
        discovery = discover.discover(["-"], stdin=text.encode, stdin_filename=path)
        name = discovery.files[0].path
        texts = [Text(name, text, parsed=source.read(name, text))]
        complete = discovery.complete if self._settings.closed_world is None else self._settings.closed_world
        others = [file for file in self._index.files() if file.full != os.path.abspath(path)]
        whole = complete or (self._settings.closed_world is None and gather.is_little(discovery.files, others))
        context = [] if complete else self._context(os.path.abspath(path), texts[0], whole)
        given = gather.Gathered(
            self._arguments, self._settings, self._entries, discovery, texts, context, [], complete, whole, None, None, None, []
        )  # fmt: skip
        return judge.judged(given, texts, context)[0]

    def _take(self, files: Iterable[discover.SourceFile]) -> None:
        """Take in files as they are now."""
        there: list[tuple[discover.SourceFile, os.stat_result]] = []
        for file in files:
            try:
                there.append((file, os.stat(file.full)))
            except OSError:
                continue
        self._index.look([file for file, _ in there], [status for _, status in there])

    def _context(self, given: str, text: Text, every: bool) -> list[Text]:
        """What of the repository bears on a text that stands in a file, or all of it."""
        wanted = () if every or text.parsed is None else [text.parsed]
        found = self._index.numbers() if every else self._index.bearing_on(Wanted(wanted))
        found.discard(self._index.number(given))
        folder = os.path.dirname(given)
        if self._distance[0] != folder:
            self._distance = folder, discover.distances([folder])
        near = discover.nearest_first(self._distance[1], map(self._index.file, found))
        return [self._text(self._index.number(file.full), file) for file in near]

    def _text(self, number: int, file: discover.SourceFile) -> Text:
        """A file as it is read, once; empty where it is gone."""
        known = self._known.get(number)
        if known is None:
            try:
                text, read = self._index.text(number), self._index.parsed(number)
            except (OSError, UnicodeError):
                text, read = "", None
            read = read or source.read(file.path, text)
            known = self._known[number] = Text(file.path, text, reported=False, parsed=read)
        return known
