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
    assert named(source.read("", WEB)) == {"web", "shop-front", "web-peers", "web-conf"}
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
        ("limits-of-default.yaml", "kind: LimitRange\nmetadata: {name: api, namespace: default}\n", True),
        ("other-limits.yaml", "kind: LimitRange\nmetadata: {name: api, namespace: shop}\n", False),
        ("account.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: default\n", True),
        ("account.json", '{"kind": "ServiceAccount", "metadata": {"name": "default"}}', True),
        ("subject.yaml", "subjects:\n- kind: ServiceAccount\n  name: default\n", False),
        ("limits.json", '{"kind": "LimitRange"}', True),
        ("space.yaml", "kind: Namespace\nmetadata: {name: default}\n", True),
        ("other-space.yaml", "kind: Namespace\nmetadata: {name: shop}\n", False),
        ("definition.yaml", "kind: CustomResourceDefinition\nspec: {names: {kind: Widget}}\n", False),
        ("kustomization.yaml", "resources: [a.yaml]\n", True),
    ],
)
def test_what_can_bear_on_it(name: str, text: str, kept: bool) -> None:
    assert [found for found, _ in relevant([WEB], [(name, text)])] == ([name] if kept else [])


def test_what_only_the_same_pod_can_name_is_not_looked_for() -> None:
    pod = "apiVersion: {}\nkind: Pod\nmetadata: {{name: web}}\nspec: {{volumes: [{{name: data, secret: {{secretName: key}}}}]}}\n"
    assert named(source.read("", pod.format("v1"))) == {"web", "key"}
    assert named(source.read("", pod.format("example.com/v1"))) == {"web", "data", "key"}


def test_nothing_is_named() -> None:
    assert list(relevant(["a: 1\n"], [("a.yaml", "kind: Service\n"), ("b.yaml", "kind: IngressClass\n")])) == [
        ("b.yaml", "kind: IngressClass\n")
    ]


def test_namespaces_and_definitions_are_those_of_the_given_objects() -> None:
    """A namespace that an object is in or names, all of them where it chooses by labels, and the definition of its own kind."""
    shop = ("shop.yaml", "kind: Namespace\nmetadata: {name: shop}\n")
    widget = ("widget.yaml", "kind: CustomResourceDefinition\nspec: {names: {kind: Widget}}\n")
    beside = [shop, widget]
    assert list(relevant(["apiVersion: v1\nkind: Pod\nmetadata: {namespace: shop}\n"], beside)) == [shop]
    assert list(relevant(["subjects: [{namespace: shop}]\n"], beside)) == [shop]
    assert list(relevant(["ingress: [{from: [{namespaceSelector: {}}]}]\n"], beside)) == [shop]
    assert list(relevant(["apiVersion: shop.example.com/v1\nkind: Widget\nmetadata: {namespace: x}\n"], beside)) == [
        widget
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("kind: ConfigMap\ndata: {url: http://web:80}\n", True),
        ("kind: ConfigMap\ndata:\n  url: |\n    proxy_pass http://web.shop.svc;\n", True),
        ('{"kind":"Service","metadata":{"name":"web"}}', True),
        ("subjects:\n- name: web # ours\n", True),
        ("kind: ConfigMap\n# web\ndata: {a: b}\n", False),
        ("kind: ConfigMap\ndata:\n  web: a\n", False),
        ("kind: ConfigMap\ndata:\n  web/web: a\n", False),
        ("kind: Pod\nspec:\n  containers:\n  - image: example.com/web:1\n", False),
        ("apiVersion: web/web\nkind: Pod\n", False),
        ("kind: Build\nspec: {image: web}\n", True),
    ],
)
def test_keys_images_versions_and_comments_name_no_object(text: str, kept: bool) -> None:
    assert [found for found, _ in relevant([WEB], [("other.yaml", text)])] == (["other.yaml"] if kept else [])


def test_limits_are_those_of_the_namespaces_of_the_given_objects_whatever_namespaces_they_choose() -> None:
    given = "kind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {ingress: [{from: [{namespaceSelector: {}}]}]}\n"
    limits = [
        (f"{space}.yaml", f"kind: LimitRange\nmetadata: {{name: all, namespace: {space}}}\n")
        for space in ("shop", "tool")
    ]
    assert list(relevant([given], limits)) == limits[:1]
