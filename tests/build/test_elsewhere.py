"""Kustomizations that another program fills, or that only patch what another tool gives."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from kubetrial.lint.build.elsewhere import of_others
from kubetrial.lint.build.kustomize import build
from kubetrial.lint.build.kustomize.made_first import Around, is_made_first
from kubetrial.lint.build.tree import TextTree

from tests.repositories import findings_in

PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def rules(files: dict[str, str]) -> list[str]:
    tree = TextTree({path: text.encode() for path, text in files.items()})
    unit = of_others(build(tree, "."), tree, "kustomization.yaml")
    return sorted({one.rule for one in unit.problems if one.fatal})


def listed(count: int, *there: str) -> dict[str, str]:
    names = [*(f"made/{number}.yaml" for number in range(count)), *there]
    text = "resources:\n" + "".join(f"  - {name}\n" for name in names)
    return {"kustomization.yaml": text, **dict.fromkeys(there, MAP)}


@pytest.mark.parametrize(("files", "wrong"), [
    (listed(6), False),
    (listed(6, "a.yaml"), False),
    (listed(1, "a.yaml"), True),
    (listed(4), False),
    (listed(2), True),
    (listed(4, "a.yaml"), True),
])  # fmt: skip
def test_files_that_are_made_first(files: dict[str, str], wrong: bool) -> None:
    assert rules(files) == (["kustomization-file-missing"] if wrong else [])


@pytest.mark.parametrize(("more", "wrong"), [("", False), ("resources: [a.yaml]\n", True)])
def test_patches_over_what_another_tool_gives(more: str, wrong: bool) -> None:
    files = {"kustomization.yaml": f"patches: [{{path: web.yaml}}]\n{more}", "web.yaml": PATCH, "a.yaml": MAP}
    assert rules(files) == (["kustomization-patch-unmatched"] if wrong else [])


CERT = "resources: [a.yaml]\nvars:\n- {name: SVC, objref: {kind: Service, name: web, apiVersion: v1}}\n"


@pytest.mark.parametrize(("beside", "wrong"), [("#- ../cert\n", False), ("- ../cert\n#- ../cert\n", True), ("", True)])
def test_a_part_that_is_not_taken_in_yet(beside: str, wrong: bool) -> None:
    files = {
        "config/default/kustomization.yaml": f"resources:\n- a.yaml\n{beside}",
        "config/cert/kustomization.yaml": CERT,
    }
    tree = TextTree({path: text.encode() for path, text in (files | {"config/cert/a.yaml": MAP}).items()})
    unit = of_others(build(tree, "config/cert"), tree, "config/cert/kustomization.yaml")
    assert [one.rule for one in unit.problems if one.fatal] == (
        ["kustomization-replacement-unmatched"] if wrong else []
    )


def test_a_script_is_read_once_for_all_files_that_are_missing() -> None:
    class Counted(TextTree):
        asked: ClassVar[list[str]] = []

        def read(self, path: str) -> bytes | None:
            self.asked.append(path)
            return super().read(path)

    tree = Counted({"hack/make.sh": b"make > app/made.yaml\n", "app/fetch.sh": "curl 한글.yaml\n".encode()})
    around = Around()
    wanted = ("made.yaml", "한글.yaml", *(f"{number}.yaml" for number in range(20)))
    assert [name for name in wanted if is_made_first(tree, f"app/{name}", around)] == ["made.yaml", "한글.yaml"]
    assert sorted(Counted.asked) == ["app/fetch.sh", "hack/make.sh"]


def test_a_path_of_thousands_of_folders_is_followed_only_as_far_as_there_are_any() -> None:
    class Counting(TextTree):
        asked = 0

        def is_folder(self, path: str) -> bool:
            Counting.asked += 1
            return super().is_folder(path)

    tree = Counting({"app/a.yaml": MAP.encode(), "make.sh": b"true\n"})
    for folders in ("app/" + "b/" * 5_000, "b/../" * 5_000):
        assert not is_made_first(tree, f"{folders}c.yaml", Around())
    assert Counting.asked < 100


@pytest.mark.parametrize(
    ("script", "made"),
    [
        ("test:\n\tcp config/a.yaml app/made.yaml\n", True),
        ("test:\n\t@mv -f $(OUT) ./app/made.yaml; ls\n", True),
        ("cp -r src/made.yaml src/other.yaml app/\n", True),
        ("cp made.yaml elsewhere/\n", False),
        ("rm app/made.yaml\n", False),
        ("controller-gen crd paths=./... output:crd:artifacts:config=app\n", True),
        ("controller-gen crd paths=./... output:crd:dir=./app\n", True),
        ("controller-gen crd paths=./... output:crd:artifacts:config=other\n", False),
    ],
)
def test_what_a_script_copies_or_generates_is_made_first(script: str, made: bool) -> None:
    tree = TextTree({"Makefile": script.encode()})
    assert is_made_first(tree, "app/made.yaml", Around()) is made


def test_of_generated_files_that_are_kept_none_is_missing() -> None:
    tree = TextTree({"Makefile": b"gen output:crd:artifacts:config=app\n", "app/a.yaml": MAP.encode()})
    assert not is_made_first(tree, "app/made.yaml", Around())


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("#resources:\n#- a.yaml\n", False),
        ("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n# resources:\n#   - a.yaml\n", False),
        ("---\nresources:\n# - a.yaml\n", False),
        ("resources: []  # nothing yet\nimages:\n#- name: a\n", False),
        ("", True),
        ("# to be written\n", True),
        ("kind: Kustomization\n", True),
        ("#- a.yaml\nresorces:\n- a.yaml\n", True),
    ],
)
def test_a_kustomization_that_is_commented_out_is_switched_off(text: str, wrong: bool) -> None:
    files = {"kustomization.yaml": text, "a.yaml": MAP}
    tree = TextTree({path: each.encode() for path, each in files.items()})
    unit = build(tree, ".")
    assert wrong is bool([one for one in of_others(unit, tree, "kustomization.yaml").problems if one.fatal])
    assert any(one.fatal for one in unit.problems) or "[]" in text


@pytest.mark.parametrize(("beside", "wrong"), [("kustomization.yaml.j2", False), ("a.yaml.j2", True)])
def test_a_kustomization_may_be_made_of_its_template(beside: str, wrong: bool) -> None:
    files = {"kustomization.yaml": "resources: [part]\n", f"part/{beside}": "resources: [a.yaml]\n"}
    assert rules(files) == (["kustomization-file-missing"] if wrong else [])


INGRESS = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  rules:\n"
RULES = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {rules: [{host: a.example.com}]}\n"
OVERLAY = "resources: [../../base/controller/settings]\npatches: [{path: rules.yaml}]\n"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, False),
        ({"base/controller/kustomization.yaml": "namePrefix: a-\nresources: [settings, install]\n"}, True),
        ({"overlays/prod/kustomization.yaml": "resources: [../../base/controller/install]\n"}, True),
        ({"flux.yaml": "PATH: base/controller"}, True),
    ],
)
def test_a_base_that_collects_others_is_applied_through_these(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    told: bool,
) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: FOLDER}\n"
    )
    files = {
        "base/controller/kustomization.yaml": "resources: [settings, install]\n",
        "base/controller/settings/kustomization.yaml": "resources: [ingress.yaml]\n",
        "base/controller/settings/ingress.yaml": INGRESS,
        "base/controller/install/kustomization.yaml": "resources: [map.yaml]\n",
        "base/controller/install/map.yaml": MAP,
        "overlays/prod/kustomization.yaml": OVERLAY.replace("[../..", "[../../base/controller/install, ../.."),
        "overlays/prod/rules.yaml": RULES,
    }
    changed = {
        path: flux.replace("FOLDER", text[6:]) if text[:6] == "PATH: " else text for path, text in changes.items()
    }
    found = findings_in(tmp_path, files | changed, (".",), monkeypatch, capsys)
    assert [f["file"] for f in found if f["rule"] == "ingress-without-rules"] == (
        ["base/controller/settings/ingress.yaml"] if told else []
    )


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n"


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("resources: [a.yaml, b.yaml]\n", b"\0GITCRYPT\0\x12\xff", "is encrypted by git-crypt"),
        ("resources: [a.yaml, b.yaml]\n", LFS, "is kept by Git LFS"),
        ("resources: [a.yaml]\npatches: [{path: b.yaml}]\n", b"\0GITCRYPT\0\x12\xff", "is encrypted by git-crypt"),
        ("resources: [a.yaml]\nconfigMapGenerator: [{name: b, files: [b.yaml]}]\n", LFS, "is kept by Git LFS"),
        ("resources: [a.yaml]\nsecretGenerator: [{name: b, envs: [b.yaml]}]\n", b"\0GITCRYPT\0\xff", "is encrypted by git-crypt"),
    ],
)  # fmt: skip
def test_what_is_locked_or_kept_elsewhere_is_unknown(kind: str, data: bytes, words: str) -> None:
    unit = build(TextTree({"kustomization.yaml": kind.encode(), "a.yaml": MAP.encode(), "b.yaml": data}), ".")
    assert not unit.problems
    assert [one.value["metadata"]["name"] for one in unit.objects] == ["a"]
    assert [words in one.reason for one in unit.unknown] == [True]


@pytest.mark.parametrize(("checked_out", "wrong"), [(False, False), (True, True)])
def test_what_lies_in_a_submodule_may_not_be_here(checked_out: bool, wrong: bool) -> None:
    files = {
        ".gitmodules": '[submodule "base"]\n\tpath = vendor/base\n\turl = https://example.com/base.git\n',
        "kustomization.yaml": "resources: [vendor/base/app, a.yaml]\n",
        "a.yaml": MAP,
    }
    more = {"vendor/base/README.md": "# base\n"} if checked_out else {}
    assert rules(files | more) == (["kustomization-file-missing"] if wrong else [])


@pytest.mark.parametrize(
    ("path", "made"), [("config/rbac/role.yaml", True), ("config/webhook/manifests.yaml", True), ("config/rbac/other.yaml", False)]
)  # fmt: skip
def test_the_generator_of_operators_has_places_of_its_own(path: str, made: bool) -> None:
    tree = TextTree({"Makefile": b'manifests:\n\t$(CONTROLLER_GEN) rbac:roleName=a crd webhook paths="./..."\n'})
    assert is_made_first(tree, path, Around()) is made


@pytest.mark.parametrize(
    ("path", "text", "wrong"),
    [
        ("app/kustomization.yaml", "", False),
        ("app/kustomization.yaml", "# moved to the other repository\n\n", False),
        ("app/kustomization.yaml", "---\n# nothing here\n", False),
        ("kustomization.yaml", "", True),
        ("app/kustomization.yaml", "resorces: []\n", True),
    ],
)
def test_a_kustomization_that_nobody_has_written_yet(path: str, text: str, wrong: bool) -> None:
    tree = TextTree({path: text.encode()})
    unit = of_others(build(tree, path.rpartition("/")[0] or "."), tree, path)
    assert any(one.fatal for one in unit.problems) is wrong
    assert bool(unit.unknown) is not wrong


def test_an_empty_kustomization_that_is_taken_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"app/kustomization.yaml": "", "top/kustomization.yaml": "resources: [../app]\n"}
    found = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found] == ["kustomization-invalid"]


@pytest.mark.parametrize(
    ("files", "target", "made"),
    [
        ({"scripts/make.sh": 'OUT="${ROOT}/app/crds.yaml"\nhelm template x > "${OUT}"\n'}, "app/crds.yaml", True),
        ({"scripts/make.sh": "OUT=app/crds.yaml\nmv $TMP $OUT\n"}, "app/crds.yaml", True),
        ({"scripts/make.sh": 'OUT="${ROOT}/app/crds.yaml"\nkubectl apply -f "${OUT}"\n'}, "app/crds.yaml", False),
        ({"scripts/make.sh": "OUT=app/other.yaml\nmake > $OUT\n"}, "app/crds.yaml", False),
        ({"boot/install-config.yaml": "a: b\n"}, "boot/manifests", True),
        ({"boot/install-config.yaml": "a: b\n"}, "boot/resources/openshift", True),
        ({"boot/install-config.yaml": "a: b\n"}, "boot/calico", False),
        ({"boot/a.yaml": "a: b\n"}, "boot/manifests", False),
        ({"app/run.sh": "mkdir -p ${TMP}/upstream\ncd ${TMP}/upstream\n"}, "app/upstream/config/base", True),
        ({"run.sh": "git clone --depth 1 https://git.example.com/a/upstream.git\n"}, "upstream/config", True),
        ({"run.sh": "git clone https://git.example.com/a/other.git upstream\n"}, "upstream", True),
        ({"run.sh": "mkdir -p other\n"}, "app/upstream/config", False),
        ({"run.sh": "mkdir -p app\n"}, "app/other/config", False),  # the folder is there
    ],
)
def test_what_a_script_or_an_installer_makes(files: dict[str, str], target: str, made: bool) -> None:
    tree = TextTree({path: text.encode() for path, text in files.items()} | {"app/a.yaml": b"a: b\n"})
    assert is_made_first(tree, target, Around()) is made


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        ({"kustomization.yaml": "# words\nresorces:\n- a.yaml\n"}, "kustomization.yaml", 2),
        ({"kustomization.yaml": "resources: [a.yaml]\ncommonLabels:\n  a: b\n"}, "kustomization.yaml", 2),
        (
            {
                "kustomization.yaml": "resources: [a.yaml]\nconfigurations: [conf.yaml]\n",
                "conf.yaml": "# words\n\nnamePreix:\n- path: metadata/name\n",
            },
            "conf.yaml",
            3,
        ),
    ],
)
def test_what_is_wrong_with_a_name_stands_at_the_name(files: dict[str, str], path: str, line: int) -> None:
    tree = TextTree({name: text.encode() for name, text in (files | {"a.yaml": MAP}).items()})
    (problem,) = build(tree, ".").problems
    assert (problem.origin.file, problem.origin.value.start.line) == (path, line)


@pytest.mark.parametrize(("inline", "kept"), [(True, "x"), (False, "x\n")])
def test_the_text_of_an_entry_of_patches_is_trimmed(inline: bool, kept: str) -> None:
    """`patch: |` ends in a line break, and so does a block at its end, but kustomize takes both away; of a file it does not."""
    patch = "- op: add\n  path: /data\n  value:\n    k: |\n      x\n"
    text = "".join(f"    {line}\n" for line in patch.splitlines())
    source = f"patch: |\n{text}" if inline else "path: patch.yaml\n"
    files = {
        "kustomization.yaml": f"resources: [a.yaml]\npatches:\n- target: {{kind: ConfigMap}}\n  {source}",
        "patch.yaml": patch,
        "a.yaml": MAP,
    }
    (built,) = build(TextTree({path: text.encode() for path, text in files.items()}), ".").objects
    assert built.value["data"] == {"k": kept}


HOME = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {0}}}\nspec: {{path: ./apps/{0}}}\n"


@pytest.mark.parametrize(
    ("applied", "told"),
    [
        (["a", "b", "c"], []),
        (["a", "b", "c", "last"], ["apps/last/kustomization.yaml"]),
        (["a"], ["apps/last/kustomization.yaml"]),
        ([], ["apps/last/kustomization.yaml"]),
    ],
)
def test_what_no_controller_applies_where_they_apply_the_rest(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    applied: list[str],
    told: list[str],
) -> None:
    files = {f"clusters/home/{name}.yaml": HOME.format(name) for name in applied}
    for name in ("a", "b", "c", "last"):
        files[f"apps/{name}/kustomization.yaml"] = "resources: [map.yaml]\n"
        files[f"apps/{name}/map.yaml"] = MAP
    files["apps/last/kustomization.yaml"] = "resources: [map.yaml, moved.yaml]\n"
    found = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
    assert [f["file"] for f in found if f["category"] == "rejected"] == told
    found = findings_in(tmp_path, {}, ("apps/last",), monkeypatch, capsys)  # a part of it knows the rest
    assert [f["file"] for f in found if f["category"] == "rejected"] == told


@pytest.mark.parametrize(
    ("entry", "told"), [("# - app/ks.yaml", False), ("- app/ks.yaml", True), ("# - other/ks.yaml", True)]
)
def test_settings_whose_entry_is_commented_out_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], entry: str, told: bool
) -> None:
    files = {
        "apps/kustomization.yaml": f"resources:\n- map.yaml\n- two/ks.yaml\n{entry}\n",
        "apps/map.yaml": MAP,
        "apps/two/ks.yaml": MAP.replace("name: a", "name: b"),
        "apps/app/ks.yaml": HOME.replace("{{name: {0}}}", "{{name: app}}")
        .replace("{0}}}", "{0}, components: [../gone]}}")
        .format("app/app"),
        "apps/app/app/kustomization.yaml": "resources: [map.yaml]\n",
        "apps/app/app/map.yaml": MAP,
    }
    found = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
    wanted = [("kustomization-file-missing", "apps/app/ks.yaml")] if told else []
    assert [(f["rule"], f["file"]) for f in found if f["category"] == "rejected"] == wanted


@pytest.mark.parametrize(("body", "told"), [("", False), ("parameters: {a: b}\n", True)])
def test_an_object_that_only_marks_another_one_is_laid_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], body: str, told: bool
) -> None:
    text = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: local\n  annotations: {a: 'true'}\n"
    found = findings_in(tmp_path, {"default.yaml": text + body}, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found if f["category"] == "rejected"] == (["field-missing"] if told else [])


@pytest.mark.parametrize(("readme", "told"), [
    ("```yaml\nnamespace: web\nresources:\n- https://example.com/bases//app/?ref=1\n```\n", False),
    ("```yaml\nnamespace: web\nresources:\n- ../base\n```\n", True),
    ("namespace: web\n", True),
])  # fmt: skip
def test_a_library_of_bases_gets_its_namespace_from_those_who_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], readme: str, told: bool
) -> None:
    binding = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\n"
        "subjects: [{kind: ServiceAccount, name: a}]\n"
    )
    files = {"app/kustomization.yaml": "resources: [binding.yaml]\n", "app/binding.yaml": binding, "README.md": readme}
    found = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
    assert [f["rule"] for f in found if f["category"] == "rejected"] == (["role-binding-unresolvable"] if told else [])
