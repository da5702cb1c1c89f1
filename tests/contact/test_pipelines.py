"""The action, the component and the container recipe: their scripts run here, with what a machine without network has."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli
from ruamel.yaml import YAML

from tests.conftest import ROOT

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata: {debug: yes}\n"


def load(name: str) -> Any:
    return YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))


def program(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


class Runner:
    """What a runner of GitHub Actions gives to a step, without a network: pip only notes what it should install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temp = folder / "temp"
        self.output = folder / "output"
        self.work = folder / "work"
        self.work.mkdir()
        program(folder / "bin" / "python", f'mkdir -p "{self.temp}/kubetrial/bin"')
        program(self.temp / "kubetrial" / "bin" / "python", f'echo "$@" > "{folder}/pip"')
        program(
            self.temp / "kubetrial" / "bin" / "kubetrial", f'exec "{sys.executable}" -m kubetrial.lint.command.cli "$@"'
        )

    def step(self, number: int, **inputs: str) -> subprocess.CompletedProcess[str]:
        action = load("action.yml")
        values = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
        values |= {name.replace("_", "-"): value for name, value in inputs.items()}
        step = action["runs"]["steps"][number]
        own = {
            name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text).replace(
                "${{ github.action_path }}", str(ROOT)
            )
            for name, text in step["env"].items()
        }
        assert step["shell"] == "bash"
        environment = {
            **os.environ,
            **own,
            "PATH": f"{self.folder}/bin{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKFLOW": "ci",
            "GITHUB_WORKSPACE": str(self.work),
        }
        environment.pop("GITHUB_STEP_SUMMARY", None)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def test_the_action_installs_itself_or_a_version(runner: Runner) -> None:
    assert runner.step(1).returncode == 0
    assert (runner.folder / "pip").read_text().split()[-1] == str(ROOT)
    assert runner.step(1, version="0.1.0").returncode == 0
    assert (runner.folder / "pip").read_text().split()[-1] == "kubetrial==0.1.0"


def test_the_action_annotates_and_writes_reports(runner: Runner) -> None:
    (runner.work / "bad file.yaml").write_text(BAD)
    (runner.work / "good.yaml").write_text(GOOD)
    done = runner.step(
        2,
        sarif="out.sarif",
        html="out.html",
        arguments="--kubernetes-version=1.33\n",
        paths="bad file.yaml\ngood.yaml\n",
    )
    assert done.returncode == 1, done.stderr
    assert "::error title=" in done.stdout
    assert "file=bad file.yaml" in done.stdout
    assert runner.output.read_text() == "exit-code=1\n"
    assert json.loads((runner.work / "out.sarif").read_text())["version"] == "2.1.0"
    assert (runner.work / "out.html").read_text().startswith("<!DOCTYPE html>")
    (runner.work / "bad file.yaml").unlink()
    assert runner.step(2).returncode == 0


def test_inputs_are_words_and_never_commands(runner: Runner) -> None:
    (runner.work / "good.yaml").write_text(GOOD)
    for inputs in ({"paths": "$(touch owned)"}, {"arguments": "--config=$(touch owned)"}, {"since": "`touch owned`"}):
        runner.step(2, **inputs)
    assert sorted(path.name for path in runner.work.iterdir()) == ["good.yaml"]
    for step in load("action.yml")["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input inside of a script is a command"


def test_every_input_of_the_action_is_used_and_told() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "github-actions.md").read_text(encoding="utf-8")
    for name, one in load("action.yml")["inputs"].items():
        assert one["description"]
        assert f"inputs.{name}" in text
        assert f"`{name}`" in page


def component(**inputs: str) -> dict[str, Any]:
    head, body = (ROOT / "templates" / "kubetrial.yml").read_text(encoding="utf-8").split("\n---\n")
    known = YAML(typ="safe").load(head)["spec"]["inputs"]
    values = {name: inputs.get(name, one["default"]) for name, one in known.items()}
    filled = re.sub(r"\$\[\[ inputs\.([a-z]+) \]\]", lambda m: values[m[1]], body)
    assert "$[[" not in filled
    return YAML(typ="safe").load(filled)


def test_the_component_shows_findings_in_merge_requests(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "pip", f'echo "$@" > "{tmp_path}/pip"')
    program(tmp_path / "bin" / "kubetrial", f'exec "{sys.executable}" -m kubetrial.lint.command.cli "$@"')
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "bad.yaml").write_text(BAD)
    ((name, job),) = component(version="==0.1.0", arguments="--kubernetes-version 1.33").items()
    assert name == "kubetrial"
    environment = {**os.environ, "PATH": f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"}
    codes = [
        subprocess.run(
            ["sh", "-ec", line], cwd=tmp_path / "work", env=environment, capture_output=True, check=False
        ).returncode
        for line in job["script"]
    ]
    assert codes == [0, 1]
    assert (tmp_path / "pip").read_text().split()[-1] == "kubetrial==0.1.0"
    reports = job["artifacts"]["reports"]
    (found,) = json.loads((tmp_path / "work" / reports["codequality"]).read_text())
    assert found["location"]["path"] == "bad.yaml"
    assert (tmp_path / "work" / reports["junit"]).read_text().startswith("<?xml")
    assert job["artifacts"]["when"] == "always"


def test_the_container_recipe_copies_what_is_there_and_runs_as_nobody() -> None:
    rows = [
        row.split()
        for row in (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()
        if row and row[0] != "#"
    ]
    copied = [word for row in rows if row[0] == "COPY" and not row[1].startswith("--") for word in row[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    kept = {row[1:] for row in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if row.startswith("!")}
    assert set(copied) == kept, "what the recipe copies is what .dockerignore lets in"
    assert [row[1] for row in rows if row[0] == "USER"] == ["10001"]
    entry = next(json.loads(" ".join(row[1:])) for row in rows if row[0] == "ENTRYPOINT")
    command = next(json.loads(" ".join(row[1:])) for row in rows if row[0] == "CMD")
    assert entry == ["kubetrial"]
    cli.parser().parse_args(command)


def test_the_container_recipe_copies_all_that_a_wheel_needs() -> None:
    """What hatchling puts into the wheel, and the files that pyproject.toml names."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {name.strip("/") for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]}
    needed |= {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    kept = {row[1:] for row in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if row.startswith("!")}
    assert needed <= kept


def test_the_projects_own_workflow_uses_what_there_is() -> None:
    jobs = load(".github/workflows/ci.yml")["jobs"]
    uses = next(step for step in jobs["action"]["steps"] if step.get("uses") == "./")
    assert set(uses["with"]) <= set(load("action.yml")["inputs"])
    assert (ROOT / uses["with"]["paths"]).is_dir()
    assert any(step.get("run") == "bash .ci/run" for step in jobs["test"]["steps"])
