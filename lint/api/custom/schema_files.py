"""Schema folders: JSON schemas of custom kinds, as kubeconform's users keep them, and CustomResourceDefinitions.

A JSON schema is prepared once: references inside of the folder are followed, what an API server does that JSON schema cannot say
(pruning of nulls and of unknown fields, defaults before `required`, Go's patterns) is taken into account. What cannot be used is told.
The only module that knows jsonschema, which is imported when such a file is needed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.api.constraints import described, shown, unknown_field
from kubetrial.lint.api.custom import instance
from kubetrial.lint.files import recognition, witness
from kubetrial.lint.files.read import is_inside, read
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values import digits
from kubetrial.lint.values.equality import key_of, keys_of
from kubetrial.lint.yaml.node import Found, Node

Steps = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*").fullmatch
_MOST_BYTES = 32 << 20
_MOST_PARTS = 200_000
_ROOT = ("apiVersion", "kind", "metadata")
_OPEN: dict[str, Any] = {"x-kubernetes-preserve-unknown-fields": True}
"""A schema that lets everything through, for parts that cannot be looked at."""


class UnusableSchema(Exception):
    """Why a file of a schema folder cannot be used."""


class Folders:
    """The files of schema folders; `unusable` maps those that could not be used to the reason."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._folders = folders
        self._schemas: dict[tuple[str, str], JsonSchema | None] = {}
        self.unusable: dict[str, str] = {}

    def schema(self, api_version: str, kind: str) -> JsonSchema | None:
        """The schema of a kind; None where there is none that can be used."""
        key = (api_version, kind)
        if key not in self._schemas:
            self._schemas[key] = self._found(api_version, kind)
        return self._schemas[key]

    def defined(self, kinds: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """(group, kind) of those kinds, given with their apiVersion, for which a folder has a schema or a definition."""
        wanted = {(api.rpartition("/")[0], kind): names_of(api, kind) for api, kind in kinds}
        found = {
            kind
            for kind, names in wanted.items()
            if any(
                witness.is_file(os.path.join(folder, *name.split("/"))) for folder in self._folders for name in names
            )
        }
        if len(found) < len(wanted):
            found |= wanted.keys() & recognition.defined_kinds(self.definitions())
        return frozenset(found)

    def _found(self, api_version: str, kind: str) -> JsonSchema | None:
        for folder in self._folders:
            for name in names_of(api_version, kind):
                path = os.path.join(folder, *name.split("/"))
                if not witness.is_file(path):
                    continue
                try:
                    _hold_inside(path, folder)
                    return JsonSchema(path, folder, self.unusable)
                except UnusableSchema as error:
                    self.unusable[_shown(path)] = str(error)
                    return None
        return None

    def definitions(self) -> Iterator[Any]:
        """The documents of the YAML and JSON files that hold CustomResourceDefinitions, also those in a List."""
        from kubetrial.lint.yaml import source

        for folder in self._folders:
            holds = False
            for root, inner, names in os.walk(folder):
                # A linked folder is not walked, but schemas are found in it by their names.
                holds = holds or any(os.path.islink(os.path.join(root, name)) for name in inner)
                for name in sorted(names):
                    path = os.path.join(root, name)
                    if not name.endswith((".yaml", ".yml", ".json")) or not witness.is_file(path):
                        continue
                    holds = True
                    try:
                        _hold_inside(path, folder)
                        data = _bytes(path)
                        if b"CustomResourceDefinition" not in data:
                            if not name.endswith(".json") and _is_json_schema(data):
                                self.unusable[_shown(path)] = (
                                    "a JSON schema is read from a file whose name ends in .json"
                                )
                            continue
                        read = source.read(path, source.decode(data))
                    except (UnusableSchema, UnicodeError) as error:
                        self.unusable[_shown(path)] = str(error) or "it is no text"
                        continue
                    for problem in read.problems[:1]:
                        line = problem[1].range.start.line
                        self.unusable[_shown(path)] = f"line {line}: {problem[1].message}"
                    for document in read.documents:
                        yield from each_definition(document.value)
            if not holds:
                self.unusable[_shown(folder)] = "there is no YAML or JSON file in this folder"


def _is_json_schema(data: bytes) -> bool:
    """Whether a YAML file without a kind has the words of a JSON schema at its top."""
    return (
        re.search(rb"(?m)^(?:properties|\$schema|oneOf|allOf)[ ]*:", data) is not None
        and b"\nkind:" not in b"\n" + data
    )


def names_of(api_version: str, kind: str) -> list[str]:
    """The names under which schemas are kept: {group}/{kind}_{version}.json, {kind}-{group}-{version}.json and shorter ones."""
    group, _, version = api_version.rpartition("/")
    if not (_PLAIN(kind) and _PLAIN(version) and (not group or _PLAIN(group))):
        return []  # such as ../x, which is no name of a kind
    kind, first = kind.lower(), group.partition(".")[0]
    return [
        f"{group}/{kind}_{version}.json",
        f"{kind}_{version}.json",
        f"{kind}-{first}-{version}.json",
        f"{kind}-{version}.json",
    ]


def each_definition(value: Any) -> Iterator[Any]:
    """A document, or the items of a List of definitions (those of a CustomResourceDefinitionList need no kind)."""
    if not isinstance(value, dict) or value.get("kind") not in ("List", "CustomResourceDefinitionList"):
        yield value
        return
    items = value.get("items")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield {"kind": "CustomResourceDefinition", **item} if value["kind"] != "List" else item


def _hold_inside(path: str, folder: str) -> None:
    """Raise UnusableSchema for a link that leads out of the schema folder and its repository: a checkout may hold such."""
    if not is_inside(path, folder):
        from kubetrial.lint.files.discover import outside_of

        if outside_of(path, folder):
            raise UnusableSchema("it is a link that leads out of the schema folder")


def _bytes(path: str) -> bytes:
    try:
        return read(path, _MOST_BYTES)
    except OSError as error:
        raise UnusableSchema((error.strerror or str(error)).lower()) from None


def _json(path: str) -> Any:
    try:
        return json.loads(_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableSchema("it is no UTF-8 text") from None
    except RecursionError:
        raise UnusableSchema("it is nested too deeply") from None
    except ValueError as error:
        raise UnusableSchema(f"it is no JSON: {error}") from None


def _shown(path: str) -> str:
    """A file's name as reports show it."""
    try:
        return os.path.relpath(path).replace(os.sep, "/")
    except ValueError:
        return path


class JsonSchema:
    """The JSON schema of a kind, ready to judge objects; raises UnusableSchema."""

    def __init__(self, path: str, folder: str, notes: dict[str, str]) -> None:
        whole = _json(path)
        if not isinstance(whole, dict):
            raise UnusableSchema("a schema is a mapping")
        parts = _Parts(path, folder, notes, whole)
        try:
            self._schema: dict[str, Any] = dict(parts.prepared(whole, path))
            if _size(self._schema, {}) > MOST_STOOD_FOR:
                raise UnusableSchema(f"its references stand for more than {MOST_STOOD_FOR} parts")
        except RecursionError:
            raise UnusableSchema("it is nested too deeply") from None
        # Every object has these, and the server knows their form.
        named = self._schema.get("properties", {})
        if not isinstance(named, dict):
            raise UnusableSchema("properties: it is no mapping")
        self._schema["properties"] = {**dict.fromkeys(_ROOT, _OPEN), **named}
        self._validator = _validator(self._schema)

    def check(self, obj: Object) -> Iterator[Found]:
        """What the schema refuses in an object, each mistake once."""
        said: set[tuple[Steps, str]] = set()
        for *way, name in instance.unknown_fields(obj.value, self._schema, root=True):
            said.add((tuple(way), str(name)))
            yield unknown_field(obj.at(*way), str(name), _known(self._schema, tuple(way)))
        for error in self._validator.iter_errors(completed(obj.value, self._schema)):
            yield from explained(error, obj, said)


MOST_STOOD_FOR = 100_000
"""Parts that a schema may have once its references are followed: what means itself twice, forty levels deep, has no end."""


def _size(part: Any, known: dict[int, int]) -> int:
    """How many mappings and lists a part stands for, each as often as it is met; `known` are those that were counted."""
    if not isinstance(part, (dict, list)):
        return 0
    if id(part) not in known:
        known[id(part)] = 1  # met again inside of itself, it is counted once
        known[id(part)] += sum(_size(each, known) for each in (part.values() if isinstance(part, dict) else part))
    return known[id(part)]


class _Parts:
    """Prepares the parts of a schema: follows references, and takes every word in the sense of the server."""

    def __init__(self, path: str, folder: str, notes: dict[str, str], whole: Any) -> None:
        self.main = path
        self.folder = os.path.realpath(folder)
        self.notes = notes
        self.files: dict[str, Any] = {os.path.realpath(path): whole}
        self.targets: dict[tuple[str, str], dict[str, Any]] = {}
        self.count = 0

    def prepared(self, schema: Any, file: str) -> Any:
        """A copy of a part of a file, without references."""
        if not isinstance(schema, dict):
            return schema
        self.count += 1
        if self.count > _MOST_PARTS:
            raise UnusableSchema(f"it has more than {_MOST_PARTS} parts")
        if isinstance(schema.get("$ref"), str):
            target = self.target(schema["$ref"], file)
            beside = {name: inner for name, inner in schema.items() if name != "$ref"}
            return {**target, **self.prepared(beside, file)} if beside else target
        made: dict[str, Any] = {}
        for word, inner in _of_today(schema).items():
            if word in ("properties", "patternProperties", "dependentSchemas") and isinstance(inner, dict):
                made[word] = {name: self.prepared(part, file) for name, part in inner.items()}
            elif word in ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"):
                made[word] = self.prepared(inner, file)
            elif word in ("allOf", "anyOf", "oneOf", "prefixItems") and isinstance(inner, list):
                made[word] = [self.prepared(part, file) for part in inner]
            elif word not in _LEFT_OUT:
                made[word] = inner
        return _as_the_server(made)

    def target(self, reference: str, file: str) -> dict[str, Any]:
        """What a reference means; what is not in the folder lets everything through, and is told."""
        place, _, pointer = reference.partition("#")
        path = os.path.realpath(os.path.join(os.path.dirname(file), place)) if place else os.path.realpath(file)
        key = (path, pointer)
        if key in self.targets:
            return self.targets[key]
        self.targets[key] = dict(_OPEN)  # a schema that means itself is followed once
        try:
            if "://" in place:
                raise UnusableSchema("nothing is fetched from the network")
            if os.path.commonpath([self.folder, path]) != self.folder:
                raise UnusableSchema("it is outside of the schema folder")
            if path not in self.files:
                self.files[path] = _json(path)
            part = _pointed(self.files[path], pointer)
            self.targets[key] = self.prepared(part, path) if isinstance(part, dict) else dict(_OPEN)
        except (UnusableSchema, ValueError) as error:
            self.notes[_shown(self.main)] = f"the reference {reference} is not followed: {error}"
        return self.targets[key]


_LEFT_OUT = frozenset(("$schema", "$id", "id", "$anchor", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor"))
"""Words that are of no use once references are followed."""


def _pointed(whole: Any, pointer: str) -> Any:
    """The part of a file that a JSON pointer means; raises UnusableSchema."""
    from urllib.parse import unquote

    part = whole
    for step in unquote(pointer).split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(part, dict) and step in part:
            part = part[step]
        elif isinstance(part, list) and (index := digits.whole(step)) is not None and index < len(part):
            part = part[index]
        else:
            raise UnusableSchema("there is no such part")
    return part


def _of_today(schema: dict[str, Any]) -> dict[str, Any]:
    """A part with what drafts before 2020-12 said in other words: `dependencies`, and a list of `items` with `additionalItems`."""
    made = schema
    needs = schema.get("dependencies")
    if isinstance(needs, dict):
        made = {word: inner for word, inner in made.items() if word != "dependencies"}
        for word, kind in (("dependentRequired", list), ("dependentSchemas", (dict, bool))):
            found = {name: inner for name, inner in needs.items() if isinstance(inner, kind)}
            if found:
                made.setdefault(word, found)
    if isinstance(schema.get("items"), list):
        made = {word: inner for word, inner in made.items() if word not in ("items", "additionalItems")}
        made["prefixItems"] = schema["items"]
        if "additionalItems" in schema:
            made["items"] = schema["additionalItems"]
    return made


def _as_the_server(schema: dict[str, Any]) -> dict[str, Any]:
    """A part in today's words: bounds of the old drafts, and openness where more fields may be known than it lists."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(schema.get(exclusive), bool) and schema.pop(exclusive) and bound in schema:
            schema[exclusive] = schema.pop(bound)
    if schema.get("x-kubernetes-int-or-string") is True and not {"type", "anyOf", "oneOf", "allOf"} & schema.keys():
        schema["type"] = ["integer", "string"]
    elsewhere = ("allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas", "not")
    closed = schema.get("additionalProperties") is False
    free = not schema.get("properties") and "additionalProperties" not in schema
    if (
        schema.get("type") != "array"
        and "items" not in schema
        and (
            free
            or (not closed and any(word in schema for word in elsewhere))
            or (closed and "patternProperties" in schema)
        )
    ):
        schema["x-kubernetes-preserve-unknown-fields"] = True
    if isinstance(schema.get("properties"), dict) and schema.get("x-kubernetes-embedded-resource") is True:
        for name in _ROOT:
            schema["properties"].setdefault(name, dict(_OPEN))
    return schema


def completed(value: Any, schema: Any, depth: int = 0) -> Any:
    """A copy of a value as the server validates it: without nulls where none are allowed, and with defaults."""
    if depth > instance.MAX_DEPTH or not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        items = schema.get("items")
        return [completed(item, items, depth + 1) for item in value] if isinstance(items, dict) else value
    if not isinstance(value, dict):
        return value
    named = schema.get("properties")
    properties = named if isinstance(named, dict) else {}
    additional = schema.get("additionalProperties")
    made: dict[str, Any] = {}
    for name, inner in value.items():
        own = properties.get(name, additional)
        if inner is None and isinstance(own, dict) and not _takes_null(own):
            continue
        made[name] = completed(inner, own, depth + 1)
    for name, own in properties.items():
        if name not in made and isinstance(own, dict) and own.get("default") is not None:
            made[name] = completed(own["default"], own, depth + 1)
    return made


def _takes_null(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type")
    if schema.get("nullable") is True or kinds is None:
        return True
    return kinds == "null" or (isinstance(kinds, list) and "null" in kinds)


# --- jsonschema --------------------------------------------------------------------------------------------------------------------


def _validator(schema: dict[str, Any]) -> Any:
    """The schema's validator, with Go's patterns; raises UnusableSchema where the schema is wrong itself."""
    import jsonschema
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    plain = jsonschema.Draft202012Validator
    try:
        plain.check_schema(schema, format_checker=jsonschema.FormatChecker(formats=()))  # patterns are Go's
    except RecursionError:
        raise UnusableSchema("it is nested too deeply") from None
    except jsonschema.SchemaError as problem:
        where = ".".join(str(step) for step in problem.absolute_path) or "the schema"
        raise UnusableSchema(f"{where}: {problem.message[:200]}") from None
    _hold_patterns(schema)
    words = {**plain.VALIDATORS, "pattern": _pattern, "patternProperties": _pattern_properties, "type": _type(plain)}
    words["additionalProperties"] = _additional
    words["enum"] = _enum(plain)
    words["format"] = _format
    made = jsonschema.validators.create(plain.META_SCHEMA, words, type_checker=plain.TYPE_CHECKER)
    return made(schema, registry=REGISTRY)  # that of jsonschema would ask the network for what it does not know


def _hold_patterns(schema: dict[str, Any]) -> None:
    """Look at every pattern; raises UnusableSchema for one that Go cannot read."""
    from kubetrial.lint.values.regexp import syntax

    pending: list[Any] = [schema]
    seen: set[int] = set()
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, dict):
            of_names = part.get("patternProperties")
            written = [part.get("pattern"), *(of_names if isinstance(of_names, dict) else ())]
            for pattern in written:
                if isinstance(pattern, str) and (why := syntax.problem(pattern)) is not None:
                    raise UnusableSchema(f"the pattern {pattern!r} cannot be read: {why}")
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)


def _found_in(pattern: str, text: str) -> bool:
    """Whether Go finds a pattern in a text; what only the server knows counts as found."""
    from kubetrial.lint.values.regexp import search

    try:
        return search.matches(pattern, text)
    except search.Unsupported:
        return True


def _pattern(validator: Any, pattern: str, value: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(value, str) and not _found_in(pattern, value):
        yield ValidationError(f"{value!r} does not have the form {pattern}")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], value: Any, _: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for pattern, inner in patterns.items():
            for name, item in value.items():
                if _found_in(pattern, str(name)):
                    yield from validator.descend(item, inner, path=name, schema_path=pattern)


def _additional(validator: Any, wanted: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """`additionalProperties`, with the names that Go's patterns cover."""
    from jsonschema import ValidationError

    if not isinstance(value, dict):
        return
    properties, patterns = schema.get("properties") or {}, schema.get("patternProperties") or {}
    extra = [n for n in value if n not in properties and not any(_found_in(p, str(n)) for p in patterns)]
    if isinstance(wanted, dict):
        for name in extra:
            yield from validator.descend(value[name], wanted, path=name)
    elif wanted is False and extra:
        yield ValidationError("unknown fields", context=())


def _type(plain: Any) -> Any:
    """`type`, in which `nullable` counts and a number-or-text is one."""

    def check(validator: Any, kinds: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        if value is None and schema.get("nullable") is True:
            return
        if schema.get("x-kubernetes-int-or-string") is True and value.__class__ in (int, str):
            return
        yield from plain.VALIDATORS["type"](validator, kinds, value, schema)

    return check


def _enum(plain: Any) -> Any:
    """`enum`, in which `nullable` counts."""
    from jsonschema import ValidationError

    def check(validator: Any, allowed: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
        if (value is not None or schema.get("nullable") is not True) and key_of(value) not in keys_of(allowed):
            yield ValidationError("none of the enum")

    return check


def _format(validator: Any, form: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    """`format`, as far as the server knows it."""
    from jsonschema import ValidationError
    from kubetrial.lint.values import formats

    if isinstance(value, str) and isinstance(form, str) and formats.fits(form, value) is False:
        yield ValidationError("another form")


def _known(schema: Mapping[str, Any], way: Steps) -> list[str]:
    """The fields that a schema has at a path."""
    inner: Any = schema
    for key in way:
        if not isinstance(inner, Mapping):
            return []
        if isinstance(key, int):
            inner = inner.get("items")
        else:
            inner = (inner.get("properties") or {}).get(key, inner.get("additionalProperties"))
    properties = inner.get("properties") if isinstance(inner, Mapping) else None
    return list(properties) if isinstance(properties, Mapping) else []


def explained(error: Any, obj: Object, said: set[tuple[Steps, str]]) -> Iterator[Found]:
    """A finding for one error of jsonschema, at the place and in the words of our own schema check."""
    way = tuple(error.absolute_path)
    node: Node = obj.at(*way)
    if any((way[:at], str(way[at])) in said for at in range(len(way))):
        return  # inside of a field that is unknown anyway
    name = f"`{node.key}`" if isinstance(node.key, str) and node.parent is not None else node.path or "the object"
    keyword, wanted = error.validator, error.validator_value
    if keyword == "additionalProperties":
        known = error.schema.get("properties", {})
        patterns = error.schema.get("patternProperties", {})
        for extra in error.instance:
            if (
                extra not in known
                and (way, str(extra)) not in said
                and not any(_found_in(p, str(extra)) for p in patterns)
            ):
                said.add((way, str(extra)))
                yield unknown_field(node, str(extra), known)
    elif keyword == "required":
        for field in wanted:
            if field not in error.instance and (way, field) not in said:
                said.add((way, field))
                found = node[field].found(
                    f"`{field}` is missing in {node.path or 'the object'}; its schema requires it",
                    help=f"set `{field}`",
                    key=True,
                )
                yield found.by("field-missing")
    else:
        rule, message, help = _described(keyword, wanted, error.instance, name)
        yield node.found(message, help=help).by(rule)


def _described(keyword: str, wanted: Any, value: Any, name: str) -> tuple[str, str, str]:
    """(rule, message, help) of what a value does wrong."""
    if keyword == "type":
        types = [t for t in (wanted if isinstance(wanted, list) else [wanted]) if t != "null"]
        what = "null" if value is None else described(value)
        wants = " or ".join(_TYPES.get(t, t) for t in types) or "null"
        return "value-wrong-type", f"{name} must be {wants}, not {what}", ""
    if keyword == "enum":
        several = [str(each) for each in wanted[: MOST_LISTED + 1] if each is not None][:MOST_LISTED]
        allowed = ", ".join(several) + (f" and {len(wanted) - MOST_LISTED} more" if len(wanted) > MOST_LISTED else "")
        return "value-unsupported", f"{name} is {shown(value)}; supported: {allowed}", ""
    if keyword == "const":
        return (
            "value-unsupported",
            f"{name} is {shown(value)}; its schema allows {shown(wanted)} only",
            f"write {shown(wanted)}",
        )
    if keyword in _BOUNDS:
        return "value-out-of-range", f"{name} is {value}; its schema wants {_BOUNDS[keyword]} {wanted}", ""
    if keyword == "uniqueItems":
        return "value-too-long", f"{name} must have items that differ", ""
    if keyword[:3] in _BOUNDS and keyword[3:] in _UNITS:
        return "value-too-long", f"{name} must have {_BOUNDS[keyword[:3]]} {wanted} {_UNITS[keyword[3:]]}", ""
    if keyword == "pattern":
        return "value-malformed", f"{name} is {shown(value)}, which does not have the form {wanted}", ""
    if keyword == "format":
        return "value-malformed", f"{name} is {shown(value)}, which is no {wanted}", ""
    if keyword in ("dependentRequired", "dependencies"):
        return "value-malformed", f"{name} lacks a field that another of its fields needs", ""
    if keyword == "propertyNames":
        return "value-malformed", f"{name} has a key of a form that its schema does not allow", ""
    return "value-malformed", f"{name} fits none of the forms that its schema allows", _alternatives(wanted)


MOST_LISTED = 40
"""So many values of an enum are named; more help nobody, and are said again for each value that is none of them."""
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
