"""Paths with dots, as replacements and vars write them: one place (`lookup`), or all that match (`match`).

Follows kyaml's PathGetter and PathMatcher, and utils.SmarterPathSplitter.
"""

from __future__ import annotations

import re

from kubetrial.lint.build.kustomize.fields import fresh, split
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, shown, word
from kubetrial.lint.values.regexp import search as regexp

UNMATCHED = "kustomization-replacement-unmatched"
_MOST_ITEMS = 1000
_ITEM = re.compile(r"\[([^=]*)=(.*)\]\Z", re.S)

Found = tuple[RNode, "RNode | None", "str | int"]
"""A node, who holds it, and its key there."""


def split_path(path: str) -> list[str]:
    """The parts of `a.b\\.c.[name=x.y].[k8s.io/d]`; dots in brackets and escaped dots belong to their part."""
    parts: list[str] = []
    pieces = iter(split(path, "."))
    for piece in pieces:
        if not piece.startswith("[") or piece.endswith("]"):
            parts.append(piece)
            continue
        for more in pieces:
            piece += "." + more
            if more.endswith("]"):
                break
        parts.append(piece if "=" in piece else piece.strip("[]"))
    return parts


def with_indexes(parts: list[str]) -> list[str]:
    """The parts with `ports[0]` as two: vars write lists so."""
    found: list[str] = []
    for part in parts:
        match = re.match(r"(.*)\[(\d+)\]\Z", part, re.S)
        found += [name for name in match.groups() if name] if match else [part]
    return found


def lookup(root: RNode, parts: list[str], at: RNode) -> RNode | None:
    """The one node at a path, or None; raises Refused where the path goes through what has no such parts."""
    node: RNode | None = root
    for part in (clean for each in parts if (clean := each.strip())):
        if node is None or node.is_null():
            return None
        if _number(part) is not None or part == "-":
            items = _items(node, part, at)
            index = _number(part)
            node = items[-1 if index is None else index] if items and (index is None or index < len(items)) else None
        elif part == "*":
            raise MergeRefused("a source has one value, so that its path has no `*`", at, UNMATCHED)
        elif part.startswith("[") and part.endswith("]"):
            name, wanted = _pair(part, at)
            node = next((item for item in _items(node, part, at) if _is(item, name, wanted)), None)
        else:
            node = _fields(node, part, at).get(part)
    return node


def match(found: Found, parts: list[str], create: str | None, at: RNode) -> list[Found]:
    """The nodes at a path: `*` means all items, `[name=x]` those whose name has it, as a regular expression.

    `create`: a kind of node; what is missing is made, the last part of that kind. Raises Refused.
    """
    if not parts:
        return [found]
    node, part, rest = found[0], parts[0], parts[1:]
    number = _number(part)
    if number is not None:
        return _at_index(node, number, rest, create, at)
    if part.startswith("[") and part.endswith("]"):
        return _of_items(node, part, rest, create, at)
    if part == "*":
        every = enumerate(_items(node, part, at))
        return [each for index, item in every for each in match((item, node, index), rest, create, at)]
    if not part:
        raise MergeRefused("a path has an empty part between its dots", at)
    inner = None if node.is_null() else _fields(node, part, at).get(part)
    if inner is None:
        if create is None:
            return []
        if node.kind is not MAPPING:
            node.kind, node.value = MAPPING, {}
        inner = node.value[part] = fresh(_kind_before(rest, create), at)
    if inner.kind is SCALAR and rest and not inner.is_null():
        raise MergeRefused(f"the path goes on behind the text or number of `{part}`", at, UNMATCHED)
    return match((inner, node, part), rest, create, at)


def _at_index(node: RNode, index: int, rest: list[str], create: str | None, at: RNode) -> list[Found]:
    items = _items(node, str(index), at)
    if index == len(items) < _MOST_ITEMS and create is not None:
        if node.kind is not LIST:
            node.kind, node.value = LIST, []
        node.value.append(fresh(_kind_before(rest, create), at))
        items = node.value
    if index >= len(items):
        raise MergeRefused(f"the path asks for item {index} of a list of {len(items)}", at, UNMATCHED)
    return match((items[index], node, index), rest, create, at)


def _of_items(node: RNode, part: str, rest: list[str], create: str | None, at: RNode) -> list[Found]:
    name, wanted = _pair(part, at)
    found: list[Found] = []
    for index, item in enumerate(_items(node, part, at)):
        own = item if not name else item.get(name)
        if own is None or not _matches(wanted, shown(own)):
            continue
        found += match((item, node, index), rest, create, at) if name else [(item, node, index)]
    if found or create is None:
        return found
    if node.kind is not LIST:
        node.kind, node.value = LIST, []
    new = made({name: word(wanted)} if name else word(wanted), at)
    node.value.append(new)
    place = (new, node, len(node.value) - 1)
    return match(place, rest, create, at) if name else [place]


def _matches(pattern: str, text: str) -> bool:
    try:
        return regexp.matches(pattern, text)
    except regexp.Unsupported:
        return False


def _is(item: RNode, name: str, wanted: str) -> bool:
    own = item if not name else item.get(name)
    return own is not None and own.kind is SCALAR and shown(own) == wanted


def _pair(part: str, at: RNode) -> tuple[str, str]:
    found = _ITEM.match(part)
    if found is None:
        raise MergeRefused(f"`{part}` of a path is not written as `[field=value]`", at, UNMATCHED)
    return found[1], found[2]


def _number(part: str) -> int | None:
    return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else None


def _items(node: RNode, part: str, at: RNode) -> list[RNode]:
    if node.kind is not LIST and not node.is_null():
        raise MergeRefused(f"the path takes `{part}` of what is no list", at, UNMATCHED)
    return node.items()


def _fields(node: RNode, part: str, at: RNode) -> dict[str, RNode]:
    if node.kind is not MAPPING:
        raise MergeRefused(f"the path takes the field `{part}` of what is no mapping", at, UNMATCHED)
    fields: dict[str, RNode] = node.value
    return fields


def _kind_before(rest: list[str], create: str) -> str:
    """The kind of a node that is made: a list where an item follows."""
    if not rest:
        return create
    return LIST if (rest[0].startswith("[") and rest[0].endswith("]")) or _number(rest[0]) is not None else MAPPING
