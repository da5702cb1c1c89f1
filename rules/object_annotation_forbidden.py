"""An annotation that the configuration forbids.

Silent unless configured: `annotations` lists the keys, with `*` for any text.

Remove the annotation.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from kubetrial.lint.authoring import Category, Findings, Object, rule


@rule(Category.ADVICE, needs=("annotations",))
def check(obj: Object, *, annotations: tuple[str, ...] = ()) -> Findings:
    """Find annotations that match a pattern of the configuration."""
    for key in obj.annotations:
        if any(fnmatchcase(key, pattern) for pattern in annotations):
            yield obj.at("metadata", "annotations", key).found(
                f"the annotation {key} is forbidden by the configuration", help="remove it", key=True
            )
