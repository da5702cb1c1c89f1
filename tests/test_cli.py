"""The command as people use it: paths, streams, formats, exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kubetrial.lint.command import cli

from tests.manifests import STATEFULSET, definition

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\ndata:\n  debug: yes\n"
RISKY = """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: sync
spec:
  schedule: "0 4 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: sync
              image: registry.example.com/sync:1
"""


class Run:
    """Runs the command in a scratch folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
        if stdin is not None:
            self.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        try:
            code = cli.main(arguments)
        except SystemExit as leave:
            code = int(leave.code or 0)
        out, err = self.capsys.readouterr()
        return code, out, err


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in (
        "GITHUB_ACTIONS",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_WORKSPACE",
        "CI_PROJECT_DIR",
        "KUBETRIAL_OUTPUT_FORMAT",
        "NO_COLOR",
        "FORCE_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    return Run(capsys, monkeypatch)


def test_exit_codes(run: Run) -> None:
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text(BAD)
    Path("risky.yaml").write_text(RISKY)
    assert run("check", "good.yaml")[0] == 0
    assert run("check", "bad.yaml")[0] == 1
    assert run("check", "bad.yaml", "--exit-zero")[0] == 0
    assert run("check", "risky.yaml")[0] == 0
    assert run("check", "risky.yaml", "--fail-on", "warning")[0] == 1
    assert run("check", "risky.yaml", "--max-warnings", "0")[0] == 1
    assert run("check", "bad.yaml", "--fail-on", "never")[0] == 0
    assert run("check", "missing.yaml")[0] == 2
    assert run("check", "good.yaml", "--kubernetes-version", "1.99")[0] == 2
    assert run("check", "good.yaml", "--select", "no-such-rule")[0] == 2
    assert run("check", "good.yaml", "--output-format", "poetry")[0] == 2
    assert run("nonsense")[0] == 2


def test_unknown_version_names_the_known_ones(run: Run) -> None:
    _, _, err = run("check", "--kubernetes-version", "1.99")
    assert "1.25" in err
    assert "1.37" in err


def test_json_goes_to_stdout_alone(run: Run) -> None:
    Path("bad.yaml").write_text("---\n# nothing\n---\n" + BAD)
    code, out, err = run("check", "bad.yaml", "--output-format", "json")
    report = json.loads(out)
    (finding,) = report["findings"]
    assert (code, report["version"], report["summary"]["errors"]) == (1, 1, 1)
    assert finding["rule"] == "value-wrong-type"
    assert finding["path"] == "data.debug"
    assert (finding["file"], finding["document"]) == ("bad.yaml", 0)
    assert finding["range"] == {"start": {"line": 9, "column": 10}, "end": {"line": 9, "column": 13}}
    assert finding["object"] == {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "", "name": "bad"}
    assert "Found 1 error" in err


def test_standard_input(run: Run) -> None:
    code, out, _ = run("check", "-", "--output-format", "concise", stdin=BAD)
    assert (code, out.splitlines()[0].startswith("<stdin>:6:10: error value-wrong-type")) == (1, True)
    code, out, _ = run("check", "-", "--stdin-filename", "deploy/web.yaml", "--output-format", "concise", stdin=BAD)
    assert out.startswith("deploy/web.yaml:6:10:")


def test_rendered_stream_names_its_templates(run: Run) -> None:
    """`helm template` writes `# Source:` comments: findings name the file that they came from."""
    stream = "---\n# Source: shop/templates/config.yaml\n" + BAD + "---\n# Source: shop/templates/other.yaml\n" + GOOD
    code, out, _ = run("check", "-", "--output-format", "json", stdin=stream)
    (finding,) = json.loads(out)["findings"]
    assert code == 1
    assert "shop/templates/config.yaml" in json.dumps(finding)


def test_lists_are_unwrapped(run: Run) -> None:
    items = "".join("  - " + text.replace("\n", "\n    ").rstrip() + "\n" for text in (GOOD, BAD))
    code, out, _ = run("check", "-", "--output-format", "json", stdin="apiVersion: v1\nkind: List\nitems:\n" + items)
    (finding,) = json.loads(out)["findings"]
    assert (code, finding["path"], finding["object"]["name"]) == (1, "data.debug", "bad")
    assert finding["range"]["start"]["line"] == 13


def test_several_formats_at_once(run: Run) -> None:
    Path("bad.yaml").write_text(BAD)
    code, out, _ = run(
        "check", "bad.yaml", "--output-format", "sarif", "--output-file", "out.sarif", "--output-format", "junit", "--output-file", "out.xml",
        "--output-format", "concise",
    )  # fmt: skip
    assert code == 1
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert Path("out.xml").read_text().startswith("<?xml")
    assert "value-wrong-type" in out
    assert run("check", "bad.yaml", "--output-format", "json", "--output-format", "sarif")[0] == 2
    assert run("check", "bad.yaml", "--output-format", "json", "--output-file", "no/such/folder/x")[0] == 2


def test_open_world_reads_the_rest_as_context(run: Run) -> None:
    """One file of two: the Service in the other one is found, and findings on the other one are not shown."""
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec:\n  selector: {app: db}\n  ports: [{port: 80}]\n  foo: 1\n"
    Path("service.yaml").write_text(service)
    Path("set.yaml").write_text(STATEFULSET)
    _, out, _ = run("check", "set.yaml", "--output-format", "json")
    found = {(f["file"], f["rule"]) for f in json.loads(out)["findings"]}
    assert found == {("set.yaml", "statefulset-without-headless-service")}
    Path("service.yaml").unlink()
    assert json.loads(run("check", "set.yaml", "--open-world", "--output-format", "json")[1])["findings"] == []
    _, out, _ = run("check", ".", "--output-format", "json")
    assert [f["rule"] for f in json.loads(out)["findings"]] == ["statefulset-without-headless-service"]
    assert json.loads(run("check", "set.yaml", "--closed-world", "--output-format", "json")[1])["findings"]


def test_templates_are_said_and_counted(run: Run) -> None:
    chart = Path("chart")
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("replicas: 3\n")
    (chart / "templates" / "a.yaml").write_text("apiVersion: v1\n{{- if .Values.x }}\nkind: ConfigMap\n{{- end }}\n")
    Path("good.yaml").write_text(GOOD)
    code, out, err = run("check", ".", "--no-build", "--output-format", "json")
    report = json.loads(out)
    assert (code, report["findings"]) == (0, [])
    assert report["summary"]["skipped"]["Helm template"] == 1
    assert "chart/templates/a.yaml" in err


def test_values_with_placeholders_are_not_judged(run: Run) -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: ${REPLICAS}\n  selector: {matchLabels: {app: web}}\n"
    text += "  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: 'registry.example.com/${IMAGE}'}]}\n"
    code, out, _ = run("check", "-", "--output-format", "json", stdin=text)
    report = json.loads(out)
    assert (code, report["findings"]) == (0, [])
    assert any("placeholder" in reason for reason in report["summary"]["skipped"])


def test_unknown_kinds_are_said_once_and_custom_resources_are_checked(run: Run) -> None:
    custom = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w%d}\nspec: {size: %s}\n"
    code, out, err = run(
        "check", "-", "--output-format", "json", stdin="---\n".join(custom % (i, "big") for i in range(3))
    )
    assert (code, json.loads(out)["findings"]) == (0, [])
    assert err.count("no schema for Widget") == 1
    size, color = "{type: integer, minimum: 1}", "{type: string, enum: [red, green]}"
    widgets = definition("Widget", f"{{type: object, required: [color], properties: {{size: {size}, color: {color}}}}}")
    Path("crds").mkdir()
    Path("crds/widget.yaml").write_text(widgets)
    for arguments in (("-", "crds"), ("-", "--schema-dir", "crds")):
        _, out, _ = run("check", *arguments, "--output-format", "json", stdin=custom % (1, "big, colour: red"))
        found = sorted((f["rule"], f["path"]) for f in json.loads(out)["findings"])
        assert found == [
            ("field-missing", "spec.color"),
            ("field-unknown", "spec.colour"),
            ("value-wrong-type", "spec.size"),
        ]


