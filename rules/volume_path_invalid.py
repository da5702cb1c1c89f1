"""A path in a volume that leaves the volume, or is not of the kind that is needed.

Files in a volume are named from its root: their paths are relative and neither begin with nor contain `..`. A
hostPath has no `..`, and an NFS export is an absolute path. The API server refuses the pod.

Write `conf/app.yaml`, not `/conf/app.yaml` or `../app.yaml`; where the volume appears in a container is `mountPath`.

See https://kubernetes.io/docs/concepts/storage/volumes/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, Volume, rule
from kubetrial.lint.objects.projections import projected_paths


@rule(Category.REJECTED, needs=("configMap", "downwardAPI", "gitRepo", "hostPath", "nfs", "projected", "secret"))
def check(volume: Volume) -> Findings:
    """Find bad paths; follows ValidateLocalNonReservedPath and validatePathNoBacksteps in core/validation."""
    values = volume.mapping()
    host, nfs, git = values.get("hostPath"), values.get("nfs"), values.get("gitRepo")
    if host and ".." in (host.get("path") or "").split("/"):
        yield volume["hostPath"]["path"].found(f"the path `{host['path']}` contains `..`", help="write the path itself")
    if nfs and nfs.get("path") and not nfs["path"].startswith("/"):
        yield volume["nfs"]["path"].found(f"the export `{nfs['path']}` is not absolute", help=f"write `/{nfs['path']}`")
    if git and (reason := _leaves(git.get("directory") or "", reserved=False)):
        yield volume["gitRepo"]["directory"].found(
            f"the directory `{git['directory']}` {reason}", help="write a path below the volume's root"
        )
    for name in ("configMap", "secret", "downwardAPI"):
        source = values.get(name)
        if source and source.get("items"):
            yield from _items(volume[name], source)
    if values.get("projected"):
        for index, source in enumerate(values["projected"].get("sources") or ()):
            yield from _projected(volume["projected"]["sources"][index], source or {})


def _items(node: Node, source: dict[str, Any]) -> Findings:
    for index, item in enumerate(source["items"]):
        if item and (reason := _leaves(item.get("path") or "")):
            yield node["items"][index]["path"].found(
                f"the path `{item['path']}` {reason}", help="write a path below the volume's root"
            )


def _projected(node: Node, source: dict[str, Any]) -> Findings:
    for place, path in projected_paths(source):
        reason = _leaves(path)
        if reason:
            yield node.at(*place).found(f"the path `{path}` {reason}", help="write a path below the volume's root")


def _leaves(path: str, reserved: bool = True) -> str:
    if path.startswith("/"):
        return "is absolute; a path in a volume is relative"
    if ".." in path.split("/"):
        return "contains `..`"
    return "begins with `..`, which is reserved" if reserved and path.startswith("..") else ""
