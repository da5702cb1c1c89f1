"""A Service whose selector also takes the pods of a Job.

While the Job runs, its pods are endpoints of the Service as soon as they are ready: a part of the requests goes to a
program that serves something else or nothing, and clients see "connection refused".

Give the pods of the Job labels of their own, or add a label to the selector that only the servers have.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, Workload, rule
from kubetrial.lint.objects.job_pods import split


@rule(Category.RISKY, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Selectors over pods that run for ever and over those of Jobs; follows getEndpointPorts of k8s.io/endpointslice."""
    spec = service["spec"]
    if not spec.get("selector") or spec.get("type") == "ExternalName":
        return
    lasting, jobs = split(cluster, service, service.selector)
    jobs = [job for job in jobs if service.is_headless or _has_a_target(service, job)]
    if lasting and jobs:
        yield service["spec"]["selector"].found(
            f"the selector of {service.name} takes the pods of {jobs[0].kind} {jobs[0].name} beside those of "
            f"{lasting[0].kind} {lasting[0].name}",
            consequence="while the Job runs, requests go to its pods too, which serve something else or nothing",
            help="give the pods of the Job other labels, or select by one more label that only the servers have",
            related=(("the labels of the Job's pods", jobs[0].pod.metadata["labels"]),),
        )


def _has_a_target(service: Service, job: Workload) -> bool:
    """Whether a port leads to the pods: a number to all of them, a name only to those that declare it (FindPort)."""
    names = {port.get("name") for c in job.pod.all_containers() for port in c["ports"].items()}
    ports = list(service["spec"]["ports"].items())
    targets = [port.get("targetPort", port.get("port")) for port in ports]
    return not ports or any(not isinstance(t, str) or t.isdigit() or t in names for t in targets)
