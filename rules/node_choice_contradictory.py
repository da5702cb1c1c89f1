"""A pod that asks for nodes which cannot exist: nodeSelector and affinity contradict.

A node must match every label of `nodeSelector` and one term of the required node affinity. Where each term excludes
what the nodeSelector asks for, no node ever matches: pods stay Pending ("didn't match Pod's node affinity/selector"),
a DaemonSet reports 0 desired pods and says nothing.

Ask for the nodes in one of the two places.

See https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.objects.node_choice import excluded


@rule(Category.BROKEN, needs=("affinity",))
def check(pod: PodSpec) -> Findings:
    """All terms of the required affinity exclude a label of the selector, or contradict themselves."""
    affinity = pod.get("affinity")
    if not affinity or not affinity.get("nodeAffinity"):
        return
    required = pod.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    terms = list(required.items())
    selector = pod["nodeSelector"].mapping()
    reasons = [excluded(term.get("matchExpressions") or (), selector) for term in terms]
    if not terms or not all(reasons):
        return
    yield required.found(
        f"no node can match: {reasons[0]}",
        key=True,
        consequence="pods stay Pending for ever; a DaemonSet reports 0 desired pods",
        help="ask for the nodes in nodeSelector or in the affinity, not in both",
        related=(("the selector", pod["nodeSelector"]),) if selector else (),
    )
