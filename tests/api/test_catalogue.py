"""Laws of the catalogue: what it names exists, its minors make sense, and it is what refresh makes of its sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kubetrial.lint.api import constraints
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.objects import views
from kubetrial.lint.rule import index
from kubetrial.lint.yaml.node import Node
from kubetrial.schemas import refresh
from kubetrial.schemas.minors import MINORS

from tests.conftest import ROOT

FOLDER = ROOT / "schemas" / "catalogue"
TYPES: dict[str, dict[str, Any]] = {
    name: fields
    for path in sorted(FOLDER.glob("*.json"))
    if path.name != "kinds.json"
    for name, fields in json.loads(path.read_text(encoding="utf-8")).items()
}
KINDS: dict[str, dict[str, dict[str, Any]]] = json.loads((FOLDER / "kinds.json").read_text(encoding="utf-8"))
SCALARS = "sbilnyqxtu*o"


def fields() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(type.field, code, constraints) of every field."""
    for name, entries in TYPES.items():
        for field, entry in entries.items():
            if field != "*":
                code, table = (entry, {}) if isinstance(entry, str) else entry
                yield f"{name}.{field}", code, table


def tables(code: str, table: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(code, table) of a field, of its items, and of earlier minors."""
    yield code, table
    if "each" in table:
        yield from tables(code[1:], table["each"])
    for earlier in table.get("before", {}).values():
        yield code, earlier


def test_every_type_that_a_field_names_exists() -> None:
    wrong = [where for where, code, _ in fields() if (bare := code.lstrip("[{")) not in SCALARS and bare not in TYPES]
    assert wrong == []


def test_every_kind_has_its_type_and_minors() -> None:
    for api, by_kind in KINDS.items():
        for kind, entry in by_kind.items():
            assert entry["type"] in TYPES, (api, kind)
            assert MINORS[0] <= entry["since"] <= entry["until"] <= MINORS[-1], (api, kind)
            assert {"apiVersion", "kind"} <= set(TYPES[entry["type"]]), (api, kind)


def test_since_until_and_unread_make_sense() -> None:
    for where, _, table in fields():
        since, until = table.get("since", MINORS[0]), table.get("until", MINORS[-1])
        assert MINORS[0] <= since <= until <= MINORS[-1], where
        assert table.get("unread", True) is True, where
        assert ("off" in table) == ("gate" in table), where
        for first, last in table.get("off", ()):
            assert since <= first <= (until if last is None else last) <= until, f"{where}: it came with 1.{since}"
            assert last is None or last < MINORS[-1], f"{where}: what is off in the newest minor is open"
        for first in table.get("before", {}):
            assert since < int(first) <= until, where


def test_every_word_is_known_and_fits_its_field() -> None:
    """Words that nobody reads would silently check nothing."""
    marks = {
        "since",
        "until",
        "required",
        "unread",
        "gate",
        "without",
        "off",
        "before",
        "each",
        "emptyRefused",
        "immutable",
    }
    of_code = {
        "enum": "s", "format": "sx", "maxLength": "s", "min": "ilnx", "max": "ilnx", "sign": "q", "maxPercent": "x", "maxItems": "[{",
        "unique": "[", "key": "[", "keys": "{", "each": "[{",
    }  # fmt: skip
    for where, full_code, full in fields():
        for code, table in tables(full_code, full):
            for word in table:
                assert word in marks or word in constraints._MAKERS, f"{where}: {word}"
                assert code[0] in of_code.get(word, code[0]), f"{where}: {word} of {code}"


def test_every_argument_is_usable() -> None:
    for where, full_code, full in fields():
        for code, table in tables(full_code, full):
            assert table.get("format", "dns-label") in constraints.FORMATS, where
            assert table.get("keys", "dns-label") in constraints.FORMATS, where
            assert table.get("min", 0) <= table.get("max", 2**63), where
            assert table.get("required", True) in (True, "present"), where
            assert len(set(table.get("enum", ()))) == len(table.get("enum", ())), where
            if "key" in table:
                assert table["key"] in TYPES[code[1:]], where
            assert all(check(_fitting(code), _node(), "f") is None for check in constraints.of_value(code, {}))


def _node() -> Node:
    return Node(None, None, "", {})  # type: ignore[arg-type]


def _fitting(code: str) -> Any:
    return [] if code[0] == "[" else {} if code[0] == "{" else ""


def test_sets_of_fields_name_fields() -> None:
    for name, entries in TYPES.items():
        for word, sets in entries.get("*", {}).items():
            assert word in ("atMostOne", "exactlyOne"), name
            for one in sets:
                assert len(one) > 1, name
                assert set(one) <= set(entries), name


@pytest.mark.parametrize("minor", MINORS)
def test_every_type_compiles(minor: int) -> None:
    catalogue = Catalogue(minor)
    for name in TYPES:
        compiled = catalogue.type(name)
        assert {field for field, _ in compiled.required} <= set(compiled.fields.all()), name
        assert not catalogue.type("~" + name).required


def test_rules_and_views_name_types_that_exist() -> None:
    others = {"object", "cluster", "configuration", "timeline", "changes", "chart", "nothing"}
    for entry in index().values():
        assert set(entry.visits) <= set(TYPES) | others, entry.name
    for view in map(views.of_type, views.TYPES):
        assert view is not None
        assert view.schema in TYPES or not view.schema, view


def test_the_statuses_of_new_objects_are_unread_but_that_of_a_node() -> None:
    read = {
        entry["type"]
        for by_kind in KINDS.values()
        for entry in by_kind.values()
        if "status" in TYPES[entry["type"]] and "unread" not in TYPES[entry["type"]]["status"][1]
    }
    assert read == {"core.v1.Node"}


def test_refresh_makes_this_catalogue() -> None:
    """Byte for byte, so that a change of a table cannot be forgotten in the catalogue, and nobody edits the catalogue."""
    pytest.importorskip("kubernetes_validate", reason="the published schemas are not installed")
    made = refresh.catalogue()
    assert set(made) == {path.name for path in FOLDER.iterdir()}
    for name, content in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == refresh.text_of(content), (
            f"{name}: run python -m kubetrial.schemas.refresh"
        )


def test_size() -> None:
    """The catalogue is part of every installation, and files are read whole when a kind of theirs is first met."""
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sum(sizes.values()) < 500_000
    assert max(sizes.values()) < 120_000
