"""Overlays as repositories keep them: parts, scaffolds, examples and files that a script writes first are no mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.manifests import DEPLOYMENT, definition
from tests.repositories import findings_in

Check = Callable[[dict[str, str]], list[tuple[str, str, int]]]
AGENT = DEPLOYMENT.replace("kind: Deployment", "kind: DaemonSet")
TRACED = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        args: [--trace]
"""
CONVERSION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.yard.example.com}
spec:
  conversion:
    webhookClientConfig: {}
"""
SCAFFOLD = "resources: [web.yaml]\npatches:\n# [WEBHOOK]\n#- path: patches/webhook.yaml\n# +kubebuilder:scaffold:crd\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
MISSING = [("kustomization-file-missing", "app/kustomization.yaml", 1)]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write files and check them: (rule, file, line) of what is refused."""

    def run(files: dict[str, str]) -> list[tuple[str, str, int]]:
        findings = findings_in(tmp_path, files, (".",), monkeypatch, capsys)
        return [(f["rule"], f["file"], f["range"]["start"]["line"]) for f in findings if f["category"] == "rejected"]

    return run


@pytest.mark.parametrize(
    ("unlisted", "wrong"),
    [
        (TRACED, []),
        (TRACED.replace("args: [--trace]", "image: web:2"), []),
        (TRACED.replace("args", "arg"), [("field-unknown", "app/trace.yaml", 9)]),
        (AGENT.replace("        image: web:1\n", ""), [("field-missing", "app/trace.yaml", 10)]),
    ],
)
def test_a_part_of_a_daemon_set_lacks_its_selector_too(check: Check, unlisted: str, wrong: list[object]) -> None:
    files = {"app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": AGENT}
    assert check({**files, "app/trace.yaml": unlisted}) == wrong


def test_what_a_generator_of_operators_leaves_switched_off_is_not_judged(check: Check) -> None:
    files = {"app/web.yaml": DEPLOYMENT, "app/patches/webhook.yaml": CONVERSION}
    assert check({**files, "app/kustomization.yaml": SCAFFOLD}) == []
    switched_off = SCAFFOLD.replace("# +kubebuilder:scaffold:crd\n", "")
    assert check({**files, "app/kustomization.yaml": switched_off}) == [
        ("field-unknown", "app/patches/webhook.yaml", 6)
    ]


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("# - spare.yaml\n", []),
        ("# - ./spare.yaml # later\n", []),
        ("# - my-spare.yaml\n", [("field-unknown", "app/spare.yaml", 4)]),
        ("", [("field-unknown", "app/spare.yaml", 4)]),
        ("- spare.yaml\n", [("field-unknown", "app/spare.yaml", 4)]),
    ],
)
def test_an_object_whose_entry_is_commented_out_is_switched_off(check: Check, entry: str, wrong: list[object]) -> None:
    files = {"app/kustomization.yaml": f"resources:\n- web.yaml\n{entry}", "app/web.yaml": DEPLOYMENT}
    assert check({**files, "app/spare.yaml": MAP.replace("{name: a}", "{name: a}\ndatas: {}")}) == wrong


@pytest.mark.parametrize("name", ["drop-job.yaml", "patches/job.yaml"])
def test_a_patch_says_so_itself_or_by_its_folder(check: Check, name: str) -> None:
    directive = "" if "/" in name else "$patch: delete\n"
    text = f"{directive}apiVersion: batch/v1\nkind: Job\nmetadata: {{name: setup}}\n"
    assert check({f"app/{name}": text}) == []
    assert [rule for rule, *_ in check({f"app/{name}": text + "spek: {}\n"})] == ["field-unknown"]
    nameless = {f"app/{name}": text.replace("{name: setup}", "{labels: {a: b}}")}
    assert check(nameless) == []


def test_transformers_as_objects_are_for_kustomize(check: Check) -> None:
    tags = "apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: tags}\nimageTag: {name: web, newTag: v2}\n"
    assert check({"images/kustomization.yaml": "resources: [tags.yaml]\n", "images/tags.yaml": tags}) == []
    assert check({"tags.yaml": tags}) == []


