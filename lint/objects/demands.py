"""Labels and annotations that the configuration asks for."""

from __future__ import annotations

from fnmatch import fnmatchcase

from kubetrial.lint.objects.views import Object
from kubetrial.lint.yaml.node import Findings, Node


def missing(
    holder: Node, field: str, wanted: tuple[str, ...], kinds: tuple[str, ...], of: Object | None = None
) -> Findings:
    """The keys of `wanted` (`key`, or `key=pattern`) that the metadata of an object or template lacks."""
    if kinds and holder.get("kind") not in kinds:
        return
    metadata = holder["metadata"] if of is None else holder
    own = metadata[field].mapping()
    for entry in wanted:
        key, equals, pattern = entry.partition("=")
        what = "label" if field == "labels" else "annotation"
        if key not in own:
            yield metadata[field].found(f"the {what} {key} is missing", help=f"add {key}", key=True)
        elif equals and not fnmatchcase(str(own[key]), pattern):
            yield metadata[field][key].found(
                f"the {what} {key} is `{own[key]}`, not `{pattern}`", help=f"write {pattern}"
            )
