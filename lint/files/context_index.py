"""The traits of a repository's files, kept between runs: a hook on one file looks at the times of the others and reads almost none.

An entry is known by the root of the repository. A file that is as it was (size, times, inode) is taken to hold what it held then; any
other is read anew. Of those that could bear on others before, it also holds their values as JSON, which is read ten times as fast. A
broken entry is none.
"""

from __future__ import annotations

import json
import os

from kubetrial.lint.files import kept, witness
from kubetrial.lint.files.context import FileTraits, traits
from kubetrial.lint.files.discover import SourceFile
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import Source, decode

_MAGIC = b"kubetrial context 2"
"""Another number where what the traits are made of changes, or how YAML is read."""
_MOST_BYTES = 32 << 20
"""A larger entry is not kept."""
_WORTH = 16
"""So many files that were read anew are worth writing the entry again."""


class ContextIndex:
    """The traits of files by their full paths: those that were kept, and those that were worked out in this run."""

    def __init__(self, folder: str | None, root: str) -> None:
        """`folder` is that of the cache; None: nothing is kept."""
        self._file = None if folder is None else os.path.join(folder, kept.name_of(b"context", os.fsencode(root)))
        # path -> (state, hash, flags, words, values or nothing)
        self._rows = {} if self._file is None else _read(self._file)
        self._fresh = 0
        self.traits: dict[str, FileTraits] = {}
        self.texts: dict[str, str] = {}
        """Of the files that were read and can bear on the given ones."""

    @property
    def is_kept(self) -> bool:
        """Whether there is a place to keep it in."""
        return self._file is not None

    def look(self, file: SourceFile) -> tuple[FileTraits, str | None]:
        """The traits of a file, and its text where it was read for them; raises OSError and UnicodeError."""
        key = os.fsencode(file.full)
        row = self._rows.get(key)
        status = os.stat(file.full)
        if row is not None and row[0] == kept.state(status):
            witness.known(file.full, row[0], row[1])
            found, text = FileTraits(row[3], row[2]), None
        else:
            data = file.read()
            text = decode(data)
            found = traits(text)
            if self._file is not None:
                self._rows.pop(key, None)
                if not kept.is_racy(status, kept.now()):
                    self._rows[key] = kept.state(status), kept.hashed(data), found.flags, found.words, b""
                    self._fresh += 1
        self.traits[file.full] = found
        return found, text

    def parsed(self, file: SourceFile, text: str) -> Source | None:
        """What a file reads as, where that was kept; `text` is what it holds."""
        row = self._rows.get(os.fsencode(file.full))
        return None if row is None or not row[4] else _source(file.path, text, row[4])

    def keep(self, file: SourceFile, read: Source) -> None:
        """Keep what a file reads as."""
        key = os.fsencode(file.full)
        row = self._rows.get(key)
        values = _values(read) if row is not None and not row[4] else b""
        if row is not None and values:
            self._rows[key] = (*row[:4], values)
            self._fresh += 1

    def save(self) -> None:
        """Keep what was worked out for the next run, where it is worth it; of files that were not looked at nothing is kept."""
        if self._file is None or self._fresh < _WORTH:
            return
        seen = {os.fsencode(path) for path in self.traits}
        body = b"\0".join(b"\0".join((key, *row)) for key, row in self._rows.items() if key in seen)
        if len(body) <= _MOST_BYTES:
            try:
                kept.put(self._file, b"%s %s\n" % (_MAGIC, kept.hashed(body)), body)
            except OSError:
                return  # no room, no home: the run itself goes on


_Row = tuple[bytes, bytes, bytes, bytes, bytes]


def _read(file: str) -> dict[bytes, _Row]:
    """The rows of an entry; none where there is none, where it is broken, or where others can have written it."""
    try:
        if not kept.is_own(os.path.dirname(file)):
            return {}
        head, _, body = kept.get(file).partition(b"\n")
    except OSError:
        return {}
    if head != b"%s %s" % (_MAGIC, kept.hashed(body)):
        return {}
    parts = body.split(b"\0")
    if len(parts) % 6:
        return {}
    columns = (parts[at::6] for at in range(1, 6))
    return dict(zip(parts[::6], zip(*columns, strict=True), strict=True))


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
