"""Builds of our own small kustomizations, held to what the real tool prints of them, and the places of their values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build.emit import yaml_text
from kubetrial.lint.build.kustomize import build, includes, roots
from kubetrial.lint.build.kustomize.nodes import Text
from kubetrial.lint.build.kustomize.nodes import read as read_nodes
from kubetrial.lint.build.origin import Unit
from kubetrial.lint.build.tree import FolderTree, TextTree
from kubetrial.lint.yaml.source import read

HERE = Path(__file__).parent
OVERLAY = FolderTree(str(HERE / "overlay"))

POD = b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: web\n"


def build_texts(files: dict[str, str | bytes], path: str = ".") -> Unit:
    return build(
        TextTree({name: text.encode() if isinstance(text, str) else text for name, text in files.items()}), path
    )


def test_an_overlay_is_built_as_the_real_tool_builds_it() -> None:
    unit = build(OVERLAY, "dev")
    expected = [
        document.value for document in read("expected.yaml", (HERE / "overlay/expected.yaml").read_text()).documents
    ]
    assert not unit.problems
    assert [built.value for built in unit.objects] == expected
    assert unit.read == {
        "base/access.yaml",
        "base/kustomization.yaml",
        "base/web.yaml",
        "dev/kustomization.yaml",
        "dev/memory.yaml",
        "part/kustomization.yaml",
    }


@pytest.mark.parametrize(
    ("path", "file", "line", "column"),
    [
        (("spec", "selector"), "base/web.yaml", 7, 3),
        (("spec", "template", "spec", "containers", 0, "resources", "limits", "memory"), "dev/memory.yaml", 12, 15),
        (("spec", "minReadySeconds"), "dev/kustomization.yaml", 38, 9),
    ],
)
def test_keys_stand_where_they_were_written(path: tuple[str | int, ...], file: str, line: int, column: int) -> None:
    deployment = next(built for built in build(OVERLAY, "dev").objects if built.value["kind"] == "Deployment")
    origin, exact = deployment.origin(path)
    assert exact
    assert origin.key is not None
    assert (origin.file, origin.key.start.line, origin.key.start.column) == (file, line, column)


def test_a_changed_value_names_the_transformer() -> None:
    deployment = next(built for built in build(OVERLAY, "dev").objects if built.value["kind"] == "Deployment")
    origin, _ = deployment.origin(("spec", "replicas"))
    assert origin.file == "base/web.yaml"
    assert [(via.role, via.file, via.value.start.line) for via in origin.via] == [
        ("the replicas", "dev/kustomization.yaml", 18)
    ]


def test_a_path_that_is_not_there_has_its_ancestors_place() -> None:
    deployment = next(built for built in build(OVERLAY, "dev").objects if built.value["kind"] == "Deployment")
    origin, exact = deployment.origin(("spec", "strategy", "type"))
    assert not exact
    assert origin.file == "base/web.yaml"


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"kustomization.yaml": "resorces: [a.yaml]\n"}, "kustomization-invalid"),
        ({"kustomization.yaml": "resources: a.yaml\n"}, "kustomization-invalid"),
        ({"kustomization.yaml": "namespace: n\n"}, "kustomization-invalid"),
        ({"kustomization.yaml": "resources: [b.yaml]\n"}, "kustomization-file-missing"),
        ({"kustomization.yaml": "resources: [a.yaml, a.yaml]\n"}, "kustomization-id-twice"),
        ({"kustomization.yaml": "resources: [.]\n"}, "kustomization-cycle"),
        (
            {"kustomization.yaml": "patches:\n- patch: '{apiVersion: v1, kind: Pod, metadata: {name: x}}'\n"},
            "kustomization-patch-unmatched",
        ),
        (
            {
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- source: {kind: Pod}\n  targets:\n"
                "  - select: {kind: Pod}\n    fieldPaths: [spec.nodeName]\n"
            },
            "kustomization-replacement-unmatched",
        ),
    ],
)
def test_what_the_real_tool_refuses_is_refused(files: dict[str, str | bytes], rule: str) -> None:
    unit = build_texts({"a.yaml": POD, **files})
    assert [problem.rule for problem in unit.problems if problem.fatal] == [rule]
    assert not unit.objects


def test_files_lie_below_their_kustomization() -> None:
    unit = build_texts({"a.yaml": POD, "sub/kustomization.yaml": "resources: [../a.yaml]\n"}, "sub")
    assert [problem.rule for problem in unit.problems] == ["kustomization-outside-root"]


def test_a_misspelt_field_is_told_its_name() -> None:
    problem = build_texts({"kustomization.yaml": "resorces: [a.yaml]\n"}).problems[0]
    assert problem.help == "did you mean `resources`?"


def test_what_is_remote_is_unknown_and_the_rest_is_built() -> None:
    unit = build_texts({"a.yaml": POD, "kustomization.yaml": "resources:\n- a.yaml\n- https://example.com/b.yaml\n"})
    assert [one.origin.value.start.line for one in unit.unknown] == [3]
    assert len(unit.objects) == 1


def test_a_diamond_of_many_bases_ends() -> None:
    files: dict[str, str | bytes] = {"b0/kustomization.yaml": "resources: []\n"}
    for level in range(1, 40):
        files[f"b{level}/kustomization.yaml"] = f"resources: [../b{level - 1}, ../b{level - 1}]\n"
    assert [problem.rule for problem in build_texts(files, "b39").problems] == ["kustomization-invalid"]


def test_overlays_that_nobody_includes_are_roots() -> None:
    assert roots(OVERLAY, ["base", "dev", "part"]) == ["dev"]
    assert includes(OVERLAY, "dev") == (frozenset(("base", "part")), frozenset(("dev/memory.yaml",)))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1000, 1000)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x85\ufeff")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abyn1~ :-", min_size=1), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1, max_size=4))
def test_what_is_printed_is_read_as_the_same(value: dict[str, Any]) -> None:
    text = yaml_text(value)
    assert read("x", text).documents[0].value == value
    assert read_nodes(text, Text("x", text))[0].plain() == value


@given(st.text(max_size=60))
def test_no_text_makes_a_build_fall_over(text: str) -> None:
    build_texts({"kustomization.yaml": text.encode("utf-8", "replace"), "a.yaml": POD})


def test_a_patch_takes_keys_without_a_value_out() -> None:
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "a.yaml": POD + b"  nodeSelector:\n  affinity: null\n",
        "p.yaml": POD.replace(b"image: web", b"image: web:2"),
    }
    spec = build_texts(files).objects[0].value["spec"]
    assert spec == {"containers": [{"name": "web", "image": "web:2"}], "affinity": None}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_bytes(POD)
    (tmp_path / "sub/a.yaml").symlink_to("../a.yaml")
    (tmp_path / "sub/kustomization.yaml").write_text("resources: [a.yaml]\n")
    unit = build(FolderTree(str(tmp_path)), "sub")
    assert [problem.rule for problem in unit.problems] == ["kustomization-outside-root"]
