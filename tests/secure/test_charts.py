"""Charts of strangers: a text that doubles, a value that holds itself, a loop without end, an archive that leads out, are told and bounded."""

from __future__ import annotations

import io
import json
import tarfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.build.chart.template import Engine, Failure, bounds, parse
from kubetrial.lint.command import cli
from kubetrial.lint.values.regexp import search

TEMPLATES = {
    "quotes of quotes": "x: {{ .Values.a " + "| quote " * 3000 + "}}\n",
    "base64 of base64": "x: {{ .Values.a " + "| b64enc " * 3000 + "}}\n",
    "a list that holds itself twice": '{{ $x := list "a" }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}x: {{ toJson $x }}\n',
    "the same printed": '{{ $x := list "a" }}{{ range until 60 }}{{ $x = list $x $x }}{{ end }}x: {{ $x }}\n',
    "a map that holds itself": '{{ $x := dict }}{{ range until 60 }}{{ $x = dict "a" $x "b" $x }}{{ end }}{{ deepCopy $x }}\n',
    "a long text again and again": '{{ $x := repeat 2000000 "a" }}{{ range until 200000 }}{{ $y := upper $x }}{{ end }}\n',
    "long texts in a long text": '{{ $x := repeat 2000000 "a" }}x: {{ replace "a" $x $x }}\n',
    "long texts between numbers": '{{ $x := repeat 2000000 "a" }}x: {{ join $x (until 100000) }}\n',
    "a template that includes itself": '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}\n',
}


def test_what_holds_itself_is_weighed_in_no_time() -> None:
    """Each list and map is looked at once, so that a thousand templates that fail at once cost nothing."""
    looks = 0

    class Looked(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            nonlocal looks
            looks += 1
            return super().__iter__()

    itself: dict[str, Any] = {"a": 1}
    itself["b"] = Looked([itself])
    twice: list[Any] = Looked(["ab"])
    for _ in range(100):
        twice = Looked([twice, twice])
    for value in (itself, twice):
        with pytest.raises(Failure):
            bounds.weigh("toYaml", [value])
    assert looks < 1_000
    shared = {"b": "cd"}
    # 200 letters, the list, 100 maps and what stands in each
    assert bounds.weigh("toYaml", [[shared] * 100]) == 401 // bounds.LETTERS_A_STEP


@pytest.fixture(autouse=True)
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "chart"
    (folder / "templates").mkdir(parents=True)
    (folder / "charts").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (folder / "values.yaml").write_text("a: b\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("case", TEMPLATES)
def test_a_template_without_end_ends(chart: Path, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    (chart / "templates" / "a.yaml").write_text(TEMPLATES[case])
    assert cli.main(["check", "--isolated", "."]) == 1
    assert "chart-template-invalid" in capsys.readouterr().out


def test_an_archive_writes_and_reads_nothing_outside(chart: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (chart.parent / "secret").write_text("kind: Hidden\n")
    with tarfile.open(chart / "charts" / "evil-1.0.0.tgz", "w:gz") as archive:
        for name, data, link in (
            ("evil/Chart.yaml", b"apiVersion: v2\nname: evil\nversion: 1.0.0\n", ""),
            ("../../out", b"x", ""),
            (str(chart.parent / "out"), b"x", ""),
            ("evil/templates/l.yaml", b"", "../../../secret"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            if link:
                member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member, io.BytesIO(data))
    cli.main(["check", "--isolated", "."])
    cli.main(["build", "."])
    said = capsys.readouterr()
    assert "Hidden" not in said.out + said.err
    assert sorted(path.name for path in chart.parent.iterdir()) == ["chart", "secret"]


def test_a_kustomization_of_too_many_changes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kubetrial.lint.build.kustomize import reading

    monkeypatch.setattr(reading, "MAX_CHANGES", 21)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n"
    )
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\nimages:\n" + "- {name: a, newTag: b}\n" * 11)
    assert cli.main(["build", "."]) == 1
    monkeypatch.setattr(reading, "MAX_CHANGES", 22)
    assert cli.main(["build", "."]) == 0


def test_parsed_templates_are_kept_within_bounds() -> None:
    """A process that lives long, such as an editor's, keeps no text of a stranger's that is long, and one set of names."""
    names = Engine({}).names
    assert Engine({"a": "{{ .Values.a }}"}).names is names
    before = parse._kept.cache_info().currsize
    parse.parse("long", "x" * (parse.MOST_KEPT + 1), names)
    assert parse._kept.cache_info().currsize == before
    assert parse._kept.cache_info().maxsize == 1000


def test_a_schema_of_values_asks_nobody(
    chart: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The validator would fetch what a reference names, if it were let."""
    asked: list[object] = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda *words, **_: asked.append(words))
    (chart / "templates" / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    for schema in (
        {"$ref": "http://127.0.0.1:9/a.json"},
        {"properties": {"a": {"$ref": "https://127.0.0.1:9/a.json#/b"}}},
        {"$dynamicRef": "http://127.0.0.1:9/a.json"},
        {"$id": "http://127.0.0.1:9/", "properties": {"a": {"$ref": "b.json"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [{"$ref": "file:///etc/passwd"}]},
    ):
        (chart / "values.schema.json").write_text(json.dumps(schema))
        assert cli.main(["check", "--isolated", "."]) == 0
        assert "not fetched" in capsys.readouterr().out
    assert not asked
    for properties, code in (({"a": {"pattern": "^\\x{62}$"}}, 0), ({"a": {"type": "object"}}, 1)):
        (chart / "values.schema.json").write_text(json.dumps({"properties": properties}))
        assert cli.main(["check", "--isolated", "."]) == code


@pytest.mark.parametrize("pattern", ["^(? ", "(", "a**", "[", "(?<!a)", "\\\\", "(?P<>a)"])
def test_a_pattern_that_is_none_is_told_wherever_it_stands(pattern: str) -> None:
    for action in (
        f'regexReplaceAll "{pattern}" .Values.a "${{1}}"', f'regexReplaceAll "{pattern}" .Values.a "b"', f'mustRegexMatch "{pattern}" .Values.a',
        f'regexFindAll "{pattern}" .Values.a -1', f'regexSplit "{pattern}" .Values.a -1', f'regexFind "{pattern}" .Values.a',
    ):  # fmt: skip
        rendered = Engine({"a.yaml": f"a: {{{{ {action} }}}}\n"}).render("a.yaml", {"Values": {"a": "b"}}, {})
        assert "is wrong" in str(rendered.error), action
    matched = Engine({"a.yaml": f'a: {{{{ regexMatch "{pattern}" .Values.a }}}}'}).render(
        "a.yaml", {"Values": {"a": "b"}}, {}
    )
    assert matched.text == "a: false"  # the one that tells nobody, in Helm too
    with pytest.raises(search.Unsupported):
        search.grouped("^(? ")
