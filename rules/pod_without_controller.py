"""A bare Pod: when its node goes, it is gone.

Nothing makes a new one when the node fails or is drained, and it cannot be updated or scaled.

Write a Deployment, StatefulSet or DaemonSet, or a Job for work that ends. Pods with the restartPolicy Never or
OnFailure, hooks and pods of the control plane are left alone.

See https://kubernetes.io/docs/concepts/configuration/overview/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Pod, rule


@rule(Category.ADVICE)
def check(pod: Pod) -> Findings:
    """Find Pods that last and have no owner."""
    metadata = pod["metadata"]
    if pod["spec"].get("restartPolicy") in ("Never", "OnFailure") or metadata.get("ownerReferences"):
        return
    if pod.namespace == "kube-system" or pod["spec"].get("nodeName") or any("hook" in key for key in pod.annotations):
        return
    yield pod["kind"].found(
        "nothing makes this Pod again when its node fails or is drained",
        help="write a Deployment, StatefulSet or DaemonSet, or a Job",
    )
