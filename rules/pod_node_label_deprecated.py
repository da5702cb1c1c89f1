"""A node label under a name that is no longer set.

Labels such as `beta.kubernetes.io/os` and `failure-domain.beta.kubernetes.io/zone` have had other names for years.
Nodes that are new do not carry the old ones, so a pod that asks for them finds no node there. The API server takes
it with a warning.

Write the name that the message gives.

See https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubetrial.lint.authoring import Category, Findings, Found, Node, PodSpec, rule

_NEW_NAMES = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "node-role.kubernetes.io/master": "node-role.kubernetes.io/control-plane",
}
_MASTER = "node-role.kubernetes.io/master"
_PENDING = "where no node has it, pods that ask for it stay Pending, and a DaemonSet has none"
_NOT_KEPT_AWAY = "where no node has it, it keeps no pod away from the control plane"
_REQUIRED = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
_PREFERRED = ("affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")


@rule(Category.RISKY, needs=("affinity", "nodeSelector", "topologySpreadConstraints"))
def check(pod: PodSpec) -> Findings:
    """Find old names; follows the warnings of pkg/api/node."""
    values = pod.mapping()
    for key in values.get("nodeSelector") or ():
        if key in _NEW_NAMES:
            yield _found(pod["nodeSelector"][key], key, on_key=True)
    for index, constraint in enumerate(values.get("topologySpreadConstraints") or ()):
        key = (constraint or {}).get("topologyKey")
        if key in _NEW_NAMES:
            yield _found(pod["topologySpreadConstraints"][index]["topologyKey"], key)
    if (values.get("affinity") or {}).get("nodeAffinity"):
        asked = frozenset(_keys(values["affinity"]["nodeAffinity"]))
        for terms, effect in (
            (pod.at(*_REQUIRED).items(), _PENDING),
            (
                (term["preference"] for term in pod.at(*_PREFERRED).items()),
                "where no node has it, no node is preferred",
            ),
        ):
            for expression in (one for term in terms for one in term["matchExpressions"].items()):
                key = expression.get("key")
                if key in _NEW_NAMES and not (key == _MASTER and _NEW_NAMES[key] in asked):
                    wanted = expression.get("operator") in ("Exists", "In")
                    yield _found(expression["key"], key, effect if wanted else _NOT_KEPT_AWAY)


def _keys(affinity: object) -> Iterator[str]:
    """The keys of all expressions of a node affinity: one that asks for the new name too is right on either nodes."""
    if isinstance(affinity, Mapping):
        key = affinity.get("key")
        if isinstance(key, str):
            yield key
        for value in affinity.values():
            yield from _keys(value)
    elif isinstance(affinity, list):
        for value in affinity:
            yield from _keys(value)


def _found(node: Node, key: str, effect: str = _PENDING, on_key: bool = False) -> Found:
    if key == _MASTER:
        return node.found(
            f"nodes of kubeadm have not had the label `{key}` since 1.24",
            consequence=effect,
            help=f"write `{_NEW_NAMES[key]}`",
            key=on_key,
        )
    return node.found(f"the node label `{key}` is deprecated", help=f"write `{_NEW_NAMES[key]}`", key=on_key)
