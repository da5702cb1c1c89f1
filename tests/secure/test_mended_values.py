"""What `--fix` writes into the values of a chart stays inside of what is checked, changes the wanted letters only, or nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from kubetrial.lint.command import cli

POD = """apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  restartPolicy: {{ .Values.restart }}
  containers: [{name: a, image: "a:1"}]
"""
WRONG = "# kept\nrestart: always # and this\nother: 1\n"
MENDED = WRONG.replace("always", "Always")


@pytest.fixture
def chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a chart without values, in a folder that is checked and has another one beside it."""
    inside = tmp_path / "inside"
    (inside / "c/templates").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (inside / "c/Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    (inside / "c/templates/pod.yaml").write_text(POD)
    monkeypatch.chdir(inside)
    return inside / "c"


def _fix(*words: str) -> int:
    return cli.main(["check", "--no-cache", "--fix", *words])


def test_only_the_letters_of_the_value_change(chart: Path) -> None:
    values = chart / "values.yaml"
    values.write_bytes(b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    values.chmod(0o640)
    assert _fix(".") == 0
    assert values.read_bytes() == b"\xef\xbb\xbf" + MENDED.replace("\n", "\r\n").encode()
    assert values.stat().st_mode & 0o777 == 0o640


def test_values_behind_a_link_out_are_not_written(chart: Path) -> None:
    foreign = chart.parent.parent / "outside/values.yaml"
    foreign.write_text(WRONG)
    (chart / "values.yaml").symlink_to("../../outside/values.yaml")
    _fix(".")
    assert foreign.read_text() == WRONG
    assert (chart / "values.yaml").is_symlink()


def test_values_outside_that_are_given_are_read_and_not_written(chart: Path) -> None:
    foreign = chart.parent.parent / "outside/values.yaml"
    foreign.write_text(WRONG)
    assert _fix("--values", str(foreign), "c") == 1
    assert foreign.read_text() == WRONG


@pytest.mark.parametrize(
    "values",
    ["restart: [always]\n", "restart: |\n  always\n", "a: &a always\nrestart: *a\n", "restart: !!str always\n"],
)
def test_a_value_that_is_written_in_another_way_is_left(chart: Path, values: str) -> None:
    (chart / "values.yaml").write_text(values)
    assert _fix(".") == 1
    assert (chart / "values.yaml").read_text() == values
