"""Whether a claim gets a PersistentVolume; follows FindMatchingVolume, checkVolumeSatisfyClaim and syncUnboundClaim.

Claims and volumes are plain objects, with the server's defaults or as they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from kubetrial.lint.facts import selectors
from kubetrial.lint.facts.resources import thousandths

OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
"""The annotation that named the class before there was a field; it still goes before the field."""

Misfit = Literal[
    "claimRef", "storage", "storageClassName", "volumeAttributesClassName", "volumeMode", "accessModes", "selector"
]
"""In what a volume does not satisfy a claim."""

_Object = Mapping[str, Any]


def class_of(obj: _Object) -> str | None:
    """The class of a claim or volume; None where it names none (a claim then gets the default class, if there is one)."""
    annotations = _metadata(obj).get("annotations")
    named = annotations.get(OLD_CLASS) if isinstance(annotations, Mapping) else None
    return str(named) if named else _spec(obj).get("storageClassName")


def is_reserved(volume: _Object) -> bool:
    """Whether a volume is for one claim only."""
    return bool((_spec(volume).get("claimRef") or {}).get("name"))


def is_for(volume: _Object, claim: _Object) -> bool:
    """Whether a reserved volume is for this claim (IsVolumeBoundToClaim, but for the uid)."""
    meant, metadata = _spec(volume).get("claimRef") or {}, _metadata(claim)
    return meant.get("name") == metadata.get("name") and (meant.get("namespace") or "") == (
        metadata.get("namespace") or "default"
    )


def misfit(volume: _Object, claim: _Object, *, any_class: bool = False) -> Misfit | None:
    """The first thing because of which a claim does not get a volume; None where it may.

    A volume that is reserved for the claim is taken whatever its class and labels, and where the claim names it too, whatever it
    is; one that the claim names, whatever its labels. With `any_class` a claim without a class takes one of any: the default
    class may turn out to be that of the volume.
    """
    own, wanted = _spec(volume), _spec(claim)
    reserved, named = is_reserved(volume), bool(wanted.get("volumeName"))
    if reserved and not is_for(volume, claim):
        return "claimRef"
    if reserved and named:
        return None
    if thousandths((own.get("capacity") or {}).get("storage", 0)) < asked(wanted):
        return "storage"
    classes = class_of(claim), class_of(volume) or ""
    if not reserved and not (any_class and classes[0] is None) and (classes[0] or "") != classes[1]:
        return "storageClassName"
    if (own.get("volumeAttributesClassName") or "") != (wanted.get("volumeAttributesClassName") or ""):
        return "volumeAttributesClassName"
    if (own.get("volumeMode") or "Filesystem") != (wanted.get("volumeMode") or "Filesystem"):
        return "volumeMode"
    if lacking_modes(volume, claim):
        return "accessModes"
    if not (reserved or named) and not selectors.matches(
        wanted.get("selector") or {}, _metadata(volume).get("labels") or {}
    ):
        return "selector"
    return None


def lacking_modes(volume: _Object, claim: _Object) -> list[str]:
    """The access modes that a claim asks for and a volume does not offer."""
    return sorted(
        {str(mode) for mode in _spec(claim).get("accessModes") or ()} - set(_spec(volume).get("accessModes") or ())
    )


def asked(spec: Mapping[str, Any]) -> int:
    """The size that a claim's spec asks for, in thousandths of a byte."""
    return thousandths(((spec.get("resources") or {}).get("requests") or {}).get("storage", 0))


def _metadata(obj: _Object) -> Mapping[str, Any]:
    metadata = obj.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def _spec(obj: _Object) -> Mapping[str, Any]:
    spec = obj.get("spec")
    return spec if isinstance(spec, Mapping) else {}
