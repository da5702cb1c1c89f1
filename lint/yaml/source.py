"""Bytes -> documents: reads YAML and JSON exactly as the API server does, with the place of every key and value.

The only module that knows ruamel.yaml: its C parser (libyaml) scans; what a scalar means is decided here, as
sigs.k8s.io/yaml decides it. Plain values are built once for every document; places only for a document that has a finding.
"""

from __future__ import annotations

import codecs
import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.finding import Fix, Position, Range
from ruamel.yaml.cyaml import CParser
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

MAX_DEPTH = 1000
"""Deeper nesting is refused, as the server's own readers refuse it long before."""
MAX_DOCUMENT = 16 << 20
"""Characters of one document above which it is not read; the API server takes requests of 3 MiB at the most."""
MAX_ALIASED = 1_000_000
"""How many values the aliases of one document may stand for together."""

_SEPARATOR = re.compile(r"^---(?=\s|$)", re.M)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True)
_WORDS |= dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False)
_WORDS |= dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
_WORDS |= dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf)
_WORDS |= dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be read, or a mistake of its text; the place is inside the file."""

    rule: str  # yaml-syntax | key-duplicate
    message: str
    range: Range
    path: str = ""
    first: Range | None = None  # of a duplicate key: where the key stands first
    fix: Fix | None = None
    help: str = ""


class Place:
    """Where one value stands: its own range, the range of its key, and the places inside it."""

    __slots__ = ("children", "end", "key_end", "key_start", "start", "style")

    def __init__(self, start: Any, end: Any, style: str | None) -> None:
        self.start = start
        self.end = end
        self.style = style  # of a scalar: None plain, ' " | >
        self.key_start: Any = None
        self.key_end: Any = None
        self.children: dict[str | int, Place] | None = None


class Document:
    """One YAML document: its value, and on demand the places of everything in it."""

    __slots__ = ("_places", "file", "index", "line", "text", "value")

    def __init__(self, file: str, index: int, line: int, text: str, value: Any) -> None:
        self.file = file
        self.index = index
        self.line = line  # of the document's first line in its file, from 0
        self.text = text
        self.value = value
        self._places: Place | None = None

    @property
    def places(self) -> Place:
        """The tree of places, made when it is first asked for."""
        if self._places is None:
            self._places = _Placer(self.text).root
        return self._places

    def first_line(self) -> int:
        """The line, from 1, on which the document's content begins."""
        return int(self.places.start.line) + self.line + 1

    def find(self, path: tuple[str | int, ...]) -> tuple[Place, bool]:
        """The place of a path and True, or of its nearest existing ancestor and False."""
        place = self.places
        for key in path:
            inner = place.children.get(key) if place.children is not None else None
            if inner is None:
                return place, False
            place = inner
        return place, True

    def value_range(self, place: Place) -> Range:
        """The range of a value; of a collection only its first line, so that reports show one line."""
        return self._range(place.start, place.end, place)

    def key_range(self, place: Place) -> Range:
        """The range of a value's key; of a list item or the root, of the value itself."""
        if place.key_start is None:
            return self.value_range(place)
        return self._range(place.key_start, place.key_end, None)

    def _range(self, start: Any, end: Any, place: Place | None) -> Range:
        first = Position(start.line + self.line + 1, start.column + 1)
        if end.line == start.line and end.column > start.column:
            return Range(first, Position(first.line, end.column + 1))
        return Range(first, Position(first.line, self._line_end(start)))

    def _line_end(self, mark: Any) -> int:
        """The column after the last character of the mark's line that is not blank or comment-like space."""
        begin = mark.index
        stop = len(self.text)
        for newline in "\n", "\r":
            at = self.text.find(newline, begin)
            if at >= 0:
                stop = min(stop, at)
        return max(int(mark.column) + 1 + len(self.text[begin:stop].rstrip()), int(mark.column) + 2)


