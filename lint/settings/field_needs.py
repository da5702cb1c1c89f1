"""Which fields a manifest has to hold somewhere before a rule can say anything: read from the rule's code, for the index of rules.

The code of a check is followed with a subject that holds none of some fields: what is read of them is not there, loops over it do not
run, and what is not known may be either way. Where no finding can be reached, the check need not be called for a manifest without those
fields. What the code looks up in other places (the cluster, the object around a part) is never taken to be known. A rule whose code is
written in a way that is not followed here has no such fields, and is always called.
"""

from __future__ import annotations

import ast
import builtins
import functools
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node

_EVERYWHERE = frozenset(("apiVersion", "kind", "metadata", "name", "spec", "template", "containers", "image"))
"""Fields that are no help: nearly every object that rules look at has them."""
_FREQUENT = (
    "labels",
    "namespace",
    "ports",
    "selector",
    "env",
    "args",
    "command",
    "resources",
    "volumes",
    "volumeMounts",
    "replicas",
)
_MOST_STEPS, _DEEPEST, _MOST_ITEMS = 20_000, 8, 40


class _Unfollowed(Exception):
    """Code that is not followed."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a value: `what` it is, and what belongs to that.

    `const`: this value. `absent`: a node without a value. `inside`: anything within the subject, in which the fields are not; of a class
    of views, where that is known. `items`: an iterable of such items, `none`: one without items. `several`: a tuple of these. `falsy`:
    something that counts as false. `open`: anything at all.
    """

    what: str
    value: Any = None


_OPEN, _ABSENT, _NO_ITEMS, _FALSY = _Known("open"), _Known("absent"), _Known("none"), _Known("falsy")
_INSIDE, _NONE = _Known("inside"), _Known("const", None)


def fields_needed(check: Callable[..., Any]) -> tuple[str, ...]:
    """Fields of which a manifest has to hold one, wherever, for a check to find anything; none where that is not known."""
    needed = _consulted(check, lambda name: name not in _EVERYWHERE)
    if not needed:
        return ()
    order = sorted(needed, key=lambda name: (_FREQUENT.index(name) if name in _FREQUENT else len(_FREQUENT), name))
    for name in order:
        fewer = needed - {name}
        if fewer and _consulted(check, fewer.__contains__) is not None:
            needed = fewer
    return tuple(sorted(needed))


def _consulted(check: Callable[..., Any], is_absent: Callable[[str], bool]) -> frozenset[str] | None:
    """The absent fields that a check asks for, where it finds nothing without them; else None."""
    walk = _Follower(is_absent)
    names = check.__code__.co_varnames[: check.__code__.co_argcount]
    subject = check.__globals__.get(str(check.__annotations__.get(names[0])).partition("|")[0].strip())
    if not isinstance(subject, type) or not issubclass(subject, Node):
        return None
    if "|" in str(check.__annotations__[names[0]]):
        subject = None
    try:
        found = walk.call(check, [_Known("inside", subject), *[_OPEN] * (len(names) - 1)], {})
    except (_Unfollowed, RecursionError):
        return None
    return frozenset(walk.consulted) if found.what == "none" else None


@functools.cache
def _functions(file: str) -> dict[tuple[str, int], ast.FunctionDef]:
    """The functions of a file by name and first line."""
    with open(file, encoding="utf-8") as source:
        tree = ast.parse(source.read())
    return {
        (one.name, min([one.lineno, *(d.lineno for d in one.decorator_list)])): one
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef)
    }


@functools.cache
def _is_generator(function: ast.FunctionDef) -> bool:
    return any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in _own(function))


