"""A set that is updated only when somebody deletes its pods.

With `updateStrategy: OnDelete` a changed template reaches a pod when it is deleted for another reason. Image bumps look applied and
are not.

Use RollingUpdate, unless an operator or a person replaces the pods on purpose.

See https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DaemonSet, Findings, StatefulSet, rule


@rule(Category.ADVICE)
def check(workload: StatefulSet | DaemonSet) -> Findings:
    """The strategy is OnDelete."""
    strategy = workload.spec["updateStrategy"]
    if strategy.get("type") == "OnDelete":
        yield strategy["type"].found(
            f"this {workload.kind} is updated only when its pods are deleted by hand",
            consequence="a new image or configuration reaches no running pod",
            help="write RollingUpdate, unless something else replaces the pods",
        )
