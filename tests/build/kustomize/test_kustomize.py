"""Builds of our own small kustomizations, held to what the real tool prints of them, and the places of their values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubetrial.lint.build.emit import yaml_text
from kubetrial.lint.build.kustomize import build, includes, roots
from kubetrial.lint.build.kustomize.nodes import PlacedText
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
    assert read_nodes(text, PlacedText("x", text))[0].plain() == value


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


def test_a_value_that_is_left_out_in_braces_is_an_empty_text() -> None:
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "a.yaml": POD + b"  nodeSelector: {disk: , zone: a, rack}\n  affinity: {podAffinity: null}\n  tolerations:\n",
        "p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {affinity: , tolerations: [{key: }]}\n",
    }
    spec = build_texts(files).objects[0].value["spec"]
    assert spec["nodeSelector"] == {"zone": "a"}
    assert "affinity" not in spec
    assert spec["tolerations"] == [{"key": ""}]
    files["kustomization.yaml"] = "resources: [a.yaml]\n"
    assert build_texts(files).objects[0].value["spec"]["nodeSelector"] == {"disk": "", "zone": "a", "rack": ""}


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.yaml").write_bytes(POD)
    (tmp_path / "sub/a.yaml").symlink_to("../a.yaml")
    (tmp_path / "sub/kustomization.yaml").write_text("resources: [a.yaml]\n")
    unit = build(FolderTree(str(tmp_path)), "sub")
    assert [problem.rule for problem in unit.problems] == ["kustomization-outside-root"]


def test_definitions_in_crds_say_which_fields_name_others() -> None:
    definitions = (
        '{"io.MyKind": {"Schema": {"properties": {"apiVersion": {}, "kind": {}, "metadata": {}, '
        '"spec": {"$ref": "io.Spec"}}}}, "io.Spec": {"Schema": {"properties": {"next": {"$ref": "io.Spec"}, '
        '"podRef": {"x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "Pod"}, '
        '"id": {"x-kubernetes-identity": ""}}}}}'
    )
    own = b"---\napiVersion: io/v1\nkind: MyKind\nmetadata: {name: m}\nspec: {podRef: {name: web}, id: i, other: web}\n"
    unit = build_texts(
        {
            "kustomization.yaml": "resources: [a.yaml]\ncrds: [crd.json]\nnamePrefix: p-\n",
            "a.yaml": POD + own,
            "crd.json": definitions,
        }
    )
    assert not unit.problems
    spec = next(built.value["spec"] for built in unit.objects if built.value["kind"] == "MyKind")
    assert spec == {"podRef": {"name": "p-web"}, "id": "p-i", "other": "web"}


def test_a_custom_resource_definition_in_crds_is_refused() -> None:
    files: dict[str, str | bytes] = {"kustomization.yaml": "resources: [a.yaml]\ncrds: [a.yaml]\n", "a.yaml": POD}
    assert [problem.rule for problem in build_texts(files).problems] == ["kustomization-invalid"]


def test_origins_are_written_where_build_metadata_asks_for_them() -> None:
    text = (
        "resources: [../base]\nbuildMetadata: [originAnnotations]\nconfigMapGenerator: [{name: c, literals: [a=b]}]\n"
    )
    unit = build_texts(
        {"top/kustomization.yaml": text, "base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": POD}, "top"
    )
    name = "config.kubernetes.io/origin"
    assert {built.value["kind"]: built.value["metadata"]["annotations"][name] for built in unit.objects} == {
        "Pod": "path: ../base/a.yaml\n",
        "ConfigMap": "configuredIn: kustomization.yaml\nconfiguredBy:\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n",
    }


@pytest.mark.parametrize(
    ("field", "config", "line"),
    [
        ("generators", "apiVersion: example.com/v1\nkind: Maker\nmetadata: {name: m}\n", 3),
        ("transformers", "apiVersion: example.com/v1\nkind: Maker\nmetadata: {name: m}\n", 3),
        ("validators", "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: m}\n", 3),
    ],
)
def test_what_is_not_run_is_unknown_at_its_line(field: str, config: str, line: int) -> None:
    files: dict[str, str | bytes] = {"a.yaml": POD, "m.yaml": config}
    unit = build_texts({**files, "kustomization.yaml": f"resources: [a.yaml]\n{field}:\n- m.yaml\n"})
    assert [one.origin.value.start.line for one in unit.unknown] == [line]
    assert len(unit.objects) == 1


def test_the_order_is_the_one_of_the_sort_options() -> None:
    other = b"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n---\napiVersion: a/v1\nkind: Zed\nmetadata: {name: z}\n"
    files: dict[str, str | bytes] = {"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": POD + other}
    assert [built.value["kind"] for built in build_texts(files).objects] == ["Namespace", "Zed", "Pod"]
    options = "sortOptions: {order: legacy, legacySortOptions: {orderFirst: [Pod], orderLast: [Namespace]}}\n"
    files["kustomization.yaml"] = "resources: [a.yaml]\n" + options
    assert [built.value["kind"] for built in build_texts(files).objects] == ["Pod", "Zed", "Namespace"]
    files["kustomization.yaml"] = "resources: [a.yaml]\nsortOptions: {order: newest}\n"
    assert [problem.rule for problem in build_texts(files).problems] == ["kustomization-invalid"]


@pytest.mark.parametrize(
    "patch",
    [
        "|-\n    apiVersion: v1\n    kind: Pod\n    metadata: {name: web}\n    spec:\n      nodeNam: x\n",
        '"apiVersion: v1\\nkind: Pod\\nmetadata: {name: web}\\nspec:\\n  nodeNam: x"\n',
        "'{apiVersion: v1, kind: Pod, metadata: {name: ''web''},\n    spec: {nodeNam: x}}'\n",
        ">-\n    {apiVersion: v1, kind: Pod,\n    metadata: {name: web},\n    spec: {nodeNam: x}}\n",
    ],
)
def test_a_key_in_an_inline_patch_stands_where_it_is_written(patch: str) -> None:
    text = "resources: [a.yaml]\npatches:\n- patch: " + patch
    unit = build_texts({"a.yaml": POD, "kustomization.yaml": text})
    assert not unit.problems
    origin, exact = unit.objects[0].origin(("spec", "nodeNam"))
    assert exact
    assert origin.key is not None
    row = text.split("\n")[origin.key.start.line - 1]
    assert row[origin.key.start.column - 1 : origin.key.end.column - 1] == "nodeNam"


def test_words_that_happen_to_be_names_of_files_are_not_included() -> None:
    tree = TextTree({"a.yaml": POD, "b.yaml": POD, "kustomization.yaml": b"resources: [a.yaml]\nnamePrefix: b.yaml\n"})
    assert includes(tree, ".") == (frozenset(), frozenset(("a.yaml",)))


def test_a_folded_text_is_read_as_kustomize_writes_it_in_between() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: >-\n    one\n\n      two\n    three\n      four\n      five\n"
    tree = TextTree({"kustomization.yaml": b"resources: [a.yaml]\n", "a.yaml": text.encode()})
    (built,) = build(tree, ".").objects
    assert built.value["data"]["a"] == "one\n\n\n  two\nthree\n\n  four\n  five"


@pytest.mark.parametrize(
    ("text", "built"),
    [
        ("one\n  two\n", "one\n\n  two"),
        ("one \n  two\n", "one \n  two"),  # a space at the end of a line: it stands in quotes in between
        ("one \U0001f389\n  two\n", "one \U0001f389\n  two"),
        ("one \u00e9\n  two\n", "one \u00e9\n\n  two"),
    ],
)
def test_where_a_folded_text_gets_another_line(text: str, built: str) -> None:
    lines = "".join(f"      {line}\n" for line in text.splitlines())
    pod = POD.decode().replace("  name: web\n", f"  name: web\n  annotations:\n    a: >-\n{lines}", 1)
    patch = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    b: >-\n      one\n        two\n"
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "a.yaml": f"{pod}  text: >-\n{lines}",
        "p.yaml": patch,
    }
    value = build_texts(files).objects[0].value
    assert value["spec"]["text"] == built
    assert value["metadata"]["annotations"] == {"a": text.rstrip("\n"), "b": "one\n  two"}


def test_a_patch_for_another_version_says_which_is_meant() -> None:
    patch = "apiVersion: example.com/v1\nkind: Boat\nmetadata: {name: a}\n"
    files: dict[str, str | bytes] = {
        "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "p.yaml": patch,
    }
    unit = build_texts({**files, "a.yaml": patch.replace("v1", "v2")})
    (problem,) = unit.problems
    assert problem.rule == "kustomization-patch-unmatched"
    assert problem.help == "write apiVersion: example.com/v2, which is that of the object"


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ("patches:\n- patch: '[]'\n  target: {kind: Pod, name: wbe}\n", 4, "did you mean `web`?"),
        ("patches:\n- patch: '[]'\n  target: {kind: Pod, name: other-thing}\n", 4, "the objects of that kind: web"),
        (
            "patches:\n- patch: '[]'\n  target: {group: apps, kind: Pod, name: web}\n",
            4,
            "the objects of that kind: web",
        ),
        (
            "replacements:\n- sourceValue: a\n  targets:\n  - select: {kind: Job, name: web}\n    fieldPaths: [spec.a]\n",
            5,
            "add Job web to the resources",
        ),
    ],
)
def test_a_target_that_names_nothing_is_told(more: str, line: int, words: str) -> None:
    unit = build_texts({"a.yaml": POD, "kustomization.yaml": "resources: [a.yaml]\n" + more})
    (problem,) = unit.problems
    assert (problem.rule, problem.origin.value.start.line) == ("kustomization-target-unmatched", line)
    assert words in problem.help
    assert not problem.fatal
    assert len(unit.objects) == 1


WORKLOADS = b"""\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  initContainers: [{name: i, image: "ghcr.io/team/init:v1"}]
  containers: [{name: a, image: "registry.example.com:5000/team/web@sha256:0123"}, {name: b, image: nginx}]
