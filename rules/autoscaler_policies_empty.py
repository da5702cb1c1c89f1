"""Scaling rules of a HorizontalPodAutoscaler with an empty list of policies.

`policies: []` is not the same as no policies: the default rules come only where the field is missing. The API server
refuses the empty list.

Remove the field, or write a policy; to forbid one direction write `selectPolicy: Disabled`.

See https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#configurable-scaling-behavior
"""

from __future__ import annotations

from kubetrial.lint.authoring import AutoscalerRules, Category, Findings, rule


@rule(Category.REJECTED, needs=("policies",))
def check(rules: AutoscalerRules) -> Findings:
    """Follows validateScalingRules in pkg/apis/autoscaling/validation and the defaults of autoscaling/v2."""
    if rules.value.get("policies") == []:
        yield rules["policies"].found(
            "policies is an empty list", help="remove it for the default, or write a policy", key=True
        )
