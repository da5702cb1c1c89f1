"""What is said to people: every finding of the fixtures says what to write, and common slips of language are not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import names, resources
from kubetrial.lint.values.listed import article, one_of
from kubetrial.lint.values.respelled import instead

from tests.conftest import ROOT

REPORTS = sorted((ROOT / "tests" / "rules").glob("*.out"))
FORMS = (
    names.dns_label,
    names.dns_subdomain,
    names.dns1035_label,
    names.qualified_name,
    names.label_value,
    names.path_segment,
)
SLIPS = {
    r"\bis none\b(?! of)": "say that there is no such thing",
    r"write one of \w+$": "there is only one",
    r"\b(?:may|might) stop to\b": "may stop doing",
    r"\ba (?:Object|Ingress|APIService|Event|int|integer|array|object)\b": "an",
    r"\ban (?:Deployment|Pod|Job|Service|string|number|boolean)\b": "a",
}


def blocks(report: Path) -> list[str]:
    text = report.read_text(encoding="utf-8")
    return [b for b in text.split("\n\n") if re.match(r"(error|warning|info)\[", b)]


@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_every_finding_says_what_to_write(report: Path) -> None:
    for block in blocks(report):
        head = block.partition("\n")[0]
        assert "= help: " in block, head
        for pattern, better in SLIPS.items():
            said = [head, *re.findall(r"= (?:help|in the cluster): (.*)", block)]
            assert not [text for text in said if re.search(pattern, text)], f"{head}: {better}"
        assert not head.endswith("."), head


NO_WORDS = (
    "ArgumentParser",
    "Parser",
    "add_parser",
    "print",
    "compile",
    "search",
    "match",
    "fullmatch",
    "startswith",
    "endswith",
    "join",
    "split",
    "replace",
    "sub",
)
"""Calls whose texts are patterns, output as it is, or whole paragraphs."""


def _texts(call: ast.Call) -> Iterator[str]:
    """The ends of the texts that a call is given."""
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        end = argument.values[-1] if isinstance(argument, ast.JoinedStr) and argument.values else argument
        if isinstance(end, ast.Constant) and isinstance(end.value, str) and " " in end.value.strip():
            yield end.value


@pytest.mark.parametrize("room", sorted(path.name for path in (ROOT / "lint").iterdir() if path.suffix in ("", ".py")))
def test_messages_follow_the_convention(room: str) -> None:
    """No full stop at the end, no blame, no shouting: findings, refusals of builds, errors of usage, notes and help alike."""
    _hold_to_the_convention(
        [ROOT / "lint" / room] if room.endswith(".py") else sorted((ROOT / "lint" / room).rglob("*.py"))
    )


def test_messages_of_rules_follow_the_convention() -> None:
    _hold_to_the_convention(sorted((ROOT / "rules").glob("*.py")))


def _hold_to_the_convention(paths: list[Path]) -> None:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for text in _texts(node) if name not in NO_WORDS else ():
                where = f"{path.relative_to(ROOT)}:{node.lineno}: {text!r}"
                assert not re.search(r"(?<!\.)\.$", text), f"{where} ends with a full stop"
                assert not text.endswith("!"), where
                assert not re.search(r"\b(please|sorry|oops|you should|you must)\b", text, re.I), where


@given(st.sampled_from(FORMS), st.text(max_size=80))
def test_what_is_proposed_has_the_form(form, text: str) -> None:
    said = instead(text, form)
    if found := re.fullmatch(r"write `(.*)`", said, re.S):
        assert form(found[1]) is None
        assert found[1] != text
    else:
        assert said in ("shorten it", "write another name")


@pytest.mark.parametrize(
    ("text", "form", "said"),
    [
        ("Shop_Settings", names.dns_subdomain, "write `shop-settings`"),
        ("web.front", names.dns_label, "write `web-front`"),
        ("-bad.example.com", names.dns_subdomain, "write `bad.example.com`"),
        ("who changed it", names.qualified_name, "write `who-changed-it`"),
        ("a/b/c", names.qualified_name, "write `a/b-c`"),
        ("1.0+build.5", names.label_value, "write `1.0-build.5`"),
        ("!!!", names.dns_label, "write another name"),
        ("a" * 70, names.dns_label, "shorten it"),
    ],
)
def test_the_nearest_name_is_proposed(text: str, form, said: str) -> None:
    assert instead(text, form) == said


def test_resources_and_lists() -> None:
    assert resources.instead("CPU") == "write `cpu`"
    assert resources.instead("memroy") == "write `memory`"
    assert resources.instead("gpu") == "write `example.com/gpu` with the domain of its driver"
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b"]) == "a or b"
    assert one_of("abc") == "one of a, b, c"
    assert [article(word) for word in ("Ingress", "Pod", "uint32", "integer", "URL", "APIService")] == [
        "an",
        "a",
        "a",
        "an",
        "a",
        "an",
    ]
