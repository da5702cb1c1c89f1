"""The forms of names against what the server's own validation said (names.jsonl: form, text, accepted)."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import names

with open(os.path.join(os.path.dirname(__file__), "names.jsonl"), encoding="utf-8") as _file:
    RECORDED = [json.loads(line) for line in _file]


@pytest.mark.parametrize("form", sorted({row[0] for row in RECORDED}))
def test_agrees_with_the_server(form: str) -> None:
    wrong = [
        (text, accepted)
        for name, text, accepted in RECORDED
        if name == form and (getattr(names, form)(text) is None) is not accepted
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("form", "text", "part"),
    [
        ("dns_label", "a" * 70, "at most 63 characters, this has 70"),
        ("dns_label", "a_b", "found '_'"),
        ("dns_label", "a b", "found a blank"),
        ("dns_label", "-a", "begins with '-'"),
        ("dns_label", "a-", "ends with '-'"),
        ("dns_label", "a.b", "found '.'"),
        ("dns_label", "", "empty"),
        ("dns_label", "é" * 32, "at most 63 characters, this has 64"),
        ("dns_label", "Web", "found 'W'"),
        ("dns1035_label", "9svc", "begins with '9'"),
        ("dns_subdomain", "a..b", "side by side"),
        ("qualified_name", "Example.com/a", "the domain before '/'"),
        ("qualified_name", "/a", "the domain before '/' is empty"),
        ("qualified_name", "a/b/c", "one '/'"),
        ("label_value", "a/b", "found '/'"),
        ("port_name", "8080", "without quotes"),
        ("port_name", "-8-0", "at least one letter"),
        ("port_name", "http-metrics-port", "at most 15 characters, this has 17"),
        ("env_var_name", "A=B", "found '='"),
        ("config_map_key", "../x", "a file's name"),
        ("path_segment", "a/b", "'/'"),
        ("path_segment", "..", "'..'"),
        ("signer_name", "me", "example.com"),
        ("signer_name", "com/x", "at least two parts"),
        ("sysctl_name", "net..x", "both ends"),
        ("windows_user_name", "a\\b\\c", "one '\\'"),
        ("windows_user_name", "a*", "found '*'"),
    ],
)
def test_says_what_is_wrong(form: str, text: str, part: str) -> None:
    reason = getattr(names, form)(text)
    assert reason is not None
    assert part in reason


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("path_segment", "A b:C_"),
        ("path_segment", ""),
        ("signer_name", "kubernetes.io/kube-apiserver-client"),
        ("sysctl_name", "net/ipv4/conf.eth0/x_y"),
        ("sysctl_name", "kernel.shm_rmid_forced"),
        ("windows_user_name", "ContainerAdministrator"),
        ("windows_user_name", "NT AUTHORITY\\SYSTEM"),
        ("label_value", ""),
    ],
)
def test_good(form: str, text: str) -> None:
    assert getattr(names, form)(text) is None


def test_a_generated_name_may_end_with_a_dash() -> None:
    assert names.dns_label(names.generate_name_base("web-")) is None
    assert names.dns_label(names.generate_name_base("-")) is not None
    # the server swallows the character before the dash, so two dashes are good as well
    assert names.dns_label(names.generate_name_base("web--")) is None


FORMS = [
    form
    for form in vars(names)
    if not form.startswith("_")
    and form not in ("annotations", "functools", "re", "remembered", "generate_name_base", "path_segment")
]


@given(st.sampled_from(FORMS), st.text(max_size=300))
def test_any_text_gets_an_answer(form: str, text: str) -> None:
    reason = getattr(names, form)(text)
    assert reason is None or (reason and not reason.endswith("."))


@given(st.sampled_from([f for f in FORMS if f != "windows_user_name"]), st.text(max_size=20))
def test_a_line_break_at_the_end_is_never_good(form: str, text: str) -> None:
    assert getattr(names, form)(text + "\n") is not None


@given(st.text(alphabet="ab0-._A/", max_size=80))
def test_forms_contain_one_another(text: str) -> None:
    if names.dns1035_label(text) is None:
        assert names.dns_label(text) is None
    if names.dns_label(text) is None:
        assert names.dns_subdomain(text) is None
        assert names.label_value(text) is None
    if names.dns_subdomain(text) is None:
        assert names.config_map_key(text) is None
        assert names.dns_subdomain_with_underscore(text) is None
        assert names.path_segment(text) is None
    if names.fully_qualified_name(text) is None:
        assert names.dns_subdomain(text) is None
