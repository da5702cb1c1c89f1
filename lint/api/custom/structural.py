"""The schemas of CustomResourceDefinitions: what the API server refuses in them.

Follows ValidateCustomResourceDefinitionOpenAPISchema, ValidateStructural and ValidateDefaults of apiextensions-apiserver. Rules that
are written in CEL are left to the rule crd-validation-rule-invalid, which asks `faulty_below` where the schema is sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.api.constraints import described, shown, wrong_type
from kubetrial.lint.api.custom import instance
from kubetrial.lint.values.listed import one_of
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.yaml.node import Found, Node

TYPES = ("array", "boolean", "integer", "number", "object", "string")
ROOT, ITEM, FIELD = "at the root", "of items", "of a field"
MAX_DEPTH = 100

_CODES = {
    "s": ("$ref", "$schema", "description", "format", "id", "pattern", "title", "type", "x-kubernetes-list-type", "x-kubernetes-map-type"),
    "b": (
        "exclusiveMaximum", "exclusiveMinimum", "nullable", "uniqueItems", "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields",
    ),
    "l": ("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"),
    "n": ("maximum", "minimum", "multipleOf"),
    "[s": ("required", "x-kubernetes-list-map-keys"),
    "[*": ("allOf", "anyOf", "enum", "oneOf", "x-kubernetes-validations"),
    "{*": ("definitions", "dependencies", "patternProperties", "properties"),
    "o": ("externalDocs", "not"),
}  # fmt: skip
_FIELD_CODES = {name: code for code, names in _CODES.items() for name in names}
WORDS = frozenset(_FIELD_CODES) | {"additionalItems", "additionalProperties", "default", "example", "items"}
"""Every word that a schema can have."""
_NOT_STRUCTURAL = {
    "type": "type", "default": "default", "title": "title", "description": "description", "nullable": "nullable",
    "x-kubernetes-preserve-unknown-fields": "", "x-kubernetes-embedded-resource": "", "x-kubernetes-int-or-string": "",
    "x-kubernetes-list-map-keys": "", "x-kubernetes-list-type": "", "x-kubernetes-map-type": "", "x-kubernetes-validations": "",
}  # fmt: skip
_UNSUPPORTED = ("id", "$ref", "additionalItems", "patternProperties", "definitions", "dependencies")
_AT_ROOT_WITH_STATUS = frozenset((
    "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
    "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items", "properties", "externalDocs", "example",
    "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
))  # fmt: skip


def problems(schema: Node, status: bool) -> Iterator[Found]:
    """Everything that the server refuses in a schema, apart from rules in CEL; `status` says that the status is a subresource."""
    value = schema.value
    if value.__class__ is not dict:
        return
    undecoded = list(_undecoded(schema, value, False, 0))
    if undecoded:
        yield from undecoded
        return
    if status:
        yield from _root_with_status(schema, value)
    if value.get("nullable") is True:
        yield schema["nullable"].found("the root of a schema cannot be nullable", help="remove it", key=True)
    convertible = not any(_inconvertible(inner) for inner in every(value))
    if convertible:
        found = list(_invariants(schema, value, ROOT, 0))
        found.extend(_complete(schema, value, schema, value, 0))
        yield from found
        if not found:
            yield from _defaults(schema, value, 0)
    said = False
    for found_one in _openapi(schema, value, _SchemaPlace(), 0):
        said = True
        yield found_one
    if not convertible and not said:
        yield schema.found(
            "the schema has fields that custom resources do not have, such as $schema", help="remove them", key=True
        )


def sound(value: Any, schema: Node, status: bool) -> bool:
    """Whether a schema has no problem at all, so that its rules in CEL are compiled."""
    return value.__class__ is dict and next(problems(schema, status), None) is None


def readable(schema: Any, depth: int = 0) -> bool:
    """Whether every word of a schema and of those inside of it has a value of its type; the server refuses any other."""
    if schema is None or depth > MAX_DEPTH:
        return True
    if schema.__class__ is not dict or schema.get("additionalProperties").__class__ not in (dict, bool, type(None)):
        return False
    if any(schema.get(name) is not None and not _fits(schema[name], code) for name, code in _FIELD_CODES.items()):
        return False
    return all(readable(inner, depth + 1) for _, inner in inner_schemas(schema))


def every(schema: Any) -> Iterator[Mapping[str, Any]]:
    """A schema and all schemas inside of it."""
    stack = [schema]
    while stack:
        value = stack.pop()
        if value.__class__ is not dict:
            continue
        yield value
        for _, inner in inner_schemas(value):
            stack.append(inner)


def inner_schemas(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The schemas right inside of a schema, with their paths."""
    for word in ("items", "additionalProperties", "not", "additionalItems"):
        inner = value.get(word)
        if inner.__class__ is dict:
            yield (word,), inner
        elif word == "items" and inner.__class__ is list:
            for index, item in enumerate(inner):
                yield (word, index), item
    for word in ("properties", "patternProperties", "definitions", "dependencies"):
        group = value.get(word)
        if group.__class__ is dict:
            for name, inner in group.items():
                yield (word, name), inner
    for word in ("allOf", "anyOf", "oneOf"):
        group = value.get(word)
        if group.__class__ is list:
            for index, inner in enumerate(group):
                yield (word, index), inner


