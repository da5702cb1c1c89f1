"""The rules of custom resources (x-kubernetes-validations): which of them a new object breaks.

Follows apiextensions-apiserver/pkg/apiserver/schema/cel and apiserver/pkg/cel/common for the types of values. What cannot be worked
out for certain is not said: a function that is not evaluated here, a name that the server makes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kubetrial.lint.api.custom import structural
from kubetrial.lint.api.custom.instance import Path
from kubetrial.lint.files import placeholder
from kubetrial.lint.values import cel, formats
from kubetrial.lint.values.cel import evaluator as cel_evaluator
from kubetrial.lint.values.cel.evaluator import EvaluationError, MapList, Record, SetList, Undecided
from kubetrial.lint.values.records import dataclass

WORD = "x-kubernetes-validations"
_MAX_MESSAGE = 5 * 1024

Program = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: where, what it says, and the rule itself."""

    path: Path
    message: str
    rule: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule, ready to be asked; without a condition where it cannot be evaluated here."""

    written: Mapping[str, Any]
    condition: Program | None
    message: Program | None
    optional_old: bool
    path: tuple[str, ...]


class ValidationRules:
    """The rules in a schema, each compiled when it is first asked; `left` counts what was left to the server."""

    def __init__(self, schema: Mapping[str, Any], minor: int) -> None:
        self._schema = schema
        self._minor = minor
        self._compiled: dict[int, list[_Rule]] = {}
        self._has: dict[int, bool] = {}
        self.left = 0

    def broken(self, value: Mapping[str, Any]) -> Iterator[Broken]:
        """Every rule that a new object breaks; the value is as the server validates it, with defaults and without nulls."""
        yield from self._below(value, self._schema, (), True)

    def _has_rules(self, schema: Mapping[str, Any]) -> bool:
        found = self._has.get(id(schema))
        if found is None:
            found = self._has[id(schema)] = any(WORD in each for each in structural.every(schema))
        return found

    def _below(self, value: Any, schema: Any, path: Path, root: bool) -> Iterator[Broken]:
        if value is None or schema.__class__ is not dict or len(path) > structural.MAX_DEPTH:
            return
        if not self._has_rules(schema):
            return
        root = root or schema.get("x-kubernetes-embedded-resource") is True
        if schema.get(WORD):
            yield from self._at(value, schema, path, root)
        if value.__class__ is list:
            for index, item in enumerate(value):
                yield from self._below(item, schema.get("items"), (*path, index), False)
        elif value.__class__ is dict:
            properties = schema.get("properties") or {}
            additional = schema.get("additionalProperties")
            for name, item in value.items():
                yield from self._below(item, properties.get(name, additional), (*path, name), False)

    def _at(self, value: Any, schema: Mapping[str, Any], path: Path, root: bool) -> Iterator[Broken]:
        rules = self._compiled.get(id(schema))
        if rules is None:
            rules = self._compiled[id(schema)] = [
                _rule(entry, schema, root, self._minor) for entry in schema[WORD] if entry.__class__ is dict
            ]
        try:
            this = typed(value, _with_metadata(schema) if root else schema)
        except EvaluationError:
            self.left += len(rules)
            return
        for rule in rules:
            if rule.condition is None:
                self.left += 1
                continue
            scope: dict[str, Any] = {"self": this}
            if rule.optional_old:
                scope["oldSelf"] = cel_evaluator.Optional(False)
            try:
                held = rule.condition(scope)
            except Undecided:
                self.left += 1
                continue
            except EvaluationError as error:
                yield Broken(path, f"the rule cannot be worked out: {error}", str(rule.written.get("rule", "")).strip())
                continue
            if held is False:
                yield Broken((*path, *rule.path), _said(rule, scope), str(rule.written.get("rule", "")).strip())


def _rule(entry: Mapping[str, Any], schema: Mapping[str, Any], root: bool, minor: int) -> _Rule:
    """A rule compiled; what the server refuses in the definition itself is left to the rules about definitions."""
    optional = entry.get("optionalOldSelf") is True
    environment = cel.of_schema(schema, minor, root=root, old=optional)
    condition = message = None
    if environment is not None:
        condition = _program(entry.get("rule"), environment)
        message = _program(entry.get("messageExpression"), environment)
        if condition is not None and not optional and "oldSelf" in condition[1]:
            condition = (_holds, set())  # a rule about changes says nothing about a new object
    where = structural.field_at(str(entry.get("fieldPath") or ""), schema, brackets=True)
    return _Rule(
        entry,
        condition[0] if condition is not None else None,
        message[0] if message is not None else None,
        optional,
        () if isinstance(where, str) else where[0],
    )


def _holds(scope: Mapping[str, Any]) -> Any:
    return True


def _program(text: Any, environment: cel.Environment) -> tuple[Program, set[str]] | None:
    if text.__class__ is not str or not text.strip():
        return None
    try:
        outcome = cel.compiled(text, environment)
        if outcome is None:
            return None
        return cel_evaluator.program(text, (), environment), outcome.reads
    except (cel.CelError, cel_evaluator.Unusable):
        return None


def _said(rule: _Rule, scope: Mapping[str, Any]) -> str:
    """The message of a broken rule: what messageExpression gives, else its message, else the rule."""
    if rule.message is not None:
        try:
            found = rule.message(scope)
        except EvaluationError:
            found = None
        if found.__class__ is str:
            text = found.strip()
            if text and "\n" not in text and len(text.encode("utf-8", "surrogatepass")) <= _MAX_MESSAGE:
                return str(text)
    written = str(rule.written.get("message") or "").strip()
    return written or f"the rule `{' '.join(str(rule.written.get('rule')).split())}` does not hold"


_TEXT = {"type": "string"}


def _with_metadata(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a resource: rules see its apiVersion and kind, and of its metadata the name."""
    metadata = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}
    return {
        **schema,
        "properties": {**(schema.get("properties") or {}), "apiVersion": _TEXT, "kind": _TEXT, "metadata": metadata},
    }


