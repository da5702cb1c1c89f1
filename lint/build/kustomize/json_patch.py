"""JSON patches (RFC 6902) as kustomize applies them. Follows evanphx/json-patch v4."""

from __future__ import annotations

from decimal import Decimal

from kubetrial.lint.build.kustomize.fields import fresh
from kubetrial.lint.build.kustomize.merge import MergeRefused, copied, did_you_mean
from kubetrial.lint.build.kustomize.nodes import MAPPING, SCALAR, RNode

OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")

UNMATCHED = "kustomization-patch-unmatched"


def apply(root: RNode, operations: RNode) -> None:
    """Apply the operations to an object; raises Refused."""
    _through_json(root)
    for operation in operations.items():
        name, path = operation.get("op"), operation.get("path")
        if name is None or path is None:
            raise MergeRefused("an operation of a JSON patch needs `op` and `path`", operation)
        if name.value not in OPERATIONS:
            help = did_you_mean(name.value, OPERATIONS) or f"it is one of {', '.join(OPERATIONS)}"
            raise MergeRefused(f"`{name.value}` is no operation of a JSON patch", name, help=help)
        _apply_one(root, str(name.value), _parts(str(path.value)), operation, path)


def _apply_one(root: RNode, name: str, path: list[str], operation: RNode, at: RNode) -> None:
    value = operation.get("value")
    if name in ("move", "copy"):
        origin = operation.get("from")
        if origin is None:
            raise MergeRefused(f"`op: {name}` needs `from`", operation)
        source = _parts(str(origin.value))
        holder = _holder(root, source, origin)
        if name == "copy" and holder.kind is MAPPING and source[-1] not in holder.value:
            value = RNode(SCALAR, None, origin.text, origin.start, origin.end)  # as the library does
        else:
            value = copied(_get(holder, source[-1], origin), origin)
        if name == "move":
            _remove(holder, source[-1], origin)
    holder = _holder(root, path, at)
    if name == "remove":
        _remove(holder, path[-1], at)
        return
    if path == [""] and name in ("add", "replace"):
        raise MergeRefused("the JSON patch puts something else in the place of the whole object", at)
    new = _as_json(value.copy()) if value is not None else RNode(SCALAR, None, at.text, at.start, at.end)
    if name == "test":
        old = holder.get(path[-1]) if holder.kind is MAPPING else _get(holder, path[-1], at)
        if (old.plain() if old is not None else None) != new.plain():
            raise MergeRefused(f"`op: test` fails: `{'/'.join(path)}` has another value", at)
        return
    _set(holder, path[-1], new, at, insert=name != "replace")


def _through_json(root: RNode) -> None:
    """What writing an object as JSON does to it: empty values are written nulls, and numbers are written anew."""
    for node in root.walk() if not root.tag else ():
        if node.kind is SCALAR and not isinstance(node.value, str):
            node.tag, node.style = "!!null" if node.value is None else "", '"'
    root.tag = "!!map"


def _as_json(node: RNode) -> RNode:
    """A value after its way through JSON, where large numbers lose their last digits."""
    for each in node.walk():
        if each.value.__class__ is int and abs(each.value) > 2**53:
            each.value = int(Decimal(repr(float(each.value))))
            each.style = '"'
    return node


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]] or [""]


def _holder(root: RNode, path: list[str], at: RNode) -> RNode:
    node = root
    for index, name in enumerate(path[:-1]):
        inner = node.get(name) if node.kind is MAPPING else _item(node, name)
        if (inner is None or inner.is_null()) and path[: index + 1] == ["metadata", "annotations"]:
            inner = node.value[name] = fresh(MAPPING, at)
        if inner is None or inner.kind is SCALAR:
            help = did_you_mean(name, node.value if node.kind is MAPPING else ())
            raise MergeRefused(
                f"the JSON patch's path `{at.value}` is not there: nothing at `{name}`", at, UNMATCHED, help
            )
        node = inner
    return node


def _item(node: RNode, name: str) -> RNode | None:
    index = _index(name, len(node.items()))
    return node.value[index] if index is not None and index < len(node.items()) else None


def _index(name: str, size: int) -> int | None:
    digits = name.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(name) > 9:
        return None
    index = int(name)
    return index + size if index < 0 else index


def _get(holder: RNode, name: str, at: RNode) -> RNode:
    found = holder.get(name) if holder.kind is MAPPING else _item(holder, name)
    if found is None:
        help = did_you_mean(name, holder.value if holder.kind is MAPPING else ())
        raise MergeRefused(f"the JSON patch's path `{at.value}` is not there", at, UNMATCHED, help)
    return found


def _remove(holder: RNode, name: str, at: RNode) -> None:
    found = _get(holder, name, at)
    if holder.kind is MAPPING:
        del holder.value[name]
    else:
        holder.value = [item for item in holder.value if item is not found]


def _set(holder: RNode, name: str, new: RNode, at: RNode, *, insert: bool) -> None:
    if holder.kind is MAPPING:
        old = holder.value.get(name)
        if at.text is not None:
            new.key = (at.text, at.start, at.end)
        if old is not None:
            new.said_by(old, "the base")
        holder.value[name] = new
        return
    size = len(holder.items())
    index = size if name == "-" and insert else _index(name, size + insert)
    if index is None or not 0 <= index < size + insert:
        raise MergeRefused(f"the JSON patch's path `{at.value}` is not there: the list has {size} items", at, UNMATCHED)
    if insert:
        holder.value.insert(index, new)
    else:
        new.said_by(holder.value[index], "the base")
        holder.value[index] = new
