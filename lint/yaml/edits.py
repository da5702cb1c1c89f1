"""Edits from nodes: replace a scalar, rename a key, remove a field, insert a field after its sibling.

Each returns the edits, or None where the text does not allow it without touching more than the node: inside of an anchor, an
alias or a merge, where a comment would be lost, or where the line breaks are not those that editors count.
"""

from __future__ import annotations

import bisect
import functools
import json
import re
from typing import TYPE_CHECKING, Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.places import Edit, Fix, Position, Range
from kubetrial.lint.yaml.node import Node, path_of

if TYPE_CHECKING:
    from kubetrial.lint.yaml.document import Document
    from kubetrial.lint.yaml.place import Place

Edits = tuple[Edit, ...]

_ODD_BREAKS = pattern("\r(?!\n)|[\x85\u2028\u2029]")
"""What libyaml takes for a line break and nobody else does: places behind one are not to be trusted."""


@functools.lru_cache(maxsize=8)
def has_odd_breaks(text: str) -> bool:
    """Whether such a break stands in a text; asked for each edit, looked for once."""
    return _ODD_BREAKS.search(text) is not None


@functools.lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


_PLAIN = pattern(r"[A-Za-z_/][A-Za-z0-9_./-]*\Z")
"""Texts that every reader of YAML takes as they stand, in block and in flow style."""
_PLAIN_IN_BLOCK = pattern(r"[A-Za-z_/][A-Za-z0-9_./-]*(?:[:@][A-Za-z0-9_./-]+)*\Z")
"""And in block style only: names of images."""


def fixed(message: str, edits: Edits | None, *, safe: bool) -> Fix | None:
    """A fix of these edits, or None where there are none.

    Safe is what leaves the server's reading as it is, or makes an object that was refused into the only one that can be meant.
    """
    return Fix(message, edits, "safe" if safe else "unsafe") if edits else None


def replace_value(node: Node, value: str | int | float | bool) -> Edits | None:
    """Write another scalar in place of a node's, quoted as the old one was, or as it has to be."""
    if (source := _in_source(node)) is not None:
        place, raw = source
        return (Edit(place, written(value, raw[0] if raw[0] in "\"'" else "")),)
    if not node.document.text and value and value.__class__ is node.value.__class__:
        # What a template prints is mended in the values; another type it would print in the same way.
        there = node.document.behind(path_of(node))
        return (Edit(there[1], written(value, there[2][0] if there[2][0] in "\"'" else "")),) if there else None
    spot = _Spot.of(node)
    if spot is None or spot.place.children is not None or spot.place.style in ("|", ">"):
        return None
    begin, end = spot.place.start.index, spot.place.end.index
    if begin == end or "\n" in spot.text[begin:end]:
        return None
    quote = spot.place.style or ('"' if spot.is_json and isinstance(value, str) else "")
    return (spot.edit(begin, end, written(value, quote, in_block=not spot.in_flow)),)


def replace_plain(node: Node, value: int | bool) -> Edits | None:
    """Write a number, true or false, without quotes, in place of a text."""
    if (source := _in_source(node)) is not None:
        return (Edit(source[0], written(value, "")),)
    spot = _Spot.of(node)
    if spot is None or spot.place.children is not None or spot.place.style not in (None, "'", '"'):
        return None
    return (spot.edit(spot.place.start.index, spot.place.end.index, written(value, "")),)


def quote_value(node: Node) -> Edits | None:
    """Put quotes around a plain scalar, exactly as it is written: `yes` becomes `"yes"`, not `"true"`."""
    if (source := _in_source(node)) is not None:
        place, raw = source
        return (Edit(place, f'"{raw}"'),) if raw.isprintable() and not set("\"'\\") & set(raw) else None
    spot = _Spot.of(node)
    if spot is None or spot.place.children is not None or spot.place.style is not None:
        return None
    begin, end = spot.place.start.index, spot.place.end.index
    raw = spot.text[begin:end]
    if not raw or not raw.isprintable() or '"' in raw or "\\" in raw:
        return None
    return (spot.edit(begin, end, f'"{raw}"'),)


def rename_key(node: Node, name: str) -> Edits | None:
    """Write another name in place of a field's; the field's value stays."""
    if (source := _in_source(node, of_key=True)) is not None:
        place, raw = source
        return (Edit(place, written(name, raw[0] if raw[0] in "\"'" else "")),)
    spot = _Spot.of(node)
    if spot is None or spot.place.key_start is None:
        return None
    begin, end = spot.place.key_start.index, spot.place.key_end.index
    raw = spot.text[begin:end]
    if raw[:1] in "&*!?" or "\n" in raw:
        return None
    return (spot.edit(begin, end, written(name, raw[0] if raw[0] in "\"'" else "")),)


def remove_field(node: Node) -> Edits | None:
    """Remove a field with its block, in flow style with its comma; never the only one of its mapping, never a comment."""
    spot = _Spot.of(node)
    return spot.removal() if spot is not None and spot.place.key_start is not None else None


