"""Custom kinds: CustomResourceDefinitions of the set, and the files of schema folders, as schemas of custom resources.

A definition is followed as the API server does; a file in a schema folder is JSON schema (see schema_files.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from kubetrial.lint.api.constraints import unknown_field
from kubetrial.lint.api.custom import instance, schema_files, structural
from kubetrial.lint.objects.identity import is_stored, without_name
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Found

if TYPE_CHECKING:
    from kubetrial.lint.api.custom.validations import ValidationRules

Kind = tuple[str, str]  # apiVersion, kind


@dataclass(frozen=True, slots=True)
class Definition:
    """The schema of a version of a CustomResourceDefinition, as it is written."""

    schema: Mapping[str, Any]
    keep: bool  # preserveUnknownFields of old definitions
    status: bool  # the status is a subresource: the server drops it from a new object before it validates
    replicas: tuple[str, ...] = ()  # where the scale subresource finds the wanted number of replicas

    def check(self, obj: Object, rules: ValidationRules | None = None) -> Iterator[Found]:
        """What the schema refuses in a new object; follows pruning, defaulting and validation of apiextensions-apiserver."""
        if not self.keep:
            for *way, name in instance.unknown_fields(obj.value, self.schema, root=True):
                node = obj.at(*way)
                yield unknown_field(node, str(name), _known(self.schema, tuple(way)))
        value, schema = self._validated(obj.value)
        misfits = list(instance.misfits(value, schema, strict=True))
        for misfit in misfits:
            node = obj.at(*misfit.path)
            name = f"`{node.key}`" if isinstance(node.key, str) else f"item {node.key}"
            missing = misfit.rule == "field-missing"
            yield node.found(f"{name} {misfit.reason}", help=f"set {name}" if missing else "", key=missing).by(
                misfit.rule
            )
        yield from self._scale(obj, value)
        if rules is not None and not any(misfit.blocks for misfit in misfits):
            if "name" not in value["metadata"]:
                value["metadata"]["name"] = ...  # of a generateName the server makes one up
            for broken in rules.broken(value):
                node = obj.at(*broken.path)
                yield node.found(
                    broken.message, help=f"the definition of {obj.kind} asks for `{' '.join(broken.rule.split())}`"
                ).by("custom-resource-rule-broken")

    def _validated(self, written: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
        """The object with its defaults as the server validates it, and the schema for that."""
        value = {name: inner for name, inner in written.items() if not (self.status and name == "status")}
        properties = dict(_mapping(self.schema.get("properties")))
        if self.status:
            properties.pop("status", None)
        properties["metadata"] = _named(_mapping(_mapping(properties.get("metadata")).get("properties")))
        required = [name for name in self.schema.get("required") or () if name != "metadata"]
        metadata = _mapping(value.get("metadata"))
        value["metadata"] = {name: metadata[name] for name in ("name", "generateName") if metadata.get(name)}
        schema = {**self.schema, "properties": properties, "required": required}
        return instance.completed(value, schema), schema

    def _scale(self, obj: Object, value: Mapping[str, Any]) -> Iterator[Found]:
        """The number of replicas where the scale subresource finds it; follows ValidateScaleSpec."""
        count: Any = value if self.replicas else None
        for name in self.replicas:
            count = _mapping(count).get(name)
        if count.__class__ is int and not 0 <= count < 1 << 31:
            reason = "below zero" if count < 0 else "more than 32 bits hold"
            yield obj.at(*self.replicas).found(f"`{self.replicas[-1]}` is {count}, {reason}").by("value-out-of-range")


def _folder(obj: Object) -> str:
    """The folder of an object's file; what stands beside a definition is applied with it."""
    return obj.document.file.rpartition("/")[0]


