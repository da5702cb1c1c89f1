"""The source of a PersistentVolume lacks what its storage system needs, or says it twice.

Paths of hostPath and local volumes have no `..`, and NFS exports are absolute; Fibre Channel has WWNs with a LUN, or
WWIDs; Flocker one name; Quobyte host:port pairs; an Azure disk the kind of address that fits its `kind` (Shared
unless it is set). The API server refuses the rest.

The message says which field is missing or wrong.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PersistentVolumeSpec
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule


@rule(Category.REJECTED)
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


def _fibre_channel(node: Node, values: dict[str, Any]) -> Findings:
    wwns, lun = values.get("targetWWNs"), values.get("lun")
    if bool(wwns) == bool(values.get("wwids")):
        said = "excludes `wwids`" if wwns else "or `wwids` is needed"
        yield node["targetWWNs"].found(
            f"`targetWWNs` {said}", help="write targetWWNs with a lun, or wwids", key=bool(wwns)
        )
    if wwns and lun is None:
        yield node["lun"].found("targetWWNs need a `lun`")
    elif wwns and lun is not None and not 0 <= lun <= 255:
        yield node["lun"].found(f"the lun is {lun}; it must be from 0 to 255")


def _flocker(node: Node, values: dict[str, Any]) -> Findings:
    name = values.get("datasetName") or ""
    if bool(name) == bool(values.get("datasetUUID")):
        yield node.found("a Flocker volume is named by exactly one of datasetName and datasetUUID", key=True)
    if "/" in name:
        yield node["datasetName"].found(f"datasetName `{name}` contains `/`")


def _quobyte(node: Node, values: dict[str, Any]) -> Findings:
    registry = values.get("registry") or ""
    if not registry:
        return
    if len((values.get("tenant") or "").encode("utf-8", "surrogatepass")) > 64:
        yield node["tenant"].found("the tenant has more than 64 characters")
    elif not all(_is_host_and_port(pair) for pair in registry.split(",")):
        yield node["registry"].found(f"the registry is `{registry}`; write host:port, several with commas between")


def _is_host_and_port(pair: str) -> bool:
    """Whether Go's SplitHostPort takes it: one colon outside of brackets."""
    host, colon, port = pair.rpartition(":")
    if not colon or "[" in port or "]" in port:
        return False
    if host.startswith("["):
        return host.endswith("]") and not {"[", "]"} & set(host[1:-1])
    return not {":", "[", "]"} & set(host)


def _azure_disk(node: Node, values: dict[str, Any]) -> Findings:
    kind, uri = values.get("kind") or "Shared", values.get("diskURI") or ""
    wanted = "/subscriptions/" if kind == "Managed" else "https://"
    if uri and not uri.startswith(wanted):
        yield node["diskURI"].found(
            f"the diskURI of a disk of the kind {kind} begins with `{wanted}`", help="write it, or another `kind`"
        )


_SOURCES = {
    "hostPath": _path,
    "local": _path,
    "nfs": _nfs,
    "fc": _fibre_channel,
    "flocker": _flocker,
    "quobyte": _quobyte,
    "azureDisk": _azure_disk,
}
