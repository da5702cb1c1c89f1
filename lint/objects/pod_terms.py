"""The terms of a pod that speak of other pods: spread constraints, affinity and anti-affinity."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.views import PodSpec
from kubetrial.lint.yaml.node import Node


def affinity_terms(pod: PodSpec, kind: str) -> Iterator[tuple[Node, bool]]:
    """(the term, whether it is required) of `podAffinity` or `podAntiAffinity`."""
    rules = pod["affinity"][kind]
    for term in rules["requiredDuringSchedulingIgnoredDuringExecution"].items():
        yield term, True
    for weighted in rules["preferredDuringSchedulingIgnoredDuringExecution"].items():
        if weighted["podAffinityTerm"].present:
            yield weighted["podAffinityTerm"], False


def spread_constraints(pod: PodSpec) -> Iterator[Node]:
    """The topologySpreadConstraints."""
    return pod["topologySpreadConstraints"].items()


def of_own_namespace(term: Node) -> bool:
    """Whether a term looks at pods of the pod's own namespace only."""
    return not term.get("namespaces") and term.get("namespaceSelector") is None