def _undecoded(node: Node, value: Any, loose: bool, depth: int) -> Iterator[Found]:
    """Values of a wrong type below `items` and `additionalProperties`, which the catalogue does not describe."""
    if depth > MAX_DEPTH or value is None:
        return
    if value.__class__ is not dict:
        if loose:
            yield wrong_type(node, "o")
        return
    additional = value.get("additionalProperties")
    if additional is not None and additional.__class__ not in (dict, bool):
        yield node["additionalProperties"].found(
            f"additionalProperties is a schema or true or false, not {described(additional)}",
            help="write a schema, such as {type: string}",
        )
    if loose:
        for name, code in _FIELD_CODES.items():
            inner = value.get(name)
            if inner is not None and not _fits(inner, code):
                yield wrong_type(node[name], code)
                return
    for path, inner in inner_schemas(value):
        yield from _undecoded(node.at(*path), inner, loose or path[0] in ("items", "additionalProperties"), depth + 1)


def _fits(value: Any, code: str) -> bool:
    if code == "[s":
        return value.__class__ is list and all(item is None or item.__class__ is str for item in value)
    kinds: dict[str, tuple[type, ...]] = {
        "s": (str,),
        "b": (bool,),
        "l": (int,),
        "n": (int, float),
        "[": (list,),
        "{": (dict,),
        "o": (dict,),
    }
    return value.__class__ in kinds[code[0]]


def _inconvertible(value: Mapping[str, Any]) -> bool:
    """Whether a schema has what no structural schema can have; follows validateUnsupportedFields."""
    if (
        value.get("id")
        or value.get("$schema")
        or value.get("$ref")
        or value.get("patternProperties")
        or value.get("definitions")
    ):
        return True
    items = value.get("items")
    return (
        bool(value.get("dependencies"))
        or value.get("additionalItems") is not None
        or (items.__class__ is list and bool(items))
        or value.get("x-kubernetes-preserve-unknown-fields") is False
    )


def _root_with_status(schema: Node, value: Mapping[str, Any]) -> Iterator[Found]:
    kind = value.get("type")
    if kind and kind != "object":
        yield schema["type"].found(
            f"the root of a schema is {shown(kind)}; with the status subresource it must be object", help="write object"
        )
    for name, inner in value.items():
        unset = inner is None or inner == "" or (inner is False and _FIELD_CODES.get(name) == "b")
        if name not in _AT_ROOT_WITH_STATUS and not unset:
            yield schema[name].found(
                f"`{name}` cannot stand at the root where the status is a subresource", help="move it to a field, such as spec",
                key=True, path=schema.path,
            )  # fmt: skip
            return


# --- what a structural schema is ------------------------------------------------------------------------------------------------


def _schema_of(value: Mapping[str, Any], word: str) -> Mapping[str, Any] | None:
    inner = value.get(word)
    return inner if inner.__class__ is dict else None


def _properties(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: inner or {} for name, inner in (value.get("properties") or {}).items()}


