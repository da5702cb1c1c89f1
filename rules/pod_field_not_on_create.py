"""A field that only a running pod can have.

Ephemeral containers are added to a running pod with `kubectl debug`; a pod with scheduling gates is placed after
the last gate is removed, so it has no node yet; a priority is the one of a priority class, and those that begin
with `system-` belong to Kubernetes, which has two of them. The API server refuses the object.

Remove ephemeralContainers, nodeName or the gates, or write system-cluster-critical or system-node-critical.

See https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_SYSTEM = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


@rule(Category.REJECTED)
def check(pod: PodSpec) -> Findings:
    """Find them; follows ValidatePodCreate, ValidatePodTemplateSpec and the Priority admission."""
    values = pod.mapping()
    if values.get("ephemeralContainers"):
        yield pod["ephemeralContainers"].found(
            "ephemeral containers are added to a running pod, never written in a manifest",
            help="use `kubectl debug`",
            key=True,
        )
    account, alias = values.get("serviceAccountName"), values.get("serviceAccount")
    if not account and alias and (reason := names.dns_subdomain(alias)):
        yield pod["serviceAccount"].found(
            f"the service account is `{alias}`: {reason}",
            help=instead(alias, names.dns_subdomain),
            path=pod["serviceAccountName"].path,
        )
    if pod.root.get("kind") != "Pod":
        return
    if values.get("nodeName") and values.get("schedulingGates"):
        yield pod["nodeName"].found(
            "a pod with scheduling gates has no node yet", help="remove nodeName or schedulingGates", key=True
        )
    priority_class = values.get("priorityClassName") or ""
    if priority_class.startswith("system-") and priority_class not in _SYSTEM:
        yield pod["priorityClassName"].found(
            f"there is no priority class `{priority_class}`: those that begin with `system-` belong to Kubernetes",
            help=f"write {' or '.join(_SYSTEM)}, or a class of your own",
        )
    elif not priority_class and values.get("priority"):
        yield pod["priority"].found(
            f"the priority {values['priority']} can only come from a priority class, and the pod names none",
            help="write `priorityClassName`, and remove `priority`",
        )
    elif priority_class in _SYSTEM and values.get("priority") not in (None, _SYSTEM[priority_class]):
        yield pod["priority"].found(
            f"the priority of {priority_class} is {_SYSTEM[priority_class]}", help="remove `priority`"
        )
