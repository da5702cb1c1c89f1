"""An activeDeadlineSeconds in the template of a workload that keeps pods running.

It would end pods that a Deployment, StatefulSet, DaemonSet, ReplicaSet or ReplicationController must keep up. The API
server refuses it there.

Remove the field, or use a Job for work that ends. A Job also has an activeDeadlineSeconds of its own, for all of its
pods together.

See https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.facts import kinds


@rule(Category.REJECTED, needs=("activeDeadlineSeconds",))
def check(pod: PodSpec) -> Findings:
    """Follows the validation of each kind in pkg/apis/apps/validation."""
    if pod.value.get("activeDeadlineSeconds") is None:
        return
    kind = pod.root.value.get("kind")
    if kind in kinds.RUNNING:
        yield pod["activeDeadlineSeconds"].found(
            f"activeDeadlineSeconds cannot be set in the template of a {kind}",
            help="remove it, or use a Job for work that ends",
            key=True,
        )
