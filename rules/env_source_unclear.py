"""A variable takes its value from no place, or from more than one.

`valueFrom` names exactly one source, and cannot stand beside a `value` that is not empty. The API server refuses the
pod.

Keep `value`, or one of fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef and fileKeyRef.

See https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EnvVar, Findings, rule
from kubetrial.lint.values.listed import one_of

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")


@rule(Category.REJECTED, needs=("valueFrom",))
def check(variable: EnvVar) -> Findings:
    """Find unclear sources; follows validateEnvVarValueFrom in pkg/apis/core/validation."""
    source = variable.value.get("valueFrom")
    if source is None:
        return
    node = variable["valueFrom"]
    name = variable.get("name", "")
    present = [field for field in _SOURCES if source.get(field) is not None]
    if not present:
        yield node.found(f"the valueFrom of `{name}` names no source", help=f"write {one_of(_SOURCES)}", key=True)
    elif variable.value.get("value"):
        yield node.found(
            f"`{name}` has both a value and valueFrom",
            help="keep one of the two",
            key=True,
            related=(("the value", variable["value"]),),
        )
    elif len(present) > 1:
        yield node.found(f"the valueFrom of `{name}` names {' and '.join(present)}", help="keep one of them", key=True)
