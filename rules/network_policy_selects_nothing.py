"""A NetworkPolicy whose selector matches no pod of the manifests.

The policy protects nothing: where no other policy selects the pods that it was written for, all their traffic stays
allowed, and nothing says so.

Write the labels of the pod template (`spec.template.metadata.labels`), in the same namespace; an empty `podSelector`
means all pods of the namespace.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, LabelSelector, NetworkPolicy, missed, rule


@rule(Category.RISKY)
def check(policy: NetworkPolicy, cluster: Cluster) -> Findings:
    """A selector that misses the pods it was meant for, or has no pods beside other pods."""
    yield from missed(
        cluster,
        policy,
        policy["spec"]["podSelector"].view(LabelSelector),
        f"the NetworkPolicy {policy.name}",
        "the policy applies to no pod: the traffic that it should stop goes on",
    )
