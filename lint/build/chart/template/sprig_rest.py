"""Functions for JSON, YAML, TOML and versions, as sprig and Helm have them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.printf import quoted
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.text import Path
from kubetrial.lint.build.chart.template.times import Time
from kubetrial.lint.build.chart.template.values import GoStruct, NilTextMap, Slice, bytes_of, kind_of, printed
from kubetrial.lint.build.go_numbers import json_number
from kubetrial.lint.build.go_yaml import Written, to_yaml
from kubetrial.lint.yaml.source import read

# encodings


@function("toJson mustToJson", "a")
def to_json(value: Any) -> str:
    """JSON as Go writes it."""
    return to_json_with_paths(value, escaped=True)[0]


@function("toRawJson mustToRawJson", "a")
def to_raw_json(value: Any) -> str:
    """JSON without HTML's escapes."""
    return to_json_with_paths(value, escaped=False)[0]


def to_json_with_paths(value: Any, *, escaped: bool) -> tuple[str, list[tuple[int, Path, bool]]]:
    """JSON as Go writes it, and (offset, path, whether it is the key) of each key and value in the text."""
    writer = _JsonWriter(escaped)
    writer.value(value, ())
    return "".join(writer.parts), writer.places


class _JsonWriter(Written):
    def __init__(self, escaped: bool) -> None:
        super().__init__()
        self.escaped = escaped

    def value(self, value: Any, path: Path) -> None:
        if len(path) > MAX_DEPTH:
            raise Failure("the value is nested too deeply")
        if isinstance(value, GoStruct):
            value = value.for_json()
            names = list(value)
        else:
            value = value.for_json() if isinstance(value, Time) else value
            names = sorted(value, key=_bytes_of) if isinstance(value, dict) else []
        if isinstance(value, dict) and not isinstance(value, NilTextMap):
            self.put("{")
            for place, name in enumerate(names):
                below = (*path, name)
                self.put("," if place else "")
                self.places.append((self.length, below, True))
                self.put(self.scalar(str(name)) + ":")
                self.value(value[name], below)
            self.put("}")
        elif isinstance(value, (list, tuple)) and not (isinstance(value, Slice) and value.is_nil):
            self.put("[")
            for place, item in enumerate(value):
                self.put("," if place else "")
                self.value(item, (*path, place))
            self.put("]")
        else:
            self.places.append((self.length, path, False))
            self.put(self.scalar(value))

    def scalar(self, value: Any) -> str:
        if value is None or isinstance(value, (Slice, NilTextMap)):
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return json_number(value)
        if isinstance(value, bytes):
            import base64

            value = base64.b64encode(value).decode()
        made = json.dumps(printed(value), ensure_ascii=False)
        if not made.isascii():
            made = _NO_TEXT.sub(r"\\ufffd", made)  # bytes that are no UTF-8
        return (_HTML if self.escaped else _LINES).sub(lambda match: f"\\u{ord(match[0]):04x}", made)


MAX_DEPTH = 150
_HTML = re.compile("[<>&\u2028\u2029]")
_LINES = re.compile("[\u2028\u2029]")
_NO_TEXT = re.compile("[\ud800-\udfff]")


def _bytes_of(name: Any) -> bytes:
    return bytes_of(str(name))


@function("toPrettyJson mustToPrettyJson", "a")
def to_pretty_json(value: Any) -> str:
    """JSON over several lines."""
    parts: list[str] = []
    depth = 0
    for match in _JSON_TOKEN.finditer(to_json(value)):
        token = match[0]
        if token in ("{", "["):
            depth += 1
            parts.append(token + "\n" + "  " * depth)
        elif token in ("}", "]"):
            depth -= 1
            parts.append("\n" + "  " * depth + token)
        else:
            parts.append({",": ",\n" + "  " * depth, ":": ": "}.get(token, token))
    return "".join(parts)


_JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\{\}|\[\]|[{}\[\],:]|[^{}\[\],:"]+')


@function("toYamlPretty", "a")
def to_yaml_pretty(value: Any) -> str:
    """YAML whose lists stand two columns to the right of their keys."""
    return to_yaml(value, indents_lists=True).removesuffix("\n")


def _floats(value: Any, depth: int = 0) -> Any:
    """Numbers as JSON gives them to Go: all float64."""
    if depth > 150:
        raise Failure("the value is nested too deeply")
    if isinstance(value, dict):
        return {str(name): _floats(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_floats(item, depth + 1) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _read(text: str) -> tuple[Any, str]:
    found = read("", str(text))
    for _, problem in found.problems:
        if problem.rule == "yaml-syntax":
            return None, f"error converting YAML to JSON: yaml: {problem.message}"
    return (_floats(found.documents[0].value) if found.documents else None), ""


def _not_unmarshalled(value: Any, wanted: str) -> str:
    """What encoding/json says of a value of another type."""
    words = {"slice": "array", "map": "object", "float64": "number"}
    return f"json: cannot unmarshal {words.get(kind_of(value), kind_of(value))} into Go value of type {wanted}"


@function("fromYaml", "s")
def from_yaml(text: str) -> Any:
    """A map of YAML; what is none gives a map with Error."""
    value, problem = _read(text)
    if not problem and value is not None and not isinstance(value, dict):
        problem = f"error unmarshaling JSON: while decoding JSON: {_not_unmarshalled(value, 'map[string]interface {}')}"
    return {"Error": problem} if problem else value or {}


@function("fromYamlArray", "s")
def from_yaml_array(text: str) -> Any:
    """A list of YAML."""
    value, problem = _read(text)
    if not problem and value is not None and not isinstance(value, list):
        problem = f"error unmarshaling JSON: while decoding JSON: {_not_unmarshalled(value, '[]interface {}')}"
    return [problem] if problem else value or []


def _loads(text: str) -> Any:
    def refuse(word: str) -> Any:
        raise ValueError(word)

    try:
        return _floats(json.loads(text, parse_constant=refuse))
    except json.JSONDecodeError as error:
        raise ValueError(_json_problem(text, error)) from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"invalid JSON: {error}") from None


_JSON_PLACES = {
    "Expecting value": "looking for beginning of value",
    "Extra data": "after top-level value",
    "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
    "Expecting ':' delimiter": "after object key",
    "Invalid control character at": "in string literal",
}


def _json_problem(text: str, error: json.JSONDecodeError) -> str:
    """What encoding/json says of a text that is no JSON, in the common cases."""
    if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
        return "unexpected end of JSON input"
    place = _JSON_PLACES.get(error.msg)
    if place is None:
        return f"invalid JSON: {error}"
    sign = text[error.pos].encode("utf-8", "replace").decode("latin-1")[:1]
    shown = {"'": "'\\''", '"': "'\"'"}.get(sign, "'" + quoted(sign)[1:-1] + "'")
    return f"invalid character {shown} {place}"


@function("fromJson", "s")
def from_json(text: str) -> Any:
    """A map of JSON; what is none gives a map with Error."""
    try:
        value = _loads(text)
    except ValueError as error:
        return {"Error": str(error)}
    if value is None or isinstance(value, dict):
        return value or {}
    return {"Error": _not_unmarshalled(value, "map[string]interface {}")}


@function("mustFromJson", "s")
def must_from_json(text: str) -> Any:
    """Any value of JSON, or a refusal."""
    return _loads(text)


@function("fromJsonArray", "s")
def from_json_array(text: str) -> Any:
    """A list of JSON."""
    try:
        value = _loads(text)
    except ValueError as error:
        return [str(error)]
    if value is None or isinstance(value, list):
        return value or []
    return [_not_unmarshalled(value, "[]interface {}")]


@function("lookup", "ssss")
def lookup(*_: str) -> Any:
    """No cluster is asked: an empty map."""
    return {}


# versions


_VERSION = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\Z"
)
_ONE = re.compile(
    r"\s*((?:=|!=|>|<|>=|=>|<=|=<|~|~>|\^)?)(?:(?<=[=<>~^])\s*)?(v?([0-9]+|[xX*])(\.([0-9]+|[xX*]))?(\.([0-9]+|[xX*]))?"
    r"(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?)(?=[\s,]|\Z)"
)
Key = tuple[int, int, int, tuple[tuple[int, int, str], ...]]


def _version(text: str) -> re.Match[str]:
    match = _VERSION.match(text)
    if match is None or len(text) > 256:
        raise Failure(f"{text!r} is no version (major.minor.patch)")
    if any(len(part) > 1 and part.isdigit() and part[0] == "0" for part in (match[4] or "").split(".")):
        raise Failure(f"{text!r} is no version: a number behind the `-` begins with 0")
    return match


def _order(match: re.Match[str]) -> Key:
    before: tuple[tuple[int, int, str], ...] = ((2, 0, ""),)
    if match[4]:
        before = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in match[4].split("."))
    return int(match[1]), int(match[2] or 0), int(match[3] or 0), before


