"""The source of a PersistentVolume lacks what its storage system needs, or says it twice.

Paths of hostPath and local volumes have no `..`, and NFS exports are absolute; Fibre Channel has WWNs with a LUN, or
WWIDs; Flocker one name; Quobyte host:port pairs; an Azure disk the kind of address that fits its `kind` (Shared
unless it is set). The API server refuses the rest.

The message says which field is missing or wrong.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, PersistentVolumeSpec, rule
from kubetrial.lint.objects import volumes


@rule(Category.REJECTED, needs=("azureDisk", "fc", "flocker", "hostPath", "local", "nfs", "quobyte"))
def check(spec: PersistentVolumeSpec) -> Findings:
    """Find incomplete sources; follows the functions that ValidatePersistentVolumeSpec calls."""
    values = spec.mapping()
    for name, problems in _SOURCES.items():
        if values.get(name) is not None:
            yield from problems(spec[name], values[name])


def _path(node: Node, values: dict[str, Any]) -> Findings:
    path = values.get("path") or ""
    if ".." in path.split("/"):
        yield node["path"].found(f"the path `{path}` contains `..`", help="write the path itself")


def _nfs(node: Node, values: dict[str, Any]) -> Findings:
    path = values.get("path") or ""
    if path and not path.startswith("/"):
        yield node["path"].found(f"the export `{path}` is not absolute", help=f"write `/{path}`")


_SOURCES = {
    "hostPath": _path,
    "local": _path,
    "nfs": _nfs,
    "fc": volumes.fibre_channel,
    "flocker": volumes.flocker,
    "quobyte": volumes.quobyte,
    "azureDisk": volumes.azure_disk,
}
