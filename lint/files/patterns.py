"""Lines of a .gitignore file, and the patterns of our configuration, which are read the same way.

Most lines are plain names (`build/`, `/vendor`, `*.pyc`) and are looked up; only others are matched one by one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from kubetrial.lint.files.read import MOST_SETTINGS, read

if TYPE_CHECKING:
    from kubetrial.lint.values.wildmatch import Line


MOST_LINES = 2_000
"""So many lines with stars or brackets count of one file; each is held against every path."""

_Said = dict[bool, tuple[int, bool]]
"""What is said of a name where it is a folder (True) and where it is none: the number of the last line, and whether it leaves out."""


class Patterns:
    """Patterns as gitignore(5) defines them; paths are relative to the folder that the patterns belong to, with `/`."""

    __slots__ = ("_anywhere", "_endings", "_lines", "_of_endings", "_paths", "_rest")

    def __init__(self, lines: Iterable[str]) -> None:
        self._anywhere: dict[str, _Said] = {}
        self._paths: dict[str, _Said] = {}
        self._of_endings: dict[str, tuple[int, bool]] = {}
        self._lines: list[tuple[int, str]] = []
        self._rest: tuple[tuple[int, Line], ...] | None = (
            None  # of the lines that are no plain names, the last one first
        )
        for number, line in enumerate(map(_without_blanks, lines)):
            if line and not line.startswith("#"):
                self._add(number, line)
        self._endings = tuple(self._of_endings)

    def _add(self, number: int, line: str) -> None:
        negated = line.startswith("!")
        name = line[1:] if negated else line
        folders = name.endswith("/")
        floating = name.startswith("**/")
        name = name[3:] if floating else name
        name = name[:-1] if folders else name
        if name.startswith("*") and not folders and _is_plain(name[1:]) and "/" not in name:
            self._of_endings[name[1:]] = number, not negated
        elif _is_plain(name) and not (floating and "/" in name) and not (negated and name.startswith("!")):
            known = self._paths if "/" in name else self._anywhere
            said = known.setdefault(name.removeprefix("/"), {})
            said[True] = number, not negated
            if not folders:
                said[False] = number, not negated
        elif len(self._lines) < MOST_LINES:
            self._lines.append((number, line))

    def __bool__(self) -> bool:
        """Whether there is any pattern."""
        return bool(self._anywhere or self._paths or self._endings or self._lines)

    def decide(self, path: str, folder: bool = False) -> bool | None:
        """Whether this very path is left out; None where no pattern speaks of it (folders above aside).

        Of several lines that speak of it the last one decides.
        """
        last: tuple[int, bool | None] = -1, None
        name = path.rpartition("/")[2]
        if name in self._anywhere:
            last = self._anywhere[name].get(folder, last)
        if path in self._paths:
            last = max(last, self._paths[path].get(folder, last), key=_number)
        if self._endings and name.endswith(self._endings):
            ends = (self._of_endings[name[at:]] for at in range(len(name)) if name[at:] in self._of_endings)
            last = max(last, *ends, key=_number)
        if self._lines:
            for number, line in self._others():
                if number < last[0]:
                    break
                if line.matches(path, folder):
                    return not line.negated
        return last[1]

    def _others(self) -> tuple[tuple[int, Line], ...]:
        if self._rest is None:
            from kubetrial.lint.values import wildmatch

            found = ((number, wildmatch.line(line)) for number, line in reversed(self._lines))
            self._rest = tuple((number, line) for number, line in found if line is not None)
        return self._rest

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


def of_path(pattern: str) -> str:
    """The pattern that a path stands for as people write it: `./a` is `/a`, `a//` is `a/`, `b/../a` is `/a`.

    In a .gitignore file none of these fits anything; in a configuration and at the prompt they are meant.
    """
    negated, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    steps: list[str] = []
    resolved = False
    for step in bare.split("/"):
        if step == ".." and steps and "*" not in steps[-1] and steps[-1] != "..":
            steps.pop()
            resolved = True
        elif step not in ("", "."):
            steps.append(step)
    if not steps:
        return pattern
    anchored = resolved or bare.startswith(("./", "/"))
    return f"{negated}{'/' if anchored else ''}{'/'.join(steps)}{'/' if bare.endswith('/') else ''}"


def relative(path: str, folder: str) -> str | None:
    """The absolute path relative to an absolute folder, with `/`; None where it is not inside of it."""
    if path == folder:
        return ""
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    if not path.startswith(prefix):
        return None
    inside = path[len(prefix) :]
    return inside.replace(os.sep, "/") if os.sep != "/" else inside


def _number(said: tuple[int, bool | None]) -> int:
    return said[0]


def _is_plain(name: str) -> bool:
    """Whether a pattern is a literal name or path."""
    return bool(name) and name != "/" and not any(sign in name for sign in "*?[]\\") and "//" not in name


def _without_blanks(line: str) -> str:
    """The line without spaces at its end, unless a backslash keeps one."""
    line = line.rstrip("\r\n")
    stripped = line.rstrip(" ")
    return line[: len(stripped) + 1] if stripped.endswith("\\") and len(stripped) < len(line) else stripped
