"""References in containers: what the API server (1.37) was seen to take and to refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import references


@pytest.mark.parametrize(
    "divisor", ["1", "1m", "0", "-0", " 1", "1.0", "1.000", "1000m", "1000u", "0.001", "10e-1", "0.1e1", 1, 0]
)
def test_divisors_of_cpu(divisor: str | int) -> None:
    assert references.divisor_problem("limits.cpu", divisor) is None


@pytest.mark.parametrize("divisor", ["01", "+1", "1e0", "001", "100m", "2", "1k", "1Mi", "-1", "1e3", 2])
def test_divisors_that_cpu_does_not_have(divisor: str | int) -> None:
    assert references.divisor_problem("requests.cpu", divisor)


@pytest.mark.parametrize(
    "divisor", ["1", "1000", "1k", "1024", "0.001k", "1024Ki", "1.0Gi", "1024Pi", "1Ei", "1000P", "1000m"]
)
def test_divisors_of_memory(divisor: str) -> None:
    accepted = {"1024": False}.get(divisor, True)
    assert (references.divisor_problem("limits.memory", divisor) is None) is accepted


@pytest.mark.parametrize("divisor", ["01Gi", "+1Gi", "8Ki", "1e3", "2Mi", "1m"])
def test_divisors_that_memory_does_not_have(divisor: str) -> None:
    assert references.divisor_problem("limits.memory", divisor)


def test_a_divisor_of_an_unknown_resource_is_not_judged() -> None:
    assert references.divisor_problem("limits.storage", "7") is None


@pytest.mark.parametrize(
    "path", [*references.POD_FIELDS, "spec.host", "metadata.labels['app']", "metadata.annotations['Example.com/Key']"]
)
def test_fields_for_variables(path: str) -> None:
    assert references.pod_field_problem(path) is None


@pytest.mark.parametrize(
    ("path", "of_key"),
    [
        ("metadata.labels", False),
        ("metadata.name['a']", False),
        ("['a']", False),
        ("metadata.labels['a'", False),
        (" metadata.name", False),
        ("spec.restartPolicy", False),
        ("{.metadata.name}", False),
        ("metadata.labels['Example.com/key']", True),
        ("metadata.annotations['']", True),
        ("metadata.labels['a']['b']", True),
    ],
)
def test_fields_that_variables_cannot_hold(path: str, of_key: bool) -> None:
    problem = references.pod_field_problem(path)
    assert problem is not None
    assert problem[1] is of_key


@pytest.mark.parametrize(
    ("text", "good"), [("a..b", True), ("..a", True), ("./a", True), ("/a", False), ("..", False), ("a/../b", False)]
)
def test_paths_inside_volumes(text: str, good: bool) -> None:
    assert (references.relative_path_problem(text) is None) is good


@pytest.mark.parametrize(
    ("text", "good"), [("x", True), ("x-", True), ("a.-", True), ("--", True), ("-x", False), ("X", False)]
)
def test_names_that_may_be_prefixes(text: str, good: bool) -> None:
    assert (references.name_or_prefix_problem(text) is None) is good


@given(st.text(max_size=30))
def test_a_relative_path_joined_to_a_folder_stays_below_it(text: str) -> None:
    """What is accepted never climbs: no part is `..` and it is not absolute."""
    if references.relative_path_problem(text) is None:
        assert not text.startswith("/")
        assert ".." not in text.split("/")
    if references.backsteps_problem(text) is None:
        assert references.relative_path_problem("/" + text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_fields(text: str) -> None:
    references.pod_field_problem(text)
    references.pod_field_problem(f"metadata.labels['{text}']")
