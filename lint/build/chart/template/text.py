"""Text that knows where it comes from.

`Text` is a str with spans, so that every function takes it; those that change only the edges of a text (indent, trim, quote, replace…)
keep the spans, all others give a plain str, which stands at the action that printed it. A span is (start, offset, origin): from `start`
on, up to the next span, the text comes from `origin`; where that is literal, `offset` is the place in its file and counts on with the
text, else it is the place of the action (or 0 for a value). A span that ends where it starts says what was read there to print nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class TextOrigin(NamedTuple):
    """Where text comes from.

    `file`: the template. `literal`: it is the template's own text, sign for sign. `reads`: the paths of the values that the action read.
    `value`: what toYaml printed of the value at this path (`is_key`: its key). `via`: the actions (file, offset) that included it,
    outermost first. `again`: the literal text was read and written anew, so that it may look otherwise there.
    """

    file: str
    literal: bool = False
    reads: tuple[Path, ...] = ()
    value: Path | None = None
    is_key: bool = False
    via: tuple[tuple[str, int], ...] = ()
    again: bool = False


Span = tuple[int, int, TextOrigin]


class SignOrigin(NamedTuple):
    """The place of one sign of a rendered text."""

    file: str
    offset: int
    origin: TextOrigin


class SpannedText(str):
    """A str with spans (start, offset, origin), ordered by start; the first starts at 0."""

    __slots__ = ("spans",)
    spans: Sequence[Span]

    def __new__(cls, text: str, spans: Sequence[Span]) -> SpannedText:
        """A text with the places that it comes from."""
        made = super().__new__(cls, text)
        made.spans = spans
        return made

    def __copy__(self) -> SpannedText:
        """Itself: a text does not change."""
        return self

    def __deepcopy__(self, memo: object) -> SpannedText:
        """Itself."""
        return self

    def __getnewargs__(self) -> tuple[str, Sequence[Span]]:  # type: ignore[override]
        """What it is made of again from."""
        return str.__str__(self), self.spans

    def origin_at(self, offset: int) -> SignOrigin | None:
        """Where the sign at an offset comes from."""
        index = bisect_right(self.spans, offset, key=lambda span: span[0]) - 1
        if index < 0:
            return None
        start, at, origin = self.spans[index]
        return SignOrigin(origin.file, at + (offset - start if origin.literal else 0), origin)


class LazyText(SpannedText):
    """A text whose spans are made when somebody asks for them: most of toJson's output is only read again."""

    __slots__ = ("_make", "_spans")
    _make: Callable[[], Sequence[Span]]
    _spans: Sequence[Span] | None

    def __new__(cls, text: str, make: Callable[[], Sequence[Span]]) -> LazyText:
        """A text, and what makes its spans."""
        made = str.__new__(cls, text)
        made._make, made._spans = make, None
        return made

    @property
    def spans(self) -> Sequence[Span]:  # type: ignore[override]
        """The places that it comes from."""
        if self._spans is None:
            self._spans = self._make()
        return self._spans

    def __reduce__(self) -> tuple[Any, ...]:
        """A text whose spans are made."""
        return SpannedText, (str.__str__(self), self.spans)


def cut(text: str, start: int, end: int) -> str:
    """A part of a text, with its spans where it has some."""
    part = str.__getitem__(text, slice(start, end))
    if not isinstance(text, SpannedText) or not part:
        return part
    spans = text.spans
    first = max(bisect_right(spans, start, key=lambda span: span[0]) - 1, 0)
    kept: list[Span] = []
    for begin, at, origin in spans[first:]:
        if begin >= end and begin < len(text):
            break
        if begin < start:
            kept.append((0, at + (start - begin if origin.literal else 0), origin))
        else:
            kept.append((begin - start, at, origin))
    return SpannedText(part, kept)


NOWHERE = TextOrigin("")


def joined(parts: Iterable[str]) -> str:
    """Texts one behind the other; a plain part belongs to whoever prints the whole, which an origin without file says."""
    all_parts = [part for part in parts if part or isinstance(part, SpannedText)]
    whole = "".join(all_parts)
    if not any(isinstance(part, SpannedText) for part in all_parts):
        return whole
    spans: list[Span] = []
    place = 0
    for part in all_parts:
        if isinstance(part, SpannedText):
            spans.extend((start + place, at, origin) for start, at, origin in part.spans)
        else:
            spans.append((place, 0, NOWHERE))
        place += len(part)
    return SpannedText(whole, spans)


def replaced(text: str, old: str, new: str, most: int = -1) -> str:
    """strings.Replace with spans: what stays keeps its place, what is new takes that of what it replaces."""
    if old not in text:
        return text
    if not isinstance(text, SpannedText) or not old:
        return str.replace(text, old, new, most)
    parts: list[str] = []
    place = 0
    while most != 0 and (found := text.find(old, place)) >= 0:
        parts.append(cut(text, place, found))
        if new or isinstance(new, SpannedText):
            where = text.origin_at(found)
            if where is None:
                parts.append(new)
            else:
                origin = where.origin._replace(literal=False)
                parts.append(SpannedText(new, [(0, where.offset, origin)]))
        place = found + len(old)
        most -= 1
    parts.append(cut(text, place, len(text)))
    return joined(parts)


class Builder:
    """Collects output; `spans` tile it."""

    __slots__ = ("length", "parts", "spans")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.length = 0

    def literal(self, text: str, at: int, origin: TextOrigin) -> None:
        """The template's own text."""
        self.spans.append((self.length, at, origin))
        self.parts.append(text)
        self.length += len(text)

    def silent(self, at: int, origin: TextOrigin) -> None:
        """An action that printed nothing, or a branch that was not taken: where it would stand, and which values it read."""
        if origin.reads:
            self.spans.append((self.length, at, origin))

    def printed(self, text: str, at: int, origin: TextOrigin) -> None:
        """What the action at an offset printed: parts that know their own place keep it, and remember the action."""
        place = self.length
        if not text:
            self.silent(at, origin)
            return
        if isinstance(text, SpannedText):
            step = ((origin.file, at),)
            for start, offset, inner in text.spans:
                if not inner.file:
                    self.spans.append((place + start, at, origin))
                else:
                    via = step + inner.via if inner.file != origin.file or inner.literal else inner.via
                    self.spans.append((place + start, offset, inner._replace(via=via)))
        else:
            self.spans.append((place, at, origin))
        self.parts.append(text)
        self.length += len(text)

    def text(self) -> SpannedText:
        """All that was collected."""
        return SpannedText("".join(self.parts), self.spans)


def paths_of(values: object, prefix: Path = ()) -> dict[int, Path]:
    """id of each map and list of values -> its path: how the evaluator knows that it reads values. Keep the values alive with it.

    Iterative; a container that stands at two paths has the first.
    """
    found: dict[int, Path] = {}
    waiting: list[tuple[object, Path]] = [(values, prefix)]
    while waiting:
        value, path = waiting.pop()
        if id(value) in found:
            continue
        if isinstance(value, dict):
            found[id(value)] = path
            waiting.extend((item, (*path, name)) for name, item in value.items() if isinstance(item, (dict, list)))
        elif isinstance(value, list):
            found[id(value)] = path
            waiting.extend((item, (*path, index)) for index, item in enumerate(value) if isinstance(item, (dict, list)))
    return found
