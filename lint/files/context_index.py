"""What a repository's files offer and ask, kept between runs: a hook on one file looks at the times of the others and reads almost none.

An entry is known by the root of the repository. A file that is as it was (size, times, inode) is taken to hold what it held then; any
other is read anew. Which files have a word is kept by the words, in order, so that a run asks for the few that it wants and reads no more
of it. Of the files that could bear on others before, the entry also holds their values as JSON, which is read ten times as fast. A broken
entry is none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence

from kubetrial.lint.files import kept, witness
from kubetrial.lint.files.context import DEFINES, LIMITS, PLACED, SPACES, UNNAMED, Wanted, traits
from kubetrial.lint.files.discover import SourceFile
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import Source, decode

_MAGIC = b"kubetrial context 4"
_MOST_BYTES = 32 << 20
"""A larger entry is not kept."""
_WORTH = 16
"""So many files that were read anew are worth writing the entry again."""
_KUSTOMIZATIONS = tuple(os.sep + name for name in FILE_NAMES)


class ContextIndex:
    """The files of a repository by numbers, and which of them have a word or a trait: known from earlier runs, or read in this one."""

    def __init__(self, folder: str | None, root: str) -> None:
        """`folder` is that of the cache; None: nothing is kept."""
        self.folder = folder
        self._entry = kept.entry(folder, b"context", os.fsencode(root))
        self._kept = _read(self._entry)
        self._files: dict[int, SourceFile] = {}
        self._numbers: dict[str, int] = {}
        self._flags: dict[int, bytes] = {}
        self._flagged: dict[bytes, set[int]] = {flag: set() for flag in (UNNAMED, DEFINES, SPACES, LIMITS, PLACED)}
        self._fresh: dict[
            int, _Row
        ] = {}  # those that were read in this run; without a state where it is not to be kept
        self._words: dict[str, list[int]] = {}  # of those
        self._texts: dict[int, str] = {}
        self._values: dict[int, bytes] = {}  # that were worked out in this run
        self._next = len(self._kept.rows)

    @property
    def is_kept(self) -> bool:
        """Whether there is a place to keep it in."""
        return self._entry is not None

    def look(self, files: Iterable[SourceFile], statuses: Iterable[os.stat_result]) -> list[str]:
        """Take in files as they are now; the paths of those that had to be read. What cannot be read is left out."""
        known: list[tuple[str, bytes, bytes]] = []
        read: list[str] = []
        for file, status in zip(files, statuses, strict=True):
            full = file.full
            number = self._kept.numbers.get(full, -1)
            row = self._kept.rows[number] if number >= 0 else None
            if row is not None and row[1] == kept.state(status):
                known.append((full, row[1], row[2]))
                self._flag(number, row[3])
            else:
                try:
                    number = self._look_at(file, status)
                except (OSError, UnicodeError):
                    continue
                read.append(full)
            self._files[number] = file
            self._numbers[full] = number
        witness.known(known)
        return read

    def _look_at(self, file: SourceFile, status: os.stat_result) -> int:
        """The number of a file that is read anew."""
        data = file.read()
        text = decode(data)
        found = traits(text)
        number, self._next = self._next, self._next + 1
        for word in found.words:
            self._words.setdefault(word, []).append(number)
        state = b"" if kept.is_racy(status, kept.now()) else kept.state(status)
        self._fresh[number] = os.fsencode(file.full), state, kept.hashed(data), found.flags, b"", b""
        self._flag(number, found.flags)
        self._texts[number] = text
        return number

    def _flag(self, number: int, flags: bytes) -> None:
        self._flags[number] = flags
        for flag, numbers in self._flagged.items() if flags else ():
            if flag in flags:
                numbers.add(number)

    def forget(self, full: str) -> None:
        """Take out a file that has changed or is gone."""
        number = self._numbers.pop(full, -1)
        if self._fresh.pop(number, None) is not None:
            for word in traits(self._texts[number]).words:
                self._words[word].remove(number)
        for by_number in (self._files, self._flags, self._texts, self._values):
            by_number.pop(number, None)
        for numbers in self._flagged.values():
            numbers.discard(number)

    def number(self, full: str) -> int:
        """The number of a file by its path; -1 where it is none of these."""
        return self._numbers.get(full, -1)

    def numbers(self) -> set[int]:
        """The numbers of all files."""
        return set(self._files)

    def files(self) -> Iterable[SourceFile]:
        """All files."""
        return self._files.values()

    def file(self, number: int) -> SourceFile:
        """The file of a number."""
        return self._files[number]

    def flags(self, full: str) -> bytes | None:
        """The flags of a file's traits; None where it is none of these."""
        return self._flags.get(self._numbers.get(full, -1))

    def with_flag(self, flag: bytes) -> list[tuple[str, bytes]]:
        """(path, hash of the content) of the files with a flag, in order."""
        numbers = [number for number, flags in self._flags.items() if flag in flags]
        rows = (self._fresh[number] if number in self._fresh else self._kept.rows[number] for number in numbers)
        return sorted((self._files[number].full, row[2]) for number, row in zip(numbers, rows, strict=True))

    def text(self, number: int) -> str:
        """What a file holds, read once; raises OSError and UnicodeError."""
        if number not in self._texts:
            self._texts[number] = decode(self._files[number].read())
        return self._texts[number]

    def text_of(self, full: str) -> str | None:
        """What a file holds, where it was read already."""
        return self._texts.get(self._numbers.get(full, -1))

    def bearing_on(self, wanted: Wanted) -> set[int]:
        """The files that can bear on what is wanted; the text of one is read where its traits alone do not tell.

        A word is found where it stands by itself: `web` in `web.shop`, not in `web-peers` or `my.web`. Words with other signs
        (`system:node`) are few, and looked for one by one.
        """
        flagged = self._flagged
        found = self._with_any(wanted.words) | flagged[UNNAMED]
        found.update(number for number, file in self._files.items() if file.full.endswith(_KUSTOMIZATIONS))
        found |= flagged[DEFINES] & self._with_any(wanted.kinds)
        of_spaces = self._with_any(wanted.spaces)
        found |= flagged[SPACES] if wanted.chooses else flagged[SPACES] & of_spaces
        found |= flagged[LIMITS] & of_spaces
        if wanted.is_in_default:
            found |= flagged[LIMITS] - flagged[PLACED]  # limits of no namespace that they name
        for parts in wanted.parts:
            every = [self._with(part) for part in parts]  # none of a word of signs alone, which may stand in any
            having = set.intersection(*every) if every else set(self._files)
            found.update(number for number in having - found if self._says(number, wanted))
        return found

    def _with_any(self, words: Iterable[bytes]) -> set[int]:
        return set().union(*map(self._with, words))

    def _with(self, word: bytes) -> set[int]:
        """The files with a word."""
        numbers = {*self._kept.with_word(word), *self._words.get(word.decode("utf-8", "surrogatepass"), ())}
        return {number for number in numbers if number in self._files}

    def _says(self, number: int, wanted: Wanted) -> bool:
        try:
            return wanted.finds_odd(self.text(number))
        except (OSError, UnicodeError):
            return False

    def parsed(self, number: int) -> Source | None:
        """What a file reads as, where that was kept; raises OSError and UnicodeError where it cannot be read."""
        values = self._kept.values(number)
        return _source(self._files[number].path, self.text(number), values) if values else None

    def keep(self, number: int, read: Source) -> None:
        """Keep what a file reads as."""
        if self._entry is not None and not self._kept.values(number):
            values = _values(read)
            if values:
                self._values[number] = values

    def save(self) -> None:
        """Keep what was worked out for the next run, where it is worth it; of files that were not looked at nothing is kept."""
        fresh = sum(1 for row in self._fresh.values() if row[1])
        if self._entry is None or fresh + len(self._values) < _WORTH:
            return
        pieces = self._pieces()
        if sum(map(len, pieces)) <= _MOST_BYTES:
            try:
                kept.put(self._entry, *pieces)
            except OSError:
                return  # no room, no home: the run itself goes on

    def _pieces(self) -> list[bytes]:
        """The entry: its head, a table of the files, the words, the values."""
        news: dict[int, int] = {}  # number now -> in the entry
        table: list[bytes] = []
        of_values: list[bytes] = []
        at = 0
        for number in self._files:
            row = self._fresh[number] if number in self._fresh else self._kept.rows[number]
            if not row[1]:
                continue
            values = self._values.get(number) or self._kept.values(number)
            piece = kept.hashed(values) + values if values else b""
            news[number] = len(news)
            table += (*row[:4], b"%d" % at, b"%d" % len(piece))
            of_values.append(piece)
            at += len(piece)
        words = b"\n".join(sorted(self._lines(news)))
        rows = b"\0".join(table)
        head = b"%s %s %d %d\n" % (_MAGIC, kept.hashed(rows + words), len(rows), len(words))
        return [head, rows, words, *of_values]

    def _lines(self, news: dict[int, int]) -> list[bytes]:
        """A line for each word: itself, and the numbers of the files that have it."""
        found = {word.encode("utf-8", "surrogatepass"): numbers for word, numbers in self._words.items()}
        every = self._kept.every_word()
        for word, numbers in found.items():
            every[word] = [*every.get(word, ()), *numbers]
        lines = []
        for word, numbers in every.items():
            told = [str(news[number]) for number in numbers if number in news]
            if told:
                lines.append(word + b" " + ",".join(told).encode())
        return lines


_Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
"""Path, state, hash, flags; where its values stand and how many bytes they are."""


class _Kept:
    """An entry: the rows of its files, and its words and values, which are looked at where they are asked for."""

    def __init__(self, rows: Sequence[_Row], data: bytes, words: int, values: int) -> None:
        self.rows = rows
        self.numbers = {os.fsdecode(row[0]): number for number, row in enumerate(rows)}
        self._data = data
        self._words, self._values = words, values  # where they begin

    def with_word(self, word: bytes) -> list[int]:
        """The files with a word: the line is found by halving, for lines are in order."""
        low, high = self._words, self._values
        wanted = word + b" "
        data = self._data
        while low < high:
            start = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = data.find(b"\n", start, high)
            end = high if end < 0 else end
            if data.startswith(wanted, start, end):
                return _numbers(data[start + len(wanted) : end], len(self.rows))
            if data[start:end] < wanted:
                low = end + 1
            else:
                high = start
        return []

    def every_word(self) -> dict[bytes, list[int]]:
        """The files with each word."""
        lines = (line.partition(b" ") for line in self._data[self._words : self._values].split(b"\n") if line)
        return {word: _numbers(numbers, len(self.rows)) for word, _, numbers in lines}

    def values(self, number: int) -> bytes:
        """The values of a file; nothing where there are none."""
        if number >= len(self.rows):
            return b""
        try:
            at, size = (int(word) for word in self.rows[number][4:])
        except ValueError:
            return b""
        start = self._values + at
        digest, values = self._data[start : start + 32], self._data[start + 32 : start + size]
        return values if values and kept.hashed(values) == digest else b""


