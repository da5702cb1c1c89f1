"""A Service whose selector also takes the pods of a Job.

While the Job runs, its pods are endpoints of the Service as soon as they are ready: a part of the requests goes to a
program that serves something else or nothing, and clients see "connection refused".

Give the pods of the Job labels of their own, or add a label to the selector that only the servers have.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Service, rule
from kubetrial.lint.objects.job_pods import split
from kubetrial.lint.objects.service_ports import leads_to


@rule(Category.RISKY, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Selectors over pods that run for ever and over those of Jobs; follows getEndpointPorts of k8s.io/endpointslice."""
    spec = service["spec"]
    if not spec.get("selector") or spec.get("type") == "ExternalName":
        return
    lasting, jobs = split(cluster, service, service.selector)
    jobs = [job for job in jobs if service.is_headless or leads_to(service, job)]
    if lasting and jobs:
        yield service["spec"]["selector"].found(
            f"the selector of {service.name} takes the pods of {jobs[0].kind} {jobs[0].name} beside those of "
            f"{lasting[0].kind} {lasting[0].name}",
            consequence="while the Job runs, requests go to its pods too, which serve something else or nothing",
            help="give the pods of the Job other labels, or select by one more label that only the servers have",
            related=(("the labels of the Job's pods", jobs[0].pod.metadata["labels"]),),
        )
