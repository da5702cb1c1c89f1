"""The type of a CEL expression, or why the API server refuses it; follows cel-go's checker and validators.

A type that is not known is `dyn`, which fits everything: what nothing is known about is never refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from kubetrial.lint.values.cel import library as library
from kubetrial.lint.values.cel.library import (
    ANY,
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    OPTIONAL,
    STRING,
    UINT,
    CelType,
    Overload,
)
from kubetrial.lint.values.cel.parser import (
    MAX_DEPTH,
    Call,
    CelError,
    Expr,
    Fold,
    Ident,
    ListOf,
    Literal,
    MapOf,
    Select,
    Struct,
    TooDeep,
)
from kubetrial.lint.values.nearest import nearest
from kubetrial.lint.values.records import dataclass, field
from kubetrial.schemas.minors import NEWEST

_LITERALS = {
    "bool": BOOL,
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
    "null_type": NULL,
}
_TYPE_NAMES = frozenset(
    ("bool", "bytes", "double", "duration", "int", "list", "map", "null_type", "string", "timestamp", "type", "uint")
)
_PATCH_FIELDS = {"op": STRING, "path": STRING, "from": STRING, "value": DYN}
_NULLABLE = frozenset(("any", "duration", "timestamp"))


@dataclass(slots=True)
class Environment:
    """What an expression may use: variables, the fields of structs, functions, and the messages of mutations."""

    variables: dict[str, CelType]
    structs: Mapping[str, Mapping[str, CelType]] = field(default_factory=dict)
    minor: int = NEWEST
    patches: bool = False  # Object{} and JSONPatch{} exist
    binds: bool = False  # cel.bind exists


@dataclass(slots=True)
class CheckedExpression:
    """What the check of an expression gives: its type, and the names of the variables that it reads."""

    type: CelType
    reads: set[str]
    types: dict[int, CelType] = field(default_factory=dict)  # of each part, by its id
    calls: dict[int, Called] = field(default_factory=dict)  # what each call calls, by its id
    expression: Expr | None = None  # what was checked


@dataclass(slots=True)
class Called:
    """The whole name of the function that a call names, whether it is a member, and the overloads that fit."""

    name: str
    member: bool
    overloads: list[Overload]


def check(expression: Expr, environment: Environment) -> CheckedExpression:
    """The type of an expression; raises CelError where the server refuses it, and TooDeep."""
    checker = _Checker(environment)
    try:
        found = checker.checked(expression)
        if checker.errors:
            raise min(checker.errors, key=lambda error: error.at)
        checker.validate()
    except RecursionError:
        raise TooDeep from None
    if checker.errors:
        raise min(checker.errors, key=lambda error: error.at)
    types = {part: checker.final(kind) for part, kind in checker.types.items()}
    return CheckedExpression(checker.final(found), checker.reads, types, checker.called)


def _optional(of: CelType) -> CelType:
    return CelType(OPTIONAL, (of,), "opaque")


def _unwrapped(found: CelType) -> tuple[CelType, bool]:
    return (found.of[0], True) if found.name == OPTIONAL else (found, False)


def _is_dyn(found: CelType) -> bool:
    return found.name in ("dyn", "any") and not found.kind


class _Checker:
    """One check: the bindings of type parameters (with a trail to take them back), scopes, and errors."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.functions = library.functions(environment.minor, environment.patches)
        self.bound: dict[str, CelType] = {}
        self.trail: list[tuple[str, CelType | None]] = []
        self.count = 0
        self.depth = 0
        self.scopes: list[dict[str, CelType]] = []
        self.errors: list[CelError] = []
        self.reads: set[str] = set()
        self.types: dict[int, CelType] = {}
        self.called: dict[int, Called] = {}
        self.literals: list[
            list[tuple[int, CelType]]
        ] = []  # the items, keys and values of lists and maps that are written out
        self.item_types: dict[int, CelType] = {}
        self.formats: list[Call] = []
        self.calls: list[Call] = []
        self.exempt = 0  # how many calls of format() enclose what is being checked

    def _refuse(self, at: int, message: str, help_text: str = "") -> CelType:
        self.errors.append(CelError(at, message, help_text))
        return ERROR

    # --- expressions -----------------------------------------------------------------------------------------------------

    def checked(self, expr: Expr) -> CelType:
        """The type of an expression, as far as it is known yet."""
        self.depth += 1
        if self.depth > 3 * MAX_DEPTH:
            raise TooDeep
        found = self._checked(expr)
        self.depth -= 1
        self.types[id(expr)] = found
        return found

    def _checked(self, expr: Expr) -> CelType:
        if isinstance(expr, Literal):
            return _LITERALS[expr.type]
        if isinstance(expr, Ident):
            return self._ident(expr)
        if isinstance(expr, Select):
            return self._select(expr)
        if isinstance(expr, Call):
            return self._call(expr)
        if isinstance(expr, ListOf):
            return self._list(expr)
        if isinstance(expr, MapOf):
            return self._map(expr)
        if isinstance(expr, Struct):
            return self._struct(expr)
        assert isinstance(expr, Fold)
        return self._fold(expr)

    def _local(self, name: str) -> CelType | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def _global(self, name: str) -> CelType | None:
        variable = self.environment.variables.get(name)
        if variable is not None:
            self.reads.add(name)
            return variable
        if name in _TYPE_NAMES:
            return CelType("type", (CelType(name, (DYN,) * {"list": 1, "map": 2}.get(name, 0)),))
        if name in ("net.IP", "net.CIDR", OPTIONAL) or name.startswith(("google.protobuf.", "kubernetes.")):
            return CelType("type", (DYN,))
        if self.environment.patches and (name in ("Object", "JSONPatch") or name.startswith("Object.")):
            return CelType("type", (CelType(name, (), "struct"),))
        return None

    def _ident(self, expr: Ident) -> CelType:
        found = None if expr.name.startswith(".") else self._local(expr.name)
        if found is None:
            found = self._global(expr.name.lstrip("."))
        if found is not None:
            return self._value(expr.at, found)
        known = [name for name in self.environment.variables if "." not in name]
        close = nearest(expr.name, known)
        declared = ", ".join(known)
        return self._refuse(
            expr.at, f"`{expr.name}` is not declared here", f"write `{close}`" if close else f"there are {declared}"
        )

    def _value(self, at: int, found: CelType) -> CelType:
        """What a name stands for; the types of mutations are no values."""
        if found.name == "type" and found.of and found.of[0].kind == "struct":
            return self._refuse(at, f"`{found.of[0]}` is a type, and no value", f"write {found.of[0]}{{...}}")
        return found

    def _qualified(self, expr: Expr) -> str | None:
        """`a.b.c` as one name, where the whole is names and dots."""
        names: list[str] = []
        while isinstance(expr, Select) and not expr.test:
            names.append(expr.field)
            expr = expr.operand
        if not isinstance(expr, Ident):
            return None
        return ".".join((expr.name, *reversed(names)))

    def _select(self, expr: Select) -> CelType:
        if not expr.test:
            name = self._qualified(expr)
            if name is not None and self._local(name.partition(".")[0]) is None:
                found = self._global(name.lstrip("."))
                if found is not None:
                    return self._value(expr.at, found)
        found = self._field(expr.at, expr.operand, expr.field, False)
        return BOOL if expr.test else self._substituted(found)

    def _field(self, at: int, operand: Expr, name: str, optional: bool) -> CelType:
        target, wrapped = _unwrapped(self._substituted(self.checked(operand)))
        if target.name == "map" and not target.kind:
            found = target.of[1]
        elif target.kind == "struct":
            found = self._struct_field(at, target, name)
        elif target.kind == "param":
            self._assignable(DYN, target)
            found = DYN
        else:
            if not _is_dyn(target) and target != ERROR:
                self._refuse(at, f"`.{name}` asks for a field, and {_said(target)} has none")
            found = DYN
        return _optional(found) if wrapped or optional else found

    def _struct_field(self, at: int, target: CelType, name: str) -> CelType:
        if self.environment.patches and (target.name == "Object" or target.name.startswith("Object.")):
            return DYN
        fields = self.environment.structs.get(target.name)
        if target.name == "JSONPatch" and self.environment.patches:
            fields = _PATCH_FIELDS
        if fields is not None:
            found = fields.get(name) or fields.get(f"__{name}__")
            if found is not None:
                return found
        close = nearest(name, fields or ())
        some = ", ".join(sorted(fields)[:12]) if fields else ""
        return self._refuse(
            at, f"there is no field `{name}`", f"write `{close}`" if close else f"there are {some}" if some else ""
        )

    def _call(self, expr: Call) -> CelType:
        name = expr.function
        if name == "_?._":
            field_name = expr.args[1]
            assert isinstance(field_name, Literal)
            return self._substituted(self._field(expr.at, expr.args[0], str(field_name.value), True))
        is_format = name == "format"
        self.exempt += is_format
        args = [self.checked(arg) for arg in expr.args]
        if expr.target is None:
            self.exempt -= is_format
            self.calls.append(expr)
            return self._resolved(expr, name.lstrip("."), None, args)
        prefix = self._qualified(expr.target)
        if prefix is not None and self.functions.get(f"{prefix.lstrip('.')}.{name}"):
            self.exempt -= is_format
            return self._resolved(expr, f"{prefix.lstrip('.')}.{name}", None, args)
        target = self.checked(expr.target)
        self.exempt -= is_format
        found = self._resolved(expr, name, target, args)
        if is_format:
            self.formats.append(expr)
        self.calls.append(expr)
        return found

    def _resolved(self, expr: Call, name: str, target: CelType | None, args: list[CelType]) -> CelType:
        overloads = self.functions.get(name)
        if not overloads:
            close = nearest(name, self.functions.names())
            return self._refuse(expr.at, f"there is no function `{name}`", f"write `{close}`" if close else "")
        if name in ("_&&_", "_||_"):
            sign = name.strip("_")
            for arg, found in zip(expr.args, args, strict=True):
                if not self._assignable(found, BOOL):
                    self._refuse(
                        arg.at,
                        f"`{sign}` joins conditions, and this is {_said(self.final(found))}",
                        "compare it with something",
                    )
            self.called[id(expr)] = Called(name, False, overloads)
            return BOOL
        given = args if target is None else [target, *args]
        result: CelType | None = None
        fitting: list[Overload] = []
        for overload in overloads:
            if overload.member is (target is not None) and len(overload.args) == len(given):
                one = self._matched(overload, given)
                if one is not None:
                    fitting.append(overload)
                    if result is None:
                        result = one
                    elif not _is_dyn(result) and one != result:
                        result = DYN
        if result is not None:
            self.called[id(expr)] = Called(name, target is not None, fitting)
            return result
        said = ", ".join(str(self.final(each)) for each in given)
        return self._refuse(expr.at, _no_overload(name, said, target is not None, overloads))

    def _matched(self, overload: Overload, given: list[CelType]) -> CelType | None:
        """The result of an overload, if the arguments fit it; what its type parameters are is kept."""
        wanted, result = overload.args, overload.result
        if overload.generic:
            fresh: dict[str, CelType] = {}
            wanted = tuple(self._instance(each, fresh) for each in wanted)
            result = self._instance(result, fresh)
        mark = len(self.trail)
        if all(self._fits(one, two) for one, two in zip(given, wanted, strict=True)):
            return self._substituted(result)
        self._undo(mark)
        return None

    def _instance(self, found: CelType, fresh: dict[str, CelType]) -> CelType:
        if found.kind == "param":
            if found.name not in fresh:
                fresh[found.name] = self._new()
            return fresh[found.name]
        if not found.of:
            return found
        return CelType(found.name, tuple(self._instance(part, fresh) for part in found.of), found.kind)

    def _new(self) -> CelType:
        self.count += 1
        return CelType(f"_{self.count}", (), "param")

    def _list(self, expr: ListOf) -> CelType:
        joined: CelType | None = None
        kinds: list[tuple[int, CelType]] = []
        for place, item in enumerate(expr.items):
            found = self._item(item, place in expr.optional)
            kinds.append((item.at, found))
            joined = self._joined(joined, found)
            self.item_types[id(item)] = found
        if not self.exempt:
            self.literals.append(kinds)
        return CelType("list", (joined or self._new(),))

    def _item(self, item: Expr, optional: bool) -> CelType:
        found = self.checked(item)
        if not optional:
            return found
        inner, is_optional = _unwrapped(self._substituted(found))
        if not is_optional and not _is_dyn(inner):
            self._refuse(item.at, f"`?` needs an optional value, and this is {_said(inner)}", "remove the `?`")
        return inner

    def _map(self, expr: MapOf) -> CelType:
        key_type: CelType | None = None
        value_type: CelType | None = None
        keys: list[tuple[int, CelType]] = []
        values: list[tuple[int, CelType]] = []
        for key, value, optional in expr.entries:
            found = self.checked(key)
            keys.append((key.at, found))
            key_type = self._joined(key_type, found)
            found = self._item(value, optional)
            values.append((value.at, found))
            value_type = self._joined(value_type, found)
        if not self.exempt:
            self.literals += [keys, values]
        return CelType("map", (key_type or self._new(), value_type or self._new()))

    def _joined(self, before: CelType | None, found: CelType) -> CelType:
        if before is None:
            return found
        if self._assignable(before, found):
            return before if self._less_specific(before, found) else found
        return DYN  # values of several types are refused when all types are known, and not in a call of format()

    def _struct(self, expr: Struct) -> CelType:
        name = expr.name.lstrip(".")
        found = self._global(name)
        if found is None or found.name != "type":
            self._refuse(
                expr.at, f"there is no type `{name}`", "" if self.environment.patches else "write a map: {'key': value}"
            )
            fields: Mapping[str, CelType] | None = None
            result = ERROR
        else:
            result = found.of[0] if found.of else DYN
            fields = _PATCH_FIELDS if name == "JSONPatch" else None
        for field_name, value, optional, at in expr.fields:
            kind = self._item(value, optional)
            if fields is None:
                continue
            wanted = fields.get(field_name)
            if wanted is None:
                self._refuse(at, f"`{name}` has no field `{field_name}`", "there are op, path, from and value")
            elif not self._assignable(wanted, kind):
                self._refuse(
                    at, f"`{field_name}` of `{name}` is {_said(wanted)}, and this is {_said(self.final(kind))}"
                )
        return result

    def _fold(self, expr: Fold) -> CelType:
        if "@bind" in expr.names and not self.environment.binds:
            return self._refuse(
                expr.at,
                "there is no cel.bind here; only selectors of devices have it",
                "write the value where it is used",
            )
        over = self._substituted(self.checked(expr.over))
        start = self.checked(expr.start)
        self.scopes.append({expr.accumulator: start})
        types: tuple[CelType, ...]
        two = len(expr.names) == 2
        if over.name == "list" and not over.kind:
            types = (INT, over.of[0]) if two else (over.of[0],)
        elif over.name == "map" and not over.kind:
            types = over.of if two else (over.of[0],)
        elif over in (DYN, ERROR) or over.kind == "param":
            self._assignable(DYN, over)
            types = (DYN, DYN)
        else:
            self._refuse(
                expr.over.at,
                f"this goes over a list or a map, and here is {_said(self.final(over))}",
                "wrap it in dyn()" if over == ANY else "",
            )
            types = (ERROR, ERROR)
        self.scopes.append(dict(zip(expr.names, types, strict=False)))
        step = self.checked(expr.step)
        if not self._assignable(start, step):
            self._refuse(
                expr.step.at, f"each step gives {_said(self.final(step))}, and it began with {_said(self.final(start))}"
            )
        self.scopes.pop()
        result = self.checked(expr.result)
        self.scopes.pop()
        return self._substituted(result)

    # --- types -----------------------------------------------------------------------------------------------------------

    def _bind(self, name: str, found: CelType) -> None:
        self.trail.append((name, self.bound.get(name)))
        self.bound[name] = found

    def _undo(self, mark: int) -> None:
        while len(self.trail) > mark:
            name, before = self.trail.pop()
            if before is None:
                del self.bound[name]
            else:
                self.bound[name] = before

    def _assignable(self, one: CelType, two: CelType) -> bool:
        mark = len(self.trail)
        if self._fits(one, two):
            return True
        self._undo(mark)
        return False

    def _fits(self, one: CelType, two: CelType) -> bool:
        """Whether a type can be given where the other is wanted; follows internalIsAssignable."""
        if two.kind == "param":
            valid, has = self._substitutes(one, two)
            if valid:
                return True
            if has:
                return False
        if one.kind == "param":
            return self._substitutes(two, one)[0]
        if _is_dyn(one) or _is_dyn(two) or one == ERROR or two == ERROR:
            return True
        if one == NULL:
            return two == NULL or two.kind in ("struct", "opaque") or two.name in _NULLABLE
        if two == NULL:
            return one.kind in ("struct", "opaque") or one.name in _NULLABLE
        if one.name == "type" and not one.kind:
            return two.name == "type" and not two.kind
        if one.name != two.name or one.kind != two.kind or len(one.of) != len(two.of):
            return False
        return all(self._fits(a, b) for a, b in zip(one.of, two.of, strict=True))

    def _substitutes(self, one: CelType, two: CelType) -> tuple[bool, bool]:
        """Whether the parameter `two` can stand for `one`, and whether it already stands for something."""
        if one == two:
            return True, True
        known = self.bound.get(two.name)
        if known is not None:
            if one == known:
                return True, True
            if self._fits(one, known):
                general = one if self._less_specific(one, known) else known
                if self._free_of(two, general):
                    self._bind(two.name, general)
                return True, True
            return False, True
        if self._free_of(two, one):
            self._bind(two.name, one)
            return True, False
        return False, False

    def _free_of(self, parameter: CelType, within: CelType) -> bool:
        if parameter == within:
            return False
        if within.kind == "param":
            known = self.bound.get(within.name)
            return known is None or self._free_of(parameter, known)
        return all(self._free_of(parameter, part) for part in within.of)

    def _less_specific(self, one: CelType, two: CelType) -> bool:
        """Whether a type is the same as another or says less; follows isEqualOrLessSpecific."""
        if _is_dyn(one) or one.kind == "param":
            return True
        if _is_dyn(two) or two.kind == "param":
            return False
        if one.name == "type" and two.name == "type":
            return True
        if one.name != two.name or len(one.of) != len(two.of):
            return False
        return all(self._less_specific(a, b) for a, b in zip(one.of, two.of, strict=True))

    def _substituted(self, found: CelType) -> CelType:
        while found.kind == "param":
            known = self.bound.get(found.name)
            if known is None:
                return found
            found = known
        if not found.of:
            return found
        return CelType(found.name, tuple(self._substituted(part) for part in found.of), found.kind)

    def final(self, found: CelType) -> CelType:
        """A type with everything that is still open as dyn."""
        found = self._substituted(found)
        if found.kind == "param":
            return DYN
        if not found.of:
            return found
        return CelType(found.name, tuple(self.final(part) for part in found.of), found.kind)

    # --- what is looked at when the types are known ------------------------------------------------------------------------

    def validate(self) -> None:
        """Literals of several types, formats, and constants that are not what they are read as."""
        for group in self.literals:
            self._homogeneous(group)
        for call in self.formats:
            self.errors.extend(_format_problems(call, self))
        for call in self.calls:
            error = _constant_problem(call)
            if error is not None:
                self.errors.append(error)

    def item_type(self, item: Expr) -> CelType:
        """The type of an item of a list that is written out."""
        return self.final(self.item_types.get(id(item), DYN))

    def _homogeneous(self, group: list[tuple[int, CelType]]) -> None:
        first: CelType | None = None
        for at, found in group:
            kind = self.final(found)
            if first is None:
                first = kind
            elif first != kind:
                self._refuse(at, _mixed(first, kind), "make them one type, such as with string()")
                return


