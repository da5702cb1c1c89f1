"""What `configurations:` and `crds:` add to the fields that transformers write.

Follows api/internal/plugins/builtinconfig and api/internal/accumulator/loadconfigfromcrds.go.
"""

from __future__ import annotations

import functools

from kubetrial.lint.build.kustomize import facts
from kubetrial.lint.build.kustomize.facts import FieldSpec, NameReference, TransformerConfig
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import MAPPING, RNode, items_of
from kubetrial.lint.build.kustomize.order import place_of
from kubetrial.lint.build.kustomize.types import CONFIGURATION, conform

_MOST_STEPS = 10_000
"""Properties of one file of `crds:` that are looked at; definitions may name each other in a circle."""
_MARKS = (
    ("x-kubernetes-annotation", "commonAnnotations"),
    ("x-kubernetes-label-selector", "commonLabels"),
    ("x-kubernetes-identity", "namePrefix"),
)


EMPTY = TransformerConfig({}, ())


@functools.cache
def usual() -> TransformerConfig:
    """The built-in settings as a kustomization without any of its own has them."""
    return _joined(EMPTY, facts.defaults())


_KNOWN: dict[tuple[int, int], tuple[TransformerConfig, TransformerConfig, TransformerConfig]] = {}
_MOST_KNOWN = 256
"""So many pairs of settings are joined once: bases and overlays of a repository share theirs."""


def joined(one: TransformerConfig, other: TransformerConfig) -> TransformerConfig:
    """Both, each field once; raises Refused. A field of all kinds gives way to the same field of a kind. Follows FsSlice.MergeAll."""
    if one is other or not (other.specs or other.names):
        return one
    if other is facts.defaults() and one is EMPTY:
        return usual()
    if other is facts.defaults() and one is usual():
        return one
    known = _KNOWN.get((id(one), id(other)))
    if known is None:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[id(one), id(other)] = (one, other, _joined(one, other))
    return known[2]


def _joined(one: TransformerConfig, other: TransformerConfig) -> TransformerConfig:
    specs = dict(one.specs)
    for name, rows in other.specs.items():
        specs[name] = merged(specs.get(name, ()), rows)
    names = list(one.names)
    for new in other.names:
        at = next((i for i, old in enumerate(names) if _gvk(old) == _gvk(new)), None)
        if at is None:
            names.append(new)
        else:
            names[at] = NameReference(*_kind(new), merged(names[at].fields, new.fields))
    return TransformerConfig(specs, tuple(sorted(names, key=lambda row: place_of(*_gvk(row)))))


def added(rows: tuple[FieldSpec, ...], more: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Field specs of a kustomization with those of the settings, which are merged already; raises Refused."""
    return merged(rows, more) if rows else more


def merged(rows: tuple[FieldSpec, ...], more: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Field specs with others; raises Refused."""
    if not more:
        return rows
    by_path: dict[str, list[FieldSpec]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    for new in more:
        same = by_path.setdefault(new.path, [])
        old = next((row for row in same if new.selects(row.group, row.version, row.kind)), None)
        if old is None:
            same.append(new)
        elif old.create != new.create:
            raise MergeRefused(f"the field `{new.path}` is given twice, once with `create` and once without")
    every = (row for same in by_path.values() for row in same)
    return tuple(sorted(every, key=lambda row: place_of(row.group, row.version, row.kind)))


def _gvk(row: NameReference) -> tuple[str, str, str]:
    return row.group, row.version, row.kind


def _kind(row: NameReference) -> tuple[str, str, str]:
    return row.kind, row.group, row.version


def field_spec(node: RNode) -> FieldSpec:
    """A field spec as it is written in a file of `configurations:` or in `labels[].fields`."""
    text = {name: str(inner.value or "") for name, inner in node.value.items()} if node.kind is MAPPING else {}
    create = node.get("create")
    return FieldSpec(
        text.get("path", ""),
        text.get("group", ""),
        text.get("version", ""),
        text.get("kind", ""),
        create is not None and create.value is True,
    )


def of_configuration(document: RNode) -> TransformerConfig:
    """The field specs of a file of `configurations:`; raises Refused."""
    conform(document, CONFIGURATION, "configurations", "a file of `configurations`")
    specs: dict[str, tuple[FieldSpec, ...]] = {}
    references: list[NameReference] = []
    for name in document.value if document.kind is MAPPING else ():
        if name != "nameReference":
            specs[name] = tuple(field_spec(item) for item in items_of(document, name))
            continue
        for item in items_of(document, name):
            own = field_spec(item)
            fields = tuple(field_spec(inner) for inner in items_of(item, "fieldSpecs"))
            references.append(NameReference(own.kind, own.group, own.version, fields))
    return TransformerConfig(specs, tuple(references))


def of_definitions(document: RNode) -> TransformerConfig:
    """The field specs that a file of `crds:` marks: OpenAPI definitions by name, each with its `Schema`. Raises Refused."""
    if document.kind is not MAPPING or any(
        node.kind is not MAPPING and not node.is_null() for node in document.value.values()
    ):
        raise MergeRefused(
            "a file of `crds` holds OpenAPI definitions by their names; this one does not, so that kustomize refuses it",
            document,
            help="list a CustomResourceDefinition in `resources`",
        )
    specs: dict[str, list[FieldSpec]] = {}
    names: list[NameReference] = []
    left = _MOST_STEPS
    for name in sorted(document.value):
        properties = _properties(document, name)
        if not {"kind", "apiVersion", "metadata"} <= properties.keys():
            continue
        kind = name.rpartition(".")[2]
        waiting: list[tuple[str, str]] = [(name, "")]
        while waiting and left > 0:
            definition, above = waiting.pop()
            for field, schema in sorted(_properties(document, definition).items()):
                left -= 1
                path = f"{above}/{field}" if above else field
                for mark, transformer in _MARKS:
                    if _string(schema, mark) is not None:
                        specs.setdefault(transformer, []).append(FieldSpec(path, kind=kind))
                names.extend(_reference(schema, path, kind))
                target = _string(schema, "$ref")
                if target and path.count("/") < 50:
                    waiting.append((target, path))
    return TransformerConfig({key: tuple(rows) for key, rows in specs.items()}, tuple(names))


def _reference(schema: RNode, path: str, kind: str) -> list[NameReference]:
    version = _string(schema, "x-kubernetes-object-ref-api-version")
    target = _string(schema, "x-kubernetes-object-ref-kind")
    if version is None or target is None:
        return []
    key = _string(schema, "x-kubernetes-object-ref-name-key")
    field = FieldSpec(f"{path}/{'name' if key is None else key}", kind=kind)
    return [NameReference(target, "", version, (field,))]


def _properties(document: RNode, name: str) -> dict[str, RNode]:
    definition = document.get(name)
    schema = (definition.get("Schema") or definition.get("schema")) if definition is not None else None
    found = schema.get("properties") if schema is not None else None
    return found.value if found is not None and found.kind is MAPPING else {}


def _string(schema: RNode, name: str) -> str | None:
    found = schema.get(name)
    return found.value if found is not None and isinstance(found.value, str) else None
