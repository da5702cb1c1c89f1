"""A RuntimeClass has the same toleration twice.

The tolerations are added to every pod of the class as a set, so the API server refuses two with the same key,
operator, value and effect.

Remove one of them.

See https://kubernetes.io/docs/concepts/containers/runtime-class/#scheduling
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, RuntimeClass, rule


@rule(Category.REJECTED, needs=("scheduling",))
def check(runtime: RuntimeClass) -> Findings:
    """Find tolerations that repeat."""
    seen = set()
    for index, toleration in enumerate((runtime.mapping().get("scheduling") or {}).get("tolerations") or ()):
        same = tuple((toleration or {}).get(field) or "" for field in ("key", "operator", "value", "effect"))
        if same in seen:
            yield runtime.at("scheduling", "tolerations", index).found(
                "this toleration stands twice", help="remove one of them"
            )
        seen.add(same)
