"""Custom kinds: CustomResourceDefinitions of the set, and the files of schema folders, as schemas of custom resources.

The only module that knows jsonschema, which is imported when there is a custom resource to check.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubetrial.lint.constraints import described, shown, unknown_field
from kubetrial.lint.kinds import Object
from kubetrial.lint.node import Found, Node

Kind = tuple[str, str]  # apiVersion, kind


@dataclass(frozen=True, slots=True)
class Definition:
    """The schema of a version of a CustomResourceDefinition, as it is written; turned into JSON schema when an object needs it."""

    schema: Mapping[str, Any]
    keep: bool  # preserveUnknownFields

    def as_json(self) -> dict[str, Any]:
        """The JSON schema of its objects."""
        return translated(self.schema, root=True, keep=self.keep)


class CustomKinds:
    """What is known of custom kinds; each schema is prepared when the first object of its kind is met."""

    def __init__(self, objects: Sequence[Object], schema_dirs: Sequence[str]) -> None:
        self._dirs = schema_dirs
        self._schemas: dict[Kind, Any] = {}
        self._validators: dict[Kind, Any] = {}
        self.problems: list[str] = []
        for obj in objects:
            if obj.kind == "CustomResourceDefinition" and obj.group == "apiextensions.k8s.io":
                self._schemas.update(definitions(obj.value))
        for folder in schema_dirs:
            self._read_definitions(folder)

    def knows(self, obj: Object) -> bool:
        """Whether there is a schema for the object's kind."""
        kind = (obj.api_version, obj.kind)
        if kind not in self._schemas:
            self._schemas[kind] = self._from_folders(obj)
        return self._schemas[kind] is not None

    def check(self, obj: Object) -> Iterator[Found]:
        """What its schema says about the object, each mistake once."""
        kind = (obj.api_version, obj.kind)
        if kind not in self._validators:
            import jsonschema

            schema = self._schemas[kind]
            self._validators[kind] = jsonschema.Draft202012Validator(schema.as_json() if isinstance(schema, Definition) else schema)
        for error in self._validators[kind].iter_errors(obj.value):
            yield from explained(error, obj)

    def _from_folders(self, obj: Object) -> Any:
        """The schema of a kind from a file in the common layout {group}/{kind}_{version}.json, or {kind}-{group}-{version}.json."""
        group, _, version = obj.api_version.rpartition("/")
        kind = obj.kind.lower()
        first = group.partition(".")[0]
        names = [
            f"{group}/{kind}_{version}.json",
            f"{kind}_{version}.json",
            f"{kind}-{first}-{version}.json",
            f"{kind}-{version}.json",
        ]
        for folder in self._dirs:
            for name in names:
                path = os.path.join(folder, *name.split("/"))
                if os.path.isfile(path):
                    try:
                        with open(path, encoding="utf-8") as file:
                            return json.load(file)
                    except (OSError, ValueError) as error:
                        self.problems.append(f"the schema {path} cannot be read: {error}")
        return None

    def _read_definitions(self, folder: str) -> None:
        """The CustomResourceDefinitions in the YAML and JSON files of a schema folder."""
        from kubetrial.lint import source

        if not os.path.isdir(folder):
            self.problems.append(f"the schema folder {folder} is not there")
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                if name.endswith((".yaml", ".yml", ".json")):
                    path = os.path.join(root, name)
                    try:
                        with open(path, "rb") as file:
                            data = file.read()
                        if b"CustomResourceDefinition" not in data:
                            continue
                        read = source.read(path, source.decode(data))
                    except (OSError, UnicodeError) as error:
                        self.problems.append(f"{path} cannot be read: {error}")
                        continue
                    for document in read.documents:
                        self._schemas.update(definitions(document.value))


def definitions(value: Any) -> dict[Kind, Any]:
    """(apiVersion, kind) -> schema of each version of a CustomResourceDefinition."""
    if not isinstance(value, Mapping) or value.get("kind") != "CustomResourceDefinition":
        return {}
    spec = _mapping(value.get("spec"))
    names = _mapping(spec.get("names"))
    group, kind = spec.get("group"), names.get("kind")
    if not isinstance(group, str) or not isinstance(kind, str):
        return {}
    shared = _mapping(_mapping(spec.get("validation")).get("openAPIV3Schema"))
    versions = spec.get("versions")
    found = {}
    for version in versions if isinstance(versions, list) else [{"name": spec.get("version")}]:
        version = _mapping(version)
        schema = _mapping(_mapping(version.get("schema")).get("openAPIV3Schema")) or shared
        keep = spec.get("preserveUnknownFields") is True
        if schema:
            found[f"{group}/{version.get('name')}", kind] = Definition(schema, keep)
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_KEPT = (
    "enum", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
    "uniqueItems", "multipleOf", "required",
)  # fmt: skip


