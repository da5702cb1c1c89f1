"""Strategic merge patches as kustomize applies them: lists with merge keys, the patch's items first.

Follows kyaml/yaml/merge2 and walk with the option to prepend. Of the directives of `kubectl patch` kustomize knows `$patch` alone:
`$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList` stay in the object as fields, and the API server refuses them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, shown
from kubetrial.lint.build.kustomize.schema import DEFAULT, NOTHING, OpenApiSchema, Place, field_of
from kubetrial.lint.values.nearest import nearest

DIRECTIVE = "$patch"


class MergeRefused(Exception):
    """What the real tool refuses, with the node where it shows."""

    def __init__(
        self,
        message: str,
        node: RNode | None = None,
        rule: str = "kustomization-invalid",
        help: str = "",
        *,
        of_key: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.rule = rule
        self.help = help
        self.of_key = of_key  # the name of the node is wrong, and not its value


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The question for what a word may have been meant to be; nothing where there is no such word."""
    found = nearest(str(word), list(known))
    return f"did you mean `{found}`?" if found is not None else ""


MAX_COPIED = 5_000
"""Values that one operation may take from an object to another place."""
MAX_TEXT = 3 << 20
"""Letters of a text that operations put together; a request has no more."""


def copied(value: RNode, at: RNode) -> RNode:
    """A copy of a value, for another place; raises Refused for a large one: an object that copies itself doubles with each operation."""
    large = any(count >= MAX_COPIED for count, _ in enumerate(value.walk()))
    if large or (value.value.__class__ is str and len(value.value) > MAX_TEXT):
        raise MergeRefused("what is copied here is more than can be built", at)
    return value.apart()


def merge(base: RNode, patch: RNode, schema: OpenApiSchema = DEFAULT) -> RNode | None:
    """An object after a patch; None where the patch deletes it. Both are used up."""
    for node in (base, patch):
        api_version, kind = node.get("apiVersion"), node.get("kind")
        known = schema.of(api_version.value, kind.value) if api_version is not None and kind is not None else ""
        if known:
            return _walk(base, patch, (known, "", ()))
    return merge_plain(base, patch)


def merge_plain(base: RNode, patch: RNode) -> RNode | None:
    """A mapping with another one laid over it, of which nothing is known: lists are replaced."""
    return _walk(base, patch, NOTHING)


def _missing(node: RNode | None) -> bool:
    return node is None or node.is_null()


def _walk(base: RNode | None, patch: RNode | None, schema: Place) -> RNode | None:
    if _missing(base) and _missing(patch):
        return None if patch is not None or (base is not None and base.is_empty()) else base
    shown = patch if _missing(base) else base
    assert shown is not None
    for node in (base, patch):
        if node is not None and not node.is_null() and node.kind is not shown.kind:
            raise MergeRefused(f"the patch has a {patch and patch.kind} where the object has a {shown.kind}", patch)
    if shown.kind is MAPPING:
        return _map(base, patch, schema)
    if shown.kind is LIST:
        if "merge" in schema[1]:
            return _list(base, patch, schema)
        return _later(base, patch)
    return _later(base, patch)


def _later(base: RNode | None, patch: RNode | None) -> RNode | None:
    if patch is None:
        return base
    if patch.is_null():
        return None
    if base is not None and not base.is_null() and base.text is not None:
        patch.said_by(base.copy(), "the base")
    return patch


def _directive(patch: RNode | None) -> str:
    """The `$patch` of a mapping or list, which is taken out."""
    if patch is None:
        return "merge"
    if patch.kind is MAPPING:
        found = patch.value.pop(DIRECTIVE, None)
        value = found.value if found is not None else "merge"
    else:
        value = "merge"
        for item in patch.items():
            if item.kind is MAPPING and DIRECTIVE in item.value and len(item.value) == 1:
                value = item.value[DIRECTIVE].value
                patch.value = [other for other in patch.value if other is not item]
                break
    if value not in ("merge", "delete", "replace"):
        known = ("merge", "replace", "delete")
        raise MergeRefused(
            f"`$patch: {value}` is no directive; it is merge, replace or delete", patch, help=did_you_mean(value, known)
        )
    return str(value)


