"""A Service or Endpoints with more than one port must name each of them.

DNS records, Ingress backends and EndpointSlices tell ports apart by name, so the API server refuses a second port as
long as one of them has no name.

Give every port a `name`, for example `http` and `metrics`.

See https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Ported, rule


@rule(Category.REJECTED, needs=("ports",))
def check(ported: Ported) -> Findings:
    """Find ports that cannot be told apart."""
    ports = ported.mapping().get("ports") or ()
    if len(ports) < 2:
        return
    for index, port in enumerate(ports):
        if not (port or {}).get("name"):
            node = ported["ports"][index]
            number = (port or {}).get("port")
            which = f"port {number}" if number else f"item {index}"
            yield node["name"].found(
                f"{which} of {len(ports)} has no `name`; with several ports each needs one",
                help="add a name such as `http`, of lower-case letters, digits and '-'",
            )
