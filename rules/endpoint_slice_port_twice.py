"""Two ports of an EndpointSlice have the same name.

kube-proxy finds a slice's port by its name, so the API server refuses a name that stands twice; ports without a name
count as having the same, empty one.

Give each port its own name, the one that the Service uses.

See https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EndpointSlice, Findings, rule


@rule(Category.REJECTED, needs=("ports",))
def check(part: EndpointSlice) -> Findings:
    """Find ports that cannot be told apart."""
    seen: set[str] = set()
    for index, port in enumerate(part.mapping().get("ports") or ()):
        name = (port or {}).get("name") or ""
        if name in seen:
            said = f"the name `{name}` stands" if name else "a port without a name stands"
            yield part["ports"][index]["name"].found(
                f"{said} twice in this EndpointSlice", help="give each port its own name"
            )
        seen.add(name)
