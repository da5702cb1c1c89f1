"""Text that may be printed: control, direction and surrogate characters become escapes."""

from __future__ import annotations

import re

from kubetrial.lint.values.pattern import pattern


def one_line(text: str) -> str:
    """Text that stays on one line and cannot drive a terminal: control and direction characters become escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if harmless(character) else escaped(character) for character in text)


def harmless(character: str) -> bool:
    """Whether a character may be printed as it is: not a control, separator of lines, direction mark or surrogate."""
    code = ord(character)
    if code < 0xA0:
        return 0x20 <= code < 0x7F
    return not (
        0xD800 <= code < 0xE000
        or 0x2028 <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or code in (0x61C, 0x200E, 0x200F, 0xFEFF)
    )


def escaped(character: str) -> str:
    r"""`\n`, `\x1b`, `\ud800`: a character as people write it in code."""
    return character.encode("unicode_escape").decode("ascii")


def encodable(text: str) -> str:
    r"""The text with lone surrogates written as `\ud800`, everything else as it is."""
    if text.isascii():
        return text
    return re.sub("[\ud800-\udfff]", lambda match: escaped(match[0]), text)


def guarded_line(text: str) -> str:
    """One line of a log that a CI reads too: nothing in it is a command of GitHub Actions or Azure Pipelines.

    They take commands from lines that begin with `::`, and from `##[` and `##vso[` anywhere in a line.
    """
    text = one_line(text).replace("##vso[", "## vso[").replace("##[", "## [")
    return f"- {text}" if text.lstrip().startswith("::") else text


_HARMFUL = pattern(
    "[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
    r"|\x1b(?!\[[0-9;]*m)|##(?=(?:vso)?\[)|^(?=[ \t]*::(?!:))",
    re.M,
)
_HASHES = {"json": "#\\u0023", "xml": "#&#35;", "plain": "## "}
"""Two hashes as a format of each family writes them where they are not meant to begin a command."""


def harmless_text(text: str, family: str) -> str:
    """A whole report, or a piece of one, without what could drive a terminal or a CI, whatever its parts forgot.

    `family` is how the format writes a character that may not stand in it: `json` as an escape, `xml` and `plain` as text; of
    escape sequences only colours stay, which a report adds itself. `github` and `azure` keep the commands that begin a line.
    """

    def written(match: re.Match[str]) -> str:
        found = match[0]
        if not found:
            return "" if family == "github" else "- "
        if found == "##":
            begins = match.start() == 0 or text[match.start() - 1] == "\n"
            return found if family == "azure" and begins else _HASHES.get(family, "## ")
        return f"\\u{ord(found):04x}" if family == "json" else escaped(found)

    if "##" not in text and "::" not in text:
        bare = text.replace("\n", "")
        if bare.isascii() and bare.isprintable():
            return text  # most pieces: the expression looks at each character four times
    if family != "plain" and "\x1b" in text:
        text = text.replace("\x1b", "\\u001b" if family == "json" else "\\x1b")
    return _HARMFUL.sub(written, text)
