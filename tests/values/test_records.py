"""Our `dataclass` and the standard library's: the same classes behave alike."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
import sys
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import records

from tests.conftest import ROOT

SOURCE = """
from __future__ import annotations
from typing import Any, ClassVar

@dataclass(frozen=True, slots=True)
class Plain:
    a: int
    b: str = "x"
    c: tuple[int, ...] = ()
    kind: ClassVar[str] = "plain"

    @property
    def double(self) -> int:
        return self.a * 2

@dataclass(frozen=True, slots=True)
class Below(Plain):
    d: list[int] = field(default_factory=list)
    b: str = "y"

@dataclass(frozen=True, slots=True, order=True)
class Ordered:
    a: int
    b: int = 0

@dataclass(slots=True)
class Mutable:
    a: int
    b: dict[str, int] = field(default_factory=dict)
    c: Any = field(default=None, compare=False, repr=False)
    d: list[int] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.d.append(self.a)

@dataclass(slots=True, eq=False)
class Itself:
    a: int = 1

@dataclass(frozen=True)
class Open:
    a: int
    b: int = 2

@dataclass
class OpenMutable:
    a: int = 1
    b: list[int] = field(default_factory=list)
"""


def _classes(library: Any) -> dict[str, Any]:
    module = types.ModuleType(f"classes_of_{library.__name__.rpartition('.')[2]}")
    sys.modules[module.__name__] = module  # where the standard library looks annotations up, and pickle classes
    module.__dict__.update(dataclass=library.dataclass, field=library.field)
    exec(SOURCE, module.__dict__)
    return module.__dict__


OURS, THEIRS = _classes(records), _classes(dataclasses)
NAMES = ("Plain", "Below", "Ordered", "Mutable", "Itself", "Open", "OpenMutable")
VALUES = st.integers(-3, 3) | st.text(max_size=2) | st.none()


def _outcome(act: Any) -> Any:
    try:
        return act()
    except Exception as error:
        return AttributeError if isinstance(error, AttributeError) else type(error)


@given(
    st.sampled_from(NAMES), st.lists(VALUES, max_size=4), st.dictionaries(st.sampled_from("abcde"), VALUES, max_size=2)
)
def test_instances_are_alike(name: str, values: list[Any], named: dict[str, Any]) -> None:
    ours, theirs = (_outcome(lambda c=c: c[name](*values, **named)) for c in (OURS, THEIRS))
    assert isinstance(ours, type) == isinstance(theirs, type)
    if isinstance(ours, type):
        assert ours is theirs
        return
    names = [f.name for f in dataclasses.fields(theirs)]
    assert [f.name for f in records.fields(ours)] == names
    assert [getattr(ours, each) for each in names] == [getattr(theirs, each) for each in names]
    if name != "Itself":
        assert repr(ours) == repr(theirs)
    assert (_outcome(lambda: hash(ours)) is TypeError) == (_outcome(lambda: hash(theirs)) is TypeError)
    for act in (
        lambda one: setattr(one, "a", 5),
        lambda one: delattr(one, "a"),
        lambda one: setattr(one, "unknown", 5),
    ):
        # Of a frozen class with slots Python up to 3.13 says TypeError of a name that is no field; either way it is refused.
        assert isinstance(_outcome(lambda act=act: act(ours)), type) == isinstance(
            _outcome(lambda act=act: act(theirs)), type
        )


@given(
    st.sampled_from(NAMES),
    st.lists(st.integers(-1, 1), min_size=1, max_size=2),
    st.lists(st.integers(-1, 1), min_size=1, max_size=2),
)
def test_comparisons_are_alike(name: str, left: list[int], right: list[int]) -> None:
    for compare in (
        lambda a, b: a == b,
        lambda a, b: a != b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
        lambda a, b: a == 1,
        lambda a, b: dataclasses.replace(a, a=7) == dataclasses.replace(b, a=7),
        lambda a, b: copy.deepcopy(a) == a,
    ):
        ours, theirs = (_outcome(lambda c=c, f=compare: f(c[name](*left), c[name](*right))) for c in (OURS, THEIRS))
        assert ours == theirs


def test_replaced_and_kept_by_pickle_and_copy() -> None:
    for name in NAMES:
        one = OURS[name](1)
        changed = records.replace(one, a=2)
        assert (changed.a, one.a) == (2, 1)
        again = pickle.loads(pickle.dumps(one))
        assert [getattr(again, f.name) for f in records.fields(one)] == [
            getattr(one, f.name) for f in records.fields(one)
        ]


def test_defaults_are_not_shared() -> None:
    one, other = OURS["Mutable"](1), OURS["Mutable"](2)
    one.b["x"] = 1
    assert other.b == {}
    with pytest.raises(ValueError, match="default_factory"):
        exec("@dataclass\nclass Shared:\n a: list = []\nShared.__annotations__", {"dataclass": records.dataclass})


def test_all_classes_are_made_here() -> None:
    """One import of the standard library's would bring its cost back."""
    found = []
    for folder in ("lint", "rules"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "records.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = (
                    [node.module]
                    if isinstance(node, ast.ImportFrom)
                    else [a.name for a in getattr(node, "names", ()) if isinstance(node, ast.Import)]
                )
                if "dataclasses" in names:
                    found.append(str(path.relative_to(ROOT)))
    assert found == []
