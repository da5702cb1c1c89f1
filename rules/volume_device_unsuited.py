"""A container wants a volume as a device that is no claim, or wants it twice.

Only a persistentVolumeClaim or an ephemeral volume can be a raw block device. Within a container, each volume and
each path of `volumeDevices` stands once, and not in `volumeMounts` too. The API server refuses the pod.

Mount other volumes with volumeMounts.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#raw-block-volume-support
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.REJECTED, needs=("volumeDevices",))
def check(container: Container) -> Findings:
    """Find devices that cannot be; follows ValidateVolumeDevices in pkg/apis/core/validation."""
    devices = container.value.get("volumeDevices")
    if not devices:
        return
    mounts = {m.get("name") or "": m.get("mountPath") or "" for m in container.value.get("volumeMounts") or () if m}
    pod = container.pod
    claims = pod.claim_names()
    names, paths = set(), set()
    for index, device in enumerate(devices):
        name, path = (device or {}).get("name"), (device or {}).get("devicePath")
        node = container["volumeDevices"][index]
        if name:
            if name in names:
                yield node["name"].found(
                    f"the volume `{name}` stands twice in volumeDevices", help="remove one of the two"
                )
            if name not in claims and name in pod.volume_names():
                yield node["name"].found(
                    f"the volume `{name}` is no claim; only claims and ephemeral volumes can be block devices",
                    help="mount it with volumeMounts",
                )
            if name in mounts:
                yield node["name"].found(f"the volume `{name}` is in volumeMounts too", help="keep one of the two")
            names.add(name)
        if path:
            if path in paths:
                yield node["devicePath"].found(
                    f"the path `{path}` stands twice in volumeDevices", help="give each device its own path"
                )
            if path in mounts.values():
                yield node["devicePath"].found(
                    f"the path `{path}` is in volumeMounts too", help="give the two their own paths"
                )
            if ".." not in path.split("/"):
                paths.add(path)
