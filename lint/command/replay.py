"""What a run said, said again while nothing that it looked at has changed: an unchanged repository costs little more than start-up.

A run is known by its words, its place and its environment. With its output it leaves a list of all that it looked at (looks.py in
lint/files). A later run of the same words asks the file system for these; where all are as they were, the output is written again.

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
from kubetrial.lint.files import kept, looks
from kubetrial.lint.files.kept import blake2b
from kubetrial.lint.files.kept import installation as _installation

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
_MAGIC = b"kubetrial replay 2"


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


def cache_folder(arguments: Any) -> str | None:
    """The folder of the cache by the options of a command; None: nothing is kept."""
    if arguments.no_cache:
        return None
    return folder_of(["--cache-dir", arguments.cache_dir] if arguments.cache_dir else [])


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


def _recalled(file: str) -> tuple[int, bytes, bytes] | None:
    """(exit code, standard output, standard error) of an entry that still holds."""
    known = looks.recalled(file, _MAGIC)
    if known is None or len(known[0]) != 2:
        return None
    (code, out), _, said = known
    return code, said[:out], said[out:]


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


def _recorded(words: Sequence[str], run: Callable[[Sequence[str]], int], folder: str, file: str) -> int:
    """Run a command, and keep what it said and what it looked at."""
    looks.listen(looks.Looks(folder))
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
        heard = looks.listened()
        sys.stdout, sys.stderr = before
    out, err = (bytes(copy.kept) for copy in copies)
    lost = any(copy.failed for copy in copies)
    if code in (0, 1) and not heard.unique and not lost and len(out) + len(err) <= _MOST_OUTPUT:
        try:
            _write(file, heard.fields(), code, out, err)
            _bounded(folder)
        except OSError:
            pass  # no room, no home, a file that is gone: the run itself is done
    return code


def _write(file: str, fields: list[bytes], code: int, out: bytes, err: bytes) -> None:
    """Put an entry in place; raises OSError."""
    looks.write(file, _MAGIC, (code, len(out)), fields, out, err)


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
