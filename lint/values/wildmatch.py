"""One line of a .gitignore file: what it matches, as git's wildmatch does, in time that no pattern can make long.

A backtracking engine takes `*a*a*a*a*b` for an hour; here a name is read from the left once for each piece between two stars, and
so are the folders of a path for each piece between two `**`.

See https://git-scm.com/docs/gitignore and wildmatch.c of git
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kubetrial.lint.values.records import dataclass

_POSIX = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e", "punct": r"!-/:-@\[-`{-~", "space": r"\s",
    "upper": "A-Z", "xdigit": "0-9a-fA-F",
}  # fmt: skip
_ANY = None
"""In a path of a pattern: `**`, any number of folders."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says: which paths it matches, whether only folders, and whether it takes back what another one says."""

    parts: tuple[re.Pattern[str] | None, ...]
    folders: bool
    negated: bool

    def matches(self, path: str, folder: bool) -> bool:
        """Whether the line matches this very path, relative to the folder of the line, with `/`."""
        return (folder or not self.folders) and _path_matches(self.parts, path.split("/"))


def line(text: str) -> Line | None:
    """A line without the blanks at its end; None for one that matches nothing."""
    negated = text.startswith("!")
    text = text[1:] if negated else text
    folders = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    words = text.removeprefix("/").split("/")
    if not anchored:
        words = ["**", *words]
    parts: list[re.Pattern[str] | None] = []
    for number, word in enumerate(words):
        if word == "**" and number < len(words) - 1:
            parts.append(_ANY)
        elif word == "**" and number:
            parts += [_name("*"), _ANY]  # `folder/**` matches what is in the folder, and not the folder
        else:
            try:
                parts.append(_name(word))
            except _NeverMatches:
                return None
    return Line(tuple(parts), folders, negated)


def _path_matches(parts: Sequence[re.Pattern[str] | None], names: Sequence[str]) -> bool:
    """Whether the parts match all names; `**` takes as few as it can, and only the last one is asked to take more."""
    at = part = 0
    behind, tried = -1, 0  # the last `**`: what stands behind it, and from which name on that was tried
    while at < len(names):
        if part < len(parts) and (pattern := parts[part]) is _ANY:
            part += 1
            behind, tried = part, at
        elif part < len(parts) and pattern is not None and pattern.match(names[at]):
            part, at = part + 1, at + 1
        elif behind >= 0:
            tried += 1
            part, at = behind, tried
        else:
            return False
    return all(pattern is _ANY for pattern in parts[part:])


class _NeverMatches(Exception):
    """A pattern that matches nothing: a bracket or an escape without its end."""


def _name(word: str) -> re.Pattern[str]:
    """A pattern of one name; raises _Nothing."""
    pieces: list[str] = [""]
    at = 0
    while at < len(word):
        sign = word[at]
        at += 1
        if sign == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
        elif sign == "?":
            pieces[-1] += "."
        elif sign == "[":
            text, at = _class(word, at)
            pieces[-1] += text
        elif sign == "\\":
            if at == len(word):
                raise _NeverMatches
            pieces[-1] += re.escape(word[at])
            at += 1
        else:
            pieces[-1] += re.escape(sign)
    return re.compile(_joined(pieces), re.DOTALL)


def _joined(pieces: Iterable[str]) -> str:
    """Pieces with stars between them: each is taken where it first fits, which a look ahead makes final."""
    first, *others = pieces
    if not others:
        return first + r"\Z"
    *middle, last = others
    found = "".join(f"(?=(?P<g{number}>.*?{piece}))(?P=g{number})" for number, piece in enumerate(middle))
    return rf"{first}{found}.*{last}\Z"


def _class(word: str, at: int) -> tuple[str, int]:
    """The bracket whose content begins at an index, as a regular expression, and where it ends; raises _Nothing."""
    negated = word[at : at + 1] in ("!", "^")
    at += negated
    inside, begin = "", at
    while True:
        sign = word[at : at + 1]
        if not sign:
            raise _NeverMatches
        if sign == "]" and at > begin:
            break
        if word.startswith("[:", at) and (end := word.find(":]", at)) >= 0:
            if word[at + 2 : end] not in _POSIX:
                raise _NeverMatches
            inside += _POSIX[word[at + 2 : end]]
            at = end + 2
            continue
        low, at = _letter(word, at)
        high = low
        if word[at : at + 1] == "-" and word[at + 1 : at + 2] not in ("", "]"):
            high, at = _letter(word, at + 1)
        if low <= high:
            inside += f"{re.escape(low)}-{re.escape(high)}"
    if not inside:
        return ("." if negated else "(?!)"), at + 1
    return f"[{'^' * negated}{inside}]", at + 1


def _letter(word: str, at: int) -> tuple[str, int]:
    """A sign of a bracket, which a backslash may stand in front of, and where the next one begins."""
    if word[at] == "\\":
        at += 1
        if at == len(word):
            raise _NeverMatches
    return word[at], at + 1
