"""Text that may be printed: control, direction and surrogate characters become escapes."""

from __future__ import annotations

import re


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
