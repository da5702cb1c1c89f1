"""A request for devices is neither exact nor a list of alternatives, or it is both.

A request has `exactly` (one class of devices) or `firstAvailable` (alternatives in order); a `count` goes with
`allocationMode: ExactCount`, and `All` takes none. The API server refuses the rest.

Write `exactly: {deviceClassName: ...}`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#resourceclaims-templates
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceRequest, Findings, rule


@rule(Category.REJECTED)
def check(request: DeviceRequest) -> Findings:
    """Find requests that no device can answer; follows validateDeviceRequest."""
    values = request.mapping()
    exactly, alternatives = values.get("exactly"), values.get("firstAvailable")
    if exactly is None and not alternatives:
        yield request.found(
            "the request has neither `exactly` nor `firstAvailable`", help="write `exactly: {deviceClassName: ...}`"
        )
    elif exactly is not None and alternatives:
        yield request["firstAvailable"].found(
            "the request has both `exactly` and `firstAvailable`",
            help="keep one of the two",
            key=True,
            path=request.path,
        )