"""


@pytest.mark.parametrize(
    ("name", "help"),
    [
        ("nginx", None),
        ("ghcr.io/team/init", None),
        ("registry.example.com:5000/team/web", None),
        (".*/web", None),
        ("ngnix", "did you mean `nginx`?"),
        ("team/init", "the images: ghcr.io/team/init, nginx, registry.example.com:5000/team/web"),
        ("nginx:1.2", "the images: ghcr.io/team/init, nginx, registry.example.com:5000/team/web"),
    ],
)
def test_an_image_that_no_container_has_is_told(name: str, help: str | None) -> None:
    text = f"resources: [a.yaml]\nimages:\n- newTag: v2\n  name: {name}\n"
    unit = build_texts({"a.yaml": WORKLOADS, "kustomization.yaml": text})
    found = [(one.rule, one.origin.value.start.line, one.help, one.fatal) for one in unit.problems]
    assert found == ([] if help is None else [("kustomization-image-unmatched", 4, help, False)])


def test_of_images_in_components_and_beside_what_is_missing_nothing_is_told() -> None:
    images = "images: [{name: none, newTag: v2}]\n"
    component = "kind: Component\n" + images
    files = {"a.yaml": WORKLOADS, "c/kustomization.yaml": component}
    for more in ("components: [c]\n", images + "- https://github.com/a/b\n"):
        listed = "resources: [a.yaml]\n" if more.startswith("components") else ""
        text = listed + more if listed else images + "resources: [a.yaml, 'https://github.com/a/b']\n"
        assert build_texts({**files, "kustomization.yaml": text}).problems == ()


@pytest.mark.parametrize(
    "more",
    [
        "patches:\n- patch: '[]'\n  target: {kind: Pod, name: w.*}\n",
        "patches:\n- patch: '[]'\n  target: {name: web}\n",
        "patches:\n- patch: '[]'\n  target: {kind: Job}\n",
        "resources: [https://example.com/a.yaml]\npatches:\n- patch: '[]'\n  target: {kind: Pod, name: wbe}\n",
        "components: [../part]\n",
    ],
)
def test_targets_that_may_fit_nothing_are_not_told(more: str) -> None:
    part = "kind: Component\npatches:\n- patch: '[]'\n  target: {kind: Job, name: other}\n"
    files = {"a/a.yaml": POD, "a/kustomization.yaml": more if "resources" in more else "resources: [a.yaml]\n" + more}
    assert not build_texts({**files, "part/kustomization.yaml": part}, "a").problems


def test_what_stands_twice_in_a_kustomization_is_told() -> None:
    text = "namePrefix: a-\nresources: [a.yaml]\nnamePrefix: b-\n---\nresources: []\n"
    unit = build_texts({"a.yaml": POD, "kustomization.yaml": text})
    assert [(one.rule, one.origin.value.start.line, one.fatal) for one in unit.problems] == [
        ("kustomization-part-ignored", 5, False),
        ("kustomization-part-ignored", 3, False),
    ]
    assert [one.value["metadata"]["name"] for one in unit.objects] == ["b-web"]


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("resorces: [a.yaml]\n", "resources"),
        ("resources: [b.yaml]\n", "a.yaml"),
        ("resources: [a.yaml]\npatches:\n- {patch: x, traget: {}}\n", "target"),
        ("resources: [a.yaml]\nreplicas: [{name: wbes, count: 1}]\n", "webs"),
        ("kind: Kustomisation\nresources: [a.yaml]\n", "Kustomization"),
        ("resources: [a.yaml]\nsortOptions: {order: lagacy}\n", "legacy"),
        ("resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "web"),
        ("resources: [a.yaml]\npatches: [{path: j.yaml, target: {kind: Pod}}]\n", "replace"),
        ("resources: [a.yaml]\npatches: [{path: k.yaml, target: {kind: Pod}}]\n", "spec"),
        (
            "resources: [a.yaml]\nreplacements:\n- {source: {kind: Pod, name: wbe}, targets: [{select: {kind: Pod}}]}\n",
            "web",
        ),
        (
            "resources: [a.yaml]\nreplacements:\n- {source: {kind: Pod, name: web, fieldPath: spce.x}, targets: [{select: {kind: Pod}}]}\n",
            "spec",
        ),
    ],
)
def test_a_slip_is_asked_back(text: str, help: str) -> None:
    unit = build_texts(
        {
            "a.yaml": POD
            + b"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: webs}\nspec: {replicas: 1}\n",
            "p.yaml": POD.replace(b"name: web", b"name: wbe", 1),
            "j.yaml": "- {op: repalce, path: /spec/a, value: 1}\n",
            "k.yaml": "- {op: remove, path: /spce/containers}\n",
            "kustomization.yaml": text,
        }
    )
    (problem,) = [problem for problem in unit.problems if problem.fatal]
    assert problem.help == f"did you mean `{help}`?"


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("ValueAddTransformer", "targets: [{selector: Pod, fieldPath: spec/a}]\n"),
        ("ValueAddTransformer", "targets: [Pod]\n"),
        ("PatchJson6902Transformer", "target: Pod\njsonOp: '[]'\n"),
        ("PatchStrategicMergeTransformer", "paths: {a: b}\n"),
        ("PatchTransformer", "patch: '[]'\ntarget: [Pod]\n"),
        ("LabelTransformer", "labels: [a]\nfieldSpecs: 5\n"),
        ("ValueAddTransformer", "value: {a: b}\ntargets: [{fieldPath: spec/a}]\n"),
        ("PrefixTransformer", "prefix: {a: b}\nfieldSpecs: [{path: metadata/name}]\n"),
        ("NamespaceTransformer", "metadata: {name: t, namespace: {a: b}}\nfieldSpecs: [{path: metadata/namespace}]\n"),
    ],
)
def test_a_transformer_of_another_form_is_refused(kind: str, config: str) -> None:
    name = "" if "metadata:" in config else "metadata: {name: t}\n"
    text = f"apiVersion: builtin\nkind: {kind}\n{name}{config}"
    unit = build_texts(
        {"a.yaml": POD, "t.yaml": text, "kustomization.yaml": "resources: [a.yaml]\ntransformers: [t.yaml]\n"}
    )
    assert [problem.rule for problem in unit.problems if problem.fatal] == ["kustomization-invalid"]


def test_a_folder_whose_file_is_missing_is_no_circle_when_it_is_named_again() -> None:
    unit = build_texts(
        {
            "a.yaml": POD,
            "kustomization.yaml": "resources: [a.yaml]\ngenerators: [more]\ntransformers: [more]\n",
            "more/kustomization.yaml": "components: [part]\n",
        }
    )
    assert {(one.rule, one.origin.file) for one in unit.problems} == {
        ("kustomization-file-missing", "more/kustomization.yaml")
    }


COPIED = """\
resources: [base, pod.yaml]
replacements:
- source: {kind: ConfigMap, name: more, fieldPath: metadata}
  targets:
  - select: {kind: Pod}
    fieldPaths: [PLACE]
    options: {create: true}