class Version:
    """What `semver` gives: a version whose parts are methods; it prints as major.minor.patch."""

    is_pointer = True
    go_type = "*semver.Version"

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    def __str__(self) -> str:
        found = self._match
        before, build = ("-" + found[4] if found[4] else ""), ("+" + found[5] if found[5] else "")
        return f"{int(found[1])}.{int(found[2] or 0)}.{int(found[3] or 0)}{before}{build}"

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """Major, Minor, Patch, Prerelease, Metadata, Original, String, and Compare and its kin with another version."""
        mine = _order(self._match)
        if name in _COMPARED:
            if len(arguments) != 1 or not isinstance(arguments[0], Version):
                raise Failure(f"{name} takes one version, as `semver` gives it")
            return _COMPARED[name](mine, _order(arguments[0]._match))
        parts = {
            "Major": mine[0], "Minor": mine[1], "Patch": mine[2], "Prerelease": self._match[4] or "",
            "Metadata": self._match[5] or "", "Original": self._match[0], "String": str(self),
        }  # fmt: skip
        if name not in parts or arguments:
            raise LookupError(name)
        return parts[name]


_COMPARED: dict[str, Callable[[Key, Key], Any]] = {
    "Compare": lambda one, other: (one > other) - (one < other),
    "LessThan": lambda one, other: one < other,
    "GreaterThan": lambda one, other: one > other,
    "LessThanEqual": lambda one, other: one <= other,
    "GreaterThanEqual": lambda one, other: one >= other,
    "Equal": lambda one, other: one == other,
}


@function("semver", "s")
def semver(text: str) -> Version:
    """The parts of a version."""
    return Version(_version(str(text)))


@function("semverCompare", "ss")
def semver_compare(constraint: str, text: str) -> bool:
    """Whether a version meets a constraint, as Masterminds/semver reads it."""
    version = _version(text)
    met = [
        _meets_all(part, version) for part in constraint.split("||")
    ]  # each may be refused, behind one that is met too
    return any(met)


def _meets_all(part: str, version: re.Match[str]) -> bool:
    part = re.sub(r"(?<!\S)(\S+)\s+-\s+(\S+)", r">=\1 <=\2", part)
    place, holds, count = 0, True, 0
    while place < len(part.rstrip()):
        match = _ONE.match(part, place)
        if match is None:
            raise Failure(f"{part.strip()!r} is no constraint of versions")
        holds = holds and _meets(match, version)
        count += 1
        place = match.end()
        while place < len(part) and part[place] in " ,\t":
            place += 1
    if not count:
        raise Failure("the constraint is empty")
    return holds


def _meets(match: re.Match[str], version: re.Match[str]) -> bool:
    sign, names = match[1], [match[3], match[5], match[7]]
    known = next((place for place, name in enumerate(names) if name is None or name in "xX*"), 3)
    numbers = [int(name or 0) if place < known else 0 for place, name in enumerate(names)]
    pre = (match[8] or "")[1:]
    low = _order(_version(".".join(map(str, numbers)) + (f"-{pre}" if pre else "")))
    mine = _order(version)
    if version[4] and not pre and sign != "!=":
        return False
    high = _above(numbers, max(known - 1, 0)) if known else None
    inside = mine >= low and (high is None or mine[:3] < high)
    if sign in ("", "="):
        return inside if known < 3 else mine == low
    if sign == "!=":
        return not inside if known < 3 else mine != low
    if sign == ">":
        return mine > low if known == 3 else high is not None and mine[:3] >= high
    if sign == "<":
        return mine < low
    if sign in (">=", "=>"):
        return mine >= low
    if sign in ("<=", "=<"):
        return mine <= low if known == 3 else high is None or mine[:3] < high
    if sign in ("~", "~>"):
        top = _above(numbers, min(1, known - 1)) if known else None
    else:
        first = next((place for place in range(known) if numbers[place]), max(known - 1, 0))
        top = _above(numbers, first) if known else None
    return mine >= low and (top is None or mine[:3] < top)


