"""A NetworkPolicy that cuts a Job: it takes its pods too, or lets all in but them.

A policy with egress rules drops everything that no policy of a pod allows. Where its selector also matches the pods of
a Job, the Job is held to what the servers need: its own connections hang until they time out, and it fails or retries.

The same happens on the other side: a policy of a database that names the servers which may come in drops the pods of
the migration Job, whose labels it does not name.

Give the pods of the Job labels of their own, or allow what it needs in a policy for it.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
"""

from __future__ import annotations

from collections.abc import Mapping

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    CronJob,
    Findings,
    Job,
    LabelSelector,
    NetworkPolicy,
    Node,
    Service,
    Workload,
    is_sure,
    named,
    rule,
    workloads_of,
)
from kubetrial.lint.objects.hosts import Host, hosts_of_workload
from kubetrial.lint.objects.job_pods import split
from kubetrial.lint.objects.policies import covers, may_be_allowed_elsewhere, policies_of, restricts, rules_of, selected

Asked = tuple[Host, Service]
"""A name that a Job asks for, and the Service that it means."""


@rule(Category.RISKY)
def check(policy: NetworkPolicy, cluster: Cluster) -> Findings:
    """Services of the set that a Job names and that no rule leads to from its pods; what is not known counts as allowed."""
    asking = cluster.once(_asking).get(policy.namespace or "default")
    if not asking:
        return
    yield from _kept_out(policy, cluster, asking)
    chooser = policy["spec"]["podSelector"]
    if not restricts(policy, "Egress") or not chooser.mapping():
        return
    lasting, jobs = split(cluster, policy, chooser.view(LabelSelector))
    for job in jobs if lasting else ():
        _, asked = asking.get(id(job.value), (job, []))
        rules = [one for other in policies_of(job, cluster, "Egress") for one in rules_of(other, "Egress")]
        for host, service in () if may_be_allowed_elsewhere(job, cluster) else asked:
            if any(_may_allow(one, service, host.port, cluster) for one in rules):
                continue
            yield chooser.found(
                f"the policy {policy.name} takes the pods of {job.kind} {job.name} beside those of {lasting[0].kind} "
                f"{lasting[0].name}, and allows no egress to {service.name}, which the Job asks for",
                key=True,
                consequence="the connections of the Job hang until they time out, and it fails or retries",
                help="give the pods of the Job other labels, or allow what it needs in a policy for it",
                related=(("the name", host.node), ("the labels of the Job's pods", job.pod.metadata["labels"])),
            )
            return


def _asking(cluster: Cluster) -> dict[str, dict[int, tuple[Workload, list[Asked]]]]:
    """Namespace -> id of the value -> the Jobs and CronJobs that ask for Services of the set, and for which."""
    found: dict[str, dict[int, tuple[Workload, list[Asked]]]] = {}
    jobs: list[Workload] = [*cluster.all(Job), *cluster.all(CronJob)] if cluster.kind("", "Service") else []
    for job in jobs:
        named_by = ((host, _named_by(host, job, cluster)) for host in hosts_of_workload(job, cluster))
        asked = [(host, service) for host, service in named_by if service is not None]
        if asked and not job.pod.get("hostNetwork"):
            found.setdefault(job.namespace or "default", {})[id(job.value)] = job, asked
    return found


def _kept_out(policy: NetworkPolicy, cluster: Cluster, asking: Mapping[int, tuple[Workload, list[Asked]]]) -> Findings:
    """Jobs that ask for a Service of pods which this policy and all others of them keep for others."""
    if not restricts(policy, "Ingress") or not policy["spec"].get("ingress"):
        return
    servers = [server for server in selected(policy, cluster) if not isinstance(server, (Job, CronJob))]
    if not servers or may_be_allowed_elsewhere(servers[0], cluster):
        return
    rules = [one for other in policies_of(servers[0], cluster, "Ingress") for one in rules_of(other, "Ingress")]
    services = {id(s.value) for s in cluster.services_for(servers[0].pod.labels, servers[0].namespace)}
    for job, asked in asking.values():
        host, service = next(((h, s) for h, s in asked if id(s.value) in services), (None, None))
        if host is None or service is None or any(_may_let_in(one, job) for one in rules):
            continue
        if not is_sure(cluster, policy, job):
            continue
        yield policy["spec"]["ingress"].found(
            f"no policy of {servers[0].kind} {servers[0].name} lets the pods of {job.kind} {job.name} in, which ask for "
            f"the Service {service.name}",
            key=True,
            consequence="the connections of the Job hang until they time out, and it fails or retries",
            help="add the labels of the Job's pods to the peers of this policy",
            related=(("the name", host.node), named(job)),
        )
        return


def _may_let_in(one: Node, job: Workload) -> bool:
    """Whether an ingress rule may let the pods of a Job in: addresses and other namespaces are not looked into."""
    peers = list(one["from"].items())
    return not peers or any(
        peer.get("podSelector") is None
        or peer.get("namespaceSelector") is not None
        or peer["podSelector"].view(LabelSelector).matches(job.pod.labels)
        for peer in peers
    )


def _named_by(host: Host, job: Workload, cluster: Cluster) -> Service | None:
    """The Service of the Job's namespace that a name means and that leads to pods of the set."""
    below = host.name.partition(".")[2]
    space = job.namespace or "default"
    if below not in ("", space, f"{space}.svc", f"{space}.svc.cluster.local"):
        return None
    service = cluster.get("", "Service", job.namespace, host.label)
    if not isinstance(service, Service) or service.selector.is_empty or not is_sure(cluster, job, service):
        return None
    return service if workloads_of(cluster, service, service.selector) else None


def _may_allow(one: Node, service: Service, port: str, cluster: Cluster) -> bool:
    """Whether an egress rule may let connections to the pods of a Service through."""
    ports = list(one["ports"].items())
    targets = _targets(service, port)
    if ports and targets and not any(_may_cover(p, number) for p in ports for number in targets):
        return False
    peers = list(one["to"].items())
    return not peers or any(_may_be(peer, service, cluster) for peer in peers)


def _may_cover(port: Node, number: int | str) -> bool:
    """Whether an entry of `ports` may be about a port of the pods: a name may be any."""
    return isinstance(port.get("port"), str) or isinstance(number, str) or covers(port, number, "TCP")


def _targets(service: Service, port: str) -> list[int | str]:
    """The ports of the pods behind a port of a Service, or behind all of them where none is named."""
    found = [p.mapping() for p in service["spec"]["ports"].items()]
    meant = [p for p in found if str(p.get("port")) == port] or found
    targets = [p.get("targetPort") or p.get("port") for p in meant]
    return [target for target in targets if isinstance(target, (int, str))]


def _may_be(peer: Node, service: Service, cluster: Cluster) -> bool:
    """Whether a peer of a rule may be a pod of a Service: addresses and labels of other namespaces are not looked into."""
    if peer.get("podSelector") is None or peer.get("namespaceSelector") is not None:
        return True
    selector = peer["podSelector"].view(LabelSelector)
    return any(selector.matches(w.pod.labels) for w in workloads_of(cluster, service, service.selector))
