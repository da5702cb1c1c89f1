"""The parameters of a storage class have an empty name or are too large.

The API server refuses a parameter without a name, and parameters of more than 256 KiB together.

Name every parameter as the driver's documentation does.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#parameters
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Parametrised, rule


@rule(Category.REJECTED, needs=("parameters",))
def check(storage: Parametrised) -> Findings:
    """Find parameters that cannot be kept; follows validateParameters in pkg/apis/storage/validation."""
    parameters = storage.mapping().get("parameters")
    if not parameters:
        return
    if "" in parameters:
        yield storage["parameters"].found("a parameter has an empty name", help="name it, or remove it")
    size = sum(len(f"{name}{value or ''}".encode("utf-8", "surrogatepass")) for name, value in parameters.items())
    if size > 256 * 1024:
        yield storage["parameters"].found(
            f"the parameters have {size} bytes; 262144 are allowed", help="shorten them", key=True
        )
