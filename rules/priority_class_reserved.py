"""A PriorityClass that takes a name or value of the system.

Names that begin with `system-` belong to the two built-in classes, and values above 1000000000 are theirs. The API
server refuses both.

Write another name, and a value of at most 1000000000.

See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PriorityClass, rule

_SYSTEM = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_MOST = 1_000_000_000


@rule(Category.REJECTED)
def check(priority: PriorityClass) -> Findings:
    """Follows ValidatePriorityClass in pkg/apis/scheduling/validation."""
    name = (priority.value.get("metadata") or {}).get("name") or ""
    value = priority.value.get("value") or 0
    if name.startswith("system-"):
        if _SYSTEM.get(name) != value or priority.value.get("globalDefault"):
            yield priority.at("metadata", "name").found(
                "names that begin with system- belong to the system", help="choose another name"
            )
    elif value > _MOST:
        yield priority["value"].found(
            f"value is {value}; above {_MOST} are the system's own classes", help=f"write at most {_MOST}"
        )
