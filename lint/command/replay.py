"""What a run said, said again while nothing that it looked at has changed: an unchanged repository costs little more than start-up.

A run is known by its words, its place and its environment. With its output it leaves a list of all that it looked at: each file that it
read (size, times, inode, and a hash of the content), each folder that it listed, each path where it looked whether something stands
there. A later run of the same words asks the file system for these; where all are as they were, the output is written again. Where only
times differ, as after a checkout, the content decides. What changed so shortly before it was looked at that a second change might not
show in its times is always held against its content (git calls such entries racy).

Nothing is kept of runs that depend on what is no file (standard input, git, today's date, rules in Python), that write files, or that
fail. Entries are text with a checksum: a broken one is no entry. The folder is the user's; one inside of the repository that is checked,
or one that others may write to, is not used.

Start-up is all that such a run costs, so this imports next to nothing: no json, no re, no argparse.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from io import BufferedIOBase, TextIOWrapper

from kubetrial.lint.command import streams
from kubetrial.lint.files import kept, witness
from kubetrial.lint.files.kept import blake2b
from kubetrial.lint.files.kept import hashed as _hash
from kubetrial.lint.files.kept import is_own as _is_own
from kubetrial.lint.files.kept import is_racy as _is_racy
from kubetrial.lint.files.kept import now as _now
from kubetrial.lint.files.kept import state as _state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COMMANDS = ("check", "build")
"""The commands whose output depends on files alone."""
ENVIRONMENT = (
    "COLUMNS",
    "CI_PROJECT_DIR",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "GITHUB_WORKFLOW",
    "GITHUB_WORKSPACE",
    "NO_COLOR",
    "TERM",
)
"""The variables that a run reads, beside all that begin with KUBETRIAL_."""
CACHE_DIR = "KUBETRIAL_CACHE_DIR"
MOST_BYTES = kept.MOST_BYTES
"""So much is kept; the oldest entries go first."""
_MOST_OUTPUT = 16 << 20
_MAGIC = b"kubetrial replay 1"
_ABSENT, _FILE, _FOLDER, _LOOK = b"-", b"f", b"d", b"l"


def through(words: Sequence[str], run: Callable[[Sequence[str]], int]) -> int:
    """The exit code of a command, whose output is on the standard streams: said again from the cache, or run."""
    folder = folder_of(words)
    if folder is None or not words or words[0] not in COMMANDS or os.environ.get("GITHUB_STEP_SUMMARY"):
        return run(words)
    if not all(hasattr(stream, "buffer") for stream in (sys.stdout, sys.stderr)):
        return run(words)
    try:
        file = os.path.join(folder, _name(words))
    except (OSError, ValueError):
        return run(words)  # of a program in an archive nobody knows whether it would answer otherwise now
    known = _recalled(file)
    if known is None:
        return _recorded(words, run, folder, file)
    code, out, err = known
    try:
        for stream, data in ((sys.stderr, err), (sys.stdout, out)):
            stream.buffer.write(data)
            stream.flush()
    except BrokenPipeError:  # the reader has gone; what was found still counts
        streams.drop_output()
    return code


def folder_of(words: Sequence[str]) -> str | None:
    """The folder of the cache for a run, or None where it has none; it may not be there yet."""
    chosen = os.environ.get(CACHE_DIR, default_folder())
    for number, word in enumerate(words):
        name, _, value = word.partition("=")
        if len(name) > 4 and "--no-cache".startswith(name):
            return None
        if len(name) > 4 and "--cache-dir".startswith(name):
            chosen = value or (words[number + 1] if number + 1 < len(words) else "")
    if not chosen:
        return None
    folder = os.path.realpath(chosen)
    return None if _is_of_repository(folder) else folder


def default_folder() -> str:
    """Where the platform keeps caches of a user (as platformdirs has it, whose import costs as much as a whole replay); "" for none."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return os.path.join(local, "kubetrial", "Cache") if local else ""
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return ""
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "kubetrial")
    given = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(given if os.path.isabs(given) else os.path.join(home, ".cache"), "kubetrial")


def cleaned(folder: str) -> int:
    """Remove all entries of a cache; how many there were."""
    removed = 0
    for _, _, path in _entries(folder):
        try:
            os.unlink(path)
            removed += 1
        except OSError:
            continue
    return removed