def test_a_chart_of_flux_may_stand_in_a_file_of_that_name(check: Check) -> None:
    text = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: web}\nspec: {chart: web}\n"
    assert check({"app/Chart.yaml": text}) == []
    assert check({"app/Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n"}) == [("chart-invalid", "app/Chart.yaml", 1)]


@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ({"Makefile": "image:\n\tkustomize build config > $(DIR)/source.yaml\n"}, []),
        ({"scripts/make.sh": "render --output deploy/app/source.yaml\n"}, []),
        ({".github/workflows/release.yml": "run: sops -d secret.enc | tee app/source.yaml\n"}, []),
        ({"Makefile": "other:\n\tkustomize build config > other/source.yaml\n"}, MISSING),
        ({"Makefile": "image:\n\tkubectl apply -f $(DIR)/source.yaml\n"}, MISSING),
        ({"Makefile": "image:\n\trender > $(DIR)/other/source.yaml\n"}, MISSING),
        ({"Makefile": "image:\n\trender > $(DIR)/app/source.yaml\n"}, []),
        ({"Makefile": "image:\n\tkustomize build config > $(DIR)/my-source.yaml\n"}, MISSING),
    ],
)
def test_a_script_further_up_writes_what_is_listed(check: Check, script: dict[str, str], wrong: list[object]) -> None:
    files = {"app/kustomization.yaml": "resources: [source.yaml, web.yaml]\n", "app/web.yaml": DEPLOYMENT}
    assert check({**files, **script}) == wrong


@pytest.mark.parametrize(("folder", "wrong"), [("example", []), ("west", ["kustomization-file-missing"])])
def test_an_example_lacks_what_each_copy_has(check: Check, folder: str, wrong: list[str]) -> None:
    listed = "resources: [map.yaml, key.yaml]\n"
    east = {"kustomization.yaml": listed, "map.yaml": MAP, "key.yaml": MAP.replace("name: a", "name: key")}
    lacking = {f"clusters/{folder}/kustomization.yaml": listed, f"clusters/{folder}/map.yaml": MAP}
    assert [
        rule for rule, *_ in check({f"clusters/east/{name}": text for name, text in east.items()} | lacking)
    ] == wrong


CHART = {
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "port: 80\n",
    "charts/web/values.schema.json": '{"properties": {"port": {"type": "integer"}}}',
    "charts/web/templates/map.yaml": MAP + "data: {port: {{ .Values.port | quote }}}\n",
}
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  interval: 1h
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: us}}}
  values:
    port: PORT
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 1h
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: us}
  postBuild: {substitute: {web_port: "81", word: high}}
