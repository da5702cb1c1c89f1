"""What a run looks at, said aloud: whoever wants to know whether it would find the same again listens (see command/replay.py).

Reads and looks are announced as audit events of Python, which cost nothing while nobody listens. Python itself announces what is
opened and listed; here is what it does not: looks at a path that may not be there, the content that was read, and what no second run
finds as it was.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKED = "kubetrial.looked"  # (path)
READ = "kubetrial.read"  # (path, status before it was read, content)
KNOWN = "kubetrial.known"  # (rows of: full path, its state as kept.py tells it, hash of the content)
UNIQUE = "kubetrial.unique"  # (what)
OPENED = "open"  # (path, mode, flags): Python's own
LISTED = frozenset(("os.scandir", "os.listdir"))  # (path): Python's own


def is_file(path: str) -> bool:
    """Whether a regular file stands there."""
    sys.audit(LOOKED, path)
    return os.path.isfile(path)


def is_folder(path: str) -> bool:
    """Whether a folder stands there."""
    sys.audit(LOOKED, path)
    return os.path.isdir(path)


def exists(path: str) -> bool:
    """Whether anything stands there."""
    sys.audit(LOOKED, path)
    return os.path.exists(path)


def read(path: str, status: os.stat_result, data: bytes) -> bytes:
    """The content of a file, announced."""
    sys.audit(READ, path, status, data)
    return data


def known(rows: Sequence[tuple[str, bytes, bytes]]) -> None:
    """Say of files that they would be read, were not known what they hold: (full path, state, hash of the content)."""
    sys.audit(KNOWN, rows)


def unique(what: str) -> None:
    """Say that the run depends on what is different each time: standard input, today's date."""
    sys.audit(UNIQUE, what)
