"""An affinity or spread constraint without a labelSelector.

Without a selector the term matches no pod at all: an anti-affinity keeps nothing apart, an affinity that is
required can never be met, and a constraint spreads nothing. The API server takes it with a warning.

Write the labels of the pods that are meant; an empty selector `{}` means all pods of the namespace.

See https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, Found, Node, PodSpec, rule


@rule(Category.RISKY, needs=("affinity", "topologySpreadConstraints"))
def check(pod: PodSpec) -> Findings:
    """Find terms that match nothing; follows the warnings of pkg/api/pod. With matchLabelKeys they are refused."""
    values = pod.mapping()
    for index, constraint in enumerate(values.get("topologySpreadConstraints") or ()):
        if _matches_nothing(constraint or {}):
            yield _found(pod["topologySpreadConstraints"][index], "this constraint")
    affinity = values.get("affinity")
    if not affinity:
        return
    for kind in ("podAffinity", "podAntiAffinity"):
        terms = affinity.get(kind) or {}
        for index, term in enumerate(terms.get("requiredDuringSchedulingIgnoredDuringExecution") or ()):
            if _matches_nothing(term or {}):
                yield _found(
                    pod.at("affinity", kind, "requiredDuringSchedulingIgnoredDuringExecution", index), "this term"
                )
        for index, term in enumerate(terms.get("preferredDuringSchedulingIgnoredDuringExecution") or ()):
            inner = (term or {}).get("podAffinityTerm")
            if inner is not None and _matches_nothing(inner):
                way = ("affinity", kind, "preferredDuringSchedulingIgnoredDuringExecution", index, "podAffinityTerm")
                yield _found(pod.at(*way), "this term")


def _matches_nothing(term: dict[str, Any]) -> bool:
    return term.get("labelSelector") is None and not term.get("matchLabelKeys") and not term.get("mismatchLabelKeys")


def _found(node: Node, what: str) -> Found:
    return node["labelSelector"].found(
        f"{what} has no labelSelector and matches no pod", help="write the labels of the pods that are meant"
    )