@dataclass(frozen=True, slots=True)
class Source:
    """What one file holds: its text, the documents that could be read, and what is wrong with the rest."""

    text: str
    documents: tuple[Document, ...]
    problems: tuple[tuple[int, Problem], ...]  # (index of the document, problem)
    unread: tuple[
        tuple[int, int, str], ...
    ] = ()  # (index, first line from 0, text) of documents that could not be read


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16/32 where a byte order mark says so; raises UnicodeDecodeError."""
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8")
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return data.decode("utf-32")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8")


def read(file: str, text: str) -> Source:
    """All documents of a text; a document that cannot be read is a problem, and the others are read all the same."""
    documents: list[Document] = []
    problems: list[tuple[int, Problem]] = []
    unread: list[tuple[int, int, str]] = []
    index = 0
    for line, chunk in _chunks(text):
        try:
            if len(chunk) > MAX_DOCUMENT:
                size = f"{len(chunk) / (1 << 20):.0f} MiB"
                raise _NotReadable(
                    f"the document has {size}; the API server takes 3 MiB at the most, and above 16 it is not read here",
                    None,
                )
            chunk, value, duplicates = _plain_tolerant(chunk)
        except _NotReadable as error:
            problems.append((index, _located(error, chunk, line)))
            unread.append((index, line, chunk))
            index += 1
            continue
        if value is _NOTHING or (value is None and _only_comments(chunk)):
            continue
        document = Document(file, index, line, chunk, value)
        documents.append(document)
        if duplicates:
            problems.extend((index, problem) for problem in _duplicate_keys(document))
        index += 1
    return Source(text, tuple(documents), tuple(problems), tuple(unread))


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """(first line from 0, text) of each document; the separator's line belongs to the document that it opens."""
    if "---" not in text:
        yield 0, text
        return
    begin, line = 0, 0
    for match in _SEPARATOR.finditer(text):
        at = match.start()
        piece = text[begin:at]
        if piece.strip() and not _only_directives(piece):
            yield line, piece
            line += _newlines(piece)
            begin = at
        elif not _only_directives(piece) or not piece.strip():
            line += _newlines(piece)
            begin = at
    if text[begin:].strip():
        yield line, text[begin:]


def _only_comments(chunk: str) -> bool:
    """Whether a document holds nothing but comments behind its separator: it counts for nobody."""
    rows = chunk.removeprefix("---").splitlines()
    return all(not row.strip() or row.lstrip()[0] == "#" for row in rows)


def _only_directives(piece: str) -> bool:
    """Whether a piece before a separator holds %YAML or %TAG and else only comments: it belongs to the next document."""
    return "%" in piece and all(row[:1] in "%#" or not row.strip() for row in piece.splitlines())


def _newlines(piece: str) -> int:
    count = piece.count("\n")
    return count if "\r" not in piece else count + piece.count("\r") - piece.count("\r\n")


class _Nothing:
    """The value of a text that holds no document."""


_NOTHING = _Nothing()


class _NotReadable(Exception):
    """A text that is no YAML, or that the server cannot turn into JSON; with the mark where it shows."""

    def __init__(self, message: str, mark: Any, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.help = help


def scalar(text: str) -> Any:
    """The value of a plain scalar, following resolve() of sigs.k8s.io/yaml/goyaml.v2 and the way through JSON."""
    if text in _WORDS:
        return _WORDS[text]
    if _COLON in text:
        return text.replace(_COLON, ":")
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


_TAG = "tag:yaml.org,2002:"


def _tagged(event: Any) -> Any:
    """The value of a scalar with a tag or with quotes."""
    tag, text = event.tag, event.value
    if tag is None or tag == "!":
        return text
    name = tag[len(_TAG) :] if tag.startswith(_TAG) else tag[2:] if tag.startswith("!!") else ""
    if name in ("int", "float", "bool", "null"):
        value = scalar(text)
        good = {
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, (int, float)) and not isinstance(value, bool),
            "bool": isinstance(value, bool),
            "null": value is None,
        }[name]
        if not good:
            raise _NotReadable(f"`{text}` cannot be read as !!{name}", event.start_mark)
        return value
    if name == "binary":
        import base64
        import binascii

        try:
            return base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            raise _NotReadable("a value tagged !!binary is not base64", event.start_mark) from None
    return text


