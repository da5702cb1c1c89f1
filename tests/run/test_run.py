"""`kubetrial run`: what it reads, what it says about what it does not run, wrong input, formats, and the recordings."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.scripts import loaded

from .conftest import JOB, Run

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "registry.example.com/web:1"}]
"""

pytestmark = pytest.mark.usefixtures("here")


def test_first_line_says_what_is_assumed(run: Run) -> None:
    code, out, err = run("job.yaml")
    assert (code, err) == (0, "")
    assert out.startswith("assumed: scenario nominal: ")
    said = out.partition("\n\n")[0]
    assert "3 workers (8 CPU" in said
    assert "start Mon 2026-03-02 12:00 UTC, 1h" in " ".join(said.split())


def test_scenarios_change_the_end(run: Run) -> None:
    assert "Complete: 1 succeeded" in run("job.yaml")[1]
    out = run("job.yaml", "--scenario", "every-pod-fails")[1]
    assert "Failed (BackoffLimitExceeded): 3 failed" in out
    assert "after failure 2" in out
    assert "job.yaml:6" in out, "the line that made it fail"
    assert "still active: 1 active" in run("job.yaml", "--scenario", "a-pod-hangs")[1]


def test_every_built_in_scenario_runs(run: Run, here: Path) -> None:
    from kubetrial.lint.trial.scenarios import NAMED, SPOKEN

    (here / "web.yaml").write_text(DEPLOYMENT)
    for name in [*NAMED, *SPOKEN]:
        code, out, _ = run(".", "--scenario", name, "--for", "30m")
        assert code == 0
        assert f"assumed: scenario {name}: " in out
        made = json.loads(run(".", "--scenario", name, "--for", "30m", "--output-format", "json")[1])
        assert not [
            note for note in made["notes"] if "there is no such object" in note or "nothing of this name" in note
        ]


def test_stdin_and_a_list(run: Run) -> None:
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": [json.loads(as_json(JOB))]})
    code, out, _ = run("-", stdin=items.encode())
    assert code == 0
    assert "Job crunch" in out


def as_json(text: str) -> str:
    from kubetrial.lint.yaml import source

    return json.dumps(source.read("x", text).documents[0].value)


def test_refused_objects_are_said_and_not_run(run: Run, here: Path) -> None:
    (here / "bad.yaml").write_text(JOB.replace("crunch", "bad").replace("Never", "Always"))
    code, out, _ = run(".")
    assert code == 0
    assert "note: not run: Job bad is refused: " in out
    assert "see kubetrial check" in " ".join(out.split())
    assert "Job bad" not in out.partition("At the end")[2]


@pytest.mark.parametrize("built", ["chart", "kustomization"])
def test_refused_objects_of_a_unit_are_not_run(run: Run, here: Path, built: str) -> None:
    """What the server refuses of a chart or an overlay stands in a source, and is the object of the unit."""
    folder = here / "unit"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "job.yaml").write_text(JOB.replace("crunch", "bad").replace("Never", "Always"))
    (folder / "templates" / "good.yaml").write_text(JOB.replace("crunch", "good"))
    if built == "chart":
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    else:
        (folder / "kustomization.yaml").write_text("resources: [templates/job.yaml, templates/good.yaml]\n")
    code, out, _ = run("unit")
    assert code == 0
    assert "note: not run: Job bad is refused: " in out
    assert "unit/templates/job.yaml:" in " ".join(out.split())
    end = out.partition("At the end")[2]
    assert ("Job good" in end, "Job bad" in end) == (True, False)


