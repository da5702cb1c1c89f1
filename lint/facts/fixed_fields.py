"""What may change in an existing Job; follows ValidateJobSpecUpdate. Fields that are simply fixed are marked in the catalogue.

Specs are those with the server's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEDULING = ("nodeSelector", "schedulingGates", "tolerations")
"""Of a suspended Job's template, what may change beside nodeAffinity, labels, annotations and the resources of containers."""


def completions_may_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the number of completions of a Job stays, or may become what the new spec says: only along with parallelism."""
    if old.get("completions") == new.get("completions"):
        return True
    return new.get("completionMode") == "Indexed" and new.get("completions") == new.get("parallelism")


def without_scheduling(template: Any) -> Any:
    """A Job's template without what may change while the Job is suspended and none of its pods is left."""
    if not isinstance(template, Mapping):
        return template
    spec = {key: value for key, value in (template.get("spec") or {}).items() if key not in SCHEDULING}
    affinity = {
        key: value for key, value in (spec.pop("affinity", None) or {}).items() if key != "nodeAffinity" and value
    }
    if affinity:
        spec["affinity"] = affinity
    for group in ("containers", "initContainers"):
        spec[group] = [{k: v for k, v in (c or {}).items() if k != "resources"} for c in spec.get(group) or ()]
    metadata = template.get("metadata") or {}
    return {
        **template,
        "metadata": {key: value for key, value in metadata.items() if key not in ("labels", "annotations")},
        "spec": spec,
    }
