"""A host that is nearly the name of a Service of the set, and no Service has it.

Within a namespace a Service is called by its bare name. One letter off, it does not resolve ("no such host"), and the
program keeps on trying or ends.

Write the name of the Service.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Workload, named, resolve, rule
from kubetrial.lint.objects.hosts import Host, hosts_of_workload
from kubetrial.lint.objects.nearness import near_objects


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Hosts without a dot, or below the own namespace, in commands, variables, and the ConfigMaps and Secrets that are read."""
    if not _may_miss(workload, cluster):
        return
    known = _local_names(workload)
    for host in hosts_of_workload(workload, cluster):
        if host.label in known or host.label == "localhost" or not _is_local(host, workload):
            continue
        if cluster.get("", "Service", workload.namespace, host.label) is not None:
            continue
        reference = resolve(cluster, workload, "", "Service", host.label)
        there = reference.elsewhere
        if there is not None and workload.namespace and "." not in host.name and host.port:
            yield host.node.found(
                f"{_where(host)}the Service {host.name} is in the namespace {there.namespace or 'default'}, and a bare name "
                f"is looked for in {workload.namespace}",
                consequence=f"{host.name} does not resolve: no such host",
                help=f"write {host.name}.{there.namespace or 'default'}",
                related=(named(there),),
            )
            continue
        meant = reference.close
        if meant is None or meant.name in known:
            continue
        yield host.node.found(
            f"{_where(host)}there is no Service {host.label} in these manifests; there is {meant.name}",
            consequence=f"{host.name} does not resolve: no such host",
            help=f"write {meant.name}",
            related=(named(meant),),
        )


def _may_miss(workload: Workload, cluster: Cluster) -> bool:
    """Whether a Service stands near enough to be meant, or one of another namespace may be; costs little."""
    if not cluster.kind("", "Service"):
        return False
    near = near_objects(cluster, workload, (("", "Service"),), cluster.namespaces(workload))
    return bool(workload.namespace or near)


def _where(host: Host) -> str:
    """The line of a file with several, which the place of its key does not show."""
    return f"{host.node.key}, line {host.line}: " if host.line and "\n" in str(host.node.value).strip() else ""


def _is_local(host: Host, workload: Workload) -> bool:
    """A bare name, or one below the own namespace; of names with `svc` service-address-unknown speaks."""
    below = host.name.partition(".")[2]
    return not below or below == workload.namespace


def _local_names(workload: Workload) -> set[str]:
    """Names that resolve without a Service: those of hostAliases, and the pod's own."""
    found = {str(name) for alias in workload.pod["hostAliases"].items() for name in alias.get("hostnames", []) or []}
    return found | {str(workload.pod.get("hostname", ""))}
