"""A constraint of a claim says nothing about its devices.

A constraint names an attribute that devices share (`matchAttribute`) or must differ in (`distinctAttribute`); the API
server refuses one without.

Write `matchAttribute: example.com/model`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceConstraint, Findings, rule


@rule(Category.REJECTED)
def check(constraint: DeviceConstraint) -> Findings:
    """Find constraints without an attribute."""
    values = constraint.mapping()
    if values.get("matchAttribute") is None and values.get("distinctAttribute") is None:
        yield constraint.found(
            "this constraint has neither matchAttribute nor distinctAttribute", help="add one of them"
        )
