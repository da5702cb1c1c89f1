"""A spread over nodes that counts nodes which the pods cannot use.

With DoNotSchedule over kubernetes.io/hostname every node is a domain, also one whose taint the pods do not tolerate,
such as a node of the control plane: it has 0 pods, so no other node may have more than `maxSkew`, and the rest of the
replicas stays Pending.

Write `nodeTaintsPolicy: Honor`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Deployment, Findings, ReplicaSet, StatefulSet, rule
from kubetrial.lint.facts.selectors import tolerates
from kubetrial.lint.objects import serving
from kubetrial.lint.objects.pod_terms import spread_constraints

_TAINT = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


@rule(Category.ADVICE)
def check(workload: Deployment | StatefulSet | ReplicaSet, cluster: Cluster) -> Findings:
    """Follows podtopologyspread (nodeTaintsPolicy is Ignore by default); a node selection leaves such nodes out already."""
    pod = workload.pod
    if not pod.get("topologySpreadConstraints") or pod.get("nodeSelector") or pod["affinity"].get("nodeAffinity"):
        return
    if any(tolerates(t.value, _TAINT) for t in pod["tolerations"].items() if isinstance(t.value, dict)):
        return
    replicas = serving.replicas(workload, cluster)
    for constraint in spread_constraints(pod):
        skew = constraint.get("maxSkew", 1)
        if constraint.get("topologyKey") != "kubernetes.io/hostname" or not isinstance(skew, int):
            continue
        if constraint.get("whenUnsatisfiable", "DoNotSchedule") != "DoNotSchedule" or replicas <= skew:
            continue
        if constraint.get("nodeTaintsPolicy") != "Honor":
            policy = constraint["nodeTaintsPolicy"]
            yield (policy if policy.present else constraint["whenUnsatisfiable"]).found(
                f"the spread of {workload.name} counts nodes whose taints its pods do not tolerate, such as the control plane",
                key=True,
                consequence=f"such a node has 0 pods, so no other takes more than {skew} (maxSkew): the rest stays Pending",
                help="write nodeTaintsPolicy: Honor",
            )
