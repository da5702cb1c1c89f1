"""sprig's functions for lists, maps, defaults, types and numbers."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build.chart.template.constants import integer
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.registry import function
from kubetrial.lint.build.chart.template.sprig_text import to_text
from kubetrial.lint.build.chart.template.text import joined
from kubetrial.lint.build.chart.template.values import (
    Int64,
    Ints,
    Lists,
    NilList,
    Strings,
    TextMap,
    bytes_of,
    is_true,
    kind_of,
    printed,
    type_of,
    wrap,
)

if TYPE_CHECKING:
    import decimal

MAX_LIST = 200_000


@function("default", "aa*")
def default(fallback: Any, *given: Any) -> Any:
    """The given value, or the first where it is empty."""
    return given[0] if given and is_true(given[0]) else fallback


@function("empty", "a")
def empty(value: Any) -> bool:
    """Whether a value is empty."""
    return not is_true(value)


@function("coalesce", "a*")
def coalesce(*values: Any) -> Any:
    """The first value that is not empty."""
    return next((value for value in values if is_true(value)), None)


@function("ternary", "aab")
def ternary(yes: Any, no: Any, holds: bool) -> Any:
    """One of two values."""
    return yes if holds else no


@function("all", "a*")
def all_(*values: Any) -> bool:
    """Whether none is empty."""
    return all(map(is_true, values))


@function("any", "a*")
def any_(*values: Any) -> bool:
    """Whether one is not empty."""
    return any(map(is_true, values))


@function("fail", "s")
def fail(text: str) -> Any:
    """Refuse the chart."""
    raise Failure(text)


@function("required", "sa")
def required(text: str, value: Any) -> Any:
    """Refuse nil and the empty text."""
    if value is None or value == "":
        raise Failure(text)
    return value


@function("kindOf", "a")
def kind(value: Any) -> str:
    """reflect.Kind."""
    return kind_of(value)


@function("kindIs", "sa")
def kind_is(wanted: str, value: Any) -> bool:
    """Whether a value is of a kind."""
    return kind_of(value) == wanted


@function("typeOf", "a")
def type_(value: Any) -> str:
    """The type as `%T` says it."""
    return type_of(value)


@function("typeIs", "sa")
def type_is(wanted: str, value: Any) -> bool:
    """Whether a value is of a type."""
    return type_of(value) == wanted


@function("typeIsLike", "sa")
def type_is_like(wanted: str, value: Any) -> bool:
    """Whether a value is of a type, or points to one."""
    return type_of(value) in (wanted, "*" + wanted)


@function("deepEqual", "aa")
def deep_equal(one: Any, other: Any) -> bool:
    """reflect.DeepEqual: an int is no float64."""
    if kind_of(one) != kind_of(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(name in other and deep_equal(one[name], other[name]) for name in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(deep_equal, one, other))
    return bool(one == other)


@function("deepCopy mustDeepCopy", "a")
def deep_copy(value: Any) -> Any:
    """A copy of all levels."""
    if value is None:
        raise Failure("nil cannot be copied")
    return _copied(value, 0)


_PLAIN = frozenset((str, float, int, bool, type(None)))
"""What holds nothing that a copy could change; most values are one of these."""


def _copied(value: Any, depth: int) -> Any:
    if depth > 150:
        raise Failure("the value is nested too deeply")
    if type(value) in (dict, TextMap):
        made = {name: item if item.__class__ in _PLAIN else _copied(item, depth + 1) for name, item in value.items()}
        return made if type(value) is dict else TextMap(made)
    if isinstance(value, dict):
        return value  # an object of Helm's, which nothing changes
    if isinstance(value, (Strings, Ints)):
        return value.__class__(value)
    return [_copied(item, depth + 1) for item in value] if isinstance(value, (list, tuple)) else value


# maps


@function("dict", "a*")
def dict_(*pairs: Any) -> dict[str, Any]:
    """A map of keys and values; the last key alone has an empty text."""
    return {to_text(pairs[at]): pairs[at + 1] if at + 1 < len(pairs) else "" for at in range(0, len(pairs), 2)}


@function("get", "ds")
def get(container: dict[str, Any], name: str) -> Any:
    """The value of a key, or the empty text."""
    return container.get(name, "")


@function("set", "dsa")
def set_(container: dict[str, Any], name: str, value: Any) -> Any:
    """Set a key of the map itself."""
    container[str(name)] = value
    return container


@function("unset", "ds")
def unset(container: dict[str, Any], name: str) -> Any:
    """Remove a key of the map itself."""
    container.pop(name, None)
    return container


@function("hasKey", "ds")
def has_key(container: dict[str, Any], name: str) -> bool:
    """Whether a map has a key."""
    return name in container


@function("keys", "d*")
def keys(*containers: dict[str, Any]) -> list[Any]:
    """The keys of maps; Go leaves their order open."""
    return Strings(name for each in containers for name in each)


@function("values", "d")
def values(container: dict[str, Any]) -> list[Any]:
    """The values of a map."""
    return list(container.values())


@function("pluck", "sd*")
def pluck(name: str, *containers: dict[str, Any]) -> list[Any]:
    """The values of one key in several maps."""
    return [each[name] for each in containers if name in each]


@function("pick", "ds*")
def pick(container: dict[str, Any], *names: str) -> dict[str, Any]:
    """A map with some keys only."""
    return {name: container[name] for name in names if name in container}


@function("omit", "ds*")
def omit(container: dict[str, Any], *names: str) -> dict[str, Any]:
    """A map without some keys."""
    return {name: value for name, value in container.items() if name not in names}


@function("dig", "aaa*")
def dig(*arguments: Any) -> Any:
    """A value some levels down, or a default."""
    if len(arguments) < 3:
        raise Failure("it takes a key, a default and a map at least")
    *names, fallback, container = arguments
    if type(container) is not dict:
        raise Failure(f"the last argument is a {type_of(container)}, where it takes a plain map")
    for place, name in enumerate(names):
        if not isinstance(container, dict):
            raise Failure(f"`{names[place - 1]}` holds a {type_of(container)}, where it takes a map")
        if not isinstance(name, str):
            raise Failure(f"the key {printed(name)} is a {type_of(name)}, where it takes a text")
        if name not in container:
            return fallback
        container = container[name]
    return container


Moved = Callable[[dict[str, Any], dict[str, Any], str], None]


def merged(over: bool, maps: Sequence[Any], moved: Moved = lambda target, source, key: None) -> Any:
    """merge, or with `over` mergeOverwrite; `moved` hears of each entry that went from a map into another."""
    if not maps:
        raise Failure("it takes a map at least")
    for place, each in enumerate(maps):
        if each is not None and (not isinstance(each, dict) or isinstance(each, TextMap)):
            raise Failure(f"argument {place + 1} is a value of type {type_of(each)}, where it takes a map")
    target = {} if maps[0] is None else maps[0]
    met: set[tuple[int, int]] = set()
    for other in maps[1:]:
        _merge(target, other or {}, over, moved, met, 0)
    return target


@function("merge mustMerge", "dd*")
def merge(target: dict[str, Any], *others: dict[str, Any]) -> Any:
    """Fill what is empty in the first map from the others."""
    return merged(False, (target, *others))


@function("mergeOverwrite mustMergeOverwrite", "dd*")
def merge_overwrite(target: dict[str, Any], *others: dict[str, Any]) -> Any:
    """Lay the others over the first map."""
    return merged(True, (target, *others))


def _merge(
    target: dict[str, Any], other: dict[str, Any], over: bool, moved: Moved, met: set[tuple[int, int]], depth: int
) -> None:
    """Merge one map into another; `met` are the pairs that were merged, for maps may hold themselves."""
    if depth > 150:
        raise Failure("the maps are nested too deeply")
    if (id(target), id(other)) in met:
        return
    met.add((id(target), id(other)))
    for name, value in list(other.items()):
        mine = target.get(name)
        if isinstance(mine, dict) and isinstance(value, dict):
            if mine is not value:
                _merge(mine, value, over, moved, met, depth + 1)
        elif over or (value is not None and not is_true(mine)):
            target[name] = value
            moved(target, other, name)


# lists


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise Failure(f"it takes a list, and is given {'nil' if value is None else type_of(value)}")
    return list(value)


@function("list tuple", "a*")
def list_(*items: Any) -> list[Any]:
    """A list of the arguments."""
    return list(items)


@function("first mustFirst", "a")
def first(items: Any) -> Any:
    """The first item, or nil."""
    return next(iter(_listed(items)), None)


@function("last mustLast", "a")
def last(items: Any) -> Any:
    """The last item, or nil."""
    return next(reversed(_listed(items)), None)


@function("rest mustRest", "a")
def rest(items: Any) -> Any:
    """All but the first."""
    whole = _listed(items)
    return whole[1:] if whole else NilList()


@function("initial mustInitial", "a")
def initial(items: Any) -> Any:
    """All but the last."""
    whole = _listed(items)
    return whole[:-1] if whole else NilList()


@function("append mustAppend push mustPush", "aa")
def append(items: Any, item: Any) -> list[Any]:
    """A list with one item more."""
    return [*_listed(items), item]


@function("prepend mustPrepend", "aa")
def prepend(items: Any, item: Any) -> list[Any]:
    """A list with one item before."""
    return [item, *_listed(items)]


@function("concat", "a*")
def concat(*lists: Any) -> list[Any]:
    """Lists one behind the other."""
    return [item for each in lists for item in _listed(each)] or NilList()


@function("reverse mustReverse", "a")
def reverse(items: Any) -> list[Any]:
    """The other way round."""
    return _listed(items)[::-1]


@function("uniq mustUniq", "a")
def uniq(items: Any) -> list[Any]:
    """Each item once."""
    found: list[Any] = []
    for item in _listed(items):
        if not any(deep_equal(item, known) for known in found):
            found.append(item)
        if len(found) > 3000:
            raise Failure("the list is too long")
    return found


@function("without mustWithout", "aa*")
def without(items: Any, *gone: Any) -> list[Any]:
    """A list without some items."""
    return [item for item in _listed(items) if not any(deep_equal(item, each) for each in gone)]


@function("has mustHas", "aa")
def has(item: Any, items: Any) -> bool:
    """Whether a list holds an item."""
    return items is not None and any(deep_equal(item, each) for each in _listed(items))


@function("compact mustCompact", "a")
def compact(items: Any) -> list[Any]:
    """A list without empty items."""
    return [item for item in _listed(items) if is_true(item)]


@function("slice mustSlice", "aa*")
def slice_(items: Any, *bounds: Any) -> Any:
    """Part of a list."""
    whole = _listed(items)
    if not whole:
        return None
    low, high = [*map(to_int, bounds), *([0, len(whole)][len(bounds) :])][:2]
    if not 0 <= low <= high <= len(whole):
        raise Failure(f"out of range: {low} to {high} of {len(whole)}")
    # A part of a list has its type.
    kind = items.__class__ if isinstance(items, (Strings, Ints)) else list
    return kind(whole[low:high])


@function("chunk mustChunk", "ia")
def chunk(size: int, items: Any) -> list[Any]:
    """Lists of so many items."""
    whole = _listed(items)
    if size == 0 and whole:
        raise Failure("no list has parts of 0 items")
    return Lists(list(whole[at : at + size]) for at in range(0, len(whole), size)) if size > 0 else Lists()


@function("sortAlpha", "a")
def sort_alpha(items: Any) -> list[str]:
    """The items as texts, sorted by their bytes."""
    if not isinstance(items, (list, tuple)):
        return Strings([to_text(items)])
    return Strings(sorted(strings(items), key=bytes_of))


def strings(items: Any) -> list[str]:
    """sprig's strslice: texts of a list, nil left out."""
    if items is None:
        return Strings()
    if isinstance(items, (list, tuple)):
        return Strings(to_text(item) for item in items if item is not None)
    return Strings([to_text(items)])


