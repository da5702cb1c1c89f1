"""Which files of a repository are parsed beside the given ones."""

from __future__ import annotations

import pytest
from kubetrial.lint.files.context import named
from kubetrial.lint.yaml import source

from tests.neighbours import relevant

WEB = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, labels: {tier: shop-front}}
spec:
  serviceName: web-peers
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      volumes: [{name: conf, configMap: {name: web-conf}}]
      containers: [{name: main, image: registry.example.com/web:1}]
"""


def test_what_a_manifest_names() -> None:
    assert named(source.read("", WEB)) == {"web", "shop-front", "web-peers", "web-conf", "conf", "main"}
    assert named(source.read("", "a: [")) == set()
    assert named(source.read("", "- 1\n- x: {name: 3}\n")) == set()


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("service.yaml", "kind: Service\nmetadata: {name: web-peers}\n", True),
        ("other.yaml", "kind: Service\nmetadata: {name: api}\nspec: {selector: {app: web}}\n", True),
        ("conf.json", '{"kind": "ConfigMap", "metadata": {"name": "web-conf"}}', True),
        ("stranger.yaml", "kind: Service\nmetadata: {name: api}\nspec: {selector: {app: webhook}}\n", False),
        ("longer.yaml", "kind: Service\nmetadata: {name: web-peers-2}\n", False),
        ("limits.yaml", "kind: LimitRange\nmetadata: {name: api}\n", True),
        ("limits.json", '{"kind": "LimitRange"}', True),
        ("kustomization.yaml", "resources: [a.yaml]\n", True),
    ],
)
def test_what_can_bear_on_it(name: str, text: str, kept: bool) -> None:
    assert [found for found, _ in relevant([WEB], [(name, text)])] == ([name] if kept else [])


def test_nothing_is_named() -> None:
    assert list(relevant(["a: 1\n"], [("a.yaml", "kind: Service\n"), ("b.yaml", "kind: Namespace\n")])) == [
        ("b.yaml", "kind: Namespace\n")
    ]