def test_schema_folders_in_the_common_layout(run: Run) -> None:
    folder = Path("schemas/example.com")
    folder.mkdir(parents=True)
    (folder / "widget_v1.json").write_text(
        json.dumps({"type": "object", "properties": {"spec": {"properties": {"size": {"type": "integer"}}}}})
    )
    text = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: big}\n"
    code, out, _ = run("check", "-", "--schema-dir", "schemas", "--output-format", "json", stdin=text)
    assert (code, [f["path"] for f in json.loads(out)["findings"]]) == (1, ["spec.size"])


def test_removed_versions_name_their_replacement(run: Run) -> None:
    text = 'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: "* * * * 9"}\n'
    _, out, _ = run("check", "-", "--output-format", "json", stdin=text)
    found = {f["rule"]: f for f in json.loads(out)["findings"]}
    assert "1.25" in found["api-removed"]["message"]
    assert "batch/v1" in found["api-removed"]["help"]
    assert len(found) > 1  # checked against the replacement as well


def test_kubernetes_versions_differ(run: Run) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  schedulingGates: [{name: a}]\n  containers: [{name: a, image: registry.example.com/a}]\n"
    assert run("check", "-", "--kubernetes-version", "1.37", stdin=text)[0] == 0
    code, out, _ = run("check", "-", "--kubernetes-version", "1.25", "--output-format", "json", stdin=text)
    assert (code, [f["path"] for f in json.loads(out)["findings"]]) == (1, ["spec.schedulingGates"])


