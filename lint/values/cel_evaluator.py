"""Evaluates CEL expressions on plain data, as cel-go does with the libraries of the API server that manifests can need.

What needs a cluster or types that JSON does not have (authorizer, time, URLs, IPs, versions) is not evaluated: `program` says so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.values import cel, cel_parser, quantity
from kubetrial.lint.values.cel_parser import Call, Expr, Fold, Ident, ListOf, Literal, MapOf, Select, Struct

MAX_STEPS = 200_000
"""So many steps one evaluation may take: above, it would cost the API server too much as well."""
_LOWEST, _HIGHEST = -(1 << 63), 1 << 63


class Unusable(Exception):
    """An expression that does not compile, or that cannot be evaluated here; the text goes on from "the expression"."""


class EvaluationError(Exception):
    """What CEL calls an error: a key that is not there, types that do not fit, a division by zero."""


class Optional:
    """A value that may be absent; not None, because null is a value."""

    __slots__ = ("present", "value")

    def __init__(self, present: bool, value: Any = None) -> None:
        self.present = present
        self.value = value


def program(
    expression: str, names: Sequence[str], environment: cel.Environment | None = None
) -> Callable[[Mapping[str, Any]], Any]:
    """A function from variables to the value of an expression; raises Unusable.

    The function raises EvaluationError. `environment` are the types of the variables, any types where it is None.
    """
    known = environment or cel.Environment(dict.fromkeys(names, cel.DYN))
    try:
        outcome = cel.compiled(expression, known)
        parsed = cel_parser.parse(expression)
    except cel.CelError as error:
        raise Unusable(f"does not compile: {cel.text_problem(expression, error)}") from None
    except cel_parser.TooDeep:
        outcome = None
    if outcome is None:
        raise Unusable("is nested too deeply")
    for name in sorted(_called(parsed)):
        if name not in _FUNCTIONS and name not in _LAZY:
            raise Unusable(f"uses {name}(), which is not evaluated here")

    def run(variables: Mapping[str, Any]) -> Any:
        try:
            return _Evaluation().value(parsed, dict(variables))
        except RecursionError:
            raise EvaluationError("nested too deeply") from None

    return run


def plain(value: Any) -> Any:
    """A manifest's value as the API server sees it: a field that is null is not there."""
    if value.__class__ is dict:
        return {key: plain(inner) for key, inner in value.items() if inner is not None}
    if value.__class__ is list:
        return [plain(inner) for inner in value]
    return value


def _called(expression: Expr) -> set[str]:
    """The names of all functions that an expression calls, with what is not evaluated at all as a name too."""
    found: set[str] = set()
    pending: list[Expr] = [expression]
    while pending:
        one = pending.pop()
        if isinstance(one, Call):
            found.add(_name(one))
            pending.extend(one.args)
            if one.target is not None and _name(one) == one.function:
                pending.append(one.target)
        elif isinstance(one, Select):
            pending.append(one.operand)
        elif isinstance(one, ListOf):
            pending.extend(one.items)
        elif isinstance(one, MapOf):
            pending.extend(part for key, value, _ in one.entries for part in (key, value))
        elif isinstance(one, Fold):
            pending.extend((one.over, one.start, one.step, one.result))
        elif isinstance(one, Struct):
            found.add(one.name)
        elif isinstance(one, Literal) and one.type == "bytes":
            found.add("bytes")
    return found


def _name(call: Call) -> str:
    """`sets.contains` of a library's function, else the function's own name."""
    target = call.target
    if (
        isinstance(target, Ident)
        and target.name in _NAMESPACES
        and f"{target.name}.{call.function}" in {*_FUNCTIONS, *_LAZY}
    ):
        return f"{target.name}.{call.function}"
    return call.function


