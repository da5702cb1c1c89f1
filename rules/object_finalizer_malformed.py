"""A finalizer that the API server refuses.

A finalizer is a name with a domain, such as `example.com/cleanup`. Without a domain only `kubernetes`, `orphan` and
`foregroundDeletion` are known, and the last two contradict one another.

Write the finalizer's name as its controller documents it; most manifests need none, for controllers set their own.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Metadata, Object, rule
from kubetrial.lint.objects.identity import BUILT_IN
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_STANDARD = ("kubernetes", "orphan", "foregroundDeletion")
# Kinds of these groups, like custom kinds, may have finalizers of one word.
_LAX_GROUPS = (
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "coordination.k8s.io",
    "node.k8s.io", "policy",
)  # fmt: skip


@rule(Category.REJECTED, needs=("finalizers",))
def check(metadata: Metadata) -> Findings:
    """Find malformed and contradicting finalizers; follows ValidateFinalizers and validateKubeFinalizerName."""
    finalizers = metadata.value.get("finalizers")
    if not finalizers or not metadata.of_object or metadata.unchecked:
        return
    obj = metadata.root
    strict = isinstance(obj, Object) and _is_strict(obj)
    for index, finalizer in enumerate(finalizers):
        reason = names.qualified_name(finalizer or "")
        if reason is None and strict and "/" not in finalizer and finalizer not in _STANDARD:
            reason = "it needs a domain, such as example.com/cleanup"
        if reason is not None:
            yield metadata["finalizers"][index].found(
                f"the finalizer `{finalizer or ''}` is malformed: {reason}",
                help=instead(finalizer, names.prefixed_name)
                if "/" in (finalizer or "")
                else f"write `example.com/{finalizer}` with your own domain",
            )
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        yield metadata["finalizers"].found(
            "the finalizers orphan and foregroundDeletion contradict one another", help="keep one of them", key=True
        )


def _is_strict(obj: Object) -> bool:
    group = obj.group
    if not group:
        return obj.kind != "Event"
    return group in BUILT_IN and group not in _LAX_GROUPS
