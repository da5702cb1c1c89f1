"""Rules: how a file in rules/ declares itself, and how the rules that a run needs are found and loaded."""

from __future__ import annotations

import functools
import importlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kubetrial.lint.finding import Category
from kubetrial.lint.values.records import dataclass, field

F = TypeVar("F", bound=Callable[..., Any])

EVERY = -1
"""All rules, where some are written as the bits of a number."""

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")
"""Where our rules and their index stand."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the `rule` decorator notes on a check function."""

    category: Category
    since: int  # first Kubernetes minor that behaves like this
    until: int  # last one
    needs: tuple[str, ...] = ()  # see Entry


def rule(category: Category, *, since: int = 0, until: int = 99, needs: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Declare the module's `check` a rule of this category; `since` and `until` are Kubernetes minors (35 for 1.35).

    `needs` are names of fields, or keys of maps, of which the object that the check looks at (or in) has to hold one, at whatever depth,
    for the check to find anything: it is not called for others. Tests take these out of the rule's fixture and want to see nothing found,
    and call the checks for all objects and want to see nothing more.
    """

    def declare(check: F) -> F:
        check.declaration = Declaration(category, since, until, needs)  # type: ignore[attr-defined]
        return check

    return declare


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as the index knows it, without loading its module.

    `visits` are the types of the catalogue that its check looks at, or `object` (every object), `cluster` (all objects
    together), `configuration` (files of kubeadm and the like), `timeline` (the trial run), `changes` (from an older state),
    `chart` (a chart with one set of values), or `nothing` (the engine itself speaks: unreadable YAML, unknown fields). `needs` are
    fields of which an object has to hold one for the rule to say anything about it; none: it may always.
    """

    name: str
    category: Category
    visits: tuple[str, ...]
    summary: str
    since: int = 0
    until: int = 99
    around: bool = field(default=True, compare=False)  # whether it looks at other objects too, or may
    file: str = ""  # of a rule that the user brings: where it is
    page: str = ""  # of a rule of the configuration: its manual page
    check: Callable[..., Any] | None = field(default=None, compare=False, repr=False)  # and what it does
    needs: tuple[str, ...] = ()


class RuleError(Exception):
    """A rule of the user's that cannot be used; the text says which file and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A loaded rule, ready to run: its options are already given to `check`."""

    entry: Entry
    check: Callable[..., Any]
    views: tuple[type[Any], ...]
    takes_cluster: bool


def index() -> dict[str, Entry]:
    """Name -> entry of every rule of ours, from the generated rules/index.json."""
    return dict(_index())


@functools.cache
def _index() -> dict[str, Entry]:
    with open(os.path.join(FOLDER, "index.json"), encoding="utf-8") as file:
        raw = json.load(file)
    return {
        name: Entry(
            name,
            Category(e["category"]),
            tuple(e["visits"]),
            e["summary"],
            e.get("since", 0),
            e.get("until", 99),
            e.get("around", False),
            needs=tuple(e.get("needs", ())),
        )
        for name, e in raw.items()
    }


def module_name(name: str) -> str:
    """`job-never-completes` -> `kubetrial.rules.job_never_completes`."""
    return "kubetrial.rules." + name.replace("-", "_")


def manual(name: str) -> str:
    """The manual page of a rule of ours: its module's docstring."""
    return importlib.import_module(module_name(name)).__doc__ or ""


def manual_of(entry: Entry) -> str:
    """The manual page of any rule."""
    return entry.page or (_module(entry).__doc__ or "")


def options_of(entry: Entry) -> dict[str, Any]:
    """The options of any rule and their defaults: the keyword-only parameters of its check."""
    check = entry.check or getattr(_module(entry), "check", None)
    return dict(getattr(check, "__kwdefaults__", None) or {})


def _module(entry: Entry) -> Any:
    """The module of a rule; raises RuleError where a file of the user's cannot be imported."""
    if not entry.file:
        return importlib.import_module(module_name(entry.name))
    import sys
    from importlib.util import module_from_spec, spec_from_file_location

    name = f"kubetrial_own_rules.{entry.name.replace('-', '_')}"
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ == entry.file:
        return loaded
    spec = spec_from_file_location(name, entry.file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise RuleError(f"{os.path.relpath(entry.file)}: {type(error).__name__}: {error}") from None
    return module


def load(entry: Entry, options: Mapping[str, Any] | None = None) -> Rule | None:
    """Import a rule and bind its options; None for a rule that the engine itself speaks for."""
    check = entry.check or getattr(_module(entry), "check", None)
    if check is None:
        return None
    if not entry.file:
        return bind(entry, check, options)
    try:
        return bind(entry, check, options)
    except (KeyError, AttributeError, IndexError) as error:
        raise RuleError(f"{os.path.relpath(entry.file)}: the first parameter of check: {error}") from None


def bind(entry: Entry, check: Callable[..., Any], options: Mapping[str, Any] | None = None) -> Rule:
    """A rule from its check function; `options` are keyword-only parameters of it."""
    code = check.__code__
    views = resolved(check, code.co_varnames[0])
    takes_cluster = code.co_argcount > 1
    if options:
        check = functools.partial(check, **options)
    return Rule(entry, check, views, takes_cluster)


def resolved(check: Callable[..., Any], parameter: str) -> tuple[type[Any], ...]:
    """The classes that annotate a parameter (`Job`, or `Job | CronJob`); annotations are names in the rule's module."""
    annotation = check.__annotations__[parameter]
    if not isinstance(annotation, str):
        return (annotation,)
    return tuple(check.__globals__[name.strip()] for name in annotation.split("|"))
