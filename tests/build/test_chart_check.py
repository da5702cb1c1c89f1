"""`check` of charts: which values they are rendered with, what is said of them, and what is left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli

from tests.manifests import DEPLOYMENT

CHART = Path(__file__).parent / "shop"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the chart `shop` in deploy/, and a plain manifest beside it."""
    root = tmp_path / "repository"
    shutil.copytree(CHART, root / "deploy" / "shop")
    (root / ".git").mkdir()
    (root / "namespace.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n")
    monkeypatch.chdir(root)
    return root


def report(capsys: pytest.CaptureFixture[str], *arguments: str, expected: int | None = None) -> dict[str, Any]:
    code = cli.main(["check", "--no-progress", "--output-format", "json", *arguments])
    out, err = capsys.readouterr()
    assert expected is None or code == expected, err
    found: dict[str, Any] = json.loads(out)
    found["notes"] = [line for line in err.splitlines() if line.startswith("note: ")]
    return found


def places(found: dict[str, Any]) -> set[tuple[str, str, int]]:
    return {(f["rule"], f["file"], f["range"]["start"]["line"]) for f in found["findings"]}


TEMPLATE, VALUES = "deploy/shop/templates/web.yaml", "deploy/shop/values.yaml"
UNKNOWN = ("field-unknown", TEMPLATE, 6)
LARGE = ("value-wrong-type", TEMPLATE, 5)


def test_each_file_of_ci_is_a_unit_and_what_only_it_leads_to_names_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(capsys, ".", expected=1)
    assert places(found) == {UNKNOWN, LARGE}
    messages = {f["rule"]: f["message"] for f in found["findings"]}
    assert messages["value-wrong-type"].endswith("(with ci/large-values.yaml)")
    assert "ci/" not in messages["field-unknown"]


def test_units_are_shown(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--show-units", "."]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "chart          deploy/shop: 2 objects of 4 files",
        "chart          deploy/shop (ci/large-values.yaml): 2 objects of 5 files",
        "plain          1 file judged as they stand",
    ]


