"""A field of a Node that no part of Kubernetes reads any more.

`externalID` and `configSource` (dynamic kubelet configuration) are left over from old versions; the API server takes
them with a warning.

Remove the field.

See https://kubernetes.io/docs/concepts/architecture/nodes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, KubernetesNode, rule


@rule(Category.RISKY)
def check(machine: KubernetesNode) -> Findings:
    """Find fields without a reader; follows nodeWarnings in pkg/registry/core/node."""
    spec = machine.mapping().get("spec") or {}
    for field in ("externalID", "configSource"):
        if spec.get(field) not in (None, ""):
            yield machine["spec"][field].found(f"`{field}` has no effect any more", help="remove it", key=True)
