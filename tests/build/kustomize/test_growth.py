"""The work of a build grows with its objects and entries, not with the pairs of them. Lines that run are counted, nothing is timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kubetrial.lint.build.kustomize import build
from kubetrial.lint.build.tree import TextTree

from tests.counting import lines

ONE, MOST = 40, 2.2
RESOURCES = "resources: [a.yaml]\n"


def _objects(number: int) -> str:
    one = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{0}}}\nspec: {{replicas: 1}}\n---\n"
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{0}}}\n---\n"
    return "".join((one + other).format(index) for index in range(number))


def _entries(head: str, entry: str) -> Callable[[int], str]:
    return lambda number: RESOURCES + head + "".join(entry.replace("@", str(index)) for index in range(number))


FAMILIES: dict[str, Callable[[int], str]] = {
    "objects": lambda _: RESOURCES,
    "names": lambda _: RESOURCES + "namePrefix: p-\nnamespace: shop\ncommonLabels: {a: b}\n",
    "patches": _entries(
        "patches:\n",
        "- patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: d@}, spec: {replicas: 2}}'\n",
    ),
    "deletions": _entries(
        "patches:\n",
        "- patch: '{$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: d@}}'\n",
    ),
    "JSON patches": _entries(
        "patches:\n", '- patch: \'[{"op": "remove", "path": "/spec"}]\'\n  target: {kind: Deployment, name: d@}\n'
    ),
    "replicas": _entries("replicas:\n", "- {name: d@, count: 2}\n"),
    "generators": _entries("configMapGenerator:\n", "- {name: g@, literals: [a=b]}\n"),
    "replacements": _entries(
        "replacements:\n",
        "- source: {kind: ConfigMap, name: c@}\n  targets:\n"
        "  - {select: {kind: Deployment, name: d@}, fieldPaths: [spec.a], options: {create: true}}\n",
    ),
    "vars": _entries("vars:\n", "- {name: V@, objref: {apiVersion: v1, kind: ConfigMap, name: c@}}\n"),
}


def _lines(text: Callable[[int], str], number: int) -> int:
    tree = TextTree({"kustomization.yaml": text(number).encode(), "a.yaml": _objects(number).encode()})
    units: list[Any] = []
    count = lines(lambda: units.append(build(tree, ".")))
    assert not any(problem.fatal for problem in units[0].problems)
    return count


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_objects_make_twice_the_work(family: str) -> None:
    text = FAMILIES[family]
    _lines(text, 2)  # what is read once
    assert _lines(text, 2 * ONE) <= MOST * _lines(text, ONE)
