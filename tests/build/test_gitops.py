"""What Flux and Argo CD of the same repository lay over the folders that they apply."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.build import gitops
from kubetrial.lint.build.division import Division
from kubetrial.lint.build.kustomize.nodes import PlacedText, read
from kubetrial.lint.build.tree import FolderTree
from kubetrial.lint.build.units import divide
from kubetrial.lint.command import cli

from tests.repositories import findings_in, written

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: "${COUNT}"
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        env: [{name: TAG, value: "${TAG:=v1}"}]
        args: ["$${KEPT}", "${UNKNOWN}"]
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  targetNamespace: shop
  commonMetadata: {labels: {team: shop}}
  components: [../part]
  images: [{name: web, newTag: "2"}]
  patches:
  - target: {kind: Deployment}
    patch: |
      - op: add
        path: /spec/minReadySeconds
        value: ${WAIT}
  postBuild:
    substitute: {COUNT: "3"}
    substituteFrom: [{kind: ConfigMap, name: values}, {kind: Secret, name: private}]
"""
VALUES = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\ndata: {WAIT: '20', COUNT: '9'}\n"
COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
commonAnnotations: {part: "yes"}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps}
spec:
  source:
    path: apps
    kustomize:
      namePrefix: a-
      namespace: shop
      images: ["web=registry.example/web:3@sha256:0123", "other:4"]
      replicas: [{name: web, count: 5}]
"""


def divided(folder: Path, files: dict[str, str], kustomization: str) -> Division:
    """How a repository is applied, of whose kustomizations one was given."""
    written(folder, files)
    return divide(
        str(folder),
        [kustomization],
        lambda _: True,
        str,
        sorted(files),
        gitops.settings(files.items(), FolderTree(str(folder))),
    )


def built(folder: Path, files: dict[str, str]) -> list[Any]:
    """The objects of the one unit of a repository."""
    (unit,) = divided(folder, files, "apps/kustomization.yaml").units
    assert not unit.problems
    return list(unit.objects)


def test_flux_lays_its_settings_over_a_kustomization(tmp_path: Path) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT,
        "part/kustomization.yaml": COMPONENT,
        "flux.yaml": FLUX,
        "values.yaml": VALUES,
    }
    (web,) = built(tmp_path, files)
    value = web.value
    assert value["metadata"]["namespace"] == "shop"
    assert value["metadata"]["labels"] == {"team": "shop"}
    assert value["metadata"]["annotations"] == {"part": "yes"}
    assert value["spec"]["replicas"] == 3  # the Kustomization's own value wins, and is a number after all
    assert value["spec"]["minReadySeconds"] == 20
    (container,) = value["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:2"
    assert container["env"] == [{"name": "TAG", "value": "v1"}]
    assert container["args"] == ["${KEPT}", "${UNKNOWN}"]
    waits = web.origin(("spec", "minReadySeconds"))[0]
    assert (waits.file, waits.value.start.line) == ("flux.yaml", 15)
    count = web.origin(("spec", "replicas"))[0]
    assert (count.file, count.value.start.line, count.literal) == ("apps/web.yaml", 5, False)
    assert [(via.file, via.value.start.line) for via in count.via] == [("flux.yaml", 17)]


def test_flux_makes_a_kustomization_for_a_folder_that_has_none(tmp_path: Path) -> None:
    files = {
        "apps/web.yaml": DEPLOYMENT,
        "apps/deep/more.yaml": VALUES,
        "part/kustomization.yaml": COMPONENT,
        "flux.yaml": FLUX,
    }
    division = divided(tmp_path, files, "part/kustomization.yaml")
    (unit,) = division.units
    assert {one.value["kind"]: one.value["metadata"]["namespace"] for one in unit.objects} == {
        "ConfigMap": "shop",
        "Deployment": "shop",
    }
    assert {"apps/web.yaml", "apps/deep/more.yaml"} <= division.sources


def test_argo_lays_its_options_over_a_kustomization(tmp_path: Path) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: other, newTag: '1'}]\n",
        "apps/web.yaml": DEPLOYMENT + "      - {name: other, image: other}\n",
        "app.yaml": ARGO,
    }
    (web,) = built(tmp_path, files)
    assert web.value["metadata"] == {"name": "a-web", "namespace": "shop"}
    assert web.value["spec"]["replicas"] == 5
    images = [container["image"] for container in web.value["spec"]["template"]["spec"]["containers"]]
    assert images == ["registry.example/web:3@sha256:0123", "other:4"]


WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
"""
PATCH = '[{patch: \'[{"op": "add", "path": "/spec/paused", "value": true}]\', target: {kind: Deployment}}]'
FLUX_WITH = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: apps, SETTINGS}\n"
ARGO_WITH = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {path: apps, kustomize: {SETTINGS}}}\n"


