"""Standard streams that are closed, full, or read by nobody any more."""

from __future__ import annotations

import contextlib
import os
import sys


class Gone(Exception):
    """The reader of standard output has gone; `code` is how the command ends all the same."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


_started_nowhere = False


def started_nowhere() -> bool:
    """Whether the working folder was deleted before the command began: relative paths mean nothing then."""
    return _started_nowhere


def prepare() -> None:
    """Give the command streams that can be written to, whatever it was started with, and a working folder."""
    global _started_nowhere
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed: what is said is lost, what is found still shows in the exit code
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # of ASCII and other narrow encodings
    try:
        os.getcwd()
    except OSError:
        _started_nowhere = True
        os.chdir(os.path.abspath(os.sep))  # the working folder was deleted; absolute paths still mean something


def drop_output() -> None:
    """Write to nowhere from now on, so that Python does not flush into the closed pipe or the full disk at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
