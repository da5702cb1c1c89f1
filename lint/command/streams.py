"""Standard streams that are closed, full, or read by nobody any more."""

from __future__ import annotations

import errno
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # a run that is said again loads neither typing nor contextlib
    from typing import Any


class Gone(Exception):
    """The reader of standard output has gone; `code` is how the command ends all the same."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class _Nowhere(io.RawIOBase):
    """A standard stream that was closed: what is written is lost, and that is kept in mind."""

    lost = False

    def writable(self) -> bool:
        """It takes everything."""
        return True

    def write(self, data: Any, /) -> int:
        """Lose it."""
        self.lost = True
        return len(data)


_nowhere = _Nowhere()


def refuse_nowhere() -> None:
    """Raise OSError where something was said on a standard output that is closed: nobody may take that for success."""
    if _nowhere.lost:
        raise OSError(errno.EBADF, "standard output is closed")


_started_nowhere = False


def started_nowhere() -> bool:
    """Whether the working folder was deleted before the command began: relative paths mean nothing then."""
    return _started_nowhere


def prepare() -> None:
    """Give the command streams that can be written to, whatever it was started with, and a working folder."""
    global _nowhere, _started_nowhere
    _nowhere.lost = False  # of an earlier command; its stream may be the one in place, as the entry point prepares too
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed: what is said is lost, what is found still shows in the exit code
            nowhere = _Nowhere()
            if name == "stdout":
                _nowhere = nowhere
            setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(nowhere), encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # of ASCII and other narrow encodings
    try:
        os.getcwd()
    except OSError:
        _started_nowhere = True
        os.chdir(os.path.abspath(os.sep))  # the working folder was deleted; absolute paths still mean something


def drop_output() -> None:
    """Write to nowhere from now on, so that Python does not flush into the closed pipe or the full disk at its end."""
    import contextlib

    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