def translated(schema: Mapping[str, Any], *, root: bool = False, keep: bool = False, depth: int = 0) -> dict[str, Any]:
    """A structural schema as JSON schema: null counts as absent, and fields that it does not know are refused as the server does."""
    if depth > 200:
        return {}
    out: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    if "enum" in out and isinstance(out["enum"], list):
        out["enum"] = [*out["enum"], None]
    for bound in ("minimum", "maximum"):
        exclusive = "exclusive" + bound.capitalize()
        if schema.get(exclusive) is True and bound in out:
            out[exclusive] = out.pop(bound)
    if schema.get("x-kubernetes-int-or-string"):
        out["type"] = ["integer", "string", "null"]
    elif isinstance(schema.get("type"), str):
        out["type"] = [schema["type"], "null"]
    properties = _mapping(schema.get("properties"))
    if properties:
        out["properties"] = {name: translated(_mapping(p), keep=keep, depth=depth + 1) for name, p in properties.items()}
    if root or schema.get("x-kubernetes-embedded-resource"):
        standard = {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": ["object", "null"]},
        }
        out["properties"] = {**out.get("properties", {}), **standard}
    preserving = keep or schema.get("x-kubernetes-preserve-unknown-fields") is True
    additional = schema.get("additionalProperties")
    if isinstance(additional, Mapping):
        out["additionalProperties"] = translated(additional, keep=keep, depth=depth + 1)
    elif properties and additional is None and not preserving:
        out["additionalProperties"] = False
    items = schema.get("items")
    if isinstance(items, Mapping):
        out["items"] = translated(items, keep=keep, depth=depth + 1)
    # Value validations of allOf, anyOf, oneOf, not: they never add fields, so unknown ones are not looked for inside of them.
    for word in ("allOf", "anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            out[word] = [translated(_mapping(part), keep=True, depth=depth + 1) for part in schema[word]]
    if isinstance(schema.get("not"), Mapping):
        out["not"] = translated(schema["not"], keep=True, depth=depth + 1)
    return out


def explained(error: Any, obj: Object) -> Iterator[Found]:
    """A finding for one error of jsonschema, at the place and in the words of our own schema check."""
    node: Node = obj
    for key in error.absolute_path:
        node = node[key]
    name = f"`{node.key}`" if isinstance(node.key, str) and node.parent is not None else node.path or "the object"
    keyword, wanted = error.validator, error.validator_value
    if keyword == "additionalProperties":
        known = error.schema.get("properties", {})
        for extra in [key for key in error.instance if key not in known]:
            yield unknown_field(node, extra, known)
    elif keyword == "required":
        for field in wanted:
            if error.instance.get(field) is None and f"'{field}'" in error.message:
                found = node[field].found(
                    f"`{field}` is missing in {node.path or 'the object'}; its schema requires it",
                    help=f"set `{field}`",
                    key=True,
                )
                yield found.by("field-missing")
    elif keyword == "type":
        types = [t for t in (wanted if isinstance(wanted, list) else [wanted]) if t != "null"]
        yield node.found(
            f"{name} must be {' or '.join(_TYPES.get(t, t) for t in types)}, not {described(error.instance)}"
        ).by("value-wrong-type")
    elif keyword == "enum":
        allowed = ", ".join(str(v) for v in wanted if v is not None)
        yield node.found(f"{name} is {shown(error.instance)}; supported: {allowed}").by("value-unsupported")
    elif keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        yield node.found(f"{name} is {error.instance}; its schema wants {_BOUNDS[keyword]} {wanted}").by(
            "value-out-of-range"
        )
    elif keyword in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems"):
        what = (
            "items that differ"
            if keyword == "uniqueItems"
            else f"{_BOUNDS[keyword[:3]]} {wanted} {_UNITS[keyword[3:]]}"
        )
        yield node.found(f"{name} must have {what}").by("value-too-long")
    elif keyword == "pattern":
        yield node.found(f"{name} is {shown(error.instance)}, which does not have the form {wanted}").by(
            "value-malformed"
        )
    elif keyword in ("anyOf", "oneOf", "allOf", "not", "if", "dependentRequired"):
        yield node.found(f"{name} fits none of the forms that its schema allows", help=_alternatives(wanted)).by(
            "value-malformed"
        )


_TYPES = {
    "object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number",
    "number": "a number", "boolean": "true or false",
}  # fmt: skip
_BOUNDS = {
    "minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than", "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of", "min": "at least", "max": "at most",
}  # fmt: skip
_UNITS = {"Length": "characters", "Items": "items", "Properties": "entries"}


def _alternatives(wanted: Any) -> str:
    """The sets of fields that the alternatives of a schema ask for, when that is what tells them apart."""
    sets = (
        [part["required"] for part in wanted if isinstance(part, Mapping) and part.get("required")]
        if isinstance(wanted, list)
        else []
    )
    return "set " + ", or ".join(" and ".join(f"`{field}`" for field in fields) for fields in sets) if sets else ""