def _named(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of metadata: a definition can restrict the name."""
    kept = {name: inner for name, inner in properties.items() if name in ("name", "generateName")}
    return {"type": "object", "properties": kept}


def _known(schema: Mapping[str, Any], way: tuple[str | int, ...]) -> list[str]:
    """The fields that a schema has at a path."""
    inner: Any = schema
    for key in way:
        inner = _mapping(inner)
        inner = (
            inner.get("items")
            if isinstance(key, int)
            else _mapping(inner.get("properties")).get(key, inner.get("additionalProperties"))
        )
    return list(_mapping(_mapping(inner).get("properties")))


class CustomKinds:
    """What is known of custom kinds; each schema is prepared when the first object of its kind is met."""

    def __init__(self, objects: Sequence[Object], schema_dirs: Sequence[str], minor: int) -> None:
        self._files = schema_files.Folders(schema_dirs)
        self._minor = minor
        self.of_others = 0  # objects of another version than the definition that the repository brings along
        self._definitions: dict[Kind, list[Definition]] = {}
        self._rules: dict[int, ValidationRules | None] = {}  # of each definition by its id
        self._readable: dict[int, bool] = {}
        self._sorted: set[Kind] = set()
        self._served: dict[Kind, list[str]] = {}  # group and kind -> versions that a definition of the set serves
        self._folders: dict[Kind, set[str]] = {}  # group and kind -> folders with a definition of it
        self._completed: set[str] = (
            set()
        )  # groups whose objects a webhook of the set fills in before they are validated
        for obj in objects:
            if obj.kind == "MutatingWebhookConfiguration":
                self._completed.update(_groups_of(obj.value))
            if obj.kind == "CustomResourceDefinition" and obj.group == "apiextensions.k8s.io":
                self._add(obj.value)
                for kind, versions in _served(obj.value).items():
                    self._served.setdefault(kind, []).extend(versions)
                    self._folders.setdefault(kind, set()).add(_folder(obj))
        for value in self._files.definitions():
            self._add(value)

    def _add(self, value: Any) -> None:
        """Take the definition of a kind; another one of the same kind is an alternative to it."""
        for kind, definition in definitions(value).items():
            known = self._definitions.setdefault(kind, [])
            if definition not in known:
                known.append(definition)

    def knows(self, obj: Object) -> bool:
        """Whether there is a schema for the object's kind."""
        kind = (obj.api_version, obj.kind)
        return kind in self._definitions or self._files.schema(*kind) is not None

    @property
    def unusable(self) -> dict[str, str]:
        """Files of the schema folders that could not be used, or not in all of their parts, and why."""
        return self._files.unusable

    def unserved(self, obj: Object) -> Found | None:
        """What is wrong with the version of an object whose definitions in the set all serve other versions."""
        served = self._served.get((obj.group, obj.kind))
        version = obj.api_version.rpartition("/")[2]
        if not served or version in served:
            return None
        if all(_is_newer(version, other) for other in served) and (
            obj.group.endswith(".k8s.io") or _folder(obj) not in self._folders.get((obj.group, obj.kind), ())
        ):
            return None  # many projects bring copies of definitions along, and one of them is old
        versions = ", ".join(dict.fromkeys(served))
        found = obj["apiVersion"].found(
            f"the definition of {obj.kind} does not serve {version}; it serves {versions}",
            help=f"write apiVersion: {obj.group}/{served[-1]}",
        )
        return found.by("kind-unknown")

    def check(self, obj: Object) -> Iterator[Found]:
        """What its schema says about the object, each mistake once.

        Where several definitions differ (channels, versions of a chart), it is only told where all of them refuse the object, in the
        words of the one that knows the most fields. A definition that the server cannot read says nothing about its resources; neither
        does one that stands elsewhere in the repository and was plainly written for another version of the object.
        """
        kind = (obj.api_version, obj.kind)
        # Of a kind that the set defines, and of what has metadata, the rule says it, which knows nothing of the folders.
        said = (obj.group, obj.kind) in self._folders or is_stored(obj)
        unnamed = without_name(obj) if not said else None
        if unnamed is not None:
            yield unnamed.by("object-name-missing")
        if kind in self._definitions:
            first: list[Found] = []
            for definition in self._widest_first(kind):
                found = list(definition.check(obj, self._rules_of(definition)))
                if self._is_completed(obj.group):
                    found = [one for one in found if one.rule != "field-missing"]
                if not found:
                    return
                first = first or found
            elsewhere = _folder(obj) not in self._folders.get((obj.group, obj.kind), (_folder(obj),))
            if elsewhere and (_is_of_another(first) or self._is_stub(kind)):
                self.of_others += 1
                return
            yield from first
            return
        schema = self._files.schema(*kind)
        if schema is not None:
            yield from schema.check(obj)

    def _is_stub(self, kind: Kind) -> bool:
        """Whether all that is known of a kind is that its objects are mappings: so operators' tests define the kinds of others."""
        return all(
            not definition.keep and definition.schema.keys() <= _OF_STUBS for definition in self._definitions[kind]
        )

    def _is_completed(self, group: str) -> bool:
        """Whether a webhook of the set may add what is missing in objects of a group: it is asked before the schema is."""
        return any(other == group or group.endswith(f".{other}") for other in self._completed)

    def _widest_first(self, kind: Kind) -> Iterator[Definition]:
        """The readable definitions of a kind, the one with the most fields first."""
        known = self._definitions[kind]
        if len(known) > 1 and kind not in self._sorted:
            self._sorted.add(kind)
            known.sort(key=lambda one: sum(1 for _ in structural.every(one.schema)), reverse=True)
        return (one for one in known if self._is_readable(one))

    def _is_readable(self, definition: Definition) -> bool:
        if id(definition) not in self._readable:
            self._readable[id(definition)] = structural.readable(definition.schema)
        return self._readable[id(definition)]

    def _rules_of(self, definition: Definition) -> ValidationRules | None:
        """The rules in a definition; None where it has none, and then CEL is not loaded."""
        if id(definition) not in self._rules:
            rules = None
            if any("x-kubernetes-validations" in schema for schema in structural.every(definition.schema)):
                from kubetrial.lint.api.custom.validations import ValidationRules

                rules = ValidationRules(definition.schema, self._minor)
            self._rules[id(definition)] = rules
        return self._rules[id(definition)]

    @property
    def unasked(self) -> int:
        """How many rules of definitions were left to the server, counted for each value that they are about."""
        return sum(rules.left for rules in self._rules.values() if rules is not None)


def _is_of_another(found: Sequence[Found]) -> bool:
    """Whether an object has another form than a definition: somewhere it lacks several fields and has others, called quite differently."""
    by_place: dict[tuple[str | int, ...], tuple[list[str], list[str]]] = {}
    for one in found:
        if one.rule in ("field-missing", "field-unknown") and one.node.steps:
            missing, unknown = by_place.setdefault(one.node.steps[:-1], ([], []))
            (missing if one.rule == "field-missing" else unknown).append(str(one.node.steps[-1]))
    return any(
        len(missing) > 1 and unknown and not any(get_close_matches(name, missing, 1, 0.6) for name in unknown)
        for missing, unknown in by_place.values()
    )


def _groups_of(value: Any) -> Iterator[str]:
    """The groups that the webhooks of a MutatingWebhookConfiguration are asked about.

    A webhook without rules gets them from its own program, for the group that it is named after (`webhook.boats.example.com`).
    """
    webhooks = _mapping(value).get("webhooks")
    for webhook in webhooks if isinstance(webhooks, list) else ():
        rules = _mapping(webhook).get("rules")
        for rule in rules if isinstance(rules, list) else ():
            groups = _mapping(rule).get("apiGroups")
            yield from (group for group in (groups if isinstance(groups, list) else ()) if isinstance(group, str))
        name = _mapping(webhook).get("name")
        if not rules and isinstance(name, str) and name.count(".") > 1:
            yield ".".join(name.split(".")[-2:])


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
        # In v1beta1 that was the default.
        keep = spec.get("preserveUnknownFields", str(value.get("apiVersion")).endswith("/v1beta1")) is True
        if schema:
            status = _mapping(version.get("subresources", spec.get("subresources"))).get("status") is not None
            found[f"{group}/{version.get('name')}", kind] = Definition(schema, keep, status, _replicas(version, spec))
    return found


_OF_STUBS = frozenset(("type", "description"))
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?\Z")


def _is_newer(version: str, other: str) -> bool:
    """Whether a version comes after another one, stable ones last; follows version.CompareKubeAwareVersionStrings."""
    mine, theirs = _VERSION.match(version), _VERSION.match(other)
    if mine is None or theirs is None:
        return False
    return _rank(mine) > _rank(theirs)


def _rank(found: re.Match[str]) -> tuple[int, int, int]:
    major, stage, minor = found.groups()
    return ({"alpha": 0, "beta": 1}.get(stage or "", 2), int(major), int(minor or 0))


def _served(value: Mapping[str, Any]) -> dict[Kind, list[str]]:
    """The group and kind of a definition, and the versions that it serves."""
    spec = _mapping(value.get("spec"))
    group, kind, versions = spec.get("group"), _mapping(spec.get("names")).get("kind"), spec.get("versions")
    if not isinstance(group, str) or not isinstance(kind, str) or not isinstance(versions, list):
        return {}
    names = [_mapping(version).get("name") for version in versions if _mapping(version).get("served") is True]
    return {(group, kind): [name for name in names if isinstance(name, str)]}


def _replicas(version: Mapping[str, Any], spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in specReplicasPath of a version, such as `.spec.replicas`."""
    subresources = _mapping(version.get("subresources", spec.get("subresources")))
    path = _mapping(subresources.get("scale")).get("specReplicasPath")
    return tuple(path[1:].split(".")) if path.__class__ is str and path.startswith(".") and "[" not in path else ()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
