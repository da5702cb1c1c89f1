"""The work of a check grows with the number of objects, not with the number of pairs of objects.

Nothing is timed: the lines that kubetrial executes are counted for n and for 2n objects of a family, with all rules but
those of refusals, which look at one object at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from kubetrial.lint import engine
from kubetrial.lint.finding import Category
from kubetrial.lint.objects import references

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
    "routes and grants": lambda i: [_route(i), _grant(i), _service(f"api-{i}", "web", "far")],
}  # fmt: skip


def _lines(texts: list[engine.Text]) -> int:
    """How many lines of kubetrial a check of the texts executes."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if "kubetrial" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        checked = engine.check_texts(texts, selected=lambda entry: entry.category is not Category.REJECTED)
    finally:
        sys.settrace(before)
    assert not checked.internal_error
    return count


def _in_one_file(documents: list[str]) -> list[engine.Text]:
    return [engine.Text("all.yaml", "---\n".join(documents))]


def _in_folders(documents: list[str]) -> list[engine.Text]:
    return [engine.Text(f"folder-{i}/one.yaml", document) for i, document in enumerate(documents)]


@pytest.mark.parametrize("laid_out", [_in_one_file, _in_folders])
@pytest.mark.parametrize("family", FAMILIES)
def test_work_grows_with_the_number_of_objects(
    family: str, laid_out: Callable[[list[str]], list[engine.Text]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "MOST_NAMES", 10)  # so that a set of this size is above it

    def work(n: int) -> int:
        return _lines(laid_out([document for i in range(n) for document in FAMILIES[family](i)]))

    work(2)  # imports and tables
    assert work(2 * ONE) / work(ONE) < MOST