def _key(value: Any, mark: Any) -> str:
    """A mapping's key as JSON has it: always a string."""
    if value.__class__ is str:
        return str(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        raise _NotReadable("a key is empty (null); every key needs a name", mark)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    raise _NotReadable("a key is a list or a mapping; keys are plain words (braces at a value need quotes)", mark)


_COLON = "\ue03a"
"""Stands for a colon inside of a plain word in flow style: `{a:b}` is one word to Kubernetes' YAML and an error to libyaml."""
_MOST_COLONS = 500


def _plain_tolerant(text: str) -> tuple[str, Any, bool]:
    """`_plain`, reading `{a:b}` as Kubernetes does; also returns the text with such colons replaced (same length)."""
    for _ in range(_MOST_COLONS):
        try:
            value, duplicates = _plain(text)
        except _NotReadable as error:
            at = error.mark if error.mark.__class__ is int else -1
            if "unexpected ':'" not in error.message or text[at : at + 1] != ":":
                raise
            text = text[:at] + _COLON + text[at + 1 :]
        else:
            return text, value, duplicates
    raise _NotReadable("too many words with a colon inside of braces; put spaces after the colons", None)


class _Parser(CParser):  # type: ignore[misc]
    """libyaml's parser without composer and constructor."""


def _events(text: str) -> Any:
    """The function that returns the next event of a text; parser errors arrive as _NotReadable."""
    try:
        return _Parser(text).get_event
    except YAMLError as error:
        raise _syntax(error, text) from None


def _syntax(error: YAMLError, text: str) -> _NotReadable:
    if isinstance(error, MarkedYAMLError):
        from kubetrial.lint.yaml.errors import in_words

        mark = error.problem_mark or error.context_mark
        begun = error.context_mark or mark
        message, help, at = in_words(error.problem or "", error.context or "", text, mark.index, begun.index)
        return _NotReadable(message, at, help)
    return _NotReadable(str(getattr(error, "reason", error)), getattr(error, "position", None))


def _plain(text: str) -> tuple[Any, bool]:
    """The first document of a text as plain data, and whether a mapping in it has a key twice.

    Iterative, so that no input is too deep for the interpreter.
    """
    get = _events(text)
    duplicates = False
    anchors: dict[str, Any] = {}
    weights: dict[int, int] = {}
    aliased = 0
    stack: list[tuple[Any, Any, Any]] = []
    container: Any = None  # the dict or list that is being filled; None at the root
    key: Any = None  # the key that waits for its value
    merges: list[tuple[dict[str, Any], list[Any], Any]] = []
    waiting = False  # whether `key` holds a key
    root: Any = _NOTHING
    event: Any = None
    try:
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent:
                if event.style is None or event.style == "":
                    value = scalar(event.value) if event.tag is None else _tagged(event)
                    if value.__class__ is float and (value != value or value in (math.inf, -math.inf)):
                        raise _NotReadable(f"`{event.value}` is a number that JSON cannot hold", event.start_mark)
                else:
                    value = event.value if event.tag is None else _tagged(event)
                if event.anchor is not None:
                    anchors[event.anchor] = value
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    raise _NotReadable(f"nested deeper than {MAX_DEPTH} levels", event.start_mark)
                stack.append((container, key, waiting))
                container = {} if kind is MappingStartEvent else []
                if event.anchor is not None:
                    anchors[event.anchor] = container
                waiting = False
                key = None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                container, key, waiting = stack.pop()
            elif kind is AliasEvent:
                if event.anchor not in anchors:
                    raise _NotReadable(f"the alias *{event.anchor} names no anchor above it", event.start_mark)
                value = anchors[event.anchor]
                if value.__class__ in (dict, list):
                    if any(value is open_[0] for open_ in stack) or value is container:
                        raise _NotReadable(
                            f"the alias *{event.anchor} stands inside of what it names", event.start_mark
                        )
                    aliased += _weight(value, weights)
                    if aliased > MAX_ALIASED:
                        raise _NotReadable("aliases multiply to more values than a manifest can hold", event.start_mark)
            elif kind is DocumentStartEvent or kind is StreamStartEvent:
                continue
            elif kind is DocumentEndEvent:
                event = get()
                if event.__class__ is not StreamEndEvent:
                    raise _NotReadable(
                        "the document ended above; what follows is never read without a `---` line", event.start_mark
                    )
                break
            elif kind is StreamEndEvent:
                return _NOTHING, False
            else:
                continue
            # `value` is complete: put it where it belongs
            if container is None:
                root = value
            elif container.__class__ is list:
                container.append(value)
            elif not waiting:
                if (
                    value == "<<"
                    and kind is ScalarEvent
                    and (event.style is None or event.style == "")
                    and event.tag in (None, _TAG + "merge")
                ):
                    key = _MERGE
                else:
                    key = value if value.__class__ is str else _key(value, event.start_mark)
                waiting = True
            else:
                if key is _MERGE:
                    merges.append((container, value if value.__class__ is list else [value], event.start_mark))
                    for source in merges[-1][1]:
                        if source.__class__ is not dict:
                            raise _NotReadable("<<: merges mappings only", event.start_mark)
                else:
                    if key in container:
                        duplicates = True
                    container[key] = value
                waiting = False
    except YAMLError as error:
        raise _syntax(error, text) from None
    except RecursionError:
        raise _NotReadable("nested too deep", getattr(event, "start_mark", None)) from None
    for target, sources, _ in merges:
        for source in sources:
            for name in source:
                if name in target:
                    duplicates = True
                else:
                    target[name] = source[name]
    return root, duplicates


_MERGE = object()


def _weight(value: Any, known: dict[int, int]) -> int:
    """How many values an aliased collection stands for; iterative, each collection counted once."""
    pending = [value]
    while pending:
        top = pending[-1]
        if id(top) in known:
            pending.pop()
            continue
        inner = [v for v in (top.values() if top.__class__ is dict else top) if v.__class__ in (dict, list)]
        missing = [v for v in inner if id(v) not in known]
        if missing:
            pending.extend(missing)
            continue
        known[id(top)] = 1 + len(top) + sum(known[id(v)] for v in inner)
        pending.pop()
    return known[id(value)]


class _Placer:
    """Builds the tree of places of a text that is known to be readable."""

    def __init__(self, text: str) -> None:
        self.duplicates: list[tuple[tuple[str | int, ...], str, Any, Any, Any]] = []
        self.root = self._build(_events(text))

    def _build(self, get: Any) -> Place:
        anchors: dict[str, Place] = {}
        values: dict[str, Any] = {}
        stack: list[tuple[Place, bool, Any, tuple[str | int, ...]]] = []
        place: Place | None = None  # the collection being filled
        mapping = False
        key: Any = None
        path: tuple[str | int, ...] = ()
        merges: list[tuple[Place, list[Place], tuple[str | int, ...]]] = []
        root: Place | None = None
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent:
                if mapping and key is None and event.anchor is None:
                    key = self._key_of(event, kind, values)  # it needs no place: that of its value holds it
                    continue
                done = Place(event.start_mark, event.end_mark, event.style or None)
                if event.anchor is not None:
                    anchors[event.anchor] = done
                    values[event.anchor] = event
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                opened = Place(event.start_mark, event.end_mark, "{" if event.flow_style else None)
                opened.children = {}
                if event.anchor is not None:
                    anchors[event.anchor] = opened
                if place is not None:
                    stack.append((place, mapping, key, path))
                    if mapping and key is not None:
                        path = (*path, key[0])
                    elif not mapping:
                        path = (*path, len(place.children or ()))
                else:
                    stack.append((opened, False, None, ()))
                place, mapping, key = opened, kind is MappingStartEvent, None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                assert place is not None
                done = place
                done.end = event.end_mark
                outer, mapping, key, path = stack.pop()
                place = outer if outer is not done else None
            elif kind is AliasEvent:
                target = anchors[event.anchor]
                # An alias stands where it is written; what is inside it stands where the anchor is.
                done = Place(event.start_mark, event.end_mark, target.style)
                done.children = target.children
            elif kind is DocumentEndEvent or kind is StreamEndEvent:
                break
            else:
                continue
            if place is None:
                root = done
            elif not mapping:
                assert place.children is not None
                place.children[len(place.children)] = done
            elif key is None:
                key = self._key_of(event, kind, values)
            else:
                name, start, end = key
                assert place.children is not None
                if name is _MERGE:
                    inner = list((done.children or {}).values()) if _is_list(done) else [done]
                    merges.append((place, inner, path))
                else:
                    if name in place.children:
                        first = place.children[name]
                        self.duplicates.append((path, name, first, start, end))
                    done.key_start, done.key_end = start, end
                    place.children[name] = done
                key = None
        for target, sources, at in merges:
            assert target.children is not None
            for source in sources:
                for name, inner_place in (source.children or {}).items():
                    if name in target.children:
                        own = target.children[name]
                        self.duplicates.append((at, str(name), inner_place, own.key_start, own.key_end))
                    else:
                        target.children[name] = inner_place
        assert root is not None
        return root

    @staticmethod
    def _key_of(event: Any, kind: Any, values: dict[str, Any]) -> tuple[Any, Any, Any]:
        named = values.get(event.anchor, event) if kind is AliasEvent else event
        plain = named.style is None or named.style == ""
        if plain and named.tag is None:
            name = _plain_key(named.value)
        else:
            name = _key(_tagged(named), None)
        return name, event.start_mark, event.end_mark


@functools.lru_cache(maxsize=1024)
def _plain_key(text: str) -> Any:
    """The key that a plain scalar is; the same few come again in every document."""
    return _MERGE if text == "<<" else _key(scalar(text), None)


def _is_list(place: Place) -> bool:
    return bool(place.children) and 0 in (place.children or {})


def _duplicate_keys(document: Document) -> list[Problem]:
    """A problem for each key that a mapping of the document has twice, with both places."""
    from kubetrial.lint.yaml import edits

    placer = _Placer(document.text)
    found = []
    for path, name, first, start, end in placer.duplicates:
        at = document._range(start, end, None)
        before = document.key_range(first)
        message = f"the key `{name}` stands twice in this mapping, first on line {before.start.line}"
        removal = edits.remove_duplicate(document, path, first, start)
        fix = edits.fixed("remove the second one, which says the same", removal, safe=True)
        found.append(Problem("key-duplicate", message, at, dotted((*path, name)), before, fix, "remove one of them"))
    return found


def dotted(path: tuple[str | int, ...]) -> str:
    """A path as the API server writes it: `spec.containers[0].name`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text


def _located(error: _NotReadable, chunk: str, line: int) -> Problem:
    """The problem of a document that cannot be read, at the line and column in its file."""
    mark = error.mark
    if mark is None or isinstance(mark, int):
        at = min(mark or 0, len(chunk))
        row, column = chunk.count("\n", 0, at), at - (chunk.rfind("\n", 0, at) + 1)
    else:
        row, column = int(mark.line), int(mark.column)
    rows = chunk.split("\n")
    while row > 0 and (row >= len(rows) or not rows[row].strip()):
        row -= 1  # an error at the end of the text is shown on its last line
        column = len(rows[row].rstrip()) if row < len(rows) else 0
    start = Position(line + row + 1, column + 1)
    return Problem("yaml-syntax", error.message, Range(start, Position(start.line, start.column + 1)), help=error.help)
