"""Constants as Go writes them: numbers, characters and texts in quotes (strconv and text/template/parse)."""

from __future__ import annotations

import re

from kubetrial.lint.build.chart.template.values import bytes_of, text_of

_INTEGER = re.compile(r"[+-]?(0[xX](_?[0-9a-fA-F])+|0[bB](_?[01])+|0[oO](_?[0-7])+|0(_?[0-7])*|[1-9](_?[0-9])*)\Z")
_FLOAT = re.compile(r"[+-]?([0-9](_?[0-9])*)?(\.([0-9](_?[0-9])*)?)?([eE][+-]?[0-9]+)?\Z")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[abfnrtv\\'\"]|)", re.DOTALL)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


def number(text: str) -> int | float:
    """The number of a constant, an int where Go holds one; raises ValueError."""
    if text.startswith("'"):
        sign = unquoted(text)
        if len(sign) != 1:
            raise ValueError(text)
        return ord(sign)
    if len(text) > 400:
        raise ValueError(text)
    if _INTEGER.match(text):
        value = integer(text)
        if not -(2**63) <= value < 2**63:
            raise ValueError(text)
        return value
    if _FLOAT.match(text) and any(sign.isdigit() for sign in text):
        return float(text.replace("_", ""))
    if text.lower().lstrip("+-").startswith("0x") and "p" in text.lower():
        return float.fromhex(text.replace("_", ""))
    raise ValueError(text)


def integer(text: str) -> int:
    """An integer with Go's prefixes (0x, 0b, 0o, and 0 for octal); raises ValueError."""
    if not _INTEGER.match(text):
        raise ValueError(text)
    bare = text.replace("_", "")
    sign = -1 if bare.startswith("-") else 1
    bare = bare.lstrip("+-")
    if len(bare) > 1 and bare[0] == "0" and bare[1].isdigit():
        return sign * int(bare, 8)
    return sign * int(bare, 0)


def unquoted(text: str) -> str:
    """What a text in double or single quotes says; raises ValueError for an escape that Go does not have."""
    quote = text[0]

    def sign(match: re.Match[str]) -> str:
        escape = match[1]
        if not escape or (escape in "'\"" and escape != quote):
            raise ValueError(text)
        if escape in _SIMPLE:
            return _SIMPLE[escape]
        code = int(escape[1:], 16) if escape[0] in "xuU" else int(escape, 8)
        # Above 127 `\xff` and `\377` are bytes, which may make a sign with their neighbours or none.
        return chr(0xDC00 + code) if code > 127 and escape[0] not in "uU" and quote == '"' else chr(code)

    body = text[1:-1]
    made = _ESCAPE.sub(sign, body) if "\\" in body else body
    return made if made.isascii() or made is body else text_of(bytes_of(made))
