"""A pod mounts the socket of the container runtime.

Whoever may write to the socket of docker, containerd or CRI-O starts a privileged container with the node's disk in
it, past the API server, admission and quotas: it is root on the node. `readOnly` does not help, a socket is written
all the same.

Build images by a tool that needs no daemon (Kaniko's successors, BuildKit without root), and read container data
from the kubelet.

See https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Volume, rule

_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "dockershim.sock", "podman.sock")
_FOLDERS = ("/run/containerd", "/run/crio", "/run/docker", "/run/podman", "/run/k3s/containerd", "/run/k0s")


@rule(Category.SECURITY)
def check(volume: Volume) -> Findings:
    """Find hostPath volumes of the sockets, or of the folders that hold them."""
    source = volume.value.get("hostPath")
    path = source.get("path") if source else None
    if path.__class__ is not str:
        return
    clean = path.rstrip("/").removeprefix("/var")
    if clean.rpartition("/")[2] in _SOCKETS or clean in _FOLDERS:
        yield volume["hostPath"]["path"].found(
            f"{path} lets the container start others on the node, privileged ones too",
            consequence="whoever breaks into the container is root on the node",
            help="use a tool that needs no container runtime of the node",
        )
