"""Any bytes as input give findings and an exit code: never a traceback, never silence, in bounded time and memory."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kubetrial.lint.command import cli
from kubetrial.lint.engine import Choice, Text, check_texts
from kubetrial.lint.yaml import source

from tests.conftest import ROOT

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
DEEP = "a: " + "[" * 10_000 + "]" * 10_000
BOMB = (
    OBJECT
    + "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12))
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["check", "--isolated", "--no-progress", *arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 0, "Nothing was checked"),
        (b"---\n", 0, "Nothing was checked"),
        (b"# only a comment\n", 0, "Nothing was checked"),
        (b"apiVersion: v1\n\tkind: Pod\n", 1, "yaml-syntax"),
        (bytes(range(256)) * 8, 1, "binary file"),
        (b"apiVersion: v1\nkind: Config\x00Map\n", 1, "yaml-syntax"),
        (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '\xff'}\n", 1, "binary file"),
        (b"apiVersion: v1\n" + DEEP.encode(), 1, "nested"),
        (BOMB.encode(), 1, "aliases"),
        (b"apiVersion: v1\na: &a [*a]\n", 1, "yaml-syntax"),
        (b"apiVersion: v1\nkind: ConfigMap\na: !!binary '\xc3\xa9'\n", 1, "not base64"),
        (b"just text", 0, "not a Kubernetes manifest"),
        (b"- 1\n- 2\n", 0, "not a Kubernetes manifest"),
        (OBJECT.encode() + b"data: {a: '" + b"x" * (17 << 20) + b"'}\n", 1, "MiB"),
        (b"apiVersion: v1\nkind: List\nitems: [null, 3, {kind: x}]\n", 1, "field-missing"),
        (
            b"apiVersion: v1\nkind: Pod\nmetadata: 3\nspec: {containers: [null, 3, {name: {}, ports: [null]}]}\n",
            1,
            "value-wrong-type",
        ),
        (
            b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - apiVersion: v1\n    kind: X\n    name: b\n"
            b"    apiVersion: v1\n    kind: X\nspec: 3\n",
            1,
            "key-duplicate",
        ),
        (
            b"apiVersion: none\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
            b"spec: {scaleTargetRef: 3, metrics: [[{type: Object}], {object: 3}, null]}\n",
            1,
            "kind-unknown",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bad_files(
    content: bytes,
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_bytes(content)
    found, out, err = run(capsys, ".")
    assert (found, said in out + err) == (code, True), out + err


def test_many_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(
        "".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\n" for i in range(20_000))
    )
    code, out, _ = run(capsys, ".")
    assert (code, "20000 documents" in out) == (0, True)


def test_links_that_lead_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").mkdir()
    try:
        (tmp_path / "loop" / "again").symlink_to(tmp_path / "loop", target_is_directory=True)
        (tmp_path / "loop" / "self.yaml").symlink_to(tmp_path / "loop" / "self.yaml")
    except OSError:
        pytest.skip("no symbolic links here")
    code, out, _ = run(capsys, "loop")
    assert (code, "self.yaml" in out) == (1, True)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(OBJECT)
    Path("a.yaml").chmod(0)
    code, out, _ = run(capsys, "a.yaml")
    assert (code, "no permission" in out) == (1, True)


def test_folder_without_manifests_and_missing_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, ".")[:2] == (0, "Nothing was checked: no manifests were found.\n")
    code, out, _ = run(capsys, "nowhere.yaml")
    assert (code, "no such file" in out) == (2, True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(content=st.binary(max_size=300))
def test_any_bytes(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "any.yaml"
    file.write_bytes(content)
    code, out, _ = run(capsys, str(file), "--output-format", "json")
    assert code in (0, 1)
    json.loads(out)


@pytest.mark.parametrize("rules", ["{rule: a}", "[a, 3, null, [b], {rule: 3}, {rule: a, message: [b]}]", "a", "3"])
@pytest.mark.parametrize(
    "place",
    [
        "x-kubernetes-validations: %s",
        "items: {x-kubernetes-validations: %s}",
        "items: {x-kubernetes-validations: %s, properties: a, type: array, maxItems: 1.5}",
    ],
)
def test_rules_of_definitions_of_any_shape(rules: str, place: str) -> None:
    """Below `items` of an object nothing has a type that the schema of definitions could hold it to."""
    schema = "{type: object, " + place % rules + "}"
    text = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: things, kind: Thing}\n"
        f"  versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}]\n"
    )
    checked = check_texts([Text("x.yaml", text)], choice=Choice(selected=lambda entry: True))
    assert (len(checked.documents), checked.internal_error) == (1, False)


VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 70000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "a", "1", "50%", "x" * 300, "1Gi"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "spec", "a/b", "key", "containers", "metadata"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def test_files_that_git_crypt_keeps_locked_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret.yaml").write_bytes(b"\0GITCRYPT\0\xd5\x01")
    Path("web.yaml").write_text(OBJECT)
    code, out, err = run(capsys, ".")
    assert (code, "encrypted by git-crypt" in out + err) == (0, True), out + err
    code, out, err = run(capsys, "secret.yaml")
    assert (code, "not checked" in out + err) == (1, True), out + err


def seeds() -> list[tuple[str, object]]:
    """The documents of our own fixtures: every kind and field that a rule looks at occurs in one of them."""
    folder = ROOT / "tests" / "rules"
    found = []
    for path in sorted(folder.glob("*.yaml")):
        found.extend((path.stem, d.value) for d in source.read(path.name, path.read_text(encoding="utf-8")).documents)
    return found


SEEDS = seeds()


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_any_structure(data: st.DataObject) -> None:
    """A value of any shape in the place of any field, be it one of another version: no rule raises."""
    import copy

    _, seed = data.draw(st.sampled_from(SEEDS))
    value = copy.deepcopy(seed)
    way: list[tuple[object, object]] = []
    inner = value
    while isinstance(inner, (dict, list)) and inner and (not way or data.draw(st.integers(0, 3))):
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        way.append((inner, key))
        inner = inner[key]
    if way:
        holder, key = way[-1]
        holder[key] = data.draw(VALUE)  # type: ignore[index]
    if way and way[0][1] != "apiVersion" and not data.draw(st.integers(0, 3)):
        group, slash, _ = str(value["apiVersion"]).rpartition("/")
        value["apiVersion"] = data.draw(st.sampled_from([f"{group}{slash}v1", f"{group}{slash}v1beta1", "of-none/v1"]))
    checked = check_texts([Text("x.json", json.dumps(value))], choice=Choice(selected=lambda entry: True))
    assert not checked.internal_error, [f.message for f in checked.findings if f.rule == "internal-error"]
