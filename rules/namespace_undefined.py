"""An object in a namespace that the manifests do not define, where they define others.

Objects of a namespace that does not exist are refused: "namespaces \"shop\" not found". Where the manifests bring their
Namespaces along, one without its Namespace is often misspelt or forgotten.

Add a Namespace object, or correct the name. What exists already is listed under `external` in the configuration.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    CLUSTER_SCOPED,
    MOST_NAMES,
    Category,
    Cluster,
    Findings,
    Namespace,
    Object,
    folder_of,
    in_one_cluster,
    is_well_known,
    named,
    nearest,
    rule,
)
from kubetrial.lint.values.names import dns_label


@rule(Category.ADVICE)
def check(cluster: Cluster) -> Findings:
    """Each namespace that is used beside others that are defined, once a folder, at its first object."""
    if not cluster.complete:
        return
    defined = {namespace.name for namespace in cluster.all(Namespace)}
    said = set()
    names: dict[str, list[str]] = {}
    for obj in cluster.objects:
        name, folder = obj.namespace, folder_of(obj)
        if (
            not name
            or name in defined
            or (folder, name) in said
            or is_well_known("Namespace", name, "")
            or _is_global(obj)
        ):
            continue
        near = cluster.in_folder(folder).get(("", "Namespace"), ())
        beside = [one for one in near if in_one_cluster(cluster, obj, one)]
        if not beside or dns_label(name) is not None or cluster.exists_outside("Namespace", name):
            continue
        if cluster.namespaces(obj) != frozenset((name,)):
            continue  # a kustomization sets another one
        said.add((folder, name))
        if folder not in names:
            names[folder] = sorted({one.name for one in beside})[:MOST_NAMES]
        close = nearest(name, names[folder])
        yield obj["metadata"]["namespace"].found(
            f"the namespace {name} is not defined in these manifests, and {close or beside[0].name} is",
            consequence="where it does not exist, its objects are refused: namespaces not found",
            help=f"write {close}" if close else "add the Namespace, or list it as external in the configuration",
            related=(named(beside[0]),),
        )


def _is_global(obj: Object) -> bool:
    """Whether the kind has no namespaces: one that is written there means nothing."""
    return obj.kind in CLUSTER_SCOPED or obj.kind.startswith("Cluster") or obj.kind.endswith("WebhookConfiguration")
