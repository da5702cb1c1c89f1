"""`--fix` where objects are built: the source is mended that everything which takes it agrees on, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build.agreed import agreed
from kubetrial.lint.build.division import Division
from kubetrial.lint.build.literal import by_value, literal, paths_of, text_at
from kubetrial.lint.build.origin import Origin, Unit
from kubetrial.lint.command import cli
from kubetrial.lint.finding import Category, Edit, Finding, Fix, Position, Range

from tests.counting import lines

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


def test_a_value_that_actions_print_is_mended_in_the_values_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SOURCE.parent / "printed", tmp_path / "printed")
    monkeypatch.chdir(tmp_path)
    before = (tmp_path / "printed/values.yaml").read_text().splitlines()
    template = (tmp_path / "printed/templates/pod.yaml").read_text()
    assert cli.main(["check", "--isolated", "--no-progress", "--no-cache", "--fix", "printed"]) == 1
    assert "taken back" not in capsys.readouterr().err
    after = (tmp_path / "printed/values.yaml").read_text().splitlines()
    assert [(a.strip(), b.strip()) for a, b in zip(before, after, strict=True) if a != b] == [
        ("pullPolicy: always  # why", "pullPolicy: Always  # why"),
        ("restart: onfailure", "restart: OnFailure"),
        ("dns: 'default'", "dns: 'Default'"),
        ("service: Clusterip", "service: ClusterIP"),
        ("ports: [tcp, TCP]", "ports: [TCP, TCP]"),
        ("pullPolicy: Ifnotpresent", "pullPolicy: IfNotPresent"),
        ("pullPolicy: never", "pullPolicy: Never"),
        ("joined: tcp", "joined: TCP"),
    ]
    assert (tmp_path / "printed/templates/pod.yaml").read_text() == template


def test_the_fix_of_a_printed_value_names_the_values_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SOURCE.parent / "printed", tmp_path / "printed")
    monkeypatch.chdir(tmp_path)
    cli.main(["check", "--isolated", "--no-cache", "--output-format", "json", "printed"])
    found = json.loads(capsys.readouterr().out)["findings"]
    (one,) = [each for each in found if each["path"] == "spec.restartPolicy"]
    assert one["file"] == "printed/templates/pod.yaml"
    assert one["fix"]["file"] == "printed/values.yaml"
    cli.main(["check", "--isolated", "--no-cache", "--output-format", "sarif", "printed"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    (change,) = next(each for each in results if "onfailure" in each["message"]["text"])["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "printed/values.yaml"


def test_a_value_that_another_values_file_takes_otherwise_is_mended_in_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SOURCE.parent / "printed", tmp_path / "printed")
    (tmp_path / "printed/ci").mkdir()
    (tmp_path / "printed/ci/a-values.yaml").write_text("restart: never\n")
    monkeypatch.chdir(tmp_path)
    cli.main(["check", "--isolated", "--no-progress", "--no-cache", "--fix", "printed"])
    assert (tmp_path / "printed/ci/a-values.yaml").read_text() == "restart: Never\n"
    assert "restart: OnFailure" in (tmp_path / "printed/values.yaml").read_text()


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


def test_what_an_overlay_could_not_be_built_with_is_taken_back(repository: Path) -> None:
    patch = '[{"op": "remove", "path": "/spec/Parallelism"}]'
    for name, more in (("first", f"patches: [{{patch: '{patch}', target: {{kind: Job}}}}]\n"), ("second", "")):
        (repository / name).mkdir()
        (repository / name / "kustomization.yaml").write_text(f"resources: [../shared]\nnamePrefix: {name}-\n{more}")
    job = repository / "shared/job.yaml"
    job.write_text(job.read_text().replace("spec:\n", "spec:\n  Parallelism: 2\n", 1))
    changed(repository, "shared", "first", "second")
    assert "Parallelism: 2" in job.read_text()
    (repository / "first/kustomization.yaml").write_text("resources: [../shared]\nnamePrefix: first-\n")
    changed(repository, "shared", "first", "second")
    assert "parallelism: 2" in job.read_text()


def test_what_a_schema_of_the_values_refuses_is_taken_back(repository: Path) -> None:
    schema = '{"properties": {"pod": {"properties": {"hostNetwork": {"type": "string"}}}}}'
    (repository / "chart/values.schema.json").write_text(schema)
    changed(repository, "chart")
    assert 'hostNetwork: "true"' in (repository / "chart/values.yaml").read_text()


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
    found = paths_of({"a": [{"b": "x"}, "x"], "x": 1, "c": True}, by_value(['"x"', "x", "1", "true"]))
    assert sorted(found, key=str) == [
        (("a", 0, "b"), '"x"', False),
        (("a", 0, "b"), "x", False),
        (("a", 1), '"x"', False),
        (("a", 1), "x", False),
        (("c",), "true", False),
        (("x",), '"x"', True),
        (("x",), "1", False),
        (("x",), "x", True),
    ]
    place = Range(Position(2, 3), Position(2, 5))
    assert text_at("a\n  bc", place) == "bc"
    assert text_at("a\n  b", place) is None
    assert text_at("a", place) is None


class Alike:
    """An object with one wrong text, which stands on a line of its own in a file."""

    def __init__(self, line: int) -> None:
        self.value = {"spec": {"policy": "always"}}
        self.place = Range(Position(line, 1), Position(line, 7))

    def origin(self, path: tuple[str | int, ...]) -> tuple[Origin, bool]:
        return Origin("a.yaml", self.place), True


def test_what_many_objects_take_is_asked_once() -> None:
    def steps(count: int) -> int:
        objects = [Alike(line) for line in range(1, count + 1)]
        unit = Unit("kustomization", "a", "a", objects, read=frozenset(("a.yaml",)))
        division = Division((unit,), text_of=lambda _: "always\n" * count)
        found = [
            Finding(
                "value-unsupported",
                Category.REJECTED,
                "",
                "a.yaml",
                one.place,
                document=number,
                path="spec.policy",
                fix=Fix("safe", (Edit(one.place, "Always"),)),
                unit="a",
            )
            for number, one in enumerate(objects)
        ]
        assert agreed(found, division) == found
        return lines(lambda: agreed(found, division))

    assert steps(80) < 2.5 * steps(40)
