"""Two objects of one kind, name and namespace in one file.

`kubectl apply` sends both, and the second replaces the first without a word: what only the first says is lost. With
`kubectl create` the second fails with AlreadyExists, and `kustomize build` refuses the file.

Remove one of them, or give it another name.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, rule
from kubetrial.lint.values.pattern import pattern

_SELECTORS = (
    "configmanagement.gke.io/namespace-selector",
    "configmanagement.gke.io/cluster-selector",
    "configsync.gke.io/cluster-name-selector",
)
"""By these Config Sync applies an object to some namespaces or clusters only."""

_OF_SAMPLES = pattern(r"(?:^|/)(?:samples?|examples?)/")


@rule(Category.BROKEN)
def check(cluster: Cluster) -> Findings:
    """Objects that differ and have one identity, where both are certain to be applied."""
    first: dict[tuple[object, ...], Object] = {}
    for obj in cluster.objects:
        annotations = obj.annotations
        if not obj["metadata"].get("name") or annotations.get("helm.sh/hook"):
            continue  # a hook has its own time, and may stand in for what is installed later
        # Each goes to namespaces or clusters of its own.
        chosen = tuple(str(annotations.get(name)) for name in _SELECTORS)
        key = (obj.document.file, obj.group, obj.kind, obj.namespace, obj.name, chosen)
        other = first.setdefault(key, obj)
        if other is not obj and other.value != obj.value:
            name, before = obj["metadata"]["name"], other["metadata"]["name"]
            files = {node.document.file_of(node.document.find(node.steps)[0]) for node in (name, before)}
            if other.api_version != obj.api_version and all(_OF_SAMPLES.search(file) for file in files):
                continue  # generators of operators write a sample for each version, and whoever tries one applies one
            where = "in this file" if len(files) == 1 else "in what is applied together"
            yield name.found(
                f"{obj} stands {where} twice, with different contents",
                consequence="the second one replaces the first when they are applied, and what only the first says is lost",
                help="remove one of them, or give it another name",
                related=(("the first one", before),),
            )
