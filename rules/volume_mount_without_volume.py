"""A container mounts a volume that its pod does not have.

`volumeMounts` and `volumeDevices` name entries of the pod's `volumes`; in a StatefulSet also of its
volumeClaimTemplates. The API server refuses the pod.

Add the volume, or write the name that stands there.

See https://kubernetes.io/docs/concepts/storage/volumes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, nearest, rule


@rule(Category.REJECTED, needs=("volumeDevices", "volumeMounts"))
def check(pod: PodSpec) -> Findings:
    """Find mounts that name no volume; follows ValidateVolumeMounts and ValidateVolumeDevices."""
    values = pod.mapping()
    known: set[str] | None = None
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(values.get(group) or ()):
            if not container:
                continue
            for field in ("volumeMounts", "volumeDevices"):
                for position, mount in enumerate(container.get(field) or ()):
                    name = mount.get("name") if mount else None
                    if not name:
                        continue
                    if known is None:
                        known = pod.volume_names()
                    if name in known:
                        continue
                    close = nearest(name, known)
                    yield pod[group][index][field][position]["name"].found(
                        f"the pod has no volume `{name}`" + (f"; it has {', '.join(sorted(known))}" if known else ""),
                        help=f"write `{close}`" if close else "add it to the pod's volumes",
                    )
