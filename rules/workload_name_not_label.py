"""The name of a workload that cannot be a host name as it stands.

Pods, Jobs, CronJobs, Deployments, ReplicaSets and ReplicationControllers may have names with dots or of more than 63
characters. Their pods take host names from them: after 63 characters these are cut, and with a dot in them programs take
the rest for a domain, and the pod can have no DNS name. The API server accepts it with a warning.

Write at most 63 lower-case letters, digits and '-'.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Workload, rule
from kubetrial.lint.values import names

_KINDS = ("Pod", "Job", "CronJob", "Deployment", "ReplicaSet", "ReplicationController")


@rule(Category.RISKY)
def check(workload: Workload) -> Findings:
    """Follows WarningsOnCreate of these kinds; names that are refused are said elsewhere."""
    if workload.value.get("kind") not in _KINDS:
        return
    metadata = workload.value.get("metadata") or {}
    name, prefix = metadata.get("name"), metadata.get("generateName")
    made = name or (prefix[:58] + "xxxxx" if prefix else "")
    if (
        made
        and names.dns_label(made) is not None
        and names.dns_subdomain(made) is None
        and not _is_refused(workload, made)
    ):
        what = "has dots" if "." in made else f"has {len(made)} characters"
        yield workload["metadata"]["name" if name else "generateName"].found(
            f"the name {what}, so it is no DNS label",
            help="write at most 63 lower-case letters, digits and '-'",
            consequence="programs take the rest of the host name for a domain, and the pods can have no DNS names"
            if "." in made
            else "the host names of its pods are cut",
        )


def _is_refused(workload: Workload, name: str) -> bool:
    """Whether job-name-too-long speaks of the name."""
    kind, spec = workload.value.get("kind"), workload.value.get("spec") or {}
    if kind == "CronJob":
        return len(name) > 52
    return kind == "Job" and (len(name) > 63 or spec.get("completionMode") == "Indexed")
