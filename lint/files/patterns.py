"""Lines of a .gitignore file, and the patterns of our configuration, which are read the same way.

Most lines are plain names (`build/`, `/vendor`, `*.pyc`) and are looked up; only others wait for pathspec, whose
import takes longer than listing a thousand files.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from kubetrial.lint.files.read import MOST_SETTINGS, read


class Patterns:
    """Patterns as gitignore(5) defines them; paths are relative to the folder that the patterns belong to, with `/`."""

    __slots__ = ("_anywhere", "_endings", "_lines", "_negated", "_paths", "_rest", "_singles")

    def __init__(self, lines: Iterable[str]) -> None:
        kept = [line for line in (_without_blanks(line) for line in lines) if line and not line.startswith("#")]
        self._anywhere: dict[str, bool] = {}  # name -> whether it is only meant for folders
        self._paths: dict[str, bool] = {}
        self._endings: tuple[str, ...] = ()
        self._rest: Any = None
        self._lines: list[str] = []
        self._singles: dict[str, Any] = {}
        self._negated = any(line.startswith("!") for line in kept)
        if self._negated:
            self._lines = kept  # the last match decides, so all lines have to be seen in order
            return
        endings = []
        for line in kept:
            folders = line.endswith("/")
            name = line[3:] if line.startswith("**/") else line
            name = name[:-1] if folders else name
            if name.startswith("*") and not folders and "/" not in name and _is_plain(name[1:]):
                endings.append(name[1:])
            elif not _is_plain(name):
                self._lines.append(line)
            else:
                known = self._anywhere if "/" not in name else self._paths
                name = name.removeprefix("/")
                if line.startswith("**/") and "/" in name:
                    self._lines.append(line)
                else:
                    known[name] = known.get(name, True) and folders
        self._endings = tuple(endings)

    def __bool__(self) -> bool:
        """Whether there is any pattern."""
        return bool(self._anywhere or self._paths or self._endings or self._lines)

    def decide(self, path: str, folder: bool = False) -> bool | None:
        """Whether this very path is left out; None where no pattern speaks of it (folders above aside)."""
        name = path.rpartition("/")[2]
        if not self._anywhere.get(name, True) or (folder and name in self._anywhere):
            return True
        if not self._paths.get(path, True) or (folder and path in self._paths):
            return True
        if self._endings and name.endswith(self._endings):
            return True
        if not self._lines:
            return None
        if self._rest is None:
            from pathspec import GitIgnoreSpec

            self._rest = GitIgnoreSpec.from_lines(self._lines)
        said: bool | None = self._rest.check_file(path + "/" if folder else path).include
        if said is None or not self._negated:
            return said
        return self._last_word(path, folder)

    def _last_word(self, path: str, folder: bool) -> bool | None:
        """What the last line that matches the path itself says.

        pathspec lets a line that matches a folder speak for all that is in it; to git it speaks for the folder alone,
        which shows when a later line takes the folder back.
        """
        from pathspec import GitIgnoreSpec

        parts = path.split("/")
        for line in reversed(self._lines):
            negated = line.startswith("!")
            bare = line[1:] if negated else line
            inner = bare.rstrip("/")
            floats = inner.startswith("**/") or "/" not in inner
            inner = inner.removeprefix("**/").removeprefix("/")
            # As much of the path as the line can match; what is more was matched through a folder.
            length = inner.count("/") + 1
            if "**" in inner:
                length = len(parts)
            elif len(parts) < length or (len(parts) > length and not floats):
                continue
            subject = "/".join(parts[-length:])
            if bare not in self._singles:
                self._singles[bare] = GitIgnoreSpec.from_lines([bare])
            if self._singles[bare].match_file(subject + "/" if folder else subject):
                return not negated
        return None

    def cover(self, path: str) -> bool:
        """Whether the file or a folder above it is left out."""
        at = path.find("/")
        while at >= 0:
            if self.decide(path[:at], folder=True):
                return True
            at = path.find("/", at + 1)
        return bool(self.decide(path))


def read_patterns(file: str) -> Patterns:
    """The patterns of a .gitignore file; none where it cannot be read."""
    try:
        text = read(file, MOST_SETTINGS).decode("utf-8-sig", "replace")
    except OSError:
        return Patterns(())
    return Patterns(text.splitlines())


def relative(path: str, folder: str) -> str | None:
    """The absolute path relative to an absolute folder, with `/`; None where it is not inside of it."""
    if path == folder:
        return ""
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    if not path.startswith(prefix):
        return None
    inside = path[len(prefix) :]
    return inside.replace(os.sep, "/") if os.sep != "/" else inside


def _is_plain(name: str) -> bool:
    """Whether a pattern is a literal name or path."""
    return bool(name) and name != "/" and not any(sign in name for sign in "*?[]\\") and "//" not in name


def _without_blanks(line: str) -> str:
    """The line without spaces at its end, unless a backslash keeps one."""
    line = line.rstrip("\r\n")
    stripped = line.rstrip(" ")
    return line[: len(stripped) + 1] if stripped.endswith("\\") and len(stripped) < len(line) else stripped
