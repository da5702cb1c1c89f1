"""Topology spread constraints that contradict themselves or one another.

There is one constraint for each pair of `topologyKey` and `whenUnsatisfiable`; `minDomains` counts only with
DoNotSchedule; a label in `matchLabelKeys` needs a labelSelector and cannot be in it too. The API server refuses the
pod.

Merge constraints on the same pair, and write minDomains only where unsatisfiable pods wait.

See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#topologyspreadconstraints-field
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.objects.label_keys import contradictions, own_labels


@rule(Category.REJECTED)
def check(pod: PodSpec) -> Findings:
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
            yield from contradictions(one, own_labels(one))