def _said(found: CelType) -> str:
    """A type in a message."""
    return {"dyn": "anything", "any": "anything", "null_type": "null"}.get(found.name, f"a {found}")


def _mixed(first: CelType, found: CelType) -> str:
    return f"the values of a literal have one type: here stands {_said(found)} beside {_said(first)}"


def _no_overload(name: str, said: str, member: bool, overloads: list[Overload]) -> str:
    sign = {"@in": "in", "_[_]": "[]", "_?_:_": "? :", "!_": "!", "-_": "-"}.get(name, name.strip("_"))
    if sign != name or not name[0].isalpha():
        return f"`{sign}` does not go with ({said})"
    if member and not any(overload.member for overload in overloads):
        return f"`{name}` is called as {name}(value), not as value.{name}()"
    if not member and all(overload.member for overload in overloads):
        return f"`{name}` is called as value.{name}(...), not as {name}(...)"
    return f"`{name}` does not go with ({said})"


# --- constants -----------------------------------------------------------------------------------------------------------------


def _constant_problem(call: Call) -> CelError | None:
    """Why a constant cannot be converted: the server tries it when it compiles the expression."""
    name = call.function
    if name in ("matches", "find", "findAll"):
        # Of matches(text, pattern) the server compiles the text too, where it is a constant.
        patterns = call.args if call.target is None else call.args[:1]
        return next((error for pattern in patterns if (error := _pattern_problem(pattern)) is not None), None)
    if call.target is not None or len(call.args) != 1:
        return None
    arg = call.args[0]
    if not isinstance(arg, Literal):
        return None
    if arg.type in ("int", "uint", "double") and name in ("int", "uint") and isinstance(arg.value, (int, float)):
        low, high = (0, 1 << 64) if name == "uint" else (-(1 << 63), 1 << 63)
        return None if low <= arg.value < high else CelError(arg.at, f"{arg.value} is out of the range of {name}")
    if arg.type != "string":
        return None
    text = str(arg.value)
    if _CONVERTS.get(name, _anything)(text):
        return None
    return CelError(arg.at, f"{name}() cannot read {text!r}")


