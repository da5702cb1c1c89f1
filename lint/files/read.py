"""The one reader of files: bounded, and never waiting for a device, a FIFO or another program."""

from __future__ import annotations

import errno
import os
import stat

from kubetrial.lint.files import witness

MOST_BYTES = 256 << 20
"""A larger file is not read; what is not cut by then is no manifest."""
STREAMS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""How the shell names its streams."""
MOST_SETTINGS = 4 << 20
"""The same for files that steer a run: .gitignore, configurations, baselines."""


def read(path: str, most: int = MOST_BYTES) -> bytes:
    """What a regular file holds; raises OSError for anything else, and for one that is too large."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", path)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", path)
        if status.st_size > most:
            raise _too_large(path, most)
        data = _held(handle, status.st_size, most)
        if data is None:  # /proc has files that call themselves regular and have to be waited for
            raise OSError(errno.EINVAL, "it is no regular file", path)
        if len(data) > most:
            raise _too_large(path, most)
        return witness.read(path, status, data)
    finally:
        os.close(handle)


def _held(handle: int, size: int, most: int) -> bytes | None:
    """What an open file holds, one byte more than `most` at the most; None where it would have to be waited for.

    A file mostly has the size that it says, and one call reads it.
    """
    data = os.read(handle, size + 1) if size else b""
    if data and len(data) == size:
        return data
    with os.fdopen(handle, "rb", closefd=False) as stream:
        rest = stream.read(most + 1 - len(data))
    return None if rest is None else data + rest


def read_stream(path: str, most: int = MOST_BYTES) -> bytes:
    """What a stream of the shell gives, such as `<(helm template .)`; raises OSError."""
    witness.unique("a stream")
    with open(path, "rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise _too_large(path, most)
    return data


def read_given(path: str, most: int = MOST_BYTES) -> bytes:
    """What a file holds that the user names, be it a stream of the shell; raises OSError."""
    return read_stream(path, most) if path.startswith(STREAMS) else read(path, most)


def is_inside(path: str, folder: str) -> bool:
    """Whether a path lies in a folder once all links are followed."""
    try:
        real, root = os.path.realpath(path), os.path.realpath(folder)
    except ValueError:  # no path: it has a NUL in it
        return False
    return real == root or real.startswith(root if root.endswith(os.sep) else root + os.sep)


def _too_large(path: str, most: int) -> OSError:
    return OSError(errno.EFBIG, f"it has more than {most >> 20} MiB", path)