@function("toStrings", "a")
def to_strings(items: Any) -> list[str]:
    """A list of texts."""
    return strings(items)


@function("join", "sa")
def join(sign: str, items: Any) -> str:
    """The items as one text."""
    parts: list[str] = []
    for place, item in enumerate(strings(items)):
        parts.extend([sign, item] if place else [item])
    return joined(parts)


@function("split", "ss")
def split(sign: str, text: str) -> dict[str, Any]:
    """A map _0, _1 ... of the parts."""
    return TextMap((f"_{at}", part) for at, part in enumerate(split_list(sign, text)))


@function("splitList", "ss")
def split_list(sign: str, text: str) -> list[Any]:
    """The parts of a text."""
    return Strings(text.split(sign) if sign else text)


@function("splitn", "sis")
def splitn(sign: str, count: int, text: str) -> dict[str, Any]:
    """At most so many parts."""
    if sign:
        parts = [] if count == 0 else text.split(sign, count - 1 if count > 0 else -1)
    else:
        parts = list(text) if not 0 <= count < len(text) else [*text[: count - 1], text[count - 1 :]] if count else []
    return TextMap((f"_{at}", part) for at, part in enumerate(parts))


@function("until", "i")
def until(count: int) -> list[int]:
    """0 up to a number."""
    return until_step(0, count, -1 if count < 0 else 1)


