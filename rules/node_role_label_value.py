"""A choice of nodes by the value of a role label, which differs between distributions.

kubeadm labels nodes with `node-role.kubernetes.io/control-plane: ""`; other distributions (k3s, RKE2, some clouds) write
`"true"`. A nodeSelector on one of them finds no node in a cluster of the other.

Ask only whether the label is there: a node affinity with `operator: Exists`.

See https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule

_PREFIX = "node-role.kubernetes.io/"
_REQUIRED = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
_PREFERRED = ("affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")


@rule(Category.ADVICE, needs=("affinity", "nodeSelector"))
def check(pod: PodSpec) -> Findings:
    """Role labels in nodeSelector, and In and NotIn of node affinity; which value a distribution writes is its convention."""
    for place, key, value in _asked(pod):
        yield place.found(
            f'the value of the role label {key} is asked for ("{value}"), and distributions differ in it: "" or "true"',
            key=True,
            consequence="on clusters that write the other value no node is found, and the pods stay Pending",
            help="write a node affinity with operator: Exists",
        )


def _asked(pod: PodSpec) -> Iterator[tuple[Node, str, str]]:
    for field in pod["nodeSelector"].fields():
        if str(field.key).startswith(_PREFIX):
            yield field, str(field.key), str(field.value or "")
    if not pod["affinity"].get("nodeAffinity"):
        return
    for term in (*pod.at(*_REQUIRED).items(), *(weighted["preference"] for weighted in pod.at(*_PREFERRED).items())):
        for expression in term["matchExpressions"].items():
            key, values = str(expression.get("key")), expression.get("values")
            if not key.startswith(_PREFIX) or expression.get("operator") not in ("In", "NotIn"):
                continue
            if isinstance(values, list) and not {"", "true"} <= set(map(str, values)):
                yield expression["values"], key, " or ".join(map(str, values))
