"""The claim of an ephemeral volume that cannot be made.

The claim is named after the pod and the volume, so both together must be a legal name, and no other volume of the
pod can use that claim. Its template has only labels and annotations as metadata. The API server refuses the pod.

Shorten the name of the volume, and remove what is neither label nor annotation.

See https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, needs=("volumes",))
def check(pod: PodSpec) -> Findings:
    """Find templates with other metadata, and names that clash; follows ValidateVolumes."""
    volumes = pod.mapping().get("volumes")
    if not volumes or not any(volume and volume.get("ephemeral") is not None for volume in volumes):
        return
    owner = pod.metadata.get("name") if pod.root.get("kind") == "Pod" else None
    made = set()
    for index, volume in enumerate(volumes):
        template = ((volume or {}).get("ephemeral") or {}).get("volumeClaimTemplate") or {}
        node = pod["volumes"][index]
        for field, value in (template.get("metadata") or {}).items():
            if field not in ("labels", "annotations") and value not in (None, "", [], {}, 0):
                yield node.at("ephemeral", "volumeClaimTemplate", "metadata", field).found(
                    f"the template of an ephemeral volume has only labels and annotations, not `{field}`",
                    help="remove it",
                    key=True,
                )
        if owner and volume and volume.get("ephemeral") is not None and volume.get("name"):
            claim = f"{owner}-{volume['name']}"
            made.add(claim)
            reason = names.dns_subdomain(claim)
            if reason:
                yield node["name"].found(
                    f"the claim of this volume would be named `{claim}`: {reason}", help="shorten the name"
                )
    for index, volume in enumerate(volumes):
        used = ((volume or {}).get("persistentVolumeClaim") or {}).get("claimName")
        if used in made:
            yield pod["volumes"][index]["persistentVolumeClaim"]["claimName"].found(
                f"the claim `{used}` is made for an ephemeral volume of this pod; another volume cannot use it",
                help="mount the ephemeral volume instead, or name another claim",
            )
