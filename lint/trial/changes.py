"""What the API server refuses of a change: fields that are fixed once an object exists.

Follows ValidateJobSpecUpdate in pkg/apis/batch/validation and the updates in pkg/apis/apps/validation, on specs with
their defaults. Whether manifests that are to be applied hold such a change is asked in lint/api/against.py.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.facts import fixed_fields, kinds, selectors

if TYPE_CHECKING:
    from kubetrial.lint.trial.objects import StoredObject


@functools.cache
def _fixed_of(kind: str) -> tuple[str, ...]:
    """The fields of a workload's spec that the catalogue marks as fixed."""
    from kubetrial.lint.api import against
    from kubetrial.lint.api.walk import Catalogue

    catalogue = Catalogue()
    group = kinds.GROUPS.get(kind)
    entry = None if group is None else catalogue.kind(f"{group}/v1" if group else "v1", kind)
    if entry is None:
        return ()
    return tuple(path[1] for path, _ in against.fixed(entry["type"], catalogue) if path[0] == "spec" and len(path) == 2)


def fixed(obj: StoredObject, new: Mapping[str, Any]) -> str:
    """The field because of which a new spec for an object is refused, or ""."""
    template = new.get("template")
    if "template" in obj.spec and not (
        isinstance(template, Mapping) and (template.get("spec") or {}).get("containers")
    ):
        return "spec.template.spec.containers"
    labels = (template.get("metadata") or {}).get("labels") or {} if isinstance(template, Mapping) else {}
    if obj.kind in kinds.SELECTING and not selectors.matches(new.get("selector"), labels):
        return "spec.template.metadata.labels"
    for name in _fixed_of(obj.kind):
        if obj.spec.get(name) != new.get(name):
            return f"spec.{name}"
    return _fixed_of_job(obj, new) if obj.kind == "Job" else ""


def _fixed_of_job(job: StoredObject, new: Mapping[str, Any]) -> str:
    """Completions, unless the Job is Indexed and parallelism goes with them; the template."""
    if not fixed_fields.completions_may_change(job.spec, new):
        return "spec.completions"
    was, now = job.spec["template"], new["template"]
    if was != now and _may_be_rescheduled(job):
        was, now = fixed_fields.without_scheduling(was), fixed_fields.without_scheduling(now)
    return "" if was == now else "spec.template"


def _may_be_rescheduled(job: StoredObject) -> bool:
    status = job.state
    if not job.spec["suspend"] or status is None:
        return bool(job.spec["suspend"])
    idle: bool = status.start is None or status.conditions.get("Suspended") == "JobSuspended"
    return idle and status.active == 0