def _above(numbers: list[int], place: int) -> tuple[int, int, int]:
    made = [*numbers[:place], numbers[place] + 1, 0, 0, 0][:3]
    return made[0], made[1], made[2]


# TOML


@function("toToml mustToToml", "a")
def to_toml(value: Any) -> str:
    """TOML as github.com/BurntSushi/toml writes it: plain keys first, tables and lists of tables behind them."""
    if value is None:
        raise Failure("nil cannot be written as TOML")
    writer = _TomlWriter()
    try:
        writer.entry((), value)
    except _NoToml as error:
        return str(error)
    return "".join(writer.parts)


class _NoToml(Exception):
    """The value has no form in TOML; Helm prints these words in its place."""


class _TomlWriter:
    def __init__(self) -> None:
        self.parts: list[str] = []

    def line_end(self) -> None:
        if self.parts:
            self.parts.append("\n")

    def entry(self, names: tuple[str, ...], value: Any) -> None:
        """A value under its key: a table, several of them, or a line."""
        if len(names) > 100:
            raise Failure("the value is nested too deeply")
        space, key = "  " * (len(names) - 1), ".".join(map(_toml_key, names))
        kind = _toml_kind(value)
        if kind == "table":
            if len(names) == 1:
                self.line_end()
            if names:
                self.parts.append(f"{space}[{key}]\n")
            self.fields(names, value)
        elif kind == "tables":
            if not names:
                raise _NoToml("toml: top-level values must be Go maps or structs")
            for each in value:
                self.line_end()
                self.parts.append(f"{space}[[{key}]]\n")
                self.fields(names, each)
        elif not names:
            self.parts.append(_toml_value(value, 0))
        else:
            self.parts.append(f"{space}{_toml_key(names[-1])} = {_toml_value(value, 0)}\n")

    def fields(self, names: tuple[str, ...], table: dict[str, Any]) -> None:
        for name in _toml_order(table):
            if table[name] is not None:
                self.entry((*names, str(name)), table[name])


def _toml_kind(value: Any) -> str:
    """`table`, `tables` for a list that holds nothing else, or `value`; raises _NoToml for a list with nil in it."""
    if isinstance(value, dict):
        return "table"
    if not isinstance(value, (list, tuple)) or not value:
        return "value"
    if any(item is None for item in value):
        raise _NoToml("toml: cannot encode array with nil element")
    return "tables" if {_toml_kind(item) for item in value} == {"table"} else "value"


def _toml_order(table: dict[str, Any]) -> list[str]:
    """The keys as they are written: those of plain values first."""
    return sorted(table, key=lambda name: (_toml_kind(table[name]) != "value", _bytes_of(name)))


def _toml_value(value: Any, depth: int) -> str:
    if depth > 100:
        raise Failure("the value is nested too deeply")
    if isinstance(value, str):
        return _toml_text(value)
    if isinstance(value, (list, tuple)):
        _toml_kind(value)
        return "[" + ", ".join(_toml_value(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        rows = [(name, value[name]) for name in _toml_order(value) if value[name] is not None]
        return "{" + ", ".join(f"{_toml_key(name)} = {_toml_value(item, depth + 1)}" for name, item in rows) + "}"
    if isinstance(value, Time):
        return value.for_json()
    if isinstance(value, Version):
        return _toml_text(str(value))
    text = printed(value)
    return text + ".0" if kind_of(value) == "float64" and re.fullmatch(r"-?\d+", text) else text


def _toml_text(text: str) -> str:
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml_text(name)


@function("fromToml", "s")
def from_toml(text: str) -> Any:
    """A map of TOML; what is none gives a map with Error."""
    try:
        import tomllib
    except ImportError:
        import tomli as tomllib  # type: ignore[no-redef]
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {"Error": str(error)}
