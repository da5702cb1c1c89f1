"""Evaluates CEL expressions on plain data, as cel-go does with the libraries of the API server that manifests can need.

Values are those of JSON, and the classes here and in cel_values.py for what JSON does not have. What needs a cluster (authorizer), and
unsigned numbers, is not evaluated: `program` says so.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.values import cel
from kubetrial.lint.values.cel import parser as cel_parser
from kubetrial.lint.values.cel.outcome import EvaluationError as EvaluationError
from kubetrial.lint.values.cel.outcome import Optional as Optional
from kubetrial.lint.values.cel.outcome import Undecided as Undecided
from kubetrial.lint.values.cel.parser import RESERVED, Call, Expr, Fold, Ident, ListOf, Literal, MapOf, Select, Struct
from kubetrial.lint.values.regexp import search as regexp_search
from kubetrial.lint.values.regexp import syntax as regexps

MAX_STEPS = 200_000
"""So many steps one evaluation may take: above, it would cost the API server too much as well."""
_LOWEST, _HIGHEST = -(1 << 63), 1 << 63


class Unusable(Exception):
    """An expression that does not compile, or that cannot be evaluated here; the text goes on from "the expression"."""


class Record(dict[str, Any]):
    """An object whose schema has properties: its fields by the names that CEL has for them."""

    __slots__ = ("open",)

    def __init__(self, fields: Mapping[str, Any], open: bool = False) -> None:
        super().__init__(fields)
        self.open = open  # it has fields that its schema does not know


class SetList(list[Any]):
    """A list of type set: its order does not matter, and `+` joins."""

    __slots__ = ()


class MapList(list[Any]):
    """A list of type map: its items are told apart by some of their fields, and `+` merges."""

    __slots__ = ("keys",)

    def __init__(self, items: Sequence[Any], keys: tuple[str, ...]) -> None:
        super().__init__(items)
        self.keys = keys

    def by_key(self) -> dict[tuple[Any, ...], Any]:
        """The items by the values of their keys; raises Unknown where they are no plain records."""
        return {key_of(item, self.keys): item for item in self}


def key_of(item: Any, keys: tuple[str, ...]) -> tuple[Any, ...]:
    """What tells an item of a list of type map apart; raises Unknown."""
    if item.__class__ is not Record or any(isinstance(item.get(key), (list, dict)) for key in keys):
        raise Undecided("the items of the list are no plain records")
    return tuple((item.get(key).__class__, item.get(key)) for key in keys)


class TypeName(str):
    """What type() gives, and what the names of types stand for."""

    __slots__ = ()


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
        if name not in _LAZY and _function(name) is None:
            raise Unusable(f"uses {name}(), which is not evaluated here")

    def run(variables: Mapping[str, Any]) -> Any:
        try:
            return _Evaluation().value(parsed, dict(variables))
        except RecursionError:
            raise Undecided("nested too deeply") from None

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
        elif isinstance(one, Literal) and one.type in ("bytes", "uint"):
            found.add(f"literal {one.type}")
    return found


def _function(name: str) -> Callable[..., Any] | None:
    """A function by its name; those of the libraries are read when they are first called."""
    found = _FUNCTIONS.get(name)
    if found is None and name != "uint":
        from kubetrial.lint.values.cel import values as cel_values

        found = cel_values.FUNCTIONS.get(name)
    return found


def _name(call: Call) -> str:
    """`sets.contains` of a library's function, else the function's own name."""
    target = call.target
    if (
        isinstance(target, Ident)
        and target.name in _NAMESPACES
        and _function(f"{target.name}.{call.function}") is not None
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
            raise Undecided("it takes too many steps")
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
                    made[_key(self.value(key, scope))] = found.value if optional else found
            return made
        raise Undecided("it builds a message")

    def _selected(self, expr: Select, scope: dict[str, Any]) -> Any:
        operand = self.value(expr.operand, scope)
        if isinstance(operand, Optional):
            if expr.test:
                return operand.present and _has(operand.value, expr.field)
            return _optional_field(operand, expr.field)
        return _has(operand, expr.field) if expr.test else _field(operand, expr.field)

    def _called(self, call: Call, scope: dict[str, Any]) -> Any:
        name = _name(call)
        if name in _LAZY:
            return _LAZY[name](self, call, scope)
        args = [self.value(arg, scope) for arg in call.args]
        if call.target is not None and name == call.function:
            args.insert(0, self.value(call.target, scope))
        try:
            found = _function(name)
            assert found is not None
            return found(*args)
        except EvaluationError:
            raise
        except (TypeError, AttributeError, ValueError, LookupError, ArithmeticError) as error:
            raise Undecided(f"{_spoken(name)} cannot be applied here") from error

    def _folded(self, fold: Fold, scope: dict[str, Any]) -> Any:
        over = self.value(fold.over, scope)
        two = len(fold.names) == 2
        if over.__class__ is Record:
            raise Undecided("it goes over the fields of an object")
        if isinstance(over, dict):
            rounds = list(over.items()) if two else [(key,) for key in over]
        elif isinstance(over, list):
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
            if found is not (not decisive) and not isinstance(failure, Undecided):
                failed = found if isinstance(found, EvaluationError) else _unfit(f"{_kind(found)} is no true or false")
                failure = failed if failure is None or isinstance(failed, Undecided) else failure
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


_TYPE_NAMES = frozenset(("bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type"))


def _unfit(message: str) -> EvaluationError:
    """Values of types that do not go together: the server has an error too."""
    return EvaluationError(message)


def _variable(scope: Mapping[str, Any], name: str) -> Any:
    name = name.removeprefix(".")
    if name not in scope:
        if name in _TYPE_NAMES:
            return TypeName(name)
        raise Undecided(f"{name} is not known here")
    found = scope[name]
    if isinstance(found, EvaluationError):
        raise found
    return found() if callable(found) else found


def _as_held(operand: Any, name: Any) -> Any:
    """The name of a field as an object holds it: words that CEL keeps for itself may be written as they are (`self.namespace`).

    Follows FindStructFieldType, since 1.31.
    """
    return f"__{name}__" if name in RESERVED and operand.__class__ is Record else name


def _field(operand: Any, name: str) -> Any:
    if not isinstance(operand, dict):
        raise EvaluationError(f"{_kind(operand)} has no field {name}")
    name = _as_held(operand, name)
    if name not in operand:
        raise EvaluationError(f"no such key: {name}")
    found = operand[name]
    if isinstance(found, EvaluationError):
        raise found
    return found() if callable(found) else found


def _has(operand: Any, name: str) -> bool:
    if not isinstance(operand, dict):
        raise EvaluationError(f"{_kind(operand)} has no field {name}")
    return _as_held(operand, name) in operand


def _key(value: Any) -> Any:
    """The key of a map that is written out; true is not 1."""
    if value.__class__ not in (str, int):
        raise Undecided(f"{_kind(value)} as a key")
    return value


def _optional_field(operand: Any, key: Any) -> Optional:
    if isinstance(operand, Optional):
        if not operand.present:
            return operand
        operand = operand.value
    if isinstance(operand, list):
        inside = key.__class__ is int and 0 <= key < len(operand)
        return Optional(inside, operand[key] if inside else None)
    if not isinstance(operand, dict):
        raise EvaluationError(f"{_kind(operand)} has no fields")
    key = _as_held(operand, key)
    return Optional(key in operand, _field(operand, key) if key in operand else None)


def _item(operand: Any, key: Any) -> Any:
    if isinstance(operand, Optional):
        return _optional_field(operand, key)
    if isinstance(operand, dict):
        return _field(operand, key)
    if isinstance(operand, list) and key.__class__ in (int, float) and key == int(key):
        if 0 <= key < len(operand):
            return operand[int(key)]
        raise EvaluationError(f"index {int(key)} is outside of a list of {len(operand)}")
    raise EvaluationError(f"{_kind(operand)} has no items")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    words = {
        bool: "a boolean", int: "a whole number", float: "a number", str: "a text", list: "a list", SetList: "a list",
        MapList: "a list", dict: "a map", Record: "an object",
    }  # fmt: skip
    return words.get(type(value), "this value")


def _spoken(name: str) -> str:
    return name.replace("_", "").replace("@", "") or name


def _is_number(value: Any) -> bool:
    return value.__class__ in (int, float)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to CEL: numbers by their size, true is not 1."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    if one is None or other is None:
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return _same_lists(one, other)
    if one.__class__ is not other.__class__:
        if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
            raise Undecided(f"{_kind(one)} and {_kind(other)} are compared")
        return False
    if isinstance(one, dict):
        if one.__class__ is Record and (one.open or other.open):
            raise Undecided("objects with fields that no schema knows are compared")
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, Optional):
        return one.present is other.present and (not one.present or same(one.value, other.value))
    return bool(one == other)


def _same_lists(one: list[Any], other: list[Any]) -> bool:
    """Of a set or a list of type map on the left, the order does not matter."""
    if len(one) != len(other):
        return False
    if isinstance(one, MapList):
        items, others = one.by_key(), MapList(other, one.keys).by_key()
        return items.keys() == others.keys() and all(same(item, others[key]) for key, item in items.items())
    if isinstance(one, SetList):
        return all(_inside(item, other) for item in one) and all(_inside(item, one) for item in other)
    return all(map(same, one, other))


def _ordered(one: Any, other: Any, test: Callable[[Any, Any], bool]) -> bool:
    if _is_number(one) and _is_number(other):
        if one != one or other != other:
            raise EvaluationError("what is no number cannot be ordered")
        return test(one, other)
    if one.__class__ is other.__class__ and (one.__class__ in (str, bool, bytes) or hasattr(one, "is_ordered")):
        return test(one, other)
    raise EvaluationError(f"{_kind(one)} and {_kind(other)} cannot be compared")


def _int(value: int) -> int:
    if not _LOWEST <= value < _HIGHEST:
        raise EvaluationError("a whole number leaves 64 bits")
    return value


def _numbers(one: Any, other: Any, work: Callable[[Any, Any], Any]) -> Any:
    if not _is_number(one) or one.__class__ is not other.__class__:
        if hasattr(one, "is_ordered") and hasattr(other, "is_ordered"):
            return work(one, other)  # times and durations
        raise EvaluationError(f"{_kind(one)} and {_kind(other)} cannot be reckoned together")
    return _int(work(one, other)) if one.__class__ is int else work(one, other)


def _plus(one: Any, other: Any) -> Any:
    if isinstance(one, list) and isinstance(other, list):
        return _joined(one, other)
    if one.__class__ is other.__class__ and one.__class__ in (str, bytes):
        return one + other
    return _numbers(one, other, lambda a, b: a + b)


def _joined(one: list[Any], other: list[Any]) -> list[Any]:
    if isinstance(one, SetList):
        joined = SetList(one)
        joined.extend(item for number, item in enumerate(other) if not _inside(item, [*one, *other[:number]]))
        return joined
    if isinstance(one, MapList):
        merged = one.by_key() | MapList(other, one.keys).by_key()
        return MapList(list(merged.values()), one.keys)
    return [*one, *other]


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
    return (abs(one) % abs(other)) * (-1 if one < 0 else 1)


def _inside(one: Any, other: Any) -> bool:
    if isinstance(other, dict):
        return one.__class__ in (str, int) and one in other
    if isinstance(other, list):
        return any(same(one, item) for item in other)
    raise EvaluationError(f"{_kind(other)} holds nothing")


def _size(value: Any) -> int:
    if not isinstance(value, (str, list, dict, bytes)) or value.__class__ in (Record, TypeName):
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


def _type(value: Any) -> TypeName:
    names = {
        bool: "bool", int: "int", float: "double", str: "string", bytes: "bytes", list: "list", SetList: "list", MapList: "list",
        dict: "map", Record: "map", TypeName: "type", type(None): "null_type",
    }  # fmt: skip
    if value.__class__ not in names:
        raise Undecided("the name of this type")
    return TypeName(names[value.__class__])


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise EvaluationError(f"{_kind(value)} is no text")
    return str(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise EvaluationError(f"{_kind(value)} is no list")
    return list(value)


def _matches(value: Any, pattern: Any) -> bool:
    return bool(_searched(pattern, lambda: regexp_search.matches(pattern, _text(value))))


def _searched(pattern: Any, search: Callable[[], Any]) -> Any:
    """What a search finds; a pattern that Go cannot read is an error, one that is not searched here leaves the question open."""
    if regexps.problem(_text(pattern)) is not None:
        raise EvaluationError(f"`{pattern}` is no pattern")
    try:
        return search()
    except regexp_search.Unsupported as error:
        raise Undecided(f"the pattern `{pattern}`: {error}") from None


def _found(value: Any, pattern: Any) -> str:
    return str(next(iter(_all_found(value, pattern, 1)), ""))


def _all_found(value: Any, pattern: Any, most: int = -1) -> list[str]:
    def search() -> list[str]:
        return list(itertools.islice(regexp_search.find_all(pattern, _text(value)), None if most < 0 else most))

    return list(_searched(pattern, search))


def _to_int(value: Any) -> int:
    if value.__class__ is float:
        if not -9.3e18 < value < 9.3e18:
            raise EvaluationError("the number does not fit into 64 bits")
        return _int(int(value))
    if value.__class__ is str:
        if re.fullmatch("[+-]?[0-9]+", value) is None or len(value) > 400:
            raise EvaluationError(f"`{value}` is no whole number")
        return _int(int(value))
    if value.__class__ is int or hasattr(value, "is_ordered"):
        return int(value)
    raise EvaluationError(f"{_kind(value)} is no number")


def _to_double(value: Any) -> float:
    if _is_number(value):
        return float(value)
    text = _text(value)
    if re.fullmatch(r"[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        found = float(text)
        if math.isinf(found):
            raise EvaluationError(f"`{text}` is too large")
        return found
    if re.fullmatch("[+-]?(inf|infinity|nan)", text, re.IGNORECASE):
        return float(text)
    if re.match("[+-]?0[xX]", text):
        raise Undecided("a hexadecimal number")
    raise EvaluationError(f"`{text}` is no number")


def _to_text(value: Any) -> str:
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is float:
        return go_float(value)
    if value.__class__ is bytes:
        try:
            return str(value.decode("utf-8"))
        except UnicodeDecodeError:
            raise EvaluationError("the bytes are no text") from None
    if value.__class__ is int or hasattr(value, "has_text"):
        return str(value)
    return _text(value)


def go_float(value: float) -> str:
    """A number as Go's %g writes it: 1.5, 1e+06."""
    if value != value or math.isinf(value):
        return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
    digits = repr(value)
    sign = "-" if digits.startswith("-") else ""
    mantissa, _, power = digits.removeprefix("-").partition("e")
    whole, _, part = mantissa.partition(".")
    figures = (whole + part).lstrip("0")
    exponent = int(power or 0) + (len(whole) - 1 if whole.strip("0") else -(len(part) - len(part.lstrip("0"))) - 1)
    figures = figures.rstrip("0")
    if not figures:
        return f"{sign}0"
    if -4 <= exponent < 6:
        return sign + _decimal(figures, exponent)
    tail = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{sign}{figures[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _decimal(figures: str, exponent: int) -> str:
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{figures}"
    whole = figures[: exponent + 1].ljust(exponent + 1, "0")
    part = figures[exponent + 1 :]
    return f"{whole}.{part}" if part else whole


def _to_bool(value: Any) -> bool:
    if value.__class__ is bool:
        return bool(value)
    if value.__class__ is str and value in ("true", "True", "TRUE", "t", "T", "1"):
        return True
    if value.__class__ is str and value in ("false", "False", "FALSE", "f", "F", "0"):
        return False
    raise EvaluationError("it is no true or false")


def _part(value: Any, begin: int, end: int | None = None) -> str:
    text = _text(value)
    end = len(text) if end is None else end
    if not 0 <= begin <= end <= len(text):
        raise EvaluationError("the part lies outside of the text")
    return text[begin:end]


def _index_of(value: Any, what: Any, start: int = 0) -> int:
    if isinstance(value, list):
        return next((index for index, item in enumerate(value) if same(item, what)), -1)
    text = _text(value)
    if start < 0:
        raise EvaluationError("the place lies outside of the text")
    return text.find(_text(what), min(start, len(text))) if start < len(text) or not what else -1


def _last_index_of(value: Any, what: Any, start: int | None = None) -> int:
    if isinstance(value, list):
        return next((index for index in range(len(value) - 1, -1, -1) if same(value[index], what)), -1)
    text, wanted = _text(value), _text(what)
    if start is None:
        return text.rfind(wanted)
    if start < 0:
        raise EvaluationError("the place lies outside of the text")
    if not wanted:
        return min(start, len(text))
    return -1 if start >= len(text) else text.rfind(wanted, 0, start + len(wanted))


def _split(value: Any, separator: Any, most: int = -1) -> list[str]:
    text, by = _text(value), _text(separator)
    if most == 0:
        return []
    if not by:
        return list(text) if most < 0 or most >= len(text) else [*text[: most - 1], text[most - 1 :]]
    return text.split(by, most - 1 if most > 0 else -1)


def _replace(value: Any, old: Any, new: Any, most: int = -1) -> str:
    return _text(value).replace(_text(old), _text(new), most)


_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def _trimmed(value: Any) -> str:
    """Without blanks at both ends, as Go's TrimSpace."""
    return _text(value).strip(_BLANKS)


def _sum(items: Any) -> Any:
    total: Any = 0
    for number, item in enumerate(_list(items)):
        total = item if number == 0 else _plus(total, item)
    return total


def _extreme(test: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def find(items: Any) -> Any:
        found = _list(items)
        if not found:
            raise EvaluationError("the list is empty")
        best, *others = found
        for item in others:
            if _ordered(item, best, test):
                best = item
        return best

    return find


def _sorted(items: Any) -> bool:
    found = _list(items)
    return all(_ordered(one, other, lambda a, b: a <= b) for one, other in itertools.pairwise(found))


def _in_order(items: Any, keys: Any = None) -> list[Any]:
    """A list in the order of its items, or of as many keys."""
    found = _list(items)
    by = found if keys is None else _list(keys)

    def compare(one: int, other: int) -> int:
        return (
            -1 if _ordered(by[one], by[other], lambda a, b: a < b) else _ordered(by[one], by[other], lambda a, b: a > b)
        )

    return [found[place] for place in sorted(range(len(found)), key=functools.cmp_to_key(compare))]


def _flattened(items: Any, depth: int = 1) -> list[Any]:
    if depth < 0:
        raise EvaluationError("the depth is below zero")
    flat: list[Any] = []
    for item in _list(items):
        if isinstance(item, list) and depth:
            flat += _flattened(item, depth - 1)
        else:
            flat.append(item)
    return flat


def _range(count: int) -> list[int]:
    if count > MAX_STEPS:
        raise Undecided("the list is too long")
    return list(range(count))


def _slice(items: Any, begin: int, end: int) -> list[Any]:
    found = _list(items)
    if not 0 <= begin <= end <= len(found):
        raise EvaluationError("the part lies outside of the list")
    return found[begin:end]


def _non_zero(value: Any) -> Optional:
    if hasattr(value, "is_ordered"):
        raise Undecided("whether a time is zero")
    return Optional(value not in (None, "", 0, False, b"", [], {}), value)


def _distinct(items: Any) -> list[Any]:
    kept: list[Any] = []
    for item in _list(items):
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return kept


def _value_of(optional: Any) -> Any:
    if not isinstance(optional, Optional) or not optional.present:
        raise EvaluationError("the optional value is absent")
    return optional.value


def _contains_all(one: Any, other: Any) -> bool:
    return all(_inside(item, _list(one)) for item in _list(other))


_NAMESPACES = frozenset(("optional", "sets", "lists", "strings", "ip", "format"))
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
    "type": _type,
    "bool": _to_bool,
    "int": _to_int,
    "double": _to_double,
    "string": _to_text,
    "contains": lambda a, b: _text(b) in _text(a),
    "startsWith": lambda a, b: _text(a).startswith(_text(b)),
    "endsWith": lambda a, b: _text(a).endswith(_text(b)),
    "matches": _matches,
    "find": _found,
    "findAll": _all_found,
    "charAt": lambda a, i: _part(a, i, min(i + 1, len(_text(a)))),
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "lowerAscii": lambda a: "".join(c.lower() if c.isascii() else c for c in _text(a)),
    "upperAscii": lambda a: "".join(c.upper() if c.isascii() else c for c in _text(a)),
    "replace": _replace,
    "split": _split,
    "join": lambda items, by="": _text(by).join(_text(item) for item in _list(items)),
    "substring": _part,
    "trim": _trimmed,
    "isSorted": _sorted,
    "sum": _sum,
    "min": _extreme(lambda a, b: a < b),
    "max": _extreme(lambda a, b: a > b),
    "first": lambda items: Optional(bool(items), items[0] if items else None),
    "last": lambda items: Optional(bool(items), items[-1] if items else None),
    "slice": _slice,
    "sort": _in_order,
    "@sortByAssociatedKeys": _in_order,
    "flatten": _flattened,
    "unwrapOpt": lambda items: [item.value for item in _list(items) if item.present],
    "optional.unwrap": lambda items: [item.value for item in _list(items) if item.present],
    "reverse": lambda items: _list(items)[::-1],
    "distinct": _distinct,
    "lists.range": _range,
    "sets.contains": _contains_all,
    "sets.equivalent": lambda a, b: _contains_all(a, b) and _contains_all(b, a),
    "sets.intersects": lambda a, b: any(_inside(item, _list(b)) for item in _list(a)),
    "optional.of": lambda value: Optional(True, value),
    "optional.none": lambda: Optional(False),
    "optional.ofNonZeroValue": _non_zero,
    "hasValue": lambda optional: optional.present,
    "value": _value_of,
    "cel.@mapInsert": lambda into, *given: _inserted(into, *(given if len(given) == 2 else (given[0],))),
}


def _inserted(into: dict[Any, Any], key: Any, value: Any = None) -> dict[Any, Any]:
    """A map with another entry, or with those of a second map; a key that is there already is an error."""
    more = {_key(key): value} if key.__class__ is not dict else key
    if more.keys() & into.keys():
        raise EvaluationError("a key stands twice")
    return {**into, **more}