def test_rules_explain_and_matcher(run: Run) -> None:
    code, out, _ = run("rules")
    assert (code, "cronjob-never-due" in out, out.startswith("rejected")) == (0, True, True)
    assert "internal-error" not in out, "it tells nothing of manifests"
    assert json.loads(run("rules", "--output-format", "json")[1])[0]["manual"]
    code, out, _ = run("explain", "cronjob-never-due")
    assert (code, "31 February" in out) == (0, True)
    assert run("explain", "cronjob-never-due", "--output-format", "markdown")[1].startswith("# cronjob-never-due")
    code, _, err = run("explain", "cronjob-never-dew")
    assert (code, "did you mean cronjob-never-due" in err) == (2, True)
    assert "owner" in json.loads(run("problem-matcher", "github")[1])["problemMatcher"][0]


def test_configuration(run: Run) -> None:
    Path("risky.yaml").write_text(RISKY)
    Path("pyproject.toml").write_text('[tool.kubetrial]\nfail-on = "warning"\nignore = ["cronjob-*"]\n')
    assert run("check", "risky.yaml")[0] == 0
    assert run("check", "risky.yaml", "--isolated", "--fail-on", "warning")[0] == 1
    assert "cronjob-*" in run("check", "--show-settings")[1]
    Path("pyproject.toml").write_text("[tool.kubetrial]\nignroe = []\n")
    code, _, err = run("check", "risky.yaml")
    assert (code, "ignore" in err) == (2, True)


def test_ignores(run: Run) -> None:
    Path("a.yaml").write_text(
        BAD.replace("debug: yes", "debug: yes # kubetrial: ignore[value-wrong-type] read by a tool of ours")
    )
    code, out, _ = run("check", "a.yaml", "--output-format", "json")
    report = json.loads(out)
    assert (code, report["summary"]["suppressed"], report["findings"][0]["suppressed"]) == (0, 1, True)
    assert run("check", "a.yaml", "--disable-ignores")[0] == 1
    Path("a.yaml").write_text(GOOD.replace("name: good", "name: good # kubetrial: ignore[value-wrong-type] not needed"))
    assert "ignore-unused" in run("check", "a.yaml")[1]


def test_statistics_quiet_and_show_files(run: Run) -> None:
    Path("bad.yaml").write_text(BAD)
    Path("risky.yaml").write_text(RISKY)
    assert "1  error    value-wrong-type" in run("check", ".", "--statistics")[1]
    assert "cronjob" not in run("check", ".", "--quiet")[1]
    assert run("check", ".", "--show-files")[1].split() == ["bad.yaml", "risky.yaml"]


def test_colour_only_where_it_is_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bad.yaml").write_text(BAD)
    assert "\x1b" not in run("check", "bad.yaml", "--output-format", "full")[1]
    assert "\x1b" in run("check", "bad.yaml", "--output-format", "full", "--color", "always")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in run("check", "bad.yaml", "--output-format", "full")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("check", "bad.yaml", "--output-format", "full")[1]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of a POSIX shell")
def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("---\n".join(BAD.replace("bad", f"bad{i}") for i in range(3000)))
    command = f"{sys.executable} -m kubetrial.lint.command.cli check a.yaml; echo code $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({command}) | head -n 1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_a_rule_that_raises_is_one_finding_and_the_others_go_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from kubetrial.rules import cronjob_forbid_without_deadline

    def broken(cronjob: object) -> None:
        raise RuntimeError("out of order")

    broken.__annotations__["cronjob"] = cronjob_forbid_without_deadline.CronJob
    monkeypatch.setattr(cronjob_forbid_without_deadline, "check", broken)
    Path("risky.yaml").write_text("---\n".join([RISKY, RISKY.replace("sync", "other"), BAD]))
    code, out, _ = run("check", "risky.yaml", "--output-format", "json")
    rules = [f["rule"] for f in json.loads(out)["findings"]]
    assert code == 2
    assert rules.count("internal-error") == 1
    assert "value-wrong-type" in rules


def test_nothing_is_imported_that_is_not_needed(tmp_path: Path) -> None:
    """Start-up is what pre-commit users feel: no jsonschema, croniter, pathspec or tomllib for one plain file."""
    (tmp_path / "good.yaml").write_text(GOOD)
    code = "import sys; from kubetrial.lint.command.cli import main; main(['check', 'good.yaml']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {
        "jsonschema",
        "croniter",
        "pathspec",
        "tomllib",
        "tomli",
        "email",
        "ssl",
        "socket",
        "subprocess",
        "logging",
        "kubetrial.lint.api.custom.kinds",
    }
    assert not {name for name in loaded if name.startswith("kubetrial.rules.pod_")}


def test_it_works_without_network(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    Path("bad.yaml").write_text(BAD)
    assert run("check", ".")[0] == 1


def test_a_dumb_terminal_gets_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    from kubetrial.lint.report.colour import wanted

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wanted("auto", terminal=True)
    assert not wanted("auto", terminal=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not wanted("auto", terminal=True)
    assert wanted("always", terminal=False)
    assert not wanted("never", terminal=True)