class _Evaluation:
    """One evaluation, with the steps that it has taken."""

    def __init__(self) -> None:
        self.steps = 0

    def value(self, expr: Expr, scope: dict[str, Any]) -> Any:
        """The value of an expression; raises EvaluationError."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise EvaluationError("it takes too many steps")
        if isinstance(expr, Literal):
            return expr.value
        if isinstance(expr, Ident):
            return _variable(scope, expr.name)
        if isinstance(expr, Select):
            return self._selected(expr, scope)
        if isinstance(expr, Call):
            return self._called(expr, scope)
        if isinstance(expr, Fold):
            return self._folded(expr, scope)
        if isinstance(expr, ListOf):
            items = [(self.value(item, scope), index in expr.optional) for index, item in enumerate(expr.items)]
            return [item.value if optional else item for item, optional in items if not optional or item.present]
        if isinstance(expr, MapOf):
            made = {}
            for key, inner, optional in expr.entries:
                found = self.value(inner, scope)
                if not optional or found.present:
                    made[self.value(key, scope)] = found.value if optional else found
            return made
        raise EvaluationError("it builds a message")

    def _selected(self, expr: Select, scope: dict[str, Any]) -> Any:
        operand = self.value(expr.operand, scope)
        if isinstance(operand, Optional):
            if expr.test:
                return operand.present and _has(operand.value, expr.field)
            return _optional_field(operand, expr.field)
        if expr.test:
            return _has(operand, expr.field)
        return _field(operand, expr.field)

    def _called(self, call: Call, scope: dict[str, Any]) -> Any:
        name = _name(call)
        if name in _LAZY:
            return _LAZY[name](self, call, scope)
        args = [self.value(arg, scope) for arg in call.args]
        if call.target is not None and name == call.function:
            args.insert(0, self.value(call.target, scope))
        try:
            return _FUNCTIONS[name](*args)
        except (TypeError, AttributeError, ValueError, IndexError, OverflowError) as error:
            raise EvaluationError(f"{_spoken(name)} cannot be applied here") from error

    def _folded(self, fold: Fold, scope: dict[str, Any]) -> Any:
        over = self.value(fold.over, scope)
        two = len(fold.names) == 2
        if over.__class__ is dict:
            rounds = list(over.items()) if two else [(key,) for key in over]
        elif over.__class__ is list:
            rounds = list(enumerate(over)) if two else [(item,) for item in over]
        else:
            raise EvaluationError(f"{_kind(over)} is no list or map")
        inner = dict(scope)
        inner[fold.accumulator] = self._kept(fold.start, inner)
        for values in rounds:
            inner.update(zip(fold.names, values, strict=True))
            inner[fold.accumulator] = self._kept(fold.step, inner)
        inner = {**scope, fold.accumulator: inner[fold.accumulator]}
        return self.value(fold.result, inner)

    def _kept(self, expr: Expr, scope: dict[str, Any]) -> Any:
        """A value, or its error as a value: a later round of all() or exists() may do without it."""
        try:
            return self.value(expr, scope)
        except EvaluationError as error:
            if self.steps > MAX_STEPS:
                raise
            return error

    def logic(self, call: Call, scope: dict[str, Any]) -> bool:
        """`&&` and `||` of any number of terms: one term that decides is enough, even beside errors."""
        decisive: bool = call.function == "_||_"
        failure: EvaluationError | None = None
        for arg in call.args:
            found = self._kept(arg, scope)
            if found is decisive:
                return call.function == "_||_"
            if found is not (not decisive) and failure is None:
                failure = (
                    found
                    if isinstance(found, EvaluationError)
                    else EvaluationError(f"{_kind(found)} is no true or false")
                )
        if failure is not None:
            raise failure
        return not decisive

    def choice(self, call: Call, scope: dict[str, Any]) -> Any:
        """`a ? b : c`."""
        test = self.value(call.args[0], scope)
        if test is not True and test is not False:
            raise EvaluationError(f"{_kind(test)} is no true or false")
        return self.value(call.args[1 if test else 2], scope)

    def instead(self, call: Call, scope: dict[str, Any]) -> Any:
        """`optional.or(...)` and `optional.orValue(...)`."""
        assert call.target is not None
        found = self.value(call.target, scope)
        if not isinstance(found, Optional):
            raise EvaluationError(f"{_kind(found)} is not optional")
        if not found.present:
            return self.value(call.args[0], scope)
        return found.value if call.function == "orValue" else found


_LAZY: dict[str, Callable[[_Evaluation, Call, dict[str, Any]], Any]] = {
    "_&&_": _Evaluation.logic,
    "_||_": _Evaluation.logic,
    "_?_:_": _Evaluation.choice,
    "or": _Evaluation.instead,
    "orValue": _Evaluation.instead,
}


def _variable(scope: Mapping[str, Any], name: str) -> Any:
    name = name.removeprefix(".")
    if name not in scope:
        raise EvaluationError(f"{name} is not known here")
    found = scope[name]
    if isinstance(found, EvaluationError):
        raise found
    return found() if callable(found) else found


def _field(operand: Any, name: str) -> Any:
    if operand.__class__ is not dict:
        raise EvaluationError(f"{_kind(operand)} has no field {name}")
    if name not in operand:
        raise EvaluationError(f"no such key: {name}")
    found = operand[name]
    if isinstance(found, EvaluationError):
        raise found
    return found() if callable(found) else found


def _has(operand: Any, name: str) -> bool:
    if operand.__class__ is not dict:
        raise EvaluationError(f"{_kind(operand)} has no field {name}")
    return name in operand


def _optional_field(operand: Any, key: Any) -> Optional:
    if isinstance(operand, Optional):
        if not operand.present:
            return operand
        operand = operand.value
    if operand.__class__ is list:
        inside = key.__class__ is int and 0 <= key < len(operand)
        return Optional(inside, operand[key] if inside else None)
    if operand.__class__ is not dict:
        raise EvaluationError(f"{_kind(operand)} has no fields")
    return Optional(key in operand, operand.get(key))


def _item(operand: Any, key: Any) -> Any:
    if isinstance(operand, Optional):
        return _optional_field(operand, key)
    if operand.__class__ is dict:
        return _field(operand, key)
    if operand.__class__ is list and key.__class__ in (int, float) and key == int(key):
        if 0 <= key < len(operand):
            return operand[int(key)]
        raise EvaluationError(f"index {int(key)} is outside of a list of {len(operand)}")
    raise EvaluationError(f"{_kind(operand)} has no items")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    words = {bool: "a boolean", int: "a whole number", float: "a number", str: "a text", list: "a list", dict: "a map"}
    return words.get(type(value), "this value")


def _spoken(name: str) -> str:
    return name.replace("_", "").replace("@", "") or name


def _is_number(value: Any) -> bool:
    return value.__class__ in (int, float)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to CEL: numbers by their size, true is not 1."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    if one.__class__ is not other.__class__:
        return False
    if one.__class__ is list:
        return len(one) == len(other) and all(map(same, one, other))
    if one.__class__ is dict:
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, Optional):
        return one.present == other.present and same(one.value, other.value)
    return bool(one == other)


def _ordered(one: Any, other: Any, test: Callable[[Any, Any], bool]) -> bool:
    if (_is_number(one) and _is_number(other)) or (one.__class__ is other.__class__ and one.__class__ in (str, bool)):
        return test(one, other)
    raise EvaluationError(f"{_kind(one)} and {_kind(other)} cannot be compared")


def _int(value: int) -> int:
    if not _LOWEST <= value < _HIGHEST:
        raise EvaluationError("a whole number leaves 64 bits")
    return value


def _numbers(one: Any, other: Any, work: Callable[[Any, Any], Any]) -> Any:
    if not _is_number(one) or one.__class__ is not other.__class__:
        raise EvaluationError(f"{_kind(one)} and {_kind(other)} cannot be reckoned together")
    return _int(work(one, other)) if one.__class__ is int else work(one, other)


def _plus(one: Any, other: Any) -> Any:
    if one.__class__ is other.__class__ and one.__class__ in (str, list):
        return one + other
    return _numbers(one, other, lambda a, b: a + b)


def _divided(one: Any, other: Any) -> Any:
    if one.__class__ is int and other.__class__ is int:
        if other == 0:
            raise EvaluationError("division by zero")
        return _int(abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1))
    if other == 0 and one.__class__ is float and other.__class__ is float:
        return math.nan if one == 0 or one != one else math.copysign(math.inf, one) * math.copysign(1, other)
    return _numbers(one, other, lambda a, b: a / b)


def _rest(one: Any, other: Any) -> int:
    if one.__class__ is not int or other.__class__ is not int:
        raise EvaluationError(f"{_kind(one)} and {_kind(other)} have no rest")
    if other == 0:
        raise EvaluationError("modulus by zero")
    return (
        int(math.fmod(one, other))
        if abs(one) < 1 << 52 and abs(other) < 1 << 52
        else (abs(one) % abs(other)) * (-1 if one < 0 else 1)
    )


def _inside(one: Any, other: Any) -> bool:
    if other.__class__ is dict:
        return one.__class__ in (str, int, bool) and one in other
    if other.__class__ is list:
        return any(same(one, item) for item in other)
    raise EvaluationError(f"{_kind(other)} holds nothing")


def _size(value: Any) -> int:
    if value.__class__ not in (str, list, dict):
        raise EvaluationError(f"{_kind(value)} has no size")
    return len(value)


def _not(value: Any) -> bool:
    if value is not True and value is not False:
        raise EvaluationError(f"{_kind(value)} is no true or false")
    return value is False


def _minus(value: Any) -> Any:
    if not _is_number(value):
        raise EvaluationError(f"{_kind(value)} has no sign")
    return _int(-value) if value.__class__ is int else -value


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise EvaluationError(f"{_kind(value)} is no text")
    return str(value)


def _list(value: Any) -> list[Any]:
    if value.__class__ is not list:
        raise EvaluationError(f"{_kind(value)} is no list")
    return list(value)


def _matches(value: Any, pattern: Any) -> bool:
    return _regex(_text(pattern)).search(_text(value)) is not None


def _regex(pattern: str) -> Any:
    """A pattern of RE2 as Python's: the same but for its end of text."""
    import re

    from kubetrial.lint.values import regexps

    if regexps.problem(pattern) is not None:
        raise EvaluationError(f"`{pattern}` is no pattern")
    # RE2's $ is the very end of the text without (?m), and \z is what Python calls \Z.
    translated = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$",
        lambda found: {"$": r"\Z", r"\z": r"\Z"}.get(found.group(0), found.group(0)),
        pattern,
    )
    try:
        return re.compile(pattern if "(?m" in pattern else translated, re.ASCII)
    except re.error:
        raise EvaluationError(f"the pattern `{pattern}` is not evaluated here") from None