_NOTHING = _Kept((), b"", 0, 0)


def _numbers(told: bytes, most: int) -> list[int]:
    try:
        return [number for number in map(int, told.split(b",")) if 0 <= number < most]
    except ValueError:
        return []


def _read(file: str | None) -> _Kept:
    """An entry; nothing where there is none, where it is broken, or where others can have written it."""
    if file is None:
        return _NOTHING
    try:
        if not kept.is_own(os.path.dirname(file)):
            return _NOTHING
        data = kept.get(file)
        end = data.index(b"\n")
        magic, digest, of_rows, of_words = data[:end].rsplit(b" ", 3)
        words = end + 1 + int(of_rows)
        values = words + int(of_words)
        if magic != _MAGIC or kept.hashed(data[end + 1 : values]) != digest:
            return _NOTHING
        parts = data[end + 1 : words].split(b"\0")
        columns = [parts[at::6] for at in range(6)]
        return _Kept(list(zip(*columns, strict=True)), data, words, values)
    except (OSError, ValueError):
        return _NOTHING


def _values(read: Source) -> bytes:
    """What a file reads as, for the next run; nothing where that is not simple: problems are found anew each time."""
    if read.problems or read.unread:
        return b""
    rows, at = [], 0
    for document in read.documents:
        at = read.text.find(document.text, at)
        if at < 0 or document.marked >= 0 or document.is_torn:
            return b""
        rows.append([document.index, document.line, at, at + len(document.text), document.value])
    found = json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode()
    return found if len(found) <= 4 * len(read.text) + 1000 else b""  # aliases stand for very much


def _source(name: str, text: str, values: bytes) -> Source | None:
    """The inverse of `_values`; None where they are none."""
    try:
        rows = json.loads(values)
        documents = [Document(name, index, line, text[at:end], value) for index, line, at, end, value in rows]
    except (ValueError, TypeError, RecursionError):
        return None
    return Source(text, tuple(documents), ())
