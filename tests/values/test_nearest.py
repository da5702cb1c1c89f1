"""Did-you-mean: close words are found, far ones are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values.nearest import distance, means_the_same, nearest, slip, words

FIELDS = [
    "containers",
    "initContainers",
    "image",
    "imagePullPolicy",
    "args",
    "env",
    "envFrom",
    "ports",
    "restartPolicy",
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("contaners", "containers"),
        ("Containers", "containers"),
        ("conatiners", "containers"),
        ("init_containers", "initContainers"),
        ("imagePulPolicy", "imagePullPolicy"),
        ("env-from", "envFrom"),
        ("port", "ports"),
        ("arg", "args"),
        ("banana", None),
        ("", None),
        ("x", None),
        ("command", None),
        ("images", "image"),
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    assert nearest(word, FIELDS) == expected


def test_equals_are_settled_by_the_alphabet() -> None:
    assert nearest("pat", ["pab", "paa"]) == nearest("pat", ["paa", "pab"]) == "paa"


WORDS = st.text(alphabet="abc", max_size=7)


def plain_distance(one: str, other: str) -> int:
    """The same by recursion, slowly."""
    if not one or not other:
        return len(one) + len(other)
    best = min(
        plain_distance(one[1:], other) + 1,
        plain_distance(one, other[1:]) + 1,
        plain_distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        best = min(best, plain_distance(one[2:], other[2:]) + 1)
    return best


@given(st.text(alphabet="abc", max_size=5), st.text(alphabet="abc", max_size=5), st.integers(0, 4))
def test_distance_is_the_edit_distance_up_to_its_bound(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(plain_distance(one, other), most + 1)


@given(WORDS, WORDS)
def test_distance_is_symmetric(one: str, other: str) -> None:
    assert distance(one, other, 9) == distance(other, one, 9)


@given(st.text(max_size=30), st.lists(st.text(max_size=30)))
def test_the_answer_is_one_of_the_candidates(word: str, candidates: list[str]) -> None:
    found = nearest(word, candidates)
    assert found is None or (found in candidates and found != word)


@pytest.mark.parametrize(
    ("name", "candidate", "is_slip"),
    [
        ("web-setings", "web-settings", True),
        ("websettings", "web-settings", True),
        ("Web_Settings", "web-settings", True),
        ("webb", "web", True),
        ("wbe", "web", True),
        ("cehckout", "checkout", True),
        ("payment", "payments", True),
        ("db-1", "db-2", False),
        ("gp2", "gp3", False),
        ("api-v1", "api-v2", False),
        ("redis-a", "redis-b", False),
        ("web-dev", "web-prd", False),
        ("mail", "main", False),
        ("redis-leader", "redis-reader", False),
        ("gateway-http", "gateway-https", False),
        ("web", "web-config", False),
        ("api-server", "app-server", False),
        ("east", "west", False),
    ],
)
def test_slips_in_names(name: str, candidate: str, is_slip: bool) -> None:
    assert (slip(name, [candidate]) == candidate) is is_slip
    assert (slip(candidate, [name]) == name) is is_slip


def test_a_slip_of_two_names_is_of_none() -> None:
    assert slip("checkouts", ["checkoutz", "checkout"]) is None


def test_words_of_a_name() -> None:
    assert words("web-app.v1_settings") == {"web", "settings"}


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("web-svc", "web", True),
        ("webapp", "web", True),
        ("web-config", "web-cfg", True),
        ("pod-reader", "pod-read", True),
        ("web-data", "web-data-claim", True),
        ("logs", "log", True),
        ("api-gateway", "api", False),
        ("web-1", "web-2", False),
        ("product", "prod", False),
        ("config", "data", False),
        ("db", "dbs", False),
    ],
)
def test_names_that_mean_the_same(name: str, other: str, same: bool) -> None:
    assert means_the_same(name, other) is same
    assert means_the_same(other, name) is same
