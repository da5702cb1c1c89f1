"""A Service with an address that turns into a name of the outside.

With `type: ExternalName` the Service has no cluster IP any more: its name becomes an alias (CNAME) of the outside one,
and nothing maps ports. Pods that have kept the address, as the variables NAME_SERVICE_HOST of their start do, get no
answer, and clients have to use the port of the outside.

Apply it when the clients can be started again, and write the outside's port in them; or keep the Service and give it
an EndpointSlice with the addresses of the outside.

See https://kubernetes.io/docs/concepts/services-networking/service/#externalname
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Findings, Service, rule


@rule(Category.ADVICE)
def check(changes: Changes) -> Findings:
    """Follows dropTypeDependentFields in pkg/registry/core/service: the address of the old type is dropped without a word."""
    for old, new in changes.of(Service):
        kind = new["spec"]["type"]
        if kind.value != "ExternalName" or old["spec"].get("type") == "ExternalName" or old.is_headless:
            continue
        mapped = [p for p in old["spec"]["ports"].items() if p.get("targetPort") not in (None, p.get("port"))]
        yield kind.found(
            f"the Service {new.name} loses its cluster IP: its name becomes an alias of {new['spec'].get('externalName')}",
            consequence="running pods that keep the old address, as in NAME_SERVICE_HOST, get no answer"
            + (
                f"; port {mapped[0].get('port')} is no longer mapped to {mapped[0].get('targetPort')}" if mapped else ""
            ),
            help="start the clients again after it, with the port of the outside, or keep the Service with an EndpointSlice of its own",
        )
