"""An exported object that was last written in an API version that is gone.

A server shows every object in a version that it serves, whatever version wrote it: an export of a cluster looks well, while
the manifest, chart or pipeline behind it still says the old one. The next time it is applied it is refused. What was
written stands in the annotation of `kubectl apply`, and for other writers in `metadata.managedFields`.

Write the newer apiVersion in the source of the object, before the upgrade.

See https://kubernetes.io/docs/reference/using-api/deprecation-guide/
"""

from __future__ import annotations

import json
from typing import Any

from kubetrial.lint.api.versions import removed
from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Object, rule
from kubetrial.lint.yaml.node import Found

_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"


@rule(Category.RISKY, needs=("kubectl.kubernetes.io/last-applied-configuration", "managedFields"))
def check(obj: Object, cluster: Cluster) -> Findings:
    """Find what was written through versions that this minor does not serve."""
    metadata = obj["metadata"]
    text = obj.annotations.get(_ANNOTATION)
    if text.__class__ is str:
        applied = _read(text)
        version, kind = applied.get("apiVersion"), applied.get("kind")
        if _is_gone(version, kind, cluster.minor) and version != obj.api_version:
            yield _found(metadata["annotations"][_ANNOTATION], "kubectl apply", str(version), str(kind))
            return
    for entry in metadata["managedFields"].items() if metadata.get("managedFields") else ():
        version = entry.get("apiVersion")
        if entry.get("subresource") or version == obj.api_version or not _is_gone(version, obj.kind, cluster.minor):
            continue
        yield _found(entry["apiVersion"], str(entry.get("manager", "a client")), version, obj.kind)


def _read(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if value.__class__ is dict else {}


def _is_gone(version: Any, kind: Any, minor: int) -> bool:
    if version.__class__ is not str or kind.__class__ is not str:
        return False
    entry = removed().get(version, {}).get(kind)
    return entry is not None and bool(entry["removed"] <= minor)


def _found(node: Node, writer: str, version: str, kind: str) -> Found:
    entry = removed()[version][kind]
    replacement = entry.get("replacement")
    return node.found(
        f"{writer} wrote it as {kind} in {version}, which Kubernetes 1.{entry['removed']} removed",
        help=f"write apiVersion: {replacement} in its source" if replacement else str(entry.get("instead", "")),
        consequence="the object lives on in the cluster, and its source is refused when it is applied again",
        key=True,
    )
