"""Paths that the sources of a projected volume write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OWN_PATHS = (
    ("serviceAccountToken", "path"),
    ("clusterTrustBundle", "path"),
    ("podCertificate", "credentialBundlePath"),
    ("podCertificate", "keyPath"),
    ("podCertificate", "certificateChainPath"),
)


def projected_paths(source: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(place below the source, path) of every file that one source of a projected volume makes."""
    for name in ("secret", "configMap", "downwardAPI"):
        for index, item in enumerate((source.get(name) or {}).get("items") or ()):
            if item and item.get("path"):
                yield (name, "items", index, "path"), item["path"]
    for name, field in _OWN_PATHS:
        path = (source.get(name) or {}).get(field)
        if path:
            yield (name, field), path
