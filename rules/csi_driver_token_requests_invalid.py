"""The token requests of a CSIDriver repeat an audience or have an impossible lifetime.

The kubelet keeps one token an audience, so the API server refuses an audience that stands twice (no audience counts
as one), and lifetimes under 10 minutes or over 2^32 seconds. Tokens cannot go into secrets when none are requested.

Give every request its own audience and `expirationSeconds` of 600 or more.

See https://kubernetes-csi.github.io/docs/token-requests.html
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CSIDriver, Findings, rule


@rule(Category.REJECTED, needs=("serviceAccountTokenInSecrets", "tokenRequests"))
def check(driver: CSIDriver) -> Findings:
    """Find token requests that cannot be kept apart or served; follows validateTokenRequests."""
    spec = driver.mapping().get("spec") or {}
    requests = spec.get("tokenRequests") or ()
    seen: set[str] = set()
    for index, request in enumerate(requests):
        request = request or {}
        node = driver.at("spec", "tokenRequests", index)
        audience = request.get("audience") or ""
        if audience in seen:
            yield node["audience"].found(f"the audience `{audience}` stands twice", help="remove one of the requests")
            continue
        seen.add(audience)
        seconds = request.get("expirationSeconds")
        if seconds is not None and not 600 <= seconds <= 1 << 32:
            yield node["expirationSeconds"].found(
                f"expirationSeconds is {seconds}; it must be from 600 (10 minutes) to 4294967296",
                help="write 600 or more, such as 3600",
            )
    if spec.get("serviceAccountTokenInSecrets") is not None and not requests:
        yield driver.at("spec", "serviceAccountTokenInSecrets").found(
            "serviceAccountTokenInSecrets is set, but no tokenRequests are",
            help="add tokenRequests, or remove it",
            key=True,
        )
