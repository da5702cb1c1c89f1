"""A PersistentVolume without a usable capacity.

Claims are matched to volumes by size, so the API server needs `capacity` with `storage` alone, above zero.

Write `capacity: {storage: 10Gi}`.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#capacity
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolume, rule
from kubetrial.lint.values import quantity


@rule(Category.REJECTED)
def check(volume: PersistentVolume) -> Findings:
    """Find volumes that no claim can be compared with."""
    spec = volume.mapping().get("spec")
    if spec is None:
        return
    capacity = spec.get("capacity") or {}
    node = volume.at("spec", "capacity")
    if not capacity:
        yield node.found(
            "a PersistentVolume needs `capacity`", help="write `capacity: {storage: 10Gi}`", key=node.present
        )
    elif set(capacity) != {"storage"}:
        others = ", ".join(sorted(set(capacity) - {"storage"}))
        said = f"capacity has `{others}`; only `storage` counts" if others else "capacity has no `storage`"
        yield node.found(said, help="write `capacity: {storage: 10Gi}`", key=True)
    for name, amount in capacity.items():
        if amount is None or quantity.parse(amount).unscaled <= 0:
            yield node[name].found(
                f"capacity of {name} is {0 if amount is None else amount}; it must be above zero",
                help="write an amount such as 10Gi",
            )
