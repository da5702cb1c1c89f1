"""A progressDeadlineSeconds that is not longer than minReadySeconds.

A pod counts as available after `minReadySeconds`; a deadline that ends before (the default is 600 seconds) would call
every rollout failed. The API server refuses it.

Write a deadline that leaves time to start and to stay ready, or shorten minReadySeconds.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, rule


@rule(Category.REJECTED, needs=("minReadySeconds", "progressDeadlineSeconds"))
def check(deployment: Deployment) -> Findings:
    """Follows ValidateDeploymentSpec in pkg/apis/apps/validation."""
    spec = deployment.value.get("spec") or {}
    ready, deadline = spec.get("minReadySeconds") or 0, spec.get("progressDeadlineSeconds")
    if deadline is None:
        deadline = 600
    if 0 <= deadline <= ready:
        written = deployment["spec"]["progressDeadlineSeconds"]
        default = "" if written.present else " by default"
        yield written.found(
            f"progressDeadlineSeconds is {deadline}{default}, not more than minReadySeconds {ready}",
            help="write a longer deadline, or a smaller minReadySeconds",
            related=(("minReadySeconds", deployment["spec"]["minReadySeconds"]),),
        )