def _map(base: RNode | None, patch: RNode | None, schema: Place) -> RNode | None:
    if _missing(base):
        assert patch is not None
        if _directive(patch) == "delete":
            return None
        dest = patch
        # What is new is walked too, which takes the nulls and directives out.
        for name in sorted(patch.value):
            inner = _walk(None, patch.value[name], field_of(schema[0], name))
            if inner is None:
                del patch.value[name]
            else:
                _put(patch, name, inner)
        return dest
    assert base is not None
    if patch is not None and patch.is_null():
        return None
    if patch is None:
        return _without_empties(base, schema)
    directive = _directive(patch)
    if directive == "delete":
        return None
    if directive == "replace":
        return patch
    for name in [name for name in base.value if name not in patch.value]:
        if _walk(base.value[name], None, field_of(schema[0], name)) is None:
            del base.value[name]
    for name in sorted(patch.value):
        old = base.get(name)
        new = _walk(old, patch.value[name], field_of(schema[0], name))
        if new is None:
            base.value.pop(name, None)
        else:
            _put(base, name, new)
    return base


def _without_empties(base: RNode, schema: Place) -> RNode:
    """A mapping that the patch does not touch: keys without any value go, as on the way of kustomize's walk."""
    for name in list(base.value):
        if _walk(base.value[name], None, field_of(schema[0], name)) is None:
            del base.value[name]
    return base


def _put(mapping: RNode, name: str, node: RNode) -> None:
    old = mapping.value.get(name)
    if old is not None and old.kind is SCALAR and node.kind is SCALAR:
        if old is not node:
            old.become(node)
        return
    if node.key is None and old is not None:
        node.key = old.key
    mapping.value[name] = node


def _list(base: RNode | None, patch: RNode | None, schema: Place) -> RNode | None:
    """A list whose items merge. Follows walkAssociativeSequence."""
    if _missing(base):
        assert patch is not None
        dest = patch
    elif patch is not None and patch.is_null():
        return None
    else:
        assert base is not None
        directive = _directive(patch)
        if directive == "delete":
            return None
        dest = patch if directive == "replace" and patch is not None else base
    type_name, _, keys = schema
    old = dest.value
    new = patch.value if patch is not None and patch.kind is LIST else []
    if not keys:
        dest.value = _once([*new, *old])
    elif _is_orderly(old, keys) and (dest is patch or _is_orderly(new, keys)):
        dest.value = _by_keys(old, [] if dest is patch else new, type_name, keys)
    else:
        dest.value = _Items(old, new, type_name, keys).merged()
    return dest


def _once(items: list[RNode]) -> list[RNode]:
    """Each text or number once."""
    found = {shown(item): item for item in reversed(items) if not item.is_null()}
    return list(reversed(found.values()))


