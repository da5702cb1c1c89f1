"""A container's processes belong to the group root.

Files of the image and of volumes are often writable for the group 0, in images for OpenShift on purpose: it is
nearly as good as being root in the container.

Write another number for `runAsGroup`, `fsGroup` or `supplementalGroups`.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.SECURITY, needs=("securityContext",))
def check(pod: PodSpec) -> Findings:
    """Find the group 0, of the pod or of a container."""
    own = pod["securityContext"]
    holders = [own, *(container["securityContext"] for container in pod.all_containers())]
    for context in holders:
        for field in ("runAsGroup", "fsGroup"):
            if context.get(field) == 0:
                yield context[field].found(f"{field} 0 is the group root", help="write another number")
    for index, group in enumerate(own.get("supplementalGroups") or ()):
        if group == 0:
            yield own["supplementalGroups"][index].found("the supplemental group 0 is the group root", help="remove it")
