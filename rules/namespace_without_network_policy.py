"""A namespace with workloads and no NetworkPolicy: everybody may talk to everybody.

Without a NetworkPolicy every pod of the cluster reaches every port of the pods, databases among them. Whoever
breaks into one reaches the others.

Add a NetworkPolicy that refuses incoming traffic to all pods (`podSelector: {}`), and one for each path that is
needed. Said once a namespace, and only where the whole set is known and some namespace has a policy or a Namespace
object.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Namespace, NetworkPolicy, Workload, rule

_OTHERS = (
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "GlobalNetworkPolicy",
    "AdminNetworkPolicy",
    "AuthorizationPolicy",
)


@rule(Category.SECURITY)
def check(cluster: Cluster) -> Findings:
    """Find Namespace objects of the set whose workloads no policy covers."""
    if not cluster.complete or any(obj.kind in _OTHERS for obj in cluster.objects):
        return
    covered = {policy.namespace for policy in cluster.all(NetworkPolicy)}
    used = {workload.namespace for workload in cluster.all(Workload)}
    for namespace in cluster.all(Namespace):
        if namespace.name in used and namespace.name not in covered:
            yield namespace["metadata"]["name"].found(
                f"no NetworkPolicy covers the namespace {namespace.name}",
                consequence="every pod of the cluster reaches every port of its pods",
                help="add a NetworkPolicy that refuses incoming traffic, and one for each path that is needed",
            )
