"""A ControllerRevision without data, or with data that is no object.

A ControllerRevision keeps a snapshot of a template, so `data` must be a mapping. Controllers make these objects; a
manifest needs them only to restore history.

Write the mapping, or leave the object out.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, ControllerRevision, Findings, rule

_MAPPING_SINCE = 31
"""The first minor whose server looks into the data; before, anything but nothing was data."""


@rule(Category.REJECTED)
def check(revision: ControllerRevision, cluster: Cluster) -> Findings:
    """Follows ValidateControllerRevisionCreate in pkg/apis/apps/validation."""
    data = revision.value.get("data")
    if data.__class__ is not dict and (data is None or cluster.minor >= _MAPPING_SINCE):
        node = revision["data"]
        yield node.found(
            "data must be a mapping" if node.present else "`data` is missing", help="write the snapshot as a mapping"
        )
