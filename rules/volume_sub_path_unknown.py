"""A subPath that names no file of the ConfigMap or Secret of its volume.

The kubelet makes an empty folder for a subPath that does not exist: the program finds a folder in place of its file.

Write the key, or the `path` that the items of the volume give it.

See https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Object, PodSpec, nearest, rule, sure_target

_SOURCES = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))


@rule(Category.RISKY, needs=("volumes",))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows makeMounts in pkg/kubelet/kubelet_pods.go: SafeMakeDir for a sub path that is missing."""
    owner = pod.root
    if not isinstance(owner, Object) or not any(_mounts_parts(c.mapping()) for c in pod.all_containers()):
        return
    files = {}
    for volume in pod["volumes"].items():
        known = _files(volume, owner, cluster)
        if known and not any(path.startswith("ENC[") for path in known):  # sops has made the names unreadable
            files[volume.get("name")] = known
    for container in pod.all_containers() if files else ():
        for mount in container["volumeMounts"].items():
            path = mount.get("subPath")
            known = files.get(mount.get("name"), [])
            if not isinstance(path, str) or not path or not known or "$" in path:
                continue
            wanted = path.removeprefix("./").rstrip("/")
            if wanted in (".", "") or any(one == wanted or one.startswith(f"{wanted}/") for one in known):
                continue
            close = nearest(wanted, known)
            yield mount["subPath"].found(
                f"the volume {mount.get('name')} has no file {wanted} for this subPath, only {', '.join(known[:5])}",
                consequence="the kubelet makes an empty directory of that name, and the program finds no file",
                help=f"write subPath: {close or known[0]}, or give the volume this key",
            )


def _mounts_parts(container: Mapping[str, Any]) -> bool:
    """Whether a container mounts anything by subPath; costs little."""
    mounts = container.get("volumeMounts")
    return mounts.__class__ is list and any(mount.__class__ is dict and mount.get("subPath") for mount in mounts)


def _files(volume: Node, owner: Object, cluster: Cluster) -> list[str]:
    """The paths of the files in a volume; none where they are not certain."""
    if volume.get("projected"):
        parts = [_of_source(part, owner, cluster, projected=True) for part in volume["projected"]["sources"].items()]
        return sorted(path for part in parts for path in part) if all(parts) else []
    return _of_source(volume, owner, cluster)


def _of_source(volume: Node, owner: Object, cluster: Cluster, projected: bool = False) -> list[str]:
    """The paths of the files that one source gives; none where they are not certain."""
    if volume.get("downwardAPI"):
        return sorted(p for item in volume["downwardAPI"]["items"].items() if isinstance(p := item.get("path"), str))
    if volume.get("serviceAccountToken"):
        return [str(volume["serviceAccountToken"].get("path"))]
    for field, kind, key in _SOURCES:
        source = volume[field]
        if projected:
            key = "name"
        if source.get("items"):
            return sorted(p for item in source["items"].items() if isinstance(p := item.get("path"), str))
        name = source.get(key)
        target = sure_target(cluster, owner, kind, name) if isinstance(name, str) and name else None
        if target is not None:
            return sorted({str(k) for part in ("data", "stringData", "binaryData") for k in target[part].mapping()})
    return []
