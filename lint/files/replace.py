"""Writing a file as a whole or not at all: a full disk or an interruption leaves the old file as it was."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable


def write_whole(path: str, pieces: Iterable[bytes]) -> None:
    """Put the pieces in place of a file; raises OSError, and then the old file is still there.

    Mode and owner of the old file are kept, and a symbolic link stays one. Devices and pipes, such as /dev/stdout, are written
    into directly.
    """
    import tempfile

    path = os.path.realpath(path)
    try:
        old: os.stat_result | None = os.stat(path)
    except FileNotFoundError:
        old = None
    if old is not None and not stat.S_ISREG(old.st_mode):
        with open(path, "wb") as stream:
            stream.writelines(pieces)
        return
    if old is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "it is read-only", path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".kubetrial-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.writelines(pieces)
            out.flush()
            os.fsync(out.fileno())
        _like(temporary, old)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _like(path: str, status: os.stat_result | None) -> None:
    """Give a new file the mode of another, and its owner where that is allowed; without another, the mode that files usually have."""
    if status is None:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(path, 0o666 & ~mask)
        return
    made = os.stat(path)
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
        with contextlib.suppress(OSError):  # only root may; the content matters more
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