def _own(function: ast.AST) -> Iterable[ast.AST]:
    """What stands in a function itself."""
    pending = list(ast.iter_child_nodes(function))
    while pending:
        one = pending.pop()
        yield one
        if not isinstance(one, (ast.FunctionDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(one))


class _Frame:
    """One call that is followed: its names, and what it returns and yields."""

    def __init__(self, world: dict[str, Any], names: dict[str, _Known]) -> None:
        self.world = world
        self.names = names
        self.returned: list[_Known] = []
        self.yielded: list[_Known] = []


class _Follower:
    """Follows code in which some fields are absent."""

    def __init__(self, is_absent: Callable[[str], bool]) -> None:
        self.is_absent = is_absent
        self.consulted: set[str] = set()
        self.steps = 0
        self.depth = 0

    # --- calls

    def call(self, function: Any, arguments: Sequence[_Known], named: dict[str, _Known]) -> _Known:
        """What a function of ours gives."""
        code = function.__code__
        node = _functions(code.co_filename).get((code.co_name, code.co_firstlineno))
        if node is None or self.depth >= _DEEPEST or node.args.vararg or node.args.kwarg:
            return _OPEN
        names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
        bound = dict.fromkeys(names, _OPEN)
        bound.update(zip(names, arguments, strict=False))
        bound.update({name: value for name, value in named.items() if name in bound})
        defaults = node.args.defaults
        for name, default in zip(
            [one.arg for one in node.args.args[len(node.args.args) - len(defaults) :]], defaults, strict=True
        ):
            if names.index(name) >= len(arguments) and name not in named and isinstance(default, ast.Constant):
                bound[name] = _Known("const", default.value)
        frame = _Frame(function.__globals__, bound)
        self.depth += 1
        try:
            ends = self.block(node.body, frame)
        finally:
            self.depth -= 1
        if _is_generator(node):
            return _Known("items", _joined(frame.yielded)) if frame.yielded else _NO_ITEMS
        return _joined([*frame.returned, *([_NONE] if ends else [])])

    # --- statements: whether what follows can be reached

    def block(self, statements: Sequence[ast.stmt], frame: _Frame) -> bool:
        """Follow statements one after the other."""
        return all(self.statement(one, frame) for one in statements)

    def statement(self, one: ast.stmt, frame: _Frame) -> bool:
        """Follow one statement."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _Unfollowed
        follow = getattr(self, f"_{type(one).__name__.lower()}", None)
        if follow is None:
            raise _Unfollowed
        reached: bool = follow(one, frame)
        return reached

    def _pass(self, one: ast.Pass, frame: _Frame) -> bool:
        return True

    def _expr(self, one: ast.Expr, frame: _Frame) -> bool:
        self.value(one.value, frame)
        return True

    def _assert(self, one: ast.Assert, frame: _Frame) -> bool:
        return True

    def _raise(self, one: ast.Raise, frame: _Frame) -> bool:
        return False

    def _break(self, one: ast.Break, frame: _Frame) -> bool:
        return False

    _continue = _break

    def _return(self, one: ast.Return, frame: _Frame) -> bool:
        frame.returned.append(_NONE if one.value is None else self.value(one.value, frame))
        return False

    def _assign(self, one: ast.Assign, frame: _Frame) -> bool:
        value = self.value(one.value, frame)
        for target in one.targets:
            self.bind(target, value, frame)
        return True

    def _annassign(self, one: ast.AnnAssign, frame: _Frame) -> bool:
        if one.value is not None:
            self.bind(one.target, self.value(one.value, frame), frame)
        return True

    def _augassign(self, one: ast.AugAssign, frame: _Frame) -> bool:
        self.value(one.value, frame)
        self.bind(one.target, _OPEN, frame)
        return True

    def _if(self, one: ast.If, frame: _Frame) -> bool:
        holds = self.truth(one.test, frame)
        if holds is not None:
            return self.block(one.body if holds else one.orelse, frame)
        before = dict(frame.names)
        first = self.block(one.body, frame)
        after = frame.names
        frame.names = before
        second = self.block(one.orelse, frame)
        if first and second:
            names = after.keys() & frame.names.keys()
            frame.names = {name: _joined([after[name], frame.names[name]]) for name in names}
        elif first:
            frame.names = after
        return first or second

    def _for(self, one: ast.For, frame: _Frame) -> bool:
        items = self.items(self.value(one.iter, frame))
        if items:
            for item in items:
                self._forget(one.body, frame)
                self.bind(one.target, item, frame)
                self.block(one.body, frame)
            self._forget([one], frame)
        return self.block(one.orelse, frame)

    def _while(self, one: ast.While, frame: _Frame) -> bool:
        if self.truth(one.test, frame) is not False:
            self._forget([one], frame)
            self.truth(one.test, frame)
            self.block(one.body, frame)
            self._forget([one], frame)
        return self.block(one.orelse, frame)

    def _with(self, one: ast.With, frame: _Frame) -> bool:
        for item in one.items:
            self.value(item.context_expr, frame)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, _OPEN, frame)
        return self.block(one.body, frame)

    def _try(self, one: ast.Try, frame: _Frame) -> bool:
        reached = self.block(one.body, frame) and self.block(one.orelse, frame)
        for handler in one.handlers:
            self._forget(one.body, frame)
            if handler.name:
                frame.names[handler.name] = _OPEN
            reached = self.block(handler.body, frame) or reached
        self._forget([one], frame)
        return self.block(one.finalbody, frame) and reached

    def _forget(self, statements: Sequence[ast.stmt], frame: _Frame) -> None:
        """Take nothing for known of names that statements assign or change."""
        for statement in statements:
            for one in ast.walk(statement):
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                    frame.names[one.id] = _OPEN
                elif isinstance(one, (ast.Attribute, ast.Subscript)) and isinstance(one.value, ast.Name):
                    self._changed(one.value, frame)
                elif isinstance(one, ast.Call):
                    for argument in one.args:
                        self._changed(argument, frame)

    def _changed(self, one: ast.expr, frame: _Frame) -> None:
        """A list, mapping or set that was written here may hold anything now."""
        if isinstance(one, ast.Name):
            known = frame.names.get(one.id)
            if known is not None and (
                known.what in ("items", "none", "several") or known.value.__class__ in (list, dict, set)
            ):
                frame.names[one.id] = _OPEN

    def bind(self, target: ast.expr, value: _Known, frame: _Frame) -> None:
        """Give a value to a name, or its items to several."""
        if isinstance(target, ast.Name):
            frame.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            items = self.items(value) if value.what == "several" or value.value.__class__ is tuple else []
            if len(items) != len(target.elts):
                items = []
            inner = _INSIDE if value.what == "inside" else _OPEN
            for number, each in enumerate(target.elts):
                self.bind(each, items[number] if items else inner, frame)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, _OPEN, frame)
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            self._changed(target.value, frame)

    # --- values

    def items(self, value: _Known) -> list[_Known]:
        """What an iteration over a value gives: each item, one for all, or nothing."""
        if value.what in ("none", "falsy"):
            return []
        if value.what == "items":
            return [value.value]
        if value.what == "several":
            return list(value.value)
        if value.what == "inside":
            return [_INSIDE]
        if value.what == "const" and isinstance(value.value, (tuple, list, dict, set, frozenset, str, type(None))):
            every = list(value.value or ())
            return [_Known("const", each) for each in every] if len(every) <= _MOST_ITEMS else [_OPEN]
        return [_OPEN]

    def truth(self, test: ast.expr, frame: _Frame) -> bool | None:
        """Whether a condition holds; None: it may."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.truth(test.operand, frame)
            return None if inner is None else not inner
        if isinstance(test, ast.BoolOp):
            decisive = isinstance(test.op, ast.Or)
            every = []
            for operand in test.values:
                holds = self.truth(operand, frame)
                if holds is decisive:
                    return decisive
                every.append(holds)
            return None if None in every else not decisive
        return _truth(self.value(test, frame))

    def value(self, one: ast.expr, frame: _Frame) -> _Known:
        """What is known of the value of an expression."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _Unfollowed
        follow = getattr(self, f"_of_{type(one).__name__.lower()}", None)
        if follow is not None:
            found: _Known = follow(one, frame)
            return found
        for inner in ast.iter_child_nodes(one):
            if isinstance(inner, ast.expr):
                self.value(inner, frame)
        return _OPEN

    def _of_constant(self, one: ast.Constant, frame: _Frame) -> _Known:
        return _Known("const", one.value)

    def _of_lambda(self, one: ast.Lambda, frame: _Frame) -> _Known:
        return _OPEN

    def _of_name(self, one: ast.Name, frame: _Frame) -> _Known:
        if one.id in frame.names:
            return frame.names[one.id]
        value = frame.world.get(one.id, _OPEN)
        if isinstance(value, (str, int, tuple, frozenset, type(None))) or (isinstance(value, dict) and value):
            return _Known("const", value)
        return _OPEN  # an empty mapping may be one that is filled on the way

    def _of_yield(self, one: ast.Yield, frame: _Frame) -> _Known:
        frame.yielded.append(_NONE if one.value is None else self.value(one.value, frame))
        return _OPEN

    def _of_yieldfrom(self, one: ast.YieldFrom, frame: _Frame) -> _Known:
        frame.yielded.extend(self.items(self.value(one.value, frame)))
        return _OPEN

    def _of_namedexpr(self, one: ast.NamedExpr, frame: _Frame) -> _Known:
        value = self.value(one.value, frame)
        self.bind(one.target, value, frame)
        return value

    def _of_tuple(self, one: ast.Tuple | ast.List | ast.Set, frame: _Frame) -> _Known:
        every: list[_Known] = []
        exact = True
        for each in one.elts:
            if isinstance(each, ast.Starred):
                inner = self.value(each.value, frame)
                exact = exact and inner.what in ("none", "several", "const", "falsy")
                every += self.items(inner)
            else:
                every.append(self.value(each, frame))
        if not every:
            return _Known("const", ()) if isinstance(one, ast.Tuple) else _Known("const", [])
        return _Known("several", tuple(every)) if exact else _Known("items", _joined(every))

    _of_list = _of_set = _of_tuple

    def _of_dict(self, one: ast.Dict, frame: _Frame) -> _Known:
        return _OPEN if one.values else _Known("const", {})

    def _of_unaryop(self, one: ast.UnaryOp, frame: _Frame) -> _Known:
        if isinstance(one.op, ast.Not):
            holds = self.truth(one, frame)
            return _OPEN if holds is None else _Known("const", holds)
        return _OPEN

    def _of_boolop(self, one: ast.BoolOp, frame: _Frame) -> _Known:
        decisive = isinstance(one.op, ast.Or)
        maybe: list[_Known] = []
        for number, operand in enumerate(one.values):
            value = self.value(operand, frame)
            holds = _truth(value)
            if number == len(one.values) - 1 or holds is decisive:
                if not decisive and holds is False and maybe:
                    return _FALSY
                return _joined([*maybe, value])
            if holds is None:
                maybe.append(value)
        return _OPEN

    def _of_ifexp(self, one: ast.IfExp, frame: _Frame) -> _Known:
        holds = self.truth(one.test, frame)
        if holds is None:
            return _joined([self.value(one.body, frame), self.value(one.orelse, frame)])
        return self.value(one.body if holds else one.orelse, frame)

    def _of_compare(self, one: ast.Compare, frame: _Frame) -> _Known:
        values = [self.value(each, frame) for each in (one.left, *one.comparators)]
        if len(values) != 2:
            return _OPEN
        left, right = values
        operator = one.ops[0]
        if isinstance(operator, (ast.In, ast.NotIn)):
            negated = isinstance(operator, ast.NotIn)
            if right.what in ("none", "falsy") or (right.what == "const" and not right.value):
                return _Known("const", negated)
            if left.what == right.what == "const":
                return _decided(lambda: (left.value in right.value) is not negated)
            return _OPEN
        if (
            isinstance(operator, (ast.Is, ast.IsNot))
            and right == _NONE
            and left.what in ("absent", "several", "items", "none")
        ):
            return _Known("const", isinstance(operator, ast.IsNot))
        if left.what == right.what == "const":
            return _decided(lambda: _COMPARED[type(operator)](left.value, right.value))
        return _OPEN

    def _of_subscript(self, one: ast.Subscript, frame: _Frame) -> _Known:
        base, key = self.value(one.value, frame), self.value(one.slice, frame)
        if base.what in ("inside", "absent"):
            return self._within(base, [key])
        if base.what == "const" and key.what == "const":
            return _decided(lambda: base.value[key.value])
        return _OPEN

    _of_slice = _of_lambda

    def _within(self, base: _Known, keys: Sequence[_Known], view: Any = None) -> _Known:
        """The node at a path from another one."""
        if base.what == "absent":
            return _ABSENT
        for key in keys:
            if key.what == "const" and key.value.__class__ is str and self.is_absent(key.value):
                self.consulted.add(key.value)
                return _ABSENT
        return _Known("inside", view)

    def _of_attribute(self, one: ast.Attribute, frame: _Frame) -> _Known:
        base = self.value(one.value, frame)
        if base.what == "absent":
            return {"value": _NONE, "present": _Known("const", False)}.get(one.attr, _OPEN)
        if base.what == "inside":
            if one.attr == "value":
                return _INSIDE
            if one.attr == "pod" and any(each.__name__ == "Workload" for each in getattr(base.value, "__mro__", ())):
                return _Known("inside", _pod_spec())
            member = _member(base.value, one.attr)
            if isinstance(member, property) and member.fget is not None:
                return self.call(member.fget, [base], {})
        if base.what == "const" and one.attr == "__class__":
            return _Known("const", base.value.__class__)
        return _OPEN

    # --- comprehensions

    def _of_generatorexp(self, one: Any, frame: _Frame) -> _Known:
        before = dict(frame.names)
        try:
            found = self._comprehended(one.generators, one, frame)
        finally:
            frame.names = before
        if not found:
            return _NO_ITEMS if isinstance(one, ast.GeneratorExp) else _Known("const", [])
        return _Known("items", _joined(found))

    _of_listcomp = _of_setcomp = _of_dictcomp = _of_generatorexp

    def _comprehended(self, generators: Sequence[ast.comprehension], one: Any, frame: _Frame) -> list[_Known]:
        """The items that a comprehension can give."""
        if not generators:
            return [self.value(one.elt, frame) if hasattr(one, "elt") else _OPEN]
        found: list[_Known] = []
        for item in self.items(self.value(generators[0].iter, frame)):
            self.bind(generators[0].target, item, frame)
            if all(self.truth(test, frame) is not False for test in generators[0].ifs):
                found += self._comprehended(generators[1:], one, frame)
        return found

    # --- calls

    def _of_call(self, one: ast.Call, frame: _Frame) -> _Known:
        if isinstance(one.func, ast.Attribute):
            base = self.value(one.func.value, frame)
            arguments = self._arguments(one, frame)
            found = self._method(base, one.func.attr, one, arguments, frame)
            if one.func.attr not in _READS:
                self._changed(one.func.value, frame)
        elif isinstance(one.func, ast.Name):
            arguments = self._arguments(one, frame)
            found = self._function(one.func.id, one, arguments, frame)
        else:
            self.value(one.func, frame)
            arguments = self._arguments(one, frame)
            found = None
        name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        if found is None or not (name in _READS or getattr(builtins, name, None) in _BUILT_IN):
            for argument in (*one.args, *(keyword.value for keyword in one.keywords)):
                self._changed(argument.value if isinstance(argument, ast.Starred) else argument, frame)
        return _OPEN if found is None else found

    def _arguments(self, one: ast.Call, frame: _Frame) -> list[_Known]:
        found: list[_Known] = []
        for argument in one.args:
            if isinstance(argument, ast.Starred):
                inner = self.value(argument.value, frame)
                if inner.what not in ("several", "const"):
                    found.append(_OPEN)
                else:
                    found += self.items(inner)
            else:
                found.append(self.value(argument, frame))
        for keyword in one.keywords:
            self.value(keyword.value, frame)
        return found

    def _function(self, name: str, one: ast.Call, arguments: list[_Known], frame: _Frame) -> _Known | None:
        """What a function that is called by its name gives; None: nobody knows, and it may change what it is given."""
        function = frame.world.get(name, getattr(builtins, name, None)) if name not in frame.names else None
        starred = any(isinstance(each, ast.Starred) for each in one.args)
        if isinstance(function, types.FunctionType):
            is_ours = function.__globals__ is frame.world or function.__module__.startswith("kubetrial.")
            if not is_ours or starred:
                return None
            named = {k.arg: self.value(k.value, frame) for k in one.keywords if k.arg}
            return self.call(function, arguments, named)
        if (
            function is isinstance
            and len(arguments) == 2
            and arguments[0].what == "const"
            and isinstance(one.args[1], ast.Name)
        ):
            kind = getattr(builtins, one.args[1].id, None)
            return _Known("const", isinstance(arguments[0].value, kind)) if isinstance(kind, type) else _OPEN
        if function not in _BUILT_IN or not arguments or starred:
            return None
        return self._built_in(function, arguments, bool(one.keywords))

    def _built_in(self, function: Any, arguments: list[_Known], named: bool) -> _Known:
        every = self.items(arguments[0])
        if function is enumerate:
            return _Known("items", _Known("several", (_OPEN, _joined(every)))) if every else _NO_ITEMS
        if function is zip:
            several = [self.items(each) for each in arguments]
            if not all(several):
                return _NO_ITEMS
            return _Known("items", _Known("several", tuple(map(_joined, several))))
        if function in (any, all):
            decisive = function is any
            if all(_truth(each) is (not decisive) for each in every):
                return _Known("const", not decisive)
            return _OPEN
        if function is next:
            return arguments[1] if len(arguments) > 1 and not every else _OPEN
        if function in (len, bool):
            return _decided(lambda: function(arguments[0].value)) if arguments[0].what == "const" else _OPEN
        return _Known("items", _joined(every)) if every else _Known("const", [])

    def _method(self, base: _Known, name: str, one: ast.Call, arguments: list[_Known], frame: _Frame) -> _Known | None:
        """What a method gives; None: nobody knows, and it may change what it is given."""
        if base.what in ("inside", "absent"):
            found = self._of_node(base, name, one, arguments, frame)
            if found is not None:
                return found
            member = _member(base.value, name) if base.what == "inside" else None
            if isinstance(member, types.FunctionType):
                return self.call(member, [base, *arguments], {})
            return None
        if base.what == "const" and name == "get" and base.value.__class__ is dict and arguments:
            default = arguments[1] if len(arguments) > 1 else _NONE
            if not base.value:
                return default
            if arguments[0].what == "const":
                key = arguments[0].value
                return _Known("const", base.value[key]) if key in base.value else default
            return _OPEN
        if (
            base.what == "const"
            and name in ("items", "keys", "values")
            and base.value.__class__ in (dict, types.MappingProxyType)
        ):
            return _Known("const", tuple(getattr(base.value, name)()))
        return None if name not in _READS else _OPEN

    def _of_node(self, base: _Known, name: str, one: ast.Call, arguments: list[_Known], frame: _Frame) -> _Known | None:
        """What the methods of nodes, and of plain mappings, give."""
        absent = base.what == "absent"
        if name == "get" and arguments:
            default = arguments[1] if len(arguments) > 1 else _NONE
            if self._within(base, arguments[:1]).what == "absent":
                return default
            return _joined([_INSIDE, default])
        if name in ("items", "fields", "values", "keys"):
            return _NO_ITEMS if absent else _INSIDE
        if name == "mapping":
            return _Known("const", {}) if absent else _INSIDE
        if name == "at":
            return self._within(base, arguments)
        if name in ("view", "views") and one.args:
            cls = frame.world.get(one.args[0].id) if isinstance(one.args[0], ast.Name) else None
            found = self._within(base, arguments[1:], cls)
            if name == "view":
                return found
            return _NO_ITEMS if found.what == "absent" else _Known("items", found)
        if name == "once" and len(one.args) == 1 and isinstance(one.args[0], ast.Name) and not absent:
            function = frame.world.get(one.args[0].id)
            return self.call(function, [base], {}) if isinstance(function, types.FunctionType) else _OPEN
        return None


_READS = frozenset(
    ("get", "items", "keys", "values", "mapping", "at", "view", "views", "fields", "once", "found", "up")
)
_BUILT_IN = (enumerate, zip, any, all, next, len, bool, list, tuple, sorted, set, frozenset, reversed, iter)
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}


def _decided(work: Callable[[], Any]) -> _Known:
    """A constant that is worked out; unknown where that fails."""
    try:
        return _Known("const", work())
    except Exception:
        return _OPEN


def _truth(value: _Known) -> bool | None:
    """Whether a value counts as true; None: it may."""
    if value.what == "const":
        return bool(value.value)
    return {"absent": True, "several": True, "falsy": False}.get(value.what)


def _joined(every: Sequence[_Known]) -> _Known:
    """What is known of a value that is one of some."""
    first = every[0]
    if all(
        one.what == first.what and one.value.__class__ is first.value.__class__ and one.value == first.value
        for one in every
    ):
        return first
    if all(one.what in ("inside", "const", "falsy", "absent", "none") for one in every) and any(
        one.what == "inside" for one in every
    ):
        return _INSIDE
    return _OPEN


def _member(cls: Any, name: str) -> Any:
    """A method or property of a view's class."""
    return getattr(cls, name, None) if isinstance(cls, type) and not hasattr(Node, name) else None


def _pod_spec() -> Any:
    return vars(sys.modules["kubetrial.lint.objects.views"])["PodSpec"]