def _is_of_repository(folder: str) -> bool:
    """Whether a folder lies in the repository around the working directory, which may hold what strangers wrote."""
    at = os.path.realpath(os.curdir)
    while True:
        if os.path.exists(os.path.join(at, ".git")):
            return folder == at or folder.startswith(at.rstrip(os.sep) + os.sep)
        above = os.path.dirname(at)
        if above == at:
            return False
        at = above


def _name(words: Sequence[str]) -> str:
    """The name of the entry for a run: a hash of all that decides it and is no file of the user's."""
    told = [name for name in os.environ if name in ENVIRONMENT or name.startswith("KUBETRIAL_")]
    parts = [
        *(f"{name}={os.environ[name]}" for name in sorted(told)),
        *(f"{stream.isatty()} {stream.encoding} {stream.errors}" for stream in (sys.stdout, sys.stderr)),
        sys.version,
        os.getcwd(),
        *words,
    ]
    hashed = blake2b(digest_size=20)
    hashed.update(_installation())
    for part in parts:
        hashed.update(os.fsencode(part) + b"\0")
    return hashed.hexdigest()


def _installation() -> bytes:
    """What of this program could answer otherwise after a change: the states of all its files."""
    hashed = blake2b(digest_size=20)
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    pending = [os.path.join(package, name) for name in ("lint", "rules", "schemas")]
    while pending:
        with os.scandir(pending.pop()) as listing:
            for entry in listing:
                if entry.name[0] == "." or entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    pending.append(entry.path)
                else:
                    status = entry.stat()
                    hashed.update(f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode("utf-8", "replace"))
    return hashed.digest()


# --- recall -------------------------------------------------------------------------------------------------------------------


def _recalled(file: str) -> tuple[int, bytes, bytes] | None:
    """(exit code, standard output, standard error) of an entry that still holds."""
    try:
        if not _is_own(os.path.dirname(file)):
            return None
        head, _, body = kept.get(file).partition(b"\n")
        magic, digest, code, depends, out = head.rsplit(b" ", 4)
        if magic != _MAGIC or _hash(body) != digest:
            return None
        ends = int(depends)
        fields = body[:ends].split(b"\0")[:-1]
        fresh = _still_hold(fields)
        if fresh is None:
            return None
        said, complained = body[ends : ends + int(out)], body[ends + int(out) :]
        if fresh != fields:  # the content proved them: by their new times they are known faster
            _write(file, fresh, int(code), said, complained)
        return int(code), said, complained
    except (OSError, ValueError):
        return None


def _still_hold(fields: list[bytes]) -> list[bytes] | None:
    """The dependencies with their times of now, or None where one has changed: (kind, state, hash, path) each, in one row."""
    fresh = None
    now = _now()
    for at in range(0, len(fields), 4):
        kind, state, known, path = fields[at : at + 4]
        if kind == _LOOK:
            if state != (_kind(path) if len(state) == 1 else _seen(os.fsdecode(path))):
                return None
            continue
        status = os.stat(path)
        if state == _state(status):
            continue
        if _content(kind, path) != known:
            return None
        if not _is_racy(status, now):
            fresh = fresh or list(fields)
            fresh[at + 1] = _state(status)
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

        return _hash(read(os.fsdecode(path)))
    with os.scandir(os.fsencode(path)) as listing:
        rows = [entry.name + b"/%d%d" % (entry.is_dir(), entry.is_symlink()) for entry in listing]
    return _hash(b"\0".join(sorted(rows)))


# --- record -------------------------------------------------------------------------------------------------------------------


class _Copied(BufferedIOBase):
    """A stream that keeps a copy of what goes through it."""

    def __init__(self, to: Any) -> None:
        self._to = to
        self.kept = bytearray()
        self.failed = False  # what it keeps may be more than what arrived

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.kept += data
        self.failed = True
        self._to.write(data)
        self.failed = False
        return len(data)

    def flush(self) -> None:
        failed, self.failed = self.failed, True
        self._to.flush()
        self.failed = failed

    def isatty(self) -> bool:
        return bool(self._to.isatty())

    def fileno(self) -> int:
        return int(self._to.fileno())


