"""An item of a projected volume without a source.

A `- ` under `sources` with nothing below it adds nothing to the volume; mostly its source was written one level too
far left, or removed. The API server takes the pod with a warning.

Write the source below the item, or remove the item.

See https://kubernetes.io/docs/concepts/storage/projected-volumes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Volume, rule


@rule(Category.RISKY, needs=("projected",))
def check(volume: Volume) -> Findings:
    """Find empty items; follows the warnings of pkg/api/pod."""
    projected = volume.mapping().get("projected")
    for index, source in enumerate((projected or {}).get("sources") or ()):
        if not source or all(value is None for value in source.values()):
            yield volume["projected"]["sources"][index].found(
                "this item of sources has no source", help="write the source below it, or remove the item"
            )
