"""Makes catalogue/ from the published schemas and our own constraints: `python -m kubetrial.schemas.refresh`.

Input: the `kubernetes-validate` package of PyPI (names, types and requiredness of every field for each Kubernetes minor)
and constraints/*.toml (what the API server checks beyond types). Output: one JSON file for each API group version, which holds
every type of it for all minors together, and kinds.json, the index of kinds. Facts only: no description texts.

A field is written as its type code, or as [code, {constraints}]:

    s string  b boolean  i int32  l int64  n number  y base64 bytes  q quantity  x int-or-string  t time  u time with microseconds
    * anything  o any object  [code list  {code map  core.v1.PodSpec another type

`since` and `until` among the constraints are the first and the last minor that has the field. In the spans of minors in `off` its
feature gate `gate` is off: the server decodes the field and drops it before it validates; a span that ends in null is open, as the gate
is off in the newest minor. With `unread` it is dropped in every minor: the status of a new object. `before` holds the constraints of
earlier minors: `{"36": {...}}` are words that had another argument before 1.36.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

from kubetrial.schemas import gates
from kubetrial.schemas.minors import MINORS, NEWEST
from kubetrial.schemas.tables import load_toml

_PACKAGES = (
    ("io.k8s.api.", ""),
    ("io.k8s.apimachinery.pkg.apis.", ""),
    ("io.k8s.apiextensions-apiserver.pkg.apis.", ""),
    ("io.k8s.kube-aggregator.pkg.apis.", ""),
)
_SPECIAL = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "*",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "t",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "u",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "*",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Patch": "o",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "*",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "*",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "*",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "*",
}
_SCALARS = {
    ("string", ""): "s",
    ("string", "byte"): "y",
    ("boolean", ""): "b",
    ("integer", "int32"): "i",
    ("integer", "int64"): "l",
    ("number", "double"): "n",
}
# Beta versions that a server of these minors serves without being asked; every other alpha and beta version is opt-in.
_BETA_SERVED = {
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration"),
    ("storage.k8s.io/v1beta1", "CSIStorageCapacity"),
}
_FOLDER = os.path.dirname(os.path.abspath(__file__))


def short_name(definition: str) -> str:
    """`io.k8s.api.core.v1.PodSpec` -> `core.v1.PodSpec`."""
    for prefix, replacement in _PACKAGES:
        if definition.startswith(prefix):
            return replacement + definition[len(prefix) :]
    raise ValueError(definition)


def code(schema: dict[str, Any]) -> str:
    """The type code of a published schema (see the module's page)."""
    if "$ref" in schema:
        target = schema["$ref"].rsplit("/", 1)[1]
        return _SPECIAL.get(target) or short_name(target)
    kinds = schema.get("type")
    kind = next((k for k in (kinds if isinstance(kinds, list) else [kinds]) if k != "null"), None)
    if kind == "array":
        return "[" + code(schema["items"])
    if kind == "object":
        return "{" + code(schema["additionalProperties"]) if "additionalProperties" in schema else "o"
    return _SCALARS[str(kind), schema.get("format", "")]


def published() -> dict[int, dict[str, Any]]:
    """Minor -> definitions, from the installed kubernetes-validate package."""
    import kubernetes_validate

    base = os.path.join(os.path.dirname(kubernetes_validate.__file__), "kubernetes-json-schema")
    found = {}
    for minor in MINORS:
        with open(os.path.join(base, f"v1.{minor}.0-local", "_definitions.json"), encoding="utf-8") as file:
            found[minor] = json.load(file)["$defs"]
    return found


def merged_types(definitions: dict[int, dict[str, Any]]) -> dict[str, dict[str, list[Any]]]:
    """Short type name -> field -> [code, constraints], over all minors; the newest minor's code wins."""
    types: dict[str, dict[str, list[Any]]] = {}
    for minor in MINORS:
        for definition, schema in definitions[minor].items():
            if definition in _SPECIAL or not definition.startswith(tuple(p for p, _ in _PACKAGES)):
                continue
            fields = types.setdefault(short_name(definition), {})
            required = set(schema.get("required", ()))
            for name, field in schema.get("properties", {}).items():
                entry = fields.setdefault(name, ["", {}])
                entry[0] = code(field)
                entry[1].setdefault("minors", []).append(minor)
                entry[1]["required"] = name in required
    for fields in types.values():
        every = sorted({m for entry in fields.values() for m in entry[1]["minors"]})
        for entry in fields.values():
            minors = entry[1].pop("minors")
            if not entry[1].pop("required"):
                entry[1].pop("required", None)
            else:
                entry[1]["required"] = True
            if minors[0] != every[0]:
                entry[1]["since"] = minors[0]
            if minors[-1] != every[-1]:
                entry[1]["until"] = minors[-1]
    return types


def statuses_are_unread(types: dict[str, dict[str, list[Any]]], kinds: dict[str, dict[str, Any]]) -> None:
    """Mark the status of every kind: the server empties it on create; constraints/*.toml name the kinds whose status it keeps."""
    for by_kind in kinds.values():
        for entry in by_kind.values():
            fields = types[entry["type"]]
            if "status" in fields:
                fields["status"][1]["unread"] = True


def kinds_index(definitions: dict[int, dict[str, Any]], scopes: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """apiVersion -> kind -> {type, since, until, namespaced, served}: the kinds that people create."""
    index: dict[str, dict[str, Any]] = {}
    cluster = {tuple(item.rsplit("/", 1)) for item in scopes["cluster"]}
    left_out = set(scopes["not_created"])
    for minor in MINORS:
        for definition, schema in definitions[minor].items():
            for gvk in schema.get("x-kubernetes-group-version-kind", ()):
                kind = gvk["kind"]
                if kind in left_out or (kind.endswith("List") and kind != "List"):
                    continue
                api = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
                entry = index.setdefault(api, {}).setdefault(kind, {"type": short_name(definition), "since": minor})
                entry["until"] = minor
                entry["namespaced"] = (gvk["group"], kind) not in cluster
                entry["served"] = not re.search("alpha|beta", gvk["version"]) or (api, kind) in _BETA_SERVED
    return index


def apply_constraints(types: dict[str, dict[str, Any]], tables: dict[str, Any], origin: str) -> None:
    """Merge one table of constraints/*.toml into the types; an unknown type or field is an error."""
    for package, names in tables.items():
        for version, by_name in names.items():
            for name, table in by_name.items():
                fields = types.get(f"{package}.{version}.{name}")
                if fields is None:
                    sys.exit(f"{origin}: there is no type {package}.{version}.{name}")
                for field, constraints in table.items():
                    if field == "*":
                        fields.setdefault("*", {}).update(constraints)
                        continue
                    if field not in fields:
                        sys.exit(f"{origin}: {package}.{version}.{name} has no field {field}")
                    fields[field][1].update(constraints)


def gates_are_off(types: dict[str, dict[str, Any]], table: dict[str, Any]) -> None:
    """Write the spans of minors in which each field's gate is off; the newest minor has to have been read (see gates.py)."""
    gated = [
        (name, field, entry[1])
        for name, fields in types.items()
        for field, entry in fields.items()
        if field != "*" and "gate" in entry[1]
    ]
    used: dict[str, list[str]] = {}
    for name, field, words in gated:
        used.setdefault(words["gate"], []).append(f"{name}.{field}")
    missing = gates.unconfirmed(table, NEWEST, used)
    if missing:
        sys.exit(f"gates.toml ends at 1.{table['through']}; is this off in 1.{NEWEST} too?\n  " + "\n  ".join(missing))
    for name, field, words in gated:
        minors = range(words.get("since", MINORS[0]), words.get("until", NEWEST) + 1)
        words["off"] = gates.off_in(table, words["gate"], minors)
        if not words["off"]:
            sys.exit(f"constraints/gates.toml: {words['gate']} was never off while there was {name}.{field}")


def compact(entry: Any) -> Any:
    """[code, {}] -> code; false is the default of words that are true or false."""
    if isinstance(entry, dict):
        return entry
    constraints = {k: v for k, v in entry[1].items() if not (k in ("required", "unread") and v is False)}
    return [entry[0], constraints] if constraints else entry[0]


def catalogue() -> dict[str, Any]:
    """File name -> content of everything in catalogue/."""
    definitions = published()
    types = merged_types(definitions)
    kinds = kinds_index(definitions, load_toml(os.path.join(_FOLDER, "kinds.toml")))
    statuses_are_unread(types, kinds)
    folder = os.path.join(_FOLDER, "constraints")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".toml"):
            apply_constraints(types, load_toml(os.path.join(folder, name)), name)
    gates_are_off(types, load_toml(os.path.join(_FOLDER, "gates.toml")))
    files: dict[str, Any] = {}
    for name in sorted(types):
        package = name.rsplit(".", 1)[0]
        fields = types[name]
        files.setdefault(package + ".json", {})[name] = {f: compact(fields[f]) for f in sorted(fields)}
    files["kinds.json"] = kinds
    return files


def text_of(content: dict[str, Any]) -> str:
    """A file of catalogue/: one type (or one API version) a line, so that a change of a field is one line in review."""
    return (
        "{" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in content.items()) + "}\n"
    )


def write() -> None:
    """Write catalogue/ and workloads.json anew; files that are no longer made are removed."""
    workloads = load_toml(os.path.join(_FOLDER, "kinds.toml"))["workload"]
    with open(os.path.join(_FOLDER, "workloads.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write(text_of(workloads))
    folder = os.path.join(_FOLDER, "catalogue")
    os.makedirs(folder, exist_ok=True)
    files = catalogue()
    for name in set(os.listdir(folder)) - set(files):
        os.remove(os.path.join(folder, name))
    for name, content in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(text_of(content))


if __name__ == "__main__":
    write()
