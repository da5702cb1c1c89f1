"""ReadWriteOncePod stands beside other access modes.

ReadWriteOncePod promises that a single pod uses the volume, which no other mode keeps, so the API server refuses the
mix.

Write ReadWriteOncePod alone, or remove it.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeSpec, rule


@rule(Category.REJECTED, needs=("accessModes",))
def check(spec: PersistentVolumeSpec) -> Findings:
    """Find volumes of one pod and of several."""
    modes = spec.mapping().get("accessModes") or ()
    if "ReadWriteOncePod" not in modes:
        return
    others = [mode for mode in modes if mode in ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")]
    if others:
        yield spec["accessModes"].found(
            f"ReadWriteOncePod cannot stand beside {others[0]}", help="write ReadWriteOncePod alone, or remove it"
        )
