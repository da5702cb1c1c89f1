"""A key without a value.

The key has the value null, which Kubernetes treats as if the key were not there. Mostly something was meant to
stand below it, and the indentation is off or a template rendered nothing.

Write the value, `{}` or `[]`, or remove the key. Write `null` where it is meant.

See https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import spelling


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Find keys and list items that have nothing behind them."""
    for node, text in spelling.plain(obj, (type(None),)):
        if not text:
            what = f"`{node.key}` has no value" if isinstance(node.key, str) else "this item is empty"
            yield node.found(what, help="write the value, or remove it", key=isinstance(node.key, str))
