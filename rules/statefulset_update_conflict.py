"""A StatefulSet update strategy whose fields contradict one another.

With `type: OnDelete` nothing rolls, so `rollingUpdate` is refused.

Remove `rollingUpdate`, or write `type: RollingUpdate`.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule


@rule(Category.REJECTED, needs=("updateStrategy",))
def check(statefulset: StatefulSet) -> Findings:
    """Follows ValidateStatefulSetSpec in pkg/apis/apps/validation."""
    strategy = (statefulset.value.get("spec") or {}).get("updateStrategy")
    if strategy and strategy.get("type") == "OnDelete" and strategy.get("rollingUpdate") is not None:
        yield statefulset.at("spec", "updateStrategy", "rollingUpdate").found(
            "rollingUpdate cannot be set with type OnDelete",
            help="remove rollingUpdate, or write type: RollingUpdate",
            key=True,
        )