@function("untilStep", "iii")
def until_step(start: int, stop: int, step: int) -> list[int]:
    """Numbers with a step."""
    if step == 0 or (stop < start and step > 0) or (stop > start and step < 0):
        return Ints()
    numbers = range(start, stop, step)
    if len(numbers) > MAX_LIST:
        raise Failure(f"{len(numbers)} numbers are too many")
    return Ints(numbers)


@function("seq", "i*")
def seq(*bounds: int) -> str:
    """Numbers as the shell's seq prints them."""
    if not bounds or len(bounds) > 3:
        return ""
    start, stop = (1, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[-1])
    step = bounds[1] if len(bounds) == 3 else (1 if stop >= start else -1)
    numbers = until_step(start, stop + (1 if step > 0 else -1), step)
    return " ".join(map(str, numbers))


# numbers


def to_int(value: Any) -> int:
    """cast.ToInt64 of sprig: what is no number is 0."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value) or abs(value) >= 2**63:
            return -(2**63)
        return int(value)
    if isinstance(value, str):
        bare = str(value)
        try:
            return integer(bare) if len(bare) < 70 else 0
        except ValueError:
            return 0
    return 0


def to_float(value: Any) -> float:
    """cast.ToFloat64."""
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?", value):
        return float(value)
    return 0.0


@function("int", "a")
def int_(value: Any) -> int:
    """An int of any value."""
    return wrap(to_int(value))


@function("int64", "a")
def int64(value: Any) -> Int64:
    """An int64 of any value."""
    return Int64(wrap(to_int(value)))


@function("float64", "a")
def float64(value: Any) -> float:
    """A float64 of any value."""
    return to_float(value)


@function("atoi", "s")
def atoi(text: str) -> int:
    """A decimal int of a text, or 0."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) and -(2**63) <= int(text) < 2**63 else 0


