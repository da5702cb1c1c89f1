"""YAML as Go's sigs.k8s.io/yaml prints it, byte for byte: what helm's toYaml gives (go.yaml.in/yaml/v2: encode, sorter, emitter).

Keys are sorted naturally, lists stand at their key's column, text that is read as something else is quoted, and long plain text is
folded at 80 columns. Values are dicts with text keys, lists, str, bool, int, float, bytes and None; numbers pass through JSON first.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Sequence
from typing import Any

from kubetrial.lint.build.go_numbers import json_number, shortest

WIDTH = 80
MAX_NESTING = 400
MAX_TEXT = 10**9
_SAID = (
    "y Y yes Yes YES on On ON n N no No NO off Off OFF true True TRUE false False FALSE ~ null Null NULL .nan .NaN .NAN"
)
_INFINITE = [sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")]
_WORDS = frozenset(["", *_SAID.split(" "), *_INFINITE])
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|[0-9]+)\Z")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|[ ]+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)?\Z"
)
_ESCAPES = {"\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e", '"': '"', "\\": "\\",
            "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P"}  # fmt: skip
Path = tuple["str | int", ...]


def to_yaml(value: Any, *, indents_lists: bool = False) -> str:
    """A value as YAML, with the line's end that Go writes; raises ValueError for what Go cannot write.

    `indents_lists`: as go-yaml v3 writes it with an indentation of two, which is helm's toYamlPretty; it folds nothing.
    """
    writer = _Writer(indents_lists)
    writer.value(value, 0, (), "")
    return "".join(writer.parts)


def to_yaml_with_paths(value: Any) -> tuple[str, list[tuple[int, Path, bool]]]:
    """`to_yaml`, and (offset, path, whether it is the key) of each key and value in the text."""
    writer = _Writer(False)
    writer.value(value, 0, (), "")
    return "".join(writer.parts), writer.places


class Written:
    """A text as it is written piece by piece; `places` are (offset, path, whether it is the key) of the keys and values in it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.places: list[tuple[int, Path, bool]] = []
        self.length = 0

    def put(self, text: str) -> None:
        """Write one piece more."""
        self.parts.append(text)
        self.length += len(text)


class _Writer(Written):
    def __init__(self, indents_lists: bool) -> None:
        super().__init__()
        self.indents_lists = indents_lists

    def value(self, value: Any, indent: int, path: Path, before: str) -> None:
        """A value and the end of its line; `before` is what stands on the line: "" (nothing), "-" or ":"."""
        if len(path) > MAX_NESTING:
            raise ValueError("values are nested too deeply")
        if value.__class__ is not dict and hasattr(value, "for_json"):
            value = value.for_json()  # a struct, whose fields have other names there
        if isinstance(value, dict) and value:
            self.mapping(value, indent, path, before)
        elif isinstance(value, (list, tuple)) and value:
            self.sequence(value, indent, path, before)
        else:
            if before:
                self.put(" ")
            self.places.append((self.length, path, False))
            column = -MAX_TEXT if self.indents_lists else self.length - self.line_start()
            own = _pretty(value) if self.indents_lists else ""
            self.put((own or _scalar(value, column, max(indent, 0), at_root=not path)) + "\n")

    def line_start(self) -> int:
        back = self.length
        for part in reversed(self.parts):
            end = part.rfind("\n")
            back -= len(part)
            if end >= 0:
                return back + end + 1
        return 0

    def mapping(self, value: dict[Any, Any], indent: int, path: Path, before: str) -> None:
        space = " " * indent
        if before == ":":
            self.put("\n")
        elif before == "-":
            self.put(" ")
        first = before == "-"
        for name in sorted_keys(value):
            if not first:
                self.put(space)
            first = False
            below = (*path, name)
            self.places.append((self.length, below, True))
            self.put(_key(str(name)) + ":")
            item = value[name]
            stays = isinstance(item, (list, tuple)) and item and not self.indents_lists
            self.value(item, indent if stays else indent + 2, below, ":")

    def sequence(self, value: Sequence[Any], indent: int, path: Path, before: str) -> None:
        if before == ":":
            self.put("\n")
        elif before == "-":
            self.put(" ")
        first = before == "-"
        for index, item in enumerate(value):
            if not first:
                self.put(" " * indent)
            first = False
            self.put("-")
            self.value(item, indent + 2, (*path, index), "-")


_NO_TEXT = re.compile("[\ud800-\udfff]")
"""Bytes that are no UTF-8, and halves of pairs."""
_BYTES = frozenset(map(chr, range(0xDC80, 0xDD00)))


def _scalar(value: Any, column: int, indent: int, at_root: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dict):
        return "null" if getattr(value, "is_nil", False) else "{}"
    if isinstance(value, (list, tuple)):
        return "null" if getattr(value, "is_nil", False) else "[]"
    if isinstance(value, bytes):
        value = base64.b64encode(value).decode()
    text = str(value)
    if not text.isascii():
        text = _NO_TEXT.sub("\ufffd", text)
    if "\n" in text and not text.endswith(" ") and not _needs_double(text):
        return _literal(text, 2 if at_root else indent)
    return _flow_text(text, column, indent if not at_root else 2, False)


def _pretty(value: Any) -> str:
    """What toYamlPretty writes in another way, as it does not go by way of JSON: 1e+06, and bytes that are no UTF-8."""
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, str) and not value.isascii() and set(_NO_TEXT.findall(value)) & _BYTES:
        held = value.encode("utf-8", "surrogatepass" if set(_NO_TEXT.findall(value)) - _BYTES else "surrogateescape")
        return "!!binary " + base64.b64encode(held).decode()
    return ""


