"""An object that the garbage collector removes, because its owner is nobody.

An owner is known by its `uid`, which the API server makes anew for each object; one that was copied from another
cluster, or from an object that was made again, belongs to nobody. An owner in another namespace is nobody too. The
garbage collector deletes objects all of whose owners are gone, a moment after they are applied.

Leave `ownerReferences` out of manifests: controllers write them.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    CLUSTER_SCOPED,
    Category,
    Cluster,
    Findings,
    Metadata,
    Object,
    named,
    resolve,
    rule,
    unresolved,
)

_CONSEQUENCE = "the garbage collector deletes the object soon after it is applied"


@rule(Category.BROKEN, needs=("ownerReferences",))
def check(metadata: Metadata, cluster: Cluster) -> Findings:
    """Owners that the set makes, whose uid nobody can know yet; owners in another namespace; and those that are nowhere."""
    owners = metadata.value.get("ownerReferences") if metadata.value else None
    obj = metadata.root
    if not owners or not metadata.of_object or not isinstance(obj, Object) or metadata.get("uid"):
        return  # an object with a uid is a copy of what a cluster holds, and not applied
    for index, owner in enumerate(owners):
        kind, name, uid = ((owner or {}).get(key) or "" for key in ("kind", "name", "uid"))
        group = ((owner or {}).get("apiVersion") or "").rpartition("/")[0]
        reference = resolve(cluster, obj, group, kind, name)
        target = reference.target or reference.elsewhere
        if reference.close is not None or (cluster.closed_world and reference.missing):
            yield unresolved(metadata["ownerReferences"][index]["name"], reference, kind, name, _CONSEQUENCE)
        if target is None or (reference.target is not None and not reference.sure) or kind in CLUSTER_SCOPED:
            continue
        if target["metadata"].get("uid") == uid and reference.elsewhere is None:
            continue
        if reference.elsewhere is not None:
            message = f"the owner {kind} {name} is in the namespace {target.namespace}, and owners work in one only"
        else:
            message = f"the {kind} {name} gets another uid than {uid} when it is made, so it does not own this object"
        yield metadata["ownerReferences"][index]["uid"].found(
            message,
            consequence=_CONSEQUENCE,
            help="leave ownerReferences out",
            related=(named(target),),
        )
