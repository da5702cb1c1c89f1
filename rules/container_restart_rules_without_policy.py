"""A container has restart rules but no restart policy of its own.

`restartPolicyRules` are exceptions from the container's own `restartPolicy`. The pod's policy does not stand in for
it, and the API server refuses the pod.

Set `restartPolicy` on the container beside its rules.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.REJECTED, since=35, needs=("restartPolicyRules",))
def check(container: Container) -> Findings:
    """Find rules without a policy; follows validateContainerRestartPolicy in pkg/apis/core/validation."""
    if container.value.get("restartPolicyRules") and container.value.get("restartPolicy") is None:
        yield container["restartPolicy"].found(
            f"`{container.name}` has restartPolicyRules but no restartPolicy of its own",
            help="set `restartPolicy` on the container, beside its rules",
        )
