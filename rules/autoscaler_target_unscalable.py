"""A HorizontalPodAutoscaler whose target is of a kind that cannot be scaled.

The autoscaler reads and writes the `scale` subresource of its target. Deployments, StatefulSets and ReplicaSets have
it in the group `apps`, ReplicationControllers in the core group, and custom resources may have it. For anything else
(a DaemonSet, a Job, or `kind: Deployment` with `apiVersion: extensions/v1beta1`) the condition AbleToScale is
False with `FailedGetScale`, and nothing is ever scaled.

Write the apiVersion and the kind of something that has replicas.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, Category, Findings, rule
from kubetrial.lint.facts import kinds

_SCALABLE = {kind: kinds.GROUPS[kind] for kind in kinds.SCALED if kinds.GROUPS[kind]}
_NEVER = frozenset(kinds.GROUPS) - frozenset(kinds.SCALED) | {"Service"}


@rule(Category.BROKEN, needs=("scaleTargetRef",))
def check(limits: AutoscalerLimits) -> Findings:
    """Kinds of Kubernetes without replicas, and kinds in the wrong group. Follows reconcileAutoscaler in podautoscaler."""
    target = limits.value.get("scaleTargetRef") or {}
    kind, version = target.get("kind") or "", target.get("apiVersion") or ""
    group = version.rpartition("/")[0]
    node = limits["scaleTargetRef"]
    consequence = "nothing is ever scaled: the condition AbleToScale is False, FailedGetScale"
    if kind in _NEVER and group in ("", "apps", "batch"):
        yield node["kind"].found(
            f"a {kind} cannot be scaled: it has no replicas",
            consequence=consequence,
            help="name a Deployment, StatefulSet or ReplicaSet",
        )
    elif kind in _SCALABLE and group and group != _SCALABLE[kind]:
        yield node["apiVersion"].found(
            f"there is no {kind} in {version}",
            consequence=consequence,
            help="write apiVersion: apps/v1",
        )
