"""Which files of a chart `.helmignore` leaves out.

One pattern a line, as the shell's names: `*`, `?`, `[a-z]`, none of which meets a `/`; a pattern without `/` looks at the base name, a `/`
at the end asks for a folder, and `!` ignores everything that does *not* match. Follows helm.sh/helm/v3/internal/ignore (rules) and
Go's path/filepath.Match.
"""

from __future__ import annotations

from kubetrial.lint.values.records import dataclass

ALWAYS = "templates/.?*"
"""Ignored in every chart: hidden files of the templates."""


class BadPattern(ValueError):
    """A line of `.helmignore` for which Helm refuses the chart: `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """One line: the shape of the name, and whether it is turned round, for folders only, or about the base name."""

    shape: Shape
    negated: bool
    folders_only: bool
    base_name: bool
    text: str = ""  # of a pattern without signs of its own: the name that it is
    line: int = 0

    def matches(self, path: str) -> bool:
        """Whether the path, relative to the chart with `/`, has the shape."""
        name = path.rsplit("/", 1)[-1] if self.base_name else path
        return name == self.text if self.text else fits(self.shape, name)


@dataclass(frozen=True, slots=True)
class One:
    """One sign of a shape: any but `/`, or one within (or outside of) ranges."""

    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False
    any_sign: bool = False

    def meets(self, sign: str) -> bool:
        """Whether the sign of a name may stand here."""
        if self.any_sign:
            return sign != "/"
        return any(low <= sign <= high for low, high in self.ranges) != self.negated


Shape = tuple[tuple[One, ...], ...]
"""The pieces between the stars of a pattern; a single piece has no star."""


def read(text: str) -> tuple[IgnorePattern, ...]:
    """The patterns of a `.helmignore` with the one of every chart behind them; raises BadPattern."""
    patterns = []
    for number, line in enumerate([*text.removeprefix("\ufeff").split("\n"), ALWAYS], start=1):
        rule = line.strip()
        if rule and not rule.startswith("#"):
            patterns.append(_pattern(rule, number))
    return tuple(patterns)


def _pattern(rule: str, line: int) -> IgnorePattern:
    if "**" in rule:
        raise BadPattern(f"`{rule}`: Helm knows no `**`; write one `*` for each folder", line)
    negated = rule.startswith("!")
    rule = rule[1:] if negated else rule
    folders_only = rule.endswith("/")
    rule = rule[:-1] if folders_only else rule
    base_name = "/" not in rule
    rule = rule.removeprefix("/")
    text = "" if set(rule) & set("*?[\\") else rule
    return IgnorePattern(shape_of(rule, line), negated, folders_only, base_name, text, line)


def ignored(patterns: tuple[IgnorePattern, ...], path: str, *, folder: bool) -> bool:
    """Whether a file or folder is left out; what lies in an ignored folder is left out with it, which the caller sees to."""
    return left_out_by(patterns, path, folder=folder) is not None


def left_out_by(patterns: tuple[IgnorePattern, ...], path: str, *, folder: bool) -> IgnorePattern | None:
    """The first pattern that leaves out a file or folder."""
    for pattern in patterns:
        applies = folder or not pattern.folders_only
        if pattern.negated:
            if not applies or not pattern.matches(path):
                return pattern
        elif applies and pattern.matches(path):
            return pattern
    return None


def shape_of(pattern: str, line: int = 0) -> Shape:
    """A pattern taken apart; raises BadPattern for an open bracket or a `\\` at the end."""
    pieces: list[tuple[One, ...]] = []
    piece: list[One] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "*":
            pieces.append(tuple(piece))
            piece = []
            at += 1
        elif sign == "?":
            piece.append(One(any_sign=True))
            at += 1
        elif sign == "[":
            one, at = _bracket(pattern, at + 1, line)
            piece.append(one)
        else:
            sign, at = _plain(pattern, at, line)
            piece.append(One(((sign, sign),)))
    return (*pieces, tuple(piece))


def _plain(pattern: str, at: int, line: int) -> tuple[str, int]:
    """The sign at a place, a `\\` before it read away, and the place behind it."""
    if pattern[at] == "\\":
        at += 1
    if at >= len(pattern):
        raise BadPattern(f"`{pattern}` ends too early to be a pattern", line)
    return pattern[at], at + 1


def _bracket(pattern: str, at: int, line: int) -> tuple[One, int]:
    """What stands in `[...]`, from behind the bracket."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    while True:
        if at < len(pattern) and pattern[at] == "]" and ranges:
            return One(tuple(ranges), negated), at + 1
        if at >= len(pattern) or pattern[at] in "-]":
            raise BadPattern(f"`{pattern}` has a `[` whose range cannot be read", line)
        low, at = _plain(pattern, at, line)
        high = low
        if pattern[at : at + 1] == "-":
            if at + 1 >= len(pattern) or pattern[at + 1] in "-]":
                raise BadPattern(f"`{pattern}` has a `[` whose range cannot be read", line)
            high, at = _plain(pattern, at + 1, line)
        ranges.append((low, high))


def fits(shape: Shape, name: str) -> bool:
    """Whether a whole name has the shape; each piece is taken at its first place, so the time is bounded."""
    at = len(shape[0])
    if len(name) < sum(map(len, shape)) or not _meets(shape[-1], name, len(name) - len(shape[-1])):
        return False
    if not _meets(shape[0], name, 0):
        return False
    for number, piece in enumerate(shape[1:], start=1):
        last = number == len(shape) - 1
        begin = at
        while not (_meets(piece, name, begin) and (not last or begin + len(piece) == len(name))):
            if begin >= len(name) or name[begin] == "/":
                return False
            begin += 1
        at = begin + len(piece)
    return at == len(name)


def _meets(piece: tuple[One, ...], name: str, at: int) -> bool:
    return at + len(piece) <= len(name) and all(one.meets(name[at + i]) for i, one in enumerate(piece))
