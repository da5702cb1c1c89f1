"""A spread constraint or anti-affinity that does not count the workload's own pods.

The scheduler counts the pods that the `labelSelector` of the constraint matches. Where the workload's own pods do not
carry these labels, they are not spread: all of them may land on one node, without any event.

Write the labels of the pod template, or leave the differing one out.

See https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    LabelSelector,
    Node,
    Workload,
    is_open,
    is_transformed,
    rule,
    slip,
    workloads_of,
)
from kubetrial.lint.facts.programs import image_name
from kubetrial.lint.objects.pod_terms import affinity_terms, of_own_namespace, spread_constraints


@rule(Category.RISKY, needs=("affinity", "topologySpreadConstraints"))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Follows selfMatchNum of podtopologyspread and the counts of interpodaffinity.

    A constraint that misses its own pods is always without effect; anti-affinity against another application is meant
    so, where the set has such pods or the selector is not like the own labels.
    """
    values = workload.pod.mapping()
    if workload.kind == "Pod":
        return  # there is nothing to spread
    if not (values.get("topologySpreadConstraints") or values.get("affinity")) or is_transformed(cluster, workload):
        return
    yield from _elsewhere(workload, cluster)
    terms = list(_terms(workload))
    apart = any(term["labelSelector"].view(LabelSelector).matches(workload.pod.labels) for term, _ in terms)
    for term, spreads in terms:
        if apart and not spreads:
            continue  # another term keeps the own pods apart, so this one is about others
        selector = term["labelSelector"].view(LabelSelector)
        if selector.is_empty or _is_templated(selector) or selector.matches(workload.pod.labels):
            continue
        if _asks_for_release(selector, workload):
            continue
        if not spreads and not _is_meant_for_itself(workload, cluster, selector):
            continue
        asked, own = _difference(selector, workload.pod.labels)
        what = "this constraint" if spreads else "this anti-affinity"
        yield term["labelSelector"].found(
            f"{what} selects {asked}, and the own pods of {workload.kind} {workload.name} have {own}: no own pod is counted",
            key=True,
            consequence="the pods are not spread: all of them may land on one node, and its failure stops them all",
            help="write the labels of the pod template",
            related=(("the labels of the pods", workload.pod.metadata["labels"]),),
        )


def _elsewhere(workload: Workload, cluster: Cluster) -> Findings:
    """Anti-affinity with the own labels that looks into other namespaces only, where the set has no such pods."""
    if not workload.namespace:
        return
    for term, _ in affinity_terms(workload.pod, "podAntiAffinity"):
        spaces, selector = term.get("namespaces"), term["labelSelector"].view(LabelSelector)
        if not isinstance(spaces, list) or not spaces or workload.namespace in spaces:
            continue
        if term.get("namespaceSelector") is not None or selector.is_empty or _is_templated(selector):
            continue
        if not selector.matches(workload.pod.labels) or _has_pods(cluster, selector, spaces):
            continue
        yield term["namespaces"].found(
            f"this anti-affinity looks into {', '.join(map(str, spaces[:3]))}, and {workload.kind} {workload.name} is in "
            f"{workload.namespace}: no own pod is counted",
            consequence="the pods are not spread: all of them may land on one node, and its failure stops them all",
            help="leave namespaces out: the own one is meant then",
            related=(("the labels of the pods", workload.pod.metadata["labels"]),),
        )


def _has_pods(cluster: Cluster, selector: LabelSelector, spaces: list[Any]) -> bool:
    """Whether pods of the set in one of the namespaces are chosen."""
    return any(
        one.namespace in spaces and selector.matches(one.pod.labels) for one in cluster.all(Workload) if one.namespace
    )


def _terms(workload: Workload) -> Iterator[tuple[Node, bool]]:
    for constraint in spread_constraints(workload.pod):
        yield constraint, True
    for term, _ in affinity_terms(workload.pod, "podAntiAffinity"):
        if of_own_namespace(term):
            yield term, False


def _is_meant_for_itself(workload: Workload, cluster: Cluster, selector: LabelSelector) -> bool:
    """Whether no other pods of a whole set can be meant, and each label asks for something like an own one."""
    if not cluster.complete or is_open(cluster, workload) or workloads_of(cluster, workload, selector):
        return False
    own = [*map(str, workload.pod.labels.values()), workload.name]
    own += [image_name(container.get("image")) for container in workload.pod.containers()]
    return all(
        any(_is_alike(value, other) for value in values for other in own) for _, values in _asked(selector) if values
    )


_HELMS_OWN = "release-name"
"""The name that `helm template` takes where none is given."""


def _asks_for_release(selector: LabelSelector, workload: Workload) -> bool:
    """Whether a chart's own values name a release, and all that differs is the name which nobody has chosen yet."""
    release, labels = workload.document.release, workload.pod.labels
    wrong = [(key, values) for key, values in _asked(selector) if values and labels.get(key) not in values]
    return bool(release and wrong) and all(
        labels.get(key) == release and not any(release in value and value != _HELMS_OWN for value in values)
        for key, values in wrong
    )


def _is_alike(one: str, other: str) -> bool:
    return (
        one == other
        or slip(one, [other]) is not None
        or f"{one}-".startswith(f"{other}-")
        or f"{other}-".startswith(f"{one}-")
    )


def _asked(selector: LabelSelector) -> Iterator[tuple[str, list[str]]]:
    """(label, the values that are asked for) of a selector; no values where it only asks for the label."""
    for key, value in selector["matchLabels"].mapping().items():
        yield str(key), [str(value)]
    for item in selector["matchExpressions"].items():
        if item.get("operator") in ("In", "Exists"):
            yield str(item.get("key")), [str(value) for value in item.get("values", [])]


def _difference(selector: LabelSelector, labels: Mapping[str, Any]) -> tuple[str, str]:
    """The first label that differs: as it is asked for, and as the pods have it."""
    for key, values in _asked(selector):
        if key not in labels or (values and str(labels[key]) not in values):
            asked = f"{key}: {' or '.join(values)}" if values else key
            return asked, f"{key}: {labels[key]}" if key in labels else f"no label {key}"
    return "other labels", "none of these"


def _is_templated(selector: LabelSelector) -> bool:
    return any(sign in value for _, values in _asked(selector) for value in values for sign in ("${", "{{", "<", "$("))