def test_values_of_the_command_line_hold_alone(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert places(report(capsys, ".", "--set", "replicas=2")) == {UNKNOWN}
    assert places(report(capsys, ".", "--set-string", "replicas=two")) == {UNKNOWN, LARGE}
    Path("prod.yaml").write_text("replicas: many\n")
    found = report(capsys, "deploy", "--values", "prod.yaml")
    assert places(found) == {UNKNOWN, LARGE}
    wrong = next(f for f in found["findings"] if f["rule"] == "value-wrong-type")
    assert [(r["file"], r["range"]["start"]["line"]) for r in wrong["related"]] == [("prod.yaml", 1)]


def test_release_and_namespace_name_the_objects(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys, "deploy", "--release-name", "eu", "--namespace", "shop")
    assert {(f["object"]["name"], f["object"]["namespace"]) for f in found["findings"]} == {("eu-web", "shop")}


def test_api_versions_are_known_to_templates(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = report(capsys, "deploy")["summary"]["documents"]
    after = report(capsys, "deploy", "--api-versions", "monitoring.coreos.com/v1")["summary"]["documents"]
    assert after == before + 2


CONFIGURATION = """\
[charts."deploy/shop"]
release-name = "shop"
[charts."deploy/shop".environments.dev]
set = ["replicas=1"]
[charts."deploy/shop".environments.prod]
values = ["prod.yaml"]
namespace = "prod"
"""


def test_environments_of_the_configuration(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("kubetrial.toml").write_text(CONFIGURATION)
    Path("prod.yaml").write_text("replicas: many\n")
    found = report(capsys, ".")
    assert places(found) == {UNKNOWN, LARGE}
    wrong = next(f for f in found["findings"] if f["rule"] == "value-wrong-type")
    assert wrong["message"].endswith("(with prod)")
    assert (wrong["object"]["namespace"], wrong["object"]["name"]) == ("prod", "shop-web")
    assert cli.main(["check", "--show-settings", "."]) == 0
    assert '[charts."deploy/shop".environments."prod"]' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('[charts."deploy/shp"]\nvalues = []\n', "no chart"),
        ('[charts."deploy/shop"]\nvalues = ["none.yaml"]\n', "no file"),
        ('[charts."deploy/shop"]\nvalues = ["../outside.yaml"]\n', "outside"),
        ('[charts."deploy/shop"]\nvalue = ["a.yaml"]\n', "no setting"),
    ],
)
def test_a_configuration_that_cannot_be_meant(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str, word: str
) -> None:
    Path("kubetrial.toml").write_text(text)
    Path("../outside.yaml").write_text("replicas: 1\n")
    assert cli.main(["check", "."]) == 2
    assert word in capsys.readouterr().err


def test_a_given_file_judges_its_chart(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert places(report(capsys, TEMPLATE)) == {UNKNOWN, LARGE}
    assert places(report(capsys, "deploy/shop/ci/large-values.yaml")) == {LARGE}
    assert places(report(capsys, "deploy/shop/templates/_helpers.tpl")) == set()


def test_comments_silence(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = Path(TEMPLATE)
    rows = template.read_text().splitlines()
    rows[5] += "  # kubetrial: ignore[field-unknown] our own server knows it"
    template.write_text("\n".join(rows))
    large = Path("deploy/shop/ci/large-values.yaml")
    large.write_text("# kubetrial: ignore[value-wrong-type] to see the message\n" + large.read_text())
    assert {f["rule"] for f in report(capsys, ".", expected=0)["findings"] if not f.get("suppressed")} == set()


def test_nothing_is_built_where_that_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(capsys, ".", "--no-build")
    assert found["findings"] == []
    assert found["summary"]["skipped"]["Helm template"] >= 1


def test_what_a_chart_asks_for_is_noted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("deploy/shop/templates/more.yaml").write_text(
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ required "say the name" .Values.name }}\n'
    )
    shutil.rmtree("deploy/shop/ci")
    found = report(capsys, ".")
    assert places(found) == {UNKNOWN}
    assert any("deploy/shop/templates/more.yaml:4" in note and "say the name" in note for note in found["notes"])
    asked = report(capsys, ".", "--set", "replicas=1")
    assert ("chart-value-required", "deploy/shop/templates/more.yaml", 4) in places(asked)


def test_a_missing_dependency_is_noted_at_its_line(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("deploy/shop/Chart.yaml").open("a") as file:
        file.write("dependencies:\n- name: redis\n  version: 1.0.0\n  repository: https://charts.example.com\n")
    found = report(capsys, ".")
    assert UNKNOWN in places(found)
    assert len([note for note in found["notes"] if "deploy/shop/Chart.yaml:6" in note and "redis" in note]) == 1


def templated(text: str, values: str = "") -> None:
    """Only this template in the chart, with these values."""
    shutil.rmtree("deploy/shop/ci")
    Path(TEMPLATE).write_text(text)
    Path(VALUES).write_text(values)


IMAGE = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
"""


def test_what_a_chart_leaves_empty_for_its_user_is_no_mistake(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    templated(IMAGE, 'image:\n  repository: ""\n  tag: latest\n')
    assert report(capsys, "deploy")["findings"] == []
    assert places(report(capsys, "deploy", "--set", "image.tag=2")) == {("image-reference-invalid", TEMPLATE, 7)}


def test_what_a_chart_forgets_is_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    templated(IMAGE, "image:\n  tag: latest\n")
    assert ("image-reference-invalid", TEMPLATE, 7) in places(report(capsys, "deploy"))


def test_pods_of_helm_test_are_no_target_of_services(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
---
"""
    test = """\
---
apiVersion: v1
kind: Pod
metadata: {name: web-test, labels: {app: web}, annotations: {helm.sh/hook: test}}
spec:
  restartPolicy: Never
  colour: red
  containers: [{name: test, image: "example.com/test:1"}]
"""
    templated(service + DEPLOYMENT + "        ports: [{name: http, containerPort: 80}]\n" + test)
    assert places(report(capsys, "deploy")) == {("field-unknown", TEMPLATE, 26)}


def test_what_is_random_is_not_judged(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    templated("""\
{{- $pair := genSelfSignedCert "web" nil nil 365 }}
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: {name: web}
data:
  tls.crt: {{ $pair.Cert | b64enc }}
  tls.key: {{ $pair.Key | b64enc }}
""")
    assert report(capsys, "deploy")["findings"] == []


def test_a_template_of_a_chart_is_no_chart(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("deploy/shop/Chart.yaml").write_text("apiVersion: v2\nname: {{ .name }}\nversion: 1.0.0\n")
    found = report(capsys, ".")
    assert found["findings"] == []
    assert found["summary"]["skipped"]["Helm template"] == 3


FLUX = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: us, namespace: flux-system}
spec: {interval: 5m, url: "https://git.example.com/us"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: eu, namespace: shop}
spec:
  interval: 5m
  chart:
    spec:
      chart: ./deploy/shop
      sourceRef: {kind: GitRepository, name: us, namespace: flux-system}
  values:
    replicas: many
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: us, namespace: argocd}
spec:
  project: default
  destination: {namespace: shop, server: "https://kubernetes.default.svc"}
  source:
    repoURL: https://git.example.com/us
    path: deploy/shop
    helm:
      values: |
        # of this environment
        replicas: several
"""


@pytest.mark.parametrize(
    ("text", "line", "name", "variant"),
    [(FLUX, 16, "eu-web", "HelmRelease eu"), (ARGO, 13, "us-web", "Application us")],
)
def test_what_controllers_install_of_the_repository(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str, line: int, name: str, variant: str
) -> None:
    shutil.rmtree("deploy/shop/ci")
    Path("app.yaml").write_text(text)
    for path in (".", "app.yaml"):
        found = report(capsys, path)
        (wrong,) = [f for f in found["findings"] if f["rule"] == "value-wrong-type"]
        assert wrong["file"] == TEMPLATE
        assert [(r["file"], r["range"]["start"]["line"]) for r in wrong["related"]] == [("app.yaml", line)]
        assert (wrong["object"]["namespace"], wrong["object"]["name"]) == ("shop", name)
        assert wrong["message"].endswith(f"(with {variant})")


def test_a_chart_that_is_packed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import tarfile

    values = Path("deploy/shop/values.yaml")
    values.write_text(values.read_text().replace("replicas: 1", "replicas: many"))
    with tarfile.open("shop-1.0.0.tgz", "w:gz") as archive:
        archive.add("deploy/shop", "shop")
    Path("broken.tgz").write_bytes(b"\x1f\x8b no archive")
    found = report(capsys, "shop-1.0.0.tgz")["findings"]
    (wrong,) = [f for f in found if f["rule"] == "value-wrong-type"]
    assert wrong["file"] == "shop-1.0.0.tgz"
    assert wrong["related"][0]["message"] == "it stands in shop-1.0.0.tgz: templates/web.yaml:5"
    assert [f["rule"] for f in report(capsys, "broken.tgz")["findings"]] == ["chart-invalid"]


TAKEN = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-values, namespace: shop}
data:
  values.yaml: |
    # of all environments
    replicas: plenty
"""


def test_values_that_a_release_takes_from_the_repository(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree("deploy/shop/ci")
    taken = FLUX.replace("  values:\n    replicas: many\n", "  valuesFrom: [{kind: ConfigMap, name: shop-values}]\n")
    Path("app.yaml").write_text(taken)
    Path("values-of-shop.yaml").write_text(TAKEN)
    (wrong,) = [f for f in report(capsys, ".")["findings"] if f["rule"] == "value-wrong-type"]
    assert [(r["file"], r["range"]["start"]) for r in wrong["related"]] == [
        ("values-of-shop.yaml", {"line": 7, "column": 15})
    ]
    # What the release says itself is laid over it, and what is elsewhere is not known.
    Path("app.yaml").write_text(taken + "  values: {replicas: 2}\n")
    assert "value-wrong-type" not in [f["rule"] for f in report(capsys, ".")["findings"]]
    for other in (
        ("namespace: shop", "namespace: else"),
        ("values.yaml", "more.yaml"),
        ("name: shop-values", "name: other-values"),
    ):
        Path("app.yaml").write_text(taken)
        Path("values-of-shop.yaml").write_text(TAKEN.replace(*other))
        assert "value-wrong-type" not in [f["rule"] for f in report(capsys, ".")["findings"]]
    Path("app.yaml").write_text(taken.replace("kind: ConfigMap", "kind: Secret"))
    Path("values-of-shop.yaml").write_text(TAKEN.replace("ConfigMap", "Secret").replace("\ndata:", "\nstringData:"))
    assert "value-wrong-type" in [f["rule"] for f in report(capsys, ".")["findings"]]


AT_PATHS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-values, namespace: shop}
data:
  bad: .[
  many: plenty
  some: "3"
  text: "'3'"
"""


@pytest.mark.parametrize(
    ("key", "path", "line"),
    [("many", "replicas", 6), ("some", "replicas", 0), ("text", "replicas", 0), ("many", "other.place", 0),
     ("more", "replicas", 0), ("many", "replicas[", 0)],
)  # fmt: skip
def test_one_value_that_a_release_takes_from_the_repository(
    shop: Path, capsys: pytest.CaptureFixture[str], key: str, path: str, line: int
) -> None:
    shutil.rmtree("deploy/shop/ci")
    taken = f"  valuesFrom: [{{kind: ConfigMap, name: shop-values, valuesKey: {key}, targetPath: '{path}'}}]\n"
    Path("app.yaml").write_text(FLUX.replace("  values:\n    replicas: many\n", taken))
    Path("values-of-shop.yaml").write_text(AT_PATHS)
    wrong = [f for f in report(capsys, ".")["findings"] if f["rule"] == "value-wrong-type"]
    places = [(r["file"], r["range"]["start"]["line"]) for f in wrong for r in f["related"]]
    assert places == ([("values-of-shop.yaml", line)] if line else [])


def test_parameters_of_an_application(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree("deploy/shop/ci")
    helm = ARGO[: ARGO.index("      values")] + "      parameters: [{name: replicas, value: 'many'}]\n"
    Path("app.yaml").write_text(helm)
    assert LARGE in places(report(capsys, "."))
    Path("app.yaml").write_text(helm.replace("many", "3"))
    assert LARGE not in places(report(capsys, "."))


def committed(root: Path) -> None:
    """Let git hold what is there."""
    import subprocess

    shutil.rmtree(root / ".git")
    who = ["-c", "user.name=us", "-c", "user.email=us@example.com"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "as it was"]):
        subprocess.run(["git", *words], cwd=root, check=True)


def test_what_an_upgrade_of_the_chart_may_not_change(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree("deploy/shop/ci")
    committed(shop)
    shutil.copytree("deploy/shop", tmp_path / "older" / "moved")
    helpers = Path("deploy/shop/templates/_helpers.tpl")
    helpers.write_text(helpers.read_text().replace("app: ", "tier: front\napp: "))
    wanted = ("field-immutable", TEMPLATE, 7)
    assert wanted not in places(report(capsys, "."))
    for reference in ("HEAD", str(tmp_path / "older"), str(tmp_path / "older" / "moved")):
        for path in (".", "deploy/shop"):
            assert wanted in places(report(capsys, path, "--against", reference)), (reference, path)
    Path("prod.yaml").write_text("replicas: 2\n")
    assert wanted in places(report(capsys, ".", "--against", "HEAD", "--values", "prod.yaml"))
    assert cli.main(["check", ".", "--against", "no-such-revision"]) == 2


def test_what_may_not_change_between_two_values_files(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree("deploy/shop/ci")
    helpers = Path("deploy/shop/templates/_helpers.tpl")
    helpers.write_text(helpers.read_text().replace("app: ", "tier: {{ .Values.tier }}\napp: "))
    for name in ("front", "back"):
        Path(f"{name}.yaml").write_text(f"tier: {name}\n")
    Path("pod.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    rules = [
        [f["rule"] for f in report(capsys, ".", "--values", "front.yaml", "--against", f"{other}.yaml")["findings"]]
        for other in ("back", "front", "pod")
    ]
    assert ["field-immutable" in each for each in rules] == [True, False, False]


def test_a_chart_is_played(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree("deploy/shop/ci")
    template = Path(TEMPLATE)
    template.write_text(template.read_text().replace("  colour: red\n", ""))
    Path("deploy/shop/templates/hook.yaml").write_text(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: before, annotations: {helm.sh/hook: pre-install}}\n"
        "spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: 'example.com/a:1'}]}}}\n"
    )
    assert cli.main(["run", "deploy/shop", "--release-name", "eu", "--set", "replicas=2", "--for", "5m"]) == 0
    out, err = capsys.readouterr()
    assert "eu-web" in out
    assert "Job before is a hook of helm (pre-install)" in out + err


@pytest.mark.parametrize(
    "text",
    [
        ARGO.replace("replicas: several", "{{- toYaml .Values.web }}"),
        ARGO.replace("deploy/shop", "../shop"),
        ARGO.replace("    helm:\n", "    helm:\n      valueFiles: 3\n").replace("several", "2"),
        FLUX.replace("./deploy/shop", "shop").replace("many", "many  # a chart of a registry"),
        FLUX.replace("GitRepository, name: us, namespace", "HelmRepository, name: us, namespace"),
        FLUX.replace("  values:\n    replicas: many\n", "  values: [many]\n"),
    ],
)
def test_what_no_controller_installs_of_the_repository(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    shutil.rmtree("deploy/shop/ci")
    Path("app.yaml").write_text(text)
    assert LARGE not in places(report(capsys, "."))


def test_a_file_as_a_value(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("deploy")
    Path("number").write_text("7")
    Path("word").write_text("seven")
    at = ("value-wrong-type", "shop/templates/web.yaml", 5)
    assert at not in places(report(capsys, "shop", "--set-file", "replicas=number"))
    assert at in places(report(capsys, "shop", "--set-file", "replicas=word"))
    Path("../../outside").write_text("7")
    assert cli.main(["check", "shop", "--set-file", "replicas=../../outside"]) == 2


def test_a_chart_is_rendered_as_helm_4_does(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("deploy/shop/templates/web.yaml").write_text("a: {{ .Chart.Nothing }}\nkind: Nothing\napiVersion: v1\n")
    refused = "chart-template-invalid"
    assert refused in {f["rule"] for f in report(capsys, ".")["findings"]}
    assert refused not in {f["rule"] for f in report(capsys, ".", "--helm-version", "4")["findings"]}
    Path("kubetrial.toml").write_text('[charts."deploy/shop"]\nhelm-version = 4\n')
    assert refused not in {f["rule"] for f in report(capsys, ".")["findings"]}
    assert refused in {f["rule"] for f in report(capsys, ".", "--helm-version", "3")["findings"]}
    Path("kubetrial.toml").write_text('[charts."deploy/shop"]\nhelm-version = 5\n')
    assert cli.main(["check", "."]) == 2


@pytest.mark.parametrize(
    ("values", "line"), [("size: [\n", 1), ("- a\n", 1), ("a:\n\tb: c\n", 2), ("image: {{ .Values.name }}\n", 1)]
)
def test_values_that_helm_cannot_read_are_an_error(
    shop: Path, capsys: pytest.CaptureFixture[str], values: str, line: int
) -> None:
    (shop / VALUES).write_text(values)
    found = report(capsys, "deploy/shop", expected=1)
    assert ("chart-values-invalid", VALUES, line) in places(found)


def test_values_that_another_program_fills_in_first_are_not_known(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / VALUES).write_text("size: {{ cookiecutter.size }}\n")
    found = report(capsys, "deploy/shop")
    assert places(found) == set()
    assert "is a template of another program" in " ".join(found["notes"])
