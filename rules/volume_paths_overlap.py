"""Two files of a volume where one path lies in the other, or is the same.

A path is a file or a folder, not both: the kubelet fails to write the second, or overwrites the first. The API
server takes the pod with a warning.

Give each file its own path; a folder for each source keeps them apart.

See https://kubernetes.io/docs/concepts/storage/projected-volumes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, Volume, rule
from kubetrial.lint.objects.projections import projected_paths


@rule(Category.RISKY, needs=("configMap", "downwardAPI", "projected", "secret"))
def check(volume: Volume) -> Findings:
    """Find overlaps; follows warningsForOverlappingVirtualPaths in pkg/api/pod."""
    values = volume.mapping()
    for name in ("configMap", "secret", "downwardAPI"):
        items = (values.get(name) or {}).get("items")
        if items and len(items) > 1:
            yield from _overlaps(
                [
                    (volume[name]["items"][i]["path"], item["path"])
                    for i, item in enumerate(items)
                    if item and item.get("path")
                ]
            )
    sources = (values.get("projected") or {}).get("sources")
    if sources:
        files = []
        for index, source in enumerate(sources):
            node = volume["projected"]["sources"][index]
            files += [(node.at(*place), path) for place, path in projected_paths(source or {})]
        yield from _overlaps(files, same_refused=True)


def _overlaps(files: list[tuple[Node, str]], same_refused: bool = False) -> Findings:
    for index, (node, path) in enumerate(files):
        for other, earlier in files[:index]:
            one, two = path.rstrip("/") + "/", earlier.rstrip("/") + "/"
            if not one.startswith(two) and not two.startswith(one):
                continue
            if same_refused and path == earlier and "serviceAccountToken" not in (*node.steps, *other.steps):
                continue  # volume-projection-unclear speaks
            yield node.found(
                f"the paths `{path}` and `{earlier}` of this volume overlap",
                help="give each file its own path",
                consequence="one of the two files is missing in the container, or the pod does not start",
                related=(("the other one", other),),
            )
            break
