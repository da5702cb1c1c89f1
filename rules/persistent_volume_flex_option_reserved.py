"""An option of a FlexVolume uses a reserved name.

Options under kubernetes.io and k8s.io are set by the kubelet, so the API server refuses them in a manifest.

Remove the option, or write the driver's own name for it.

See https://kubernetes.io/docs/concepts/storage/volumes/#flexvolume
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeSpec, rule


@rule(Category.REJECTED, needs=("flexVolume",))
def check(spec: PersistentVolumeSpec) -> Findings:
    """Find options that the kubelet owns."""
    for key in (spec.mapping().get("flexVolume") or {}).get("options") or ():
        domain = "." + key.partition("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            yield spec["flexVolume"]["options"][key].found(
                f"the option `{key}` has a reserved name", help="remove it", key=True
            )
