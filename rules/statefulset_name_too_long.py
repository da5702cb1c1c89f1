"""A StatefulSet whose name is accepted but too long for its pods.

The controller puts the label `controller-revision-hash` with the value `<name>-<hash>` on every pod; the hash has up to 10 characters
and a label's value at most 63. With a longer name the set is accepted, and every attempt to make a pod ends in a Warning event
`FailedCreate` (metadata.labels: must be no more than 63 characters).

Use at most 52 characters.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-selector
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule

_MOST = 52  # 63 - 1 for the dash - 10 for the longest hash


@rule(Category.BROKEN)
def check(statefulset: StatefulSet) -> Findings:
    """53 to 63 characters: more is refused by the API server."""
    name = statefulset["metadata"].get("name")
    if isinstance(name, str) and _MOST < len(name) <= 63:
        yield statefulset["metadata"]["name"].found(
            f"the name has {len(name)} characters; above {_MOST} no pod can be made for some or all revisions of the template",
            consequence="the set is accepted, and every pod fails with FailedCreate: a label value has at most 63 characters",
            help=f"use at most {_MOST} characters",
        )
