"""Strategic merge patches as kustomize applies them: lists with merge keys, the patch's items first.

Follows kyaml/yaml/merge2 and walk with the option to prepend.
"""

from __future__ import annotations

from kubetrial.lint.build.kustomize import facts
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, Node

DIRECTIVE = "$patch"


class Refused(Exception):
    """What the real tool refuses, with the node where it shows."""

    def __init__(
        self, message: str, node: Node | None = None, rule: str = "kustomization-invalid", help: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.rule = rule
        self.help = help


def merge(base: Node, patch: Node) -> Node | None:
    """An object after a patch; None where the patch deletes it. Both are used up."""
    api_version, kind = patch.get("apiVersion"), patch.get("kind")
    for node in (base, patch):
        api_version, kind = node.get("apiVersion"), node.get("kind")
        if api_version is not None and kind is not None:
            break
    type_name = facts.merge_type(api_version and api_version.value, kind and kind.value)
    return _walk(base, patch, (type_name, "", ()))


_Schema = tuple[str, str, tuple[str, ...]]


def _missing(node: Node | None) -> bool:
    return node is None or node.is_null()


def _walk(base: Node | None, patch: Node | None, schema: _Schema) -> Node | None:
    if _missing(base) and _missing(patch):
        return None if patch is not None or (base is not None and base.is_empty()) else base
    shown = patch if _missing(base) else base
    assert shown is not None
    for node in (base, patch):
        if node is not None and not node.is_null() and node.kind is not shown.kind:
            raise Refused(f"the patch has a {patch and patch.kind} where the object has a {shown.kind}", patch)
    if shown.kind is MAPPING:
        return _map(base, patch, schema)
    if shown.kind is LIST:
        if "merge" in schema[1]:
            return _list(base, patch, schema)
        return _later(base, patch)
    return _later(base, patch)


def _later(base: Node | None, patch: Node | None) -> Node | None:
    if patch is None:
        return base
    if patch.is_null():
        return None
    if base is not None and not base.is_null() and base.text is not None:
        patch.said_by(base, "the base")
    return patch


def _directive(patch: Node | None) -> str:
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
        raise Refused(f"`$patch: {value}` is no directive; it is merge, replace or delete", patch)
    return str(value)


def _map(base: Node | None, patch: Node | None, schema: _Schema) -> Node | None:
    if _missing(base):
        assert patch is not None
        if _directive(patch) == "delete":
            return None
        dest = patch
        # What is new is walked too, which takes the nulls and directives out.
        for name in sorted(patch.value):
            inner = _walk(None, patch.value[name], facts.merge_field(schema[0], name))
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
        if _walk(base.value[name], None, facts.merge_field(schema[0], name)) is None:
            del base.value[name]
    _retain(base, patch)
    for name in sorted(patch.value):
        if name.startswith(("$deleteFromPrimitiveList/", "$setElementOrder/")):
            _list_directive(base, name, patch.value[name])
            continue
        old = base.get(name)
        new = _walk(old, patch.value[name], facts.merge_field(schema[0], name))
        if new is None:
            base.value.pop(name, None)
        else:
            _put(base, name, new)
    return base


def _retain(base: Node, patch: Node) -> None:
    """`$retainKeys`: all other keys of the object go."""
    retained = patch.value.pop("$retainKeys", None)
    if retained is not None:
        keep = {item.value for item in retained.items()}
        for name in [name for name in base.value if name not in keep]:
            del base.value[name]


def _without_empties(base: Node, schema: _Schema) -> Node:
    """A mapping that the patch does not touch: keys without any value go, as on the way of kustomize's walk."""
    for name in list(base.value):
        if _walk(base.value[name], None, facts.merge_field(schema[0], name)) is None:
            del base.value[name]
    return base


def _put(mapping: Node, name: str, node: Node) -> None:
    old = mapping.value.get(name)
    if node.key is None and old is not None:
        node.key = old.key
    mapping.value[name] = node


def _list_directive(base: Node, name: str, items: Node) -> None:
    """`$deleteFromPrimitiveList/<field>`; `$setElementOrder/<field>` is kept as a field, as kustomize does."""
    start, _, field = name.partition("/")
    target = base.get(field)
    if start == "$deleteFromPrimitiveList" and target is not None and target.kind is LIST:
        gone = [item.value for item in items.items()]
        target.value = [item for item in target.value if item.kind is not SCALAR or item.value not in gone]
    else:
        base.value[name] = items


def _list(base: Node | None, patch: Node | None, schema: _Schema) -> Node | None:
    if patch is not None and patch.is_null():
        return None
    if patch is None:
        if base is not None and schema[2]:
            for item in base.value:
                if item.kind is MAPPING:
                    _without_empties(item, (schema[0], "", ()))
        return base
    directive = _directive(patch)
    if not _missing(base) and directive == "delete":
        return None
    if not _missing(base) and directive == "replace":
        return patch
    type_name, _, keys = schema
    old = base.value if base is not None and base.kind is LIST else []
    if not keys:
        seen = [item.value for item in patch.value]
        items = [*patch.value, *(item for item in old if item.value not in seen)]
    else:
        items = _merge_items(list(old), patch.value, type_name, keys)
    dest = base if base is not None and base.kind is LIST else patch
    dest.value = items
    return dest


def _merge_items(old: list[Node], new: list[Node], type_name: str, keys: tuple[str, ...]) -> list[Node]:
    first: list[Node] = []
    used = _used(keys, [*new, *old])
    for item in new:
        if item.kind is not MAPPING:
            raise Refused(f"an item of a list that merges by `{keys[0]}` is no mapping", item)
        values = _key_of(item, used)
        match = next((other for other in old if other.kind is MAPPING and _fits(other, values, used)), None)
        if match is not None:
            old = [other for other in old if other is not match]
        earlier = next((i for i, other in enumerate(first) if _key_of(other, used) == values), None)
        target = match if match is not None else first[earlier] if earlier is not None and any(values) else None
        result = _walk(target, item, (type_name, "", ()))
        if earlier is not None and any(values):
            first = [other for i, other in enumerate(first) if i != earlier]
        if result is not None and result.value:
            first.append(result)
        if match is not None and any(values):
            old = [other for other in old if other.kind is not MAPPING or not _fits(other, values, used)]
    return [*first, *old]


def _used(keys: tuple[str, ...], items: list[Node]) -> tuple[str, ...]:
    """The keys that any item has; the others do not tell items apart."""
    used = tuple(key for key in keys if any(not _missing(item.get(key)) for item in items))
    return used or keys[:1]


def _key_of(item: Node, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("" if _missing(found := item.get(key)) else str(found.value) for key in keys)  # type: ignore[union-attr]


def _fits(item: Node, values: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    own = _key_of(item, keys)
    common = any(mine and mine == other for mine, other in zip(own, values, strict=True))
    return common and all(not mine or not other or mine == other for mine, other in zip(own, values, strict=True))
