"""An attribute of a device has no value, or more than one.

An attribute is one of `int`, `bool`, `string` and `version`; the API server refuses none and several. (Lists of
values are alpha, and dropped where their feature gate is off.)

Keep one value.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DeviceAttribute, Findings, rule


@rule(Category.REJECTED)
def check(attribute: DeviceAttribute) -> Findings:
    """Find attributes that are nothing or several things."""
    values = attribute.mapping()
    present = [name for name in ("int", "bool", "string", "version") if values.get(name) is not None]
    if not present and not _has_broken(attribute):
        yield attribute.found("this attribute has no value", help="write one of int, bool, string, version", key=True)
    elif len(present) > 1:
        yield attribute.found(f"this attribute has {' and '.join(present)}", help="keep one of them", key=True)


def _has_broken(attribute: DeviceAttribute) -> bool:
    """Whether a value of a wrong type stands there, which is said already (rules see it as missing)."""
    written = attribute.document.value
    for key in (*attribute.root.key, *attribute.steps):  # type: ignore[misc]
        written = written[key]
    return any((written or {}).get(name) is not None for name in ("int", "bool", "string", "version"))
