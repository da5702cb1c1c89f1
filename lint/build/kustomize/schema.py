"""How lists merge, and which kinds have no namespace: what kustomize has built in, or what a file of `openapi:` says.

Follows kyaml/openapi.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.build.kustomize import facts
from kubetrial.lint.values.records import dataclass, field

BUILT_IN = "v1.21.2"
_GVK, _STRATEGY = "x-kubernetes-group-version-kind", "x-kubernetes-patch-strategy"
_KEY, _KEYS = "x-kubernetes-patch-merge-key", "x-kubernetes-list-map-keys"
_MOST_REFERENCES = 50

Place = tuple[Any, str, tuple[str, ...]]
"""Of a field: the type inside (of a list, that of its items), the patch strategy, the merge keys."""
NOTHING: Place = ("", "", ())


@dataclass(frozen=True, slots=True)
class Own:
    """A type of a file of `openapi:`."""

    definitions: Mapping[str, Any]
    schema: Mapping[str, Any]

    def field(self, name: str) -> Place:
        """A field of the type."""
        properties, other = self.schema.get("properties"), self.schema.get("additionalProperties")
        found = properties.get(name) if isinstance(properties, dict) else None
        found = self._resolved(found if isinstance(found, dict) else other)
        if found is None:
            return NOTHING
        strategy, keys = found.get(_STRATEGY), found.get(_KEYS) or found.get(_KEY) or ()
        items = self._resolved(found.get("items")) if found.get("type") == "array" else found
        inner = Own(self.definitions, items) if items is not None else ""
        names = (keys,) if isinstance(keys, str) else tuple(str(key) for key in keys if isinstance(keys, list))
        return inner, strategy if isinstance(strategy, str) else "", names if strategy else ()

    def _resolved(self, schema: Any) -> dict[str, Any] | None:
        for _ in range(_MOST_REFERENCES):
            reference = schema.get("$ref") if isinstance(schema, dict) else None
            if not isinstance(reference, str):
                return schema if isinstance(schema, dict) else None
            schema = self.definitions.get(reference.removeprefix("#/definitions/"))
        return None


@dataclass(frozen=True, slots=True)
class OpenApiSchema:
    """What a build knows of kinds; `kinds` are those of a file of `openapi:`, by apiVersion and kind."""

    kinds: Mapping[str, Own] = field(default_factory=dict)
    cluster_scoped: frozenset[str] = frozenset()
    has_built_in: bool = True
    is_chosen: bool = False

    def of(self, api_version: Any, kind: Any) -> Any:
        """The type of a kind; nothing where it is not known."""
        own = self.kinds.get(f"{api_version} {kind}")
        if own is not None or not self.has_built_in:
            return own or ""
        return facts.merge_type(api_version, kind)


DEFAULT = OpenApiSchema(cluster_scoped=facts.cluster_scoped())


def field_of(type: Any, name: str) -> Place:
    """A field of a type."""
    return type.field(name) if isinstance(type, Own) else facts.merge_field(type, name)


def of_openapi(document: Any, *, with_built_in: bool) -> OpenApiSchema:
    """The schema of a file of `openapi:`; one of the outermost kustomization takes the place of what is built in."""
    definitions = document.get("definitions") if isinstance(document, dict) else None
    definitions = definitions if isinstance(definitions, dict) else {}
    kinds = {
        kind: Own(definitions, schema)
        for schema in definitions.values()
        if isinstance(schema, dict)
        for kind in _kinds(schema.get(_GVK))
    }
    scoped, everywhere = set(facts.cluster_scoped()), document.get("paths") if isinstance(document, dict) else None
    in_namespaces, without = set[str](), set[str]()
    for path, methods in everywhere.items() if isinstance(everywhere, dict) else ():
        get = methods.get("get") if isinstance(methods, dict) else None
        of = _kinds([get.get(_GVK)]) if isinstance(get, dict) else ()
        (in_namespaces if "namespaces/{namespace}" in path else without).update(of)
    return OpenApiSchema(kinds, frozenset(scoped | (without - in_namespaces)), with_built_in, is_chosen=True)


def _kinds(found: Any) -> list[str]:
    """`apiVersion kind` of an extension that lists kinds."""
    names = []
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and each.get("kind"):
            group, version = each.get("group"), each.get("version")
            names.append(f"{f'{group}/' if group else ''}{version} {each['kind']}")
    return names
