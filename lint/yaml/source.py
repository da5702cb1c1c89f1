"""Bytes -> documents: reads YAML and JSON exactly as the API server does, with the place of every key and value.

What a scalar means is decided in scalars.py, as sigs.k8s.io/yaml decides it. Plain values are built once for every document;
places only for a document that has a finding.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.places import Edit, Fix, Position, Range
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.yaml import edits, streams
from kubetrial.lint.yaml.block import NOT_READ, block_value
from kubetrial.lint.yaml.document import Document, Problem
from kubetrial.lint.yaml.place import Place
from kubetrial.lint.yaml.scalars import NOTHING, NotReadable, dotted

if TYPE_CHECKING:
    from kubetrial.lint.yaml.placer import Placer

MAX_DOCUMENT = 16 << 20
"""Characters of one document above which it is not read; the API server takes requests of 3 MiB at the most."""

_MOST_FIXED = 20_000
"""So many equal keys of a document are mended at most, so that what is kept of them stays small."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one file holds: its text, the documents that could be read, and what is wrong with the rest."""

    text: str
    documents: tuple[Document, ...]
    problems: tuple[tuple[int, Problem], ...]  # (index of the document, problem)
    unread: tuple[
        tuple[int, int, str], ...
    ] = ()  # (index, first line from 0, text) of documents that could not be read
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What others worked out of it, by their names: it is asked again where it stays, as in an editor."""


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
    for piece in streams.pieces(text):
        line, fault = piece.line, piece.fault
        if fault is not None:
            problems.append((index, _of_fault(fault)))
        chunk, marked = _without_mark(piece.text)
        try:
            if fault is not None and fault.fatal:
                raise NotReadable(fault.message, None)
            if len(chunk) > MAX_DOCUMENT:
                size = f"{len(chunk) / (1 << 20):.0f} MiB"
                raise NotReadable(
                    f"the document has {size}; the API server takes 3 MiB at the most, and above 16 it is not read here",
                    None,
                )
            value, duplicates = block_value(chunk), False
            by_lines = value is not NOT_READ
            if not by_lines:
                from kubetrial.lint.yaml.parsed import by_events  # most documents need no parser

                chunk, value, duplicates = by_events(chunk)
        except NotReadable as error:
            if fault is None or not fault.fatal:
                while problems and problems[-1][0] == index:
                    problems.pop()
                problems.append((index, _located(error, chunk, line)))
            unread.append((index, line, chunk))
            index += 1
            continue
        if value is NOTHING or (value is None and _only_comments(chunk)):
            continue
        document = Document(file, index, line, chunk, value, marked)
        if by_lines and "\r" not in chunk:
            document.read_by_lines()
        documents.append(document)
        if duplicates:
            problems.extend((index, problem) for problem in _duplicate_keys(document))
        index += 1
    return Source(text, tuple(documents), tuple(problems), tuple(unread))


def _of_fault(fault: streams.Fault) -> Problem:
    """The problem of a stream that kubectl does not read as it was meant."""
    start = Position(fault.line + 1, fault.column + 1)
    fix = None
    if fault.breaks_at is not None:
        at = Position(start.line, fault.breaks_at + 1)
        fix = Fix("put the separator on a line of its own", (Edit(Range(at, at), "\n"),))
    place = Range(start, Position(start.line, start.column + max(fault.width, 1)))
    return Problem(
        "yaml-syntax",
        fault.message,
        place,
        fix=fix,
        help=fault.help,
        consequence=fault.consequence,
        refused=fault.refused,
    )


_MARK = pattern(r"(?:[-#]--[^\n]*\n)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*\ufeff")


def _without_mark(chunk: str) -> tuple[str, int]:
    """The text without a byte order mark at the start of its document, and the line that it stood on; -1: there was none.

    Editors write the mark, `cat` keeps it inside of a stream, and Go's YAML reads over it at the start of every document.
    """
    found = _MARK.match(chunk) if "\ufeff" in chunk else None
    if found is None:
        return chunk, -1
    return chunk[: found.end() - 1] + chunk[found.end() :], chunk.count("\n", 0, found.end())


def _only_comments(chunk: str) -> bool:
    """Whether a document holds nothing but comments behind its separator: it counts for nobody."""
    rows = chunk.removeprefix("---").removeprefix("###").splitlines()
    return all(not row.strip() or row.lstrip()[0] == "#" for row in rows)


def _duplicate_keys(document: Document) -> list[Problem]:
    """A problem for each key that a mapping of the document has twice, with both places.

    Where a whole object begins inside of another one, that is one problem: a separator was forgotten.
    """
    from kubetrial.lint.yaml.placer import Placer

    placer = Placer(document.text)
    found = []
    openings = _openings(placer)
    document.is_torn = bool(openings)
    for number, duplicate in enumerate(placer.duplicates):
        path, name, first, start, end = duplicate
        at = document._range(start, end, None)
        before = document.key_range(first)
        if path in openings:
            if openings[path].get(start.index, 0):
                found.append(_separator_missing(document, path, name, at, before))
            continue
        message = f"the key `{name}` stands twice in this mapping, first on line {before.start.line}"
        consequence = f"kubectl takes the last one and says nothing: what line {before.start.line} says is lost"
        removal = edits.remove_duplicate(document, path, first, start) if number < _MOST_FIXED else None
        fix = edits.fixed("remove the second one, which says the same", removal, safe=True)
        whole = dotted((*path, name))
        found.append(Problem("key-duplicate", message, at, whole, before, fix, "remove one of them", consequence))
    return found


def _openings(placer: Placer) -> dict[tuple[str | int, ...], dict[int, bool]]:
    """Of mappings in which further objects begin: where each key stands that is there again, and whether an object begins with it.

    An object begins where apiVersion and kind come again, with something else of the one before in between. Only block style
    is looked at, at the top of a document and in the items of a list; elsewhere a mapping has its reasons for such keys.
    """
    again: dict[tuple[str | int, ...], list[tuple[str, int]]] = {}
    for path, name, _, start, _ in placer.duplicates:
        if not path or path[-1].__class__ is int:
            again.setdefault(path, []).append((name, start.index))
    found = {}
    for path, keys in again.items():
        groups: list[list[tuple[str, int]]] = [[]]
        for name, at in keys:
            if any(name == other for other, _ in groups[-1]):
                groups.append([])
            groups[-1].append((name, at))
        place = _place_at(placer.root, path)
        if place is None:
            continue  # in a field that stands twice: the tree of places has the other one
        objects = [group for group in groups if {"apiVersion", "kind"} <= {name for name, _ in group}]
        if place.style == "{" or not objects or not _has_more_before(place, groups, objects[0][0][1]):
            continue
        begins = {group[0][1] for group in objects}
        found[path] = {at: at in begins for _, at in keys}
    return found


def _place_at(root: Place, path: tuple[str | int, ...]) -> Place | None:
    place: Place | None = root
    for step in path:
        place = (place.children or {}).get(step) if place is not None else None
    return place


def _has_more_before(place: Place, groups: list[list[tuple[str, int]]], at: int) -> bool:
    """Whether the first object says more than apiVersion and kind in front of where the second one begins."""
    repeated = {name for group in groups for name, _ in group}
    return bool(repeated - {"apiVersion", "kind"}) or any(
        name not in repeated and inner.key_start is not None and place.start.index <= inner.key_start.index < at
        for name, inner in (place.children or {}).items()
    )


def _separator_missing(document: Document, path: tuple[str | int, ...], name: str, at: Range, before: Range) -> Problem:
    """The problem of an object that begins inside of another one."""
    line, first = at.start.line, before.start.line
    start = Position(line, 1)
    fix = None
    what, how = "`-`", f"begin line {line} with `- `"
    if not path:
        what, how = "`---`", f"write `---` above line {line}"
        newline = "\r\n" if "\r\n" in document.text else "\n"
        # Two objects are applied where one was: that is sure to be meant, and more than a safe fix may do.
        fix = Fix("write the separator", (Edit(Range(start, start), f"---{newline}"),), "unsafe")
    message = (
        f"a {what} is missing above line {line}: another object begins there, and `{name}` of line {first} stands twice"
    )
    consequence = (
        f"kubectl takes the last of each key and says nothing: the object of line {first} is lost,"
        " and what is left of it is read as part of the other"
    )
    return Problem("key-duplicate", message, at, dotted((*path, name)), before, fix, how, consequence)


def _located(error: NotReadable, chunk: str, line: int) -> Problem:
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
