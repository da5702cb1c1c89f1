"""Whatever a finding holds, no format raises, all text can be written as UTF-8, and machine formats read back."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.finding import (
    Category,
    CheckedDocument,
    Edit,
    Finding,
    Fix,
    ObjectRef,
    Position,
    Range,
    Related,
    Result,
    Summary,
)
from kubetrial.lint.report import FORMATS, HUMAN, Options, render
from kubetrial.lint.report.azure import escape_data as azure_data
from kubetrial.lint.report.azure import escape_property as azure_property
from kubetrial.lint.report.excerpt import WIDTH, excerpt
from kubetrial.lint.report.github import escape_data, escape_property, step_summary
from kubetrial.lint.report.summary import summary_line
from kubetrial.lint.report.text import one_line
from kubetrial.lint.report.xml import attributes, content


def takes_surrogates():
    """Whether a fingerprint can be had of names that are no UTF-8, as file systems may hold."""
    place = Position(1, 1)
    try:
        return bool(Finding("r", Category.BROKEN, "m", "\udce9.yaml", Range(place, place)).fingerprint)
    except UnicodeEncodeError:
        return False


awkward = st.sampled_from("\x00\x07\x1b\t\n\r\x85\u2028\u202e\ufeff\ufffe\ud800\udfff%:,;|[]<>&\"'`日\u0301😀")
texts = st.text(st.one_of(st.characters(codec=None), awkward), max_size=12)
names = texts if takes_surrogates() else texts.filter(lambda text: not re.search("[\ud800-\udfff]", text))
numbers = st.integers(0, 30)
positions = st.builds(Position, numbers, numbers)
ranges = st.builds(Range, positions, positions)
objects = st.builds(ObjectRef, names, names, names, names)
related = st.builds(Related, texts, texts, ranges)
fixes = st.builds(Fix, texts, st.lists(st.builds(Edit, ranges, texts), max_size=2).map(tuple), st.just("safe"))
findings = st.builds(
    Finding,
    rule=names,
    category=st.sampled_from(Category),
    message=texts,
    file=st.one_of(st.just("a.yaml"), names),
    range=ranges,
    document=st.integers(0, 2),
    consequence=texts,
    help=texts,
    object=objects,
    path=names,
    related=st.lists(related, max_size=2).map(tuple),
    trace=st.lists(texts, max_size=2).map(tuple),
    fix=st.one_of(st.none(), fixes),
    suppressed=st.one_of(st.none(), texts),
)
results = st.builds(
    Result,
    findings=st.lists(findings, max_size=4).map(tuple),
    documents=st.lists(st.builds(CheckedDocument, texts, st.integers(0, 2), objects, numbers), max_size=2).map(tuple),
    summary=st.builds(Summary, files=numbers, documents=numbers, skipped=st.dictionaries(texts, numbers, max_size=2)),
    sources=st.dictionaries(st.one_of(st.just("a.yaml"), texts), texts, max_size=2),
    notes=st.lists(texts, max_size=1).map(tuple),
)


def text_of(name, result, **options):
    text = "".join(render(name, result, **options))
    text.encode("utf-8")
    return text


@settings(deadline=None, max_examples=60)
@given(results, st.booleans())
def test_no_format_raises_and_machine_formats_read_back(result, colour):
    shown = [finding for finding in result.findings if finding.suppressed is None]
    reports = {name: text_of(name, result, colour=colour) for name in FORMATS}
    summary_line(result).encode()
    "".join(step_summary(result, Options(), "x")).encode()

    assert len(json.loads(reports["json"])["findings"]) == len(result.findings)
    assert len(reports["json-lines"].splitlines()) == len(result.findings)
    assert all(json.loads(line) for line in reports["json-lines"].splitlines())
    assert len(json.loads(reports["sarif"])["runs"][0]["results"]) == len(result.findings)
    assert len(json.loads(reports["gitlab"])) == len(shown)
    assert len(json.loads(reports["rdjson"])["diagnostics"]) == len(shown)
    assert len(list(ET.fromstring(reports["checkstyle"].encode()).iter("error"))) == len(shown)
    cases = list(ET.fromstring(reports["junit"].encode()).iter("testcase"))
    assert sum(1 for case in cases if len(case)) == len(result.findings)
    assert len(re.split(r"\r|\n", reports["github"])) == len(shown) + 1
    assert len(re.split(r"\r|\n", reports["azure"])) == len(shown) + 1
    for name in HUMAN:
        bare = re.sub(r"\x1b\[[0-9;]*m", "", reports[name]) if colour else reports[name]
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", bare)
    assert len(reports["concise"].splitlines()) == len(shown)


def without_surrogates(value):
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", value)


@given(findings)
def test_json_keeps_every_character(finding):
    (read,) = json.loads(text_of("json", Result((finding,), (), Summary())))["findings"]
    joined = finding.message.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert read["message"] == joined  # a pair of lone surrogates is one character in JSON
    assert read["suppressed"] is (finding.suppressed is not None)


@given(texts)
def test_github_escapes_round_trip(text):
    data, value = escape_data(text), escape_property(text)
    assert not re.search("[\r\n]", data)
    assert not re.search("[\r\n:,]", value)
    expected = without_surrogates(text)
    assert data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") == expected
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        value = value.replace(code, sign)
    assert value == expected


@given(texts)
def test_xml_keeps_what_it_can_hold(text):
    element = ET.fromstring(f"<a{attributes(b=text)}>{content(text)}</a>".encode())
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    assert element.get("b") == expected
    assert (element.text or "") == expected


@given(texts)
def test_azure_escapes_round_trip(text):
    data, value = azure_data(text), azure_property(text)
    assert not re.search("[\r\n]", data)
    assert not re.search(r"[\r\n;\]]", value)
    for code, sign in (("%3B", ";"), ("%5D", "]"), ("%0D", "\r"), ("%0A", "\n"), ("%AZP25", "%")):
        data, value = data.replace(code, sign) if sign not in ";]" else data, value.replace(code, sign)
    assert data == value == without_surrogates(text)


@given(st.text(st.one_of(st.characters(codec=None), awkward, st.just("x")), max_size=400), numbers, numbers)
def test_excerpts_fit(line, start, end):
    part = excerpt(line, start, end)
    assert part.under >= 1
    assert part.before >= 0
    assert part.before + part.under <= WIDTH + 1
    assert len(one_line(part.text).splitlines()) <= 1


@pytest.mark.parametrize("name", FORMATS)
def test_ranges_beyond_the_text(name):
    place = Range(Position(1000, 1000), Position(2000, 1))
    finding = Finding("r", Category.BROKEN, "m", "a.yaml", place, related=(Related("x", "a.yaml", place),))
    for source in ("", "\n", "a: b"):
        text_of(name, Result((finding,), (), Summary(), {"a.yaml": source}))
