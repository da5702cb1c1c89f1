"""A volume of a storage system that Kubernetes no longer drives.

The drivers of these systems were built in once and are gone: the API server still takes the volume with a warning,
and the kubelet cannot mount it, so the pod never starts.

Use the CSI driver of the storage system; for a Git repository, an init container that clones it into an emptyDir.

See https://kubernetes.io/docs/concepts/storage/volumes/#volume-types
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Volume, rule

_GONE_SINCE = {
    "photonPersistentDisk": 16,
    "scaleIO": 22,
    "flocker": 25,
    "quobyte": 25,
    "storageos": 25,
    "glusterfs": 26,
    "cephfs": 31,
    "rbd": 31,
    "gitRepo": 33,
}


@rule(
    Category.BROKEN,
    needs=(
        "cephfs",
        "flocker",
        "gitRepo",
        "glusterfs",
        "photonPersistentDisk",
        "quobyte",
        "rbd",
        "scaleIO",
        "storageos",
    ),
)
def check(volume: Volume, cluster: Cluster) -> Findings:
    """Find removed plugins; follows the warnings of pkg/api/pod."""
    values = volume.mapping()
    if _GONE_SINCE.keys().isdisjoint(values):
        return
    for source, minor in _GONE_SINCE.items():
        if values.get(source) is not None and cluster.minor >= minor:
            help_text = "clone it in an init container" if source == "gitRepo" else "use the CSI driver of the system"
            yield volume[source].found(
                f"`{source}` volumes work no more since Kubernetes 1.{minor}",
                help=help_text,
                consequence="the volume cannot be mounted, and the pod does not start",
                key=True,
            )
