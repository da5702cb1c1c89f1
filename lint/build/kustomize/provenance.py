"""What `buildMetadata` writes into objects: where each comes from and what changed it. Follows api/resource/origin.go."""

from __future__ import annotations

import posixpath
import re

from kubetrial.lint.build.emit import scalar_text
from kubetrial.lint.build.kustomize.nodes import RNode, items_of
from kubetrial.lint.build.kustomize.resource import Resource

_ORIGIN, _CHANGES = "config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations"


class BuildPlace:
    """Where a build is, seen from the outermost kustomization; `wanted` tells whether anybody asks."""

    def __init__(self) -> None:
        self.wanted = False
        self.path = ""

    def of_file(self, entry: str) -> str:
        """What an object of a file says."""
        return f"path: {_word(_join(self.path, entry))}\n"

    def of_field(self, file: str, kind: str) -> str:
        """What a field of a kustomization says, as generator or transformer of a kind."""
        place = _word(_join(self.path, posixpath.basename(file)))
        return f"configuredIn: {place}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}\n"

    def of_plugin(self, place: str, config: Resource) -> str:
        """What a generator or transformer says that stands in a file, or inline."""
        id = config.id
        rows = [f"configuredIn: {_word(place)}", "configuredBy:", f"  apiVersion: {config.text('apiVersion')}"]
        rows += [f"  kind: {id.kind}", f"  name: {_word(id.name)}"]
        rows += [f"  namespace: {_word(id.namespace)}"] if id.namespace else []
        return "\n".join(rows) + "\n"

    def below(self, entry: str) -> str:
        """The path of a kustomization that this one takes in."""
        return _join(self.path, entry)

    def changed(self, resources: list[Resource], said: str) -> None:
        """Note at all objects that a transformer ran."""
        for one in resources if self.wanted else ():
            if one.made_by:
                one.transformed_by.append(said)
            else:
                one.made_by = said


def _word(text: str) -> str:
    """A path as kustomize writes it; names that would be read as something else are quoted."""
    return (
        text if re.fullmatch(r"[./\w][-./\w+@ ]*\w", text) and not re.fullmatch(r"[\d.]+", text) else scalar_text(text)
    )


def _join(path: str, entry: str) -> str:
    return posixpath.normpath(posixpath.join(path, entry))


def annotate(root: RNode, resources: list[Resource]) -> None:
    """Write what `buildMetadata` of the outermost kustomization asks for."""
    asked = {item.value: item for item in items_of(root, "buildMetadata")}
    for one in resources:
        if "originAnnotations" in asked and one.made_by:
            one.set_text(one.made_by, asked["originAnnotations"], "", "metadata", "annotations", _ORIGIN)
        if "transformerAnnotations" in asked and one.transformed_by:
            text = "".join("- " + said.rstrip("\n").replace("\n", "\n  ") + "\n" for said in one.transformed_by)
            one.set_text(text, asked["transformerAnnotations"], "", "metadata", "annotations", _CHANGES)
        if "managedByLabel" in asked:
            label = ("metadata", "labels", "app.kubernetes.io/managed-by")
            one.set_text("kustomize-v5.8.2", asked["managedByLabel"], "", *label)
