"""How values are written in the text of a document: for the rules about YAML that is read in two ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubetrial.lint.kinds import Object
from kubetrial.lint.node import Node
from kubetrial.lint.source import Place


def plain(obj: Object, types: Any) -> Iterator[tuple[Node, str]]:
    """The values of some types that are plain scalars, with what stands in the text; nothing for aliases and JSON."""
    wanted = [node for node in _values(obj) if _is(node.value, types)]
    if not wanted:
        return
    prefix: tuple[str | int, ...] = obj.key if isinstance(obj.key, tuple) else ()
    for node in wanted:
        place, exact = obj.document.find((*prefix, *node.steps))
        if exact:
            text = obj.document.text[place.start.index : place.end.index]
            if not text.startswith(("*", "&", "!")):
                yield node, text.strip()


def _is(value: Any, types: Any) -> bool:
    return isinstance(value, types) and (types is bool or not isinstance(value, bool))


def _values(root: Node) -> Iterator[Node]:
    """Every value that is no collection; iterative."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.value.__class__ is dict:
            pending.extend(Node(node.document, node, key, value) for key, value in node.value.items())
        elif node.value.__class__ is list:
            pending.extend(Node(node.document, node, index, value) for index, value in enumerate(node.value))
        else:
            yield node


def anchors(obj: Object) -> Iterator[tuple[Node, str]]:
    """The values of an object that have an anchor, with its name."""
    prefix: tuple[str | int, ...] = obj.key if isinstance(obj.key, tuple) else ()
    place, exact = obj.document.find(prefix)
    pending: list[tuple[Node, Place]] = [(obj, place)] if exact else []
    while pending:
        node, place = pending.pop()
        text = obj.document.text
        if text[place.start.index : place.start.index + 1] == "&":
            name = text[place.start.index + 1 :].split(None, 1)[0].rstrip(",]}")
            yield node, name
        for key, inner in (place.children or {}).items():
            pending.append((node[key], inner))
