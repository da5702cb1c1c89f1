"""A CSIDriver gets tokens of service accounts in a place that is easily logged.

With `tokenRequests` the kubelet hands tokens to the driver in the volume context, which drivers print. Since 1.35
`serviceAccountTokenInSecrets: true` moves them to the secrets of the call; the API server warns where it is not set.

Set it, once the driver reads tokens from there (or set it to false to say that it cannot).

See https://kubernetes-csi.github.io/docs/token-requests.html
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CSIDriver, Findings, rule


@rule(Category.RISKY, since=35, needs=("tokenRequests",))
def check(driver: CSIDriver) -> Findings:
    """Find drivers that get tokens the old way."""
    spec = driver.mapping().get("spec") or {}
    if spec.get("tokenRequests") and spec.get("serviceAccountTokenInSecrets") is None:
        yield driver["spec"]["tokenRequests"].found(
            "tokens are handed over in the volume context, where drivers log them",
            help="write `serviceAccountTokenInSecrets: true` if the driver supports it",
            key=True,
        )
