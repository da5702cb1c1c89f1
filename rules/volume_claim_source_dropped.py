"""A claim whose source of data the API server drops unread.

In `dataSource` only a PersistentVolumeClaim and a VolumeSnapshot count; any other kind is dropped, and so is a
`dataSourceRef` that names another namespace (an alpha feature). The claim is accepted and bound to an empty volume.

Write `dataSourceRef` for other kinds, and copy data from another namespace by other means.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-populators-and-data-sources
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeClaim, rule


@rule(Category.BROKEN, needs=("dataSource", "dataSourceRef"))
def check(claim: PersistentVolumeClaim) -> Findings:
    """Find sources that are lost; follows DropDisabledFields and EnforceDataSourceBackwardsCompatibility in pkg/api."""
    if claim.parent is not None:
        return  # a template of a StatefulSet is kept as written, and refused where it is wrong
    values = claim["spec"].mapping()
    source, other = values.get("dataSource"), values.get("dataSourceRef")
    if other is not None and other.get("namespace"):
        yield claim["spec"]["dataSourceRef"].found(
            f"the source is in the namespace `{other['namespace']}`, and the API server drops such references unread",
            help="name a source in the claim's own namespace",
            consequence="the claim is bound to an empty volume",
            key=True,
        )
        other = None
    if source is None or other is not None:
        return
    kind, group = source.get("kind"), source.get("apiGroup") or ""
    if (kind, group) not in (("PersistentVolumeClaim", ""), ("VolumeSnapshot", "snapshot.storage.k8s.io")):
        yield claim["spec"]["dataSource"].found(
            f"the API server drops a dataSource of the kind {kind} in `{group}` unread",
            help="write it as `dataSourceRef`",
            consequence="the claim is bound to an empty volume",
            key=True,
        )