def test_what_is_no_manifest_is_said(run: Run, here: Path) -> None:
    (here / "values.yaml").write_text("replicas: 1\n")
    (here / "broken.yaml").write_text("apiVersion: v1\nkind: ConfigMap\na: [1\n")
    (here / "binary.yaml").write_bytes(b"\x00\xff\xfe\x01\x80")
    (here / "chart").mkdir()
    (here / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    (here / "chart" / "templates").mkdir()
    (here / "chart" / "templates" / "job.yaml").write_text("kind: Job\nmetadata: {{ .Values.x }}\n")
    (here / "volcano.yaml").write_text(
        JOB.replace("batch/v1", "batch.volcano.sh/v1alpha1").replace("crunch", "volcano")
    )
    code, out, _ = run(".")
    text = " ".join(out.split())
    assert code == 0
    assert "broken.yaml:" in text
    assert "binary.yaml" in text
    assert "templates/job.yaml" in text
    assert "Job volcano is of batch.volcano.sh/v1alpha1, whose controller is not known here" in text
    assert "not run: 1 document" in text


@pytest.mark.parametrize(("minor", "end"), [("1.28", "still active"), ("1.29", "Complete")])
def test_a_sidecar_of_an_older_minor_is_an_ordinary_init_container(run: Run, here: Path, minor: str, end: str) -> None:
    """It runs for ever, as it was written to do, and what waits for its end never starts."""
    sidecar = "\n      initContainers: [{name: proxy, image: 'registry.example/proxy:1', restartPolicy: Always}]\n      containers:"
    (here / "sidecar.yaml").write_text(JOB.replace("\n      containers:", sidecar), encoding="utf-8")
    code, out, err = run("sidecar.yaml", "--kubernetes-version", minor)
    assert (code, err) == (0, "")
    assert end in out.rpartition("At the end")[2]


def test_json_lines_are_called_by_either_name(run: Run) -> None:
    short = run("job.yaml", "--output-format", "jsonl")
    assert run("job.yaml", "--output-format", "json-lines") == short
    assert short[1].startswith('{"t": 0')


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.yaml",), "missing.yaml: no such file or folder"),
        (("job.yaml", "--scenario", "every-pod-fail"), "did you mean every-pod-fails?"),
        (("job.yaml", "--scenario", "no/such.yaml"), "no/such.yaml: no such file or folder"),
        (("job.yaml", "--for", "2 hours"), "--for '2 hours' is no duration; write 90s, 2h"),
        (("job.yaml", "--for", "0s"), "longer than nothing"),
        (("job.yaml", "--for", "99999w"), "at most ten years"),
        (("job.yaml", "--for", "-5m"), ""),
        (("job.yaml", "--start", "yesterday"), "--start has to be a time such as 2026-03-29T00:00+01:00"),
        (("empty",), "nothing to run: no manifest in empty"),
        (("binary.yaml",), "binary.yaml: it is no UTF-8 text"),
        (("job.yaml", "--kubernetes-version", "1.99"), "1.25 to 1.37 are known"),
        (("job.yaml", "--compare", "-x"), ""),
        (("job.yaml", "--compare", "empty", "--output-format", "jsonl"), "jsonl holds one timeline"),
        (("job.yaml", "--output-file", "no/such/folder/x.svg"), "cannot be written"),
        (("job.yaml", "--output-format", "pdf"), "--output-format takes one of text, json, jsonl, svg, html, and not 'pdf'"),
    ],
)  # fmt: skip
def test_wrong_use(run: Run, here: Path, arguments: tuple[str, ...], said: str) -> None:
    (here / "empty").mkdir()
    (here / "binary.yaml").write_bytes(b"\x00\xff\xfe\x01\x80" * 9)
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("horizonSecond: 5\n", "horizonSecond is no field of a scenario; did you mean horizonSeconds?"),
        ("- a\n", "a scenario is a mapping, and this is a list"),
        ("", "this file holds nothing"),
        ("a: [\n", "scenario.yaml:"),
        ("workloads: {Jobs/x: {}}\n", "did you mean Job?"),
        ("workloads: {Job/x: {containers: {main: {runSecond: 3}}}}\n", "did you mean runSeconds?"),
        ("workloads: {Job/x: {containers: {main: {runSeconds: soon}}}}\n", "runSeconds has to hold a time such as 90 (seconds) or 2m, or `forever`"),
        ("workloads: {Job/x: {containers: {main: {exitCodes: [1, 300]}}}}\n", "a whole number from 0 to 255, and holds 300"),
        ("actions: [{at: 5, verb: drian, target: Node/node-0}]\n", "did you mean drain?"),
        ("actions: [{verb: drain, target: Node/node-0}]\n", "actions[0].at has to be a time such as 90 (seconds) or 2m, and is missing"),
        ("actions: [{at: 5, verb: scale, target: Job}]\n", "target has to be `Kind/name`"),
        ("actions: [{at: 5, verb: apply, value: later.yaml}]\n", "there is no such file beside it"),
        ("cluster: {worker: 3}\n", "did you mean workers?"),
        ("startClock: noon\n", "startClock has to be a time"),
        ("horizonSeconds: -1\n", "a time above 0"),
    ],
)  # fmt: skip
def test_wrong_scenarios(run: Run, here: Path, text: str, said: str) -> None:
    (here / "scenario.yaml").write_text(text)
    code, _, err = run("job.yaml", "--scenario", "scenario.yaml")
    assert code == 2
    assert said in err


def test_own_scenario_in_yaml(run: Run, here: Path) -> None:
    (here / "mine.yaml").write_text(
        "about: the second attempt works\nworkloads: {Job/crunch: {containers: {main: {runSeconds: [5], exitCodes: [1, 0]}}}}\n"
    )
    out = run("job.yaml", "--scenario", "mine.yaml")[1]
    assert "assumed: scenario mine: the second attempt works" in out
    assert "Complete: 1 succeeded, 1 failed" in out


