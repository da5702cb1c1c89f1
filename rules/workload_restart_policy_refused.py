"""A restartPolicy that this kind of workload does not take.

Deployments, ReplicaSets, StatefulSets, DaemonSets and ReplicationControllers keep pods running and take only
`Always`, the default. Jobs run pods to their end and take `OnFailure` or `Never`, which must be written; with a
podFailurePolicy only `Never`.

Write the policy that fits, or use a Job for work that ends.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Fix, PodSpec, rule
from kubetrial.lint.facts import kinds
from kubetrial.lint.yaml import edits


@rule(Category.REJECTED)
def check(pod: PodSpec) -> Findings:
    """Compare a template's restartPolicy with its workload."""
    kind = pod.root.value.get("kind")
    policy = pod.value.get("restartPolicy") or "Always"
    if kind in kinds.RUNNING:
        if policy in ("OnFailure", "Never"):
            yield pod["restartPolicy"].found(
                f"restartPolicy is {policy}, and a {kind} takes only Always",
                help="remove the line, or use a Job for work that ends",
            )
    elif kind in ("Job", "CronJob"):
        if policy == "Always":
            node = pod["restartPolicy"]
            what = "is Always" if node.value else "is not set, which means Always"
            yield node.found(
                f"restartPolicy {what}; a Job takes OnFailure or Never",
                help="write restartPolicy: OnFailure or Never",
                fix=_on_failure(pod),
            )
        elif policy == "OnFailure" and pod.parent is not None and pod.parent.parent is not None:
            job = pod.parent.parent
            if job.get("podFailurePolicy") is not None:
                yield pod["restartPolicy"].found(
                    "restartPolicy is OnFailure, and podFailurePolicy judges only pods that are not restarted",
                    help="write restartPolicy: Never",
                    related=(("the policy", job["podFailurePolicy"]),),
                )


def _on_failure(pod: PodSpec) -> Fix | None:
    """OnFailure is what most Jobs mean; that pods are kept for their logs (Never) is as good, so it is not certain."""
    node = pod["restartPolicy"]
    if node.value:
        made = edits.replace_value(node, "OnFailure")
    else:
        made = (
            edits.insert_after(pod["containers"], "restartPolicy", "OnFailure") if node.key not in pod.value else None
        )
    return edits.fixed("write restartPolicy: OnFailure", made, safe=False)
