"""A StatefulSet whose update takes away more pods at once than a quorum can spare.

From Kubernetes 1.37 on `maxUnavailable` holds by default. An application that needs a majority of its members stops
when an update takes as many: of 3 replicas one may be away, of 5 two.

Write a maxUnavailable of at most (replicas - 1) / 2, or leave it out: the default is 1.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#maximum-unavailable-pods
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule
from kubetrial.lint.facts import rollouts


@rule(Category.RISKY, since=37, needs=("updateStrategy",))
def check(statefulset: StatefulSet) -> Findings:
    """At least 3 replicas with a claim of their own, and an update that takes half of them or more."""
    strategy = statefulset.spec["updateStrategy"]
    node = strategy["rollingUpdate"]["maxUnavailable"]
    replicas = statefulset.replicas
    if not node.present or replicas < 3 or not statefulset.spec.get("volumeClaimTemplates"):
        return
    away = rollouts.of_statefulset(strategy.mapping(), replicas)
    if away > (replicas - 1) // 2:
        yield node.found(
            f"an update takes {min(away, replicas)} of {replicas} pods at once, and a quorum can spare "
            f"{(replicas - 1) // 2}",
            consequence="an application that needs a majority stops serving during every update",
            help=f"write at most {(replicas - 1) // 2}",
        )
