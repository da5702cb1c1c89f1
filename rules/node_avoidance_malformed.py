"""The annotation that asks the scheduler to avoid a node cannot be read.

`scheduler.alpha.kubernetes.io/preferAvoidPods` holds JSON with entries that each name a controller. The API server
refuses a Node with any other text in it.

Remove the annotation, and taint the node instead.

See https://kubernetes.io/docs/reference/labels-annotations-taints/#scheduleralphakubernetesiopreferavoidpods
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, KubernetesNode, rule

_KEY = "scheduler.alpha.kubernetes.io/preferAvoidPods"


@rule(Category.REJECTED, needs=("annotations",))
def check(machine: KubernetesNode) -> Findings:
    """Follows ValidateAvoidPodsInNodeAnnotations in core/validation."""
    text = machine.annotations.get(_KEY)
    if not text:
        return
    import json

    node = machine["metadata"]["annotations"][_KEY]
    try:
        entries = json.loads(text).get("preferAvoidPods") or []
        named = [bool((entry.get("podSignature") or {}).get("podController")) for entry in entries]
    except (ValueError, AttributeError, TypeError):
        yield node.found(f"`{_KEY}` holds no JSON object with a list `preferAvoidPods`", help="remove the annotation")
        return
    if not all(named):
        yield node.found(
            f"entry {named.index(False)} of `{_KEY}` names no podSignature.podController", help="remove the annotation"
        )