@function("toDecimal", "a")
def to_decimal(value: Any) -> Int64:
    """An octal number."""
    text = to_text(value)
    return Int64(int(text, 8) if re.fullmatch(r"[+-]?[0-7]{1,20}", text) else 0)


def _folded(name: str, step: Callable[[int, int], int], start: int | None, takes: str) -> None:
    @function(name, takes)
    def run(*numbers: Any) -> Int64:
        items = [to_int(each) for each in numbers]
        total = items[0] if start is None else start
        for each in items[1:] if start is None else items:
            total = wrap(step(total, each))
        return Int64(total)


def _divided(one: int, other: int) -> int:
    if other == 0:
        raise Failure("division by zero")
    quotient = abs(one) // abs(other)
    return quotient if (one < 0) == (other < 0) else -quotient


_folded("add", lambda one, other: one + other, 0, "a*")
_folded("mul", lambda one, other: one * other, None, "aa*")
_folded("sub", lambda one, other: one - other, None, "aa")
_folded("div", _divided, None, "aa")
_folded("mod", lambda one, other: one - _divided(one, other) * other, None, "aa")
_folded("max biggest", max, None, "aa*")
_folded("min", min, None, "aa*")


@function("add1", "a")
def add1(number: Any) -> Int64:
    """One more."""
    return Int64(wrap(to_int(number) + 1))


MOST_FACTORS = 100
"""So many numbers one exact operation takes."""


def _exact(number: float) -> decimal.Decimal:
    import decimal

    if math.isnan(number) or math.isinf(number):
        raise Failure(f"{printed(number)} has no decimal form")
    return decimal.Decimal(repr(number))


def _exactly(name: str, step: Callable[[Any, Any], Any]) -> None:
    """A function that counts in decimals, so that 0.1 and 0.2 make 0.3."""

    @function(name, "a*" if name == "addf" else "aa*")
    def run(*numbers: Any) -> float:
        import decimal

        if len(numbers) > MOST_FACTORS:
            raise Failure(f"{len(numbers)} numbers are too many")
        with decimal.localcontext() as context:
            context.prec, context.Emax, context.Emin = 2000, 10**6, -(10**6)
            items = [_exact(to_float(each)) for each in numbers]
            total = (
                functools.reduce(step, items, decimal.Decimal(0)) if name == "addf" else functools.reduce(step, items)
            )
            return float(total) + 0.0


def _decimal_division(one: decimal.Decimal, other: decimal.Decimal) -> decimal.Decimal:
    import decimal

    if not other:
        raise Failure("division by zero")
    return (one / other).quantize(decimal.Decimal("1e-16"), decimal.ROUND_HALF_UP)


_exactly("addf", lambda one, other: one + other)
_exactly("subf", lambda one, other: one - other)
_exactly("mulf", lambda one, other: one * other)
_exactly("divf", _decimal_division)


def _extreme(name: str, step: Callable[[float, float], float]) -> None:
    @function(name, "aa*")
    def run(*numbers: Any) -> float:
        return functools.reduce(step, map(to_float, numbers))


_extreme("maxf", max)
_extreme("minf", min)


@function("add1f", "a")
def add1f(number: Any) -> float:
    """One more."""
    return to_float(number) + 1


@function("floor", "a")
def floor(number: Any) -> float:
    """The next lower whole number."""
    return float(math.floor(to_float(number)))


@function("ceil", "a")
def ceil(number: Any) -> float:
    """The next higher whole number."""
    return float(math.ceil(to_float(number)))


@function("round", "aif*")
def round_(number: Any, places: int, edge: float = 0.5, *_: float) -> float:
    """Rounded to so many places, up from the edge on; what is below zero always goes down."""
    power = 10.0 ** max(min(places, 300), -300)
    scaled = to_float(number) * power
    if not math.isfinite(scaled):
        return scaled / power
    part = math.modf(scaled)[0]
    return (math.ceil(scaled) if part >= edge else math.floor(scaled)) / power
