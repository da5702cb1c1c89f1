"""The pod ranges of a Node are none, or of one family.

`podCIDRs` (or the old `podCIDR`, which wins where both are set) has one range, or two of different families; since
1.36 leading zeros, `::ffff:` and bits beyond the prefix are refused too.

Leave them out: the controller manager gives every node its range.

See https://kubernetes.io/docs/concepts/architecture/nodes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, KubernetesNode, rule
from kubetrial.lint.values import networks


@rule(Category.REJECTED, needs=("podCIDR", "podCIDRs"))
def check(machine: KubernetesNode, cluster: Cluster) -> Findings:
    """Find ranges that pods cannot have addresses of; follows ValidateNode."""
    values = machine.mapping().get("spec") or {}
    single, several = values.get("podCIDR"), values.get("podCIDRs") or []
    alone = bool(single) and (not several or several[0] != single)
    texts = [single] if alone else several
    found = [networks.cidr(text or "") for text in texts]
    for index, (text, one) in enumerate(zip(texts, found, strict=True)):
        problem = "it is no range of addresses" if one is None else one.problem if cluster.minor >= 36 else None
        if problem:
            node = machine["spec"]["podCIDR"] if alone else machine["spec"]["podCIDRs"][index]
            yield node.found(
                f"the range is `{text or ''}`: {problem}",
                help="write a range such as `10.244.2.0/24`",
                path=f"spec.podCIDRs[{index}]",
            )
    versions = [one.version for one in found if one]
    if len(texts) > 2 or (len(versions) == 2 and versions[0] == versions[1]):
        yield machine["spec"]["podCIDRs"].found(
            "podCIDRs has one range, or two of different families", help="keep one of each"
        )
