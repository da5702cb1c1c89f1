"""A pod that the NetworkPolicies of its namespace leave out.

A NetworkPolicy protects only the pods that it selects. In a namespace that has policies a pod without one is mostly
forgotten: everybody reaches all its ports.

Add a policy with `podSelector: {}` that refuses incoming traffic to all pods, or one that selects this pod.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, NetworkPolicy, Workload, rule


@rule(Category.SECURITY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Find pods that no policy of their namespace selects, where there are policies at all."""
    if not cluster.complete:
        return
    policies = cluster.beside(workload, NetworkPolicy)
    if not policies or workload.pod.get("hostNetwork") is True:
        return
    chosen = cluster.choosing(NetworkPolicy, workload.pod.labels, workload.namespace, "spec", "podSelector")
    if any(True for _ in chosen):
        return
    yield workload["kind"].found(
        f"none of the {len(policies)} NetworkPolicies of the namespace selects the pods of this {workload.kind}",
        consequence="every pod of the cluster reaches every port of them",
        help="add a policy with podSelector: {}, or one that selects these pods",
    )
