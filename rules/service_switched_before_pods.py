"""A Service whose selector and whose pods change their labels in one apply.

The selector counts at once, for the pods that run: none of those has the new label. Until the first new pod is ready
the Service has no endpoints, and requests are refused.

Change the labels first, roll out, and change the selector when all pods have the label; or select by labels that
stay.

See https://kubernetes.io/docs/concepts/services-networking/service/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Cluster, Findings, Job, Service, Workload, named, rule


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Selectors that chose pods before, and now choose only pods that are not there yet; endpoints follow at once."""
    for old, new in changes.of(Service):
        was, now = old["spec"]["selector"].mapping(), new["spec"]["selector"].mapping()
        if not was or not now or was == now or not _chosen(changes.old, old, was):
            continue
        coming = _chosen(changes.new, new, now)
        if not coming or _chosen(changes.old, new, now):
            continue
        yield new["spec"]["selector"].found(
            f"the selector of {new.name} changes together with the labels of its pods ({coming[0].kind} {coming[0].name})",
            key=True,
            consequence="no pod that runs has the new labels: the Service has no endpoints until the first new pod is ready",
            help="roll the labels out first and change the selector afterwards, or select by a label that stays",
            related=(named(coming[0]),),
        )


def _chosen(cluster: Cluster, service: Service, selector: object) -> list[Workload]:
    """The workloads with pods whose labels a plain selector chooses."""
    texts = {str(k): v for k, v in selector.items() if isinstance(v, str)} if isinstance(selector, dict) else {}
    found = cluster.selected_by(texts, service.namespace)
    return [w for w in found if not isinstance(w, Job) and w.spec.get("replicas") != 0]