# --- values ----------------------------------------------------------------------------------------------------------------------


def typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value as CEL sees it through its schema; raises Unknown where it does not fit. Follows UnstructuredToVal."""
    if value is None:
        if schema.get("nullable") is True:
            return None
        raise Undecided("a null where none is allowed")
    if schema.get("x-kubernetes-int-or-string") is True:
        return _fitting(value, (str, int))
    kind = schema.get("type")
    if kind == "object":
        return _object(_fitting(value, (dict,)), schema)
    if kind == "array":
        return _list(_fitting(value, (list,)), schema)
    if kind == "string":
        if value.__class__ is list:
            raise EvaluationError("a list stands where a text is read")
        return _text(_fitting(value, (str,)), str(schema.get("format") or ""))
    if kind == "boolean":
        return _fitting(value, (bool,))
    if kind == "number":
        return float(_fitting(value, (int, float)))
    if kind == "integer":
        if value.__class__ is float and value == int(value):
            return int(value)
        return _fitting(value, (int,))
    raise Undecided("a value of which the schema does not tell the type")


def _fitting(value: Any, classes: tuple[type, ...]) -> Any:
    if value.__class__ not in classes:
        raise Undecided("a value of another type than its schema has")
    return value


def _object(value: dict[str, Any], schema: Mapping[str, Any]) -> Any:
    if schema.get("x-kubernetes-embedded-resource") is True:
        schema = _with_metadata(schema)
    properties, additional = schema.get("properties"), schema.get("additionalProperties")
    if not properties and additional.__class__ is dict:
        return {name: typed(inner, additional) for name, inner in value.items()}
    fields: dict[str, Any] = {}
    is_open = False
    for name, inner in value.items():
        own = (properties or {}).get(name)
        escaped = cel.escaped(name)
        if own.__class__ is not dict or escaped is None or not _is_seen(own):
            is_open = True  # its value counts when objects are compared
        elif inner is not None:
            try:
                fields[escaped] = typed(inner, own)
            except EvaluationError as error:
                fields[escaped], is_open = error, True  # raised when a rule reads it
    return Record(fields, is_open)


def _is_seen(schema: Mapping[str, Any]) -> bool:
    """Whether values of a schema have a type in CEL."""
    return "type" in schema or schema.get("x-kubernetes-int-or-string") is True


def _list(value: list[Any], schema: Mapping[str, Any]) -> list[Any]:
    items = schema.get("items")
    if items.__class__ is not dict:
        raise Undecided("a list without a schema of its items")
    found = [typed(item, items) for item in value]
    kind = schema.get("x-kubernetes-list-type")
    if kind == "set":
        return SetList(found)
    if kind == "map":
        keys = tuple(cel.escaped(key) or key for key in schema.get("x-kubernetes-list-map-keys") or ())
        return MapList(found, keys)
    return found


def _text(value: str, form: str) -> Any:
    if placeholder.placeholder(value):
        raise Undecided("a text that is put in later")
    if form in ("duration", "date", "date-time"):
        return _time(value, form)
    if form == "byte":
        import base64

        try:
            return base64.b64decode(value.translate({45: 43, 95: 47}), validate=True)
        except ValueError:
            raise Undecided("bytes that are no base64") from None
    return value


def _time(value: str, form: str) -> Any:
    from kubetrial.lint.values.cel import values as cel_values

    if form == "duration":
        span = formats.nanoseconds(value)
        if span is None:
            raise Undecided("no duration")
        return cel_values.Duration(span)
    if form == "date" and formats.is_date(value):
        return cel_values.timestamp(f"{value}T00:00:00Z")
    if form == "date-time" and formats.fits(form, value):
        if not value.isupper():
            raise EvaluationError("a time is written with a large T and Z")
        return cel_values.timestamp(value)
    raise Undecided("no time")
