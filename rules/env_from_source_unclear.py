"""An item of `envFrom` names no ConfigMap or Secret, or both.

Each item takes the keys of one object. The API server refuses the pod.

Write one item for each object: `- configMapRef: {name: settings}`.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#configure-all-key-value-pairs-in-a-configmap-as-container-environment-variables
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EnvFromSource, Findings, rule


@rule(Category.REJECTED)
def check(source: EnvFromSource) -> Findings:
    """Find unclear items; follows ValidateEnvFrom in pkg/apis/core/validation."""
    one, other = source.value.get("configMapRef") is not None, source.value.get("secretRef") is not None
    if one is not other:
        return
    message = (
        "this item names both a ConfigMap and a Secret" if one else "this item names neither a ConfigMap nor a Secret"
    )
    # The server names the whole list.
    path = source.parent.path if source.parent is not None else ""
    yield source.found(message, help="write one item for each: `- configMapRef: {name: settings}`", path=path)
