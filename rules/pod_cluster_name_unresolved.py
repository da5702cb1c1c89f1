"""A pod that asks the DNS of its node is given the name of a Service.

With `hostNetwork: true` the policy ClusterFirst falls back to the resolver of the node, as `dnsPolicy: Default` does.
That one does not know names of Services, and the program ends with "no such host".

Write `dnsPolicy: ClusterFirstWithHostNet` for a pod on the network of the node, and ClusterFirst for any other.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, PodSpec, is_sure, rule
from kubetrial.lint.objects.config_uses import config_texts
from kubetrial.lint.objects.hosts import hosts_of, hosts_of_configs
from kubetrial.lint.objects.peers import texts_of
from kubetrial.lint.values.pattern import pattern

_NAME = re.compile(r"(?:^|[\s/@=,;'\"])((?:[a-z0-9][a-z0-9-]*\.)+svc(?:\.cluster\.local)?)\.?(?=$|[:/\s,;'\"?])")
_NOT_ASKED = pattern(
    r"no.?proxy|issuer|audience|cert|tls|san\b|sans\b|dns.?name|server.?name|domain|host.?header|node.?name|pod.?name|service.?name",
    re.I,
)
_LONGEST_VALUE = 300
"""Signs of a text of a ConfigMap that is one value, and no file with much in it."""
_ADDRESS = pattern(r"\d{1,3}(?:\.\d{1,3}){3}")  # of the resolver that is asked: nslookup NAME 127.0.0.1


@rule(Category.RISKY, needs=("dnsPolicy", "hostNetwork"))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows getPodDNSType in pkg/kubelet/network/dns; names that are only compared, as those of certificates, are left alone."""
    policy = pod.get("dnsPolicy") or "ClusterFirst"
    on_node = bool(pod.get("hostNetwork")) and policy == "ClusterFirst"
    if not (on_node or policy == "Default") or pod.get("dnsConfig") or pod.get("hostAliases"):
        return
    for name, text, variable in (*_full_names(pod), *_names_of_the_set(pod, cluster)):
        if _ADDRESS.search(text.value) or _NOT_ASKED.search(variable) or _NOT_ASKED.search(text.value):
            continue
        why = "hostNetwork without ClusterFirstWithHostNet" if on_node else "dnsPolicy Default"
        wanted = "ClusterFirstWithHostNet" if pod.get("hostNetwork") else "ClusterFirst"
        yield text.found(
            f"{name[:80]} is a name of the cluster's DNS, and this pod asks that of its node: {why}",
            consequence="the name does not resolve: no such host",
            help=f"write dnsPolicy: {wanted}",
            related=(("the DNS policy", pod["hostNetwork"] if on_node else pod["dnsPolicy"]),),
        )
        return


def _full_names(pod: PodSpec) -> Iterator[tuple[str, Node, str]]:
    """(a name below `svc`, its text, the variable) in the commands and variables of a pod."""
    for container in pod.all_containers():
        for variable, text in texts_of(container):
            match = _NAME.search(text.value)
            if match is not None:
                yield match.group(1), text, variable


def _names_of_the_set(pod: PodSpec, cluster: Cluster) -> Iterator[tuple[str, Node, str]]:
    """The hosts that are Services of the set, by the bare name or below their namespace."""
    owner = pod.owner
    own = [host for container in pod.all_containers() for host in hosts_of(container)]
    configs = list(hosts_of_configs(pod, cluster))
    for host in (*own, *configs):
        below = host.name.partition(".")[2]
        service = cluster.get("", "Service", below or owner.namespace, host.label)
        if service is not None and "." not in below and is_sure(cluster, owner, service):
            yield host.name, host.node, host.variable
    for variable, text in config_texts(pod, cluster):
        match = _NAME.search(text.value) if len(text.value) < _LONGEST_VALUE else None
        if match is not None:
            yield match.group(1), text, variable
