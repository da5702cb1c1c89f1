"""Two IP families of a Service, and a policy that allows one.

`ipFamilyPolicy` is SingleStack unless it is set (a headless Service without selector aside), so two `ipFamilies` or
two `clusterIPs` need PreferDualStack or RequireDualStack; the API server refuses them otherwise.

Write `ipFamilyPolicy: PreferDualStack`.

See https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule


@rule(Category.REJECTED)
def check(service: Service) -> Findings:
    """Find two families under one; follows initIPFamilyFields in pkg/registry/core/service/storage."""
    values = service.mapping().get("spec") or {}
    if values.get("type") == "ExternalName":
        return
    counts = {"IP families": len(values.get("ipFamilies") or ()), "cluster addresses": len(service.cluster_ips)}
    if 2 not in counts.values():
        return
    policy = values.get("ipFamilyPolicy")
    if policy is None and (values.get("clusterIP") != "None" or values.get("selector")):
        policy = "SingleStack"
    if policy != "SingleStack":
        return
    what = next(name for name, count in counts.items() if count == 2)
    yield service["spec"]["ipFamilyPolicy"].found(
        f"two {what} are set, and ipFamilyPolicy is SingleStack"
        + ("" if values.get("ipFamilyPolicy") else ", the default"),
        help="write `ipFamilyPolicy: PreferDualStack`, or keep one",
        path="spec.ipFamilyPolicy",
    )
