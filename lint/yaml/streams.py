"""A text -> the pieces that kubectl takes for its documents, and where it does not split what was meant to be split.

Follows YAMLOrJSONDecoder, YAMLReader and IsJSONBuffer of k8s.io/apimachinery/pkg/util/yaml, version 0.37: what begins with a
brace is read as JSON objects one after another, everything else line by line up to the next line that begins with `---`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from kubetrial.lint.values.records import dataclass

_BLANKS = re.compile(r"[ \t\r\n]*")
_MOST_JSON = 16 << 20
_LONG_AGO = "kubectl before 1.33 reads what begins with a brace as JSON and refuses it; newer ones read it as YAML"
_STOPS = "kubectl stops at this line: neither this document nor the one above it is applied"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a stream that kubectl refuses; the place is in the file, from 0.

    `fatal`: the piece cannot be read at all. `breaks_at`: the column where a line break mends it. `refused`: the API server, which
    takes one document without its stream, refuses it too.
    """

    message: str
    line: int
    column: int
    width: int
    consequence: str
    help: str
    fatal: bool = False
    breaks_at: int | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """The text of one document and its first line in the file, from 0; the separator belongs to what it opens."""

    line: int
    text: str
    fault: Fault | None = None


def pieces(text: str) -> Iterator[Piece]:
    """The documents of a text in order, as kubectl splits them."""
    begin = _blank_end(text, 0)
    if text[begin : begin + 1] != "{" or len(text) > _MOST_JSON:
        yield from _split(text, 0)
        return
    ends, wrong = _json_ends(text, begin)
    if not ends:
        yield from _no_json(text, wrong)
        return
    at, line = 0, 0
    for number, end in enumerate(ends):
        start = _blank_end(text, at) if number else 0
        line += text.count("\n", at, start)
        # An object that begins behind another one on its line keeps its column.
        column = start - (text.rfind("\n", 0, start) + 1)
        yield Piece(line, " " * column + text[start:end])
        line += text.count("\n", start, end)
        at = end
    rest = text[at:]
    if not rest.strip():
        return
    line += text.count("\n", at, _blank_end(text, at))
    start = _blank_end(text, at)
    column = start - (text.rfind("\n", 0, start) + 1)
    if len(ends) > 1:
        fault = Fault(
            "what follows the JSON objects is no JSON",
            line,
            column,
            1,
            "kubectl stops here: this and what follows is not applied",
            "write the objects as JSON one after another, or all of them as YAML with `---` between them",
            fatal=True,
        )
        yield Piece(line, text[start:], fault)
        return
    mixed = Fault(
        "YAML follows JSON in one file", line, column, 1, _LONG_AGO, "begin the file with `---`, or write two files"
    )
    for number, piece in enumerate(_split(text[start - column :], line)):
        yield Piece(piece.line, piece.text, mixed) if not number and piece.fault is None else piece


def _no_json(text: str, wrong: int) -> Iterator[Piece]:
    """The documents of a text that begins with a brace and is no JSON: YAML in braces."""
    line = text.count("\n", 0, wrong)
    column = wrong - (text.rfind("\n", 0, wrong) + 1)
    fault = Fault(
        "this begins with a brace and is no JSON", line, column, 1, _LONG_AGO, "write strict JSON, or begin with `---`"
    )
    for number, piece in enumerate(_split(text, 0)):
        yield Piece(piece.line, piece.text, fault) if not number and piece.fault is None else piece


def _json_ends(text: str, begin: int) -> tuple[list[int], int]:
    """Where each of the JSON objects ends that a text begins with, and where reading stopped."""
    decoder = json.JSONDecoder(parse_constant=_no_constant, parse_int=str, parse_float=str)
    ends: list[int] = []
    at = begin
    while text[at : at + 1] == "{":
        try:
            _, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            return ends, error.pos
        except (ValueError, RecursionError):
            return ends, at
        ends.append(at)
        at = _blank_end(text, at)
    return ends, at