def _to_int(value: Any) -> int:
    if value.__class__ is float:
        return _int(int(value))
    if value.__class__ is str:
        if not value.lstrip("+-").isdigit() or not value.isascii():
            raise EvaluationError(f"`{value}` is no whole number")
        return _int(int(value))
    if value.__class__ is not int:
        raise EvaluationError(f"{_kind(value)} is no number")
    return int(value)


def _to_double(value: Any) -> float:
    if not _is_number(value) and value.__class__ is not str:
        raise EvaluationError(f"{_kind(value)} is no number")
    return float(value)


def _to_text(value: Any) -> str:
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is float:
        return str(int(value)) if value == int(value) and abs(value) < 1e21 else repr(value)
    if value.__class__ is int:
        return str(value)
    return _text(value)


def _to_bool(value: Any) -> bool:
    if value.__class__ is bool:
        return bool(value)
    if value in ("true", "True", "TRUE", "t", "1"):
        return True
    if value in ("false", "False", "FALSE", "f", "0"):
        return False
    raise EvaluationError("it is no true or false")


def _part(value: Any, begin: int, end: int | None = None) -> str:
    text = _text(value)
    end = len(text) if end is None else end
    if not 0 <= begin <= end <= len(text):
        raise EvaluationError("the part lies outside of the text")
    return text[begin:end]


