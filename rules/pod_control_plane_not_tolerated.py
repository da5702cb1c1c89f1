"""Pods that select control-plane nodes and do not tolerate their taint.

kubeadm taints these nodes with `node-role.kubernetes.io/control-plane:NoSchedule`. Pods that want to run there and do
not tolerate it find no node: they stay Pending, and a DaemonSet shows 0 of 0.

Write a toleration with the key and `operator: Exists`.

See https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule
from kubetrial.lint.facts.selectors import tolerates

_KEY = "node-role.kubernetes.io/control-plane"
_TAINT = {"key": _KEY, "effect": "NoSchedule"}


@rule(Category.RISKY, needs=("affinity", "nodeSelector"))
def check(pod: PodSpec) -> Findings:
    """The label in nodeSelector or in every required term of the node affinity; that nodes are tainted is kubeadm's way."""
    if not pod.get("nodeSelector") and not pod.get("affinity"):
        return
    wanted = _wanted(pod)
    if wanted is None or pod.get("nodeName"):
        return
    tolerations = [t.value for t in pod["tolerations"].items() if isinstance(t.value, dict)]
    if any(tolerates(t, _TAINT) for t in tolerations):
        return
    near = next((t for t in tolerations if t.get("key") == _KEY), None)
    but = (
        ""
        if near is None
        else f": the toleration asks for {_asked(near)}, and the taint is {_KEY}:NoSchedule without a value"
    )
    yield wanted.found(
        f"the pods select control-plane nodes and do not tolerate their taint{but}",
        consequence="no node takes them: they stay Pending, and a DaemonSet shows 0 of 0",
        help=f"write a toleration with key {_KEY} and operator: Exists",
        key=True,
    )


def _asked(toleration: Mapping[str, Any]) -> str:
    """What a toleration of the key asks for that the taint does not have."""
    if toleration.get("effect") not in (None, "", "NoSchedule"):
        return f"the effect {toleration['effect']}"
    return f"the value {toleration.get('value')}"


def _wanted(pod: PodSpec) -> Node | None:
    if pod["nodeSelector"][_KEY].present:
        return pod["nodeSelector"][_KEY]
    if not pod.get("affinity"):
        return None
    required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    found = [
        [e for e in term["matchExpressions"].items() if e.get("key") == _KEY and e.get("operator") in ("In", "Exists")]
        for term in required["nodeSelectorTerms"].items()
    ]
    return found[0][0]["key"] if found and all(found) else None