def _invariants(node: Node, value: Mapping[str, Any], level: str, depth: int) -> Iterator[Found]:
    """What a structural schema is at every level; follows validateStructuralInvariants."""
    if depth > MAX_DEPTH:
        return
    items = _schema_of(value, "items")
    if value.get("type") == "array" and items is None:
        yield node["items"].found("a list needs the schema of its items", help="write `items`", key=True)
    if items is not None:
        yield from _invariants(node["items"], items, ITEM, depth + 1)
    for name, inner in _properties(value).items():
        yield from _invariants(node["properties"][name], inner, FIELD, depth + 1)
    additional = value.get("additionalProperties")
    if additional is not None and level == ROOT:
        yield node["additionalProperties"].found(
            "additionalProperties cannot stand at the root", help="remove it", key=True
        )
    if additional.__class__ is dict:
        yield from _invariants(node["additionalProperties"], additional, FIELD, depth + 1)
    if value.get(_INT_OR_TEXT) is True:
        for name in (_PRESERVING, _EMBEDDED):
            if value.get(name) is True:
                message = f"{name} cannot stand beside {_INT_OR_TEXT}"
                yield node[name].found(message, help="remove one of them", key=True)
    yield from _values(node, value, _is_int_or_string(value.get("anyOf")), _first_is_int_or_string(value), level, depth)
    yield from _type(node, value, level)
    if level == ROOT or value.get(_EMBEDDED) is True:
        yield from _of_resource(node, value, level)


_EMBEDDED = "x-kubernetes-embedded-resource"
_INT_OR_TEXT = "x-kubernetes-int-or-string"
_PRESERVING = "x-kubernetes-preserve-unknown-fields"


def _type(node: Node, value: Mapping[str, Any], level: str) -> Iterator[Found]:
    """Every level has a type, unless its values may be anything; resources are objects."""
    kind = value.get("type") or ""
    embedded, preserving = value.get(_EMBEDDED) is True, value.get(_PRESERVING) is True
    if embedded and kind != "object":
        yield node["type"].found("an embedded resource is an object", help="write `type: object`", key=not kind)
    elif not kind and value.get(_INT_OR_TEXT) is not True and not preserving:
        yield node["type"].found(f"the schema {level} has no type", help=f"write {one_of(TYPES)}", key=True)
    if embedded and value.get("additionalProperties") is not None:
        yield node["additionalProperties"].found(
            "an embedded resource has no additionalProperties", help="remove it", key=True
        )
    if level == ROOT and kind and kind != "object":
        yield node["type"].found(f"the root of a schema is {shown(kind)}; it must be object", help="write object")


def _of_resource(node: Node, value: Mapping[str, Any], level: str) -> Iterator[Found]:
    """What the schema of a whole resource, at the root or embedded, may say of its own fields."""
    properties = _properties(value)
    for name, wanted in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        inner = properties.get(name)
        if inner is not None and inner.get("type") != wanted:
            message = f"`{name}` of a resource is {wanted}"
            yield node["properties"][name]["type"].found(message, help=f"write `type: {wanted}`")
    if level == ROOT and "metadata" in properties:
        yield from _root_metadata(node["properties"]["metadata"], properties["metadata"])
    if value.get(_EMBEDDED) is True and value.get(_PRESERVING) is not True and not properties:
        message = f"an embedded resource needs properties, or {_PRESERVING}"
        yield node["properties"].found(message, help="write one of them", key=True)


def _root_metadata(node: Node, value: Mapping[str, Any]) -> Iterator[Found]:
    """Of the metadata of a resource only name and generateName can be restricted."""
    names = set(_properties(value))
    rest = {
        name
        for name, inner in value.items()
        if inner not in (None, False, "", [], {}) and name not in ("type", "default")
    }
    if names and names <= {"name", "generateName"}:
        rest.discard("properties")
    if rest:
        yield node.found(
            "the schema of a resource's metadata restricts name and generateName, and nothing else",
            help=f"remove {', '.join(sorted(rest))}", key=True,
        )  # fmt: skip


_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]


def _is_int_or_string(value: Any) -> bool:
    return bool(value == _INT_OR_STRING)


def _first_is_int_or_string(value: Mapping[str, Any]) -> bool:
    first = (value.get("allOf") or [None])[0]
    return first.__class__ is dict and _is_int_or_string(first.get("anyOf"))


def _values(
    node: Node, value: Mapping[str, Any], skip_any: bool, skip_first: bool, level: str, depth: int
) -> Iterator[Found]:
    """What allOf, anyOf, oneOf and not hold, and the pattern; follows validateValueValidation."""
    for word in ("anyOf", "allOf", "oneOf"):
        if word == "anyOf" and skip_any:
            continue
        for index, inner in enumerate(value.get(word) or ()):
            yield from _nested(node[word][index], inner or {}, word == "allOf" and index == 0 and skip_first, depth + 1)
    inner = _schema_of(value, "not")
    if inner is not None:
        yield from _nested(node["not"], inner, False, depth + 1)
    pattern = value.get("pattern")
    if pattern:
        from kubetrial.lint.values.regexp import syntax as regexps

        reason = regexps.problem(pattern)
        if reason is not None:
            yield node["pattern"].found(
                f"the pattern {shown(pattern)} cannot be read: {reason}",
                help="write a pattern that Go's regexp reads, or check the value with x-kubernetes-validations",
            )


