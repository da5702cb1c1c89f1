"""A claim of a StorageClass that does not exist, or of none where there is no default.

A claim of a class that does not exist stays Pending with `ProvisioningFailed` (storageclass.storage.k8s.io "fast" not
found); one that names no class, in a cluster without a default class, with `FailedBinding` (no storage class is set).
Pods that mount it do not start, and a StatefulSet stops at its first pod.

Name a class of the cluster. Which it has stands in the configuration (`[cluster]`, `storage-classes`); without that,
only a name that is nearly the one of a class in the manifests is a finding, or in a closed world (`--closed-world`)
every one that is not in them.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#class-1
"""

from __future__ import annotations

import re
from typing import Any

from kubetrial.lint.authoring import (
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    Object,
    PersistentVolumeClaimSpec,
    nearest,
    rule,
)
from kubetrial.lint.values.listed import one_of

_OF_CLOUDS = frozenset(
    (
        "azurefile", "azurefile-csi", "azurefile-csi-premium", "azurefile-premium", "default", "do-block-storage", "gp2", "gp3", "hostpath",
        "linode-block-storage", "local-path", "local-storage", "managed", "managed-csi", "managed-csi-premium", "managed-premium",
        "microk8s-hostpath", "oci", "oci-bv", "premium-rwo", "standard", "standard-rwo",
    )
)  # fmt: skip
"""Classes that come with the clusters of a cloud or a distribution."""
_NUMBER = re.compile(r"\d+[a-f]?(?![a-z0-9])")
_WAITS = "the claim stays Pending, and pods that mount it do not start"


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaimSpec, cluster: Cluster) -> Findings:
    """Classes that are neither in the set nor in the profile; of volumes that are made by hand they need not exist."""
    name = claim.get("storageClassName")
    if claim.get("volumeName"):
        return
    known = cluster.profile.get("storage_classes")
    given = cluster.kind("storage.k8s.io", "StorageClass")
    if name is None:
        if known is not None and not cluster.profile.get("default_storage_class") and not any(map(_is_default, given)):
            yield claim["storageClassName"].found(
                "the claim names no class, and the configured cluster has no default class",
                consequence=f"FailedBinding: no storage class is set; {_WAITS}",
                help=f"write storageClassName: {next(iter(known), 'fast')}",
            )
        return
    if not isinstance(name, str) or not name or cluster.get("storage.k8s.io", "StorageClass", "", name) is not None:
        return
    if cluster.exists_outside("StorageClass", name) or cluster.has_volume_of(name):
        return
    if not cluster.closed_world and name in cluster.once(_of_charts):
        return
    names = cluster.once(_names)
    if known is not None and name in known:
        return
    close = nearest(name, names[:MOST_NAMES])
    is_slip = close is not None and name not in _OF_CLOUDS and not _is_beside(name, close)
    if known is None and not cluster.closed_world and not (is_slip and cluster.complete):
        return
    if close:
        help = f"write {close}"
    elif names:
        help = f"write {one_of(names)}"
    else:
        help = f"correct the name, add the StorageClass, or list storageclass/{name} as external in the configuration"
    yield claim["storageClassName"].found(
        f"there is no StorageClass {name}"
        + (" in the configured cluster" if known is not None else " in the manifests"),
        consequence=f'ProvisioningFailed: storageclass.storage.k8s.io "{name}" not found; {_WAITS}',
        help=help,
    )


def _is_beside(name: str, other: str) -> bool:
    """Whether two names are of one series: they differ in a number or in a zone (`fast-2a`, `fast-2b`), and nobody mistypes these."""
    return _NUMBER.sub("#", name) == _NUMBER.sub("#", other)


def _is_default(cls: Object) -> bool:
    return cls.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"


_MOST_VALUES = 100_000
_CHARTS = (
    ("helm.toolkit.fluxcd.io", "HelmRelease"),
    ("helm.cattle.io", "HelmChart"),
    ("argoproj.io", "Application"),
)


def _of_charts(cluster: Cluster) -> set[str]:
    """The names that charts of the set are given for something: a driver's chart makes its classes by a list of its values."""
    pending: list[Any] = [obj["spec"].value for kind in _CHARTS for obj in cluster.kind(*kind)]
    found: set[str] = set()
    for _ in range(_MOST_VALUES):
        if not pending:
            break
        value = pending.pop()
        if value.__class__ is dict:
            name = value.get("name")
            if name.__class__ is str:
                found.add(name)
            pending.extend(value.values())
        elif value.__class__ is list:
            pending.extend(value)
    return found


def _names(cluster: Cluster) -> list[str]:
    """The names of the classes of the set and of the profile."""
    given = cluster.kind("storage.k8s.io", "StorageClass")
    return sorted({*(cls.name for cls in given), *(cluster.profile.get("storage_classes") or ())})
