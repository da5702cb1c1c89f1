"""A label that the configuration asks for is missing.

Silent unless configured: `labels` lists the keys, each alone or as `key=pattern` with `*`; `kinds` limits the rule
to some kinds. Templates of pods have to carry the labels too when `templates` is set.

Add the label.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, Pod, Workload, rule
from kubetrial.lint.objects import demands


@rule(Category.ADVICE)
def check(
    obj: Object, *, labels: tuple[str, ...] = (), kinds: tuple[str, ...] = (), templates: bool = False
) -> Findings:
    """Find objects (and pod templates) without the labels of the configuration."""
    yield from demands.missing(obj, "labels", labels, kinds)
    if templates and isinstance(obj, Workload) and not isinstance(obj, Pod):
        yield from demands.missing(obj.pod.metadata, "labels", labels, (), of=obj)