def _nested(node: Node, value: Mapping[str, Any], skip_any: bool, depth: int) -> Iterator[Found]:
    """A schema inside of a logical word says something about values, and never about structure."""
    if depth > MAX_DEPTH:
        return
    yield from _values(node, value, skip_any, False, FIELD, depth)
    items = _schema_of(value, "items")
    if items is not None:
        yield from _nested(node["items"], items, False, depth + 1)
    properties = _properties(value)
    for name, inner in properties.items():
        yield from _nested(node["properties"][name], inner, False, depth + 1)
    for name in _NOT_STRUCTURAL:
        inner = value.get(name)
        if inner not in (None, False, "", []) or (inner in (False, "", []) and name == "default"):
            yield node[name].found(
                f"`{name}` cannot stand inside of allOf, anyOf, oneOf or not",
                help="write it in the schema outside of them",
                key=True,
            )
    additional = value.get("additionalProperties")
    if additional is not None and additional is not False:
        yield node["additionalProperties"].found(
            "additionalProperties cannot stand inside of allOf, anyOf, oneOf or not",
            help="write it outside of them",
            key=True,
        )
    if "metadata" in properties:
        yield node["properties"]["metadata"].found(
            "metadata cannot be restricted inside of allOf, anyOf, oneOf or not", help="remove it", key=True
        )


def _complete(
    node: Node, value: Mapping[str, Any], said: Node, values: Mapping[str, Any], depth: int
) -> Iterator[Found]:
    """Each field that a logical word speaks of must be declared outside of it; follows validateStructuralCompleteness."""
    if depth > MAX_DEPTH:
        return
    inner = _schema_of(values, "not")
    if inner is not None:
        yield from _nested_complete(node, value, said["not"], inner, depth + 1)
    for word in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(values.get(word) or ()):
            yield from _nested_complete(node, value, said[word][index], part or {}, depth + 1)


def _nested_complete(
    node: Node, value: Mapping[str, Any] | None, said: Node, values: Mapping[str, Any], depth: int
) -> Iterator[Found]:
    if value is None:
        yield said.found(
            f"`{node.key}` is not declared in the schema that this is about",
            help="declare it outside",
            path=node.path,
            key=True,
        )
        return
    yield from _complete(node, value, said, values, depth)
    items = _schema_of(values, "items")
    if items is not None:
        yield from _nested_complete(node["items"], _schema_of(value, "items"), said["items"], items, depth + 1)
    properties = _properties(value)
    for name, inner in _properties(values).items():
        child = node["properties"][name]
        yield from _nested_complete(child, properties.get(name), said["properties"][name], inner, depth + 1)


# --- what a schema of OpenAPI may hold ---------------------------------------------------------------------------------------------


class _SchemaPlace:
    """What is known of the place of a schema: inside of the metadata of a resource, and where defaults are refused."""

    __slots__ = ("in_metadata", "no_defaults")

    def __init__(self, in_metadata: bool = False, no_defaults: str = "") -> None:
        self.in_metadata = in_metadata
        self.no_defaults = no_defaults


def _openapi(node: Node, value: Mapping[str, Any], place: _SchemaPlace, depth: int) -> Iterator[Found]:
    if depth > MAX_DEPTH:
        return
    yield from _unsupported(node, value, place)
    if value.get("uniqueItems") is True:
        yield node["uniqueItems"].found("uniqueItems is refused", help="write `x-kubernetes-list-type: set`", key=True)
    properties = _properties(value)
    additional = value.get("additionalProperties")
    if properties and additional is not None and additional is not True:
        yield node["additionalProperties"].found(
            "additionalProperties and properties exclude one another", help="keep one of them", key=True
        )
    yield from _lists_and_maps(node, value)
    for path, inner in inner_schemas(value):
        inside = place
        if path[0] == "additionalProperties" and place.in_metadata:
            inside = _SchemaPlace(True, "inside of metadata")
        elif path[0] == "properties" and path[1] in ("metadata", "kind", "apiVersion"):
            if depth == 0:
                inside = _SchemaPlace(True, f"in {path[1]}")
            elif value.get("x-kubernetes-embedded-resource") is True:
                inside = _SchemaPlace(True, place.no_defaults)
        if inner.__class__ is dict and path[0] not in ("patternProperties", "additionalItems"):
            yield from _openapi(node.at(*path), inner, inside, depth + 1)