def _index_of(value: Any, what: Any, start: int = 0) -> int:
    if value.__class__ is list:
        return next((index for index, item in enumerate(value) if same(item, what)), -1)
    return _text(value).find(_text(what), start)


def _last_index_of(value: Any, what: Any) -> int:
    if value.__class__ is list:
        return next((index for index in range(len(value) - 1, -1, -1) if same(value[index], what)), -1)
    return _text(value).rfind(_text(what))


def _split(value: Any, separator: Any, most: int = -1) -> list[str]:
    text, by = _text(value), _text(separator)
    if most == 0:
        return []
    if not by:
        return list(text) if most < 0 else [*text[: most - 1], text[most - 1 :]][:most]
    return text.split(by, most - 1 if most > 0 else -1)


def _replace(value: Any, old: Any, new: Any, most: int = -1) -> str:
    return _text(value).replace(_text(old), _text(new), most)


def _sum(items: Any) -> Any:
    total: Any = 0
    for number, item in enumerate(_list(items)):
        total = item if number == 0 else _plus(total, item)
    return total


def _extreme(test: Callable[[Any, Any], bool]) -> Callable[[Any], Any]:
    def find(items: Any) -> Any:
        best, *others = _list(items)
        for item in others:
            if _ordered(item, best, test):
                best = item
        return best

    return find


def _sorted(items: Any) -> bool:
    found = _list(items)
    return all(_ordered(one, other, lambda a, b: a <= b) for one, other in itertools.pairwise(found))


def _distinct(items: Any) -> list[Any]:
    kept: list[Any] = []
    for item in _list(items):
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return kept


def _quantity(value: Any) -> quantity.Quantity:
    try:
        return quantity.parse(_text(value))
    except quantity.QuantityError as error:
        raise EvaluationError(f"`{value}` is no quantity: {error}") from None


def _as_quantity(value: Any) -> quantity.Quantity:
    if isinstance(value, quantity.Quantity):
        return value
    if value.__class__ is int:
        return quantity.parse(value)
    raise EvaluationError(f"{_kind(value)} is no quantity")


