"""What the API server refuses of a change: fields that are fixed once an object exists.

Follows ValidateJobSpecUpdate in pkg/apis/batch/validation and the updates in pkg/apis/apps/validation, on specs with
their defaults. Whether manifests that are to be applied hold such a change is asked in lint/api/against.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.facts import kinds, selectors

if TYPE_CHECKING:
    from kubetrial.lint.trial.objects import Object

FIXED = {
    "Job": (
        "backoffLimitPerIndex", "completionMode", "managedBy", "podFailurePolicy", "selector", "successPolicy",
    ),
    "StatefulSet": ("podManagementPolicy", "selector", "serviceName", "volumeClaimTemplates"),
    "DaemonSet": ("selector",),
    "Deployment": ("selector",),
    "ReplicaSet": ("selector",),
}  # fmt: skip

SCHEDULING = ("nodeSelector", "schedulingGates", "tolerations")
"""Of a Job's template, what may change while it is suspended and no pod is left, beside nodeAffinity, labels,
annotations and the resources of containers.
"""


def fixed(obj: Object, new: Mapping[str, Any]) -> str:
    """The field because of which a new spec for an object is refused, or ""."""
    template = new.get("template")
    if "template" in obj.spec and not (
        isinstance(template, Mapping) and (template.get("spec") or {}).get("containers")
    ):
        return "spec.template.spec.containers"
    labels = (template.get("metadata") or {}).get("labels") or {} if isinstance(template, Mapping) else {}
    if obj.kind in kinds.SELECTING and not selectors.matches(new.get("selector"), labels):
        return "spec.template.metadata.labels"
    for name in FIXED.get(obj.kind, ()):
        if obj.spec.get(name) != new.get(name):
            return f"spec.{name}"
    return _fixed_of_job(obj, new) if obj.kind == "Job" else ""


def _fixed_of_job(job: Object, new: Mapping[str, Any]) -> str:
    """Completions, unless the Job is Indexed and parallelism goes with them; the template."""
    old = job.spec
    if old.get("completions") != new.get("completions") and (
        new["completionMode"] != "Indexed" or new.get("completions") != new["parallelism"]
    ):
        return "spec.completions"
    was, now = old["template"], new["template"]
    if was != now and _may_be_rescheduled(job):
        was, now = _without_scheduling(was), _without_scheduling(now)
    return "" if was == now else "spec.template"


def _may_be_rescheduled(job: Object) -> bool:
    status = job.state
    if not job.spec["suspend"] or status is None:
        return bool(job.spec["suspend"])
    idle: bool = status.start is None or status.conditions.get("Suspended") == "JobSuspended"
    return idle and status.active == 0


def _without_scheduling(template: Mapping[str, Any]) -> dict[str, Any]:
    spec = {k: v for k, v in (template.get("spec") or {}).items() if k not in SCHEDULING}
    affinity = {k: v for k, v in (spec.pop("affinity", None) or {}).items() if k != "nodeAffinity"}
    for group in ("containers", "initContainers"):
        spec[group] = [{k: v for k, v in c.items() if k != "resources"} for c in spec.get(group) or ()]
    return {**template, "metadata": None, "spec": spec, "affinity": affinity}