def test_scenario_that_speaks_of_strangers(run: Run, here: Path) -> None:
    (here / "mine.yaml").write_text("workloads: {Job/crunsh: {containers: {main: {exitCodes: 1}}}}\n")
    out = " ".join(run("job.yaml", "--scenario", "mine.yaml")[1].split())
    assert "Job/crunsh, which is not among the objects; did you mean Job/crunch?" in out


def test_cluster_of_the_configuration(run: Run, here: Path) -> None:
    (here / "kubetrial.toml").write_text('[cluster]\nworkers = 1\ncpu = "2"\nstorage-classes = ["fast"]\n')
    out = " ".join(run("job.yaml")[1].split())
    assert "1 worker (2 CPU, 32Gi), 1 control-plane node, default StorageClass fast" in out
    assert "3 workers" in run("job.yaml", "--isolated")[1]


def test_closed_and_open_world(run: Run, here: Path) -> None:
    reference = "          envFrom: [{configMapRef: {name: settings}}]\n"
    (here / "job.yaml").write_text(JOB + reference)
    assert "Complete" in run("job.yaml")[1]
    assert "still active" in run("job.yaml", "--closed-world")[1]
    assert "still active" in run(".")[1]
    assert "Complete" in run(".", "--open-world")[1]


def test_compare_with_a_folder_and_a_revision(run: Run, here: Path) -> None:
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *words], check=True, cwd=here)
    (here / "job.yaml").write_text(JOB.replace("backoffLimit: 2", "backoffLimit: 4"))
    code, out, _ = run("job.yaml", "--compare", "HEAD", "--scenario", "failing")
    assert code == 0
    assert "before Failed (BackoffLimitExceeded): 3 failed; after Failed (BackoffLimitExceeded): 5 failed" in " ".join(
        out.split()
    )
    made = json.loads(run("job.yaml", "--compare", "HEAD", "--output-format", "json")[1])
    assert list(made) == ["version", "before", "after"]
    assert run("job.yaml", "--compare", "no-such-revision")[0] == 2


def test_json(run: Run) -> None:
    made = json.loads(run("job.yaml", "--scenario", "failing", "--output-format", "json")[1])
    fields = [
        "version",
        "scenario",
        "about",
        "start",
        "seconds",
        "assumptions",
        "notes",
        "schedules",
        "events",
        "finals",
    ]
    assert list(made) == fields
    assert made["version"] == 1
    failed = next(e for e in made["events"] if e["kind"] == "job" and e["event"] == "failed")
    assert failed["cause"] == {"file": "job.yaml", "line": 6, "column": 3, "path": "spec.backoffLimit"}
    assert made["finals"][0]["detail"]["condition"] == "Failed"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe", "img")
        self.attributes += attrs


@pytest.mark.parametrize("scenario", ["nominal", "drain-each-node", "update-broken-and-back", "delete"])
def test_svg_and_html_stand_alone(run: Run, here: Path, scenario: str) -> None:
    (here / "web.yaml").write_text(DEPLOYMENT)
    svg = run(".", "--scenario", scenario, "--output-format", "svg")[1]
    root = ET.fromstring(svg)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert "url(" not in svg
    assert "href" not in svg
    page = run(".", "--scenario", scenario, "--output-format", "html")[1]
    reader = _Page()
    reader.feed(page)
    assert not [name for name, _ in reader.attributes if name in ("src", "href", "onclick", "onload")]
    assert "@import" not in page


def test_names_cannot_break_out(run: Run, here: Path) -> None:
    """A scenario's words are text, whatever they hold."""
    (here / "s.json").write_text(json.dumps({"name": "</title><script>x", "about": "\x1b[31m& <b>"}))
    for shown in ("svg", "html"):
        out = run("job.yaml", "--scenario", "s.json", "--output-format", shown)[1]
        assert "<script>" not in out
        assert "<b>" not in out
        assert "\x1b" not in out
    assert "\x1b" not in run("job.yaml", "--scenario", "s.json")[1]


def test_colours_and_ascii(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in run("job.yaml")[1]
    assert "\x1b[" in run("job.yaml", "--color", "always")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("job.yaml")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("job.yaml")[1]
    from kubetrial.lint.trial.shown import draw_text

    assert draw_text.can_show("utf-8")
    assert not draw_text.can_show("ascii")
    assert not draw_text.can_show("latin-1")
    done = subprocess.run(
        [sys.executable, "-m", "kubetrial.lint.command.cli", "run", "job.yaml", "--scenario", "failing"],
        capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""},
    )  # fmt: skip
    assert done.stdout.isascii()
    assert b"X failed" in done.stdout


