"""Facts of kustomize as data: which fields its transformers write, how lists merge, which kinds have no namespace."""

from __future__ import annotations

import functools
import json
import os
from typing import Any

from kubetrial import schemas
from kubetrial.lint.values.records import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field of some kinds; empty group, version, kind stand for any. Follows types.FieldSpec."""

    path: str
    group: str = ""
    version: str = ""
    kind: str = ""
    create: bool = False

    def selects(self, group: str, version: str, kind: str) -> bool:
        """Whether objects of that kind are meant."""
        return self.kind in ("", kind) and self.group in ("", group) and self.version in ("", version)


@dataclass(frozen=True, slots=True)
class NameReference:
    """A kind that others name, and the fields in which they do."""

    kind: str
    group: str
    version: str
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True)
class TransformerConfig:
    """What transformers write where, with what `configurations:` and `crds:` add."""

    specs: dict[str, tuple[FieldSpec, ...]]
    names: tuple[NameReference, ...]
    known: dict[tuple[str, str, str], list[tuple[NameReference, FieldSpec]]] = field(
        default_factory=dict, compare=False, repr=False
    )  # what `references` gave

    def references(self, group: str, version: str, kind: str) -> list[tuple[NameReference, FieldSpec]]:
        """The fields in which objects of a kind name others, each with the kind that they name."""
        key = (group, version, kind)
        if key not in self.known:
            self.known[key] = [
                (reference, spec) for reference in self.names for spec in reference.fields if spec.selects(*key)
            ]
        return self.known[key]

    def of(self, name: str) -> tuple[FieldSpec, ...]:
        """The fields that a transformer writes."""
        return self.specs.get(name, ())


@functools.cache
def data() -> dict[str, Any]:
    """The data file."""
    with open(os.path.join(schemas.FOLDER, "kustomize.json"), encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


@functools.cache
def cluster_scoped() -> frozenset[str]:
    """`apiVersion kind` of the kinds that kustomize knows to have no namespace."""
    return frozenset(data()["clusterScoped"])


@functools.cache
def defaults() -> TransformerConfig:
    """The built-in settings."""
    specs: dict[str, tuple[FieldSpec, ...]] = {}
    names: tuple[NameReference, ...] = ()
    for name, rows in data()["fieldSpecs"].items():
        if name == "nameReference":
            names = tuple(
                NameReference(kind, group, version, tuple(FieldSpec(*row) for row in fields))
                for kind, group, version, fields in rows
            )
        else:
            specs[name] = tuple(FieldSpec(*row) for row in rows)
    return TransformerConfig(specs, names)


def merge_type(api_version: Any, kind: Any) -> str:
    """The type that says how the lists of a kind merge; empty where kustomize does not know the kind."""
    found = data()["mergeKinds"].get(f"{api_version} {kind}", "")
    return str(found)


def merge_field(type_name: str, field: str) -> tuple[str, str, tuple[str, ...]]:
    """Of a field: the type inside, the patch strategy, the merge keys."""
    inner, strategy, keys = data()["mergeTypes"].get(type_name, {}).get(field, ("", "", ()))
    return inner, strategy, tuple(keys)
