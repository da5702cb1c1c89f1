"""What a built-in scenario shows to go wrong for good, and nominal play does not, is told by `check`: the law of docs/trial.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kubetrial.lint.engine import Choice, Known, Text, check_texts
from kubetrial.lint.trial import run
from kubetrial.lint.trial.scenarios import NAMED, SPOKEN
from kubetrial.lint.trial.timeline import Timeline
from kubetrial.lint.yaml.source import read

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
        if final.kind == "cronjob" and final.detail.get("active"):
            yield "never runs again", final.subject
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
