"""Several replicas that may all run on the same node.

The scheduler spreads them only as a preference: on a busy cluster two replicas land on one node, and its failure
stops both.

Add `topologySpreadConstraints` over `kubernetes.io/hostname` (and zones), or a podAntiAffinity.

See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Deployment, Findings, StatefulSet, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(workload: Deployment | StatefulSet, cluster: Cluster) -> Findings:
    """Find workloads of at least two replicas with neither spread constraints nor anti-affinity."""
    if serving.replicas(workload, cluster) < 2:
        return
    pod = workload.pod
    if pod.get("topologySpreadConstraints") or (pod.get("affinity") or {}).get("podAntiAffinity"):
        return
    if any(port.get("hostPort") for c in pod.containers() for port in c.get("ports", ()) if port):
        return  # no two fit on a node
    yield pod["topologySpreadConstraints"].found(
        f"all replicas of this {workload.kind} may run on one node",
        consequence="the failure of that node stops all of them",
        help="add topologySpreadConstraints over kubernetes.io/hostname",
    )
