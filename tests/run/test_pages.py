"""What docs/trial.md shows is what the tool prints today, and golden files of every format; `--update` writes them anew."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

from .conftest import Run

PAGE = ROOT / "docs" / "trial.md"
BLOCK = re.compile(r"(<!-- run: kubetrial run (.*?) -->\n```text\n)(.*?)(```\n)", re.S)
TABLE = re.compile(r"(<!-- scenarios -->\n)(.*?)(<!-- end -->\n)", re.S)
JOB = "examples/right/job.yaml --scenario every-pod-fails"

FILES = {
    "docs/trial/job.svg": f"{JOB} --output-format svg",
    "docs/trial/statefulset.svg": "examples/right/statefulset.yaml --scenario scale-down --output-format svg",
    "docs/trial/terminal.txt": "examples/right/statefulset.yaml --scenario lose-a-node",
    "tests/run/golden/job.json": f"{JOB} --output-format json",
    "tests/run/golden/job.jsonl": f"{JOB} --output-format jsonl",
    "tests/run/golden/job.txt": f"{JOB} --color always",
    "tests/run/golden/examples.txt": "examples/right --scenario drain-each-node",
    "tests/run/golden/cronjob.html": "docs/trial/backup.yaml --start 2026-03-27T00:00+01:00 --for 4d --output-format html",
    "tests/run/golden/compared.svg": "examples/right/job.yaml --compare docs/trial/backup.yaml --output-format svg",
    "tests/run/golden/compared.txt": "examples/right/job.yaml --compare docs/trial/backup.yaml",
    "tests/run/golden/own.txt": "examples/right/job.yaml --scenario docs/trial/slow-start.yaml",
}


@pytest.mark.parametrize("name", FILES)
def test_golden(run: Run, monkeypatch: pytest.MonkeyPatch, update: bool, name: str) -> None:
    monkeypatch.chdir(ROOT)
    code, out, _ = run(*FILES[name].split(), "--isolated")
    assert code == 0
    assert run(*FILES[name].split(), "--isolated")[1] == out, "the same input gives the same output"
    if update:
        (ROOT / name).write_text(out, encoding="utf-8", newline="\n")
    assert (ROOT / name).read_text(encoding="utf-8") == out, "pytest tests/run --update writes it anew"


def test_page_shows_what_the_tool_prints(run: Run, monkeypatch: pytest.MonkeyPatch, update: bool) -> None:
    from kubetrial.lint.command.run import spoken_names
    from kubetrial.lint.trial.scenarios import about

    monkeypatch.chdir(ROOT)
    written = PAGE.read_text(encoding="utf-8")
    made = BLOCK.sub(lambda m: m[1] + run(*m[2].split(), "--isolated")[1] + m[4], written)
    rows = "".join(f"| `{name}` | {' '.join(about(name).split())} |\n" for name in spoken_names())
    made = TABLE.sub(lambda m: m[1] + rows + m[3], made)
    if update:
        PAGE.write_text(made, encoding="utf-8", newline="\n")
        written = made
    assert written == made, "pytest tests/run --update writes it anew"


def test_page_names_every_field_of_a_scenario() -> None:
    from kubetrial.lint.trial import scenario_file

    text = PAGE.read_text(encoding="utf-8")
    names = (
        *(name for name in scenario_file.TOP if name != "group"),
        *scenario_file.CLUSTER, *scenario_file.WORKLOAD, *scenario_file.CONTAINER, *scenario_file.VERBS,
    )  # fmt: skip
    assert not [name for name in names if name not in text]
