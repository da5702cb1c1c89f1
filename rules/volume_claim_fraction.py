"""A claim on a fraction of a byte.

`storage: 100m` is a tenth of a byte: the unit for mebibytes is Mi. The API server takes the claim with a warning,
and the driver rounds it up to its smallest volume.

Write Mi or Gi.

See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeClaimSpec, rule
from kubetrial.lint.values import quantity


@rule(Category.RISKY)
def check(claim: PersistentVolumeClaimSpec) -> Findings:
    """Find fractions; follows the warnings of pkg/api/persistentvolumeclaim."""
    resources = claim.mapping().get("resources") or {}
    for side in ("requests", "limits"):
        storage = (resources.get(side) or {}).get("storage")
        if storage is not None and not quantity.parse(storage).passes_as_whole:
            yield claim["resources"][side]["storage"].found(
                f"{storage} of storage is a fraction of a byte", help="write a unit such as Mi or Gi"
            )
