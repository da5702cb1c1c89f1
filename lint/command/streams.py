"""Standard streams that may be closed, full, or left by their reader: a run ends with its exit code, and says what was lost.

What cannot be written is dropped, so that the findings still decide the exit code; only output that was lost for another reason than
a reader who has gone makes a run fail.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubetrial.lint.command.exits import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Lenient(io.RawIOBase):
    """The bytes of a stream, written on to `descriptor`; the first error is kept in `lost`, and what follows is dropped."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.lost: OSError | None = None

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor below."""
        return self.descriptor

    def isatty(self) -> bool:
        """Whether a terminal is below."""
        return os.isatty(self.descriptor)

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as much as the system takes at once; all of it is taken for written once something was lost."""
        size = memoryview(data).nbytes
        if self.lost is None:
            try:
                return os.write(self.descriptor, data)
            except OSError as error:
                self.lost = error
        return size


@contextlib.contextmanager
def guarded() -> Iterator[list[Lenient]]:
    """Standard output and error that never raise; yields the one below standard output, unless a test has put another in its place."""
    _open_closed()
    before = sys.stdout, sys.stderr
    below: list[Lenient] = []
    try:
        for name, stream in (("stdout", before[0]), ("stderr", before[1])):
            buffer = getattr(stream, "buffer", None)
            raw = getattr(buffer, "raw", buffer)  # unbuffered, it is the raw one itself
            if stream is None or not isinstance(raw, io.FileIO):
                continue
            stream.flush()
            lenient = Lenient(raw.fileno())
            text = io.TextIOWrapper(
                io.BufferedWriter(lenient),
                encoding=stream.encoding,
                errors="backslashreplace",
                line_buffering=name == "stderr" or lenient.isatty(),
            )
            setattr(sys, name, text)
            if name == "stdout":
                below.append(lenient)
        yield below
    finally:
        for made in (sys.stdout, sys.stderr):
            if made is not None and made not in before:
                made.flush()
        sys.stdout, sys.stderr = before


def _open_closed() -> None:
    """Give descriptors 0 to 2 that are closed something that takes nothing: a file opened later must not become standard output."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is given first, and those below are taken by now. Read only, so that writing fails and is told.
            opened = os.open(os.devnull, os.O_RDONLY)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            if name != "stdin":
                setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 (lives as long as the process)


def complaint(below: list[Lenient]) -> str:
    """What is to be said about output that was lost; empty where nothing was, or where its reader has just gone."""
    for lenient in below:
        if lenient.lost is not None and lenient.lost.errno not in (errno.EPIPE, errno.ECONNRESET):
            why = (lenient.lost.strerror or str(lenient.lost)).lower()
            closed = lenient.lost.errno == errno.EBADF
            return f"standard output cannot be written: {'it is closed' if closed else why}"
    return ""


def read_input() -> bytes:
    """All of standard input; raises UsageError where there is none."""
    stream = sys.stdin
    if stream is None or getattr(stream, "closed", False):
        raise UsageError("standard input is closed; nothing can be read from it")
    try:
        return stream.buffer.read()
    except (OSError, ValueError) as error:
        raise UsageError(f"standard input cannot be read: {error}") from None