@pytest.mark.parametrize("columns", [10, 60, 80, 133, 400])
def test_lines_fit_the_terminal(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    (here / "web.yaml").write_text(
        DEPLOYMENT.replace("name: web}", "name: " + "long-" * 9 + "name}").replace("3", "60")
    )
    monkeypatch.setenv("COLUMNS", str(columns))
    out = run(".", "--scenario", "update")[1]
    assert max(len(line) for line in out.splitlines()) <= max(columns, 60)


def test_output_file(run: Run, here: Path) -> None:
    code, out, _ = run("job.yaml", "--output-file", "out.txt")
    assert (code, out) == (0, "")
    assert (here / "out.txt").read_text(encoding="utf-8").startswith("assumed: ")


def test_next_runs_and_changes_of_clocks(run: Run) -> None:
    backup = str(ROOT / "docs" / "trial" / "backup.yaml")
    made = json.loads(run(backup, "--start", "2026-03-28T00:00+01:00", "--for", "1h", "--output-format", "json")[1])
    schedule = made["schedules"][0]
    assert [r["utc"] for r in schedule["runs"]][:2] == ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"]
    assert schedule["runs"][1]["note"] == "clocks have gone forward: UTC+01:00 → UTC+02:00"
    assert schedule["clockChanges"][0]["effect"] == "02:30 does not exist that day: no run"
    assert schedule["clockChanges"][1]["effect"] == "02:30 comes twice that day: two runs"
    out = run(backup, "--start", "2026-10-24T12:00Z", "--for", "1d")[1]
    assert "the same time again: clocks have gone back: UTC+02:00 → UTC+01:00" in out
    assert "2 runs: 2 complete" in out, "the model agrees: the hour that comes twice has two runs"
    assert "shows a run" in run(backup, "--for", "1h")[1]


def test_many_pods_and_long_times_stay_small(run: Run, here: Path) -> None:
    (here / "job.yaml").write_text(DEPLOYMENT.replace("replicas: 3", "replicas: 300"))
    begun = time.process_time()
    svg = run("job.yaml", "--output-format", "svg")[1]
    assert len(svg) < 60_000
    assert time.process_time() - begun < 20
    tick = JOB.replace("backoffLimit: 2\n  template:", "schedule: '* * * * *'\n  jobTemplate:\n   spec:\n    template:")
    tick = tick.replace("kind: Job", "kind: CronJob").replace("    spec:\n      restart", "     spec:\n      restart")
    (here / "job.yaml").write_text(tick)
    code, out, _ = run("job.yaml", "--for", "1d")
    assert code == 0, out
    assert len(out.splitlines()) < 90
    assert "1439 runs: 1439 complete" in out


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps=st.lists(st.floats(min_value=0.1, max_value=1e5, allow_nan=False), min_size=1, max_size=30),
    tail=st.floats(min_value=0, max_value=1e6, allow_nan=False),
)
def test_scale_keeps_the_order_of_time(gaps: list[float], tail: float) -> None:
    from kubetrial.lint.trial.shown.picture import Picture, scale

    moments = [0.0]
    for gap in gaps:
        moments.append(moments[-1] + gap)
    end = moments[-1] + tail
    made = scale([Picture(end, (), (), (*moments, end))])
    places = [made.at(moment) for moment in (*moments, end)]
    assert places == sorted(places)
    assert places[0] == 0.0
    assert abs(places[-1] - 1.0) < 1e-9
    assert made.pieces[0].left == 0.0
    assert all(a.right == b.left for a, b in zip(made.pieces, made.pieces[1:], strict=False))


def test_start_up_imports_nothing_heavy() -> None:
    code = (
        "import sys; from kubetrial.lint.command import cli; cli.main(['run', 'job.yaml', '--isolated', '--output-file', 'x']);"
        "print([m for m in ('jsonschema', 'pathspec', 'xml', 'asyncio', 'subprocess') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


_SCENARIOS = ("job-onfailure-parallel-sum", "cron-long-forbid", "sts-rolling-update", "ds-dead-node", "dep-rolled-back",
              "pdb-blocks-eviction", "pvc-unknown-class", "quota-pods", "qos-basic", "rs-adopts-pod")  # fmt: skip


@pytest.mark.parametrize("name", _SCENARIOS)
def test_recorded_timelines(run: Run, shared: Path, here: Path, name: str) -> None:
    folder = shared / "timelines" / "dev" / name
    if not folder.is_dir():
        pytest.skip("this recording is not beside the checkout")
    score = loaded(shared / "timelines" / "score.py")
    code, out, _ = run(
        str(folder / "manifest.yaml"),
        "--scenario",
        str(folder / "scenario.json"),
        "--output-format",
        "jsonl",
        "--isolated",
    )
    assert code == 0
    (here / "timeline.jsonl").write_text(out)
    unmet = [text for _, holds, text in score.score(str(folder), str(here / "timeline.jsonl")) if not holds]
    assert not unmet, "\n".join(unmet)
