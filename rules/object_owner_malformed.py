"""An ownerReference that is incomplete or not allowed.

Each reference needs `apiVersion`, `kind`, `name` and `uid`; an Event cannot own anything, and only one owner can be
the controller. The uid exists only once the owner does, so owners are set by controllers and hardly ever stand in
manifests.

Remove `ownerReferences` from the manifest, or fill in all four fields from the living owner.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, rule


@rule(Category.REJECTED, needs=("ownerReferences",))
def check(metadata: Metadata) -> Findings:
    """Find references that ValidateOwnerReferences in apimachinery refuses."""
    owners = metadata.value.get("ownerReferences")
    if not owners or not metadata.of_object or metadata.unchecked:
        return
    controllers = 0
    for index, owner in enumerate(owners):
        if owner in owners[:index]:
            continue  # the server drops what stands twice before it looks
        owner = owner or {}
        node = metadata["ownerReferences"][index]
        for field in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(field):
                yield node[field].found(
                    f"the owner needs `{field}`", help="remove the reference, or fill it in", key=node[field].present
                )
        version = owner.get("apiVersion") or ""
        if version and (version.count("/") > 1 or not version.rpartition("/")[2]):
            yield node["apiVersion"].found(
                f"`{version}` is no API version", help="write <group>/<version>, such as apps/v1, or v1"
            )
        if version.lstrip("/") == "v1" and owner.get("kind") == "Event":
            yield node.found("an Event cannot be an owner", help="remove the reference")
        controllers += owner.get("controller") is True
    if controllers > 1:
        yield metadata["ownerReferences"].found(
            f"{controllers} owners are marked as the controller; one can be",
            help="keep `controller: true` at one of them",
            key=True,
        )