def _unsupported(node: Node, value: Mapping[str, Any], place: _SchemaPlace) -> Iterator[Found]:
    kind = value.get("type") or ""
    if kind == "null":
        yield node["type"].found("`null` is no type here", help="write the type, and `nullable: true`")
    elif kind and kind not in TYPES:
        close = nearest(kind, TYPES)
        yield node["type"].found(
            f"there is no type {shown(kind)}", help=f"write {close}" if close else f"write {one_of(TYPES)}"
        )
    if value.get("default") is not None and place.no_defaults:
        yield node["default"].found(f"a default cannot stand {place.no_defaults}", help="remove it", key=True)
    for name in _UNSUPPORTED:
        inner = value.get(name)
        if inner is not None and (inner or name in ("$ref", "additionalItems", "dependencies")):
            yield node[name].found(
                f"`{name}` is not supported in schemas of custom resources", help="write what it stands for", key=True
            )
    if value.get("items").__class__ is list and value["items"]:
        yield node["items"].found("`items` is one schema here, not a list of schemas", help="remove the `- `", key=True)
    if place.in_metadata and value.get("x-kubernetes-embedded-resource") is True:
        yield node["x-kubernetes-embedded-resource"].found(
            "metadata holds no embedded resource", help="remove it", key=True
        )
    if value.get("x-kubernetes-preserve-unknown-fields") is False:
        yield node["x-kubernetes-preserve-unknown-fields"].found(
            "x-kubernetes-preserve-unknown-fields is true or not there", help="remove it"
        )


def _lists_and_maps(node: Node, value: Mapping[str, Any]) -> Iterator[Found]:
    kind, map_type, list_type = (
        value.get("type") or "",
        value.get("x-kubernetes-map-type"),
        value.get("x-kubernetes-list-type"),
    )
    if map_type is not None:
        if kind != "object":
            yield node["type"].found(
                "x-kubernetes-map-type is for objects", help="write `type: object`, or remove it", key=not kind
            )
        if map_type not in ("atomic", "granular"):
            yield node["x-kubernetes-map-type"].found(
                f"x-kubernetes-map-type is {shown(map_type)}; supported: atomic, granular",
                help="write atomic or granular",
            )
    keys = value.get("x-kubernetes-list-map-keys") or []
    items = _schema_of(value, "items")
    if list_type is not None:
        if kind != "array":
            yield node["type"].found(
                "x-kubernetes-list-type is for lists", help="write `type: array`, or remove it", key=not kind
            )
        elif list_type == "set" and items is not None:
            yield from _set_items(node["items"], items)
        if list_type not in ("atomic", "set", "map"):
            yield node["x-kubernetes-list-type"].found(
                f"x-kubernetes-list-type is {shown(list_type)}; supported: atomic, set, map",
                help="write atomic, set or map",
            )
    if keys and list_type != "map":
        yield node["x-kubernetes-list-type"].found(
            "x-kubernetes-list-map-keys needs `x-kubernetes-list-type: map`", help="write it", key=list_type is None
        )
    if list_type == "map":
        yield from _map_list(node, value, keys, items)
    if list_type in ("map", "set") and items is not None and items.get("nullable") is True:
        yield node["items"]["nullable"].found(
            f"the items of a list of type {list_type} cannot be nullable", help="remove it", key=True
        )


def _set_items(node: Node, items: Mapping[str, Any]) -> Iterator[Found]:
    """The items of a set must be compared as a whole."""
    if items.get("type") == "array" and items.get("x-kubernetes-list-type") not in (None, "atomic"):
        yield node["x-kubernetes-list-type"].found("a list in a set is atomic", help="write atomic")
    if items.get("type") == "object" and items.get("x-kubernetes-map-type") != "atomic":
        yield node["x-kubernetes-map-type"].found(
            "an object in a set is atomic", help="write `x-kubernetes-map-type: atomic`", key=True
        )


