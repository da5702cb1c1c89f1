"""What is kept in the user's cache: how a file is known again, and how an entry is put in place.

A file is what it was where size, times and inode are; what changed so shortly before it was looked at that a second change might not
show in its times is never taken to be known by them (git calls such entries racy). Entries are written whole or not at all, and only
into a folder that nobody else may write to. This imports next to nothing: a run that is said again costs little more than start-up.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

try:  # hashlib brings OpenSSL along, which takes longer than all else here
    from _blake2 import blake2b as blake2b
except ImportError:  # pragma: no cover - other Pythons
    from hashlib import blake2b as blake2b

MOST_BYTES = 64 << 20
"""So much is kept in all, and so no entry is larger."""
_RACY = 2_000_000_000
"""Nanoseconds: file systems with coarse clocks count times in steps of two seconds."""


def hashed(data: bytes) -> bytes:
    """The hash of a content; that of the last small one is remembered, for what is read is often asked about twice in a row."""
    if data is _last[0]:
        return _last[1]
    found = blake2b(data, digest_size=16).hexdigest().encode()
    if len(data) < _SMALL:
        _last[:] = data, found
    return found


_SMALL = 1 << 20
_last = [b"", blake2b(b"", digest_size=16).hexdigest().encode()]


def name_of(*parts: bytes) -> str:
    """The name of an entry that is known by some words."""
    found = blake2b(digest_size=20)
    for part in parts:
        found.update(part + b"\0")
    return found.hexdigest()


def installation() -> bytes:
    """What of this program could answer otherwise after a change: the states of all its files; raises OSError where it has none."""
    if not _installation:
        found = blake2b(digest_size=20)
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
                        told = f"{entry.path}\0{status.st_size}\0{status.st_mtime_ns}\0"
                        found.update(told.encode("utf-8", "replace"))
        _installation.append(found.digest())
    return _installation[0]


_installation: list[bytes] = []
"""It is asked for once: what changes while a process runs is not what runs."""


def entry(folder: str | None, *parts: bytes) -> str | None:
    """The file in a folder of the cache that is known by some words, this program and this Python; None where nothing can be kept."""
    if folder is None:
        return None
    try:
        return os.path.join(folder, name_of(installation(), sys.version.encode(), *parts))
    except OSError:
        return None


def state(status: os.stat_result) -> bytes:
    """What tells that a file has not changed."""
    return b"%d %d %d %d" % (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def is_racy(status: os.stat_result, looked: int) -> bool:
    """Whether a file changed so shortly before a moment that its times may not show the next change."""
    return max(status.st_mtime_ns, status.st_ctime_ns) > looked - _RACY


def now() -> int:
    """The moment in nanoseconds."""
    return time.time_ns()


def is_own(folder: str) -> bool:
    """Whether only the user can have written what a folder holds; raises OSError where there is none."""
    status = os.stat(folder)
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def get(file: str) -> bytes:
    """What an entry holds; raises OSError for what is no regular file, which is not waited for, or is larger than any entry."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            raise OSError(errno.EINVAL, "no entry of a cache")
        return stream.read(status.st_size)  # not of MOST_BYTES, for which Python would make room


def put(file: str, *pieces: bytes) -> None:
    """Put an entry in place, whole or not at all; raises OSError."""
    folder = os.path.dirname(file)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not is_own(folder):
        return
    temporary = f"{file}.{os.getpid()}"
    try:
        with open(temporary, "xb") as stream:
            for piece in pieces:
                stream.write(piece)
        os.replace(temporary, file)
    except OSError:
        _removed(temporary)
        raise


def _removed(file: str) -> None:
    try:
        os.unlink(file)
    except OSError:
        return  # it was never there
