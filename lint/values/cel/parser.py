"""CEL text -> expression, with the macros expanded; follows cel-go's grammar, parser and macros.

Only what the API server's type check needs is kept: a literal keeps its type, a text also its value.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from kubetrial.lint.values.records import dataclass

ACCUMULATOR = "@result"
UNUSED = "#unused"
MAX_SIZE = 100_000
MAX_DEPTH = 60
"""Deeper nesting is left to the server: our own recursion is not made for it."""
RESERVED = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
    )
) | {"return", "var", "void", "while"}


class CelError(Exception):
    """Why an expression is refused; `at` is the offset of the place in its text."""

    def __init__(self, at: int, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.help = help_text


class TooDeep(Exception):
    """An expression that is nested too deeply to be judged here."""


@dataclass(slots=True, eq=False)
class Expr:
    """Any expression; `at` is its offset."""

    at: int


@dataclass(slots=True, eq=False)
class Literal(Expr):
    """A constant: its type, and a text's or a number's value."""

    type: str
    value: str | int | float | bool | None = None


@dataclass(slots=True, eq=False)
class Ident(Expr):
    """A name; with a dot in front where it is meant from the root."""

    name: str


@dataclass(slots=True, eq=False)
class Select(Expr):
    """`operand.field`, or with `test` has(operand.field)."""

    operand: Expr
    field: str
    test: bool = False


@dataclass(slots=True, eq=False)
class Call(Expr):
    """`function(args)`, or `target.function(args)`; operators are functions too."""

    function: str
    target: Expr | None
    args: list[Expr]


@dataclass(slots=True, eq=False)
class ListOf(Expr):
    """`[a, ?b]`; `optional` are the places with a question mark."""

    items: list[Expr]
    optional: frozenset[int]


@dataclass(slots=True, eq=False)
class MapOf(Expr):
    """`{key: value}`; each entry with whether it is optional."""

    entries: list[tuple[Expr, Expr, bool]]


@dataclass(slots=True, eq=False)
class Struct(Expr):
    """`Type{field: value}`; each field with its offset and whether it is optional."""

    name: str
    fields: list[tuple[str, Expr, bool, int]]


@dataclass(slots=True, eq=False)
class Fold(Expr):
    """What macros over lists and maps become: a loop with an accumulator."""

    over: Expr
    names: tuple[str, ...]
    accumulator: str
    start: Expr
    step: Expr
    result: Expr


@functools.cache
def _lexer() -> re.Pattern[str]:
    escape = r"""\\(?:[abfnrtv"'\\?`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"""
    text = "|".join((
        r'[rR]"""(?s:.)*?"""', r"[rR]'''(?s:.)*?'''", r'[rR]"[^"\n\r]*"', r"[rR]'[^'\n\r]*'",
        rf'"""(?:{escape}|[^\\])*?"""', rf"'''(?:{escape}|[^\\])*?'''",
        rf'"(?:{escape}|[^\\"\n\r])*"', rf"'(?:{escape}|[^\\'\n\r])*'",
    ))  # fmt: skip
    exponent = r"[eE][+-]?[0-9]+"
    return re.compile(
        rf"(?P<space>[\t \r\n\f]+|//[^\n]*)"
        rf"|(?P<bytes>[bB](?:{text}))|(?P<string>{text})"
        rf"|(?P<float>[0-9]+\.[0-9]+(?:{exponent})?|[0-9]+{exponent}|\.[0-9]+(?:{exponent})?)"
        rf"|(?P<uint>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])|(?P<int>0x[0-9a-fA-F]+|[0-9]+)"
        rf"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<quoted>`[A-Za-z0-9_.\-/ ]+`)"
        rf"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>\[\]{{}}().,\-!?:+*/%])"
    )


Token = tuple[str, str, int]  # kind, text, offset


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    match = _lexer().match
    place = 0
    while place < len(text):
        token = match(text, place)
        if token is None:
            sign = text[place]
            if sign in "\"'":
                raise CelError(place, "a text begins here that is not closed, or holds a `\\` that is no escape")
            raise CelError(
                place,
                f"the sign {sign!r} has no meaning in CEL",
                {"&": "write `&&`", "|": "write `||`", "=": "write `==`"}.get(sign, ""),
            )
        kind = str(token.lastgroup)
        if kind != "space":
            found.append((kind, token.group(), place))
        place = token.end()
    found.append(("end", "", len(text)))
    return found


def parse(text: str) -> Expr:
    """The expression of a text; raises CelError where the server cannot parse it, and TooDeep."""
    if len(text) > MAX_SIZE:
        raise CelError(0, f"it has {len(text)} characters; at most {MAX_SIZE} are allowed")
    try:
        parser = _Parser(text)
        found = parser.expr()
        kind, word, at = parser.tokens[parser.place]
        if kind != "end":
            raise CelError(at, f"`{word}` stands where the expression should be over")
        return found
    except RecursionError:
        raise TooDeep from None


_RELATIONS = frozenset(("<", "<=", ">=", ">", "==", "!=", "in"))


class _Parser:
    """Recursive descent; each method reads one level of precedence."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0

    def _is(self, *words: str) -> bool:
        kind, text, _ = self.tokens[self.place]
        return text in words and kind in ("sign", "name")

    def _take(self, word: str) -> int:
        """The offset of a sign that must come now."""
        kind, text, at = self.tokens[self.place]
        if text != word or kind not in ("sign", "name"):
            found = "the end" if kind == "end" else f"`{text}`"
            raise CelError(at, f"{found} stands where `{word}` should")
        self.place += 1
        return at

    def _next(self) -> int:
        self.place += 1
        return self.tokens[self.place - 1][2]

    def expr(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep
        found = self._or()
        if self._is("?"):
            at = self._next()
            yes = self._or()
            self._take(":")
            found = Call(at, "_?_:_", None, [found, yes, self.expr()])
        self.depth -= 1
        return found

    def _or(self) -> Expr:
        return self._logic("||", "_||_", lambda: self._logic("&&", "_&&_", self._relation))

    def _logic(self, sign: str, function: str, inner: Callable[[], Expr]) -> Expr:
        terms, at = [inner()], -1
        while self._is(sign):
            at = self._next() if at < 0 else (self._next(), at)[1]
            terms.append(inner())
        return terms[0] if at < 0 else Call(at, function, None, terms)

    def _relation(self) -> Expr:
        found = self._sum()
        while self.tokens[self.place][1] in _RELATIONS and self.tokens[self.place][0] in ("sign", "name"):
            word = self.tokens[self.place][1]
            at = self._next()
            found = Call(at, "@in" if word == "in" else f"_{word}_", None, [found, self._sum()])
        return found

    def _sum(self) -> Expr:
        found, length = self._product(), 0
        while self._is("+", "-"):
            length += 1
            if length > MAX_DEPTH:
                raise TooDeep
            word, at = self.tokens[self.place][1], self._next()
            found = Call(at, f"_{word}_", None, [found, self._product()])
        return found

    def _product(self) -> Expr:
        found, length = self._unary(), 0
        while self._is("*", "/", "%"):
            length += 1
            if length > MAX_DEPTH:
                raise TooDeep
            word, at = self.tokens[self.place][1], self._next()
            found = Call(at, f"_{word}_", None, [found, self._unary()])
        return found

    def _unary(self) -> Expr:
        if self._is("!"):
            return self._repeated("!", "!_")
        if self._is("-") and self.tokens[self.place + 1][0] not in ("int", "float"):
            return self._repeated("-", "-_")
        return self._member()

    def _repeated(self, sign: str, function: str) -> Expr:
        at, count = self._next(), 1
        while self._is(sign) and not (sign == "-" and self.tokens[self.place + 1][0] in ("int", "float")):
            self._next()
            count += 1
        inner = self._member()
        return inner if count % 2 == 0 else Call(at, function, None, [inner])

    def _member(self) -> Expr:
        found, length = self._primary(), 0
        while True:
            length += 1
            if length > MAX_DEPTH:
                raise TooDeep
            if self._is("."):
                found = self._dotted(found, self._next())
            elif self._is("["):
                at = self._next()
                optional = self._is("?")
                if optional:
                    self._next()
                found = Call(at, "_[?_]" if optional else "_[_]", None, [found, self.expr()])
                self._take("]")
            else:
                return found

    def _dotted(self, operand: Expr, at: int) -> Expr:
        optional = self._is("?")
        if optional:
            self._next()
        name, quoted = self._field()
        if optional:
            return Call(at, "_?._", None, [operand, Literal(at, "string", name)])
        if self._is("(") and not quoted:
            opened = self._next()
            return self._called(opened, name, operand, self._args())
        return Select(at, operand, name)

    def _field(self) -> tuple[str, bool]:
        """The name of a field, and whether it stands in backticks."""
        kind, text, at = self.tokens[self.place]
        if kind == "quoted":
            self.place += 1
            return text[1:-1], True
        if kind != "name" or text in ("in", "true", "false", "null"):
            found = "the end" if kind == "end" else f"`{text}`"
            raise CelError(at, f"{found} stands where the name of a field should")
        self.place += 1
        return text, False

    def _args(self) -> list[Expr]:
        """The arguments of a call, whose bracket is open."""
        found: list[Expr] = []
        if not self._is(")"):
            found.append(self.expr())
            while self._is(","):
                self._next()
                found.append(self.expr())
        self._take(")")
        return found

    def _primary(self) -> Expr:
        kind, text, at = self.tokens[self.place]
        if kind == "name" or (kind == "sign" and text == "."):
            return self._named()
        if kind == "sign":
            if text == "(":
                self._next()
                found = self.expr()
                self._take(")")
                return found
            if text == "[":
                return self._list(self._next())
            if text == "{":
                return self._map(self._next())
            if text == "-" and self.tokens[self.place + 1][0] in ("int", "float"):
                self._next()
                return self._number("-")
        elif kind in ("int", "uint", "float"):
            return self._number("")
        elif kind in ("string", "bytes"):
            self._next()
            return _text(text, at, kind == "bytes")
        found_text = "it ends" if kind == "end" else f"`{text}` stands"
        raise CelError(at, f"{found_text} where a value should be")

    def _number(self, sign: str) -> Literal:
        kind, text, at = self.tokens[self.place]
        self.place += 1
        if kind == "float":
            value = float(sign + text)
            if value in (float("inf"), float("-inf")):
                raise CelError(at, f"the number {text} is too large")
            return Literal(at, "double", value)
        digits = text.rstrip("uU")
        number = int(digits, 16) if digits.startswith("0x") else int(digits) if len(digits) < 40 else 1 << 80
        number = -number if sign else number
        low, high = (0, 1 << 64) if kind == "uint" else (-(1 << 63), 1 << 63)
        if not low <= number < high:
            raise CelError(at, f"the number {sign}{text} does not fit into 64 bits")
        return Literal(at, kind, number)

    def _named(self) -> Expr:
        """A name, a call of a function, the construction of a message, or one of the three words that are values."""
        start = self.tokens[self.place][2]
        dot = ""
        if self._is("."):
            self._next()
            dot = "."
        kind, text, at = self.tokens[self.place]
        if kind != "name" or text == "in" or (dot and text in ("true", "false", "null")):
            found = "it ends" if kind == "end" else f"`{text}` stands"
            raise CelError(at, f"{found} where a value should be")
        self.place += 1
        if text in ("true", "false"):
            return Literal(at, "bool", text == "true")
        if text == "null":
            return Literal(at, "null_type")
        message = self._message(dot + text, start)
        if message is not None:
            return message
        if text in RESERVED:
            raise CelError(at, f"`{text}` is a word that CEL keeps for itself")
        if self._is("("):
            opened = self._next()
            return self._called(opened, dot + text, None, self._args())
        return Ident(start, dot + text)

    def _message(self, first: str, start: int) -> Struct | None:
        """`a.b.C{...}`: a message, if a brace follows the dotted names."""
        look, names = self.place, [first]
        while self.tokens[look][1] == "." and self.tokens[look + 1][0] == "name":
            names.append(self.tokens[look + 1][1])
            look += 2
        if self.tokens[look][:2] != ("sign", "{"):
            return None
        self.place = look + 1
        fields: list[tuple[str, Expr, bool, int]] = []
        while not self._is("}"):
            optional = self._is("?")
            if optional:
                self._next()
            at = self.tokens[self.place][2]
            name, _ = self._field()
            self._take(":")
            fields.append((name, self.expr(), optional, at))
            if not self._comma("}"):
                break
        self._take("}")
        return Struct(start, ".".join(names), fields)

    def _comma(self, closing: str) -> bool:
        """Whether another item follows: a comma that is not the last one."""
        if not self._is(","):
            return False
        self._next()
        return not self._is(closing)

    def _list(self, at: int) -> Expr:
        items: list[Expr] = []
        optional = set()
        if self._is(","):  # the grammar lets `[,]` through
            self._next()
            self._take("]")
            return ListOf(at, [], frozenset())
        while not self._is("]"):
            if self._is("?"):
                self._next()
                optional.add(len(items))
            items.append(self.expr())
            if not self._comma("]"):
                break
        self._take("]")
        return ListOf(at, items, frozenset(optional))

    def _map(self, at: int) -> Expr:
        entries: list[tuple[Expr, Expr, bool]] = []
        if self._is(","):
            self._next()
            self._take("}")
            return MapOf(at, [])
        while not self._is("}"):
            optional = self._is("?")
            if optional:
                self._next()
            key = self.expr()
            self._take(":")
            entries.append((key, self.expr(), optional))
            if not self._comma("}"):
                break
        self._take("}")
        return MapOf(at, entries)

    def _called(self, at: int, function: str, target: Expr | None, args: list[Expr]) -> Expr:
        expand = _MACROS.get((function, len(args), target is not None))
        found = expand(at, target, args) if expand is not None else None
        return found if found is not None else Call(at, function, target, args)


def _text(token: str, at: int, is_bytes: bool) -> Literal:
    if is_bytes:
        token = token[1:]
    raw = token[0] in "rR"
    if is_bytes:
        if not raw and re.search(r"(?<!\\)(?:\\\\)*\\[uU]", token):
            raise CelError(at, "bytes have no escapes with \\u")
        return Literal(at, "bytes")
    body = token[1:] if raw else token
    quotes = 3 if body[:3] in ('"""', "'''") and len(body) >= 6 else 1
    body = body[quotes:-quotes].replace("\r\n", "\n").replace("\r", "\n")
    if raw or "\\" not in body:
        return Literal(at, "string", body)
    return Literal(
        at, "string", re.sub(r"\\(U.{8}|u.{4}|[xX]..|[0-3]..|.)", lambda found: _escaped(found.group(1), at), body)
    )


_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _escaped(escape: str, at: int) -> str:
    if len(escape) == 1:
        return _ESCAPES.get(escape, escape)
    number = int(escape, 8) if escape[0].isdigit() else int(escape[1:], 16)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise CelError(at, f"`\\{escape}` is no character")
    return chr(number)


# --- macros ------------------------------------------------------------------------------------------------------------------


def _variable(arg: Expr) -> str:
    if not isinstance(arg, Ident):
        raise CelError(
            arg.at, "the first argument of this macro is the name of a variable", "write a plain name, such as `x`"
        )
    if arg.name in (ACCUMULATOR, "__result__"):
        raise CelError(arg.at, f"a variable cannot be called `{arg.name}`")
    return arg.name


def _two_variables(args: list[Expr]) -> tuple[str, str]:
    one, two = _variable(args[0]), _variable(args[1])
    if one == two:
        raise CelError(args[1].at, f"both variables are called `{one}`")
    return one, two


def _accumulated(at: int) -> Ident:
    return Ident(at, ACCUMULATOR)


def _has(at: int, target: Expr | None, args: list[Expr]) -> Expr:
    arg = args[0]
    if not isinstance(arg, Select) or arg.test:
        raise CelError(arg.at, "has() takes a field, such as has(object.spec)", "write a field with its dot")
    return Select(at, arg.operand, arg.field, True)


def _quantifier(kind: str, two: bool) -> Macro:
    def expand(at: int, target: Expr | None, args: list[Expr]) -> Expr:
        assert target is not None
        names = _two_variables(args) if two else (_variable(args[0]),)
        test = args[-1]
        if kind == "one":
            added = Call(at, "_+_", None, [_accumulated(at), Literal(at, "int", 1)])
            step: Expr = Call(at, "_?_:_", None, [test, added, _accumulated(at)])
            result: Expr = Call(at, "_==_", None, [_accumulated(at), Literal(at, "int", 1)])
            return Fold(at, target, names, ACCUMULATOR, Literal(at, "int", 0), step, result)
        step = Call(at, "_&&_" if kind == "all" else "_||_", None, [_accumulated(at), test])
        return Fold(at, target, names, ACCUMULATOR, Literal(at, "bool", kind == "all"), step, _accumulated(at))

    return expand


def _conditional(at: int, condition: Expr | None, step: Expr) -> Expr:
    return step if condition is None else Call(at, "_?_:_", None, [condition, step, _accumulated(at)])


def _to_list(variables: int) -> Macro:
    def expand(at: int, target: Expr | None, args: list[Expr]) -> Expr:
        assert target is not None
        names: tuple[str, ...] = _two_variables(args) if variables == 2 else (_variable(args[0]),)
        rest = args[variables:]
        added = Call(at, "_+_", None, [_accumulated(at), ListOf(at, [rest[-1]], frozenset())])
        step = _conditional(at, rest[0] if len(rest) == 2 else None, added)
        return Fold(at, target, names, ACCUMULATOR, ListOf(at, [], frozenset()), step, _accumulated(at))

    return expand


def _filter(at: int, target: Expr | None, args: list[Expr]) -> Expr:
    assert target is not None
    names = (_variable(args[0]),)
    added = Call(at, "_+_", None, [_accumulated(at), ListOf(at, [args[0]], frozenset())])
    step = _conditional(at, args[1], added)
    return Fold(at, target, names, ACCUMULATOR, ListOf(at, [], frozenset()), step, _accumulated(at))


def _to_map(by_entry: bool) -> Macro:
    def expand(at: int, target: Expr | None, args: list[Expr]) -> Expr:
        assert target is not None
        names = _two_variables(args)
        rest = args[2:]
        given = [rest[-1]] if by_entry else [Ident(at, names[0]), rest[-1]]
        inserted = Call(at, "cel.@mapInsert", None, [_accumulated(at), *given])
        step = _conditional(at, rest[0] if len(rest) == 2 else None, inserted)
        return Fold(at, target, names, ACCUMULATOR, MapOf(at, []), step, _accumulated(at))

    return expand


def _optional_map(flat: bool) -> Macro:
    def expand(at: int, target: Expr | None, args: list[Expr]) -> Expr:
        assert target is not None
        name = _variable(args[0])
        nothing = ListOf(at, [], frozenset())
        inner: Expr = Fold(at, nothing, (UNUSED,), name, Call(at, "value", target, []), Ident(at, name), args[1])
        some = inner if flat else Call(at, "optional.of", None, [inner])
        return Call(at, "_?_:_", None, [Call(at, "hasValue", target, []), some, Call(at, "optional.none", None, [])])

    return expand


def _sort_by(at: int, target: Expr | None, args: list[Expr]) -> Expr:
    assert target is not None
    if isinstance(target, (Literal, MapOf, Struct)):
        raise CelError(target.at, "sortBy sorts a list")
    name = "@__sortBy_input__"
    keys = _to_list(1)(at, Ident(at, name), args)
    assert keys is not None
    call = Call(at, "@sortByAssociatedKeys", Ident(at, name), [keys])
    return Fold(at, ListOf(at, [], frozenset()), (UNUSED,), name, target, Ident(at, name), call)


def _bind(at: int, target: Expr | None, args: list[Expr]) -> Expr | None:
    """`cel.bind(name, value, expression)`; only devices' selectors know it, so the checker asks for `@bind`."""
    if not isinstance(target, Ident) or target.name != "cel":
        return None
    if not isinstance(args[0], Ident):
        raise CelError(args[0].at, "the first argument of cel.bind is the name of a variable")
    name = args[0].name
    return Fold(at, ListOf(at, [], frozenset()), (UNUSED, "@bind"), name, args[1], Ident(at, name), args[2])


Macro = Callable[[int, "Expr | None", "list[Expr]"], "Expr | None"]

_MACROS: dict[tuple[str, int, bool], Macro] = {
    ("has", 1, False): _has,
    ("all", 2, True): _quantifier("all", False),
    ("exists", 2, True): _quantifier("exists", False),
    ("exists_one", 2, True): _quantifier("one", False),
    ("all", 3, True): _quantifier("all", True),
    ("exists", 3, True): _quantifier("exists", True),
    ("exists_one", 3, True): _quantifier("one", True),
    ("existsOne", 3, True): _quantifier("one", True),
    ("map", 2, True): _to_list(1),
    ("map", 3, True): _to_list(1),
    ("filter", 2, True): _filter,
    ("transformList", 3, True): _to_list(2),
    ("transformList", 4, True): _to_list(2),
    ("transformMap", 3, True): _to_map(False),
    ("transformMap", 4, True): _to_map(False),
    ("transformMapEntry", 3, True): _to_map(True),
    ("transformMapEntry", 4, True): _to_map(True),
    ("optMap", 2, True): _optional_map(False),
    ("optFlatMap", 2, True): _optional_map(True),
    ("sortBy", 2, True): _sort_by,
    ("bind", 3, True): _bind,
}
