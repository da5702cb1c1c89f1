"""Every rule against its fixture, and what all rules have in common."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint import rule
from kubetrial.lint.command import new_rule
from kubetrial.lint.command import test_rules as fixtures
from kubetrial.lint.engine import Choice
from kubetrial.lint.finding import Category, Finding, Result, Summary
from kubetrial.lint.report import render
from kubetrial.lint.rule import index
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml import source

from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "rules"
RULES = index()


def findings(path: Path) -> list[Finding]:
    """What a check of a fixture finds: the default rules and the rule that the fixture is about."""
    text, older = fixtures.read_fixture(str(path))
    own = path.stem.replace("_", "-")
    choice = Choice(lambda entry: entry.name == own or (entry.category.on_by_default and entry.name != "object-twice"))
    return fixtures.findings(fixtures.Fixture(path.name, text, older, own), choice, Settings())


NO_MANIFEST_SHOWS = {"field-immutable", "file-unreadable", "internal-error"}
"""What no single manifest can show; test_against.py, test_bad_input.py and test_cli.py do."""
NO_MANIFEST_SHOWS |= {name for name in RULES if name.startswith("kustomization-")}  # tests/build/test_check.py
NO_MANIFEST_SHOWS |= {name for name in RULES if name.startswith("chart-")}  # tests/build/test_chart_rules.py
FILES = sorted(FIXTURES.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_fixture(path: Path, update: bool) -> None:
    text = path.read_text(encoding="utf-8")
    found = findings(path)
    assert sorted((f.range.start.line, f.rule) for f in found) == sorted(fixtures.expected(text)), "\n".join(
        f"{f.range.start.line}: {f.rule} {f.path}: {f.message}" for f in found
    )
    result = Result(tuple(found), (), Summary(), {path.name: text})
    shown = "".join(render("full", result, colour=False))
    golden = path.with_suffix(".out")
    if update:
        golden.write_text(shown, encoding="utf-8", newline="\n")
    assert golden.exists(), "run pytest --update, and read what it wrote"
    assert shown == golden.read_text(encoding="utf-8")


SPEAKS_FOR_OTHERS = "statefulset_pods_refused"
"""What rules that refuse pods say of StatefulSets that are taken with them."""


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != SPEAKS_FOR_OTHERS], ids=lambda path: path.stem)
def test_a_rule_finds_alone_what_it_finds_among_others(path: Path) -> None:
    text, older = fixtures.read_fixture(str(path))
    own = path.stem.replace("_", "-")
    alone = Choice(lambda entry: entry.name == own)
    found = fixtures.findings(fixtures.Fixture(path.name, text, older, own), alone, Settings())
    marked = sorted((line, rule_name) for line, rule_name in fixtures.expected(text) if rule_name == own)
    assert sorted((f.range.start.line, f.rule) for f in found if f.rule == own) == marked


def without(value: Any, fields: frozenset[str]) -> Any:
    """A value without some fields, at whatever depth."""
    if isinstance(value, dict):
        return {key: without(inner, fields) for key, inner in value.items() if key not in fields}
    return [without(item, fields) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(name for name, entry in RULES.items() if entry.needs))
def test_a_rule_says_nothing_without_the_fields_that_it_needs(name: str) -> None:
    path = FIXTURES / f"{name.replace('-', '_')}.yaml"
    text, older = fixtures.read_fixture(str(path))
    needed = frozenset(RULES[name].needs)
    assumed = [line for line in text.splitlines() if line.startswith("# assume:")]
    documents = [json.dumps(without(one.value, needed)) for one in source.read(path.name, text).documents]
    stripped = "\n---\n".join(["\n".join(assumed), *documents])
    always = replace(RULES[name], needs=())  # or it would not even be called
    choice = Choice(lambda entry: entry.name == name, entries={name: always})
    found = fixtures.findings(fixtures.Fixture(path.name, stripped, older, name), choice, Settings())
    assert [f.message for f in found if f.rule == name] == []


@pytest.mark.parametrize("share", range(8))
def test_rules_see_every_object_of_which_they_say_something(share: int) -> None:
    """They are called for objects with a field that they need: with all objects they say the same."""
    every = {name: replace(entry, needs=()) for name, entry in RULES.items()}
    unseen = []
    for path in FILES[share::8]:
        text, older = fixtures.read_fixture(str(path))
        fixture = fixtures.Fixture(path.name, text, older, path.stem.replace("_", "-"))
        few, all_ = (
            fixtures.findings(fixture, Choice(lambda entry: True, entries=entries), Settings())
            for entries in (RULES, every)
        )
        unseen += [(path.stem, one.rule, one.message) for one in all_ if one not in few]
    assert unseen == []


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_has_a_fixture_that_flags_it_and_a_clean_document(name: str) -> None:
    path = FIXTURES / f"{name.replace('-', '_')}.yaml"
    if name in NO_MANIFEST_SHOWS:
        pytest.skip("no manifest can show it")
    assert path.exists()
    text = path.read_text(encoding="utf-8")
    assert any(rule_name == name for _, rule_name in fixtures.expected(text)), "no document is flagged"
    assert fixtures.has_clean_document(text), "no document is clean"


def test_no_fixture_without_a_rule() -> None:
    assert {path.stem.replace("_", "-") for path in FILES} <= set(RULES)


def test_index_is_up_to_date() -> None:
    written = json.loads((ROOT / "rules" / "index.json").read_text(encoding="utf-8"))
    assert written == new_rule.entries(str(ROOT / "rules")), "run python -m kubetrial.lint.command.new_rule --index"


@pytest.mark.parametrize("name", sorted(RULES))
def test_manual_page(name: str) -> None:
    page = rule.manual(name)
    first, blank, *rest = page.strip().split("\n")
    assert len(first) <= 88
    assert first.endswith(".")
    assert not blank
    assert any(line.startswith("See https://") for line in rest), "no link"
    assert "TODO" not in page


def test_names_are_lower_case_words() -> None:
    for name in RULES:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


def test_one_view_a_type() -> None:
    """A type of the catalogue has one view class, so that every rule sees the same one."""
    from kubetrial.lint.objects import views
    from kubetrial.lint.yaml.node import Node

    seen: dict[str, str] = {}
    for name, entry in RULES.items():
        if entry.visits != ("nothing",):
            importlib.import_module(rule.module_name(name))
    pending = [Node]
    while pending:
        cls = pending.pop()
        pending.extend(cls.__subclasses__())
        if cls.schema and "schema" in vars(cls):
            assert seen.setdefault(cls.schema, cls.__qualname__) == cls.__qualname__
            assert views.of_part(cls.schema) is cls


def test_categories_decide_levels() -> None:
    assert {c: c.level for c in Category} == {
        Category.REJECTED: "error",
        Category.BROKEN: "error",
        Category.RISKY: "warning",
        Category.SECURITY: "warning",
        Category.ADVICE: "info",
    }
