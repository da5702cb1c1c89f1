"""A toleration that asks a well-known taint for a value which it does not have.

kubeadm's taint of the control plane and the taints of Kubernetes itself (`node.kubernetes.io/...`) have no value.
A toleration with `operator: Equal` (the default) and a value such as `"true"` does not match them: these nodes get no
pod.

Write `operator: Exists` and no value.

See https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Toleration, rule

_KEYS = frozenset(
    (
        "node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable", "node.kubernetes.io/memory-pressure", "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/pid-pressure", "node.kubernetes.io/network-unavailable", "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/network-unavailable",
    )
)  # fmt: skip


@rule(Category.ADVICE, needs=("value",))
def check(toleration: Toleration) -> Findings:
    """Follows ToleratesTaint of k8s.io/api/core/v1; a distribution may set a value of its own."""
    key, value = toleration.get("key"), toleration.get("value")
    if key not in _KEYS or not value or toleration.get("operator", "Equal") != "Equal":
        return
    yield toleration["value"].found(
        f"the taint {key} has no value, so a toleration with the value {value} does not match it",
        consequence="nodes with this taint get no pod of this template",
        help="write operator: Exists, without a value",
    )
