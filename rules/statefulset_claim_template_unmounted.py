"""A claim template that no container mounts.

Every pod of the set gets a claim and a disk from the template; without a mount nothing is ever written to it. It is paid for, and the
data that was meant to be kept goes to the container's own file system and is lost at the next restart.

Mount it (`volumeMounts` or `volumeDevices` with the template's name), or remove the template.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, rule


@rule(Category.RISKY, needs=("volumeClaimTemplates",))
def check(statefulset: StatefulSet) -> Findings:
    """A template whose name stands in no volumeMounts or volumeDevices."""
    templates = statefulset.spec["volumeClaimTemplates"]
    if not templates.present:
        return
    mounted = {
        mount.get("name")
        for container in statefulset.pod.all_containers()
        for name in ("volumeMounts", "volumeDevices")
        for mount in container[name].items()
    }
    for template in templates.items():
        name = template["metadata"].get("name")
        if name and name not in mounted:
            yield template["metadata"]["name"].found(
                f"no container mounts the claim template {name}",
                consequence="each pod gets a disk that stays empty, and what the application writes is lost at its next restart",
                help=f"add a volumeMount with name: {name}, or remove the template",
            )
