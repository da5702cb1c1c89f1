"""Rules: how a file in rules/ declares itself, and how the rules that a run needs are found and loaded."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kubetrial.lint.finding import Category

F = TypeVar("F", bound=Callable[..., Any])

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the `rule` decorator notes on a check function."""

    category: Category
    since: int  # first Kubernetes minor that behaves like this
    until: int  # last one


def rule(category: Category, *, since: int = 0, until: int = 99) -> Callable[[F], F]:
    """Declare the module's `check` a rule of this category; `since` and `until` are Kubernetes minors (35 for 1.35)."""

    def declare(check: F) -> F:
        check.declaration = Declaration(category, since, until)  # type: ignore[attr-defined]
        return check

    return declare


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as the index knows it, without loading its module.

    `visits` are the types of the catalogue that its check looks at, or `object` (every object), `cluster` (all objects
    together), `timeline` (the trial run), or `nothing` (the engine itself speaks: unreadable YAML, unknown fields).
    """

    name: str
    category: Category
    visits: tuple[str, ...]
    summary: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A loaded rule, ready to run: its options are already given to `check`."""

    entry: Entry
    check: Callable[..., Any]
    views: tuple[type[Any], ...]
    takes_cluster: bool


def index() -> dict[str, Entry]:
    """Name -> entry of every rule of ours, from the generated rules/index.json."""
    with open(os.path.join(_FOLDER, "index.json"), encoding="utf-8") as file:
        raw = json.load(file)
    return {
        name: Entry(
            name, Category(e["category"]), tuple(e["visits"]), e["summary"], e.get("since", 0), e.get("until", 99)
        )
        for name, e in raw.items()
    }


def module_name(name: str) -> str:
    """`job-never-completes` -> `kubetrial.rules.job_never_completes`."""
    return "kubetrial.rules." + name.replace("-", "_")


def manual(name: str) -> str:
    """The manual page of a rule: its module's docstring."""
    return importlib.import_module(module_name(name)).__doc__ or ""


def load(entry: Entry, options: Mapping[str, Any] | None = None) -> Rule | None:
    """Import a rule and bind its options; None for a rule that the engine itself speaks for."""
    check = getattr(importlib.import_module(module_name(entry.name)), "check", None)
    return None if check is None else bind(entry, check, options)


def bind(entry: Entry, check: Callable[..., Any], options: Mapping[str, Any] | None = None) -> Rule:
    """A rule from its check function; `options` are keyword-only parameters of it."""
    code = check.__code__
    views = resolved(check, code.co_varnames[0])
    takes_cluster = code.co_argcount > 1
    if options:
        import functools

        check = functools.partial(check, **options)
    return Rule(entry, check, views, takes_cluster)


def resolved(check: Callable[..., Any], parameter: str) -> tuple[type[Any], ...]:
    """The classes that annotate a parameter (`Job`, or `Job | CronJob`); annotations are names in the rule's module."""
    annotation = check.__annotations__[parameter]
    if not isinstance(annotation, str):
        return (annotation,)
    return tuple(check.__globals__[name.strip()] for name in annotation.split("|"))
