"""`kubetrial init` in repositories of several kinds: what it finds, what it writes, and that nothing is overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.settings import repository, starters

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"
BAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata: {debug: yes}\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_finds_what_a_repository_holds(root: Path) -> None:
    write(
        root,
        {
            "deploy/web.yaml": GOOD.replace(
                "{name: good}", "{name: good, annotations: {kube-score/ignore: pod-probes}}"
            ),
            "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            "charts/web/templates/a.yaml": "kind: {{ .Values.kind }}\n",
            "charts/web/values.yaml": "kind: ConfigMap\n",
            "charts/web/values-prod.yaml": "kind: Secret\n",
            "charts/web/ci/staging-values.yaml": "kind: Secret\n",
            "other/values-prod.yaml": "a: 1\n",
            "overlays/prod/kustomization.yaml": "resources: [../../deploy]\n",
            "crds/boats.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
            "schemas/yard.example.com/boat_v1.json": "{}",
            ".github/workflows/ci.yaml": "steps: [{run: kubeconform -kubernetes-version 1.31.0 deploy}]\n",
            "vendor/x/Chart.yaml": "name: vendored\n",
        },
    )
    found = repository.found(str(root))
    assert found.charts == ("charts/web",)
    assert found.kustomizations == ("overlays/prod",)
    assert found.values == (
        ("charts/web", "charts/web/ci/staging-values.yaml"),
        ("charts/web", "charts/web/values-prod.yaml"),
    )
    text = starters.configuration(found, baseline=False)
    assert '# [charts."charts/web".environments.prod]\n# values = ["charts/web/values-prod.yaml"]' in text
    assert '# [charts."charts/web".environments.staging]' in text
    assert found.definitions == ("crds/boats.yaml",)
    assert found.schema_folders == ("schemas",)
    assert found.linters == ("kubeconform",)
    assert found.foreign_ignores
    assert found.ci == ("github",)
    assert found.minors == ((31, ".github/workflows/ci.yaml"),)
    assert found.manifests == 2


@pytest.mark.parametrize(
    ("files", "ci"),
    [
        ({".gitlab-ci.yml": "a: {script: [x]}\n"}, ("gitlab",)),
        ({".git/config": '[remote "origin"]\n\turl = git@gitlab.example.com:a/b.git\n'}, ("gitlab",)),
        ({".git/config": '[remote "origin"]\n\turl = https://github.com/a/b\n'}, ("github",)),
        ({"Jenkinsfile": "pipeline {}\n"}, ("jenkins",)),
        ({}, ()),
    ],
)
def test_the_pipeline_of_a_repository(root: Path, files: dict[str, str], ci: tuple[str, ...]) -> None:
    write(root, files)
    assert repository.found(str(root)).ci == ci


def test_three_commands_lead_to_green_and_then_it_holds(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An old repository of 300 files with findings in half of them."""
    (root / ".github").mkdir()
    for number in range(300):
        (root / f"a{number:03}.yaml").write_text((BAD if number % 2 else GOOD).replace("name: ", f"name: n{number}-"))
    assert cli.main(["init", "--baseline"]) == 0
    out = capsys.readouterr().out
    assert "found     300 manifests" in out
    assert "wrote     .kubetrial.toml" in out
    assert 'baseline = "kubetrial-baseline.json"' in (root / ".kubetrial.toml").read_text()
    assert cli.main(["check", "."]) == 0
    (root / "a001.yaml").write_text(BAD.replace("name: bad", "name: n1-bad") + "binaryData: 1\n")
    assert cli.main(["check", "."]) == 1
    (root / "a001.yaml").write_text(GOOD.replace("good", "better"))
    assert cli.main(["check", "."]) == 0


def test_what_is_written_works(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The configuration is read, the hook and the workflow are YAML whose commands are ours."""
    from ruamel.yaml import YAML

    write(root, {"web.yaml": GOOD, ".github/workflows/x.yaml": "run: kind create --image kindest/node:v1.30.4\n"})
    (root / "schemas" / 'g"x.y').mkdir(parents=True)
    (root / "schemas" / 'g"x.y' / "boat_v1.json").write_text("{}")
    assert cli.main(["init"]) == 0
    capsys.readouterr()
    assert cli.main(["check", ".", "--show-settings"]) == 0
    assert 'kubernetes-version = "1.30"' in capsys.readouterr().out
    read = YAML(typ="safe").load
    hook = read((root / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    cli.parser().parse_args(hook["entry"].split()[1:])
    steps = read((root / ".github/workflows/kubetrial.yml").read_text())["jobs"]["manifests"]["steps"]
    cli.parser().parse_args(steps[-1]["run"].split()[1:])


def test_gitlab_with_and_without_a_pipeline(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ruamel.yaml import YAML

    write(root, {"web.yaml": GOOD})
    assert cli.main(["init", "--ci", "gitlab", "--no-hook"]) == 0
    job = YAML(typ="safe").load((root / ".gitlab-ci.yml").read_text())["kubetrial"]
    cli.parser().parse_args(job["script"][1].split()[1:])
    assert not (root / ".pre-commit-config.yaml").exists()
    (root / ".gitlab-ci.yml").write_text("test: {script: [make]}\n")
    capsys.readouterr()
    assert cli.main(["init", "--ci", "gitlab", "--no-hook"]) == 0
    assert "- local: .gitlab/kubetrial.yml" in capsys.readouterr().out
    assert (root / ".gitlab-ci.yml").read_text() == "test: {script: [make]}\n"


def test_nothing_is_overwritten(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        ".kubetrial.toml": 'fail-on = "warning"\n',
        ".pre-commit-config.yaml": "repos: []\n",
        ".github/workflows/kubetrial.yml": "mine\n",
        "web.yaml": GOOD,
    }
    write(root, files)
    assert cli.main(["init"]) == 0
    out = capsys.readouterr().out
    assert {name: (root / name).read_text() for name in files} == files
    assert "there is  .pre-commit-config.yaml; add this to it:" in out
    assert "- id: kubetrial" in out


def test_dry_run_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"web.yaml": BAD})
    assert cli.main(["init", "--dry-run", "--baseline", "--ci", "github"]) == 0
    assert sorted(os.listdir(root)) == ["web.yaml"]
    assert "fail-if-nothing-checked = true" in capsys.readouterr().out


def test_links_lead_nowhere_else(root: Path, tmp_path: Path) -> None:
    """A folder of the repository that is a link to elsewhere is not written through."""
    (tmp_path / "elsewhere").mkdir()
    (root / ".github").symlink_to(tmp_path / "elsewhere")
    assert cli.main(["init", "--ci", "github"]) == 2
    assert not list((tmp_path / "elsewhere").rglob("*.yml"))


def test_a_configuration_that_cannot_be_read_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {".kubetrial.toml": "select = [\n"})
    assert cli.main(["init"]) == 2
    assert ".kubetrial.toml" in capsys.readouterr().err
    assert cli.main(["init", "nowhere"]) == 2
