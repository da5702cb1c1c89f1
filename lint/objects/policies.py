"""What the NetworkPolicies of a set let through, as far as the manifests show it."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.references import sure_of
from kubetrial.lint.objects.selections import workloads_of
from kubetrial.lint.objects.views import LabelSelector, NetworkPolicy, Workload
from kubetrial.lint.yaml.node import Node


def restricts(policy: NetworkPolicy, direction: str) -> bool:
    """Whether a policy is about "Ingress" or "Egress": by its policyTypes, or as the server fills them in."""
    spec = policy["spec"]
    types = spec.get("policyTypes")
    if isinstance(types, list) and types:
        return direction in types
    return direction == "Ingress" or bool(spec.get("egress"))


def selected(policy: NetworkPolicy, cluster: Cluster) -> list[Workload]:
    """The workloads whose pods a policy certainly selects."""
    selector = policy["spec"]["podSelector"].view(LabelSelector)
    return sure_of(cluster, policy, workloads_of(cluster, policy, selector))


def policies_of(workload: Workload, cluster: Cluster, direction: str) -> list[NetworkPolicy]:
    """The policies that select the pods of a workload and restrict a direction: what one of them allows is allowed."""
    found = cluster.choosing(NetworkPolicy, workload.pod.labels, workload.namespace, "spec", "podSelector")
    return [policy for policy in found if restricts(policy, direction)]


def may_be_allowed_elsewhere(workload: Workload, cluster: Cluster) -> bool:
    """Whether a policy of a network plugin, such as a CiliumNetworkPolicy, may allow egress of the pods: what either allows is allowed."""
    return not cluster.once(_spaces_of_plugins).isdisjoint(("", workload.namespace))


def _spaces_of_plugins(cluster: Cluster) -> frozenset[str]:
    """The namespaces for which policies of network plugins say something of egress; "" for all of them."""
    return frozenset(
        obj.namespace
        for group, kind in cluster.kinds()
        if kind.endswith("NetworkPolicy")
        for obj in cluster.kind(group, kind)
        if not isinstance(obj, NetworkPolicy) and (obj["spec"].get("egress") or obj.get("specs"))
    )


def rules_of(policy: NetworkPolicy, direction: str) -> Iterator[Node]:
    """The rules of a direction."""
    return policy["spec"][direction.lower()].items()


def covers(port: Node, number: int, protocol: str) -> bool:
    """Whether one entry of `ports` lets a port through; one without a number is all ports of its protocol."""
    if str(port.get("protocol") or "TCP") != protocol:
        return False
    first, last = port.get("port"), port.get("endPort")
    if first is None:
        return True
    if not isinstance(first, int):
        return False
    return first <= number <= (last if isinstance(last, int) else first)
