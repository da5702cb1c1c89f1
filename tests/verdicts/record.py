"""Asks a real kube-apiserver for its verdict on our own manifests and writes the answers beside them.

    KUBETRIAL_APISERVER=https://127.0.0.1:6443 KUBETRIAL_TOKEN=... python tests/verdicts/record.py [customs]

The manifests are the documents of tests/rules/*.yaml and tests/verdicts/*.yaml; the answers go to tests/verdicts/answers.json. The
definitions and custom resources of tests/verdicts/customs have theirs beside them. The server has to be a v1.37 with default feature
gates; nothing stays in it (dry run, strict field validation; definitions are made and removed).
"""

from __future__ import annotations

import json
import os
import re
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ANSWERS = HERE / "answers.json"


class Server:
    """A reachable API server: which resources it serves, and its answer to a create."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address.rstrip("/")
        self.token = token
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE
        self.resources: dict[tuple[str, str], tuple[str, bool]] = {}
        versions = ["v1"]
        for group in self.get("/apis")["groups"]:
            versions += [version["groupVersion"] for version in group["versions"]]
        for version in versions:
            for resource in self.get(self.root(version))["resources"]:
                if "/" not in resource["name"] and "create" in resource["verbs"]:
                    self.resources[version, resource["kind"]] = (resource["name"], resource["namespaced"])

    @staticmethod
    def root(version: str) -> str:
        return f"/api/{version}" if version == "v1" else f"/apis/{version}"

    def get(self, path: str) -> Any:
        return json.loads(self.call("GET", path)[1])

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes, list[str]]:
        request = urllib.request.Request(self.address + path, data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if body is not None:
            request.add_header("Content-Type", "application/yaml")
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers.get_all("Warning") or []
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers.get_all("Warning") or []

    def create(self, text: str, value: Any) -> tuple[int, bytes, list[str]]:
        """The answer to a dry-run create of a document whose kind is served."""
        name, namespaced = self.resources[value["apiVersion"], value["kind"]]
        metadata = value.get("metadata") if isinstance(value.get("metadata"), dict) else {}
        namespace = metadata.get("namespace") or "default"
        if namespaced and (
            not isinstance(namespace, str) or not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", namespace)
        ):
            namespace = "default"
        where = f"/namespaces/{namespace}" if namespaced else ""
        path = f"{self.root(value['apiVersion'])}{where}/{name}?dryRun=All&fieldValidation=Strict"
        return self.call("POST", path, text.encode("utf-8", "surrogatepass"))

    def verdict(self, text: str, value: Any) -> dict[str, Any]:
        """{verdict, fields, warnings} for one document; fields are the causes that the server names."""
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("kind"), str)
            or not isinstance(value.get("apiVersion"), str)
        ):
            return {"verdict": "rejected", "fields": [], "warnings": []}
        served = self.resources.get((value["apiVersion"], value["kind"]))
        if served is None:
            # Of a group that it does not serve at all (Gateway API, settings files of programs) nothing is known.
            group = value["apiVersion"].partition("/")[0]
            built_in = "." not in group or any(api.startswith(f"{group}/") for api, _ in self.resources)
            return {"verdict": "rejected" if built_in else "unknown", "fields": [], "warnings": []}
        status, body, warnings = self.create(text, value)
        said = [match.group(1) for match in (re.match(r'\d+ \S+ "(.*)"', warning) for warning in warnings) if match]
        if status in (200, 201, 202, 409):
            return {"verdict": "accepted", "fields": [], "warnings": said}
        answer = json.loads(body)
        if status >= 500:
            return {"verdict": "unknown", "fields": [], "warnings": said}  # a mistake or a lack of the server
        if status == 403 and re.search("RuntimeClass .* not found|no PriorityClass", answer.get("message", "")):
            return {"verdict": "unknown", "fields": [], "warnings": said}  # depends on what the server holds
        fields = [cause.get("field", "") for cause in answer.get("details", {}).get("causes", ())]
        return {"verdict": "rejected", "fields": fields, "warnings": said, "message": answer.get("message", "")[:300]}


def documents() -> Iterator[tuple[str, str, Any]]:
    """(file and index, text, value) of every document of ours; the value is None where it is no YAML."""
    from kubetrial.lint.yaml import source

    for path in sorted([*(HERE.parent / "rules").glob("*.yaml"), *HERE.glob("*.yaml")]):
        read = source.read(path.name, path.read_text(encoding="utf-8"))
        broken = {index for index, problem in read.problems if problem.rule == "yaml-syntax"}
        for document in read.documents:
            if document.index not in broken:
                yield (
                    f"{path.parent.name}/{path.name}#{document.index}",
                    document.text.removeprefix("---"),
                    document.value,
                )


GROUP = "cases.example.com"


def customs() -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """(name, definition, resources) of every case in customs/definitions.yaml."""
    from kubetrial.lint.yaml import source

    path = HERE / "customs" / "definitions.yaml"
    (document,) = source.read(path.name, path.read_text(encoding="utf-8")).documents
    for case in document.value:
        yield case["name"], _definition(case), list(_resources(case))


def _kind(case: dict[str, Any]) -> str:
    return str(case["name"]).replace("-", "").capitalize()


def _definition(case: dict[str, Any]) -> dict[str, Any]:
    """A case's CustomResourceDefinition."""
    kind = _kind(case)
    root = dict(case.get("root", {}))
    properties = {"spec": case["spec"], **root.pop("properties", {})}
    version: dict[str, Any] = {"name": "v1", "served": True, "storage": True}
    subresources: dict[str, Any] = {}
    if "status" in case:
        subresources["status"] = {}
        properties["status"] = case["status"]
    if "plain-status" in case:
        properties["status"] = case["plain-status"]
    if "scale" in case:
        subresources["scale"] = case["scale"]
    if subresources:
        version["subresources"] = subresources
    version["schema"] = {"openAPIV3Schema": {"type": "object", "properties": properties, **root}}
    names = {"plural": f"{kind.lower()}es", "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names['plural']}.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]},
    }