def _key_of(item: RNode, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("" if (found := item.get(key)) is None else shown(found) for key in keys)


def _is_orderly(items: list[RNode], keys: tuple[str, ...]) -> bool:
    """Whether all items are mappings with all merge keys, each once: as it should be."""
    values = {_key_of(item, keys) for item in items if item.kind is MAPPING}
    return len(values) == len(items) and all(all(each) for each in values)


def _by_keys(old: list[RNode], new: list[RNode], type_name: Any, keys: tuple[str, ...]) -> list[RNode]:
    """The items of the patch in its order, merged, and behind them the others."""
    place: Place = (type_name, "", ())
    rest = {_key_of(item, keys): item for item in old}
    merged: dict[tuple[str, ...], RNode | None] = {}
    for item in new:
        values = _key_of(item, keys)
        result = _walk(rest.get(values), item, place)
        kept = result is not None and result.value
        merged[values] = _with_key(result, keys, values) if kept and result is not None else None
    for values, item in rest.items():
        if values not in merged:
            walked = _walk(item, None, place)
            merged[values] = walked if walked is not None and walked.value else None
    if len(keys) > 1:  # where several keys tell items apart, what the base has stays in its order
        first = [item for values, item in merged.items() if values not in rest]
        return [item for item in [*first, *(merged[values] for values in rest)] if item is not None]
    return [item for item in merged.values() if item is not None]


def _with_key(item: RNode, keys: tuple[str, ...], values: tuple[str, ...]) -> RNode:
    """An item that has its merge keys, whatever the merge took out."""
    for key, value in zip(keys, values, strict=True):
        if item.kind is MAPPING and value and key not in item.value:
            item.value[key] = RNode(SCALAR, value, item.text, item.start, item.end)
    return item


_MOST_ODD_ITEMS = 1_000


class _Items:
    """Lists with items that have no merge key, or one that another has too: step by step as kustomize goes."""

    def __init__(self, old: list[RNode], new: list[RNode], type_name: Any, keys: tuple[str, ...]) -> None:
        if len(old) + len(new) > _MOST_ODD_ITEMS:
            raise MergeRefused("a list with so many items whose merge keys are missing or repeated is not merged here")
        self.old, self.new, self.keys = list(old), list(new), keys
        self.place: Place = (type_name, "", ())
        self.texts: dict[int, tuple[RNode, str]] = {}

    def merged(self) -> list[RNode]:
        """The items of the list. Follows setAssociativeSequenceElements."""
        every = list(dict.fromkeys(_key_of(item, self.keys) for item in [*self.new, *self.old]))
        if len(self.keys) > 1:
            every = _values_together(every)
        added: list[RNode] = []
        used = self.keys
        filled = {key for values in every for key in _filled(self.keys, values)}
        for values in every:
            used, wanted = _valid(filled, values, self.keys)
            pair = _valid(set(_filled(used, wanted)), wanted, used)
            base, patch = self.find(self.old, *pair), self.find(self.new, *pair)
            result = None if base is None and patch is None else _walk(base, patch, self.place)
            if result is None or result.is_null() or not result.value:
                self.old = self.put(self.old, used, wanted, None)
            else:
                added = self.put(added, used, wanted, _with_key(result, used, wanted))
        return self.with_old(added, used) if every else self.old

    def with_old(self, items: list[RNode], keys: tuple[str, ...]) -> list[RNode]:
        """The items with those of the base behind. Follows appendListNode."""
        for item in self.old:
            values: tuple[str, ...] = ()
            for key in keys:
                found = item.get(key)
                if found is None or found.is_null():
                    items = [*items, item]
                else:
                    values = (*values, shown(found))
            if len(keys) > 1:
                items = self.put(items, keys, values, None)
            items = self.put(items, keys, values, item)
        return items

    def find(self, items: list[RNode], keys: tuple[str, ...], values: tuple[str, ...]) -> RNode | None:
        """The first item with all values. Follows ElementMatcher."""
        return next((item for item in items if item.kind is MAPPING and self.has(item, keys, values, True)), None)

    def has(self, item: RNode, keys: tuple[str, ...], values: tuple[str, ...], exactly: bool = False) -> bool:
        """Whether an item has all values; an empty one means any, unless it is `exactly` meant."""
        for key, value in zip(keys, values, strict=False):
            found = item.get(key)
            if found is None or ((value or exactly) and self.text(found) != value):
                return False
        return bool(values)

    def text(self, node: RNode) -> str:
        """The text of a key's value, which each other item is compared with: made once."""
        known = self.texts.get(id(node))
        if known is None:
            known = self.texts[id(node)] = (node, shown(node))
        return known[1]

    def put(self, items: list[RNode], keys: tuple[str, ...], values: tuple[str, ...], new: RNode | None) -> list[RNode]:
        """A list with an item in the place of those that have its values, or without them. Follows ElementSetter."""
        kept: list[RNode] = []
        there = False
        for item in items:
            if item.is_null() or (item.kind is MAPPING and not item.value):
                continue
            if item.kind is not MAPPING:
                kept.append(item)
            elif not values or not self.has(item, keys, values):
                kept += [item] if values else []
            else:
                there = True
                kept += [new] if new is not None else []
        return kept if there or new is None else [*kept, new]


def _values_together(every: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Keys of which one says more than another, as one: two ports that differ by a missing protocol only."""
    found = list(every)
    for one in range(len(found)):
        for other in range(len(found)):
            together = _together(found[one], found[other])
            if together is not None:
                found[one] = found[other] = together
    return found


def _together(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
    pairs = list(zip(one, other, strict=True))
    if any(mine and theirs and mine != theirs for mine, theirs in pairs) or all(a != b for a, b in pairs):
        return None
    return tuple(mine or theirs for mine, theirs in pairs)


def _filled(keys: tuple[str, ...], values: tuple[str, ...]) -> list[str]:
    """The keys that have a value."""
    return [key for key, value in zip(keys, values, strict=True) if value]


def _valid(filled: set[str], values: tuple[str, ...], keys: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys that any item has, and the values for them."""
    if not filled:
        return keys, values
    return tuple(key for key in keys if key in filled), tuple(
        value for key, value in zip(keys, values, strict=True) if value or key in filled
    )