def at(value: Any, path: str) -> Any:
    """What stands at a path of a value; None where nothing does."""
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value.get(step)
        if value is None:
            return None
    return value


@pytest.mark.parametrize(
    ("controller", "settings", "path", "expected"),
    [
        (FLUX_WITH, "targetNamespace: shop", "metadata.namespace", "shop"),
        (FLUX_WITH, "namePrefix: a-", "metadata.name", "a-web"),
        (FLUX_WITH, "nameSuffix: -b", "metadata.name", "web-b"),
        (FLUX_WITH, f"patches: {PATCH}", "spec.paused", True),
        (FLUX_WITH, "images: [{name: web, newTag: '2'}]", "spec.template.spec.containers.0.image", "web:2"),
        (FLUX_WITH, "components: [../part]", "metadata.annotations.part", "yes"),
        (FLUX_WITH, "components: [../gone], ignoreMissingComponents: true", "metadata.name", "web"),
        (FLUX_WITH, "commonMetadata: {labels: {team: shop}}", "metadata.labels.team", "shop"),
        (FLUX_WITH, "commonMetadata: {labels: {team: shop}}", "spec.selector.matchLabels.team", None),
        (FLUX_WITH, "commonMetadata: {annotations: {team: shop}}", "metadata.annotations.team", "shop"),
        (FLUX_WITH, "commonMetadata: {annotations: {team: shop}}", "spec.template.metadata.annotations", None),
        (ARGO_WITH, "namespace: shop", "metadata.namespace", "shop"),
        (ARGO_WITH, "namePrefix: a-", "metadata.name", "a-web"),
        (ARGO_WITH, "nameSuffix: -b", "metadata.name", "web-b"),
        (ARGO_WITH, f"patches: {PATCH}", "spec.paused", True),
        (ARGO_WITH, "images: ['web=other:2']", "spec.template.spec.containers.0.image", "other:2"),
        (ARGO_WITH, "replicas: [{name: web, count: 3}]", "spec.replicas", 3),
        (ARGO_WITH, "components: [../part]", "metadata.annotations.part", "yes"),
        (ARGO_WITH, "components: [../gone], ignoreMissingComponents: true", "metadata.name", "web"),
        (ARGO_WITH, "commonAnnotations: {team: shop}", "spec.template.metadata.annotations.team", "shop"),
        (ARGO_WITH, "commonLabels: {team: shop}", "spec.selector.matchLabels.team", "shop"),
        (ARGO_WITH, "commonLabels: {team: shop}, labelWithoutSelector: true", "metadata.labels.team", "shop"),
        (ARGO_WITH, "commonLabels: {team: shop}, labelWithoutSelector: true", "spec.selector.matchLabels.team", None),
        (
            ARGO_WITH,
            "commonLabels: {team: shop}, labelWithoutSelector: true",
            "spec.template.metadata.labels.team",
            None,
        ),
        (
            ARGO_WITH,
            "commonLabels: {team: shop}, labelWithoutSelector: true, labelIncludeTemplates: true",
            "spec.template.metadata.labels.team",
            "shop",
        ),
    ],
)
def test_each_setting_of_a_controller_changes_what_is_applied(
    tmp_path: Path, controller: str, settings: str, path: str, expected: Any
) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: web, newName: own, newTag: '1'}]\n",
        "apps/web.yaml": WEB,
        "part/kustomization.yaml": COMPONENT,
        "controller.yaml": controller.replace("SETTINGS", settings),
    }
    (web,) = built(tmp_path, files)
    assert at(web.value, path) == expected