def insert_after(node: Node, name: str, value: str | int | bool) -> Edits | None:
    """Insert a field behind its sibling, in the sibling's style and indentation."""
    spot = _Spot.of(node)
    if spot is None or spot.place.key_start is None:
        return None
    end = spot.end_of(spot.place)
    if spot.in_flow:
        quote = '"' if spot.is_json else ""
        return (
            spot.edit(end, end, f", {written(name, quote)}: {written(value, quote if isinstance(value, str) else '')}"),
        )
    header = spot.text[spot.place.start.index : end].split("\n", 1)[0]
    line_end = spot.line_end(end)
    rest = spot.text[end:line_end].strip()
    if (rest and rest[0] != "#") or (header[:1] in ("|", ">") and "+" in header):
        return None
    indent = spot.column(spot.place.key_start.index)
    if indent is None:
        return None
    newline = "\r\n" if "\r\n" in spot.text else "\n"
    return (spot.edit(line_end, line_end, f"{newline}{' ' * indent}{written(name, '')}: {written(value, '')}"),)


def remove_duplicate(document: Document, path: tuple[str | int, ...], first: Place, key_start: Any) -> Edits | None:
    """Remove the second of two fields of the same name whose values are written alike; `path` is their mapping's."""
    spot = _Spot.at(document, path)
    holder = spot.place if spot is not None else None
    if spot is None or holder is None or holder.children is None:
        return None
    starts, places = _in_order(holder)
    at = bisect.bisect_left(starts, key_start.index)
    second = places[at] if at < len(starts) and starts[at] == key_start.index else None
    if (
        second is None
        or first.key_start is None
        or not holder.start.index <= first.key_start.index < second.key_start.index
    ):
        return None
    if first.children is not None or second.children is not None or first.style != second.style:
        return None
    one, other = (spot.text[p.start.index : spot.end_of(p)] for p in (first, second))
    if one != other or "\n" in one or one[:1] in "&*!":
        return None
    return _Spot(document, second, holder, spot.in_flow or holder.style == "{", first).removal()


def written(value: str | int | float | bool, quote: str, *, in_block: bool = False) -> str:
    """A scalar as YAML that reads as this value under YAML 1.1, 1.2 and, with `"`, JSON; `in_block`: not between braces."""
    if value is True or value is False:
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not quote and (_PLAIN_IN_BLOCK if in_block else _PLAIN).match(value):
        from kubetrial.lint.yaml.scalars import scalar

        if scalar(value) == value:
            return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _in_source(node: Node, *, of_key: bool = False) -> tuple[Range, str] | None:
    """Of a value of a built object, or of its key: where a source writes it literally, and how."""
    if node.document.text:
        return None
    return node.document.written(path_of(node), of_key)


