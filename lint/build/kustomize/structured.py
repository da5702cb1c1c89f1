"""Replacements into the YAML or JSON that a text holds: `data.config\\.yaml.server.port`. Follows setValueInStructuredData."""

from __future__ import annotations

from kubetrial.lint.build.kustomize.hashes import json_text
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import SCALAR, PlacedText, RNode, read
from kubetrial.lint.build.kustomize.paths import lookup
from kubetrial.lint.build.kustomize.styled import styled
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.scalars import NotReadable


@dataclass(frozen=True, slots=True)
class Inside:
    """What a text of an object holds, and the rest of a path that goes on in it."""

    holder: RNode
    text: str
    root: RNode
    rest: list[str]

    def write_back(self, source: RNode) -> None:
        """Give the text of the object what was changed, written as it was: JSON on one line or several, else YAML."""
        start = self.text.strip()[:1]
        if start in ("{", "["):
            pretty = "\n" in self.text and "  " in self.text
            new = json_text(self.root.plain(), pretty=pretty)
        else:
            new = styled(self.root, self.text).strip()
        self.holder.value, self.holder.style = new, '"'
        self.holder.said_by(source, "the replacement")


def inside_of(root: RNode, parts: list[str]) -> Inside | None:
    """The first text on a path that goes on behind it, read as YAML; None where there is none."""
    for index in range(1, len(parts)):
        try:
            node = lookup(root, parts[:index], root)
        except MergeRefused:
            continue
        if node is None or node.kind is not SCALAR or not isinstance(node.value, str):
            continue
        try:
            documents = read(node.value, PlacedText("", node.value))
        except NotReadable:
            continue
        if documents and documents[0].kind is not SCALAR:
            return Inside(node, node.value, documents[0], parts[index:])
    return None
