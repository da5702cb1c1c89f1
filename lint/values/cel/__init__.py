"""CEL in Kubernetes: why the API server does not compile an expression, in each place where it takes one.

Follows the environments of k8s.io/apiserver/pkg/admission/plugin/cel (webhooks and policies), dynamic-resource-allocation/cel
(devices) and apiextensions-apiserver/pkg/apiserver/schema/cel (rules of custom resources).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.values.cel import checker as cel_checker
from kubetrial.lint.values.cel import library as cel_library
from kubetrial.lint.values.cel import parser as cel_parser
from kubetrial.lint.values.cel.checker import Environment
from kubetrial.lint.values.cel.escaping import RESERVED
from kubetrial.lint.values.cel.escaping import escaped as escaped
from kubetrial.lint.values.cel.library import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    CelType,
)
from kubetrial.lint.values.cel.parser import CelError
from kubetrial.lint.values.listed import article

__all__ = [
    "BOOL", "DYN", "STRING", "CelError", "CelType", "Environment", "compiled", "composed", "device", "is_identifier", "of_schema",
    "requests", "text_problem",
]  # fmt: skip

Struct = Mapping[str, CelType]


def compiled(
    expression: str, environment: Environment, wanted: tuple[CelType, ...] = ()
) -> cel_checker.CheckedExpression | None:
    """The type of an expression and what it reads; raises CelError where the server refuses it.

    `wanted` are the types that the place takes, any where it is empty. None where nothing is known (nested too deeply).
    """
    try:
        parsed = cel_parser.parse(expression)
        outcome = cel_checker.check(parsed, environment)
    except cel_parser.TooDeep:
        return None
    outcome.expression = parsed
    if wanted and outcome.type not in wanted:
        raise CelError(0, f"it gives {_named(outcome.type)}, and {_wanted(wanted)} is wanted here")
    return outcome


def most_cost(outcome: cel_checker.CheckedExpression, data: Any) -> int | None:
    """What a compiled expression can cost at most, on data of a size (see cost.sized); None where that is not known here."""
    from kubetrial.lint.values.cel import cost

    if outcome.expression is None:
        return None
    try:
        return cost.most(outcome.expression, outcome, data)
    except cost.UnknownCost:
        return None


def text_problem(expression: str, error: CelError) -> str:
    """An error in one line: what is wrong, and where in the expression."""
    before = expression[: error.at]
    line, column = before.count("\n") + 1, error.at - (before.rfind("\n") + 1) + 1
    where = f"column {column}" if "\n" not in expression.strip() else f"line {line}, column {column}"
    return f"{error.message} ({where})" if error.at or line > 1 else error.message


def help_for(error: CelError) -> str:
    """What to write instead: what the error says, else by its kind."""
    kinds = (
        ("does not go with (", "convert one of the two, such as with int(), string() or double()"),
        ("is wanted here", "write an expression of that type, such as a comparison"),
        ("the pattern cannot be read", "write a pattern that Go's regexp reads"),
        ("it ends where", "complete the expression"),
        ("is not declared here", "use a name that is declared, or declare it"),
    )
    return error.help or next((said for sign, said in kinds if sign in error.message), "correct the expression there")


def _named(found: CelType) -> str:
    names = {
        "dyn": "a value whose type is only known later",
        "any": "a value whose type is only known later",
        "null_type": "null",
    }
    return names.get(found.name, f"{article(str(found))} {found}")


def _wanted(types: tuple[CelType, ...]) -> str:
    return " or ".join(_named(each) for each in types if each != ANY)


def _struct(name: str) -> CelType:
    return CelType(name, (), "struct")


def _list(of: CelType) -> CelType:
    return CelType("list", (of,))


def _map(value: CelType) -> CelType:
    return CelType("map", (STRING, value))


def _texts(*names: str) -> dict[str, CelType]:
    return dict.fromkeys(names, STRING)


@functools.cache
def _request_types() -> dict[str, dict[str, CelType]]:
    """The fields of `request` and `namespaceObject`; follows BuildRequestType and BuildNamespaceType."""
    kind, resource = _struct("kubernetes.GroupVersionKind"), _struct("kubernetes.GroupVersionResource")
    return {
        "kubernetes.GroupVersionKind": _texts("group", "version", "kind"),
        "kubernetes.GroupVersionResource": _texts("group", "version", "resource"),
        "kubernetes.UserInfo": {**_texts("username", "uid"), "groups": _list(STRING), "extra": _map(_list(STRING))},
        "kubernetes.AdmissionRequest": {
            **_texts("subResource", "requestSubResource", "name", "namespace", "operation"),
            "kind": kind, "requestKind": kind, "resource": resource, "requestResource": resource,
            "userInfo": _struct("kubernetes.UserInfo"), "dryRun": BOOL, "options": DYN,
        },
        "kubernetes.NamespaceSpec": {"finalizers": _list(STRING)},
        "kubernetes.NamespaceCondition": {**_texts("status", "type", "message", "reason"), "lastTransitionTime": TIMESTAMP},
        "kubernetes.NamespaceStatus": {"conditions": _list(_struct("kubernetes.NamespaceCondition")), "phase": STRING},
        "kubernetes.NamespaceMetadata": {
            **_texts("name", "generateName", "namespace", "UID", "resourceVersion"),
            "labels": _map(STRING), "annotations": _map(STRING), "finalizers": _list(STRING),
            "creationTimestamp": TIMESTAMP, "deletionTimestamp": TIMESTAMP,
            "deletionGracePeriodSeconds": INT, "generation": INT,
        },
        "kubernetes.Namespace": {
            "metadata": _struct("kubernetes.NamespaceMetadata"), "spec": _struct("kubernetes.NamespaceSpec"),
            "status": _struct("kubernetes.NamespaceStatus"),
        },
    }  # fmt: skip


def requests(
    minor: int,
    *,
    params: bool = False,
    authorizer: bool = True,
    variables: Mapping[str, CelType] | None = None,
    patches: bool = False,
) -> Environment:
    """What an expression about a request may use; `variables` are those of the policy that stand before it, None where it has none."""
    names = {
        "object": DYN,
        "oldObject": DYN,
        "request": _struct("kubernetes.AdmissionRequest"),
        "namespaceObject": _struct("kubernetes.Namespace"),
    }
    structs: dict[str, Struct] = dict(_request_types())
    if params:
        names["params"] = DYN
    if authorizer:
        names["authorizer"] = cel_library.known("Authorizer")
        names["authorizer.requestResource"] = cel_library.known("ResourceCheck")
    if variables is not None:
        names["variables"] = _struct("kubernetes.variables")
        structs["kubernetes.variables"] = variables
    return Environment(names, structs, minor, patches)


def composed(found: CelType) -> CelType:
    """The type that a policy's variable has for what reads it; follows convertCelTypeToDeclType."""
    if found.kind:
        return DYN
    if found.name == "list":
        return _list(composed(found.of[0]))
    if found.name == "map":
        return CelType("map", (composed(found.of[0]), composed(found.of[1])))
    return DYN if found.name == "type" else found


