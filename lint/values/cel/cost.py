"""What a rule of a custom resource can cost at most, as the API server estimates it before it takes a definition.

Follows checker/cost.go of cel-go and library/cost.go of k8s.io/apiserver (functions), common/schemas.go (sizes of data) and
apiextensions' validation (limits). Costs are upper bounds; sizes have a lower and an upper bound. What is not modelled raises Unknown:
then nothing is said about the rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.values.cel.checker import Called, CheckedExpression
from kubetrial.lint.values.cel.escaping import escaped
from kubetrial.lint.values.cel.library import BYTES, STRING, CelType, Overload
from kubetrial.lint.values.cel.parser import ACCUMULATOR, Call, Expr, Fold, Ident, ListOf, Literal, MapOf, Select
from kubetrial.lint.values.records import dataclass, field

RULE_LIMIT = 10_000_000
"""So much one rule may cost, in all the places that it can be asked for."""
SCHEMA_LIMIT = 100_000_000
"""So much all rules of a version may cost together."""
REQUEST = 3 * 1024 * 1024
"""Bytes of the largest request: what has no bound of its own is bounded by it."""
_TOP = (1 << 64) - 1
_TRAVERSAL, _REGEX = 0.1, 0.25
_FORMAT_PATTERN = 128
"""Characters of the longest pattern of a named format."""

Size = tuple[int, int]
"""The least and the most characters, bytes, items or entries."""
_ANY_SIZE: Size = (0, _TOP)


class UnknownCost(Exception):
    """The expression uses something whose cost is not modelled."""


# --- sizes of data -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sized:
    """What a schema says of sizes: the most elements of a value, its least bytes as JSON, and its parts."""

    most: int
    least: int
    items: Sized | None = None
    keys: Sized | None = None
    fields: Mapping[str, Sized] = field(default_factory=dict)


_KEY = Sized(0, 2)
_FORMATS = {"duration": Sized(32, 3), "date": Sized(12, 12), "date-time": Sized(32, 21)}
_SCALARS = {"boolean": Sized(0, 4), "number": Sized(0, 1), "integer": Sized(0, 1)}


def sized(schema: Any, root: bool = False, depth: int = 0) -> Sized | None:
    """The sizes of what a schema describes; None where rules do not see it. Follows SchemaDeclType."""
    if not isinstance(schema, Mapping) or depth > 200:
        return None
    if schema.get("x-kubernetes-int-or-string") is True:
        bound = _count(schema.get("maxLength"))
        return Sized(REQUEST - 2 if bound is None else 4 * bound, 1)
    kind = schema.get("type")
    if kind == "array":
        items = _part(schema.get("items"), depth)
        if items is None:
            return None
        bound = _count(schema.get("maxItems"))
        return Sized((REQUEST - 2) // (items.least + 1) if bound is None else bound, 2, items)
    if kind == "object":
        additional = schema.get("additionalProperties")
        if isinstance(additional, Mapping):
            values = _part(additional, depth)
            if values is None:
                return None
            bound = _count(schema.get("maxProperties"))
            return Sized((REQUEST - 2) // (values.least + 6) if bound is None else bound, 2, values, _KEY)
        return _object(schema, root, depth)
    return _text(schema) if kind == "string" else _SCALARS.get(str(kind))


def _part(schema: Any, depth: int) -> Sized | None:
    embedded = isinstance(schema, Mapping) and schema.get("x-kubernetes-embedded-resource") is True
    return sized(schema, embedded, depth + 1)


def _count(bound: Any) -> int | None:
    return max(0, int(bound)) if isinstance(bound, (int, float)) and not isinstance(bound, bool) else None


def _object(schema: Mapping[str, Any], root: bool, depth: int) -> Sized:
    properties: dict[str, Any] = dict(schema.get("properties") or {})
    if root:
        text = {"type": "string"}
        metadata = {"type": "object", "properties": {"name": text, "generateName": text}}
        properties |= {"apiVersion": text, "kind": text, "metadata": metadata}
    required = schema.get("required") or ()
    fields, least = {}, 2
    for name, inner in properties.items():
        found = _part(inner, depth)
        if found is None:
            continue
        if (written := escaped(name)) is not None:
            fields[written] = found
        if name in required and inner.get("default") is None:
            least += len(name.encode("utf-8", "surrogatepass")) + found.least + 4
    return Sized(0, least, fields=fields)


def _text(schema: Mapping[str, Any]) -> Sized:
    form, bound = schema.get("format"), _count(schema.get("maxLength"))
    if form == "byte":
        return Sized(REQUEST - 2 if bound is None else bound, 2)
    if form in _FORMATS:
        return _FORMATS[str(form)]
    if bound is not None:
        return Sized(4 * bound, 2)
    words = [word for word in schema.get("enum") or () if isinstance(word, str)]
    if schema.get("enum"):
        return Sized(max((len(word.encode("utf-8", "surrogatepass")) for word in words), default=0), 2)
    return Sized(REQUEST - 2, 2)


def repeated(data: Sized) -> int:
    """How often such data can stand in a request, where nothing above it is bounded."""
    return REQUEST // (data.least + 1)


def times(one: int, two: int) -> int:
    """A product, at most what the server can count to."""
    return min(one * two, _TOP)


# --- costs of expressions ----------------------------------------------------------------------------------------------------------


def most(expression: Expr, outcome: CheckedExpression, data: Sized) -> int:
    """What an expression about data of these sizes can cost at most; raises Unknown."""
    try:
        return _Coster(outcome, data).cost(expression)
    except RecursionError:
        raise UnknownCost from None


class _Path:
    """A place below a variable, as the server keeps it: a slice of Go, whose room may be shared with other places.

    Two fields of one value share that room: the later one overwrites the earlier, whose size is then not known any more. The server's
    estimates depend on it, so it is done here in the same way.
    """

    __slots__ = ("length", "room")

    def __init__(self, room: list[str], length: int) -> None:
        self.room = room
        self.length = length

    def with_step(self, step: str) -> _Path:
        """The place one step further: in the same room where there is some left, else in one of twice the size."""
        room, length = self.room, self.length
        if length == len(room):
            room = [*room, *[""] * max(length, 1)]
        room[length] = step
        return _Path(room, length + 1)

    def steps(self) -> list[str]:
        """The names of the steps, as they stand there now."""
        return self.room[: self.length]


_NOWHERE = _Path([], 0)


@dataclass(slots=True)
class _Local:
    """A variable of a loop: the path of what it stands for, its size, and the sizes of its entries."""

    path: _Path
    size: Size | None
    entries: tuple[Size, Size] | None


def _by(size: Size, factor: float) -> int:
    """The cost of going through something of this size."""
    return min(math.ceil(size[1] * factor), _TOP)


def _union(one: Size, two: Size) -> Size:
    return min(one[0], two[0]), max(one[1], two[1])


def _plus(one: Size, two: Size) -> Size:
    return min(one[0] + two[0], _TOP), min(one[1] + two[1], _TOP)


class _Coster:
    """One estimate: paths, sizes and entry sizes of the parts that have been seen, by their ids, and the loops around."""

    def __init__(self, outcome: CheckedExpression, data: Sized) -> None:
        self.outcome = outcome
        self.data = data
        self.paths: dict[int, _Path] = {}
        self.derived: dict[int, Size | None] = {}  # of arguments, when they were met
        self.sizes: dict[int, Size] = {}
        self.entries: dict[int, tuple[Size, Size]] = {}
        self.locals: dict[str, list[_Local]] = {}

    def cost(self, expr: Expr) -> int:
        """What a part can cost at most."""
        if isinstance(expr, Literal):
            return 0
        if isinstance(expr, Ident):
            local = self._local(expr.name)
            self.paths[id(expr)] = local.path if local is not None else _Path([expr.name.lstrip(".")], 1)
            return 1
        if isinstance(expr, Select):
            return self._select(expr)
        if isinstance(expr, Call):
            return self._call(expr)
        if isinstance(expr, ListOf):
            total = sum(self.cost(item) for item in expr.items)
            self.entries[id(expr)] = (1, 1), self._joined(expr.items)
            return total + 10
        if isinstance(expr, MapOf):
            total = sum(self.cost(key) + self.cost(value) for key, value, _ in expr.entries)
            self.entries[id(expr)] = (
                self._joined([key for key, _, _ in expr.entries]),
                self._joined([value for _, value, _ in expr.entries]),
            )
            return total + 30
        if isinstance(expr, Fold):
            return self._fold(expr)
        raise UnknownCost

    def _joined(self, parts: Sequence[Expr]) -> Size:
        sizes = [self.size(part) for part in parts]
        return (min(s[0] for s in sizes), max(s[1] for s in sizes)) if sizes else (0, 0)

    def _type(self, expr: Expr) -> CelType:
        return self.outcome.types.get(id(expr), CelType("dyn"))

    def _select(self, expr: Select) -> int:
        total = self.cost(expr.operand)
        if expr.test:
            return total
        self.paths[id(expr)] = self._path(expr.operand).with_step(expr.field)
        target = self._type(expr.operand)
        return total + ((target.name == "map" and not target.kind) or target.kind in ("struct", "param"))

    # --- loops ---------------------------------------------------------------------------------------------------------------

    def _local(self, name: str) -> _Local | None:
        found = self.locals.get(name)
        return found[-1] if found else None

    def _fold(self, expr: Fold) -> int:
        total = self.cost(expr.over) + self.cost(expr.start)
        start = _Local(self._path(expr.start), self._computed(expr.start), self._entries(expr.start))
        self.locals.setdefault(expr.accumulator, []).append(start)
        if expr.accumulator != ACCUMULATOR:
            return min(total + self._bound(expr), _TOP)
        for name, local in zip(expr.names, self._over(expr), strict=True):
            self.locals.setdefault(name, []).append(local)
        each = self.cost(expr.step) + self._condition(expr)
        for name in expr.names:
            self.locals[name].pop()
        total += self.cost(expr.result)
        self.locals[expr.accumulator].pop()
        count = self.size(expr.over)
        if isinstance(expr.start, Literal):
            self._set(expr, self._computed(expr.start))
        else:
            self.sizes[id(expr)] = count
            if (entries := self._entries(expr.step)) is not None:
                self.entries[id(expr)] = entries
        return min(total + times(count[1], each), _TOP)

    def _bound(self, expr: Fold) -> int:
        """What the result of a binding costs, which goes through nothing; follows costBind."""
        cost = self.cost(expr.result)
        self.locals[expr.accumulator].pop()
        self._set(expr, self._computed(expr.result))
        if (entries := self._entries(expr.result)) is not None:
            self.entries[id(expr)] = entries
        return cost

    @staticmethod
    def _condition(expr: Fold) -> int:
        """What it costs to ask whether a loop goes on: only all() and exists(), whose accumulator is a condition, end early."""
        if not (isinstance(expr.start, Literal) and expr.start.type == "bool" and isinstance(expr.step, Call)):
            return 0
        return {"_&&_": 2, "_||_": 3}.get(expr.step.function, 0)

    def _over(self, expr: Fold) -> list[_Local]:
        """The variables of a loop."""
        over, path, entries = self._type(expr.over), self._path(expr.over), self._entries(expr.over)
        is_list = over.name == "list" and not over.kind
        keys, values = entries if entries is not None else (None, None)
        found = []
        for by_value in (False, True) if len(expr.names) == 2 else (is_list,):
            step = ("@items" if is_list else "@values") if by_value else ("@indices" if is_list else "@keys")
            found.append(_Local(path.with_step(step), values if by_value else keys, None))
        return found

    # --- sizes ---------------------------------------------------------------------------------------------------------------

    def _path(self, expr: Expr) -> _Path:
        if isinstance(expr, Ident) and (local := self._local(expr.name)) is not None:
            return local.path
        return self.paths.get(id(expr), _NOWHERE)

    def _set(self, expr: Expr, size: Size | None) -> None:
        if size is not None:
            self.sizes[id(expr)] = size

    def size(self, expr: Expr) -> Size:
        """The size of a part, from 0 to anything where nothing is known."""
        return self.derived.get(id(expr)) or self._computed(expr) or _ANY_SIZE

    def _computed(self, expr: Expr) -> Size | None:
        if id(expr) in self.sizes:
            return self.sizes[id(expr)]
        if isinstance(expr, Literal):
            count = len(expr.value) if isinstance(expr.value, str) and expr.type in ("string", "bytes") else 1
            return count, count
        if isinstance(expr, ListOf):
            return len(expr.items), len(expr.items)
        if isinstance(expr, MapOf):
            return len(expr.entries), len(expr.entries)
        found = self._of_path(self._path(expr).steps())
        if found is not None:
            self.sizes[id(expr)] = found
            return found
        if self._type(expr).name in ("bool", "double", "duration", "int", "timestamp", "uint"):
            return 1, 1
        if isinstance(expr, Ident) and (local := self._local(expr.name)) is not None:
            return local.size
        return None

    def _of_path(self, steps: Sequence[str]) -> Size | None:
        """What the schema says of a place."""
        if not steps:
            return None
        data: Sized | None = self.data
        for step in steps[1:]:
            assert data is not None
            if step in ("@items", "@values"):
                data = data.items
            elif step == "@keys":
                data = data.keys
            else:
                data = data.fields.get(step)
            if data is None:
                return None
        return (0, data.most) if data is not None else None

    def _entries(self, expr: Expr) -> tuple[Size, Size] | None:
        if id(expr) in self.entries:
            return self.entries[id(expr)]
        if isinstance(expr, Ident) and (local := self._local(expr.name)) is not None:
            return local.entries
        return None

    def _element(self, expr: Expr) -> tuple[CelType, Size] | None:
        """The type and the size of the items of a list."""
        found = self._type(expr)
        if found.name != "list" or not found.of:
            return None
        steps = self._path(expr).steps()
        return found.of[0], (self._of_path([*steps, "@items"]) if steps else None) or _ANY_SIZE

    # --- calls ---------------------------------------------------------------------------------------------------------------

    def _call(self, expr: Call) -> int:
        called = self.outcome.calls.get(id(expr))
        if called is None and expr.function == "_?._":
            return min(sum(self.cost(arg) for arg in expr.args) + 1, _TOP)  # leads to no place that is known
        if called is None:
            raise UnknownCost
        if called.name == "dyn":
            total = self.cost(expr.args[0]) + 1
            self._set(expr, self._computed(expr.args[0]))
            if (entries := self._entries(expr.args[0])) is not None:
                self.entries[id(expr)] = entries
            return total
        costs = []
        for arg in expr.args:
            costs.append(self.cost(arg))
            self.derived[id(arg)] = self._computed(arg)
        total = 0
        if called.member and expr.target is not None:
            total = self.cost(expr.target)
            self.derived[id(expr.target)] = self._computed(expr.target)
        if called.name == "_&&_" or called.name == "_||_":
            self._set(expr, (1, 1))
            return min(total + sum(costs), _TOP)
        if called.name == "_?_:_":
            return total + self._conditional(expr, costs)
        each, sizes = 0, []
        for overload in called.overloads:
            price, size = self._overload(expr, called, overload)
            each = max(each, price)
            size = self._indexed(expr, called, overload) or size or self._computed(expr)
            if size is not None:
                sizes.append(size)
        if sizes:
            self.sizes[id(expr)] = (min(s[0] for s in sizes), max(s[1] for s in sizes))
        return min(total + sum(costs) + each, _TOP)

    def _conditional(self, expr: Call, costs: Sequence[int]) -> int:
        one, two = expr.args[1], expr.args[2]
        self.sizes[id(expr)] = _union(self.size(one), self.size(two))
        first, second = self._entries(one), self._entries(two)
        if first is not None and second is not None:
            self.entries[id(expr)] = _union(first[0], second[0]), _union(first[1], second[1])
        return costs[0] + max(costs[1], costs[2])

    def _indexed(self, expr: Call, called: Called, overload: Overload) -> Size | None:
        """The path and the size of what `a[b]` gives."""
        if called.name != "_[_]":
            return None
        if overload.args[0].name not in ("list", "map"):
            return None  # an index into an optional value, which leads to no place that is known
        part = "@items" if overload.args[0].name == "list" else "@values"
        self.paths[id(expr)] = self._path(expr.args[0]).with_step(part)
        entries = self._entries(expr.args[0])
        return entries[1] if entries is not None else None

    def _overload(self, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
        """(the cost of a call by itself, the size of its result where it is known)."""
        price = _PRICES.get(called.name)
        if price is not None:
            return price(self, expr, called, overload)
        if called.name in _CHEAP or called.name.startswith("format."):
            return 1, None
        raise UnknownCost


_Price = Callable[[_Coster, Call, Called, Overload], "tuple[int, Size | None]"]


def _text_of(expr: Call, called: Called) -> Expr:
    """What a function of texts goes through: its target, else its first argument."""
    return expr.target if called.member and expr.target is not None else expr.args[0]


def _traversal(factor: float, *, keeps: bool = False, most_times: int = 1) -> _Price:
    def price(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
        size = c.size(_text_of(expr, called))
        return _by(size, factor), (
            size if most_times == 1 else (size[0], times(size[1], most_times))
        ) if keeps else None

    return price


def _compared(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    if called.name not in ("_==_", "_!=_") and not (
        overload.args[0] == overload.args[1] and overload.args[0] in (STRING, BYTES)
    ):
        return 1, None
    if called.name == "_==_":
        one, two = c._type(expr.args[0]), c._type(expr.args[1])
        if one == two and one.kind in ("struct", "opaque") and one.name.startswith(("net.", "kubernetes.")):
            if one.name in ("kubernetes.NamedFormat", "kubernetes.URL"):
                raise UnknownCost
            return 1, None
    smallest = min(c.size(expr.args[0])[1], c.size(expr.args[1])[1])
    return _by((0, smallest), _TRAVERSAL), None


def _added(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    kind = overload.args[0]
    if kind not in (STRING, BYTES) and kind.name != "list":
        return 1, None
    size = _plus(c.size(expr.args[0]), c.size(expr.args[1]))
    one, two = c._entries(expr.args[0]), c._entries(expr.args[1])
    if one is not None and two is not None:
        c.entries[id(expr)] = _union(one[0], two[0]), _union(one[1], two[1])
    return (1 if kind.name == "list" else _by(size, _TRAVERSAL)), size


def _within(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    return (c.size(expr.args[1])[1] if overload.args[1].name == "list" else 1), None


def _begins(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    return _by(c.size(expr.args[0]), _TRAVERSAL), None


def _contains(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    assert expr.target is not None
    return times(_by(c.size(expr.target), _TRAVERSAL), _by(c.size(expr.args[0]), _TRAVERSAL)), None


def _matched(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    text, pattern = (
        (expr.target, expr.args[0]) if called.member and expr.target is not None else (expr.args[0], expr.args[1])
    )
    size = c.size(text)
    found = (0, size[1]) if called.name in ("find", "findAll") else None
    return times(_by(_plus(size, (1, 1)), _TRAVERSAL), _by(c.size(pattern), _REGEX)), found


def _ordered(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    if not called.member or expr.target is None:
        return 1, None
    size, element = c.size(expr.target), c._element(expr.target)
    if element is None:
        if called.name not in ("indexOf", "lastIndexOf"):
            raise UnknownCost
        return _by(size, _TRAVERSAL), None
    each = 1 + (_by(element[1], _TRAVERSAL) if element[0] in (STRING, BYTES) else 0)
    return times(size[1], each), None


def _replaced(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    assert expr.target is not None
    size, old, new = c.size(expr.target), c.size(expr.args[0]), c.size(expr.args[1])
    kept = 0
    if old[0] == 0:
        count, kept = min(size[1] + 1, _TOP), size[1]
    elif new[1] <= old[0]:
        count, kept = 0, size[1]
    else:
        count = math.ceil(size[1] / old[0])
    return _by(size, 2 * _TRAVERSAL), (0, min(times(count, new[1]) + kept, _TOP))


def _split(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    assert expr.target is not None
    size = c.size(expr.target)
    bound = expr.args[1] if len(expr.args) > 1 else None
    if isinstance(bound, Literal) and isinstance(bound.value, int) and bound.value < 0:
        raise UnknownCost
    parts = bound.value if isinstance(bound, Literal) and isinstance(bound.value, int) else size[1]
    return _by(size, 2 * _TRAVERSAL), (0, int(parts))


def _joined_texts(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    assert expr.target is not None
    count, element = c.size(expr.target), c._element(expr.target)
    total = times(count[1], element[1][1]) if element is not None else 0
    if expr.args:
        total = min(total + times(c.size(expr.args[0])[1], max(count[1] - 1, 0)), _TOP)
    return _by((0, total), _TRAVERSAL), (0, total)


def _converted(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    size = c.size(expr.args[0])
    if called.name == "bytes" and overload.args[0] == STRING:
        return _by(size, _TRAVERSAL), (size[0], times(size[1], 4))
    if called.name == "string" and overload.args[0] == BYTES:
        return _by(size, _TRAVERSAL), (size[0] // 4, size[1])
    return 1, None


def _within_range(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    """Of a CIDR, an address or another CIDR: two byte lists of at most 16 are compared, and a text is read."""
    price = 4 if called.name == "containsIP" else 7
    return price + (_by(c.size(expr.args[0]), _TRAVERSAL) if overload.args[1] == STRING else 0), None


def _address(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    return (1, None) if called.member else (_by(c.size(expr.args[0]), _TRAVERSAL), None)


def _as_sets(factor: int) -> _Price:
    def price(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
        return min(times(times(c.size(expr.args[0])[1], c.size(expr.args[1])[1]), factor) + 1, _TOP), None

    return price


def _made_list(c: _Coster, expr: Call, called: Called, size: Size, factor: float) -> tuple[int, Size | None]:
    """A list of this size that is made: each item costs as much as the factor; follows estimateListCall."""
    return min(_by(size, factor) + 1 + 10, _TOP), size


def _count_in(expr: Expr, otherwise: int, unread: int) -> int:
    """The number that an argument is; nodeAsUintValue."""
    if not isinstance(expr, Literal):
        return otherwise
    return max(0, expr.value) if expr.type == "int" and isinstance(expr.value, int) else unread


def _sliced(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    size = c.size(_text_of(expr, called))
    begin, end = _count_in(expr.args[0], 0, 0), _count_in(expr.args[1], size[1], size[1])
    length = (end - begin) & _TOP
    return _made_list(c, expr, called, (length, length), 1)


def _ranged(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    length = _count_in(expr.args[0], _TOP, _TOP)
    return _made_list(c, expr, called, (length, length), 1)


def _reversed(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    if overload.args[0].name != "list":
        raise UnknownCost
    return _made_list(c, expr, called, c.size(_text_of(expr, called)), 1)


def _flattened(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    depth = _count_in(expr.args[0], _TOP, _TOP) if expr.args else 1
    return _made_list(c, expr, called, c.size(_text_of(expr, called)), depth)


def _compared_in_pairs(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    """Of the items of a list, or of the keys that sortBy makes for each."""
    of = overload.args[-1].of
    factor = 2 + (_TRAVERSAL if of and of[0] in (STRING, BYTES) else 0)
    size = c.size(expr.args[0] if expr.args else _text_of(expr, called))
    return _made_list(c, expr, called, (times(size[0], size[0]), times(size[1], size[1])), factor)


def _validated(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    return min(math.ceil(_by(c.size(expr.args[0]), _TRAVERSAL) * _FORMAT_PATTERN * _REGEX), _TOP), None


def _quoted(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    size = c.size(expr.args[0])
    return _by(size, _TRAVERSAL), (min(size[0] + 2, _TOP), min(times(size[1], 2) + 2, _TOP))


def _authorized(c: _Coster, expr: Call, called: Called, overload: Overload) -> tuple[int, Size | None]:
    return 350_000, None


_PRICES: dict[str, _Price] = {
    **dict.fromkeys(("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"), _compared),
    "_+_": _added,
    "@in": _within,
    **dict.fromkeys(("startsWith", "endsWith"), _begins),
    "contains": _contains,
    **dict.fromkeys(("matches", "find", "findAll"), _matched),
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), _ordered),
    **dict.fromkeys(("lowerAscii", "upperAscii", "substring", "trim", "url"), _traversal(_TRAVERSAL, keeps=True)),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"), _traversal(_TRAVERSAL)),
    "ip.isCanonical": _traversal(2 * _TRAVERSAL),
    "ip": _address,
    "replace": _replaced,
    "split": _split,
    "join": _joined_texts,
    **dict.fromkeys(("bytes", "string"), _converted),
    **dict.fromkeys(("containsIP", "containsCIDR"), _within_range),
    "check": _authorized,
    "slice": _sliced,
    "lists.range": _ranged,
    "reverse": _reversed,
    "flatten": _flattened,
    **dict.fromkeys(("distinct", "sort", "@sortByAssociatedKeys"), _compared_in_pairs),
    "validate": _validated,
    "strings.quote": _quoted,
    "format": _traversal(_TRAVERSAL),
    **dict.fromkeys(("sets.contains", "sets.intersects"), _as_sets(1)),
    "sets.equivalent": _as_sets(2),
}
_CHEAP = frozenset((
    "!_", "-_", "_-_", "_*_", "_/_", "_%_", "_[_]", "size", "int", "uint", "double", "bool", "type", "duration", "timestamp",
    "charAt", "isURL", "masked", "prefixLength", "family", "isUnspecified", "isLoopback", "isLinkLocalMulticast",
    "isLinkLocalUnicast", "isGlobalUnicast", "sign", "asInteger", "isInteger", "asApproximateFloat", "isGreaterThan", "isLessThan",
    "compareTo", "add", "sub", "major", "minor", "patch", "getScheme", "getHostname", "getHost", "getPort", "getEscapedPath",
    "getQuery", "getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek", "getHours", "getMinutes",
    "getSeconds", "getMilliseconds", "_?._", "_[?_]", "or", "orValue", "value", "hasValue", "optional.of", "optional.none",
    "optional.ofNonZeroValue", "optional.unwrap", "unwrapOpt", "cel.@mapInsert", "format.named", "first", "last",
))  # fmt: skip
