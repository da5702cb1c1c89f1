"""URLs and paths of webhooks, as the API server reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.values import urls


@pytest.mark.parametrize(
    "url", ["https://a.example.com", "https://a:8443/x/y", "https://[::1]:443/", "HTTPS://a/", "https://a/%2f"]
)
def test_good_urls(url: str) -> None:
    assert not list(urls.webhook_url_problems(url))


@pytest.mark.parametrize(
    ("url", "problems"),
    [
        ("", 2), ("a.example.com", 2), ("http://a", 1), ("https://", 1), ("https:///x", 1), ("https://u:p@a/", 1), ("https://a/#x", 1),
        ("https://a/?q=1", 1), ("https://a:port/", 1), ("https://a/%zz", 1), ("://a", 1), ("https://a b/", 1), ("mailto:x", 2),
    ],
)  # fmt: skip
def test_bad_urls(url: str, problems: int) -> None:
    assert len(list(urls.webhook_url_problems(url))) == problems


@pytest.mark.parametrize("path", ["", "/", "/a", "/a/", "/a/b-c.d"])
def test_good_paths(path: str) -> None:
    assert not list(urls.service_path_problems(path))


@pytest.mark.parametrize("path", ["//", "a", "/a//b", "/A", "/a_b", "/a b"])
def test_bad_paths(path: str) -> None:
    assert list(urls.service_path_problems(path))


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    assert all(list(urls.webhook_url_problems(text)))
    assert all(list(urls.service_path_problems(text)))
