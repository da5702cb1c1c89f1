"""Texts, trees and entries of the cache are read in work that grows with their size.

Nothing is timed: the instructions that kubetrial executes are counted for n and for 2n parts, also those of comprehensions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint import engine
from kubetrial.lint.api import constraints
from kubetrial.lint.build import chart, kustomize
from kubetrial.lint.build.tree import TextTree
from kubetrial.lint.command import fix, replay
from kubetrial.lint.finding import Finding
from kubetrial.lint.settings import ignore
from kubetrial.lint.settings.config import Settings

from tests.counting import instructions

ONE, MOST = 60, 2.25
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def _grows(work: Callable[[int], Callable[[], Any]], one: int = ONE) -> float:
    """How many times the work for one is that for twice as much, both without what is done for next to nothing."""
    work(2)()  # imports and tables
    least, once, twice = (instructions(work(n)) for n in (2, one, 2 * one))
    return (twice - least) / (once - least)


def _several(form: str, n: int, between: str = "") -> str:
    return between.join(form.replace("#", str(i)) for i in range(n))


def _boat(schema: str, value: str) -> str:
    """A definition of a custom kind whose one field has a schema, and an object of it with a value there."""
    return (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: boats.example.com}\n"
        "spec:\n  group: example.com\n  scope: Namespaced\n  names: {kind: Boat, plural: boats}\n  versions:\n"
        "  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object,"
        f" properties: {{field: {schema}}}}}}}}}}}\n---\n"
        f"apiVersion: example.com/v1\nkind: Boat\nmetadata: {{name: one}}\nspec: {{field: {value}}}\n"
    )


TEXTS: dict[str, Callable[[int], str]] = {
    "documents that cannot be read": lambda n: "a: [\n---\n" * n + OBJECT,
    "documents that are no objects": lambda n: "a: 1\n---\n" * n + OBJECT,
    "templates that cannot be read": lambda n: "a: {{ if x }}\n---\n" * n + OBJECT,
    "glued colons": lambda n: f"{OBJECT}data: {{{_several('a#:b', n, ', ')}}}\n",
    "glued colons beside tags": lambda n: f"{OBJECT}data: {{{_several('a#:b, c#: !!str 5', n, ', ')}}}\n",
    "aliases": lambda n: OBJECT + "x: &x {a: 1}\ndata:\n" + _several("  a#: *x\n", n),
    "merges of many": lambda n: OBJECT + _several("x#: &x# {a#: 1}\n", n) + f"data: {{<<: [{_several('*x#', n, ', ')}]}}\n",
    "equal keys": lambda n: OBJECT + "data:\n" + "  size: big\n" * n,
    "numbers where text is wanted": lambda n: f"{OBJECT}data: {{{_several('a#: #', n, ', ')}}}\n",
    "ignores that are used": lambda n: OBJECT + "data:\n" + _several("  a#: # # kubetrial: ignore[value-wrong-type] why\n", n),
    "ignores that are not": lambda n: OBJECT + "data:\n" + _several("  a#: b # kubetrial: ignore[value-wrong-type] why\n", n),
    "items with findings": lambda n: "apiVersion: v1\nkind: List\nitems:\n"
    + _several("- {apiVersion: v1, kind: ConfigMap, metadata: {name: a#}, dota: {}}\n", n),
    "JSON objects in a row": lambda n: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}\n' * n,
    "texts against an enum": lambda n: _boat(
        f"{{type: array, items: {{type: string, enum: [{_several('a#', n, ', ')}]}}}}", f"[{_several('b#', n, ', ')}]"),
    "numbers against an enum": lambda n: _boat(
        f"{{type: array, items: {{type: integer, enum: [{_several('1#', n, ', ')}]}}}}", f"[{_several('2#', n, ', ')}]"),
    "mappings against an enum": lambda n: _boat(
        f"{{type: array, items: {{type: object, x-kubernetes-preserve-unknown-fields: true, enum: [{_several('{a: #}', n, ', ')}]}}}}",
        f"[{_several('{b: #}', n, ', ')}]"),
    "items of a set": lambda n: _boat("{type: array, x-kubernetes-list-type: set, items: {type: string}}", f"[{_several('b#', n, ', ')}]"),
    "items of a set that are the same": lambda n: _boat(
        "{type: array, x-kubernetes-list-type: set, items: {type: string}}", f"[{_several('b', n, ', ')}]"),
    "items of a map": lambda n: _boat(
        "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a], items: {type: object, required: [a], "
        "properties: {a: {type: string}}}}", f"[{_several('{a: b#}', n, ', ')}]"),
    "unknown fields": lambda n: _boat(
        f"{{type: object, properties: {{{_several('p#: {type: string}', n, ', ')}}}}}", f"{{{_several('q#: a', n, ', ')}}}"),
    "equal keys in braces": lambda n: f"{OBJECT}data: {{{_several('a: b', n, ', ')}}}\n",
    "keys twice": lambda n: OBJECT + "data:\n" + _several("  a#: b\n", n) + _several("  a#: b\n", n),
}  # fmt: skip


@pytest.mark.parametrize("family", TEXTS)
def test_texts(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints, "MOST_FIELDS", 10)  # so that a text of this size is above it

    def work(n: int) -> Callable[[], Any]:
        text = TEXTS[family](n)

        def judge() -> None:
            checked = engine.check_texts([engine.Text("a.yaml", text)])
            assert not checked.internal_error
            ignore.apply(checked.findings, {"a.yaml": text}, checked.annotated, Settings())

        return judge

    assert _grows(work) < MOST


FIXABLE: dict[str, Callable[[int], str]] = {
    "keys twice": TEXTS["keys twice"],
    "keys twice in braces": lambda n: f"{OBJECT}data: {{{_several('a#: b', n, ', ')}, {_several('a#: b', n, ', ')}}}\n",
    "numbers where text is wanted": TEXTS["numbers where text is wanted"],
    "separators glued to what follows": lambda n: _several("---apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a#}\n", n),
    "misspelt fields": lambda n: "apiVersion: v1\nkind: List\nitems:\n"
    + _several("- {apiVersion: v1, kind: ConfigMap, metadata: {name: a#}, dat: {a: b}}\n", n),
}  # fmt: skip


@pytest.mark.parametrize("family", FIXABLE)
def test_fixes(family: str) -> None:
    def check(texts: Mapping[str, str]) -> Sequence[Finding]:
        return engine.check_texts([engine.Text(name, text) for name, text in texts.items()]).findings

    def work(n: int) -> Callable[[], Any]:
        text = FIXABLE[family](n)
        return lambda: fix.until_stable({"a.yaml": text}, check, unsafe=True)

    assert _grows(work) < MOST


CHART = {"c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n", "c/values.yaml": "a: b\n"}
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
CHARTS: dict[str, Callable[[int], dict[str, str]]] = {
    "templates": lambda n: {f"c/templates/{i}.yaml": TEMPLATE + f"  a: b{i}\n" for i in range(n)},
    "actions": lambda n: {"c/templates/a.yaml": TEMPLATE + _several("  a#: {{ .Values.a }}\n", n)},
    "values": lambda n: {
        "c/values.yaml": _several("a#: b\n", n),
        "c/templates/a.yaml": TEMPLATE + "  a: {{ toYaml .Values | quote }}\n",
    },
    "rounds of a loop": lambda n: {"c/templates/a.yaml": TEMPLATE + f"{{{{ range until {n} }}}}  a{{{{ . }}}}: b\n{{{{ end }}}}"},
    "definitions that include the next": lambda n: {
        "c/templates/a.yaml": "".join(f'{{{{ define "a{i}" }}}}{{{{ include "a{i + 1}" . }}}}{{{{ end }}}}' for i in range(n))
        + f'{{{{ define "a{n}" }}}}x{{{{ end }}}}{TEMPLATE}  a: {{{{ include "a0" . }}}}\n'
    },
    "templates that fail": lambda n: {f"c/templates/{i}.yaml": '{{ $x := set .Values "k" .Values }}{{ toYaml $x }}' for i in range(n)},
    "subcharts": lambda n: {
        f"c/charts/s{i}/{name}": text
        for i in range(n)
        for name, text in (("Chart.yaml", f"apiVersion: v2\nname: s{i}\nversion: 1.0.0\n"), ("templates/a.yaml", TEMPLATE + "  a: b\n"))
    },
}  # fmt: skip


@pytest.mark.parametrize("family", CHARTS)
def test_charts(family: str) -> None:
    def work(n: int) -> Callable[[], Any]:
        tree = TextTree({name: text.encode() for name, text in {**CHART, **CHARTS[family](n)}.items()})
        return lambda: chart.build(tree, "c")

    assert _grows(work, 40) < MOST


def _over(n: int, **fields: Any) -> dict[str, str]:
    objects = "---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\ndata: {{a: b}}\n" for i in range(n)
    )
    return {"kustomization.yaml": json.dumps({"resources": ["a.yaml"], **fields}), "a.yaml": objects}


def _copying(i: int) -> dict[str, Any]:
    patch = [{"op": "copy", "from": "/data", "path": f"/data/x{i}"}]
    return {"target": {"kind": "ConfigMap"}, "patch": json.dumps(patch)}


KUSTOMIZATIONS: dict[str, Callable[[int], dict[str, str]]] = {
    "resources": lambda n: _over(n, namePrefix="p-"),
    "files": lambda n: {
        "kustomization.yaml": json.dumps({"resources": [f"{i}.yaml" for i in range(n)]}),
        **{f"{i}.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\n" for i in range(n)},
    },
    "patches of their own object": lambda n: _over(
        n, patches=[{"patch": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\ndata: {{x: y}}\n"} for i in range(n)]
    ),
    "generated objects": lambda n: _over(1, configMapGenerator=[{"name": f"g{i}", "literals": ["a=b"]} for i in range(n)]),
    "bases of bases": lambda n: {
        **{f"k{i}/kustomization.yaml": json.dumps({"resources": [f"../k{i + 1}"]}) for i in range(n)},
        **{f"k{n}/{name}": text for name, text in _over(1).items()},
        "kustomization.yaml": '{"resources": ["k0"]}',
    },
}  # fmt: skip


@pytest.mark.parametrize("family", KUSTOMIZATIONS)
def test_kustomizations(family: str) -> None:
    def work(n: int) -> Callable[[], Any]:
        tree = TextTree({name: text.encode() for name, text in KUSTOMIZATIONS[family](n).items()})
        return lambda: kustomize.build(tree, ".")

    assert _grows(work, 40) < MOST


@pytest.mark.parametrize(
    "fields",
    [
        {"patches": [_copying(i) for i in range(40)]},
        {"patches": [{"target": {"kind": "ConfigMap"}, "patch": json.dumps([{"op": "copy", "from": "/data", "path": f"/data/x{i}"} for i in range(40)])}]},
        {"replacements": [{"source": {"kind": "ConfigMap", "fieldPath": "data"}, "targets": [
            {"select": {"kind": "ConfigMap"}, "fieldPaths": [f"data.x{i}"], "options": {"create": True}}]} for i in range(40)]},
        {"replacements": [{"source": {"kind": "ConfigMap", "fieldPath": "data.a"}, "targets": [
            {"select": {"kind": "ConfigMap"}, "fieldPaths": ["data.a"], "options": {"delimiter": "-", "index": 9}}]} for _ in range(40)]},
    ],
    ids=["a patch each", "one patch", "replacements", "texts"],
)  # fmt: skip
def test_an_object_that_copies_itself_is_refused(fields: dict[str, Any]) -> None:
    unit = kustomize.build(TextTree({name: text.encode() for name, text in _over(1, **fields).items()}), ".")
    assert [problem.message for problem in unit.problems if problem.fatal] == [
        "what is copied here is more than can be built"
    ]


def test_entries_of_the_cache(tmp_path: Path) -> None:
    """An entry of a run costs what it lists; what is recalled is what was written."""

    def work(n: int) -> Callable[[], Any]:
        fields: list[bytes] = []
        for i in range(n):
            fields += [b"l", b"-", b"", str(tmp_path / f"nothing-{i}").encode()]
        replay._write(str(tmp_path / f"entry{n}"), fields, 1, b"said\n", b"")
        return lambda: replay._recalled(str(tmp_path / f"entry{n}"))

    assert work(9)() == (1, b"said\n", b"")
    assert _grows(work) < MOST


FOLDERS: dict[str, Callable[[int], tuple[Any, Any]]] = {
    "an enum": lambda n: ({"items": {"enum": [f"a{i}" for i in range(n)]}}, [f"b{i}" for i in range(n)]),
    "an enum that fits": lambda n: ({"items": {"enum": list(range(n))}}, [n - i - 1 for i in range(n)]),
    "lists in an enum": lambda n: ({"items": {"enum": [[i] for i in range(n)]}}, [[-i] for i in range(n)]),
    "closed objects": lambda n: (
        {"type": "object", "additionalProperties": False, "properties": {f"p{i}": {} for i in range(n)}}, {f"q{i}": 1 for i in range(n)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("family", FOLDERS)
def test_schemas_of_a_folder(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constraints, "MOST_FIELDS", 10)

    def work(n: int) -> Callable[[], Any]:
        schema, value = FOLDERS[family](n)
        folder = tmp_path / str(n)
        folder.mkdir(exist_ok=True)
        (folder / "boat_v1.json").write_text(json.dumps({"type": "object", "properties": {"spec": schema}}))
        boat = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "one"}, "spec": value}
        texts = [engine.Text("a.yaml", json.dumps(boat))]
        return lambda: engine.check_texts(texts, known=engine.Known(schema_dirs=[str(folder)]))

    assert _grows(work) < MOST


def test_a_schema_whose_references_multiply_is_told(tmp_path: Path) -> None:
    parts: dict[str, Any] = {"a0": {"type": "string"}}
    for i in range(1, 40):
        parts[f"a{i}"] = {"allOf": [{"$ref": f"#/definitions/a{i - 1}"}] * 2}
    schema = {"definitions": parts, "properties": {"spec": {"$ref": "#/definitions/a39"}}}
    (tmp_path / "boat_v1.json").write_text(json.dumps(schema))
    text = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: one}\nspec: {a: b}\n"
    checked = engine.check_texts([engine.Text("a.yaml", text)], known=engine.Known(schema_dirs=[str(tmp_path)]))
    assert ["stand for more than" in finding.message for finding in checked.findings] == [True]
