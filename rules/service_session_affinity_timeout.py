"""The timeout of client IP affinity is out of range.

With `sessionAffinity: ClientIP` a client keeps its pod for `timeoutSeconds`, which must be above 0 and at most 86400
(one day); the API server refuses other values.

Leave it out for three hours, or write a value from 1 to 86400.

See https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.REJECTED, needs=("sessionAffinity",))
def check(service: Service) -> Findings:
    """Find timeouts that affinity cannot have."""
    values = service.mapping().get("spec") or {}
    if values.get("sessionAffinity") != "ClientIP":
        return
    node = service.at("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
    if node.present and not 0 < node.value <= 86400:
        yield node.found(
            f"timeoutSeconds is {node.value}; it must be from 1 to 86400 (one day)", help="write at most 86400"
        )
