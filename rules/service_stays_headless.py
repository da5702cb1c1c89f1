"""A headless Service whose `clusterIP: None` is taken out of the manifest stays headless.

An update cannot change the address of a Service: where the manifest names none, the server keeps the one that is there,
and `None` is one. The apply succeeds and changes nothing. (With the type NodePort or LoadBalancer, which need an address, it is
refused, and so is every change from None to an address or back that is written.)

Delete the Service and apply it anew, or give the new one another name.

See https://kubernetes.io/docs/concepts/services-networking/service/#headless-services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Findings, Service, rule


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Services that were headless and name no address any more; follows patchAllocatedValues in pkg/registry/core/service/storage."""
    for old, new in changes.of(Service):
        spec = new["spec"]
        kind = spec.get("type") or "ClusterIP"
        if not old.is_headless or kind != "ClusterIP" or spec.get("clusterIP") or spec.get("clusterIPs"):
            continue
        yield spec.found(
            f"the Service {new.name} was headless, and the server keeps its clusterIP None where the manifest names none",
            key=True,
            consequence="the apply succeeds and the Service stays headless: no address, and nothing maps its ports",
            help="delete the Service and apply it anew",
        )
