"""A NetworkPolicy that allows traffic from or to pods which do not exist.

A peer with `podSelector` alone means pods of the policy's own namespace. Where none has the labels, the rule allows
nothing, and connections that it was written for hang until they time out. Pods of another namespace need a
`namespaceSelector` in the same peer.

Write the labels of the pod template, or add a `namespaceSelector`.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    LabelSelector,
    NetworkPolicy,
    NetworkPolicyPeer,
    missed,
    rule,
)


@rule(Category.RISKY, needs=("podSelector",))
def check(peer: NetworkPolicyPeer, cluster: Cluster) -> Findings:
    """Peers of the policy's own namespace whose labels no pod has."""
    policy = peer.root
    if (
        not isinstance(policy, NetworkPolicy)
        or not peer.get("podSelector")
        or peer.get("namespaceSelector") is not None
    ):
        return
    selector = peer["podSelector"].view(LabelSelector)
    consequence = "connections that this peer should allow are dropped: they hang until they time out"
    yield from missed(cluster, policy, selector, f"a peer of the NetworkPolicy {policy.name}", consequence, peer=True)
