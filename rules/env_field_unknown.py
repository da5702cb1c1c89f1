"""A variable wants a field of the pod that variables cannot hold.

`fieldRef` knows the pod's name, namespace, uid, node, service account and addresses, and single labels and
annotations. It is no JSONPath: no other field works. The API server refuses the pod.

Write one of the known fields, for example `metadata.name`, `status.podIP` or `metadata.labels['app']`.

See https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EnvVar, Findings, nearest, rule
from kubetrial.lint.values import references


@rule(Category.REJECTED, needs=("valueFrom",))
def check(variable: EnvVar) -> Findings:
    """Find fields that no variable holds; follows validateObjectFieldSelector in pkg/apis/core/validation."""
    source = variable.value.get("valueFrom")
    field = source.get("fieldRef") if source else None
    path = field.get("fieldPath") if field else None
    if not field or not path:
        return
    node = variable["valueFrom"]["fieldRef"]
    version = field.get("apiVersion") or "v1"
    if version != "v1":
        yield node["fieldPath"].found(
            f"the pod has no fields in version {version}", help="write `apiVersion: v1`, or leave it away"
        )
        return
    problem = references.pod_field_problem(path)
    if problem is None:
        return
    reason, of_key = problem
    bare = path.strip("{}. ")
    close = bare if bare in references.POD_FIELDS else nearest(bare, references.POD_FIELDS)
    yield node["fieldPath"].found(
        f"fieldPath is `{path}`: {reason}",
        help=f"write `{close}`" if close and not of_key else "write a known field, or `metadata.labels['KEY']`",
        path=node.path if of_key else "",
    )
