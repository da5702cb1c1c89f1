"""The plain data of a document in any style, from the events of libyaml's parser, exactly as the API server reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.yaml.events import (
    AliasEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
    events,
    syntax,
)
from kubetrial.lint.yaml.placer import MERGE
from kubetrial.lint.yaml.scalars import COLON, NOTHING, TAG, NotReadable, key_text, scalar, tagged

MAX_DEPTH = 1000
"""Deeper nesting is refused, as the server's own readers refuse it long before."""
MAX_ALIASED = 400_000
"""How many values the aliases of one document may stand for together: more is no request of 3 MiB, and goyaml allows ever fewer then."""
_MOST_COLONS = 500
_GLUED = pattern(r"(?<![^\s,\[\]{}])!(?:<[^>\n]*>|[^\s,\[\]{}]*)|(?<=[A-Za-z0-9_.$/-]):(?=[^\s,\[\]{}])")
"""A tag, which keeps its colons, or a colon that is glued to plain words."""


def _plain(text: str) -> tuple[Any, bool]:
    """The first document of a text as plain data, and whether a mapping in it has a key twice."""
    get = events(text)
    try:
        get()  # the start of the stream
        if get().__class__ is StreamEndEvent:
            return NOTHING, False
        root, duplicates = _filled(get)
        get()  # the end of the document
        behind = get()
    except YAMLError as error:
        raise syntax(error, text) from None
    except RecursionError:
        raise NotReadable("nested too deep", None) from None
    if behind.__class__ is not StreamEndEvent:
        message = "the document ended above; what follows is never read without a `---` line"
        raise NotReadable(message, behind.start_mark)
    return root, duplicates


def _filled(get: Callable[[], Any]) -> tuple[Any, bool]:
    """The value whose events come next, and whether a mapping in it has a key twice.

    Iterative, so that no input is too deep for the interpreter; every value of every file comes through here.
    """
    duplicates = False
    named = _Named()
    anchors = named.values
    stack: list[tuple[Any, Any, bool]] = []
    container: Any = None  # the dict or list that is being filled; None at the root
    key: Any = None  # the key that waits for its value
    waiting = False  # whether `key` holds a key
    while True:
        event = get()
        kind = event.__class__
        if kind is ScalarEvent:
            text = event.value
            value = (
                tagged(event) if event.ctag is not None else text.replace(COLON, ":") if event.style else scalar(text)
            )
            if value.__class__ is float and not math.isfinite(value):
                raise NotReadable(f"`{text}` is a number that JSON cannot hold", event.start_mark)
            if event.anchor is not None:
                anchors[event.anchor] = value
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if len(stack) >= MAX_DEPTH:
                raise NotReadable(f"nested deeper than {MAX_DEPTH} levels", event.start_mark)
            stack.append((container, key, waiting))
            container, key, waiting = {} if kind is MappingStartEvent else [], None, False
            if event.anchor is not None:
                anchors[event.anchor] = container
            continue
        elif kind is AliasEvent:
            value = named.value(event, container, stack)
        else:
            value = container
            container, key, waiting = stack.pop()
        # `value` is complete: put it where it belongs
        if container is None:
            return value, duplicates
        if container.__class__ is list:
            container.append(value)
        elif not waiting:
            key = value if value.__class__ is str and value != "<<" else _key(value, event)
            waiting = True
        else:
            if key is MERGE:
                _merge(container, value if value.__class__ is list else [value], event.start_mark)
            else:
                duplicates = duplicates or key in container
                container[key] = value
            waiting = False


def _key(value: Any, event: Any) -> Any:
    """The key that a value is; MERGE where a plain `<<` stands."""
    if value == "<<" and event.__class__ is ScalarEvent and not event.style and event.tag in (None, TAG + "merge"):
        return MERGE
    return key_text(value, event.start_mark)


class _Named:
    """The values of a document that have an anchor, and how much the aliases above have brought already."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._weights: dict[int, int] = {}
        self._aliased = 0

    def value(self, event: Any, container: Any, stack: list[tuple[Any, Any, bool]]) -> Any:
        """What an alias stands for, inside of what is being filled."""
        name, mark = event.anchor, event.start_mark
        if name not in self.values:
            raise NotReadable(f"the alias *{name} names no anchor above it", mark)
        value = self.values[name]
        if value.__class__ in (dict, list):
            if value is container or any(value is outer[0] for outer in stack):
                raise NotReadable(f"the alias *{name} stands inside of what it names", mark)
            self._aliased += _weight(value, self._weights)
            if self._aliased > MAX_ALIASED:
                raise NotReadable("aliases multiply to more values than a manifest can hold", mark)
        return value


def _merge(target: dict[str, Any], sources: list[Any], mark: Any) -> None:
    """Put what `<<` brings into a mapping as goyaml.v2 does: over what stands above it, and of several sources the first wins."""
    for source in reversed(sources):
        if source.__class__ is not dict:
            raise NotReadable("<<: merges mappings only", mark)
        target.update(source)


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


def _as_part(found: re.Match[str]) -> str:
    return COLON if found[0] == ":" else found[0]


def by_events(text: str) -> tuple[str, Any, bool]:
    """`_plain`, reading `{a:b}` as Kubernetes does; also returns the text with such colons replaced (same length)."""
    for _ in range(_MOST_COLONS):
        try:
            value, duplicates = _plain(text)
        except NotReadable as error:
            at = error.mark if error.mark.__class__ is int else -1
            if "unexpected ':'" not in error.message or text[at : at + 1] != ":":
                raise
            # What is glued to a plain word is part of it, all through the text.
            glued = _GLUED.sub(_as_part, text)
            text = glued if glued[at] == COLON else text[:at] + COLON + text[at + 1 :]
        else:
            return text, value, duplicates
    raise NotReadable("too many words with a colon inside of braces; put spaces after the colons", None)
