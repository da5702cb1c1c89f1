"""A volume of the template that a claim template of the same name replaces.

The controller puts the pod's claim in the place of a volume with the same name, so the volume that stands in the template (an emptyDir,
a ConfigMap) silently never exists. Two claim templates of one name make one claim.

Give each its own name.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, StatefulSet, rule


@rule(Category.BROKEN, needs=("volumeClaimTemplates",))
def check(statefulset: StatefulSet) -> Findings:
    """A claim template with the name of a volume, or of another claim template."""
    templates = statefulset.spec["volumeClaimTemplates"]
    if not templates.present:
        return
    volumes = {v.get("name"): v for v in statefulset.pod["volumes"].items() if not _is_placeholder(v)}
    seen: dict[str, Node] = {}
    for template in templates.items():
        node = template["metadata"]["name"]
        if not node.present:
            continue
        if node.value in volumes:
            yield node.found(
                f"the claim template {node.value} replaces the volume of the same name in the pod template",
                consequence="pods mount the claim; the volume that is written in the template is ignored without a message",
                help="rename one of them",
                related=(("the volume", volumes[node.value]),),
            )
        elif node.value in seen:
            yield node.found(
                f"two claim templates are called {node.value}",
                consequence="one claim is made, and the second template is ignored",
                help="rename one of them",
                related=(("the first", seen[node.value]),),
            )
        seen[node.value] = node


def _is_placeholder(volume: Node) -> bool:
    """Whether a volume only stands for the claim of its template: it has nothing but a name, or names a claim like itself."""
    source = volume["persistentVolumeClaim"]
    return not set(volume.mapping()) - {"name"} or source.get("claimName") == volume.get("name")
