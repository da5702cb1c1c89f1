"""A Service whose selector matches no pod of the manifests.

A Service sends its traffic to the pods of its namespace that carry all labels of its selector. When no workload has
them, it has no endpoints: connections are refused or hang, an Ingress answers 503, and no event says why.

Write labels that stand in the template of the workload (`spec.template.metadata.labels`), in the same namespace.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import Service, Workload
from kubetrial.lint.node import Findings
from kubetrial.lint.references import is_open, may_change
from kubetrial.lint.rule import rule
from kubetrial.lint.together import workloads_beside

_MADE = (
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "job-name",
    "batch.kubernetes.io/job-name",
)
"""Labels that controllers put on pods: no template has them."""
_CONSEQUENCE = "the Service has no endpoints: connections to it are refused or hang"


@rule(Category.RISKY)
def check(service: Service, cluster: Cluster) -> Findings:
    """A selector that misses every template by little: all but one label match, or the namespace does not."""
    spec = service.value.get("spec") or {}
    selector = spec.get("selector")
    if not selector or spec.get("type") == "ExternalName" or not cluster.complete:
        return
    selector = {k: v for k, v in selector.items() if k not in _MADE and not k.startswith("batch.kubernetes.io/")}
    if not selector or cluster.selected_by(selector, service.namespace):
        return
    near = nearly(selector, service, cluster)
    if near is None:
        if cluster.closed and not is_open(cluster, service) and not may_change(cluster, service):
            yield service["spec"]["selector"].found(
                f"the Service {service.name} selects no pod of these manifests",
                key=True,
                consequence=_CONSEQUENCE,
                help="write the labels of the pod template",
            )
        return
    workload, wrong = near
    if cluster.is_changed(service, workload):
        return
    labels = workload.pod.labels
    if wrong is None:
        what = f"{workload} has these labels, but stands in the namespace {workload.namespace or 'default'}"
        help = "put both into one namespace"
    else:
        own = f"{wrong}: {labels[wrong]}" if wrong in labels else f"no label {wrong}"
        what = f"it asks for {wrong}: {selector[wrong]}, and the pods of {workload} have {own}"
        help = f"write {own}" if wrong in labels else f"remove {wrong}, or add it to the template"
    yield service["spec"]["selector"].found(
        f"the Service {service.name} selects no pod of these manifests: {what}",
        key=True,
        consequence=_CONSEQUENCE,
        help=help,
        related=((f"the labels of {workload}", workload.pod.metadata["labels"]),),
    )


def nearly(selector: Mapping[str, Any], service: Service, cluster: Cluster) -> tuple[Workload, str | None] | None:
    """A workload of the set that the Service is probably meant for, and the label that does not match.

    One that has all labels in another namespace; or all but one, of which only one workload can be meant.
    """
    found: list[tuple[Workload, str]] = []
    for workload in workloads_beside(cluster, service):
        labels = workload.pod.labels
        wrong = [key for key, value in selector.items() if labels.get(key) != value]
        if len(wrong) > 1 or (len(wrong) == 1 and not _alike(workload, selector, wrong[0], service)):
            continue
        same = (workload.namespace or "default") == (service.namespace or "default")
        if wrong and same:
            found.append((workload, wrong[0]))
        elif not wrong and not same and workload.namespace and service.namespace:
            return workload, None
    return found[0] if len(found) == 1 else None


def _alike(workload: Workload, selector: Mapping[str, Any], wrong: str, service: Service) -> bool:
    """Whether a workload is meant although one label differs: others match, or it has the Service's name or file."""
    return len(selector) > 1 or workload.name == service.name or workload.document.file == service.document.file