def device(minor: int) -> Environment:
    """What the selector of a device may use; follows newCompiler of dynamic-resource-allocation/cel."""
    fields = {
        "driver": STRING,
        "attributes": _map(_map(ANY)),
        "capacity": _map(_map(cel_library.known("Quantity"))),
    }
    if minor >= 36:
        fields["allowMultipleAllocations"] = BOOL
    return Environment({"device": _struct("kubernetes.DRADevice")}, {"kubernetes.DRADevice": fields}, minor, binds=True)


def is_identifier(name: str) -> bool:
    """Whether a policy's variable can have this name; follows isCELIdentifier."""
    return name.isascii() and name.isidentifier() and name not in RESERVED


# --- custom resources ------------------------------------------------------------------------------------------------------------

_SCALARS = {"boolean": BOOL, "number": DOUBLE, "integer": INT}
_FORMATS = {"byte": BYTES, "duration": DURATION, "date": TIMESTAMP, "date-time": TIMESTAMP}


def of_schema(schema: Mapping[str, Any], minor: int, *, root: bool, old: bool) -> Environment | None:
    """What a rule beside a schema may use: `self`, and `oldSelf` (with `old`, as an optional); None where it has no type."""
    structs: dict[str, Struct] = {}
    found = _schema_type(schema, root or schema.get("x-kubernetes-embedded-resource") is True, "self", structs)
    if found is None:
        return None
    before = CelType(cel_library.OPTIONAL, (found,), "opaque") if old else found
    return Environment({"self": found, "oldSelf": before}, structs, minor)


def _schema_type(schema: Mapping[str, Any], root: bool, name: str, structs: dict[str, Struct]) -> CelType | None:
    """The type of a value that a schema describes; None where rules do not see it. Follows SchemaDeclType."""
    if schema.get("x-kubernetes-int-or-string") is True:
        return DYN
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        inner = _inner(items, f"{name}.@idx", structs)
        return None if inner is None else _list(inner)
    if kind == "object":
        additional = schema.get("additionalProperties")
        if isinstance(additional, Mapping):
            inner = _inner(additional, f"{name}.@elem", structs)
            return None if inner is None else _map(inner)
        structs[name] = _fields(schema, root, name, structs)
        return _struct(name)
    if kind == "string":
        return _FORMATS.get(str(schema.get("format") or ""), STRING)
    return _SCALARS.get(str(kind))


def _inner(schema: Any, name: str, structs: dict[str, Struct]) -> CelType | None:
    if not isinstance(schema, Mapping):
        return None
    return _schema_type(schema, schema.get("x-kubernetes-embedded-resource") is True, name, structs)


def _fields(schema: Mapping[str, Any], root: bool, name: str, structs: dict[str, Struct]) -> dict[str, CelType]:
    properties: dict[str, Any] = dict(schema.get("properties") or {})
    if root:
        text = {"type": "string"}
        properties |= {
            "apiVersion": text,
            "kind": text,
            "metadata": {"type": "object", "properties": {"name": text, "generateName": text}},
        }
    fields: dict[str, CelType] = {}
    for key, inner in properties.items():
        written = escaped(key)
        found = _inner(inner, f"{name}.{key}", structs)
        if written is not None and found is not None:
            fields[written] = found
    return fields


WANTED_CONDITION = (BOOL,)
WANTED_DEVICE = (BOOL, ANY)
WANTED_TEXT = (STRING,)
WANTED_TEXT_OR_NULL = (STRING, NULL)
WANTED_OBJECT = (CelType("Object", (), "struct"),)
WANTED_PATCH = (CelType("list", (CelType("JSONPatch", (), "struct"),)),)
