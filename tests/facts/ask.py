"""Asks a real cluster what the functions of lint/facts and lint/api answer, and writes inputs and answers to answers.json beside this.

    KUBETRIAL_APISERVER=https://127.0.0.1:6443 KUBETRIAL_TOKEN=... python tests/facts/ask.py

The cluster runs the controllers (volumes are bound by them) and has default feature gates; a namespace and some volumes are made
and removed. `cases.py` has the inputs.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "verdicts")]

import cases  # noqa: E402
from record import Server  # noqa: E402

HOME = "kubetrial-facts"


class Cluster:
    """A server, and the namespace in which it is asked."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def path(self, obj: dict[str, Any], name: bool = False) -> str:
        """Where objects of this kind are made, or where this one stands."""
        resource, namespaced = self.server.resources[obj["apiVersion"], obj["kind"]]
        namespace = obj["metadata"].get("namespace", HOME)
        path = f"{self.server.root(obj['apiVersion'])}{f'/namespaces/{namespace}' if namespaced else ''}/{resource}"
        return f"{path}/{obj['metadata']['name']}" if name else path

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        status, answer, _ = self.server.call(method, path, None if body is None else json.dumps(body).encode())
        return status, json.loads(answer)

    def create(self, obj: dict[str, Any], dry: bool = True) -> tuple[int, dict[str, Any]]:
        """Make an object, or ask what would come of it."""
        return self.call("POST", self.path(obj) + ("?dryRun=All" if dry else ""), obj)

    def delete(self, obj: dict[str, Any]) -> None:
        """Remove an object at once, whatever holds it."""
        path = self.path(obj, name=True)
        self.call("DELETE", path, {"gracePeriodSeconds": 0, "propagationPolicy": "Background"})
        status, found = self.call("GET", path)
        if status == 200 and found["metadata"].pop("finalizers", None):
            self.call("PUT", path, found)


def pod(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "asked"}, "spec": spec}


def selects(cluster: Cluster, selector: Any, labels: Any) -> bool | None:
    """Whether a Deployment's selector fits its template; None where the server refuses it for another reason."""
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    spec = {"selector": selector, "template": template}
    answer = cluster.create(
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "asked"}, "spec": spec}
    )
    causes = (answer[1].get("details") or {}).get("causes") or ()
    if any("does not match template" in cause["message"] for cause in causes):
        return False
    return True if answer[0] == 201 else None


def qos(cluster: Cluster, spec: Any) -> str:
    """The class of a pod."""
    status, answer = cluster.create(pod(spec))
    assert status == 201, answer["message"]
    return str(answer["status"]["qosClass"])


def asked(cluster: Cluster, spec: Any) -> dict[str, str]:
    """What a pod asks for in sum, as a quota counts it that leaves nothing."""
    status, answer = cluster.create(pod(spec))
    assert status == 403, answer
    found = re.search(r"requested: (.*?), used:", answer["message"])
    assert found is not None, answer["message"]
    return dict(part.split("=") for part in found[1].split(","))


def filled(cluster: Cluster, limits: Any, spec: Any) -> list[Any]:
    """The resources of a pod's containers behind a LimitRange."""
    made = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "asked"}, "spec": {"limits": limits}}
    status, answer = cluster.create(made, dry=False)
    assert status == 201, answer["message"]
    time.sleep(1.5)
    status, answer = cluster.create(pod(spec))
    cluster.delete(made)
    assert status == 201, answer["message"]
    return [c.get("resources", {}) for g in ("initContainers", "containers") for c in answer["spec"].get(g, ())]


def changes(cluster: Cluster, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The fields because of which a change is refused."""
    status, answer = cluster.create(old, dry=False)
    assert status == 201, answer["message"]
    wanted = {**new, "metadata": {**answer["metadata"], **new["metadata"]}}
    wanted["metadata"].pop("resourceVersion", None)
    if old["kind"] in ("Job", "PersistentVolumeClaim"):  # what the server fills in once
        for field in ("selector", "volumeName", "storageClassName"):
            if field in answer["spec"]:
                wanted["spec"] = {field: answer["spec"][field], **wanted["spec"]}
    if old["kind"] == "Job":
        labels = answer["spec"]["template"]["metadata"]["labels"]
        template = wanted["spec"]["template"]
        metadata = template.get("metadata") or {}
        wanted["spec"]["template"] = {
            **template,
            "metadata": {**metadata, "labels": {**labels, **metadata.get("labels", {})}},
        }
    status, answer = cluster.call("PUT", cluster.path(old, name=True) + "?dryRun=All", wanted)
    cluster.delete(old)
    causes = (answer.get("details") or {}).get("causes") or ()
    assert status == 200 or causes, (old, new, answer["message"])
    return sorted({cause["field"] for cause in causes})


def binds(cluster: Cluster, pairs: list[Any]) -> list[bool]:
    """Whether each claim gets its volume; all at once, as the controllers take their time."""
    named = []
    for number, (volume, claim) in enumerate(pairs):
        text = json.dumps([volume, claim]).replace("$N", str(number)).replace("$HOME", HOME)
        named.append(json.loads(text))
    for volume, _ in named:
        assert (answer := cluster.create(volume, dry=False))[0] == 201, answer
    time.sleep(3)
    for _, claim in named:
        assert (answer := cluster.create(claim, dry=False))[0] == 201, answer
    time.sleep(8)
    found = []
    for volume, claim in named:
        answer = cluster.call("GET", cluster.path(claim, name=True))[1]
        bound = answer["status"].get("phase") == "Bound"
        found.append(bound and answer["spec"]["volumeName"] == volume["metadata"]["name"])
    for volume, claim in named:
        cluster.delete(claim)
        cluster.delete(volume)
    return found


def main() -> None:
    cluster = Cluster(Server(os.environ["KUBETRIAL_APISERVER"], os.environ["KUBETRIAL_TOKEN"]))
    cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": HOME}}, dry=False)
    found: dict[str, list[Any]] = {}
    found["selects"] = [[*case, selects(cluster, *case)] for case in cases.SELECTS]
    found["qos"] = [[spec, qos(cluster, spec)] for spec in cases.PODS]
    found["filled"] = [[*case, filled(cluster, *case)] for case in cases.FILLED]
    found["changes"] = [[old, new, changes(cluster, old, new)] for old, new in cases.CHANGES]
    for made in cases.CLASSES:
        cluster.create(made, dry=False)
    found["binds"] = [[*pair, bound] for pair, bound in zip(cases.BINDS, binds(cluster, cases.BINDS), strict=True)]
    for made in cases.CLASSES:
        cluster.delete(made)
    quota = cases.QUOTA
    cluster.create(quota, dry=False)
    time.sleep(3)
    found["asked"] = [[spec, asked(cluster, spec)] for spec in cases.SUMS]
    cluster.delete(quota)
    rows = [f'"{question}": [\n' + ",\n".join(map(json.dumps, of)) + "\n]" for question, of in found.items()]
    (HERE / "answers.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
