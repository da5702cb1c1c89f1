"""The page: hostile text stays text, only its own script may run, and a browser (where there is one) shows and filters it."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.finding import REFUSED, Category, Finding, ObjectRef, Position, Range, Related, Result, Summary
from kubetrial.lint.report import render

HOSTILE = (
    "</code></script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\" --> ]]>"
)


def page(result, **options):
    return "".join(render("html", result, **options))


def hostile(text=HOSTILE):
    place = Range(Position(1, 1), Position(1, 9))
    finding = Finding(
        text, Category.BROKEN, text, text, place, consequence=text, help=text, path=text, template=text,
        object=ObjectRef(text, text, text, text), related=(Related(text, text, place),), trace=("t=1 s  " + text, "t=9 s  " + text),
    )  # fmt: skip
    silenced = replace(finding, suppressed=text)
    return Result((finding, silenced), (), Summary(files=1, skipped={text: 1}), {text: text}, (text,))


class Elements(HTMLParser):
    """The elements of a page, each with its attributes; what is no element is text."""

    def __init__(self):
        super().__init__()
        self.found, self.text = [], []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text.append(data)


def elements(text):
    parser = Elements()
    parser.feed(text)
    return parser


@given(st.text(alphabet="<>&\"'`/=!-x \t\0", max_size=30))
def test_no_text_becomes_markup(text):
    plain, odd = elements(page(hostile("x"))), elements(page(hostile("x" + text)))
    assert [tag for tag, _ in odd.found] == [tag for tag, _ in plain.found]
    assert [sorted(attributes) for _, attributes in odd.found] == [sorted(attributes) for _, attributes in plain.found]


def test_hostile_text_is_shown_as_it_is_written():
    shown = "".join(elements(page(hostile())).text)
    assert HOSTILE in shown
    assert [tag for tag, _ in elements(page(hostile())).found].count("script") == 1


def test_nothing_is_loaded_and_only_the_own_script_may_run(result, rules):
    text = page(result, rules=rules)
    for tag, attributes in elements(text).found:
        assert not {"src", "srcset", "style", "onclick", "onerror", "onload"} & set(attributes), tag
        assert tag not in ("link", "img", "iframe", "object", "base")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text


def test_the_sentence_of_all_that_is_refused_stands_once():
    place = Range(Position(1, 1), Position(1, 2))
    findings = tuple(
        Finding("r", Category.REJECTED, str(n), "a.yaml", place, consequence=REFUSED, ordinal=n) for n in range(5)
    )
    text = page(Result(findings, (), Summary(files=1, errors=5)))
    assert text.count(f"rejected: {REFUSED}") == 1
    assert f"<dd>{REFUSED}" not in text


def test_a_clean_run_says_so():
    text = page(Result((), (), Summary(files=3, documents=7)))
    assert "No findings in 7 documents" in text
    assert "<script" not in text


def test_long_lines_are_cut_around_the_place():
    line = "a: [" + "x, " * 50_000 + "bad]"
    at = len(line) - 3
    finding = Finding("r", Category.BROKEN, "m", "a.yaml", Range(Position(1, at), Position(1, at + 3)))
    text = page(Result((finding,), (), Summary(files=1, errors=1), {"a.yaml": line}))
    assert "<mark>bad</mark>" in text
    assert len(text) < 30_000


def browser():
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(browser() is None, reason="needs a Chromium")
def test_in_a_browser(tmp_path):
    """The filter runs under the page's policy, and nothing hostile does."""
    (tmp_path / "page.html").write_text(page(hostile()), encoding="utf-8")
    command = [
        browser(),
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
    ]
    done = subprocess.run(
        [*command, (tmp_path / "page.html").as_uri()], capture_output=True, text=True, timeout=120, check=False
    )
    found = elements(done.stdout)
    assert re.search(r"<title>kubetrial: no findings</title>", done.stdout), done.stderr[-500:]
    assert re.search(r'id="count">1 finding<', done.stdout)  # the silenced one is hidden until it is asked for
    assert not any("hidden" in attributes for tag, attributes in found.found if tag == "form")
    assert [("hidden" in a) for tag, a in found.found if tag == "article"] == [False, True]


def test_notes_that_differ_in_the_file_alone_are_said_together():
    from kubetrial.lint.report.summary import condensed

    notes = [f"{n}.yaml: Go template, left alone" for n in range(50)]
    assert condensed(["first", *notes]) == ["first", *notes[:3], "47 more: Go template, left alone"]
    assert condensed(notes[:7]) == notes[:7]
    assert condensed([]) == []
