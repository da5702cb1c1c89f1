"""The data directory of PostgreSQL is the mount point of a volume of its own.

A volume with an ext4 file system has a folder `lost+found` at its top. `initdb` refuses a directory that is not empty
("directory "/var/lib/postgresql/data" exists but is not empty ... It contains a lost+found directory"), and the
container ends again and again. Whether the volume has one depends on its storage: those of clouds mostly do.

Set PGDATA to a folder below the mount point, such as /var/lib/postgresql/data/pgdata, or mount with `subPath`.

See https://hub.docker.com/_/postgres
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Container,
    Findings,
    Node,
    PersistentVolume,
    PodSpec,
    StatefulSet,
    rule,
    sure_target,
)
from kubetrial.lint.facts.programs import image_name
from kubetrial.lint.objects.peers import written
from kubetrial.lint.values.pattern import pattern

_IMAGES = frozenset(("postgres", "postgis", "timescaledb", "pgvector", "citus"))
_DEFAULT = "/var/lib/postgresql/data"
_SHARED = pattern(
    r"nfs|efs|cephfs|azurefile|azure-file|gluster|filestore|smb|cifs|local-path|hostpath|host-path|rwx", re.I
)
"""Classes of file systems that are no disk of their own: they have no lost+found."""


@rule(Category.RISKY, needs=("volumeMounts",))
def check(container: Container, cluster: Cluster) -> Findings:
    """PGDATA, or its default before PostgreSQL 18, at the path where a claim is mounted."""
    if image_name(container.get("image", "")) not in _IMAGES or not _starts_server(container):
        return
    given = _given(container, cluster)
    if given is None:
        return
    data = _data_directory(container, given)
    if any("lost+found" in written(other) for other in container.pod.all_containers()):
        return  # somebody knows of it
    for mount in container["volumeMounts"].items():
        path = mount.get("mountPath")
        if data is None or not isinstance(path, str) or posixpath.normpath(path) != data:
            continue
        claim = _claim(container.pod, cluster, mount.get("name"))
        if mount.get("subPath") or mount.get("subPathExpr") or claim is None or _is_shared(claim, cluster):
            continue
        yield mount["mountPath"].found(
            f"the data directory {data} is the mount point of the volume {mount.get('name')}",
            consequence="on a volume with lost+found initdb refuses it as not empty, and the container ends again and again",
            help=f"set PGDATA to a folder below it, such as {data}/pgdata, or mount with a subPath",
        )


def _starts_server(container: Container) -> bool:
    """Whether a container starts the server: with a command of its own it may be a client, or change the owner of the files."""
    command = container.get("command")
    words = " ".join(map(str, command)) if isinstance(command, list) else ""
    return not words or _SERVER.search(words) is not None


_SERVER = re.compile(r"entrypoint|\binitdb\b|\bpostgres\b|\bpg_ctl\b")


def _given(container: Container, cluster: Cluster) -> Mapping[str, object] | None:
    """The variables that envFrom gives a container; None where a source of them is not in the set."""
    given: dict[str, object] = {}
    for source in container["envFrom"].items():
        kind, field = ("Secret", "secretRef") if source["secretRef"].present else ("ConfigMap", "configMapRef")
        found = sure_target(cluster, container.pod.owner, kind, str(source[field].get("name")))
        if found is None:
            return None
        prefix = str(source.get("prefix") or "")
        for part in ("data", "stringData"):
            for key, value in found[part].mapping().items():
                given[f"{prefix}{key}"] = None if part == "data" and kind == "Secret" else value
    return given


def _data_directory(container: Container, given: Mapping[str, object]) -> str | None:
    """PGDATA of the container, of its envFrom, or the default of the image; None where it cannot be known."""
    for variable in container["env"].items():
        if variable.get("name") == "PGDATA":
            value = variable.get("value")
            return posixpath.normpath(value) if isinstance(value, str) and "$" not in value else None
    if "PGDATA" in given:
        value = given["PGDATA"]
        return posixpath.normpath(value) if isinstance(value, str) else None
    tag = str(container.get("image", "")).partition("@")[0].rpartition("/")[2].partition(":")[2]
    major = re.match(r"(?:pg)?(\d+)", tag)
    return (
        None if major and int(major.group(1)) >= 18 and image_name(container.get("image")) == "postgres" else _DEFAULT
    )


def _claim(pod: PodSpec, cluster: Cluster, name: object) -> Node | None:
    """The spec of the claim that a volume of this name is: of a template, of a claim of the set, or of the volume itself."""
    owner = pod.owner
    if isinstance(owner, StatefulSet):
        for template in owner.spec["volumeClaimTemplates"].items():
            if template["metadata"].get("name") == name:
                return template["spec"]
    for volume in pod["volumes"].items():
        if volume.get("name") == name:
            claim = volume["persistentVolumeClaim"].get("claimName")
            if isinstance(claim, str):
                found = cluster.get("", "PersistentVolumeClaim", owner.namespace, claim)
                return None if found is None else found["spec"]
            spec = volume["ephemeral"]["volumeClaimTemplate"]["spec"]
            return spec if spec.present else None
    return None


def _is_shared(claim: Node, cluster: Cluster) -> bool:
    """Whether the storage is a shared or a node's file system: then the volume has no top of its own."""
    name = claim.get("storageClassName")
    modes = claim.get("accessModes")
    if (isinstance(modes, list) and "ReadWriteMany" in modes) or _SHARED.search(str(name or "")):
        return True
    kind = cluster.get("storage.k8s.io", "StorageClass", "", str(name)) if name else None
    if kind is not None and _SHARED.search(str(kind.get("provisioner", ""))):
        return True
    volumes = [
        v["spec"]
        for v in cluster.all(PersistentVolume)
        if name is None or v["spec"].get("storageClassName", "") == name
    ]
    return any(volume["hostPath"].present or volume["nfs"].present for volume in volumes)
