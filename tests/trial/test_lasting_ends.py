"""What a built-in scenario shows to go wrong for good, and nominal play does not, is told by `check`: the law of docs/trial.md."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubetrial.lint.engine import Choice, Known, Text, check_texts
from kubetrial.lint.trial import run
from kubetrial.lint.trial.scenarios import NAMED, SPOKEN
from kubetrial.lint.trial.timeline import Timeline
from kubetrial.lint.yaml.source import read

from tests.conftest import ROOT

CASES = sorted((Path(__file__).parent / "lasting").glob("*.yaml"))
"""Each is called after its scenario; the first line says which rule tells of it, by default or as advice."""
HORIZON = 3600.0
LONG = 300.0


def ends(timeline: Timeline) -> Iterator[tuple[str, str]]:
    """(what, of whom): ends that last, as an operator would see them."""
    drained = {event.subject for event in timeline.events if event.event == "drained"}
    for event in timeline.events:
        if event.kind == "action" and event.event == "drain" and event.subject.partition("/")[2] not in drained:
            yield "never drained", event.subject
        elif event.event == "deleted" and event.kind in ("persistentvolumeclaim", "pvc"):
            yield "data lost", event.subject
    for final in timeline.finals:
        wanted = final.detail.get("specReplicas")
        if isinstance(wanted, int) and final.kind in ("deployment", "statefulset"):
            if final.detail.get("updated", wanted) < wanted:
                yield "never updated", final.subject
            if final.detail.get("ready", 0) < wanted:
                yield "never ready", final.subject
        if final.kind == "job" and final.detail.get("condition") == "none" and "/" not in final.subject:
            yield "never over", final.subject
        if final.kind == "cronjob" and final.detail.get("active"):
            yield "never runs again", final.subject
    evicted = Counter(
        e.subject.partition("/")[0] for e in timeline.events if e.event == "failed" and e.reason == "Evicted"
    )
    yield from (("evicted again", owner) for owner, times in evicted.items() if times > 1)
    yield from (("said", note) for note in timeline.notes if "helm" in note)
    if longest_without_pods(timeline) >= LONG:
        yield "all down", "pods"


def longest_without_pods(timeline: Timeline) -> float:
    """For how many seconds no pod is ready after one was."""
    ready: set[str] = set()
    longest, since = 0.0, None
    for event in timeline.events:
        if event.kind != "pod":
            continue
        if event.event == "ready":
            longest, since = max(longest, event.time - since if since is not None else 0.0), None
            ready.add(event.subject)
        elif event.subject in ready and event.event in ("terminating", "not ready", "failed", "succeeded", "deleted"):
            ready.discard(event.subject)
            since = event.time if not ready else since
    return longest


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_lasts_is_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    objects = [document.value for document in read(path.name, text).documents]
    shown = set(ends(run(objects, NAMED[SPOKEN.get(path.stem, path.stem)](objects), HORIZON)))
    assert shown - set(ends(run(objects, NAMED["nominal"](objects), HORIZON)))
    found = check_texts(
        [Text(path.name, text)], choice=Choice(selected=lambda _: True), known=Known(complete=True)
    ).findings
    assert text.splitlines()[0].removeprefix("# told: ") in {finding.rule for finding in found}, found


DOWN = {"never ready", "never updated", "all down"}
OF_THE_SCENARIO = {
    "every-pod-fails": DOWN, "never-ready": DOWN | {"never over", "never runs again"}, "no-image": DOWN | {"never over", "never runs again", "said"},
    "scaled-down": DOWN, "scale-to-zero": DOWN, "delete": DOWN, "hanging": {"never over"}, "a-pod-hangs": {"never over"},
}  # fmt: skip
"""What a scenario itself does; docs/trial.md says so below the table."""
BY_DESIGN = {"lose-a-node": DOWN | {"never over", "never runs again"}}
RIGHT = {
    "lost-and-found": {"all down"}, "bootstrap-mounts-the-disk": {"all down"},
    "tolerations-in-an-annotation": {"evicted again"}, "volumes-on-old-masters": {"evicted again"},
}  # fmt: skip
"""Recreate, for one claim, as the page of the rule says; Guaranteed pods with nothing else on the node that could go."""
EXAMPLES = [
    *CASES,
    *sorted((ROOT / "examples").glob("*/*.yaml")),
    *sorted((ROOT / "tests" / "incidents").glob("*.yaml")),
]


def rules_of_the_table() -> dict[str, set[str]]:
    """The scenario -> the rules that docs/trial.md names for its lasting ends."""
    found: dict[str, set[str]] = defaultdict(set)
    page = (ROOT / "docs" / "trial.md").read_text(encoding="utf-8").partition("## What of it becomes a finding")[2]
    for row in re.findall(r"^\| (`.+?) \| .+? \| (.*?) ?\|$", page.partition("\n## ")[0], re.M):
        for name in re.findall(r"`([a-z-]+)`", row[0]):
            found[name] |= set(re.findall(r"\]\(rules/([a-z0-9-]+)\.md\)", row[1]))
    return found


def test_the_table_speaks_of_every_scenario() -> None:
    assert set(rules_of_the_table()) == {spoken_of(name) for name in NAMED}
    assert rules_of_the_table()["lose-a-node"] == set()


def spoken_of(name: str) -> str:
    """The name of a scenario in the documentation."""
    return next((spoken for spoken, own in SPOKEN.items() if own == name), name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_lasting_end_has_a_rule_of_its_row(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    objects = [document.value for document in read(path.name, text).documents]
    checked = check_texts([Text(path.name, text)], choice=Choice(selected=lambda _: True), known=Known(complete=True))
    told = {finding.rule for finding in checked.findings}
    usual = set(ends(run(objects, NAMED["nominal"](objects), HORIZON)))
    table = rules_of_the_table()
    for name in NAMED:
        spoken = spoken_of(name)
        excused = OF_THE_SCENARIO.get(spoken, set()) | BY_DESIGN.get(spoken, set()) | RIGHT.get(path.stem, set())
        new = {end for end in set(ends(run(objects, NAMED[name](objects), HORIZON))) - usual if end[0] not in excused}
        assert not new or told & table[spoken], (spoken, new, told)