class _Spot:
    """Where a field stands: its place, the place of what holds it, and the text around."""

    __slots__ = ("document", "first", "holder", "in_flow", "place", "text")

    def __init__(
        self, document: Document, place: Place, holder: Place | None, in_flow: bool, first: Place | None = None
    ) -> None:
        self.document = document
        self.text = document.text
        self.place = place
        self.holder = holder
        self.in_flow = in_flow
        self.first = first  # another field of the same name, which the tree of places does not have

    @classmethod
    def of(cls, node: Node) -> _Spot | None:
        """The spot of a node that is present and stands for itself alone."""
        return cls.at(node.document, path_of(node))

    @classmethod
    def at(cls, document: Document, path: tuple[str | int, ...]) -> _Spot | None:
        """The spot of a path; None where it is missing, or shared through an anchor, an alias or a merge."""
        text = document.text
        if not text or document.marked >= 0 or has_odd_breaks(text):
            return None  # no text: a built object, whose sources are written otherwise
        place, holder, in_flow = document.places, None, False
        for key in path:
            inner = place.children.get(key) if place.children is not None else None
            if inner is None or _is_shared(place, text):
                return None
            if not place.start.index <= (inner.key_start or inner.start).index <= place.end.index:
                return None
            in_flow = place.style == "{"
            holder, place = place, inner
        return None if _is_shared(place, text) else cls(document, place, holder, in_flow)

    @property
    def is_json(self) -> bool:
        """Whether the text around is written as JSON: braces and keys in double quotes."""
        key = self.place.key_start
        return self.in_flow and (
            self.text[key.index] == '"' if key is not None else self.document.file.endswith(".json")
        )

    def edit(self, begin: int, end: int, text: str) -> Edit:
        """An edit of a part of the document, at its place in the file."""
        return Edit(Range(self._position(begin), self._position(end)), text)

    def _position(self, index: int) -> Position:
        starts = _line_starts(self.text)
        line = bisect.bisect_right(starts, index)
        return Position(self.document.line + line, index - starts[line - 1] + 1)

    def column(self, index: int) -> int | None:
        """How far a block's field is indented; None where what stands before it is more than blanks and hyphens."""
        before = self.text[self.text.rfind("\n", 0, index) + 1 : index]
        return len(before) if not before.strip(" -") else None

    def line_end(self, index: int) -> int:
        """Where the line ends that holds an index, in front of its line break."""
        end = self.text.find("\n", index)
        if end < 0:
            return len(self.text)
        return end - 1 if end > index and self.text[end - 1] == "\r" else end

    def end_of(self, place: Place) -> int:
        """Where a value's own text ends: without the comments and blank lines behind it."""
        begin, end = int(place.start.index), int(place.end.index)
        if place.style == "{" or (place.children is None and place.style not in ("|", ">")):
            if begin == end and place.key_end is not None:
                colon = self.text.find(":", int(place.key_end.index), begin + 1)
                return colon + 1 if colon >= 0 else int(place.key_end.index)
            return end
        if place.children is None:
            return begin + len(self.text[begin:end].rstrip())
        # A block's mark stands where the next token begins: comments behind it are cut off here, and what looks like one inside
        # of its last scalar is put back by its children. A merge at the end is nobody's child.
        lines = self.text[begin:end].rstrip().split("\n")
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip()[0] == "#"):
            lines.pop()
        comment = re.search(r"(?<!\s)\s+#", lines[-1])
        shown = begin + len("\n".join(lines)) - (len(lines[-1]) - comment.start() if comment else 0)
        return max([shown, *(self.end_of(p) for p in place.children.values() if begin <= p.start.index <= end)])

    def removal(self) -> Edits | None:
        """The edits of `remove_field`."""
        holder, begin = self.holder, int(self.place.key_start.index)
        if holder is None or holder.children is None:
            return None
        end = self.end_of(self.place)
        before, following = self._neighbours(holder, begin)
        if before is None and following is None:
            return None
        if self.in_flow:
            return self._cut_from_flow(begin, end)
        line_begin = self.text.rfind("\n", 0, begin) + 1
        line_end = self.line_end(end)
        if self.text[end:line_end].strip():
            return None
        before_key = self.text[line_begin:begin]
        if before_key.strip():
            # The first field of a list item: the next one moves up behind the hyphen.
            if before_key.strip(" -") or following is None:
                return None
            return self._cut(begin, following)
        if line_end < len(self.text):
            return self._cut(line_begin, self.text.index("\n", line_end) + 1)
        if line_begin == 0:
            return None
        return self._cut(line_begin - (2 if self.text[line_begin - 2 : line_begin] == "\r\n" else 1), line_end)

    def _cut_from_flow(self, begin: int, end: int) -> Edits | None:
        """Remove what stands between braces with one of the commas around it.

        The text is asked and not the tree of places, which lacks the first one of keys that stand twice.
        """
        text, at = self.text, begin - 1
        while at >= 0 and text[at].isspace():
            at -= 1
        if at >= 0 and text[at] == ",":
            return self._cut(at, end)
        behind = end
        while behind < len(text) and text[behind].isspace():
            behind += 1
        if at < 0 or text[at] != "{" or text[behind : behind + 1] != ",":
            return None
        behind += 1
        while behind < len(text) and text[behind].isspace():
            behind += 1
        return self._cut(begin, behind)

    def _neighbours(self, holder: Place, begin: int) -> tuple[Place | None, int | None]:
        """The field before this one, and where the key of the one behind it begins."""
        starts, places = _in_order(holder)
        at = bisect.bisect_left(starts, begin)
        before = next((p for p in reversed(places[max(at - 2, 0) : at]) if p is not self.place), None)
        behind = next((int(p.key_start.index) for p in places[at : at + 2] if p.key_start.index > begin), None)
        first = self.first  # which the tree of places does not have
        if first is not None and holder.start.index <= first.key_start.index < holder.end.index:
            index = int(first.key_start.index)
            if index < begin and (before is None or before.key_start.index < index):
                before = first
            elif index > begin and (behind is None or index < behind):
                behind = index
        return before, behind

    def _cut(self, begin: int, end: int) -> Edits | None:
        """Remove a part of the text, unless it may hold a comment or an anchor that others use."""
        part = self.text[begin:end]
        if re.search(r"(^|\s)#", part) or re.search(r"(^|[\s,\[{:-])&", part):
            return None
        return (self.edit(begin, end, ""),)


@functools.lru_cache(maxsize=64)
def _in_order(holder: Place) -> tuple[list[int], list[Place]]:
    """Where the keys of a mapping begin that stand in its own text, and their places, from above; many are removed from one."""
    found = [p for p in (holder.children or {}).values() if p.key_start is not None]
    found = [p for p in found if holder.start.index <= p.key_start.index < holder.end.index]
    found.sort(key=lambda p: p.key_start.index)
    return [int(p.key_start.index) for p in found], found


def _is_shared(place: Place, text: str) -> bool:
    """Whether a value has an anchor, is an alias, or carries a tag."""
    return bool(place.end.index > place.start.index) and text[place.start.index] in "&*!"
