"""What some work looked at, and whether it would find the same again: what came of the work is said again as long as it would.

The work leaves a list of all that it looked at: each file that it read (size, times, inode, and a hash of the content), each folder that
it listed, each path where it looked whether something stands there. It is heard as audit events: Python's own, and those of witness.py.
Later the file system is asked for these; where only times differ, as after a checkout, the content decides. What changed so shortly
before it was looked at that a second change might not show in its times is always held against its content (git calls such entries
racy). An entry is text with a checksum; a broken one is none.

A run whose output is said again imports this and little else: no json, no re, no contextlib.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence

from kubetrial.lint.files import kept, witness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ABSENT, _FILE, _FOLDER, _LOOK = b"-", b"f", b"d", b"l"
_UNHEARD = frozenset(
    (
        "builtins.id", "code.__new__", "compile", "exec", "import", "marshal.loads", "object.__getattr__", "object.__setattr__",
        "sys._getframe",
    )
)  # fmt: skip
"""What Python announces very often and is no look at anything."""
_WRITES = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "tempfile.mkstemp")
)


class Looks:
    """What some work looked at; `folder` is that of the cache: what else is kept there is no part of the work."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.join(folder, "")
        # (kind, path) -> (state, hash; empty: not yet known)
        self.found: dict[tuple[bytes, str], tuple[bytes, bytes]] = {}
        self.unique = False
        """Whether it depends on what no list can hold."""
        self._real: dict[str, str] = {}  # a folder -> it with links resolved
        self._ours = tuple(
            {os.path.join(path, "") for path in sys.path if path and os.path.isabs(path)}
            | {os.path.join(os.path.dirname(os.path.realpath(witness.__file__)), ""), "/sys/"}
        )

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take in an audit event; what a hook raises would stop the run, so it raises nothing."""
        try:
            if event == witness.LOOKED:
                path = os.path.abspath(arguments[0])
                if (_LOOK, path) not in self.found:
                    self.found[_LOOK, path] = self._seen(path), b""
            elif event == witness.READ:
                path, status, data = arguments
                state = b"" if kept.is_racy(status, kept.now()) else kept.state(status)
                key = _FILE, os.path.abspath(path)
                before, known = self.found.get(key, (b"", b""))
                if not (state and known and state == before):  # else it was read before, as it is
                    self.found[key] = state, kept.hashed(data)
            elif event == witness.KNOWN:
                self.found.update(((_FILE, path), (state, known)) for path, state, known in arguments[0])
            elif event in witness.LISTED:
                self._at(_FOLDER, arguments[0])
            elif event == witness.OPENED:
                self._opened(*arguments)
            elif event in _WRITES and self._is_of_cache(arguments[0]):
                return
            elif event in _WRITES or event.startswith(("subprocess.", "socket.")) or event == witness.UNIQUE:
                self.unique = True
        except (OSError, ValueError, TypeError):
            self.unique = True  # it cannot be known whether it will be the same again

    def add(self, part: Looks) -> None:
        """What a part of the work looked at."""
        for key, value in part.found.items():
            if value[1] or key not in self.found:
                self.found[key] = value
        self.unique = self.unique or part.unique

    def add_fields(self, fields: Sequence[bytes]) -> None:
        """What a part of the work looked at in an earlier run, where it is as it was."""
        for kind, state, known, path in zip(fields[::4], fields[1::4], fields[2::4], fields[3::4], strict=True):
            self.found.setdefault((kind, os.fsdecode(path)), (state, known))

    def fields(self) -> list[bytes]:
        """All of it in one row: (kind, state, hash, path) each; raises OSError where something cannot be read any more."""
        row: list[bytes] = []
        for key, (state, known) in list(self.found.items()):
            kind, path = key
            if not known and kind != _LOOK:
                known = _content(kind, path)
                self.found[key] = state, known
            row += (kind, state, known, os.fsencode(path))
        return row

    def _seen(self, full: str) -> bytes:
        """What `_seen` says of a path, with one question to the file system where its folder is known."""
        folder, name = os.path.split(full)
        try:
            mode = os.lstat(full).st_mode
        except OSError:
            mode = 0
        if not name or stat.S_ISLNK(mode):
            return _seen(full)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        kind = _FOLDER if stat.S_ISDIR(mode) else _FILE if mode else _ABSENT
        real = os.path.join(self._real[folder], name)
        return kind if full == real else kind + os.fsencode(real)

    def _is_of_cache(self, path: Any) -> bool:
        """Whether a path lies in the folder of the cache, or is that or one above it."""
        full = os.path.join(os.path.abspath(os.fsdecode(path)), "")
        return full.startswith(self._folder) or self._folder.startswith(full)

    def _opened(self, path: Any, mode: Any, flags: int) -> None:
        full = os.path.abspath(os.fsdecode(path)) if isinstance(path, (str, bytes)) else ""
        if full.startswith(self._folder):
            return
        if flags & (os.O_WRONLY | os.O_RDWR):
            self.unique = True
        elif full and not full.startswith(self._ours):
            self._at(_FILE, full)

    def _at(self, kind: bytes, path: Any) -> None:
        """A file or folder about to be read; its content is hashed at the end, where it was not announced meanwhile."""
        full = os.path.abspath(os.fsdecode(os.curdir if path is None else path))
        if (kind, full) not in self.found:
            try:
                status = os.stat(full)
            except (FileNotFoundError, NotADirectoryError):
                self.found.setdefault((_LOOK, full), (_ABSENT, b""))
                return
            self.found[kind, full] = (b"" if kept.is_racy(status, kept.now()) else kept.state(status), b"")


_listening: list[Looks] = []
"""Whoever listens, and in it whoever listens to a part of the work: the last one hears, and tells the one before it when it is done."""
_hooked: list[bool] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listening and event not in _UNHEARD:
        _listening[-1].heard(event, arguments)


def listen(looks: Looks) -> None:
    """Hear what the work looks at from now on."""
    if not _hooked:
        sys.addaudithook(_hear)  # it stays for as long as the process does
        _hooked.append(True)
    _listening.append(looks)


def listened() -> Looks:
    """Stop listening; what was heard is heard by whoever listens to the whole of the work too."""
    looks = _listening.pop()
    if _listening:
        _listening[-1].add(looks)
    return looks


def answer(file: str | None, work: Callable[[], bytes]) -> bytes:
    """What some work gives, kept in a file of the cache with all that it looked at; None: nothing is kept.

    The name of the file says what else decides it. The work is done where it would not look at the same any more.
    """
    if file is None:
        return work()
    found = known(file, _ANSWER)
    if found is not None:
        return found[1]
    looks = Looks(os.path.dirname(file))
    listen(looks)
    try:
        answer = work()
        keep(file, _ANSWER, looks, answer)
    finally:
        listened()  # behind it: what was hashed for the entry is hashed for the whole too
    return answer


def keep(file: str, magic: bytes, looks: Looks, answer: bytes) -> None:
    """Keep what some work gave, where it can be kept: the work itself is done."""
    if not looks.unique:
        try:
            write(file, magic, (), looks.fields(), answer)
        except OSError:
            return  # no room, no home, a file that is gone


_ANSWER = b"kubetrial answer 1"


def known(file: str, magic: bytes) -> tuple[list[bytes], bytes] | None:
    """(what was looked at, what came of it) of an entry that still holds; it counts as looked at now."""
    found = recalled(file, magic)
    if found is None:
        return None
    if _listening:
        _listening[-1].add_fields(found[1])
    return found[1:]


def recalled(file: str, magic: bytes) -> tuple[list[int], list[bytes], bytes] | None:
    """(numbers, what was looked at, what came of it) of an entry that still holds."""
    try:
        if not kept.is_own(os.path.dirname(file)):
            return None
        head, _, body = kept.get(file).partition(b"\n")
        if not head.startswith(magic + b" "):
            return None
        digest, *words = head[len(magic) + 1 :].split(b" ")
        if kept.hashed(body) != digest:
            return None
        *numbers, ends = map(int, words)
        fields = body[:ends].split(b"\0")[:-1]
        fresh = _still_hold(fields)
        if fresh is None:
            return None
        if fresh != fields:  # the content proved them: by their new times they are known faster
            write(file, magic, numbers, fresh, body[ends:])
        return numbers, fresh, body[ends:]
    except (OSError, ValueError):
        return None


def write(file: str, magic: bytes, numbers: Iterable[int], fields: Sequence[bytes], *answer: bytes) -> None:
    """Put an entry in place; raises OSError."""
    depends = b"".join(field + b"\0" for field in fields)
    body = b"".join((depends, *answer))
    words = b" ".join(b"%d" % number for number in (*numbers, len(depends)))
    kept.put(file, b"%s %s %s\n" % (magic, kept.hashed(body), words), body)


def _still_hold(fields: list[bytes]) -> list[bytes] | None:
    """The fields with their times of now, or None where one has changed."""
    fresh = None
    now = kept.now()
    for at in range(0, len(fields), 4):
        kind, state, known, path = fields[at : at + 4]
        if kind == _LOOK:
            if state != (_kind(path) if len(state) == 1 else _seen(os.fsdecode(path))):
                return None
            continue
        status = os.stat(path)
        if state == kept.state(status):
            continue
        if _content(kind, path) != known:
            return None
        if not kept.is_racy(status, now):
            fresh = fresh or list(fields)
            fresh[at + 1] = kept.state(status)
    return fresh or fields


def _kind(path: bytes | str) -> bytes:
    return _FOLDER if os.path.isdir(path) else _FILE if os.path.exists(path) else _ABSENT


def _seen(path: str) -> bytes:
    """What stands at a path; where links led there, also where."""
    full, real = os.path.abspath(path), os.path.realpath(path)
    return _kind(full) if full == real else _kind(full) + os.fsencode(real)


def _content(kind: bytes, path: bytes | str) -> bytes:
    """The hash of a file's content, or of the names in a folder and what they are; raises OSError."""
    if kind == _FILE:
        from kubetrial.lint.files.read import read

        return kept.hashed(read(os.fsdecode(path)))
    with os.scandir(os.fsencode(path)) as listing:
        rows = [entry.name + b"/%d%d" % (entry.is_dir(), entry.is_symlink()) for entry in listing]
    return kept.hashed(b"\0".join(sorted(rows)))