def _resources(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A case's resources."""
    base = {"apiVersion": f"{GROUP}/v1", "kind": _kind(case), "metadata": {"name": "test"}}
    for spec in case["objects"]:
        yield {**base, "spec": spec}
    for fields in case.get("whole", ()):
        yield {**base, **fields}


def ask_customs(asked: Server) -> dict[str, Any]:
    """The server's answers for each resource of the cases."""
    import time

    answers: dict[str, Any] = {}
    refused: list[str] = []
    for name, definition, resources in customs():
        crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        own = definition["metadata"]["name"]
        status, body, _ = asked.call("POST", f"{crds}?fieldValidation=Strict", json.dumps(definition).encode())
        if status not in (200, 201):
            refused.append(f"{name}: {json.loads(body)['message']}")
            continue
        names = definition["spec"]["names"]
        served = asked.resources[f"{GROUP}/v1", names["kind"]] = (names["plural"], True)
        for _ in range(100):  # until it is served
            if asked.call("GET", f"/apis/{GROUP}/v1/namespaces/default/{served[0]}")[0] == 200:
                break
            time.sleep(0.1)
        for number, resource in enumerate(resources):
            answer = asked.verdict(json.dumps(resource), resource)
            answer.pop("warnings")
            answers[f"{name}#{number}"] = answer
        asked.call("DELETE", f"{crds}/{own}")
    if refused:
        sys.exit("\n".join(refused))
    return answers


def server() -> Server | None:
    """The server that the environment names, or None."""
    address = os.environ.get("KUBETRIAL_APISERVER")
    return Server(address, os.environ.get("KUBETRIAL_TOKEN", "")) if address else None


def main() -> None:
    """Write the answers anew, one a line."""
    asked = server()
    if asked is None:
        sys.exit(__doc__)
    if "customs" not in sys.argv[1:]:
        _write(ANSWERS, {name: asked.verdict(text, value) for name, text, value in documents()})
    _write(HERE / "customs" / "answers.json", ask_customs(asked))


def _write(path: Path, answers: dict[str, Any]) -> None:
    lines = (f"{json.dumps(name)}: {json.dumps(answer, sort_keys=True)}" for name, answer in answers.items())
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
