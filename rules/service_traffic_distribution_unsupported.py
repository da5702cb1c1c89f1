"""A `trafficDistribution` that this Kubernetes version does not know.

PreferClose came with 1.30; PreferSameZone and PreferSameNode are served by default since 1.34. The API server refuses
other values, an empty one too.

Write PreferSameZone (or PreferClose on older clusters), or leave it out for an even spread.

See https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule
from kubetrial.lint.values.listed import one_of


@rule(Category.REJECTED, needs=("trafficDistribution",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Find preferences that the version does not have."""
    wanted = (service.mapping().get("spec") or {}).get("trafficDistribution")
    if wanted is None:
        return
    known = ("PreferClose", "PreferSameZone", "PreferSameNode") if cluster.minor >= 34 else ("PreferClose",)
    if wanted not in known:
        yield service.at("spec", "trafficDistribution").found(
            f"trafficDistribution is `{wanted}`; supported in 1.{cluster.minor}: {', '.join(known)}",
            help=f"write {one_of(known)}, or remove it",
        )
