"""A policy that asks for a label which the Namespace that is meant does not have.

`namespaceSelector` looks at the labels of Namespaces. Every Namespace has kubernetes.io/metadata.name with its name;
any other label, also `name`, is there only when somebody has written it. Where no Namespace has it, the traffic that
was meant to pass is dropped.

Select by kubernetes.io/metadata.name, or give the Namespace the label.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-namespace-by-its-name
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Namespace,
    NetworkPolicy,
    NetworkPolicyPeer,
    Node,
    is_beside,
    is_transformed,
    named,
    rule,
    slip,
)

_NAME = "kubernetes.io/metadata.name"


@rule(Category.RISKY, needs=("namespaceSelector",))
def check(peer: NetworkPolicyPeer, cluster: Cluster) -> Findings:
    """Selectors that no Namespace of the set matches, and that differ in one label from one of which the value speaks."""
    wanted = _wanted(peer)
    policy = peer.root
    if not wanted or not cluster.complete or not isinstance(policy, NetworkPolicy):
        return
    for space, key, theirs in () if is_transformed(cluster, policy) else _nearly(wanted, cluster):
        if not is_beside(cluster, policy, space):
            continue
        value = wanted[key].value
        has = f"{key}: {theirs}" if theirs is not None else f"no label {key}"
        yield wanted[key].found(
            f"no Namespace of these manifests has the label {key}: {value}; {space.name} has {has}",
            consequence="the rule lets nothing of that namespace through: connections hang until they time out",
            help=f"write {_NAME}: {space.name}, or give the Namespace the label",
            related=(named(space),),
        )
        return


def _nearly(wanted: dict[str, Node], cluster: Cluster) -> list[tuple[Namespace, str, object]]:
    """(a Namespace, the one label in which it misses what is wanted, what it has there); none where one has it all. Each question once."""
    asked = cluster.once(_answers)
    question = tuple(sorted((key, repr(node.value)) for key, node in wanted.items()))
    if question not in asked:
        values = {key: node.value for key, node in wanted.items()}
        known = cluster.once(_labels)
        single = next(iter(values.items())) if len(values) == 1 else None
        has_all = (
            single in cluster.once(_label_pairs)
            if single is not None and isinstance(single[1], str)
            else any(values.items() <= own.items() for _, own in known)
        )
        asked[question] = [] if has_all else [*(_misses_one(*single, known) if single else _misses(values, known))]
    return asked[question]


def _answers(_: Cluster) -> dict[tuple[tuple[str, str], ...], list[tuple[Namespace, str, object]]]:
    """What is wanted -> who nearly has it."""
    return {}


def _label_pairs(cluster: Cluster) -> set[tuple[str, object]]:
    """Every label of the Namespaces with its value."""
    return {pair for _, own in cluster.once(_labels) for pair in own.items() if isinstance(pair[1], str)}


def _misses_one(
    key: str, value: object, known: Sequence[tuple[Namespace, dict[str, object]]]
) -> Iterator[tuple[Namespace, str, object]]:
    """The same for a single label, as nearly all selectors are."""
    if value.__class__ is not str:
        return
    for space, own in known:
        theirs = own.get(key)
        if value in own.values() or (isinstance(theirs, str) and _is_close(str(value), theirs)):
            yield space, key, theirs


def _misses(
    wanted: Mapping[str, object], known: Sequence[tuple[Namespace, dict[str, object]]]
) -> Iterator[tuple[Namespace, str, object]]:
    for space, own in known:
        wrong = [key for key, value in wanted.items() if own.get(key) != value]
        value = wanted[wrong[0]] if len(wrong) == 1 else None
        if not isinstance(value, str):
            continue
        theirs = own.get(wrong[0])
        if value in own.values() or (isinstance(theirs, str) and _is_close(value, theirs)):
            yield space, wrong[0], theirs


def _labels(cluster: Cluster) -> list[tuple[Namespace, dict[str, object]]]:
    """The Namespaces of the set with all the labels that each has in the cluster; none where a kustomization changes one."""
    spaces = cluster.all(Namespace)
    return (
        [] if is_transformed(cluster, *spaces) else [(space, {_NAME: space.name, **space.labels}) for space in spaces]
    )


def _is_close(value: str, theirs: str) -> bool:
    """Whether two values mean the same: a slip apart, or one the short form of the other (`prod`, `production`)."""
    short, long = sorted((value, theirs), key=len)
    return slip(value, [theirs]) is not None or (len(short) > 2 and long.startswith(short) and long.isalpha())


def _wanted(peer: NetworkPolicyPeer) -> dict[str, Node]:
    """The labels that a selector asks for, each with one value: in matchLabels, or by In."""
    selector = peer["namespaceSelector"]
    found = {str(field.key): field for field in selector["matchLabels"].fields()}
    for expression in selector["matchExpressions"].items():
        values = expression["values"].value
        if expression.get("operator") != "In" or not isinstance(values, list) or len(values) != 1:
            return {}
        found[str(expression.get("key"))] = expression["values"][0]
    return found
