"""A built object as a document: rules and findings see it like any other, its places are those of the sources."""

from __future__ import annotations

from collections.abc import Callable

from kubetrial.lint.build.literal import literal, text_at, unquoted
from kubetrial.lint.build.origin import VALUE, Built, Origin, Path
from kubetrial.lint.finding import Range
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.node import Node
from kubetrial.lint.yaml.place import Place
from kubetrial.lint.yaml.scalars import scalar


def invents(node: Node, about_key: bool = False, about_type: bool = False) -> bool:
    """Whether what a node holds, or its key alone, was printed of a value that nobody gave, but that leads to a branch of a chart."""
    document = node.document
    known = getattr(document.built, "invents", None) if isinstance(document, BuiltDocument) else None
    return known is not None and known(node.steps, about_key, about_type)


def about(document: Document) -> tuple[str, int]:
    """The unit or file of a document, and its number there, as `Finding.about` has them: a finding itself stands in a source."""
    return (document.unit if isinstance(document, BuiltDocument) else document.file), document.index


class BuiltPlace(Place):
    """Where a value of a built object comes from."""

    __slots__ = ("origin",)

    def __init__(self, origin: Origin) -> None:
        super().__init__(None, None, None)
        self.origin = origin


class BuiltDocument(Document):
    """One object of a unit. `file` is the file that stands for the unit; `unit` names it in reports.

    `text_of` gives the text of a source by the name that reports use: what is written there literally can be mended there.
    """

    __slots__ = ("_text_of", "built", "unit")

    has_sources = True

    def __init__(
        self, file: str, index: int, unit: str, built: Built, text_of: Callable[[str], str | None] = lambda _: None
    ) -> None:
        super().__init__(file, index, 0, "", built.value)
        self.unit = unit
        self.built = built
        self._text_of = text_of

    def written(self, path: Path, of_key: bool = False) -> tuple[Range, str] | None:
        """Where a source writes what stands at a path (or its key) as it is, and the text there; else None."""
        origin, exact = self.built.origin(path)
        if not exact or not path:
            return None
        one = origin.key_at or origin if of_key else origin
        place = one.key if of_key else one.value
        text = self._text_of(one.file) if place is not None else None
        if place is None or text is None:
            return None
        value: object = path[-1]
        if not of_key:
            value = self.value
            for step in path:
                value = value[step]  # type: ignore[index]
        raw = text_at(text, place)
        return (place, raw) if raw is not None and literal(raw, value) else None

    def behind(self, path: Path) -> tuple[str, Range, str] | None:
        """The one line of a values file whose text or number an action prints at a path as it is: file, place, and the text there."""
        origin, exact = self.built.origin(path)
        if not exact or self.written(path) is not None:
            return None
        value: object = self.value
        for step in path:
            value = value[step]  # type: ignore[index]
        if not value or value.__class__ not in (str, int, float):
            return None
        found = []
        for one in origin.via:
            text = self._text_of(one.file) if one.role == VALUE else None
            raw = text_at(text, one.value) if text is not None else None
            if raw is not None and literal(raw, value):
                # A number that a template puts into quotes is a text in the object, and none in its values file.
                read = unquoted(raw) if raw[0] in "\"'" else scalar(raw)
                found.append((one.file, one.value, raw) if read.__class__ is value.__class__ else None)
        return found[0] if len(found) == 1 else None

    def waits_for(self, path: Path, absent: bool = False, name: str = "") -> tuple[str, ...] | None:
        """The values that a chart leaves to its user and that would stand at a path; `absent`: or lead to further fields there.

        `name`: to an item of that name. None: what stands there waits for nothing.
        """
        asked = getattr(self.built, "waits_for", None)
        return asked(path, absent, name) if asked is not None else None

    @property
    def release(self) -> str:
        """The name of the release that an object of a chart is rendered with, where nobody chose it."""
        return str(getattr(self.built, "release", ""))

    def is_random(self, path: Path) -> bool:
        """Whether what stands at a path was made at random."""
        asked = getattr(self.built, "is_random", None)
        return asked is not None and bool(asked(path))

    def find(self, path: Path) -> tuple[BuiltPlace, bool]:
        """The place of a path and True, or of its nearest existing ancestor and False."""
        origin, exact = self.built.origin(path)
        return BuiltPlace(origin), exact

    def value_range(self, place: Place) -> Range:
        """The range of a value in its source."""
        assert isinstance(place, BuiltPlace)
        return place.origin.value

    def key_range(self, place: Place) -> Range:
        """The range of a value's key in its source; of what no key wrote, of the value."""
        assert isinstance(place, BuiltPlace)
        origin = place.origin.key_at or place.origin
        return origin.key or origin.value

    def file_of(self, place: Place, key: bool = False) -> str:
        """The source that a value stands in, or its key."""
        assert isinstance(place, BuiltPlace)
        origin = place.origin.key_at if key else None
        return (origin or place.origin).file
