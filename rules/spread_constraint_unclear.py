"""Topology spread constraints that contradict themselves or one another.

There is one constraint for each pair of `topologyKey` and `whenUnsatisfiable`; `minDomains` counts only with
DoNotSchedule; a label in `matchLabelKeys` needs a labelSelector and cannot be in it too. The API server refuses the
pod.

Merge constraints on the same pair, and write minDomains only where unsatisfiable pods wait.

See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#topologyspreadconstraints-field
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, PodSpec, rule
from kubetrial.lint.objects.label_keys import contradictions, own_labels

_MERGED_SINCE = 34
"""The first minor that merges matchLabelKeys into the selector (MatchLabelKeysInPodTopologySpreadSelectorMerge)."""


@rule(Category.REJECTED, needs=("topologySpreadConstraints",))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Find constraints that cannot stand; follows validateTopologySpreadConstraints in core/validation."""
    constraints = pod.mapping().get("topologySpreadConstraints")
    if not constraints:
        return
    node = pod["topologySpreadConstraints"]
    pairs = [((c or {}).get("topologyKey") or "", (c or {}).get("whenUnsatisfiable") or "") for c in constraints]
    for index, constraint in enumerate(constraints):
        key, action = pairs[index]
        one = node[index]
        if pairs[index] in pairs[index + 1 :]:
            later = node[pairs.index(pairs[index], index + 1)]
            yield one.found(
                f"two constraints spread over `{key}` with whenUnsatisfiable {action or 'missing'}",
                help="merge them, or spread over another topologyKey",
                related=(("the other one", later),),
            )
        if constraint and constraint.get("minDomains") is not None and action != "DoNotSchedule":
            yield one["minDomains"].found(
                f"minDomains counts only with whenUnsatisfiable DoNotSchedule; this constraint has {action or 'none'}",
                help="remove minDomains, or write DoNotSchedule",
            )
        if constraint and constraint.get("matchLabelKeys"):
            if cluster.minor < _MERGED_SINCE:
                yield from _chosen_twice(one, constraint)
            else:
                yield from contradictions(one, own_labels(one))


def _chosen_twice(one: Node, constraint: dict[str, Any]) -> Findings:
    selector = constraint.get("labelSelector")
    if selector is None:
        yield one["matchLabelKeys"].found(
            "matchLabelKeys adds to a labelSelector, and there is none",
            help="write a labelSelector, or remove matchLabelKeys",
            key=True,
        )
        return
    chosen = {(e or {}).get("key") for e in selector.get("matchExpressions") or ()}.union(
        selector.get("matchLabels") or ()
    )
    for index, key in enumerate(constraint["matchLabelKeys"]):
        if key in chosen:
            yield one["matchLabelKeys"][index].found(
                f"`{key}` stands in matchLabelKeys and in the labelSelector; before Kubernetes 1.{_MERGED_SINCE} it cannot",
                help="remove it from one of them",
            )
