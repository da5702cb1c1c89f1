"""Fields of a volume mount that exclude one another.

`subPath` and `subPathExpr` cannot stand together. `recursiveReadOnly` needs `readOnly: true` and no mount
propagation. A volume or path of `volumeMounts` cannot also be in `volumeDevices` of the same container. The API
server refuses the pod.

Keep one of the two; for recursiveReadOnly add `readOnly: true`.

See https://kubernetes.io/docs/concepts/storage/volumes/#read-only-mounts
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Container, Findings, Node, rule


@rule(Category.REJECTED, needs=("volumeMounts",))
def check(container: Container) -> Findings:
    """Find mounts that contradict themselves; follows ValidateVolumeMounts in pkg/apis/core/validation."""
    mounts = container.value.get("volumeMounts")
    if not mounts:
        return
    devices = {d.get("name") or "": d.get("devicePath") or "" for d in container.value.get("volumeDevices") or () if d}
    for index, mount in enumerate(mounts):
        if not mount:
            continue
        if mount.get("subPathExpr") and mount.get("subPath"):
            yield container["volumeMounts"][index]["subPathExpr"].found(
                "`subPathExpr` and `subPath` exclude one another", help="keep one of the two", key=True
            )
        if mount.get("recursiveReadOnly") in ("Enabled", "IfPossible"):
            yield from _read_only(container["volumeMounts"][index], mount)
        if devices and mount.get("name") in devices:
            yield container["volumeMounts"][index]["name"].found(
                f"the volume `{mount['name']}` is mounted and given as a device too",
                help="keep it in volumeMounts or in volumeDevices",
            )
        if devices and mount.get("mountPath") in devices.values():
            yield container["volumeMounts"][index]["mountPath"].found(
                f"`{mount['mountPath']}` is the path of a device too", help="give the two their own paths"
            )


def _read_only(node: Node, mount: dict[str, Any]) -> Findings:
    said = f"recursiveReadOnly {mount['recursiveReadOnly']}"
    if not mount.get("readOnly"):
        yield node["recursiveReadOnly"].found(f"{said} needs `readOnly: true` beside it", help="add `readOnly: true`")
    propagation = mount.get("mountPropagation")
    if propagation not in (None, "None"):
        yield node["recursiveReadOnly"].found(
            f"{said} and mountPropagation {propagation} exclude one another",
            help="remove one of the two",
            related=(("mountPropagation", node["mountPropagation"]),),
        )
