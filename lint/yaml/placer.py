"""The places of everything in a document, from the events of its text; document.py asks when a finding first needs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubetrial.lint.values.remembered import remembered
from kubetrial.lint.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    events,
)
from kubetrial.lint.yaml.place import Place
from kubetrial.lint.yaml.scalars import key_text, scalar, tagged

MERGE = object()


Key = tuple[Any, Any, Any]
"""A key that waits for its value: its name (or MERGE), and the marks where it begins and ends."""


class Placer:
    """Builds the tree of places of a text that is known to be readable."""

    def __init__(self, text: str) -> None:
        self.duplicates: list[tuple[tuple[str | int, ...], str, Any, Any, Any]] = []
        self._own: set[tuple[int, Any]] = set()  # (mapping, key) of what a mapping says itself, not through `<<`
        self._anchors: dict[str, Place] = {}
        self._named: dict[str, Any] = {}  # anchor -> the scalar's event: a key may be an alias
        get = events(text)
        get(), get()  # the starts of the stream and of the document
        self.root = self._build(get)

    def _build(self, get: Callable[[], Any]) -> Place:
        """The place of the value whose events come next, with all that is in it."""
        stack: list[tuple[Place | None, bool, Key | None, tuple[str | int, ...]]] = []
        place: Place | None = None  # the collection being filled
        mapping = False
        key: Key | None = None
        path: tuple[str | int, ...] = ()
        while True:
            event = get()
            kind = event.__class__
            if kind is ScalarEvent and mapping and key is None and event.anchor is None:
                key = self._key_of(event)  # it needs no place: that of its value holds it
                continue
            if kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append((place, mapping, key, path))
                if place is not None:
                    path = (*path, len(place.children or ()) if key is None else key[0])
                place, mapping, key = self._opened(event), kind is MappingStartEvent, None
                continue
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                assert place is not None
                done = place
                done.end = event.end_mark
                place, mapping, key, path = stack.pop()
            else:
                done = self._leaf(event)
            if place is None:
                return done
            assert place.children is not None
            if not mapping:
                place.children[len(place.children)] = done
            elif key is None:
                key = self._key_of(event)
            else:
                self._put(place, path, key, done)
                key = None

    def _opened(self, event: Any) -> Place:
        """The place of a collection that begins."""
        opened = Place(event.start_mark, event.end_mark, "{" if event.flow_style else None)
        opened.children = {}
        if event.anchor is not None:
            self._anchors[event.anchor] = opened
        return opened

    def _leaf(self, event: Any) -> Place:
        """The place of a scalar or of an alias: that stands where it is written, and what is inside it where the anchor is."""
        if event.__class__ is AliasEvent:
            target = self._anchors[event.anchor]
            done = Place(event.start_mark, event.end_mark, target.style)
            done.children = target.children
            return done
        done = Place(event.start_mark, event.end_mark, event.style or None)
        if event.anchor is not None:
            self._anchors[event.anchor] = done
            self._named[event.anchor] = event
        return done

    def _put(self, place: Place, path: tuple[str | int, ...], key: Key, done: Place) -> None:
        """Put a value's place into that of its mapping, or what `<<` brings."""
        name, start, end = key
        assert place.children is not None
        if name is MERGE:
            inner = list((done.children or {}).values()) if _is_list(done) else [done]
            for merged in reversed(inner):
                place.children.update(merged.children or {})
                self._own.difference_update((id(place), each) for each in merged.children or {})
            return
        if (id(place), name) in self._own:
            self.duplicates.append((path, name, place.children[name], start, end))
        self._own.add((id(place), name))
        done.key_start, done.key_end = start, end
        place.children[name] = done

    def _key_of(self, event: Any) -> Key:
        named = self._named.get(event.anchor, event) if event.__class__ is AliasEvent else event
        plain = named.style is None or named.style == ""
        if plain and named.tag is None:
            name = plain_key(named.value)
        else:
            name = key_text(tagged(named), None)
        return name, event.start_mark, event.end_mark


@remembered(1024)
def plain_key(text: str) -> Any:
    """The key that a plain scalar is; the same few come again in every document."""
    return MERGE if text == "<<" else key_text(scalar(text), None)


def _is_list(place: Place) -> bool:
    return bool(place.children) and 0 in (place.children or {})