"""


@pytest.mark.parametrize(
    ("port", "wrong"),
    [
        ("${other:=8080}", False),
        ("${web_port}", False),
        ("${of_the_cluster}", False),
        ("high", True),
        ("${word}", True),
        ("${other:-many}", True),
    ],
)
def test_flux_fills_in_the_values_of_a_release(check: Check, port: str, wrong: bool) -> None:
    files = {**CHART, "apps/web.yaml": RELEASE.replace("PORT", port), "clusters/apps.yaml": FLUX}
    assert check(files) == ([("chart-values-invalid", "apps/web.yaml", 8)] if wrong else [])


def test_a_folder_may_be_called_like_a_host(check: Check) -> None:
    files = {
        "app/kustomization.yaml": "resources: [cert-manager.io/issuers, example.com/shop/base]\n",
        "app/cert-manager.io/issuers/kustomization.yaml": "resources: [web.yaml]\n",
        "app/cert-manager.io/issuers/web.yaml": DEPLOYMENT + "  typo: 1\n",
    }
    assert check(files) == [("field-unknown", "app/cert-manager.io/issuers/web.yaml", 12)]


def test_what_is_in_capitals_or_in_a_folder_of_templates_is_written_first(check: Check) -> None:
    files = {"app/web.yaml": DEPLOYMENT, "app/kustomization.yaml": "resources: [RELEASE_MANIFEST, web.yaml]\n"}
    assert check(files) == []
    assert check({**files, "app/kustomization.yaml": "resources: [RELEASE, web.yaml]\n"}) == MISSING


@pytest.mark.parametrize(("folder", "wrong"), [("_app_templates", []), ("apps", MISSING)])
def test_a_folder_of_templates_is_copied_first(check: Check, folder: str, wrong: list[tuple[str, str, int]]) -> None:
    found = check(
        {f"{folder}/kustomization.yaml": "resources: [web.yaml, more.yaml]\n", f"{folder}/web.yaml": DEPLOYMENT}
    )
    assert [rule for rule, *_ in found] == [rule for rule, *_ in wrong]


BOATS = definition(
    "Boat", "{type: object, required: [length], properties: {length: {type: integer}}}", "yard.example.com"
)


@pytest.mark.parametrize(
    ("path", "name", "spec", "wrong"),
    [
        ("config/samples/boat.yaml", "boat", "{}", False),
        ("config/samples/boat.yaml", "boat-sample", "{}", False),
        ("config/samples/boat.yaml", "boat", "{lenth: 3}", True),
        ("config/samples/boat.yaml", "mary", "{}", True),
        ("deploy/boat.yaml", "boat", "{}", True),
        ("deploy/templates/boat.yaml", "mary", "\n  length:", False),
        ("deploy/boat.yaml", "mary", "\n  length:", True),
        ("examples/errors/boat.yaml", "mary", "{}", False),
        ("errors/boat.yaml", "mary", "{}", True),
    ],
)
def test_samples_that_nobody_has_filled_in(check: Check, path: str, name: str, spec: str, wrong: bool) -> None:
    boat = f"apiVersion: yard.example.com/v1\nkind: Boat\nmetadata: {{name: {name}}}\nspec: {spec}\n"
    assert bool(check({"config/crd/boats.yaml": BOATS, path: boat})) == wrong
    if path.startswith("config/"):
        listed = {"config/samples/kustomization.yaml": "resources: [boat.yaml]\n"}
        assert bool(check({**listed, "config/manifests/kustomization.yaml": "resources: [../samples]\n"})) == wrong


FLEET = BOATS.replace(
    "required: [length], properties: {length: {type: integer}}",
    """required: [length, sails, owner], properties:
              {length: {type: integer}, sails: {type: integer}, owner: {type: string}}""",
)


@pytest.mark.parametrize(
    ("folder", "spec", "wrong"),
    [
        ("deploy", "{size: {metres: 3}, length: 3}", []),  # of a version with another form
        ("crds", "{size: {metres: 3}, length: 3}", ["field-missing", "field-missing", "field-unknown"]),
        ("deploy", "{lenght: 3, sails: 2}", ["field-missing", "field-missing", "field-unknown"]),
        ("deploy", "{length: 3, sails: 2, owner: me, size: 4}", ["field-unknown"]),
        ("deploy", "{length: 3, sails: 2}", ["field-missing"]),
        ("deploy", "{}", []),  # a part of one
    ],
)
def test_objects_of_another_version_than_a_definition_elsewhere(
    check: Check, folder: str, spec: str, wrong: list[str]
) -> None:
    boat = f"apiVersion: yard.example.com/v1\nkind: Boat\nmetadata: {{name: mary}}\nspec: {spec}\n"
    assert sorted(rule for rule, *_ in check({"crds/boats.yaml": FLEET, f"{folder}/boat.yaml": boat})) == wrong


def test_a_form_that_nobody_has_filled_in(check: Check) -> None:
    form = "apiVersion: v1\nkind: Secret\nmetadata:\n  name:\n  namespace:\ntype:\nstringData:\n  key.txt: |\n"
    assert check({"key.enc.yaml": form}) == []
    assert [rule for rule, *_ in check({"key.enc.yaml": form + "    text\n"})] == ["object-name-missing"]


def test_the_settings_of_an_installer_are_no_manifest(check: Check) -> None:
    settings = "apiVersion: v1\nbaseDomain: example.com\nmetadata: {name: east}\nplatform: {none: {}}\n"
    assert check({"install/install-config.yaml": settings}) == []
    assert [rule for rule, *_ in check({"a.yaml": "apiVersion: v1\nmetadata: {name: east}\n"})] == ["field-missing"]
