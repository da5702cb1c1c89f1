"""Pods with a subdomain that no headless Service has, so they get no DNS names.

With `subdomain: ring` a pod gets the name `<hostname>.ring.<namespace>.svc` only when a headless Service `ring` of
the same namespace selects it. Without it the name does not resolve: the pods of an Indexed Job that look for one
another fail.

Add a Service with `clusterIP: None`, the name of the subdomain, and labels of the pods (`job-name: <name>` for a
Job).

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    NOTHING,
    Category,
    Cluster,
    Findings,
    Service,
    StatefulSet,
    Workload,
    named,
    resolve,
    rule,
)
from kubetrial.lint.values import names


@rule(Category.RISKY, needs=("subdomain",))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """A subdomain, and no such Service in a complete set. A stream without any Services is a part of something."""
    name = workload.pod.get("subdomain")
    if isinstance(workload, StatefulSet) or not isinstance(name, str):
        return  # the controller writes the subdomain of a set: statefulset-without-headless-service
    if not name or cluster.is_rewritten(workload) or names.dns_label(name) is not None:
        return
    reference = resolve(cluster, workload, "", "Service", name)
    if reference.target is not None or reference is NOTHING:
        return
    if reference.fails or cluster.beside(workload, Service) or workload.document.file != "<stdin>":
        yield workload.pod["subdomain"].found(
            f"there is no Service {name} in the manifests, so the subdomain gives these pods no DNS name",
            consequence=f"names below {name} do not resolve: pods that look for one another fail",
            help=f"add a Service {name} with clusterIP: None that selects the pods",
            related=() if reference.meant is None else (named(reference.meant),),
        )