def _pattern_problem(pattern: Expr | None) -> CelError | None:
    if not isinstance(pattern, Literal) or pattern.type != "string":
        return None
    from kubetrial.lint.values.regexp import syntax as regexps

    reason = regexps.problem(str(pattern.value))
    return None if reason is None else CelError(pattern.at, f"the pattern cannot be read: {reason}")


def _anything(text: str) -> bool:
    return True


def _is_int(text: str) -> bool:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return digits.isascii() and digits.isdigit() and len(digits) < 4000 and -(1 << 63) <= int(text) < (1 << 63)


def _is_uint(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 4000 and int(text) < (1 << 64)


def _is_double(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return "x" in text.lower()  # hexadecimal numbers are left to the server
    if text != text.strip():
        return False
    return not math.isinf(value) or "inf" in text.lower()


def _is_duration(text: str) -> bool:
    from kubetrial.lint.values import durations

    return durations.duration_problem(text) is None


def _is_timestamp(text: str) -> bool:
    from kubetrial.lint.values import durations

    return durations.time_problem(text) is None and not text.startswith("0000")


_CONVERTS = {
    "int": _is_int,
    "uint": _is_uint,
    "double": _is_double,
    "bool": lambda text: text in ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"),
    "duration": _is_duration,
    "timestamp": _is_timestamp,
}

_CLAUSES = {
    "d": ("int", "uint"), "f": ("double", "string"), "e": ("double", "string"), "b": ("int", "uint", "bool"),
    "x": ("int", "uint", "string", "bytes"), "X": ("int", "uint", "string", "bytes"), "o": ("int", "uint"),
    "s": ("list", "map", "int", "uint", "double", "bool", "string", "timestamp", "bytes", "duration", "type", "null_type"),
}  # fmt: skip


def _format_problems(call: Call, checker: _Checker) -> Iterator[CelError]:
    """What is wrong with a constant format and a list of arguments that is written out."""
    target = call.target
    if (
        not isinstance(target, Literal)
        or target.type != "string"
        or len(call.args) != 1
        or not isinstance(call.args[0], ListOf)
    ):
        return
    items = call.args[0].items
    text, place, used = str(target.value), 0, 0
    while (place := text.find("%", place)) >= 0:
        place += 1
        if text[place : place + 1] == "%":
            place += 1
            continue
        end = place
        if text[end : end + 1] == ".":
            end += 1
            while text[end : end + 1].isdigit():
                end += 1
            if end == place + 1:
                yield CelError(target.at, "the format has `%.` without the number of digits")
                return
        clause = text[end : end + 1]
        if clause not in _CLAUSES or not clause:
            yield CelError(
                target.at,
                f"the format has `%{text[place : end + 1]}`, which is no clause",
                "write %s, %d, %f, %e, %b, %x, %o or %%",
            )
            return
        if used >= len(items):
            yield CelError(target.at, f"the format has more clauses than the {len(items)} arguments")
            return
        kind = checker.item_type(items[used])
        if kind != DYN and kind.name not in _CLAUSES[clause]:
            yield CelError(items[used].at, f"%{clause} does not show {_said(kind)}")
            return
        used += 1
        place = end + 1
    if used < len(items):
        yield CelError(call.at, f"the format has {used} clauses, and there are {len(items)} arguments")
