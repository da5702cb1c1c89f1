"""The number of devices does not fit the way they are allocated.

`allocationMode: All` takes every device that matches, so a `count` beside it is refused; with ExactCount (the
default) the count is above zero.

Remove `count`, or write `allocationMode: ExactCount`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceAmount, Findings, rule


@rule(Category.REJECTED, needs=("count",))
def check(amount: DeviceAmount) -> Findings:
    """Find counts that mean nothing."""
    count = amount.mapping().get("count")
    if not count:
        return
    mode = amount.get("allocationMode") or "ExactCount"
    if mode == "All":
        yield amount["count"].found(
            f"count {count} cannot stand beside allocationMode All", help="remove it, or write ExactCount", key=True
        )
    elif mode == "ExactCount" and count < 0:
        yield amount["count"].found(f"count is {count}; it must be above zero", help="write 1 or more")
