"""What volumes of pods and PersistentVolumes have in common: the sources of storage systems that both know."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.yaml.node import Findings, Node


def fibre_channel(node: Node, values: dict[str, Any]) -> Findings:
    """Find Fibre Channel sources without exactly one way to the disk; follows validateFCVolumeSource in core/validation."""
    wwns, lun = values.get("targetWWNs"), values.get("lun")
    if bool(wwns) == bool(values.get("wwids")):
        said = "excludes `wwids`" if wwns else "or `wwids` is needed"
        yield node["targetWWNs"].found(
            f"`targetWWNs` {said}", help="write targetWWNs with a lun, or wwids", key=bool(wwns)
        )
    if wwns and lun is None:
        yield node["lun"].found("targetWWNs need a `lun`", help="add `lun`, the number of the disk behind the targets")
    elif wwns and lun is not None and not 0 <= lun <= 255:
        yield node["lun"].found(f"the lun is {lun}; it must be from 0 to 255", help="write a number from 0 to 255")


def flocker(node: Node, values: dict[str, Any]) -> Findings:
    """Find Flocker sources without exactly one name; follows validateFlockerVolumeSource."""
    name = values.get("datasetName") or ""
    if bool(name) == bool(values.get("datasetUUID")):
        yield node.found(
            "a Flocker volume is named by exactly one of datasetName and datasetUUID", help="keep one of them", key=True
        )
    if "/" in name:
        yield node["datasetName"].found(
            f"the datasetName `{name}` contains `/`", help="write the name of the dataset without /"
        )


def quobyte(node: Node, values: dict[str, Any]) -> Findings:
    """Find Quobyte sources with an unreadable registry; follows validateQuobyteVolumeSource."""
    registry = values.get("registry") or ""
    if not registry:
        return
    if len((values.get("tenant") or "").encode("utf-8", "surrogatepass")) > 64:
        yield node["tenant"].found("the tenant has more than 64 characters", help="write at most 64 characters")
    elif not all(_is_host_and_port(pair) for pair in registry.split(",")):
        yield node["registry"].found(
            f"the registry is `{registry}`; write host:port, several with commas between",
            help="write host:port, such as registry.example.com:7861",
        )


def azure_disk(node: Node, values: dict[str, Any]) -> Findings:
    """Find Azure disks whose address is not one of their kind; follows validateAzureDisk."""
    kind, uri = values.get("kind") or "Shared", values.get("diskURI") or ""
    wanted = "/subscriptions/" if kind == "Managed" else "https://"
    if uri and not uri.startswith(wanted):
        yield node["diskURI"].found(
            f"the diskURI of a disk of the kind {kind} begins with `{wanted}`", help="write it, or another `kind`"
        )


def _is_host_and_port(pair: str) -> bool:
    """Whether Go's SplitHostPort takes it: one colon outside of brackets."""
    host, colon, port = pair.rpartition(":")
    if not colon or "[" in port or "]" in port:
        return False
    if host.startswith("["):
        return host.endswith("]") and not {"[", "]"} & set(host[1:-1])
    return not {":", "[", "]"} & set(host)
