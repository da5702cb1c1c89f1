"""A HorizontalPodAutoscaler whose scaleTargetRef names no API group.

From Kubernetes 1.34 on, `scaleTargetRef.apiVersion` must say which group the target is of; without it the autoscaler
would look in the core group and find nothing. Only a ReplicationController lives there.

Write `apiVersion: apps/v1` for a Deployment or StatefulSet.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerLimits, Category, Findings, rule


@rule(Category.REJECTED, since=34, needs=("metrics", "scaleTargetRef"))
def check(autoscaler: AutoscalerLimits) -> Findings:
    """Follows ValidateAPIVersion in pkg/apis/autoscaling/validation."""
    target = autoscaler.value.get("scaleTargetRef")
    if target is not None and (
        reason := version_problem(target.get("apiVersion") or "", target.get("kind") != "ReplicationController")
    ):
        yield autoscaler["scaleTargetRef"]["apiVersion"].found(
            reason, help="write apiVersion: apps/v1 for a Deployment or StatefulSet"
        )
    for metric in autoscaler["metrics"].items():  # in autoscaling/v1 no field, so nobody has looked at its types
        version = metric.at("object", "describedObject", "apiVersion")
        if version.value.__class__ is str and (reason := version_problem(version.value, group_needed=False)):
            yield version.found(reason, help="write apiVersion: group/version of the object, such as apps/v1")


def version_problem(version: str, group_needed: bool) -> str:
    """What is wrong with an apiVersion such as apps/v1; empty where it is good."""
    if version.count("/") > 1:
        return f"`{version}` is no API version"
    if group_needed and not version.partition("/")[0 if "/" in version else 1]:
        return (
            f"apiVersion is `{version}`, which names no API group"
            if version
            else "apiVersion is missing, so no API group is named"
        )
    return ""
