"""A pod mounts a folder of its node that holds keys, data of others, or the system.

`/etc/kubernetes` and `/var/lib/kubelet` hold the node's keys and the Secrets of its pods, `/var/lib/etcd` the whole
cluster, `/proc`, `/sys`, `/dev` and `/` the machine. Who breaks into the container has them, read-only or not.

Mount the one file or subfolder that is needed, and keep such pods in a namespace of their own.

See https://kubernetes.io/docs/concepts/storage/volumes/#hostpath
"""

from __future__ import annotations

import posixpath

from kubetrial.lint.authoring import Category, Findings, Volume, rule

_WHOLE = {
    "/": "the whole disk of the node",
    "/boot": "what the node starts from",
    "/dev": "all devices of the node",
    "/etc": "the accounts and keys of the node",
    "/home": "the people's files on the node",
    "/lib": "the programs of the node",
    "/lib/modules": "",
    "/opt": "",
    "/proc": "the processes of the node",
    "/root": "the files of root on the node",
    "/run": "the sockets of the node",
    "/sys": "the kernel of the node",
    "/usr": "the programs of the node",
    "/var": "the data of the node",
    "/var/lib": "the data of the node",
    "/var/run": "the sockets of the node",
    "/var/lib/containerd": "the images and containers of the node",
    "/var/lib/docker": "the images and containers of the node",
    "/var/lib/kubelet": "the volumes of all pods of the node, Secrets among them",
    "/var/lib/kubelet/pods": "the volumes of all pods of the node, Secrets among them",
}
_BELOW = {
    "/etc/kubernetes": "the keys and credentials of the control plane or the node",
    "/etc/shadow": "the passwords of the node",
    "/etc/ssh": "the SSH keys of the node",
    "/root/.ssh": "the SSH keys of root",
    "/root/.kube": "the credentials of an administrator",
    "/root/.docker": "the credentials of registries",
    "/var/lib/etcd": "all objects of the cluster, Secrets among them",
    "/var/lib/kubelet/pki": "the keys of the kubelet",
    "/var/lib/kubelet/config.json": "the credentials of registries",
    "/root/.aws": "the credentials of a cloud account",
    "/root/.azure": "the credentials of a cloud account",
    "/root/.config/gcloud": "the credentials of a cloud account",
    "/var/lib/waagent": "the credentials of a cloud account",
}


@rule(Category.SECURITY)
def check(volume: Volume) -> Findings:
    """Find hostPath volumes of folders that amount to the node."""
    source = volume.value.get("hostPath")
    path = source.get("path") if source else None
    if path.__class__ is not str or not path.startswith("/"):
        return
    clean = posixpath.normpath(path)
    what = _WHOLE.get(clean, "")
    for folder, holds in _BELOW.items():
        if clean == folder or clean.startswith(folder + "/"):
            what = holds
    if what:
        yield volume["hostPath"]["path"].found(
            f"{path} is {what}",
            consequence="whoever breaks into the container has it",
            help="mount the one file or subfolder that is needed",
        )
