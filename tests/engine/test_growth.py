"""The work of a check grows with the number of objects, not with the number of pairs of objects.

Nothing is timed: the lines that kubetrial executes are counted for n and for 2n objects of a family, with all rules but
those of refusals, which look at one object at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kubetrial.lint import engine
from kubetrial.lint.api.custom import policies
from kubetrial.lint.command import fix
from kubetrial.lint.files import discover
from kubetrial.lint.finding import Category, Result, Summary
from kubetrial.lint.objects import nearness
from kubetrial.lint.report import render
from kubetrial.lint.settings import ignore
from kubetrial.lint.settings.config import Settings
from kubetrial.lint.trial import plays
from kubetrial.rules import selectors_overlap

from tests.counting import lines
from tests.neighbours import relevant

ONE, MOST = 50, 2.1
"""The smaller set, and how many times its work a set twice as large may make: 2, and a little for what sorts."""


def _object(api: str, kind: str, name: str, body: str, namespace: str = "") -> str:
    space = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}{space}}}\n{body}"


def _workload(
    kind: str, name: str, app: str, *, spec: str = "", pod: str = "", container: str = "", space: str = ""
) -> str:
    body = (
        f"spec:\n  selector: {{matchLabels: {{app: {app}}}}}\n{spec}  template:\n    metadata: {{labels: {{app: {app}}}}}\n"
        f"    spec:\n{pod}      containers:\n      - name: main\n        image: web:1\n{container}"
    )
    return _object("apps/v1", kind, name, body, space)


def _service(name: str, app: str, space: str = "") -> str:
    return _object(
        "v1", "Service", name, f"spec: {{selector: {{app: {app}}}, ports: [{{port: 80, targetPort: http}}]}}\n", space
    )


def _selecting(api: str, kind: str, name: str, field: str, app: str, more: str = "") -> str:
    return _object(api, kind, name, f"spec:\n  {field}: {{matchLabels: {{app: {app}}}}}\n{more}")


def _claim(name: str) -> str:
    spec = "{storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}"
    return _object("v1", "PersistentVolumeClaim", name, f"spec: {spec}\n")


def _volume(name: str) -> str:
    spec = "{storageClassName: manual, accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /d}}"
    return _object("v1", "PersistentVolume", name, f"spec: {spec}\n")


def _port(number: int) -> str:
    return f"        ports: [{{containerPort: 80, hostPort: {number}}}]\n"


def _uses(config_map: str, claim: str) -> tuple[str, str]:
    return (
        f"      volumes: [{{name: v, persistentVolumeClaim: {{claimName: {claim}}}}}]\n",
        f"        envFrom: [{{configMapRef: {{name: {config_map}}}}}]\n",
    )


def _referring(i: int) -> str:
    pod, container = _uses(f"settings-{i}", f"disk-{i}")
    return _workload("Deployment", f"web-{i}", f"app-{i}", pod=pod, container=container)


def _route(i: int) -> str:
    backend = f"{{name: api-{i}, namespace: far, port: 80}}"
    return _object(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        f"r{i}",
        f"spec: {{rules: [{{backendRefs: [{backend}]}}]}}\n",
        "near",
    )


def _grant(i: int) -> str:
    spec = f"{{from: [{{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: n{i}}}], to: [{{group: '', kind: Service}}]}}"
    return _object("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", f"g{i}", f"spec: {spec}\n", "far")


def _quota(i: int, pods: int) -> str:
    return _object("v1", "ResourceQuota", f"quota-{i}", f"spec: {{hard: {{pods: {pods}, requests.cpu: {pods}}}}}\n")


def _limits(i: int) -> str:
    spec = f"{{limits: [{{type: Container, max: {{cpu: {i + 1}}}, default: {{cpu: 1}}}}]}}"
    return _object("v1", "LimitRange", f"limits-{i}", f"spec: {spec}\n")


def _mounting(i: int, claim: str) -> str:
    return _workload("Deployment", f"web-{i}", f"app-{i}", pod=_uses("", claim)[0])


def _policy(i: int) -> list[str]:
    rules = "[{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]"
    spec = f"{{matchConstraints: {{resourceRules: {rules}}}, validations: [{{expression: 'object.spec.replicas < {i + 5}'}}]}}"
    api = "admissionregistration.k8s.io/v1"
    return [
        _object(api, "ValidatingAdmissionPolicy", f"policy-{i}", f"spec: {spec}\n"),
        _object(api, "ValidatingAdmissionPolicyBinding", f"bound-{i}", f"spec: {{policyName: policy-{i}}}\n"),
    ]


def _definition(i: int) -> list[str]:
    schema = "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}"
    versions = f"[{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}]"
    names = f"{{plural: things{i}, kind: Thing{i}}}"
    return [
        _object(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            f"things{i}.example.com",
            f"spec: {{group: example.com, scope: Namespaced, names: {names}, versions: {versions}}}\n",
        ),
        _object("example.com/v1", f"Thing{i}", "one", "spec: {size: 1}\n"),
    ]


def _calling(i: int) -> str:
    env = f"        env: [{{name: PEER, value: 'http://s{i}:8080'}}]\n"
    return _workload("Deployment", f"web-{i}", f"app-{i}", container=env)


FAMILIES: dict[str, Callable[[int], list[str]]] = {
    "Deployments that are alike": lambda i: [_workload("Deployment", f"web-{i}", "web")],
    "objects of one name": lambda i: [_workload("Deployment", "web", "web", spec=f"  replicas: {i}\n")],
    "one name in many namespaces": lambda i: [
        _workload("Deployment", "web", "web", container=_uses("settings", "")[1], space=f"space-{i}"),
        _object("v1", "ConfigMap", "settings", "data: {a: b}\n", f"space-{i}"),
        _service("web", "web", f"space-{i}"),
    ],
    "DaemonSets with one host port": lambda i: [_workload("DaemonSet", f"d{i}", f"app-{i}", container=_port(80))],
    "DaemonSets with host ports": lambda i: [_workload("DaemonSet", f"d{i}", f"app-{i}", container=_port(i + 1))],
    "Services of the same pods": lambda i: [_service(f"s{i}", "web"), _workload("Deployment", f"web-{i}", "web")],
    "Services of no pods": lambda i: [_service(f"s{i}", f"x-{i}"), _workload("Deployment", f"web-{i}", f"y-{i}")],
    "budgets of the same pods": lambda i: [
        _selecting("policy/v1", "PodDisruptionBudget", f"b{i}", "selector", "web", "  minAvailable: 1\n"),
        _workload("Deployment", f"web-{i}", "web", spec="  replicas: 2\n"),
    ],
    "budgets and policies of their own pods": lambda i: [
        _selecting("policy/v1", "PodDisruptionBudget", f"b{i}", "selector", f"app-{i}", "  minAvailable: 1\n"),
        _selecting("networking.k8s.io/v1", "NetworkPolicy", f"p{i}", "podSelector", f"app-{i}"),
        _workload("Deployment", f"web-{i}", f"app-{i}", spec="  replicas: 2\n"),
    ],
    "references that lead nowhere": lambda i: [_object("v1", "ConfigMap", f"setting-{i}", "data: {a: b}\n"), _referring(i)],
    "claims and volumes": lambda i: [_claim(f"disk-{i}"), _volume(f"volume-{i}")],
    "claims and StatefulSets": lambda i: [_claim(f"data-db-{i}-7"), _workload("StatefulSet", f"db-{i}", f"app-{i}")],
    "quotas that say the same": lambda i: [_quota(i, 10), _workload("Deployment", f"web-{i}", f"app-{i}")],
    "quotas that differ": lambda i: [_quota(i, i + 10), _workload("Deployment", f"web-{i}", f"app-{i}")],
    "limit ranges": lambda i: [_limits(i), _workload("Deployment", f"web-{i}", f"app-{i}")],
    "volumes, claims and their users": lambda i: [_volume(f"volume-{i}"), _claim(f"disk-{i}"), _mounting(i, f"disk-{i}")],
    "one claim and its users": lambda i: [_claim("disk"), _mounting(i, "disk")],
    "classes of priority": lambda i: [
        _object("scheduling.k8s.io/v1", "PriorityClass", f"level-{i}", f"value: {i}\n"),
        _workload("Deployment", f"web-{i}", f"app-{i}", pod=f"      priorityClassName: level-{i}\n"),
    ],
    "policies of admission": lambda i: [*_policy(i), _workload("Deployment", f"web-{i}", f"app-{i}")],
    "definitions and their objects": _definition,
    "Services that are called": lambda i: [_service(f"s{i}", f"app-{i}"), _calling(i)],
    "policies of every pod": lambda i: [
        _object("networking.k8s.io/v1", "NetworkPolicy", f"p{i}", "spec: {podSelector: {}, policyTypes: [Ingress]}\n"),
        _workload("Deployment", f"web-{i}", "web"),
    ],
    "routes and grants": lambda i: [_route(i), _grant(i), _service(f"api-{i}", "web", "far")],
}  # fmt: skip


def _check(texts: list[engine.Text]) -> None:
    checked = engine.check_texts(
        texts, choice=engine.Choice(selected=lambda entry: entry.category is not Category.REJECTED)
    )
    assert not checked.internal_error


def _in_one_file(documents: list[str]) -> list[engine.Text]:
    return [engine.Text("all.yaml", "---\n".join(documents))]


def _in_folders(documents: list[str]) -> list[engine.Text]:
    return [engine.Text(f"folder-{i}/one.yaml", document) for i, document in enumerate(documents)]


@pytest.mark.parametrize("laid_out", [_in_one_file, _in_folders])
@pytest.mark.parametrize("family", FAMILIES)
def test_work_grows_with_the_number_of_objects(
    family: str, laid_out: Callable[[list[str]], list[engine.Text]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a set of this size is above each bound.
    monkeypatch.setattr(nearness, "MOST_NAMES", 10)
    monkeypatch.setattr(plays, "MOST_BESIDE", 10)
    monkeypatch.setattr(policies, "MOST_JUDGED", 100)
    monkeypatch.setattr(selectors_overlap, "_MOST", 10)

    def work(n: int) -> int:
        texts = laid_out([document for i in range(n) for document in FAMILIES[family](i)])
        return lines(lambda: _check(texts))

    work(2)  # imports and tables
    assert work(2 * ONE) / work(ONE) < MOST


@pytest.mark.parametrize("form", ["concise", "full", "json", "sarif", "junit", "gitlab", "github"])
def test_work_grows_with_the_number_of_findings(form: str) -> None:
    """Each object has a field that does not exist, a value of a wrong type and a key twice, and one is ignored."""

    def texts(n: int) -> list[engine.Text]:
        body = "spec: {replica: 1, replicas: '1'}\ndata: 1 # kubetrial: ignore[field-unknown] for the test\ndata: 1\n"
        return _in_one_file([_object("apps/v1", "Deployment", f"web-{i}", body) for i in range(n)])

    def all_of(given: list[engine.Text]) -> None:
        checked = engine.check_texts(given)
        sources = {text.name: text.text for text in given}
        found = engine.in_order(ignore.apply(checked.findings, sources, checked.annotated, Settings()))
        fixable = [one for one in found if fix.wanted(one, unsafe=True)]
        assert fixable
        fix.apply(given[0].text, fixable)
        result = Result(tuple(found), tuple(checked.documents), Summary(documents=len(checked.documents)), sources)
        assert "".join(render(form, result))

    def work(n: int) -> int:
        given = texts(n)
        return lines(lambda: all_of(given))

    work(2)
    assert work(2 * ONE) / work(ONE) < MOST


def test_work_grows_with_the_number_of_files_given_and_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(n: int) -> int:
        root = tmp_path / str(n)
        (root / ".git").mkdir(parents=True)
        for i in range(n):
            for name in ("given", "other"):
                (root / name / f"{i}" / "deep").mkdir(parents=True)
                text = _object("v1", "ConfigMap", f"{name}-{i}", "data: {a: b}\n")
                (root / name / f"{i}" / "deep" / "a.yaml").write_text(text)
                (root / name / f"{i}" / ".gitattributes").write_text("*.lock linguist-vendored\n")
        monkeypatch.chdir(root)
        paths = [f"given/{i}/deep/a.yaml" for i in range(n)]

        def all_of() -> None:
            given = discover.discover(paths).files
            others = discover.context_files(given).files
            assert len(others) == n
            texts = [(file.path, file.read().decode()) for file in others]
            assert list(relevant((file.read().decode() for file in given), texts)) == []

        return lines(all_of)

    work(2)
    assert work(2 * ONE) / work(ONE) < MOST
