"""A Deployment strategy whose fields contradict one another.

`Recreate` stops all pods before it starts new ones, so it takes no `rollingUpdate`. A rolling update with
`maxUnavailable: 0` and `maxSurge: 0` could neither remove a pod nor add one. The API server refuses both.

Remove `rollingUpdate` (Helm charts and patches often leave it behind), or allow one pod more or less: `maxSurge: 1`.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, rule
from kubetrial.lint.objects.strategies import is_zero


@rule(Category.REJECTED, needs=("strategy",))
def check(deployment: Deployment) -> Findings:
    """Follows ValidateDeploymentStrategy in pkg/apis/apps/validation."""
    strategy = (deployment.value.get("spec") or {}).get("strategy")
    if not strategy:
        return
    rolling = strategy.get("rollingUpdate")
    if rolling is None:
        return
    node = deployment.at("spec", "strategy", "rollingUpdate")
    if strategy.get("type") == "Recreate":
        yield node.found(
            "rollingUpdate cannot be set with type Recreate", help="remove rollingUpdate, or the type", key=True
        )
    elif (
        (strategy.get("type") or "RollingUpdate") == "RollingUpdate"
        and is_zero(rolling, "maxUnavailable")
        and is_zero(rolling, "maxSurge")
    ):
        yield node["maxUnavailable"].found(
            "maxUnavailable and maxSurge are both 0, so no pod can be replaced",
            help="write maxSurge: 1, or maxUnavailable: 1",
        )
