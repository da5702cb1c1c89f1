"""What an upgrade changes: told once, at the first minor in which it is otherwise, and never of what stays."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from kubetrial.lint.command import cli, upgrade
from kubetrial.lint.engine import Text, check_texts, in_order
from kubetrial.lint.finding import Result, Summary
from kubetrial.schemas.minors import NEWEST, OLDEST

FIXTURE = Path(__file__).with_name("greenhouse.yaml")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    shutil.copy(FIXTURE, tmp_path)

    def run(*arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        if stdin is not None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        code = cli.main(("upgrade", "--isolated", *arguments))
        return code, *capsys.readouterr()

    return run


def told(out: str) -> list[tuple[str, str, str, int]]:
    """(minor, change, rule, line) of a report in JSON."""
    return [(c["minor"], c["change"], c["rule"], c["line"]) for c in json.loads(out)["changes"]]


def test_each_change_stands_at_its_minor(run: Run) -> None:
    code, out, _ = run("--from", "1.30", "--to", "1.35", "--output-format", "json", "greenhouse.yaml")
    assert code == 1
    assert told(out) == [
        ("1.31", "accepted", "field-unknown", 58),
        ("1.32", "refused", "api-removed", 1),
        ("1.33", "effective", "field-dropped", 14),
        ("1.34", "refused", "value-unsupported", 36),
        ("1.34", "accepted", "kind-unknown", 61),
        ("1.35", "effective", "field-dropped", 58),
    ]
    assert json.loads(out)["changes"][1]["fix"]["applicability"] == "safe"


def test_a_field_that_counts_names_its_gate_and_minor(run: Run) -> None:
    _, out, _ = run("--from", "1.32", "--to", "1.33", "greenhouse.yaml")
    assert (
        "greenhouse.yaml:14:3: takes effect: Pod heater: `hostUsers` needs the feature gate UserNamespacesSupport, which is on by default from Kubernetes 1.33 on"
        in out
    )
    assert "1 change from 1.32 to 1.33 in 6 objects (1 file): 1 takes effect." in out


def test_what_no_server_takes_is_no_change(run: Run) -> None:
    _, out, _ = run("--from", "1.25", "--output-format", "json", ".")
    assert not any(c["object"]["name"] == "seeds" for c in json.loads(out)["changes"])


def test_markdown_and_sarif_tell_the_same(run: Run) -> None:
    _, page, _ = run("--from", "1.31", "--to", "1.34", "--output-format", "markdown", ".")
    assert "## 1.32\n\n### Refused\n" in page
    assert "write apiVersion: flowcontrol.apiserver.k8s.io/v1 |" in page
    _, out, _ = run("--from", "1.31", "--to", "1.34", "--output-format", "sarif", ".")
    results = json.loads(out)["runs"][0]["results"]
    assert [r["ruleId"] for r in results] == ["api-removed", "field-dropped", "value-unsupported", "kind-unknown"]
    assert results[0]["message"]["text"].startswith("from Kubernetes 1.32 on, refused: ")


def test_fix_writes_the_version_that_takes_over(run: Run, tmp_path: Path) -> None:
    assert run("--from", "1.31", "--diff", ".")[0] == 1
    assert run("--from", "1.31", "--fix", ".")[0] == 0
    text = (tmp_path / "greenhouse.yaml").read_text(encoding="utf-8")
    assert text == FIXTURE.read_text(encoding="utf-8").replace("v1beta3", "v1")


def test_an_export_tells_what_was_written(run: Run) -> None:
    applied = json.dumps({"apiVersion": "flowcontrol.apiserver.k8s.io/v1beta3", "kind": "FlowSchema"})
    metadata = {"name": "f", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": applied}}
    spec = {"priorityLevelConfiguration": {"name": "p"}}
    one = {"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": metadata, "spec": spec}
    export = json.dumps({"apiVersion": "v1", "kind": "List", "items": [one]})
    code, out, _ = run("--from", "1.31", "--to", "1.33", "--output-format", "json", "-", stdin=export)
    assert [c[:3] for c in told(out)] == [("1.32", "broken", "object-applied-as-removed-version")]
    assert code == 0


def test_down_or_unknown_is_no_upgrade(run: Run) -> None:
    assert run("--from", "1.34", "--to", "1.33")[0] == 2
    code, _, err = run("--from", "1.12")
    assert (code, f"1.{OLDEST} to 1.{NEWEST}" in err) == (2, True)


def test_nothing_is_told_between_a_minor_and_itself() -> None:
    text = FIXTURE.read_text(encoding="utf-8")
    found = in_order(check_texts([Text("a.yaml", text)], minor=33).findings)
    judged = upgrade._judged(Result(tuple(found), (), Summary(), {}))
    assert upgrade.changes_between({33: judged, 34: judged}) == []


def test_a_path_that_is_not_there_is_said(run: Run) -> None:
    code, _, err = run("--from", "1.31", "nowhere")
    assert (code, "nowhere: no such file or folder" in err) == (2, True)


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("a.yaml", b"a: \x9d", 2, "a.yaml:1:1: this file was not checked: it is no UTF-8 text"),
        ("a.yaml", b"a: [\nkind: Pod\napiVersion: v1\n", 2, "a.yaml:"),
        ("kustomization.yaml", b"resources: [nope.yaml]\n", 2, "kustomization.yaml:1:13: `nope.yaml` is not there"),
        ("a.txt", b"x", 0, "Nothing was checked: no Kubernetes objects in 1 file"),
        ("a.yaml", b"a: 1\n", 0, "1 skipped: not a Kubernetes manifest."),
    ],
)
def test_what_no_minor_looked_at_is_said(
    run: Run, tmp_path: Path, name: str, content: bytes, code: int, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    got, out, err = run("--from", "1.31", name)
    assert (got, said in out + err) == (code, True), out + err


def test_what_is_left_alone_is_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("a: 1\n")
    _, out, _ = run("--from", "1.32", "--to", "1.33", ".")
    assert "in 6 objects (2 files; 1 skipped: not a Kubernetes manifest): 1 takes effect." in out
