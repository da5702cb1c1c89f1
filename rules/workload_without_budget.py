"""A workload with several replicas and no PodDisruptionBudget.

When nodes are drained one after the other, or an autoscaler packs pods closer, all replicas may be evicted at the
same time.

Add a PodDisruptionBudget with `maxUnavailable: 1` that selects the pods. Only where the whole set is known.

See https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Deployment, DisruptionBudget, Findings, StatefulSet, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(workload: Deployment | StatefulSet, cluster: Cluster) -> Findings:
    """Find workloads of at least two replicas whose pods no budget selects."""
    if not cluster.complete or serving.replicas(workload, cluster) < 2:
        return
    if any(
        True for _ in cluster.choosing(DisruptionBudget, workload.pod.labels, workload.namespace, "spec", "selector")
    ):
        return
    yield workload.spec["replicas"].found(
        f"no PodDisruptionBudget selects the pods of this {workload.kind}",
        consequence="a drain or an autoscaler may evict all replicas at once",
        help="add a PodDisruptionBudget with maxUnavailable: 1",
    )
