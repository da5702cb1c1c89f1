"""A partition that keeps every pod from being updated.

A rolling update replaces only pods whose index is at or above `partition` (indexes count from 0, whatever ordinals.start says). With
a partition of replicas or more a new template never reaches a pod, and the set says nothing about it.

Lower the partition to go on with the update, or remove it.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule


@rule(Category.RISKY, needs=("updateStrategy",))
def check(statefulset: StatefulSet) -> Findings:
    """The partition is at or above the number of replicas."""
    partition = statefulset.spec["updateStrategy"]["rollingUpdate"]["partition"]
    replicas = statefulset.replicas
    if isinstance(partition.value, int) and partition.value >= replicas > 0:
        yield partition.found(
            f"partition {partition.value} with {replicas} replicas means that no pod gets a new template",
            consequence="updates are accepted and roll out to nothing",
            help=f"write less than {replicas}, or remove it",
        )
