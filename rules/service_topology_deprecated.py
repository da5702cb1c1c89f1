"""A Service asks for close endpoints in a deprecated way.

`trafficDistribution: PreferClose` got the clearer name PreferSameZone, and the annotation
`service.kubernetes.io/topology-aware-hints` was replaced by `service.kubernetes.io/topology-mode`. The API server
warns about both.

Write `trafficDistribution: PreferSameZone` (served by default since 1.34).

See https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule

_HINTS = "service.kubernetes.io/topology-aware-hints"


@rule(Category.RISKY, needs=("annotations", "trafficDistribution"))
def check(service: Service, cluster: Cluster) -> Findings:
    """Find old words for close endpoints."""
    if _HINTS in service.annotations:
        yield service.at("metadata", "annotations", _HINTS).found(
            f"the annotation `{_HINTS}` is deprecated", help="write `spec.trafficDistribution`", key=True
        )
    if cluster.minor >= 35 and (service.mapping().get("spec") or {}).get("trafficDistribution") == "PreferClose":
        yield service["spec"]["trafficDistribution"].found(
            "trafficDistribution PreferClose is deprecated", help="write `PreferSameZone`"
        )