def _map_list(
    node: Node, value: Mapping[str, Any], keys: list[Any], items: Mapping[str, Any] | None
) -> Iterator[Found]:
    """A list whose items are told apart by some of their fields."""
    if not keys:
        yield node["x-kubernetes-list-map-keys"].found(
            "a list of type map needs x-kubernetes-list-map-keys", help="name the fields", key=True
        )
    if items is None:
        yield node["items"].found("a list of type map needs the schema of its items", help="write `items`", key=True)
        return
    if items.get("type") != "object":
        yield node["items"]["type"].found("the items of a list of type map are objects", help="write `type: object`")
        return
    properties, required = _properties(items), items.get("required") or ()
    for name in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        yield node["x-kubernetes-list-map-keys"].found(f"the key {shown(name)} stands twice", help="remove one of them")
    for name in dict.fromkeys(keys):
        inner = properties.get(name or "")
        child = node["items"]["properties"][name or ""]
        if inner is None:
            yield node["x-kubernetes-list-map-keys"].found(
                f"the key {shown(name)} is no field of the items", help="name one of their fields"
            )
            continue
        if inner.get("type") in ("array", "object"):
            yield child["type"].found(
                f"the key {shown(name)} of a list is a plain value", help="write string, integer or boolean"
            )
        if name not in required and inner.get("default") is None:
            yield child["default"].found(
                f"the key {shown(name)} of a list is required or has a default",
                help="name it in `required` of the items",
                key=True,
            )
        if inner.get("nullable") is True:
            yield child["nullable"].found(
                f"the key {shown(name)} of a list cannot be nullable", help="remove it", key=True
            )


# --- defaults ----------------------------------------------------------------------------------------------------------------------


def _defaults(node: Node, value: Mapping[str, Any], depth: int) -> Iterator[Found]:
    """Defaults must fit their own schemas; those inside of additionalProperties are not looked at."""
    if depth > MAX_DEPTH:
        return
    default, level_is_resource = value.get("default"), depth == 0
    if default is not None:
        unknown = next(instance.unknown_fields(default, value), None)
        if unknown is not None:
            yield node["default"].found(
                f"the default has the field `{unknown[-1]}`, which the schema does not have",
                help="remove it, or declare it",
            )
        if (level_is_resource or value.get("x-kubernetes-embedded-resource") is True) and default.__class__ is dict:
            for name in ("apiVersion", "kind"):
                if not default.get(name):
                    yield node["default"][name].found(
                        f"the default of a resource has no {name}", help=f"set `{name}`", key=True
                    )
        for misfit in instance.misfits(default, value):
            place = node["default"].at(*misfit.path)
            yield place.found(
                f"{f'{place.key} of ' if misfit.path else ''}the default {misfit.reason}",
                help="write a default that the schema takes, or change the schema",
            )
    items = _schema_of(value, "items")
    if items is not None:
        yield from _defaults(node["items"], items, depth + 1)
    for name, inner in _properties(value).items():
        yield from _defaults(node["properties"][name], inner, depth + 1)


# --- paths to fields -----------------------------------------------------------------------------------------------------------------


def field_at(
    path: str, schema: Mapping[str, Any], *, brackets: bool
) -> tuple[tuple[str, ...], Mapping[str, Any]] | str:
    """The names and the schema that a path such as `.spec.size` leads to, or why it leads nowhere; follows ValidFieldPath."""
    names: list[str] = []
    place = 0
    while place < len(path):
        sign = path[place]
        if sign == "[":
            if not brackets:
                return "brackets are not allowed here"
            end = path.find("'", place + 2)
            if path[place + 1 : place + 2] != "'" or end < 0 or path[end + 1 : end + 2] != "]":
                return "brackets hold one name in single quotes"
            name, place = path[place + 2 : end], end + 2
        elif sign == ".":
            end = place + 1
            while end < len(path) and path[end] not in ".[]":
                end += 1
            name, place = path[place + 1 : end], end
            if not name:
                return "a name is missing in it"
        else:
            return "it begins with `.`, and so does each of its names"
        properties = schema.get("properties")
        if properties:
            inner = properties.get(name)
            if inner is None and name not in properties:
                return f"there is no field `{name}`"
        else:
            inner = schema.get("additionalProperties")
            if inner.__class__ is not dict:
                return f"there is no field `{name}`"
        schema = inner or {}
        names.append(name)
    return tuple(names), schema
