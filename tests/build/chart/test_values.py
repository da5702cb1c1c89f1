"""Values as Helm sets, merges and hands them down: the answers in the tables beside this file are those of helm v3.22.0."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build.chart import assignments, ignore
from kubetrial.lint.build.chart.coalesce import Member, NotCoalesced, coalesced, laid_over
from kubetrial.lint.build.chart.values import Import, Places

HERE = Path(__file__).parent
SETTERS = {
    "set": assignments.assign,
    "set-string": assignments.assign_text,
    "set-json": assignments.assign_json,
}


def table(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def outcome(flag: str, text: str) -> Any:
    """The values after an assignment; None where it is refused."""
    values: dict[str, Any] = {}
    try:
        SETTERS[flag](values, text)
    except assignments.NotAssigned:
        return None
    return values


@pytest.mark.parametrize(("flag", "text", "expected"), table("assignments.json"), ids=repr)
def test_assignments_give_what_helm_gives(flag: str, text: str, expected: Any) -> None:
    assert outcome(flag, text) == expected


def test_a_refusal_says_what_to_write() -> None:
    with pytest.raises(assignments.NotAssigned, match="the key `a` has no value; write `a=VALUE`"):
        assignments.assign({}, "a")


def test_whole_numbers_of_set_are_integers_and_those_of_json_are_floats() -> None:
    values: dict[str, Any] = {}
    assignments.assign(values, "a=1000000")
    assignments.assign_json(values, "b=1000000")
    assert type(values["a"]) is int
    assert type(values["b"]) is float


def test_set_file_takes_the_whole_value_as_a_path() -> None:
    values: dict[str, Any] = {}
    assignments.assign_file(values, "a.b={x},c=y", lambda path: f"<{path}>")
    assert values == {"a": {"b": "<{x}>"}, "c": "<y>"}


def test_a_later_assignment_is_laid_over_what_is_there() -> None:
    values: dict[str, Any] = {"image": {"tag": "1", "name": "web"}}
    assignments.assign(values, "image.tag=2")
    assert values == {"image": {"tag": 2, "name": "web"}}


@pytest.mark.parametrize(("key", "index"), [("a" + ".a" * 40, 0), ("a", 65537)])
def test_keys_and_indexes_are_bounded(key: str, index: int) -> None:
    with pytest.raises(assignments.NotAssigned):
        assignments.assign({}, f"{key}[{index}]=1")


@given(st.text(alphabet='ab.,=[]{}\\01 "é', max_size=30), st.sampled_from(sorted(SETTERS)))
def test_any_text_is_taken_or_refused(text: str, flag: str) -> None:
    found = outcome(flag, text)
    assert found is None or json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(("layers", "expected"), table("coalesce.json"), ids=lambda _: "")
def test_values_come_down_to_dependencies_as_in_helm(layers: list[Any], expected: Any) -> None:
    chart, sub, deep, user = layers
    before = copy.deepcopy(layers)
    tree = Member("c", chart, (Member("sub", sub, (Member("deep", deep),)),))
    if expected is None:
        with pytest.raises(NotCoalesced):
            coalesced(tree, user)
    else:
        assert coalesced(tree, user) == expected
    assert layers == before


def test_a_later_values_file_wins_and_keeps_what_it_does_not_name() -> None:
    below = {"a": {"x": 1, "y": {"z": 1}}, "b": [1]}
    assert laid_over(below, {"a": {"y": {"w": 2}}, "b": [2], "c": None}) == {
        "a": {"x": 1, "y": {"z": 1, "w": 2}},
        "b": [2],
        "c": None,
    }
    assert below == {"a": {"x": 1, "y": {"z": 1}}, "b": [1]}


def kept(patterns: tuple[ignore.IgnorePattern, ...], files: list[str]) -> list[str]:
    def stays(file: str) -> bool:
        parts = file.split("/")
        ways = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return not any(ignore.ignored(patterns, way, folder=way != file) for way in ways)

    return sorted(file for file in files if stays(file))


IGNORE = table("ignore.json")


def patterns_of(text: str) -> tuple[ignore.IgnorePattern, ...] | None:
    """The patterns of a `.helmignore`; None where Helm refuses it."""
    try:
        return ignore.read(text)
    except ignore.BadPattern:
        return None


@pytest.mark.parametrize(("text", "expected"), IGNORE["cases"], ids=repr)
def test_helmignore_leaves_out_what_helm_leaves_out(text: str, expected: Any) -> None:
    ours = ["Chart.yaml", "templates/a.yaml"]
    patterns = patterns_of(text)
    found = kept(patterns, [*IGNORE["files"], *ours]) if patterns else []
    if "Chart.yaml" not in found:
        assert expected is None
    elif "templates/a.yaml" not in found:
        assert expected == "gone"
    else:
        assert [file for file in found if file not in ours] == expected


def test_a_refused_pattern_is_said_at_its_line() -> None:
    with pytest.raises(ignore.BadPattern) as refused:
        ignore.read("# files\n*.md\n**/tests\n")
    assert refused.value.line == 3


@given(st.text(alphabet="ab*?[]^-\\!/ ", max_size=20), st.text(alphabet="ab/-", min_size=1, max_size=20))
def test_any_pattern_is_read_or_refused(pattern: str, path: str) -> None:
    patterns = patterns_of(pattern)
    assert patterns is None or ignore.ignored(patterns, path, folder=False) in (True, False)


def test_many_stars_take_no_time() -> None:
    shape = ignore.shape_of("a*" * 2000 + "b")
    assert not ignore.fits(shape, "a" * 4000)


def test_imports_of_imports_end() -> None:
    """Forty imports that feed one another have more ways through them than anybody can walk."""
    imports = tuple(Import((), (f"a{number}",)) for number in range(40))
    looked = []

    class Counted(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            looked.append(key)
            return super().__getitem__(key)

    assert Places((), Counted(), imports).origin(("image", "tag")) is None
    assert len(looked) <= 200
