"""A headless Service whose `clusterIP: None` is taken out of the manifest stays headless.

An update cannot change the address of a Service: where the manifest names none, the server keeps the one that is there,
and `None` is one. The apply succeeds and changes nothing; with the type NodePort or LoadBalancer, which need an address,
it is refused. (From None to an address, and back, is refused where both are written.)

Delete the Service and apply it anew, or give the new one another name.

See https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Findings, Service, rule

_REFUSED = ("NodePort", "LoadBalancer")


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Services that were headless and name no address any more; follows patchAllocatedValues in pkg/registry/core/service/storage."""
    for old, new in changes.of(Service):
        spec = new["spec"]
        kind = spec.get("type") or "ClusterIP"
        if not old.is_headless or kind == "ExternalName" or spec.get("clusterIP") or spec.get("clusterIPs"):
            continue
        is_refused = kind in _REFUSED
        yield (spec["type"] if is_refused else spec).found(
            f"the Service {new.name} was headless, and the server keeps its clusterIP None where the manifest names none",
            key=not is_refused,
            consequence=f"the update is refused: a Service of type {kind} needs an address"
            if is_refused
            else "the apply succeeds and the Service stays headless: no address, and nothing maps its ports",
            help="delete the Service and apply it anew",
        )
