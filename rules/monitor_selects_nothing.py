"""A ServiceMonitor or PodMonitor that selects nothing of the manifests.

A ServiceMonitor selects Services by the labels of their metadata (not by their selectors), a PodMonitor pods by theirs;
both in their own namespace unless `namespaceSelector` says otherwise. One that selects nothing gives Prometheus no
target: metrics and alerts are missing, and no error says why.

Write labels that stand in `metadata.labels` of the Service, or in the template of the pods.

See https://prometheus-operator.dev/docs/developer/getting-started/#using-servicemonitors
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, LabelSelector, missed, rule
from kubetrial.lint.objects.monitors import monitors


@rule(Category.RISKY)
def check(cluster: Cluster) -> Findings:
    """Selectors that miss the Services or pods that they were written for."""
    for monitor in monitors(cluster):
        if monitor["spec"]["namespaceSelector"].get("any") or monitor["spec"]["namespaceSelector"].get("matchNames"):
            continue
        yield from missed(
            cluster,
            monitor,
            monitor["spec"]["selector"].view(LabelSelector),
            f"the {monitor.kind} {monitor.name}",
            "Prometheus gets no target from it: metrics and alerts are missing",
            services=monitor.kind == "ServiceMonitor",
        )