def test_two_clusters_apply_one_folder_in_their_own_ways(tmp_path: Path) -> None:
    other = FLUX.replace("name: apps", "name: others").replace("targetNamespace: shop", "targetNamespace: bar")
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT,
        "part/kustomization.yaml": COMPONENT,
        "one/flux.yaml": FLUX,
        "two/flux.yaml": other,
    }
    division = divided(tmp_path, files, "apps/kustomization.yaml")
    assert [unit.name for unit in division.units] == ["apps (Kustomization apps)", "apps (Kustomization others)"]
    assert [unit.objects[0].value["metadata"]["namespace"] for unit in division.units] == ["shop", "bar"]


def test_what_goes_to_several_clusters_stands_in_each_of_them_once(check: Check) -> None:
    other = FLUX.replace("name: apps", "name: others").replace('COUNT: "3"', 'COUNT: "4"')
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT + "  typo: 1\n",
        "part/kustomization.yaml": COMPONENT,
        "one/flux.yaml": FLUX,
        "two/flux.yaml": other,
    }
    assert check(files) == [("field-unknown", "apps/web.yaml", 15)]


Check = Callable[..., list[tuple[str, str, int]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write files and check them: (rule, file, line) of the errors."""

    def run(files: dict[str, str], *arguments: str) -> list[tuple[str, str, int]]:
        findings = findings_in(tmp_path, files, arguments or (".",), monkeypatch, capsys)
        return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in findings if f["level"] == "error"]

    return run


def test_what_is_substituted_wrongly_is_told_where_it_is_used(check: Check) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT,
        "part/kustomization.yaml": COMPONENT,
        "flux.yaml": FLUX.replace('COUNT: "3"', "COUNT: three"),
    }
    assert check(files) == [("value-wrong-type", "apps/web.yaml", 5)]
    assert check(files, "apps") == [("value-wrong-type", "apps/web.yaml", 5)]  # the rest of the repository is asked too


def test_a_mistake_in_a_patch_of_flux_stands_in_it(check: Check) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT,
        "part/kustomization.yaml": COMPONENT,
        "flux.yaml": FLUX.replace("minReadySeconds", "minReadySecnds"),
    }
    assert [(rule, file) for rule, file, _ in check(files)] == [("field-unknown", "flux.yaml")]


def test_what_an_application_leaves_out_is_not_judged(check: Check) -> None:
    argo = ARGO[: ARGO.index("    kustomize:")] + "    directory: {recurse: true, exclude: '{drafts/*,*.tmp.yaml}'}\n"
    wrong = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {prots: []}\n"
    files = {
        "app.yaml": argo,
        "apps/drafts/a.yaml": wrong,
        "apps/b.tmp.yaml": wrong,
        "apps/deep/c.yaml": wrong.replace("{prots: []}", "{clusterIP: None, prots: []}"),
    }
    assert check(files) == [("field-unknown", "apps/deep/c.yaml", 4)]


@pytest.mark.parametrize("path", ["../elsewhere", "apps/${NAME}", "{{path}}", ""])
def test_a_path_that_is_none_of_the_repository_counts_for_nothing(path: str) -> None:
    text = FLUX.replace("./apps", f"'{path}'")
    assert gitops.settings([("flux.yaml", text)], FolderTree(".")).applied == ()


def test_variables_that_are_not_known_stay() -> None:
    text = "a: ['$${X}', '${X}', '${Y:-1}', 'b: ${Z}', '${Q}']\n${K}: 1\n"
    (root,) = read(text, PlacedText("a.yaml", text))
    (values,) = read("X: yes\nZ: '1'\nK: key\n", PlacedText("b.yaml", ""), old_words=True)
    gitops.fill_in(root, values.value)
    assert root.plain() == {"a": ["${X}", True, 1, "b: 1", "${Q}"], "key": 1}


def test_what_is_encrypted_for_several_clusters_is_judged_but_for_its_values(check: Check) -> None:
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {word: 'ENC[AES256_GCM,data:eA==,type:str]'}\n"
        "sops: {version: 3.9.0, mac: 'ENC[AES256_GCM,data:eA==,type:str]'}\n"
    )
    files = {
        "apps/kustomization.yaml": "resources: [secret.yaml]\n",
        "apps/secret.yaml": secret,
        "part/kustomization.yaml": COMPONENT,
        "one/flux.yaml": FLUX,
        "two/flux.yaml": FLUX.replace("name: apps", "name: others"),
    }
    assert check(files) == []


def test_an_object_of_flux_may_stand_in_a_file_that_is_called_a_kustomization(check: Check) -> None:
    files = {
        "gitops/kustomization.yaml": FLUX_WITH.replace("SETTINGS", "prune: true"),
        "gitops/web.yaml": WEB + "  typo: 1\n",
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": WEB,
    }
    assert check(files) == [("field-unknown", "gitops/web.yaml", 9)]


def test_labels_that_are_no_texts_are_gone_where_flux_applies_them(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": WEB.replace("{name: web}\nspec", "{name: web, labels: {enabled: true, tier: 1}}\nspec"),
    }
    assert check(files) == [("value-wrong-type", "apps/web.yaml", 3)] * 2
    assert check({"flux.yaml": FLUX_WITH.replace("SETTINGS", "prune: true")}) == []
    cli.main(["check", "--isolated", "--no-progress", "--no-cache", "."])
    said = [line for line in capsys.readouterr().out.splitlines() if "any of its labels" in line]
    assert [line.split(": the ")[1].split(" is ")[0] for line in said] == [
        "label `enabled` of Deployment web",
        "label `tier` of Deployment web",
    ]


@pytest.mark.parametrize(
    ("how", "told"), [("merge", False), ("Merge", False), ("Override", False), ("IfNotPresent", True)]
)
def test_what_flux_merges_into_an_object_of_the_cluster_is_a_part(check: Check, how: str, told: bool) -> None:
    part = WEB.replace(
        "{name: web}\nspec", f"{{name: web, annotations: {{kustomize.toolkit.fluxcd.io/ssa: {how}}}}}\nspec"
    )
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": part.replace('[{name: web, image: "web:1"}]', "[]"),
    }
    assert [rule for rule, _, _ in check(files)] == (["field-missing"] if told else [])


OLD_PATCHES = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1beta2
kind: Kustomization
metadata: {name: apps}
spec:
  path: ./apps
  patchesStrategicMerge:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {minReadySeconds: 7}
  patches:
  - patch: |
      - {op: replace, path: /spec/minReadySeconds, value: 8}
    target: {kind: Deployment}
  patchesJson6902:
  - target: {group: apps, version: v1, kind: Deployment, name: web}
    patch:
    - {op: add, path: /spec/paused, value: true}
"""


def test_older_patches_of_flux_stand_before_and_behind_the_others(tmp_path: Path) -> None:
    files = {
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": DEPLOYMENT,
        "flux.yaml": OLD_PATCHES,
    }
    (web,) = built(tmp_path, files)
    assert web.value["spec"]["minReadySeconds"] == 8
    assert web.value["spec"]["paused"] is True
    assert web.origin(("spec", "paused"))[0].file == "flux.yaml"


@pytest.mark.parametrize(
    "value", ["{}", "[]", "[1]", "a", "[{target: a}]", "[{patch: a}]", "[{target: {}, patch: [1]}]"]
)
def test_older_patches_of_flux_that_are_none_crash_nothing(tmp_path: Path, value: str) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  path: ./apps\n"
    for name in ("patchesStrategicMerge", "patchesJson6902"):
        files = {"apps/kustomization.yaml": "resources: [web.yaml]\n", "apps/web.yaml": DEPLOYMENT}
        divided(tmp_path, {**files, "flux.yaml": f"{flux}  {name}: {value}\n"}, "apps/kustomization.yaml")