_UNHEARD = frozenset(
    (
        "builtins.id", "code.__new__", "compile", "exec", "import", "marshal.loads", "object.__getattr__", "object.__setattr__",
        "sys._getframe",
    )
)  # fmt: skip
"""What Python announces very often and is no look at anything."""


class _Looks:
    """What a run looked at, as the audit events of Python and of witness.py tell it."""

    def __init__(self, folder: str) -> None:
        self._folder = os.path.join(folder, "")  # of the cache itself: what else is kept there is no part of the run
        self.found: dict[
            tuple[bytes, str], tuple[bytes, bytes]
        ] = {}  # (kind, path) -> (state, hash; empty: not yet known)
        self.unique = False
        self.listens = True
        self._ours = tuple(
            {os.path.join(path, "") for path in sys.path if path and os.path.isabs(path)}
            | {os.path.join(os.path.dirname(os.path.realpath(witness.__file__)), ""), "/sys/"}
        )

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The hook; what it raises would stop the run, so it raises nothing."""
        if event in _UNHEARD or not self.listens:
            return
        try:
            if event == witness.LOOKED:
                path = os.path.abspath(arguments[0])
                if (_LOOK, path) not in self.found:
                    self.found[_LOOK, path] = _seen(path), b""
            elif event == witness.READ:
                path, status, data = arguments
                self.found[_FILE, os.path.abspath(path)] = (
                    b"" if _is_racy(status, _now()) else _state(status),
                    _hash(data),
                )
            elif event == witness.KNOWN:
                path, state, known = arguments
                self.found[_FILE, path] = state, known
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
            self.found[kind, full] = (b"" if _is_racy(status, _now()) else _state(status), b"")

    def fields(self) -> list[bytes]:
        """The dependencies in one row; raises OSError where one cannot be read any more."""
        row: list[bytes] = []
        for (kind, path), (state, known) in self.found.items():
            content = known or (b"" if kind == _LOOK else _content(kind, path))
            row += (kind, state, content, os.fsencode(path))
        return row


_WRITES = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "tempfile.mkstemp")
)


def _recorded(words: Sequence[str], run: Callable[[Sequence[str]], int], folder: str, file: str) -> int:
    """Run a command, and keep what it said and what it looked at."""
    looks = _Looks(folder)
    sys.addaudithook(looks.heard)
    copies = [_Copied(stream.buffer) for stream in (sys.stdout, sys.stderr)]
    before = sys.stdout, sys.stderr
    for stream in before:
        stream.flush()
    sys.stdout, sys.stderr = (
        TextIOWrapper(copy, stream.encoding, stream.errors, write_through=True)  # type: ignore[type-var]
        for copy, stream in zip(copies, before, strict=True)
    )
    try:
        code = run(words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        looks.listens = False
        sys.stdout, sys.stderr = before
    out, err = (bytes(copy.kept) for copy in copies)
    lost = any(copy.failed for copy in copies)
    if code in (0, 1) and not looks.unique and not lost and len(out) + len(err) <= _MOST_OUTPUT:
        try:
            _write(file, looks.fields(), code, out, err)
            _bounded(folder)
        except OSError:
            pass  # no room, no home, a file that is gone: the run itself is done
    return code


def _write(file: str, fields: list[bytes], code: int, out: bytes, err: bytes) -> None:
    """Put an entry in place; raises OSError."""
    depends = b"".join(field + b"\0" for field in fields)
    body = depends + out + err
    kept.put(file, b"%s %s %d %d %d\n" % (_MAGIC, _hash(body), code, len(depends), len(out)), body)


def _entries(folder: str) -> list[tuple[int, int, str]]:
    """(time, bytes, path) of the entries, oldest first."""
    found = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                name = entry.name.partition(".")[0]
                if len(name) == 40 and not name.strip("0123456789abcdef") and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime_ns, status.st_size, entry.path))
    except OSError:
        return []
    return sorted(found)


def _bounded(folder: str) -> None:
    """Let the oldest entries go where the cache has grown too large."""
    entries = _entries(folder)
    total = sum(size for _, size, _ in entries)
    for _, size, path in entries:
        if total <= MOST_BYTES:
            return
        try:
            os.unlink(path)
            total -= size
        except OSError:
            continue
