"""Fixing: exactly what is certain, nothing else in the file, and a second run finds nothing to do."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.command import cli, fix
from kubetrial.lint.engine import Choice, Text, check_texts, in_order
from kubetrial.lint.finding import Category, Edit, Finding, Fix, Position, Range
from kubetrial.lint.settings import ignore as allow
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.yaml import source

HERE = Path(__file__).resolve().parent / "manifests"
FIXTURES = sorted((HERE.parent.parent / "rules").glob("*.yaml"))
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  debug: yes  # why\n"
GOOD = BAD.replace("yes", '"yes"')


def check(texts: Mapping[str, str]) -> list[Finding]:
    """What the default rules find, those whose fixes are tested here, and in a fixture the rule that it is about."""
    extra = {name.partition(".")[0].replace("_", "-") for name in texts}
    extra |= (
        {"yaml-boolean-unclear", "yaml-number-unclear", "pod-service-account-deprecated"}
        if "advice" in extra
        else set()
    )
    extra |= {"image-registry-retired"} if "advice" in extra else set()
    checked = check_texts(
        [Text(name, text) for name, text in texts.items()],
        choice=Choice(selected=lambda entry: entry.category.on_by_default or entry.name in extra),
    )
    return in_order(allow.apply(checked.findings, texts, checked.annotated, Settings()))


def fixed(text: str, *, unsafe: bool = False, name: str = "x.yaml") -> str:
    return fix.until_stable({name: text}, check, unsafe=unsafe).texts.get(name, text)


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every scalar of a value with its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, (dict, list)) and value:
        for key, one in inner:
            yield from leaves(one, (*at, key))
    else:
        yield at, repr(value)


@pytest.mark.parametrize("before", sorted(HERE.glob("*.before.*")), ids=lambda path: path.name)
def test_files(before: Path, update: bool) -> None:
    """`.after` is what --fix makes of `.before`, and `.unsafe` what --unsafe-fixes makes of it."""
    text = before.read_text(encoding="utf-8")
    for kind, unsafe in (("after", False), ("unsafe", True)):
        path = before.with_name(before.name.replace(".before.", f".{kind}."))
        made = fixed(text, unsafe=unsafe, name=before.name)
        if update:
            path.write_text(made, encoding="utf-8", newline="\n")
        assert made == path.read_text(encoding="utf-8")
        assert fixed(made, unsafe=unsafe, name=before.name) == made


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_fixing_any_fixture_changes_only_what_was_found(path: Path, unsafe: bool) -> None:
    text = path.read_text(encoding="utf-8")
    seen: list[Finding] = []

    def noting(texts: Mapping[str, str]) -> list[Finding]:
        found = check(texts)
        seen.extend(f for f in found if fix.wanted(f, unsafe))
        return found

    done = fix.until_stable({path.name: text}, noting, unsafe=unsafe)
    after = done.texts.get(path.name, text)
    assert not [f for f in check({path.name: after}) if fix.wanted(f, unsafe)], "a second run would fix more"
    assert done.notes == []
    if after == text:
        return
    before, now = check({path.name: text}), check({path.name: after})
    refused = {f.document for f in before if f.category is Category.REJECTED}
    was, is_now = (
        {(f.document, f.rule) for f in found if f.category.on_by_default and f.document not in refused}
        for found in (before, now)
    )
    assert is_now <= was, "a fix of what the server takes brings nothing new"
    old, new = source.read("", text), source.read("", after)
    if any(d.is_torn for d in old.documents):
        return  # two objects are told apart that stood in one
    assert [d.index for d in old.documents] == [d.index for d in new.documents]
    touched = [tuple(re.split(r"[.\[]", f.path.replace("]", ""))) for f in seen]
    for a, b in zip(old.documents, new.documents, strict=True):
        one, other = dict(leaves(a.value)), dict(leaves(b.value))
        for at in {p for p in {*one, *other} if one.get(p) != other.get(p)}:
            names = [str(key) for key in at]
            # A renamed or added field shares its parent with the finding.
            assert any(names[: len(t) - 1] == list(t[:-1]) for t in touched), at
    if not any(f.rule == allow.UNUSED for f in seen):
        comments = re.compile(r"(?:^|\s)(#.*)$", re.M)
        assert Counter(comments.findall(text)) == Counter(comments.findall(after))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([p for p in sorted(HERE.glob("*.before.*")) if "guess" not in p.name]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_line_ends_marks_and_encodings_stay(path: Path, crlf: bool, wide: bool, no_end: bool) -> None:
    text = path.read_text(encoding="utf-8")
    text = text.rstrip("\n") if no_end else text
    expected = fixed(text, name=path.name)
    if crlf:
        text, expected = text.replace("\n", "\r\n"), expected.replace("\n", "\r\n")
    data = text.encode("utf-16") if wide else b"\xef\xbb\xbf" + text.encode()
    made = fixed(source.decode(data), name=path.name)
    assert made == expected
    assert source.decode(fix.encode(made, data)) == expected
    assert fix.encode(source.decode(data), data) == data


def finding(fixes: list[tuple[int, int, str]], applicability: str = "safe") -> Finding:
    """A finding on the first line whose fix replaces columns."""
    edits = tuple(Edit(Range(Position(1, a), Position(1, b)), text) for a, b, text in fixes)
    return Finding("r", Category.REJECTED, "m", "x.yaml", edits[0].range, fix=Fix("f", edits, applicability))


def test_edits_that_meet_wait_for_the_next_pass() -> None:
    one, other, apart = finding([(1, 3, "X")]), finding([(3, 4, "Y")]), finding([(5, 6, "Z")])
    assert fix.apply("abcdef", [one, other, apart]) == ("XcdZf", 2)
    assert fix.apply("abcdef", [one, one]) == ("Xcdef", 2)
    # A fix is applied with all of its edits or not at all.
    assert fix.apply("abcdef", [one, finding([(2, 3, "Q"), (5, 6, "Z")])]) == ("Xcdef", 1)
    assert fix.apply("abcdef", [finding([(5, 99, "Z")])]) == ("abcdef", 0)


def test_fields_that_stand_twice_one_after_the_other_are_removed_in_one_pass() -> None:
    once = BAD.replace("yes  # why", '"yes"') + "".join(f"  k{i}: v\n" for i in range(300))
    text = once + "".join(f"  k{i}: v\n" for i in range(300))
    seen: list[int] = []

    def counting(texts: Mapping[str, str]) -> list[Finding]:
        seen.append(1)
        return check(texts)

    assert fix.until_stable({"x.yaml": text}, counting).texts == {"x.yaml": once}
    assert len(seen) == 2
    together = BAD.replace("debug: yes  # why", "a: b\n  a: b\n  c: d\n  c: d\n  a: b")
    assert fixed(together) == BAD.replace("debug: yes  # why", "a: b\n  c: d")


@given(
    st.lists(st.sampled_from("abcdef"), min_size=2, max_size=12),
    st.sampled_from(["{%s}", "{ %s }", "{\n  %s\n}", "block"]),
)
def test_of_fields_that_stand_twice_one_stays(names: list[str], form: str) -> None:
    fields = [f"{name}: v" for name in names]
    body = "\n  " + "\n  ".join(fields) if form == "block" else " " + form.replace("%s", ", ".join(fields))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: one}}\ndata:{body}\n"
    after = fixed(text)
    (document,) = source.read("x.yaml", after).documents
    assert document.value["data"] == dict.fromkeys(names, "v")
    assert len(re.findall(r"\b[a-f]: v", after)) == len(set(names))


def test_a_fix_of_equal_keys_that_would_lose_another_is_left() -> None:
    text = "a: 1\nb: 2\na: 1\n"
    loses = Fix("f", (Edit(Range(Position(2, 1), Position(4, 1)), ""),))
    found = Finding("key-duplicate", Category.REJECTED, "m", "x", Range(Position(3, 1), Position(3, 2)), fix=loses)
    done = fix.until_stable({"x": text}, lambda texts: [found])
    assert done.texts == {}


def test_a_fix_that_would_lose_a_document_is_taken_back() -> None:
    text = "a: 1\n---\nb: 2\n"
    loses = Finding(
        "r",
        Category.REJECTED,
        "m",
        "x",
        Range(Position(1, 1), Position(1, 2)),
        fix=Fix("f", (Edit(Range(Position(2, 1), Position(2, 4)), "#"),)),
    )
    done = fix.until_stable({"x": text}, lambda texts: [loses])
    assert done.texts == {}
    assert "would have lost" in done.notes[0]


def test_a_fix_that_mends_nothing_is_taken_back() -> None:
    done = fix.until_stable({"x.yaml": "a: 1\n"}, lambda texts: [finding([(1, 1, "x")])])
    assert (done.texts, done.counts) == ({}, {})
    assert "did not make it better" in done.notes[0]


def test_fixes_that_never_settle_end() -> None:
    def always_another(texts: Mapping[str, str]) -> list[Finding]:
        return [replace(finding([(1, 1, "x")]), path=texts["x.yaml"])]

    assert fix.until_stable({"x.yaml": "a: 1\n"}, always_another).counts == {"x.yaml": fix.PASSES}


def test_a_fix_that_gets_an_object_refused_is_taken_back() -> None:
    def refused_then(texts: Mapping[str, str]) -> list[Finding]:
        before = Finding("risk", Category.RISKY, "m", "x.yaml", Range(Position(1, 1), Position(1, 2)))
        if texts["x.yaml"] == "a: 1\n":
            return [replace(before, fix=Fix("f", (Edit(Range(Position(1, 4), Position(1, 5)), "2"),)))]
        return [replace(before, rule="refusal", category=Category.REJECTED)]

    done = fix.until_stable({"x.yaml": "a: 1\n"}, refused_then)
    assert (done.texts, len(done.notes)) == ({}, 1)


def test_two_names_for_one_field_are_not_both_renamed() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: a:1}]\n"
    made = fixed(text + "  restartPoliy: Never\n  restartpolicy: Always\n", unsafe=True)
    assert made.count("restartPolicy:") == 1


def test_much_to_fix_is_fixed_in_one_go() -> None:
    text = "".join(f"line {i}\n" for i in range(3000))
    edits = [Edit(Range(Position(i + 1, 1), Position(i + 1, 5)), "row") for i in range(3000)]
    many = [
        Finding("r", Category.REJECTED, "m", "x", edit.range, fix=Fix("f", (edit,), "safe")) for edit in reversed(edits)
    ]
    assert fix.apply(text, many) == (text.replace("line", "row"), 3000)


def test_silenced_findings_are_not_fixed() -> None:
    text = BAD.replace("# why", "# kubetrial: ignore[value-wrong-type] the parser of this file wants a boolean")
    assert fixed(text) == text


def test_odd_line_breaks_are_left_alone() -> None:
    text = BAD.replace("name: a", "name: a\x85")
    assert fixed(text) == text


# --- the command ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.yaml"
    path.write_text(BAD)
    return path


def test_fix_writes_the_file_and_keeps_its_mode(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.chmod(0o640)
    link = file.with_name("b.yml")
    link.symlink_to(file.name)
    assert cli.main(["check", "b.yml", "--isolated", "--fix"]) == 0
    assert link.is_symlink()
    assert file.read_text() == GOOD
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "Fixed 1 finding in 1 file." in capsys.readouterr().out
    assert sorted(os.listdir(file.parent)) == ["a.yaml", "b.yml"]


def test_exit_code_after_a_fix_on_demand(file: Path) -> None:
    assert cli.main(["check", "a.yaml", "--isolated", "--fix", "--exit-non-zero-on-fix"]) == 1
    assert cli.main(["check", "a.yaml", "--isolated", "--fix", "--exit-non-zero-on-fix"]) == 0


def test_diff_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "a.yaml", "--isolated", "--diff", "--fix"]) == 1
    shown = capsys.readouterr()
    assert file.read_text() == BAD
    assert shown.out.startswith("--- a/a.yaml\n+++ b/a.yaml\n@@ ")
    assert '\n-  debug: yes  # why\n+  debug: "yes"  # why\n' in shown.out
    assert shown.err == "Would fix 1 finding in 1 file.\n"
    file.write_text(GOOD)
    assert cli.main(["check", "a.yaml", "--isolated", "--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_a_stream_is_printed_fixed_and_reported_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, expected in ((BAD, GOOD), (GOOD, GOOD), (BAD.replace("\n", "\r\n"), GOOD.replace("\n", "\r\n"))):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert cli.main(["check", "-", "--isolated", "--fix"]) == 0
        shown = capsys.readouterr()
        assert shown.out.encode() == expected.encode()
        assert "No findings" in shown.err


def test_unsafe_fixes_need_fix(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "a.yaml", "--isolated", "--unsafe-fixes"]) == 2
    assert "--fix" in capsys.readouterr().err


def test_a_read_only_file_is_told_and_stays(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.chmod(0o444)
    assert cli.main(["check", "a.yaml", "--isolated", "--fix"]) == 1
    assert "a.yaml was not fixed: it is read-only" in capsys.readouterr().out
    assert file.read_text() == BAD


def test_what_does_not_read_back_is_not_put_in_place(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fix.os, "fsync", lambda handle: os.truncate(handle, 3))
    assert cli.main(["check", "a.yaml", "--isolated", "--fix"]) == 1
    assert "does not read back" in capsys.readouterr().out
    assert (file.read_text(), os.listdir(file.parent)) == (BAD, ["a.yaml"])


def test_a_file_that_cannot_be_written_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fix.os, "replace", refuse)
    cli.main(["check", "a.yaml", "--isolated", "--fix"])
    assert "a.yaml was not fixed: Permission denied" in capsys.readouterr().out
    assert file.read_text() == BAD
    assert os.listdir(file.parent) == ["a.yaml"]
