"""A ResourceSlice has too many devices, or a device too many attributes.

A slice holds 128 devices, or 64 when any has taints or consumes counters; a device has 32 attributes and capacities.
The API server refuses more.

Spread the devices over several slices of the same pool.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceSlice, rule


@rule(Category.REJECTED, needs=("devices",))
def check(part: ResourceSlice) -> Findings:
    """Find slices and devices over their limits."""
    devices = [device or {} for device in (part.mapping().get("spec") or {}).get("devices") or ()]
    most = 64 if any(device.get("taints") or device.get("consumesCounters") for device in devices) else 128
    if len(devices) > most:
        yield part["spec"]["devices"].found(
            f"the slice has {len(devices)} devices; {most} are allowed", help="write several slices", key=True
        )
        return
    for index, device in enumerate(devices):
        size = len(device.get("attributes") or ()) + len(device.get("capacity") or ())
        if size > 32:
            yield part.at("spec", "devices", index).found(
                f"the device has {size} attributes and capacities; 32 are allowed", help=f"remove {size - 32} of them"
            )
