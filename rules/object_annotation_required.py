"""An annotation that the configuration asks for is missing.

Silent unless configured: `annotations` lists the keys, each alone or as `key=pattern` with `*`; `kinds` limits the
rule to some kinds.

Add the annotation.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import demands


@rule(Category.ADVICE)
def check(obj: Object, *, annotations: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> Findings:
    """Find objects without the annotations of the configuration."""
    yield from demands.missing(obj, "annotations", annotations, kinds)
