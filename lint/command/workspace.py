"""A repository that is open in an editor: checks of its files as they are being written, in a process that stays.

A `Workspace` reads the repository once. It knows which words stand in which file, so that of an edited text only the files are looked
at that can bear on it, and what those read as is known. What it says is what `kubetrial check - --stdin-filename FILE` says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from kubetrial.lint.command import check, cli, gather, judge
from kubetrial.lint.files import discover
from kubetrial.lint.files.context import DEFINES, LIMITS, SPACES, UNNAMED, Wanted, is_unplaced
from kubetrial.lint.files.context_index import ContextIndex
from kubetrial.lint.files.kustomize import FILE_NAMES
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
        self._index = ContextIndex(gather.cache_folder(self._arguments), root)
        self._root = root
        self._files: list[discover.SourceFile | None] = []  # by number; None where another number has taken over
        self._numbers: dict[str, int] = {}
        self._by_word: dict[bytes, list[int]] = {}
        self._always: set[int] = set()
        self._defining: set[int] = set()  # those with definitions of kinds
        self._spaces: set[int] = set()  # those with namespaces, or limits of one
        self._unplaced: set[int] = set()  # those with limits of no namespace that they name
        self._known: dict[int, Text] = {}
        self._distance: tuple[str, Callable[[str], int]] = "", len  # from the folder of the last check
        for file in discover.files_below(root):
            self._add(file)
        self._index.save()

    def changed(self, path: str) -> None:
        """Take in that a file was saved, made or removed."""
        full = os.path.abspath(path)
        number = self._numbers.pop(full, None)
        if number is not None:
            for word in self._index.traits[full].words.split(b" "):
                self._by_word[word].remove(number)
            self._files[number] = None
            self._known.pop(number, None)
            for kept in (self._always, self._defining, self._spaces, self._unplaced):
                kept.discard(number)
        for file in discover.files_below(self._root):
            if file.full == full:
                self._add(file)

    def check(self, path: str, text: str) -> list[Finding]:
        """The findings on a file of the repository, were this what it held."""
        arguments = self._arguments
        arguments.stdin_filename = path
        discovery = discover.discover(["-"], stdin=text.encode, stdin_filename=path)
        name = discovery.files[0].path
        texts = [Text(name, text, parsed=source.read(name, text))]
        complete = discovery.complete if self._settings.closed_world is None else self._settings.closed_world
        context = [] if complete else self._context(os.path.abspath(path), texts[0])
        given = gather.Gathered(
            arguments, self._settings, self._entries, discovery, texts, context, [], complete, None, None, None, []
        )
        return judge.judged(given, texts, context)[0]

    def _add(self, file: discover.SourceFile) -> None:
        try:
            traits, text = self._index.look(file)
        except (OSError, UnicodeError):
            return
        number = self._numbers[file.full] = len(self._files)
        self._files.append(file)
        if text is not None:
            self._known[number] = Text(file.path, text, reported=False)
        if UNNAMED in traits.flags or os.path.basename(file.full) in FILE_NAMES:
            self._always.add(number)
        if DEFINES in traits.flags:
            self._defining.add(number)
        if SPACES in traits.flags or LIMITS in traits.flags:
            self._spaces.add(number)
        words = traits.words.split(b" ")
        if is_unplaced(traits.flags, words):
            self._unplaced.add(number)
        for word in words:
            self._by_word.setdefault(word, []).append(number)

    def _context(self, given: str, text: Text) -> list[Text]:
        """What of the repository bears on a text that stands in a file."""
        wanted = Wanted([text.parsed] if text.parsed is not None else ())
        found = self._always | self._with_any(wanted.words)
        found |= self._defining.intersection(self._with_any(wanted.kinds))
        found |= self._spaces if wanted.spaces is None else self._spaces.intersection(self._with_any(wanted.spaces))
        if wanted.is_in_default:
            found |= self._unplaced
        for parts in wanted.parts:
            every = [set(self._by_word.get(part, ())) for part in parts]
            found.update(number for number in set.intersection(*every) if self._says(number, wanted))
        found.discard(self._numbers.get(given, -1))
        numbers = {file.full: number for number in found if (file := self._files[number]) is not None}
        files = [file for number in numbers.values() if (file := self._files[number]) is not None]
        folder = os.path.dirname(given)
        if self._distance[0] != folder:
            self._distance = folder, discover.distances([folder])
        near = discover.nearest_first(self._distance[1], files)
        return [self._text(numbers[file.full], file) for file in near]

    def _with_any(self, words: Iterable[bytes]) -> set[int]:
        """The files with one of some words."""
        return set().union(*(self._by_word.get(word, ()) for word in words))

    def _says(self, number: int, wanted: Wanted) -> bool:
        file = self._files[number]
        return file is not None and wanted.finds_odd(self._text(number, file).text)

    def _text(self, number: int, file: discover.SourceFile) -> Text:
        """A file as it is read, once; empty where it is gone."""
        known = self._known.get(number)
        if known is None:
            try:
                known = Text(file.path, source.decode(file.read()), reported=False)
            except (OSError, UnicodeError):
                known = Text(file.path, "", reported=False)
        if known.parsed is None:
            read = self._index.parsed(file, known.text) or source.read(file.path, known.text)
            known = self._known[number] = Text(file.path, known.text, False, read)
        return known
