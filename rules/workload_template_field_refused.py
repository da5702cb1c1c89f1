"""A field that stands in a pod template and is only for pods themselves.

`activeDeadlineSeconds` would end pods that a Deployment, StatefulSet, DaemonSet, ReplicaSet or ReplicationController
must keep running, and ephemeral containers are added to running pods (`kubectl debug`). The API server refuses both
in their templates.

Remove the field. A Job has an activeDeadlineSeconds of its own, for all of its pods together.

See https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates
"""

from __future__ import annotations

from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PodSpec
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule

_RUNNING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")


@rule(Category.REJECTED)
def check(pod: PodSpec) -> Findings:
    """Find fields that ValidatePodTemplateSpec or the workload's validation refuses."""
    values = pod.value
    if values.get("activeDeadlineSeconds") is not None and pod.root.value.get("kind") in _RUNNING:
        kind = pod.root.value["kind"]
        yield pod["activeDeadlineSeconds"].found(
            f"activeDeadlineSeconds cannot be set in the template of a {kind}",
            help="remove it, or use a Job for work that ends",
            key=True,
        )
    if values.get("ephemeralContainers") and pod.parent is not None and pod.parent.key == "template":
        yield pod["ephemeralContainers"].found(
            "ephemeral containers cannot stand in a pod template",
            help="remove them; `kubectl debug` adds them to running pods",
            key=True,
        )
