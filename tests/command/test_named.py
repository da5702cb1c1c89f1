"""What is said of files that are named one by one: what is missing beside them is told where all that lies there is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import findings_in

SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store}
spec:
  serviceName: store-peers
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec: {containers: [{name: store, image: "store:1"}]}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: NAME}\nspec: {clusterIP: None, selector: {app: store}}\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
FEW = {f"other{number}.yaml": CONFIG.replace("c}", f"c{number}}}") for number in range(20)}


@pytest.mark.parametrize(
    ("beside", "words", "told"),
    [
        ({}, (), True),
        (FEW, (), True),
        ({**FEW, "deep/one-more.yaml": CONFIG}, (), False),
        ({}, ("--open-world",), False),
        ({"service.yaml": SERVICE.replace("NAME", "store-peers")}, (), False),
        ({"service.yaml": SERVICE.replace("NAME", "store-others")}, (), True),
        ({"base/kustomization.yaml": "resources: [service.yaml]\n", "base/service.yaml": SERVICE}, (), False),
        ({"chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n"}, (), False),
        ({"broken.yaml": "a: [\n"}, (), False),
    ],
    ids=["alone", "few", "many", "open", "there", "another", "kustomization", "chart", "unreadable"],
)
def test_what_is_missing_beside_a_named_file(
    beside: dict[str, str],
    words: tuple[str, ...],
    told: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {**beside, "store.yaml": SET}
    found = findings_in(tmp_path, files, ("store.yaml", *words), monkeypatch, capsys)
    assert [f["rule"] for f in found if f["category"] != "advice"] == ["statefulset-without-headless-service"] * told
    assert {f["file"] for f in found} <= {"store.yaml"}