def _compared(one: Any, other: Any) -> int:
    return _as_quantity(one).compare(_as_quantity(other))


def _is_quantity(value: Any) -> bool:
    return value.__class__ is str and quantity.problem(value) is None


def _value_of(optional: Any) -> Any:
    if not isinstance(optional, Optional) or not optional.present:
        raise EvaluationError("the optional value is absent")
    return optional.value


def _contains_all(one: Any, other: Any) -> bool:
    return all(_inside(item, _list(one)) for item in _list(other))


_NAMESPACES = frozenset(("optional", "sets", "lists"))
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "!_": _not,
    "-_": _minus,
    "_==_": same,
    "_!=_": lambda a, b: not same(a, b),
    "_<_": lambda a, b: _ordered(a, b, lambda x, y: x < y),
    "_<=_": lambda a, b: _ordered(a, b, lambda x, y: x <= y),
    "_>_": lambda a, b: _ordered(a, b, lambda x, y: x > y),
    "_>=_": lambda a, b: _ordered(a, b, lambda x, y: x >= y),
    "_+_": _plus,
    "_-_": lambda a, b: _numbers(a, b, lambda x, y: x - y),
    "_*_": lambda a, b: _numbers(a, b, lambda x, y: x * y),
    "_/_": _divided,
    "_%_": _rest,
    "_[_]": _item,
    "_[?_]": _optional_field,
    "_?._": _optional_field,
    "@in": _inside,
    "size": _size,
    "dyn": lambda value: value,
    "bool": _to_bool,
    "int": _to_int,
    "double": _to_double,
    "string": _to_text,
    "contains": lambda a, b: _text(b) in _text(a),
    "startsWith": lambda a, b: _text(a).startswith(_text(b)),
    "endsWith": lambda a, b: _text(a).endswith(_text(b)),
    "matches": _matches,
    "find": lambda a, b: found.group(0) if (found := _regex(_text(b)).search(_text(a))) else "",
    "findAll": lambda a, b, most=-1: [f.group(0) for f in _regex(_text(b)).finditer(_text(a))][
        : most if most >= 0 else None
    ],
    "charAt": lambda a, i: _part(a, i, min(i + 1, len(_text(a)))),
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "lowerAscii": lambda a: "".join(c.lower() if c.isascii() else c for c in _text(a)),
    "upperAscii": lambda a: "".join(c.upper() if c.isascii() else c for c in _text(a)),
    "replace": _replace,
    "split": _split,
    "join": lambda items, by="": _text(by).join(_text(item) for item in _list(items)),
    "substring": _part,
    "trim": lambda a: _text(a).strip(),
    "isSorted": _sorted,
    "sum": _sum,
    "min": _extreme(lambda a, b: a < b),
    "max": _extreme(lambda a, b: a > b),
    "first": lambda items: Optional(bool(items), items[0] if items else None),
    "last": lambda items: Optional(bool(items), items[-1] if items else None),
    "slice": lambda items, begin, end: (
        _list(items)[begin:end] if 0 <= begin <= end <= len(items) else _sliced_outside()
    ),
    "reverse": lambda items: _list(items)[::-1],
    "distinct": _distinct,
    "lists.range": lambda count: list(range(min(count, MAX_STEPS))),
    "sets.contains": _contains_all,
    "sets.equivalent": lambda a, b: _contains_all(a, b) and _contains_all(b, a),
    "sets.intersects": lambda a, b: any(_inside(item, _list(b)) for item in _list(a)),
    "optional.of": lambda value: Optional(True, value),
    "optional.none": lambda: Optional(False),
    "optional.ofNonZeroValue": lambda value: Optional(value not in (None, "", 0, False, [], {}), value),
    "hasValue": lambda optional: optional.present,
    "value": _value_of,
    "cel.@mapInsert": lambda into, *given: {**into, **(given[0] if len(given) == 1 else {given[0]: given[1]})},
    "quantity": _quantity,
    "isQuantity": _is_quantity,
    "sign": lambda q: (q.unscaled > 0) - (q.unscaled < 0),
    "isGreaterThan": lambda a, b: _compared(a, b) > 0,
    "isLessThan": lambda a, b: _compared(a, b) < 0,
    "compareTo": _compared,
    "asInteger": lambda q: q.value() if callable(q.value) else q.value,
    "isInteger": lambda q: q.is_whole() if callable(q.is_whole) else q.is_whole,
    "add": lambda a, b: _as_quantity(a) + _as_quantity(b),
}


def _sliced_outside() -> list[Any]:
    raise EvaluationError("the part lies outside of the list")
