"""A pod and its volume that are bound to different nodes or zones.

A PersistentVolume with nodeAffinity (a local disk, a disk of one zone) can be used on the matching nodes only. A pod
whose nodeSelector asks for others stays Pending: "node(s) didn't match PersistentVolume's node affinity".

Ask for the nodes of the volume, or let the volume's affinity place the pod: it does so by itself.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, Workload, is_beside, rule, sure_target
from kubetrial.lint.objects.node_choice import excluded


@rule(Category.BROKEN, needs=("nodeSelector",))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """A nodeSelector against the node affinity of the volume that the pod's claim names, or that names the claim."""
    pod = workload.pod
    selector = pod.get("nodeSelector")
    if not selector or not pod.get("volumes") or not cluster.kind("", "PersistentVolume"):
        return
    for volume in pod["volumes"].items():
        name = volume["persistentVolumeClaim"].get("claimName")
        claim = sure_target(cluster, workload, "PersistentVolumeClaim", name) if name else None
        bound = None if claim is None else volume_of(claim, cluster)
        if bound is None or not is_beside(cluster, workload, bound):
            continue
        terms = bound.at("spec", "nodeAffinity", "required", "nodeSelectorTerms")
        reasons = [excluded(term.get("matchExpressions") or (), selector) for term in terms.items()]
        if reasons and all(reasons):
            yield pod["nodeSelector"].found(
                f"these nodes cannot reach the volume {bound.name}: {reasons[0].replace('the affinity', 'the volume')}",
                key=True,
                consequence="the pod stays Pending: node(s) didn't match PersistentVolume's node affinity",
                help="ask for the nodes of the volume, or remove the nodeSelector",
                related=((f"the volume {bound.name}", terms),),
            )
            return


def volume_of(claim: Object, cluster: Cluster) -> Object | None:
    """The volume of the set that a claim names, or that is reserved for it."""
    name = claim["spec"].get("volumeName")
    if name:
        return cluster.get("", "PersistentVolume", "", name)
    return cluster.once(_reserved).get((claim.namespace or "default", claim.name))


def _reserved(cluster: Cluster) -> dict[tuple[str, str], Object]:
    """(namespace, name) of a claim -> the volume that is reserved for it."""
    reserved: dict[tuple[str, str], Object] = {}
    for volume in cluster.kind("", "PersistentVolume"):
        reference = volume["spec"]["claimRef"]
        reserved.setdefault((str(reference.get("namespace", "default")), str(reference.get("name"))), volume)
    return reserved
