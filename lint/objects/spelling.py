"""How values are written in the text of a document: for the rules about YAML that is read in two ways."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.node import Node
from kubetrial.lint.yaml.place import Place


def plain(obj: Object, types: tuple[type[Any], ...], form: re.Pattern[str] | None = None) -> Iterator[tuple[Node, str]]:
    """The values of some types that are plain scalars, with what stands in the text; nothing for aliases and JSON.

    Nothing either where the document's text does not hold the form that is looked for.
    """
    if not obj.document.text:
        return  # a built object has no spelling of its own
    linked_paths = [linked for linked, value in _no_texts(obj) if value.__class__ in types]
    if not linked_paths or (form is not None and not holds(obj.document, form)):
        return
    prefix: tuple[str | int, ...] = obj.key if isinstance(obj.key, tuple) else ()
    for linked in linked_paths:
        node = obj.at(*_flat(linked))
        place, exact = obj.document.find((*prefix, *node.steps))
        if exact:
            text = obj.document.text[place.start.index : place.end.index]
            if not text.startswith(("*", "&", "!")):
                yield node, text.strip()


@functools.lru_cache(maxsize=1)
def _no_texts(obj: Object) -> list[tuple[tuple[Any, ...], Any]]:
    """(linked path, value) of all scalars of an object that are no texts; one walk for all rules about one object."""
    found = []
    pending: list[tuple[tuple[Any, ...], Any]] = [((), obj.value)]
    while pending:
        parent, value = pending.pop()
        for key, inner in value.items() if value.__class__ is dict else enumerate(value):
            cls = inner.__class__
            if cls is str:
                continue
            if cls is dict or cls is list:
                pending.append(((parent, key), inner))
            else:
                found.append(((parent, key), inner))
    return found


@functools.lru_cache(maxsize=16)
def holds(document: Document, pattern: re.Pattern[str]) -> bool:
    """Whether a document's text holds a pattern; asked for every object of a List, looked for once."""
    return pattern.search(document.text) is not None


@functools.lru_cache(maxsize=1)
def aliases(document: Document) -> dict[str, list[int]]:
    """Where a name stands behind a `*` in a document's text: aliases, and what may be one."""
    found: dict[str, list[int]] = {}
    for match in re.finditer(r"(?=\*([^\s,\]}]+))", document.text):
        found.setdefault(match[1], []).append(match.start())
    return found


def _flat(linked: tuple[Any, ...]) -> tuple[str | int, ...]:
    """The path of a value from its linked form: ((((), "spec"), "ports"), 0)."""
    path: list[str | int] = []
    while linked:
        linked, key = linked
        path.append(key)
    return tuple(reversed(path))


def anchors(obj: Object) -> Iterator[tuple[Node, str, int]]:
    """The values of an object that have an anchor, with its name and where in the text it begins."""
    return _properties(obj, "&") if holds(obj.document, _ANCHOR) else iter(())


def tags(obj: Object) -> Iterator[tuple[Node, str, int]]:
    """The values of an object that have a tag, with what stands behind its first `!` and where in the text it begins."""
    return _properties(obj, "!") if holds(obj.document, _TAG) else iter(())


_ANCHOR = re.compile(r"&(?<![^\s\[{,:]&)[\w-]")
_TAG = re.compile(r"!(?<![^\s\[{,:]!)")
"""What may be one: most of these signs stand inside of commands and addresses, and nobody needs the places of those documents."""
_PROPERTY = re.compile(r"([&!])(\S*) *")
"""An anchor or a tag, which stand before a value in either order."""


def _properties(obj: Object, sign: str) -> Iterator[tuple[Node, str, int]]:
    prefix: tuple[str | int, ...] = obj.key if isinstance(obj.key, tuple) else ()
    if not obj.document.text:
        return
    place, exact = obj.document.find(prefix)
    pending: list[tuple[Node, Place]] = [(obj, place)] if exact else []
    text = obj.document.text
    while pending:
        node, place = pending.pop()
        at = place.start.index
        while (match := _PROPERTY.match(text, at)) is not None:
            if match[1] == sign:
                yield node, match[2].rstrip(",]}"), at
            at = match.end()
        for key, inner in (place.children or {}).items():
            pending.append((node[key], inner))