"""


def test_a_replacement_copies_what_kustomize_keeps_in_annotations() -> None:
    files: dict[str, str | bytes] = {
        "kustomization.yaml": COPIED.replace("PLACE", "spec.copy"),
        "base/kustomization.yaml": "resources: [map.yaml]\nnamePrefix: z-\n",
        "base/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n",
        "pod.yaml": POD + b"    envFrom: [{configMapRef: {name: more}}]\n",
    }
    spec = next(one.value for one in build_texts(files).objects if one.value["kind"] == "Pod")["spec"]
    assert spec["copy"] == {
        "name": "z-more",
        "annotations": {
            "internal.config.kubernetes.io/prefixes": "z-",
            "internal.config.kubernetes.io/previousKinds": "ConfigMap",
            "internal.config.kubernetes.io/previousNames": "more",
            "internal.config.kubernetes.io/previousNamespaces": "default",
        },
    }
    assert spec["containers"][0]["envFrom"] == [{"configMapRef": {"name": "z-more"}}]
    # The Pod becomes one of the base by its annotations, which are printed of nobody.
    files["kustomization.yaml"] = COPIED.replace("PLACE", "metadata")
    pod = next(one.value for one in build_texts(files).objects if one.value["kind"] == "Pod")
    assert pod["metadata"] == {"name": "z-more"}
    assert pod["spec"]["containers"][0]["envFrom"] == [{"configMapRef": {"name": "more"}}]


SMALL = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


@pytest.mark.parametrize(
    ("files", "file", "line", "listed"),
    [
        (
            {"kustomization.yaml": "resources:\n- a.yaml\n", "a.yaml": SMALL + "spec: [a\n"},
            "a.yaml",
            5,
            ("kustomization.yaml", 2),
        ),
        (
            {"kustomization.yaml": "resources:\n- a.yaml\n", "a.yaml": SMALL + "kind: Pod\n"},
            "a.yaml",
            4,
            ("kustomization.yaml", 2),
        ),
        ({"kustomization.yaml": "namespace: a\nimages:\n- name:d\n  newTag: b\n"}, "kustomization.yaml", 4, None),
        (
            {
                "a.yaml": POD,
                "kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |-\n    kind: Pod\n    a: [\n    b: c\n",
            },
            "kustomization.yaml",
            6,
            ("kustomization.yaml", 3),
        ),
    ],
)
def test_what_is_no_yaml_is_told_where_it_shows(
    files: dict[str, str | bytes], file: str, line: int, listed: tuple[str, int] | None
) -> None:
    (problem,) = build_texts(files).problems
    assert problem.rule == "kustomization-invalid"
    assert (problem.origin.file, problem.origin.value.start.line) == (file, line)
    beside = [(via.file, via.value.start.line) for via in problem.origin.via]
    assert beside == ([listed] if listed is not None else [])


@pytest.mark.parametrize("directive", ["{spec: {a: b}}", "[{a: b}, c]"])
def test_no_message_prints_an_object_of_python(directive: str) -> None:
    files = {
        "kustomization.yaml": b"resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
        "a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        "p.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{$patch: {directive}}}\n".encode(),
    }
    (problem,) = build(TextTree(files), ".").problems
    assert "is no directive" in problem.message
    assert " object at 0x" not in problem.message
