"""`dataclass` as the standard library has it, at a tenth of its cost where a command starts.

A run of one small file defines some eighty classes and makes instances of thirty. The standard library compiles five functions for each
class as it is defined, and imports inspect, ast and tokenize: a third of such a run. Here a class is cheap to define, and what makes its
instances is compiled when some were made. What is not here: keyword-only fields, InitVar, and defaults that are descriptors.
`tests/values/test_records.py` holds both to the same behaviour.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import fields as fields
    from dataclasses import replace as replace
else:
    _MISSING = object()
    _FIELDS = "__dataclass_fields__"  # where the standard library keeps them too: its `replace` works on instances

    class Field:
        """One field of a class: its name, its default or what makes it, and where it takes part."""

        __slots__ = ("compare", "default", "factory", "init", "name", "repr")
        _field_type = None  # for the standard library: neither ClassVar nor InitVar

        def __init__(self, default, factory, init, repr, compare):
            self.name = ""
            self.default = default
            self.factory = factory
            self.init = init
            self.repr = repr
            self.compare = compare

    def field(*, default=_MISSING, default_factory=_MISSING, init=True, repr=True, compare=True):
        """A field that says more than its type and default."""
        return Field(default, default_factory, init, repr, compare)

    def fields(cls):
        """The fields of a class or of an instance, in order."""
        return tuple(getattr(cls, _FIELDS).values())

    def replace(instance, /, **changes):
        """A copy with some fields changed."""
        values = {f.name: getattr(instance, f.name) for f in getattr(instance, _FIELDS).values() if f.init}
        return instance.__class__(**{**values, **changes})

    def dataclass(cls=None, /, *, frozen=False, slots=False, order=False, eq=True):
        """A class whose fields are its annotations."""
        if cls is None:
            return lambda cls: _made(cls, frozen, slots, order, eq)
        return _made(cls, frozen, slots, order, eq)

    def _made(cls, frozen, slots, order, eq):
        own = [_field(cls, name) for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")]
        inherited = {f.name: f for base in reversed(cls.__mro__[1:]) for f in base.__dict__.get(_FIELDS, {}).values()}
        every = tuple({**inherited, **{f.name: f for f in own}}.values())
        namespace = {} if slots else None
        if slots:
            namespace = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
            for f in own:
                namespace.pop(f.name, None)
            namespace["__slots__"] = tuple(f.name for f in own if f.name not in inherited)
            qualified = cls.__qualname__
            cls = type(cls)(cls.__name__, cls.__bases__, namespace)
            cls.__qualname__ = qualified
        else:
            for f in own:
                if f.default is not _MISSING:
                    setattr(cls, f.name, f.default)
                elif isinstance(cls.__dict__.get(f.name), Field):
                    delattr(cls, f.name)
        setattr(cls, _FIELDS, {f.name: f for f in every})
        cls.__match_args__ = tuple(f.name for f in every if f.init)
        _add_methods(cls, every, frozen, slots, order, eq)
        return cls

    def _field(cls, name):
        default = cls.__dict__.get(name, _MISSING)
        found = default if isinstance(default, Field) else Field(default, _MISSING, True, True, True)
        if found.default.__class__ in (list, dict, set):
            raise ValueError(f"mutable default {found.default!r} for field {name} is not allowed: use default_factory")
        found.name = name
        return found

    def _add_methods(cls, every, frozen, slots, order, eq):
        own = cls.__dict__
        if "__init__" not in own:
            cls.__init__ = _first_init(cls, every, frozen, slots)
        if "__repr__" not in own:
            cls.__repr__ = _repr
        if eq:
            cls.__record_key__ = _key(tuple(f.name for f in every if f.compare))
            if "__eq__" not in own:
                cls.__eq__ = _eq
            if own.get("__hash__", None) is None:
                cls.__hash__ = _hash if frozen else None
        if order:
            cls.__lt__, cls.__le__, cls.__gt__, cls.__ge__ = _lt, _le, _gt, _ge
        if frozen:
            cls.__setattr__, cls.__delattr__ = _refuse_set, _refuse_delete
            if slots and "__getstate__" not in own:
                cls.__getstate__, cls.__setstate__ = _getstate, _setstate

    def _key(names):
        """What makes the values of an instance that take part in comparisons, as a tuple."""
        if not names:
            return staticmethod(lambda instance: ())
        get = attrgetter(*names)
        return staticmethod(get if len(names) > 1 else lambda instance: (get(instance),))

    _FEW = 30
    """So many instances are made field by field: to compile what makes them takes as long as many more of these."""

    def _first_init(cls, every, frozen, slots):
        """An `__init__` that takes its own place by the real one when some instances were made, or where it is called otherwise."""
        names = [f.name for f in every if f.init]
        made = 0

        def __init__(self, *args, **kwargs):  # noqa: N807
            nonlocal made
            made += 1
            values = (
                dict(zip(names, args, strict=False), **kwargs) if len(args) <= len(names) and made <= _FEW else None
            )
            if values is None or len(values) != len(args) + len(kwargs) or not _filled(self, every, values):
                cls.__init__ = init = _init(cls, every, frozen, slots)
                init(self, *args, **kwargs)
            elif hasattr(cls, "__post_init__"):
                self.__post_init__()

        return __init__

    def _filled(instance, every, values):
        """Set the fields of an instance; False where one has no value, or a value has no field."""
        left = len(values)
        for f in every:
            if f.init and f.name in values:
                left -= 1
                value = values[f.name]
            elif f.default is not _MISSING:
                value = f.default
            elif f.factory is not _MISSING:
                value = f.factory()
            elif f.init:
                return False
            else:
                continue
            object.__setattr__(instance, f.name, value)
        return not left

    def _init(cls, every, frozen, slots):
        known = {"MISSING": _MISSING, "set_": object.__setattr__}
        parameters, rows = ["self"], []
        for f in every:
            name = f.name
            value = name
            if f.default is not _MISSING:
                known[f"default_{name}"] = f.default
                parameters += [f"{name}=default_{name}"] if f.init else []
                value = name if f.init else f"default_{name}"
            elif f.factory is not _MISSING:
                known[f"factory_{name}"] = f.factory
                parameters += [f"{name}=MISSING"] if f.init else []
                made = f"factory_{name}()"
                value = f"{made} if {name} is MISSING else {name}" if f.init else made
            elif f.init:
                parameters.append(name)
            else:
                continue
            if slots:
                known[f"put_{name}"] = getattr(cls, name).__set__  # past __setattr__, which frozen classes refuse
                rows.append(f" put_{name}(self, {value})")
            else:
                rows.append(f" set_(self, {name!r}, {value})" if frozen else f" self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            rows.append(" self.__post_init__()")
        exec(f"def __init__({', '.join(parameters)}):\n" + ("\n".join(rows) or " pass"), known)
        made = known["__init__"]
        made.__qualname__ = f"{cls.__qualname__}.__init__"
        return made

    def _repr(self):
        told = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in self.__dataclass_fields__.values() if f.repr)
        return f"{self.__class__.__qualname__}({told})"

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_key__(self) == self.__record_key__(other)

    def _hash(self):
        return hash(self.__record_key__(self))

    def _lt(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_key__(self) < self.__record_key__(other)

    def _le(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_key__(self) <= self.__record_key__(other)

    def _gt(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_key__(self) > self.__record_key__(other)

    def _ge(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__record_key__(self) >= self.__record_key__(other)

    def _refuse_set(self, name, value):
        raise AttributeError(f"cannot assign to field {name!r}")

    def _refuse_delete(self, name):
        raise AttributeError(f"cannot delete field {name!r}")

    def _getstate(self):
        return [getattr(self, f.name) for f in self.__dataclass_fields__.values()]

    def _setstate(self, state):
        for f, value in zip(self.__dataclass_fields__.values(), state, strict=True):
            object.__setattr__(self, f.name, value)
