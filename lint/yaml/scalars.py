"""What a scalar means: as sigs.k8s.io/yaml resolves YAML 1.1, on its way to JSON."""

from __future__ import annotations

import math
from typing import Any

from kubetrial.lint.values.pattern import pattern

_FLOAT = pattern(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
WORDS |= dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True)
WORDS |= dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False)
WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
WORDS |= dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf)
WORDS |= dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf)
"""The plain scalars that are no texts though they are no numbers either: `null`, `yes`."""

COLON = "\ue03a"
"""Stands for a colon inside of a plain word in flow style: `{a:b}` is one word to Kubernetes' YAML and an error to libyaml."""

NOTHING: Any = object()
"""Stands for the value of a text that holds no document."""


class NotReadable(Exception):
    """A text that is no YAML, or that the server cannot turn into JSON; with the mark where it shows."""

    def __init__(self, message: str, mark: Any, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.help = help


def scalar(text: str) -> Any:
    """The value of a plain scalar, following resolve() of sigs.k8s.io/yaml/goyaml.v2 and the way through JSON."""
    if text in WORDS:
        return WORDS[text]
    if COLON in text:
        return text.replace(COLON, ":")
    if text[0] not in "0123456789+-.":
        return text
    bare = text.replace("_", "")
    if text[0] != ".":
        number = _integer(bare)
        if number is not None:
            return number
    if _FLOAT.match(bare):
        value = float(bare)
        if math.isinf(value):
            return text
        # JSON has one kind of number: 3.0 and 1e3 arrive as 3 and 1000.
        return int(value) if value == int(value) and abs(value) < 1e21 else value
    return text


def _integer(bare: str) -> int | None:
    """strconv.ParseInt(bare, 0, 64) and ParseUint: a prefix gives the base, a leading zero means octal."""
    sign = -1 if bare[0] == "-" else 1
    digits = bare[1:] if bare[0] in "+-" else bare
    if not digits or not digits[0].isascii() or not digits[0].isdigit():
        return None
    if digits.isascii() and digits.isdigit() and (digits[0] != "0" or digits == "0"):
        number = int(digits) if len(digits) < 40 else 1 << 80
    else:
        prefix = digits[:2].lower()
        base = {"0x": 16, "0b": 2, "0o": 8}.get(prefix)
        rest = digits[2:] if base else digits[1:]
        if not rest or not rest.isalnum() or not rest.isascii() or len(rest) > 70:
            return None
        try:
            number = int(rest, base or 8)
        except ValueError:
            return None
    number *= sign
    if -(1 << 63) <= number < (1 << 63) or (bare[0] not in "+-" and number < (1 << 64)):
        return number
    return None


TAG = "tag:yaml.org,2002:"


def tagged(event: Any) -> Any:
    """The value of a scalar with a tag or with quotes."""
    tag, text = event.tag, event.value.replace(COLON, ":")
    if tag is None or tag == "!":
        return text
    name = tag[len(TAG) :] if tag.startswith(TAG) else tag[2:] if tag.startswith("!!") else ""
    if name in ("int", "float", "bool", "null"):
        value = scalar(text)
        good = {
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, (int, float)) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
            "null": value is None,
        }[name]
        if not good:
            raise NotReadable(f"`{text}` cannot be read as !!{name}", event.start_mark)
        return value
    if name == "binary":
        import base64

        try:
            return base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except ValueError:  # no base64, or letters that are not even ASCII
            raise NotReadable("a value tagged !!binary is not base64", event.start_mark) from None
    return text


def key_text(value: Any, mark: Any) -> str:
    """A mapping's key as JSON has it: always a string."""
    if value.__class__ is str:
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        raise NotReadable("a key is empty (null); every key needs a name", mark)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise NotReadable("a key is a list or a mapping; keys are plain words (braces at a value need quotes)", mark)


def dotted(path: tuple[str | int, ...]) -> str:
    """A path as the API server writes it: `spec.containers[0].name`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text
