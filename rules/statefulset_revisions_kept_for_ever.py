"""A StatefulSet that never deletes old revisions.

A negative `revisionHistoryLimit` keeps every ControllerRevision that there ever was. The API server accepts it with a
warning.

Write 0 or more; the default is 10.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#revision-history
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule


@rule(Category.RISKY, needs=("revisionHistoryLimit",))
def check(statefulset: StatefulSet) -> Findings:
    """Follows WarningsOnCreate of StatefulSets."""
    limit = (statefulset.value.get("spec") or {}).get("revisionHistoryLimit")
    if limit is not None and limit < 0:
        yield statefulset["spec"]["revisionHistoryLimit"].found(
            f"revisionHistoryLimit is {limit}, which keeps every revision for ever",
            help="write 0 or more; the default is 10",
            consequence="old ControllerRevisions pile up; the API server warns",
        )