def _number(value: int | float) -> str:
    text = json_number(value)
    if re.match(r"-?[0-9]+\Z", text) and -(2**63) <= int(text) < 2**64:
        return text
    return shortest(float(text))


def _key(text: str) -> str:
    return _flow_text(text, 0, 0, True)


def _flow_text(text: str, column: int, indent: int, is_key: bool) -> str:
    """Text on one line, or folded: plain where it may be, else in single, else in double quotes."""
    if "\n" in text or _needs_double(text) or is_misread(text):
        return _double(text, column, indent, is_key)
    if _plain_allowed(text):
        return _folded(text, column, indent, is_key, "")
    return _folded(text, column + 1, indent, is_key, "'")


def is_misread(text: str) -> bool:
    """Whether a reader of YAML 1.1 would take a plain text for something else."""
    if text in _WORDS:
        return True
    first = text[0]
    if first not in "+-.0123456789":
        return False
    bare = text.replace("_", "")
    if _INTEGER.match(bare):
        return True
    return bool(_FLOAT.match(bare) or _BASE_60.match(text) or _DATE.match(text))


@functools.cache
def _special() -> re.Pattern[str]:
    """The signs that are escaped, those beyond U+FFFF among them; so large a class takes a while to compile, and few texts need it."""
    return re.compile("[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def _needs_double(text: str) -> bool:
    """Special signs, or spaces next to a line's end (as analysed by the emitter)."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return " \n" in text
    return bool(_special().search(text)) or " \n" in text or any(sign in text for sign in "\x85\u2028\u2029")


def _plain_allowed(text: str) -> bool:
    if text[0] == " " or text[-1] == " " or text.startswith(("---", "...")):
        return False
    follows_blank = len(text) == 1 or text[1] in " \t"
    if text[0] in "#,[]{}&*!|>'\"%@`" or (text[0] in "?:-" and follows_blank):
        return False
    return ": " not in text and " #" not in text and not text.endswith(":") and "\t" not in text


def _folded(text: str, column: int, indent: int, is_key: bool, quote: str) -> str:
    """Plain or single-quoted text; a single space beyond column 80 becomes a line's end."""
    body = text.replace("'", "''") if quote else text
    if is_key or column + len(body) <= WIDTH:
        return f"{quote}{body}{quote}"
    parts: list[str] = []
    was_space = False
    for place, sign in enumerate(body):
        if sign == " ":
            alone = not was_space and body[place + 1 : place + 2] != " "
            inside = not quote or 0 < place < len(body) - 1
            if alone and inside and column > WIDTH:
                parts.append("\n" + " " * indent)
                column = indent
            else:
                parts.append(" ")
                column += 1
            was_space = True
        else:
            parts.append(sign)
            column += 1
            was_space = False
    return quote + "".join(parts) + quote


def _double(text: str, column: int, indent: int, is_key: bool) -> str:
    parts = ['"']
    column += 1
    was_space = False
    for place, sign in enumerate(text):
        escaped = _escaped(sign)
        if escaped is not None:
            parts.append(escaped)
            column += len(escaped)
            was_space = False
        elif sign == " ":
            if not is_key and not was_space and column > WIDTH and 0 < place < len(text) - 1:
                parts.append("\n" + " " * indent)
                column = indent
                if text[place + 1] == " ":
                    parts.append("\\")
                    column += 1
            else:
                parts.append(" ")
                column += 1
            was_space = True
        else:
            parts.append(sign)
            column += 1
            was_space = False
    return "".join(parts) + '"'


def _escaped(sign: str) -> str | None:
    if sign in _ESCAPES and sign != "\xa0":
        return "\\" + _ESCAPES[sign]
    if not _special().match(sign):
        return None
    code = ord(sign)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, indent: int) -> str:
    """A block scalar `|`, with the signs that say its indentation and its end."""
    hint = "2" if text[0] in " \n" else ""
    stripped = text.rstrip("\n")
    ends = len(text) - len(stripped)
    chomp = "-" if ends == 0 else "" if ends == 1 and stripped else "+"
    space = " " * indent
    body = text[:-1] if ends else text
    lines = [space + line if line else "" for line in body.split("\n")]
    return f"|{hint}{chomp}\n" + "\n".join(lines)


def sorted_keys(value: dict[Any, Any]) -> list[Any]:
    """The keys as go-yaml sorts them: digits as numbers, letters behind other signs."""
    return sorted(value, key=functools.cmp_to_key(_compare))


def _compare(one: Any, other: Any) -> int:
    left, right = str(one), str(other)
    if left == right:
        return 0
    return -1 if _less(left, right) else 1


def _less(left: str, right: str) -> bool:
    digits = False
    for place, (one, other) in enumerate(zip(left, right, strict=False)):
        if one == other:
            digits = one.isdecimal()
            continue
        if one.isalpha() and other.isalpha():
            return one < other
        if one.isalpha() or other.isalpha():
            return one.isalpha() if digits else other.isalpha()
        ahead = int(
            "0" in (one, other) and bool(left[_digits_begin(left, place) : place].strip("0"))
        )  # a zero counts where it is no leading one
        first, second = _digits(left, place), _digits(right, place)
        high = int(f"{ahead}{first}") if first or ahead else 0
        low = int(f"{ahead}{second}") if second or ahead else 0
        if high != low:
            return high < low
        if len(first) != len(second):
            return len(first) < len(second)
        return one < other
    return len(left) < len(right)


def _digits_begin(text: str, place: int) -> int:
    while place > 0 and text[place - 1].isdecimal():
        place -= 1
    return place


def _digits(text: str, place: int) -> str:
    end = place
    while end < len(text) and end - place < 18 and text[end].isdecimal():
        end += 1
    return text[place:end]
