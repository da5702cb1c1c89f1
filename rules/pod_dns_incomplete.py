"""A DNS configuration that a pod cannot have.

With `dnsPolicy: None` the pod resolves names only by what `dnsConfig` says, so it needs a nameserver there. A
resolv.conf has at most three nameservers and a search list of at most 2048 characters. The API server refuses any
other pod.

Write the addresses of the nameservers in `dnsConfig.nameservers`, or leave dnsPolicy away to use the cluster's DNS.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("dnsConfig", "dnsPolicy"))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Find missing and surplus parts; follows validatePodDNSConfig in core/validation."""
    values = pod.mapping()
    config = values.get("dnsConfig")
    alone = values.get("dnsPolicy") == "None"
    if config is None:
        if alone:
            yield pod["dnsConfig"].found(
                "dnsPolicy None needs a `dnsConfig` with a nameserver", help="add it, or remove dnsPolicy"
            )
        return
    node = pod["dnsConfig"]
    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if alone and not servers:
        yield node["nameservers"].found(
            "dnsPolicy None needs a nameserver in dnsConfig", help="add one, or remove dnsPolicy"
        )
        return
    if len(servers) > 3:
        yield node["nameservers"].found(
            f"a resolv.conf has at most 3 nameservers, and these are {len(servers)}", help="keep three", key=True
        )
    if len(" ".join(search or "" for search in searches).encode()) > 2048:
        yield node["searches"].found(
            "the search list has more than 2048 characters, blanks between included",
            help="remove some of them",
            key=True,
        )
    relaxed = cluster.minor >= 33
    of_domain = names.dns_subdomain_with_underscore if relaxed else names.dns_subdomain
    for index, search in enumerate(searches):
        reason = None if search == "." and relaxed else of_domain((search or "").removesuffix("."))
        if reason is not None:
            yield node["searches"][index].found(
                f"the search domain is `{search}`: {reason}", help=instead(search, of_domain)
            )
