"""The driver of a ResourceSlice has upper-case letters.

Names of drivers are compared as they are written, and most tools write them in lower case; the API server takes the
name with a warning.

Write the name in lower case, here and in the driver.

See https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ResourceSlice, rule


@rule(Category.RISKY)
def check(part: ResourceSlice) -> Findings:
    """Find names that may not be found again."""
    driver = (part.mapping().get("spec") or {}).get("driver") or ""
    if driver != driver.lower():
        yield part["spec"]["driver"].found(f"the driver is `{driver}`", help=f"write `{driver.lower()}`")
