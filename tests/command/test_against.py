"""Changes that the API server refuses, as measured on a real one: `kubetrial check --against`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from kubetrial.lint.command import cli

HEAD = "apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a, namespace: shop}}\n"
POD = "{metadata: {labels: {app: a}}, spec: {restartPolicy: %s, containers: [{name: a, image: 'registry.example.com/a:%s'}]}}"


def deployment(app: str = "a", image: str = "1") -> str:
    template = (POD % ("Always", image)).replace("app: a", f"app: {app}")
    return (
        HEAD.format(api="apps/v1", kind="Deployment")
        + f"spec: {{selector: {{matchLabels: {{app: {app}}}}}, template: {template}}}\n"
    )


def stateful_set(extra: str = "", service: str = "a", size: str = "1Gi", image: str = "1") -> str:
    claim = f"{{metadata: {{name: d}}, spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: {size}}}}}}}}}"
    spec = f"serviceName: {service}, selector: {{matchLabels: {{app: a}}}}, template: {POD % ('Always', image)}, volumeClaimTemplates: [{claim}]"
    return HEAD.format(api="apps/v1", kind="StatefulSet") + f"spec: {{{spec}{extra}}}\n"


def job(image: str = "1", extra: str = "") -> str:
    return HEAD.format(api="batch/v1", kind="Job") + f"spec: {{template: {POD % ('Never', image)}{extra}}}\n"


def claim(size: str = "1Gi", mode: str = "ReadWriteOnce", extra: str = "") -> str:
    spec = f"accessModes: [{mode}], resources: {{requests: {{storage: {size}}}}}{extra}"
    return HEAD.format(api="v1", kind="PersistentVolumeClaim") + f"spec: {{{spec}}}\n"


def service(extra: str = "") -> str:
    return HEAD.format(api="v1", kind="Service") + f"spec: {{selector: {{app: a}}, ports: [{{port: 80}}]{extra}}}\n"


def binding(role: str) -> str:
    head = HEAD.format(api="rbac.authorization.k8s.io/v1", kind="RoleBinding")
    return (
        head
        + f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: Role, name: {role}}}\nsubjects: [{{kind: User, name: a}}]\n"
    )


def config(data: str, immutable: str = "") -> str:
    return HEAD.format(api="v1", kind="ConfigMap") + f"data: {{a: {data}}}\n{immutable}"


def pod(image: str = "1", extra: str = "") -> str:
    spec = f"{{containers: [{{name: a, image: 'registry.example.com/a:{image}'{extra}}}]}}"
    return HEAD.format(api="v1", kind="Pod") + f"spec: {spec}\n"


def volume(source: str) -> str:
    head = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\n"
    return head + f"spec: {{capacity: {{storage: 1Gi}}, accessModes: [ReadWriteOnce], {source}}}\n"


def driver(attach: str) -> str:
    return f"apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {{name: a.example.com}}\nspec: {{attachRequired: {attach}}}\n"


CASES = {
    "image of a Pod": (pod(), pod("2"), []),
    "variable of a Pod": (pod(), pod(extra=", env: [{name: A, value: b}]"), ["spec.containers"]),
    "a written default of a Pod": (pod(), pod(extra=", imagePullPolicy: IfNotPresent"), []),
    "source of a volume": (volume("hostPath: {path: /a}"), volume("hostPath: {path: /b}"), ["spec.hostPath"]),
    "secret for expansion of a volume": (
        volume("csi: {driver: a.example.com, volumeHandle: v}"),
        volume("csi: {driver: a.example.com, volumeHandle: v, controllerExpandSecretRef: {name: s, namespace: shop}}"),
        [],
    ),
    "attachment of a driver": (driver("true"), driver("false"), ["spec.attachRequired"]),
    "same": (deployment(), deployment(), []),
    "image of a Deployment": (deployment(), deployment(image="2"), []),
    "selector of a Deployment": (deployment(), deployment(app="b"), ["spec.selector"]),
    "image of a StatefulSet": (stateful_set(), stateful_set(image="2"), []),
    "replicas and a written default": (
        stateful_set(),
        stateful_set(", replicas: 1, podManagementPolicy: OrderedReady"),
        [],
    ),
    "another Service": (stateful_set(), stateful_set(service="b"), ["spec.serviceName"]),
    "claim template": (stateful_set(), stateful_set(size="2Gi"), ["spec.volumeClaimTemplates"]),
    "claim template of the same size": (stateful_set(), stateful_set(size="1024Mi"), []),
    "pod management": (stateful_set(), stateful_set(", podManagementPolicy: Parallel"), ["spec.podManagementPolicy"]),
    "image of a Job": (job(), job(image="2"), ["spec.template"]),
    "back-off of a Job": (job(), job(extra=", backoffLimit: 3, activeDeadlineSeconds: 5"), []),
    "completions of a Job": (job(), job(extra=", completions: 3"), ["spec.completions"]),
    "elastic indexed Job": (
        job(extra=", completions: 2, parallelism: 2, completionMode: Indexed"),
        job(extra=", completions: 3, parallelism: 3, completionMode: Indexed"),
        [],
    ),
    "claim grows": (claim(), claim("2Gi"), []),
    "claim shrinks": (claim("2Gi"), claim(), ["spec.resources.requests.storage"]),
    "access mode of a claim": (claim(), claim(mode="ReadWriteMany"), ["spec.accessModes"]),
    "class of a claim": (
        claim(extra=", storageClassName: a"),
        claim(extra=", storageClassName: b"),
        ["spec.storageClassName"],
    ),
    "Service becomes headless": (service(", clusterIP: 10.96.0.7"), service(", clusterIP: None"), ["spec.clusterIP"]),
    "port of a Service": (service(), service(", type: NodePort"), []),
    "role of a binding": (binding("a"), binding("b"), ["roleRef"]),
    "data of a ConfigMap": (config("one"), config("two"), []),
    "data of an immutable ConfigMap": (
        config("one", "immutable: true\n"),
        config("two", "immutable: true\n"),
        ["data"],
    ),
    "immutable taken back": (config("one", "immutable: true\n"), config("one"), ["immutable"]),
}


@pytest.mark.parametrize("name", CASES)
def test_changes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, paths = CASES[name]
    monkeypatch.chdir(tmp_path)
    for folder, text in (("old", old), ("new", new)):
        Path(folder).mkdir()
        Path(folder, "a.yaml").write_text(text)
    code = cli.main(
        ["check", "new", "--against", "old", "--isolated", "--select", "rejected", "--output-format", "json"]
    )
    found = [(f["rule"], f["path"]) for f in json.loads(capsys.readouterr().out)["findings"]]
    assert found == [("field-immutable", path) for path in paths]
    assert code == (1 if paths else 0)


def test_a_git_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    Path("deploy").mkdir()
    Path("deploy/job.yaml").write_text(job())
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True)
    Path("deploy/job.yaml").rename("deploy/moved.yaml")
    Path("deploy/moved.yaml").write_text(job(image="2"))
    assert cli.main(["check", ".", "--against", "HEAD", "--isolated"]) == 1
    assert "the pod template of a Job cannot be changed" in capsys.readouterr().out
    monkeypatch.chdir("deploy")
    assert cli.main(["check", ".", "--against", "HEAD", "--isolated"]) == 1
    capsys.readouterr()
    assert cli.main(["check", ".", "--against", "no-such-revision", "--isolated"]) == 2
    assert "no-such-revision" in capsys.readouterr().err


@pytest.mark.parametrize("containers", ["3", "text", "[1]", "{a: b}"])
def test_an_older_object_with_values_of_a_wrong_type_was_never_applied(
    containers: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = f"{{restartPolicy: Never, containers: {containers}}}"
    older = HEAD.format(api="batch/v1", kind="Job") + f"spec: {{template: {{spec: {spec}}}}}\n"
    (tmp_path / "older.yaml").write_text(older)
    (tmp_path / "new.yaml").write_text(job(image="2"))
    cli.main(
        ["check", "--against", str(tmp_path / "older.yaml"), "--output-format", "json", str(tmp_path / "new.yaml")]
    )
    rules = [finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert "internal-error" not in rules
    assert "field-immutable" not in rules


@pytest.mark.parametrize("kind", ["Job", "StatefulSet", "Deployment", "DaemonSet", "CronJob"])
@pytest.mark.parametrize("spec", ["", "spec:\n", "spec: {}\n"])
def test_an_object_without_a_spec_was_never_applied(
    kind: str, spec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    (tmp_path / "bare.yaml").write_text(HEAD.format(api=api, kind=kind) + spec)
    whole = HEAD.format(api=api, kind=kind) + "spec: {template: {metadata: {labels: {app: a}}}, schedule: '@daily'}\n"
    (tmp_path / "whole.yaml").write_text(whole)
    for new, older in (("bare", "whole"), ("whole", "bare"), ("bare", "bare")):
        paths = [str(tmp_path / f"{name}.yaml") for name in (older, new)]
        cli.main(["check", "--output-format", "json", "--against", *paths])
        rules = [finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]]
        assert "internal-error" not in rules


def test_a_pipe_is_no_older_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new.yaml").write_text(job())
    assert cli.main(["check", "--against", "/dev/null", str(tmp_path / "new.yaml")]) == 2
    assert "no regular file" in capsys.readouterr().err


@pytest.mark.parametrize("older", ["a: [3\n", "kind: Job\nmetadata: {name: a\n"])
def test_an_older_state_that_cannot_be_read_is_wrong_use(
    older: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "older.yaml").write_text(older)
    (tmp_path / "new.yaml").write_text(job())
    assert cli.main(["check", "--against", str(tmp_path / "older.yaml"), str(tmp_path / "new.yaml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
