"""A ControllerRevision without data, or with data that is no object.

A ControllerRevision keeps a snapshot of a template, so `data` must be a mapping. Controllers make these objects; a
manifest needs them only to restore history.

Write the mapping, or leave the object out.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ControllerRevision, Findings, rule


@rule(Category.REJECTED, since=34)
def check(revision: ControllerRevision) -> Findings:
    """Follows ValidateControllerRevisionCreate in pkg/apis/apps/validation."""
    if revision.value.get("data").__class__ is not dict:
        node = revision["data"]
        yield node.found(
            "data must be a mapping" if node.present else "`data` is missing", help="write the snapshot as a mapping"
        )
