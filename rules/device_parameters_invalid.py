"""The parameters for a device's driver are no mapping, or too large.

`opaque.parameters` is an object of the driver's own, with apiVersion and kind, of at most 10 KiB; the API server
refuses other values.

Write a mapping, as the driver's documentation shows it.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceParameters, Findings, rule

_MOST = 10 * 1024


@rule(Category.REJECTED, needs=("parameters",))
def check(config: DeviceParameters) -> Findings:
    """Find parameters that no driver gets."""
    value = config.mapping().get("parameters")
    if value is None:
        return
    if not isinstance(value, dict):
        yield config["parameters"].found("parameters must be a mapping", help="write the driver's object")
        return
    import json

    size = len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > _MOST:
        yield config["parameters"].found(
            f"parameters have {size} bytes as JSON; {_MOST} are allowed",
            help="shorten them, or let the driver read them from a ConfigMap",
            key=True,
        )
