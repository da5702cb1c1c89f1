"""Reading regular files only: a device, a pipe or a socket in a checkout is told, and never waited for.

The kind of a file is looked at after it was opened, and it is opened without waiting, so that nothing can be put in its place between.
"""

from __future__ import annotations

import os
import stat

MOST = 64 << 20
"""So many bytes of one file are read at the most; a manifest has a few kilobytes, and a file that never ends has to end somewhere."""
_PSEUDO = ("/proc", "/sys", "/dev")


def read(path: str, *, most: int = MOST, streams: bool = False) -> bytes:
    """The content of a regular file; raises OSError, also for one that is none, or that is larger than `most` bytes.

    With `streams` a pipe is read too: what a shell hands over as /dev/fd/63 for `<(helm template .)`, which the user has named.
    """
    pipe = streams and path.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/"))
    flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    try:
        descriptor = os.open(path, flags | (0 if pipe else getattr(os, "O_NONBLOCK", 0)))
    except ValueError:
        raise OSError(22, "a path cannot hold a NUL character", path.replace("\0", "\\0")) from None
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        mode = status.st_mode
        if not (stat.S_ISREG(mode) or (pipe and stat.S_ISFIFO(mode))):
            raise OSError(22, "it is a folder" if stat.S_ISDIR(mode) else "it is no regular file", path)
        # Files of /proc say that they are empty, and are not.
        if (
            not pipe
            and not status.st_size
            and os.path.realpath(path).startswith(tuple(f"{folder}/" for folder in _PSEUDO))
        ):
            raise OSError(22, "it is a file of the system, no manifest", path)
        data = stream.read(most + 1)
    if len(data) > most:
        raise OSError(27, f"it is larger than {most >> 20} MiB", path)
    return data
