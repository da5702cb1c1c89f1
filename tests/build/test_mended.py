"""`--fix` where objects are built: the source is mended that everything which takes it agrees on, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build.literal import literal, paths_of, text_at
from kubetrial.lint.command import cli
from kubetrial.lint.finding import Position, Range

SOURCE = Path(__file__).parent / "mended"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(SOURCE, tmp_path / "mended")
    (tmp_path / "mended" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "mended")
    return tmp_path / "mended"


def changed(root: Path, *arguments: str) -> dict[str, list[tuple[str, str]]]:
    """The lines that `--fix` writes anew, by file."""
    cli.main(["check", "--isolated", "--no-progress", "--no-cache", "--fix", *arguments])
    found = {}
    for path in sorted(SOURCE.rglob("*.yaml")):
        name = path.relative_to(SOURCE).as_posix()
        before, after = path.read_text().splitlines(), (root / name).read_text().splitlines()
        lines = [(a.strip(), b.strip()) for a, b in zip(before, after, strict=False) if a != b]
        if lines:
            found[name] = lines
    return found


def test_a_base_a_patch_a_template_and_a_values_file_are_mended(repository: Path) -> None:
    assert changed(repository, ".") == {
        "base/d.yaml": [
            ('replicas: "2"', "replicas: 2"),
            ("contianers: # why", "containers: # why"),
            ("imagePullPolicy: always", "imagePullPolicy: Always"),
            ("- {name: A, value: 1}", '- {name: A, value: "1"}'),
        ],
        "overlays/prod/kustomization.yaml": [('minReadySeconds: "3"', "minReadySeconds: 3")],
        "chart/templates/pod.yaml": [
            ('imagePullPolicy: "always"', 'imagePullPolicy: "Always"'),
            ("- containerport: 80", "- containerPort: 80"),
            ("value: 3", 'value: "3"'),
        ],
        "chart/values.yaml": [
            ('hostNetwork: "true"', "hostNetwork: true"),
            ("dnsPolicy: default", "dnsPolicy: Default"),
        ],
        "shared/job.yaml": [
            (
                "containers: [{name: a, image: nginx, imagePullPolicy: IfnotPresent}]",
                "containers: [{name: a, image: nginx, imagePullPolicy: IfNotPresent}]",
            )
        ],
    }


def test_what_one_of_its_users_needs_as_it_is_stays(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "--isolated", "--no-cache", "--output-format", "json", "chart"])
    text = capsys.readouterr().out
    assert "activeDeadlineSeconds" in text  # it is found, in the Pod alone
    changed(repository, "chart")
    assert '"60"' in (repository / "chart/values.yaml").read_text()


@pytest.mark.parametrize("action", [
    '{{ if eq .Values.pod.hostNetwork "true" }}{{ end }}',  # refuses to compare a boolean with a text
    '{{ with .Values.pod }}{{ if ne .dnsPolicy "default" }}{{ fail "no" }}{{ end }}{{ end }}',
    "{{ $all := .Values.pod }}{{ $_ := $all.dnsPolicy | upper }}{{ $_ = $all.hostNetwork }}",
])  # fmt: skip
def test_what_a_template_reads_by_its_name_stays(repository: Path, action: str) -> None:
    before = (repository / "chart/values.yaml").read_text()
    template = repository / "chart/templates/settings.yaml"
    template.write_text(action + "\n" + template.read_text())
    changed(repository, "chart")
    after = (repository / "chart/values.yaml").read_text()
    for name in ("hostNetwork", "dnsPolicy"):
        line = next(line for line in before.splitlines() if name in line)
        assert (line in after) == (name in action)


def test_a_literal_that_an_overlay_needs_as_it_is_stays(repository: Path) -> None:
    (repository / "overlays/dev/kustomization.yaml").write_text(
        "resources: [../../base]\n"
        "patches:\n"
        "- target: {kind: Deployment}\n"
        "  patch: |\n"
        "    - {op: replace, path: /apiVersion, value: example.com/v1}\n"
    )
    changed(repository, "base", "overlays")
    text = (repository / "base/d.yaml").read_text()
    assert 'replicas: "2"' in text
    assert "imagePullPolicy: always" in text


def test_only_given_files_are_written(repository: Path) -> None:
    assert list(changed(repository, "overlays/prod")) == ["overlays/prod/kustomization.yaml"]


def test_the_diff_is_the_same_and_writes_nothing(repository: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    cli.main(["check", "--isolated", "--no-cache", "--diff", "."])
    assert b"+      containers: # why" in capsysbinary.readouterr().out
    assert "contianers" in (repository / "base/d.yaml").read_text()


@given(st.one_of(st.integers(), st.booleans(), st.text("ab\"'{}&*#: ~1\\"), st.none()))
def test_a_literal_reads_as_its_value(value: object) -> None:
    import json

    raw = json.dumps(value)
    if literal(raw, value):
        assert json.loads(raw) == value
    assert not literal("{{ .x }}", value)


def test_paths_and_texts() -> None:
    assert sorted(map(str, paths_of({"a": [{"b": "x"}, "x"], "x": 1}, '"x"', False))) == ["('a', 0, 'b')", "('a', 1)"]
    assert list(paths_of({"a": {"x": 1}}, "x", True)) == [("a", "x")]
    place = Range(Position(2, 3), Position(2, 5))
    assert text_at("a\n  bc", place) == "bc"
    assert text_at("a\n  b", place) is None
    assert text_at("a", place) is None
