"""A pod names its ServiceAccount by the old field.

`serviceAccount` is an alias of `serviceAccountName` from the first days; when the two differ, the newer one wins.

Write `serviceAccountName`.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Fix, PodSpec, rule
from kubetrial.lint.yaml import edits


@rule(Category.ADVICE, needs=("serviceAccount",))
def check(pod: PodSpec) -> Findings:
    """Find `serviceAccount` alone, or with another name than serviceAccountName."""
    old, new = pod.value.get("serviceAccount"), pod.value.get("serviceAccountName")
    if old and old != new:
        yield pod["serviceAccount"].found(
            f"serviceAccount is the old name of the field, and `{new}` holds"
            if new
            else "serviceAccount is the old name of the field",
            help="write serviceAccountName",
            fix=None if "serviceAccountName" in pod.value else _renamed(pod),
            key=True,
        )


def _renamed(pod: PodSpec) -> Fix | None:
    """The server reads the old name as the new one where that is not written."""
    made = edits.rename_key(pod["serviceAccount"], "serviceAccountName")
    return edits.fixed("rename it to serviceAccountName", made, safe=True)