def _no_constant(word: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(word)


def _blank_end(text: str, at: int) -> int:
    found: Any = _BLANKS.match(text, at)
    return int(found.end())


def _split(text: str, line: int) -> Iterator[Piece]:
    """The documents of a YAML stream whose first line has this number."""
    begin, fault, masked = 0, None, False
    for at, behind in _separators(text):
        piece = text[begin:at]
        if piece and not piece.isspace():
            yield _piece(piece, line, fault, masked)
        line += newlines(piece)
        begin = at
        masked = behind[:1] == "#"
        bare = behind.strip()
        fault = None if not bare or bare[0] == "#" else _bad_separator(behind, line)
    if text[begin:].strip():
        yield _piece(text[begin:], line, fault, masked)


def _separators(text: str) -> Iterator[tuple[int, str]]:
    """Where the lines begin that end a document, and what else stands on each: only a comment may."""
    at = 0 if text.startswith("---") else text.find("\n---") + 1 or -1
    while at >= 0:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield at, text[at + 3 : end]
        at = text.find("\n---", end) + 1 or -1


def _piece(text: str, line: int, fault: Fault | None, masked: bool) -> Piece:
    if masked:
        text = "###" + text[3:]  # libyaml takes `---#` for a word
    if fault is None and "%" in text and _only_directives(text):
        row = next(number for number, each in enumerate(text.split("\n")) if each[:1] == "%")
        fault = Fault(
            "a directive stands above the first `---`",
            line + row,
            0,
            len(text.split("\n")[row].rstrip()),
            "kubectl takes the directive for a document of its own, cannot read it, and stops",
            "remove the line: Kubernetes needs no directive",
            fatal=True,
        )
    if fault is None and "\n..." in text:
        return _ended(text, line)
    return Piece(line, text, fault)


_END = re.compile(r"^\.\.\.(?![^ \t\r\n])", re.MULTILINE)
_REFUSED_SIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _ended(text: str, line: int) -> Piece:
    """A document that `...` ends: what stands behind it, up to the next `---`, is read by nobody."""
    end = _END.search(text)
    if end is None or not _has_content(text[: end.start()]) or _REFUSED_SIGN.search(text, end.end()):
        return Piece(line, text)
    row = line + newlines(text[: end.start()])
    for number, each in enumerate(re.split(r"\r\n|\r|\n", text[end.end() :])):
        if not _has_content(each) or each.startswith(("...", "%")):
            continue
        column = len(each) - len(each.lstrip()) + (0 if number else 3)
        fault = Fault(
            "what follows `...` is never read",
            row + number,
            column,
            len(each.strip()),
            "kubectl applies what stands above `...`, drops this up to the next `---`, and says nothing",
            "write `---` in place of `...`",
        )
        return Piece(line, text[: end.start()], fault)
    return Piece(line, text[: end.start()] if "%" in text[end.end() :] else text)


def without_dropped(text: str) -> str:
    """A stream in which blanks stand for what no reader of single documents reads: from `...` to the next `---`."""
    parts = []
    for part in re.split(r"(?m)^(?=---)", text):
        end = _END.search(part)
        if end is not None and _has_content(part[: end.start()]):
            part = part[: end.start()] + re.sub(r"[^\r\n]", " ", part[end.start() :])
        parts.append(part)
    return "".join(parts)


def _has_content(text: str) -> bool:
    """Whether a text holds more than blanks, comments and the separator."""
    return any(row and row[0] != "#" and row != "---" for row in map(str.strip, text.split("\n")))


def _bad_separator(behind: str, line: int) -> Fault:
    """The fault of a line that begins with `---` and goes on."""
    rest = behind.lstrip()
    glued = bool(re.match(r"[A-Za-z_\"'{#]", rest))
    return Fault(
        "the separator `---` has to stand on a line of its own",
        line,
        0,
        3 + len(behind.rstrip()),
        _STOPS,
        "begin a new line behind `---`" if glued else "write exactly three hyphens",
        fatal=True,
        breaks_at=3 + len(behind) - len(rest) if glued else None,
        refused=rest == behind,  # without a blank the hyphens are the beginning of a word
    )


def _only_directives(piece: str) -> bool:
    """Whether a piece holds %YAML or %TAG and else only comments."""
    rows = piece.split("\n")
    return any(row[:1] == "%" for row in rows) and all(row[:1] in ("%", "#") or not row.strip() for row in rows)


def newlines(piece: str) -> int:
    """How many lines of a file a piece of it ends."""
    count = piece.count("\n")
    return count if "\r" not in piece else count + piece.count("\r") - piece.count("\r\n")
