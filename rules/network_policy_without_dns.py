"""A policy that restricts egress and leaves out DNS, for pods that use names.

Pods ask the cluster's DNS on port 53, over UDP and, for long answers, TCP. A policy with egress rules drops
everything that no rule allows: without a rule for port 53 no name resolves, and connections that the policy allows are
never tried. A policy without any egress rule drops all of it; it is often the base on which others allow what each needs.

Add an egress rule with port 53 for UDP and TCP, such as to the pods `k8s-app: kube-dns` of kube-system.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic
"""

from __future__ import annotations

import re
from ipaddress import ip_network

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Neighbours,
    NetworkPolicy,
    Node,
    Service,
    Workload,
    named,
    rule,
)
from kubetrial.lint.objects.hosts import Host, hosts_of, hosts_of_configs
from kubetrial.lint.objects.policies import covers, may_be_allowed_elsewhere, policies_of, restricts, rules_of, selected
from kubetrial.lint.values.pattern import pattern

_DNS = (53, 5353)
"""The port of DNS, and the one on which the DNS pods of some distributions listen."""
_WIDE = 16
"""The longest prefix of a range in which the addresses of the DNS may lie."""
_NO_HOST = pattern(
    r"(?:_db|db_?name|database(?:_?name)?|user(?:_?name)?|pass(?:word)?|schema|role|realm|bucket|owner|engine|driver|type|mode)$",
    re.I,
)
"""Variables whose value is a name, but that of no host: it is often the same as that of a Service."""


@rule(Category.RISKY, needs=("egress", "policyTypes"))
def check(policy: NetworkPolicy, cluster: Cluster) -> Findings:
    """Policies of which no egress rule, also of the other policies of the same pods, can reach a DNS server."""
    if not restricts(policy, "Egress") or not (policy["spec"].get("egress") or _is_meant_to_last(policy, cluster)):
        return
    for workload in selected(policy, cluster):
        if workload.pod.get("hostNetwork") or workload.pod.get("dnsPolicy") in ("None", "Default"):
            continue
        policies = policies_of(workload, cluster, "Egress")
        if not policy["spec"].get("egress") and any(other["spec"].get("egress") for other in policies):
            continue  # the other one is told of
        if any(_may_be_dns(one) for other in policies for one in rules_of(other, "Egress")):
            continue
        host = None if may_be_allowed_elsewhere(workload, cluster) else _name_in_use(workload, cluster)
        if host is None:
            continue
        yield _place(policy).found(
            f"the policy {policy.name} {_allows(policy)}, and the pods of {workload.kind} {workload.name} "
            f"use the name {host.name[:80]}",
            key=True,
            consequence="no name resolves: connections that the policy allows fail with a timeout of the DNS"
            if policy["spec"].get("egress")
            else "no name resolves, and no connection leaves these pods",
            help="add an egress rule with ports 53 for UDP and TCP"
            if policy["spec"].get("egress")
            else "add egress rules for what these pods use, and one with ports 53 for UDP and TCP",
            related=(("the name", host.node), named(workload)),
        )
        return


def _is_meant_to_last(policy: NetworkPolicy, cluster: Cluster) -> bool:
    """Whether a policy without egress rules is more than a base: it picks its pods, or what others allow stands beside it."""
    if policy["spec"]["podSelector"].mapping():
        return True
    return any(True for _ in cluster.once(_allowing).beside(policy, policy.namespace))


def _allowing(cluster: Cluster) -> Neighbours[NetworkPolicy]:
    """The policies with egress rules, by namespace."""
    found = (p for p in cluster.all(NetworkPolicy) if restricts(p, "Egress") and p["spec"].get("egress"))
    return Neighbours(cluster, ((policy.namespace, policy) for policy in found))


def _place(policy: NetworkPolicy) -> Node:
    """Where it is said: the egress rules, or what restricts egress without any."""
    spec = policy["spec"]
    return next((spec[field] for field in ("egress", "policyTypes") if spec[field].present), spec)


def _allows(policy: NetworkPolicy) -> str:
    """What the policy lets through, in words."""
    if not policy["spec"].get("egress"):
        return "allows no egress"
    tcp = any(covers(p, 53, "TCP") for one in rules_of(policy, "Egress") for p in one["ports"].items())
    return f"restricts egress and allows port 53 {'for TCP only' if tcp else 'nowhere'}"


def _may_be_dns(rule: Node) -> bool:
    """Whether a rule lets queries to some DNS server through."""
    ports = list(rule["ports"].items())
    if ports:
        named_dns = any(isinstance(p.get("port"), str) and "dns" in p.get("port") for p in ports)
        if not named_dns and not any(covers(p, number, "UDP") for p in ports for number in _DNS):
            return False
    elif rule["to"].items() and _is_only_own_pods(rule):
        return False
    return True


def _is_only_own_pods(rule: Node) -> bool:
    """Whether a rule for all ports leads only to pods of the own namespace, or to narrow ranges."""
    peers = list(rule["to"].items())
    return bool(peers) and all(
        (peer.get("podSelector") is not None and peer.get("namespaceSelector") is None) or _is_narrow(peer["ipBlock"])
        for peer in peers
    )


def _is_narrow(block: Node) -> bool:
    try:
        return ip_network(str(block.get("cidr")), strict=False).prefixlen > _WIDE
    except ValueError:
        return False


def _name_in_use(workload: Workload, cluster: Cluster) -> Host | None:
    """The first host of the pods that has to be resolved: a Service of the set, or a name with a domain."""
    hosts = [h for container in workload.pod.all_containers() for h in hosts_of(container)]
    hosts += hosts_of_configs(workload.pod, cluster)
    for host in hosts:
        if host.name in ("localhost",) or host.name.endswith((".local.", ".localhost")):
            continue
        below = host.name.partition(".")[2].partition(".")[0]  # of one pod: db-0.db
        if any(
            cluster.get("", "Service", workload.namespace, name) is not None for name in (host.label, below) if name
        ):
            return host
        if re.search(r"\.[a-z]{2,}$", host.name) and (host.port or "://" in str(host.node.value)):
            return host
        if re.search(r"\.svc(?:\.cluster\.local)?$", host.name):
            return host
    return _bare_name(workload, cluster)


def _bare_name(workload: Workload, cluster: Cluster) -> Host | None:
    """A variable that is the name of a Service and nothing else, or a list that has names of pods below one."""
    services = {service.name for service in cluster.beside(workload, Service)}
    for container in workload.pod.all_containers() if services else ():
        for variable in container["env"].items():
            text = variable.get("value")
            if not isinstance(text, str) or _NO_HOST.search(str(variable.get("name"))):
                continue
            for item in re.split(r"[,;\s]+", text[:2000]):
                name = item.partition(":")[0]
                if name in services and name == text:
                    return Host(name, "", str(variable.get("name")), variable["value"])
                if (
                    re.fullmatch(r"[a-z][a-z0-9-]*-\d{1,3}\.[a-z][a-z0-9-]*", name)
                    and name.partition(".")[2] in services
                ):
                    return Host(name, "", str(variable.get("name")), variable["value"])
    return None
