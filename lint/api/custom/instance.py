"""Custom resources and defaults against structural schemas: what the API server prunes, fills in and refuses.

Follows pruning, defaulting and validation of apiextensions-apiserver and kube-openapi. What cannot be judged for certain, such as a
format that needs an address book, is left to the server.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.api.constraints import described, shown
from kubetrial.lint.values.equality import key_of, keys_of
from kubetrial.lint.values.records import dataclass

MAX_DEPTH = 100

Path = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """What a schema refuses in a value: where, why, and the rule that says so."""

    path: Path
    reason: str
    rule: str
    blocks: bool = False  # after it the server does not ask the rules of the definition any more


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: inner or {} for name, inner in (schema.get("properties") or {}).items()}


def _schema_of(schema: Mapping[str, Any], word: str) -> Mapping[str, Any] | None:
    inner = schema.get(word)
    return inner if inner.__class__ is dict else None


def unknown_fields(
    value: Any, schema: Mapping[str, Any], path: Path = (), *, root: bool = False, kept: bool = False
) -> Iterator[Path]:
    """The paths of the fields that a schema does not have: strict decoding refuses them, and lenient decoding drops them.

    `kept`: a list around the value preserves what the schema of its items does not have; follows skipPrune of pruning/algorithm.go.
    """
    if len(path) > MAX_DEPTH:
        return
    keeps = kept or schema.get("x-kubernetes-preserve-unknown-fields") is True
    if value.__class__ is list:
        items = _schema_of(schema, "items")
        for index, item in enumerate(value):
            if items is not None:
                yield from unknown_fields(item, items, (*path, index), kept=keeps)
        return
    if value.__class__ is not dict:
        return
    properties, additional = _properties(schema), schema.get("additionalProperties")
    resource = root or schema.get("x-kubernetes-embedded-resource") is True
    for name, inner in value.items():
        if resource and name in ("apiVersion", "kind", "metadata"):
            continue
        if name in properties:
            yield from unknown_fields(inner, properties[name], (*path, name))
        elif additional is not None and additional is not False:
            # Of `additionalProperties: true` the server keeps plain values, and drops the fields of mappings.
            yield from unknown_fields(inner, additional if additional.__class__ is dict else {}, (*path, name))
        elif not keeps:
            yield (*path, name)


def completed(value: Any, schema: Mapping[str, Any], depth: int = 0) -> Any:
    """A copy of a value as the server validates it: without nulls where none are allowed, and with defaults."""
    if depth > MAX_DEPTH:
        return value
    if value.__class__ is list:
        items = _schema_of(schema, "items")
        return value if items is None else [completed(item, items, depth + 1) for item in value]
    if value.__class__ is not dict:
        return value
    properties, additional = _properties(schema), schema.get("additionalProperties")
    made: dict[str, Any] = {}
    for name, inner in value.items():
        own = properties.get(name, additional if additional.__class__ is dict else None)
        if inner is None and own is not None and own.get("nullable") is not True:
            continue
        made[name] = inner if own is None else completed(inner, own, depth + 1)
    for name, own in properties.items():
        default = own.get("default") if own.__class__ is dict else None
        if name not in made and default is not None:
            made[name] = completed(default, own, depth + 1)
    return made


def misfits(value: Any, schema: Mapping[str, Any], path: Path = (), *, strict: bool = False) -> Iterator[Misfit]:
    """Everything in a value that a schema refuses; `strict` where a number-or-text must be one (a default need not)."""
    if len(path) > MAX_DEPTH or (value is None and schema.get("nullable") is True):
        return
    reason = _type_misfit(value, schema, strict)
    if reason:
        yield Misfit(path, reason, "value-wrong-type", blocks=True)
        return
    enum = schema.get("enum")
    if enum and not _is_among(value, enum):
        allowed = ", ".join(map(str, enum[:_MOST_SHOWN]))
        if len(enum) > _MOST_SHOWN:
            allowed += f" and {len(enum) - _MOST_SHOWN} more"
        yield Misfit(path, f"is {shown(value)}; the schema allows {allowed}", "value-unsupported", blocks=True)
    if value.__class__ in (int, float):
        yield from _number_misfits(value, schema, path)
    elif value.__class__ is str:
        yield from _text_misfits(value, schema, path)
    elif value.__class__ is list:
        yield from _list_misfits(value, schema, path, strict)
    elif value.__class__ is dict:
        yield from _object_misfits(value, schema, path, strict)
    yield from _logical_misfits(value, schema, path, strict)


def _list_misfits(value: list[Any], schema: Mapping[str, Any], path: Path, strict: bool) -> Iterator[Misfit]:
    yield from _count_misfits(len(value), schema, "Items", "items", path)
    items = _schema_of(schema, "items")
    if items is None:
        return
    for index, item in enumerate(value):
        yield from misfits(item, items, (*path, index), strict=strict)
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys") or []
    seen: set[Hashable] = set()
    for index, item in enumerate(value):
        if kind == "map":
            identity = [item.get(key) for key in keys] if item.__class__ is dict else None
        else:
            identity = item if kind == "set" else None
        if identity is None:
            continue
        if (known := key_of(identity)) in seen:
            said = (
                ", ".join(f"{key} {shown(part)}" for key, part in zip(keys, identity, strict=True))
                if kind == "map"
                else shown(item)
            )
            yield Misfit((*path, index), f"stands twice in the list: {said}", "item-duplicate")
        seen.add(known)


def _object_misfits(value: dict[str, Any], schema: Mapping[str, Any], path: Path, strict: bool) -> Iterator[Misfit]:
    yield from _count_misfits(len(value), schema, "Properties", "entries", path)
    properties, additional = _properties(schema), schema.get("additionalProperties")
    required = list(schema.get("required") or ())
    if schema.get("x-kubernetes-embedded-resource") is True:
        required += ["apiVersion", "kind"]
    for name in required:
        if name not in value:
            yield Misfit((*path, name), "is missing, and the schema requires it", "field-missing", blocks=True)
    if schema.get("x-kubernetes-embedded-resource") is True:
        yield from _embedded_misfits(value, path)
    for name, item in value.items():
        inner = properties.get(name, additional if additional.__class__ is dict else None)
        if inner is not None:
            yield from misfits(item, inner, (*path, name), strict=strict)


def _logical_misfits(value: Any, schema: Mapping[str, Any], path: Path, strict: bool) -> Iterator[Misfit]:
    """allOf, anyOf, oneOf and not: refused only where no reading of a pattern or format could let the value through."""
    for part in schema.get("allOf") or ():
        yield from misfits(value, part or {}, path, strict=strict)
    for word in ("anyOf", "oneOf"):
        parts = [part or {} for part in schema.get(word) or ()]
        if not parts:
            continue
        fitting = [part for part in parts if next(misfits(value, part, strict=strict), None) is None]
        if not fitting:
            yield Misfit(
                path, f"fits none of the forms that its schema allows{_alternatives(parts)}", "value-malformed"
            )
        elif word == "oneOf" and len([part for part in fitting if _is_certain(part)]) > 1:
            yield Misfit(
                path,
                f"fits several of the forms of which its schema allows one{_alternatives(parts)}",
                "value-malformed",
            )
    inner = _schema_of(schema, "not")
    if inner is not None and _is_certain(inner) and next(misfits(value, inner, strict=strict), None) is None:
        yield Misfit(path, "has the form that its schema rules out", "value-malformed")


def _alternatives(parts: list[Mapping[str, Any]]) -> str:
    """The sets of fields that the alternatives of a schema ask for, where that is what tells them apart."""
    sets = [" and ".join(f"`{name}`" for name in part["required"]) for part in parts if part.get("required")]
    return f": set {', or '.join(sets)}" if sets else ""


def _is_certain(schema: Mapping[str, Any], depth: int = 0) -> bool:
    """Whether a schema has no word that is only looked at in part here."""
    if depth > MAX_DEPTH or schema.get("format") in _OPEN_FORMATS:
        return False
    if schema.get("pattern") and _unmatched(schema["pattern"], "") is None:
        return False
    inner = [
        *(schema.get("properties") or {}).values(),
        schema.get("items"),
        schema.get("additionalProperties"),
        schema.get("not"),
    ]
    for word in ("allOf", "anyOf", "oneOf"):
        inner += schema.get(word) or ()
    return all(_is_certain(part, depth + 1) for part in inner if part.__class__ is dict)


_OPEN_FORMATS = frozenset(("email", "isbn", "isbn10", "isbn13", "creditcard", "rgbcolor", "hostname"))


def _same(one: Any, two: Any) -> bool:
    return bool(one == two) and (one.__class__ is bool) is (two.__class__ is bool)


def _is_allowed(value: Any, allowed: Any) -> bool:
    """Whether a value is one of an enum; of a number the server compares the whole part with a whole number."""
    if value.__class__ is float and allowed.__class__ is int:
        return math.isfinite(value) and int(value) == allowed
    return _same(value, allowed)


_MOST_SHOWN = 40


def _is_among(value: Any, enum: Sequence[Any]) -> bool:
    """Whether a value is one of an enum, which is looked up, for an enum may be as long as the list that it judges."""
    if len(enum) <= _MOST_SHOWN:
        return any(_is_allowed(value, allowed) for allowed in enum)
    known = keys_of(enum)
    if key_of(value) in known:
        return True
    # A number that is not whole: its whole part, where the enum has it as a whole number.
    return value.__class__ is float and math.isfinite(value) and _has_whole(enum, int(value))


def _has_whole(enum: Sequence[Any], number: int) -> bool:
    return number in keys_of(enum) and any(each.__class__ is int and each == number for each in enum)


def _embedded_misfits(value: dict[str, Any], path: Path) -> Iterator[Misfit]:
    """What is wrong with apiVersion and kind of a resource in a resource."""
    version, kind = value.get("apiVersion"), value.get("kind")
    for name in ("apiVersion", "kind"):
        if name in value and value[name].__class__ is not str:
            yield Misfit((*path, name), f"must be text, not {described(value[name])}", "value-wrong-type")
    if version.__class__ is str and (not version or version.count("/") > 1):
        yield Misfit((*path, "apiVersion"), f"is {shown(version)}, which is no group/version", "value-malformed")
    if kind.__class__ is str:
        from kubetrial.lint.values import names

        if names.dns1035_label(kind.lower()) is not None:
            yield Misfit((*path, "kind"), f"is {shown(kind)}, which is no name of a kind", "value-malformed")


_TYPES = {
    "object": "a mapping", "array": "a list", "string": "text", "integer": "a whole number",
    "number": "a number", "boolean": "true or false",
}  # fmt: skip


def _type_misfit(value: Any, schema: Mapping[str, Any], strict: bool) -> str:
    kind = schema.get("type")
    if schema.get("x-kubernetes-int-or-string") is True:
        fits = not strict or value.__class__ in (int, str)
        return "" if fits else f"must be a whole number or text, not {described(value)}"
    if kind == "integer":
        fits = value.__class__ is int or (value.__class__ is float and value.is_integer())
    elif kind == "number":
        fits = value.__class__ in (int, float)
    else:
        wanted: dict[Any, type] = {"string": str, "boolean": bool, "array": list, "object": dict}
        fits = kind not in wanted or value.__class__ is wanted[kind]
        if kind == "string" and value.__class__ is list:
            fits = _is_format(schema.get("format"))  # the server takes lists for texts with a format that it knows
    shown_value = "null" if value is None else described(value)
    return "" if fits else f"must be {_TYPES.get(str(kind), kind)}, not {shown_value}"


_SIZES = {"int32": 31, "int64": 63}
_LARGEST_FLOAT = 3.4028235677973366e38  # what is larger is no number of 32 bits any more


def _number_misfits(value: float, schema: Mapping[str, Any], path: Path) -> Iterator[Misfit]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if value.__class__ is int:  # to a whole number the server compares the whole part of a bound
        low, high = (bound if bound is None else int(bound) for bound in (low, high))
    if low is not None and (value < low or (value == low and schema.get("exclusiveMinimum") is True)):
        yield Misfit(path, f"is {value}, below the minimum {low}", "value-out-of-range")
    if high is not None and (value > high or (value == high and schema.get("exclusiveMaximum") is True)):
        yield Misfit(path, f"is {value}, above the maximum {high}", "value-out-of-range")
    bits = _SIZES.get(str(schema.get("format") or ""))
    if bits is not None and schema.get("type") == "integer" and not -(1 << bits) <= value < (1 << bits):
        yield Misfit(path, f"is {value}, which does not fit into {bits + 1} bits", "value-out-of-range")
    if schema.get("format") == "float" and schema.get("type") == "number" and abs(value) > _LARGEST_FLOAT:
        yield Misfit(path, f"is {value}, which does not fit into 32 bits", "value-out-of-range")
    factor = schema.get("multipleOf")
    if factor is not None and _is_no_multiple(value, factor):
        yield Misfit(path, f"is {value}, which is no multiple of {factor}", "value-out-of-range")


def _is_no_multiple(value: float, factor: float) -> bool:
    if value.__class__ is int:
        return int(factor) <= 0 or bool(int(value) % int(factor))
    if factor <= 0:
        return True
    count = 1 / factor * value if factor < 1 else value / factor
    return abs(count - round(count)) > 1e-6  # nearer than that is left to the server


def _text_misfits(value: str, schema: Mapping[str, Any], path: Path) -> Iterator[Misfit]:
    yield from _count_misfits(len(value), schema, "Length", "characters", path)
    form = schema.get("format")
    if form and _has_not_the_form(form, value):
        yield Misfit(path, f"is {shown(value)}, which is no {form}", "value-malformed", blocks=True)
    pattern = schema.get("pattern")
    if pattern and _unmatched(pattern, value):
        yield Misfit(path, f"is {shown(value)}, which does not have the form {pattern}", "value-malformed")


def _is_format(form: Any) -> bool:
    from kubetrial.lint.values import formats

    return form.__class__ is str and formats.is_known(form)


def _has_not_the_form(form: str, text: str) -> bool:
    from kubetrial.lint.values import formats

    return formats.fits(form, text) is False


def _unmatched(pattern: str, text: str) -> bool | None:
    """Whether a pattern is not found in a text; None where only the server knows."""
    from kubetrial.lint.values.regexp import search as regexp_search
    from kubetrial.lint.values.regexp import syntax as regexps

    if regexps.problem(pattern) is not None:
        return True  # a pattern that Go cannot read lets nothing through
    try:
        return not regexp_search.matches(pattern, text)
    except regexp_search.Unsupported:
        return None


def _count_misfits(count: int, schema: Mapping[str, Any], word: str, units: str, path: Path) -> Iterator[Misfit]:
    low, high = schema.get(f"min{word}"), schema.get(f"max{word}")
    if low is not None and count < low:
        yield Misfit(path, f"has {count} {units}, below the minimum {low}", "value-too-long")
    if high is not None and count > high:
        yield Misfit(path, f"has {count} {units}, above the maximum {high}", "value-too-long", blocks=True)
