"""`kubetrial crds add`: definitions in one folder, from files, folders, streams and lists, the same however often it runs."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.yaml import source

from tests.manifests import definition

SPEC = """{type: object, properties: {size: {type: integer, description: "how: long, 'on'"}, flag: {enum: ["yes", "0x1"], type: string}}}"""
OF_CLUSTER = """\
metadata:
  name: boats.yard.example.com
  uid: 4c7f
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: "{}"
"""
DEFINITION = (
    definition("Boat", SPEC, "yard.example.com").replace("metadata: {name: boats.yard.example.com}\n", OF_CLUSTER)
    + "status: {acceptedNames: {kind: Boat, plural: boats}}\n"
)
BOAT = "apiVersion: yard.example.com/v1\nkind: Boat\nmetadata: {name: one}\nspec: {size: large}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_kept_definition_judges(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "from.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n" + DEFINITION)
    assert cli.main(["crds", "add", "from.yaml"]) == 0
    out = capsys.readouterr().out
    assert "added     crds/boats.yard.example.com.yaml (from from.yaml)" in out
    assert 'schema-dirs = ["crds"]' in out
    (folder / "boat.yaml").write_text(BOAT)
    assert cli.main(["check", "boat.yaml", "--schema-dir", "crds", "--output-format", "concise"]) == 1
    assert "size" in capsys.readouterr().out
    assert cli.main(["crds", "add", "from.yaml"]) == 0
    assert capsys.readouterr().out.startswith("unchanged ")


def test_what_is_kept_says_the_same_without_what_a_cluster_wrote(folder: Path) -> None:
    (folder / "from.yaml").write_text(DEFINITION)
    cli.main(["crds", "add", "from.yaml"])
    (written,) = (
        d.value for d in source.read("x", (folder / "crds/boats.yard.example.com.yaml").read_text()).documents
    )
    (given,) = (d.value for d in source.read("x", DEFINITION).documents)
    assert written["spec"] == given["spec"]
    assert written["metadata"] == {"name": "boats.yard.example.com"}
    assert "status" not in written


def test_a_list_on_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    item = "\n".join("    " + row for row in DEFINITION.splitlines()[2:])
    text = (
        "apiVersion: v1\nkind: CustomResourceDefinitionList\nitems:\n  - kind: CustomResourceDefinition\n" + item + "\n"
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    assert cli.main(["crds", "add", "-", "--to", "kept/here"]) == 0
    assert (folder / "kept/here/boats.yard.example.com.yaml").exists()


def test_the_configured_folder_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".kubetrial.toml").write_text('schema-dirs = ["api/definitions"]\n')
    (folder / "in").mkdir()
    (folder / "in" / "a.yaml").write_text(DEFINITION)
    assert cli.main(["crds", "add", "in"]) == 0
    assert (folder / "api/definitions/boats.yard.example.com.yaml").exists()
    assert "next" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DEFINITION.replace("boats.yard.example.com", "../../boats"), "has no name"),
        (DEFINITION.replace("openAPIV3Schema", "none"), "has no schema"),
        (DEFINITION.replace("  name: boats.yard.example.com", "  - x"), "line"),
        ("kind: CustomResourceDefinition\nmetadata: [\n", ":2"),
        (BOAT, "there is no CustomResourceDefinition"),
    ],
)
def test_what_cannot_be_kept_is_told(text: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "from.yaml").write_text(text)
    assert cli.main(["crds", "add", "from.yaml"]) == 2
    assert said in capsys.readouterr().out or said == "line"
    assert not list(folder.rglob("boats*.yaml"))
    assert cli.main(["crds", "add", "nowhere.yaml"]) == 2
