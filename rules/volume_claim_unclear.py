"""A claim that does not say how much, or what, it asks for.

A claim requests an amount of storage above zero; ReadWriteOncePod stands alone among its access modes; `dataSource`
and `dataSourceRef` name the same thing, fully. The API server refuses any other claim.

Write `resources.requests.storage`, one kind of access, and dataSourceRef alone.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, PersistentVolumeClaimSpec, rule
from kubetrial.lint.values import names, quantity
from kubetrial.lint.values.listed import article
from kubetrial.lint.values.respelled import instead

_GROUPS_READ = 29
"""The first minor whose server looks at the form of a source's apiGroup."""


@rule(Category.REJECTED)
def check(claim: PersistentVolumeClaimSpec, cluster: Cluster) -> Findings:
    """Find incomplete and contradicting claims; follows ValidatePersistentVolumeClaimSpec in core/validation."""
    values = claim.mapping()
    storage = ((values.get("resources") or {}).get("requests") or {}).get("storage")
    node = claim.at("resources", "requests", "storage")
    if storage is None:
        if "storage" not in ((values.get("resources") or {}).get("requests") or {}):
            yield node.found("the claim requests no storage", help="write `resources.requests.storage`")
        else:
            yield node.found("the claim requests an amount of null, which is zero", help="write an amount such as 10Gi")
    elif quantity.parse(storage).unscaled <= 0:
        yield node.found(
            f"the claim requests {storage} of storage; the amount must be above zero",
            help="write an amount such as 10Gi",
        )
    modes = values.get("accessModes") or []
    if "ReadWriteOncePod" in modes and any(
        mode in ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany") for mode in modes
    ):
        yield claim["accessModes"].found(
            "ReadWriteOncePod stands alone among access modes", help="remove the others", key=True
        )
    if values.get("dataSource") is not None or values.get("dataSourceRef") is not None:
        strict = cluster.minor >= _GROUPS_READ
        yield from _sources(claim, values.get("dataSource"), values.get("dataSourceRef"), strict)


def _sources(
    claim: PersistentVolumeClaimSpec, source: dict[str, Any] | None, other: dict[str, Any] | None, strict: bool
) -> Findings:
    is_claim = claim.parent is not None and claim.parent.parent is None
    if other is not None and other.get("namespace") and is_claim:
        other = None  # references to other namespaces are an alpha feature: the server drops them unread
    if source is not None and other is None and is_claim and not _is_usual(source):
        return  # the server drops this one unread
    if source is not None:
        yield from _reference(claim["dataSource"], source, strict)
    if other is not None:
        yield from _reference(claim["dataSourceRef"], other, strict)
        if other.get("namespace") and (reason := names.dns_label(other["namespace"])):
            yield claim["dataSourceRef"]["namespace"].found(
                f"namespace is `{other['namespace']}`: {reason}",
                help=instead(other["namespace"], names.dns_label),
            )
    if source is None or other is None:
        return
    same = all(source.get(field) == other.get(field) for field in ("apiGroup", "kind", "name"))
    if other.get("namespace"):
        yield claim["dataSource"].found(
            "dataSourceRef names another namespace, which dataSource cannot",
            help="remove dataSource",
            path=claim.path,
            key=True,
        )
    elif not same:
        yield claim["dataSource"].found(
            "dataSource and dataSourceRef name different things", help="remove dataSource", path=claim.path, key=True
        )


def _is_usual(source: dict[str, Any]) -> bool:
    what = (source.get("kind"), source.get("apiGroup") or "")
    return what in (("PersistentVolumeClaim", ""), ("VolumeSnapshot", "snapshot.storage.k8s.io"))


def _reference(node: Node, values: dict[str, Any], strict: bool) -> Findings:
    group, kind = values.get("apiGroup") or "", values.get("kind") or ""
    for field in ("kind", "name"):
        if not values.get(field):
            yield node[field].found(f"`{field}` is missing in {node.key}", help=f"write `{field}`")
    if not group and kind and kind != "PersistentVolumeClaim":
        yield node.found(
            f"{article(str(kind))} {kind} needs its `apiGroup`; without one only a PersistentVolumeClaim is meant",
            help="write apiGroup",
            key=True,
        )
    if group and strict and (reason := names.dns_subdomain(group)):
        yield node["apiGroup"].found(f"apiGroup is `{group}`: {reason}", help=instead(group, names.dns_subdomain))
