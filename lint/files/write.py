"""Writing reports: a file is replaced whole or stays as it was."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable


def replace(path: str, pieces: Iterable[str]) -> None:
    """Write a text file at once, beside and renamed, so that a full disk leaves the old one; raises OSError.

    What is no regular file (`/dev/stdout`, a pipe) is written to as it stands.
    """
    real = os.path.realpath(path)
    if os.path.exists(real) and not os.path.isfile(real):
        with open(path, "w", encoding="utf-8", newline="\n", errors="backslashreplace") as out:
            out.writelines(pieces)
        return
    import tempfile  # few runs write a file

    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(real) or ".", prefix=".kubetrial-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n", errors="backslashreplace") as out:
            out.writelines(pieces)
        os.chmod(temporary, _mode(real))
        os.replace(temporary, real)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    """The mode of the file that is replaced, or what a new file gets."""
    try:
        return os.stat(path).st_mode & 0o7777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
