"""Schema folders and baselines of a checkout: what its configuration names, and what links in them lead to, lies inside of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubetrial.lint.command import cli

THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: one}\nspec: {a: 1}\n"
SCHEMA = '{"type": "object", "required": ["secretword"]}'


@pytest.fixture(params=[True, False], ids=["git", "no git"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thing_v1.json").write_text(SCHEMA)
    (tmp_path / "out" / "baseline.json").write_text('{"version": 1, "findings": [], "secretword": 1}')
    folder = tmp_path / "checkout"
    (folder / "schemas").mkdir(parents=True)
    (folder / "a.yaml").write_text(THING)
    if request.param:
        (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "row", ['schema-dirs = ["../out"]', 'schema-dirs = ["link"]', 'baseline = "../out/baseline.json"']
)
def test_a_configuration_names_nothing_outside(checkout: Path, row: str, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "link").symlink_to("../out")
    (checkout / ".kubetrial.toml").write_text(row + "\n")
    assert cli.main(["check", "."]) == 2
    said = capsys.readouterr()
    assert "which lies outside of" in said.err
    assert "secretword" not in said.out + said.err


def test_the_user_names_what_she_wants(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--isolated", "--schema-dir", "../out", "a.yaml"]) == 1
    assert "secretword" in capsys.readouterr().out


def test_a_configuration_names_folders_inside(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "schemas" / "thing_v1.json").write_text(SCHEMA)
    (checkout / ".kubetrial.toml").write_text('schema-dirs = ["schemas"]\n')
    assert cli.main(["check", "a.yaml"]) == 1
    assert "secretword" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["thing_v1.json", "crd.yaml"])
def test_a_link_in_a_schema_folder_leads_nowhere_outside(
    checkout: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout.parent / "out" / "crd.yaml").write_text("kind: CustomResourceDefinition\nsecretword: [\n")
    (checkout / "schemas" / name).symlink_to(f"../../out/{name}")
    assert cli.main(["check", "--isolated", "--schema-dir", "schemas", "a.yaml"]) == 1
    said = capsys.readouterr()
    assert "a link that leads out of the schema folder" in said.out
    assert "secretword" not in said.out + said.err


def test_a_link_to_a_file_beside_it_is_followed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "schemas" / "real.json").write_text(SCHEMA)
    (checkout / "schemas" / "thing_v1.json").symlink_to("real.json")
    assert cli.main(["check", "--isolated", "--schema-dir", "schemas", "a.yaml"]) == 1
    assert "secretword" in capsys.readouterr().out
