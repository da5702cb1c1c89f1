"""A block of addresses in a NetworkPolicy is none, or excepts what it does not contain.

`cidr` and `except` are ranges such as `172.17.0.0/16`, and each exception is a smaller part of the block. Since 1.36
leading zeros, `::ffff:` and bits beyond the prefix are refused too.

Write the first address of each range with its prefix length.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, IPBlock, rule
from kubetrial.lint.values import networks


@rule(Category.REJECTED, needs=("cidr",))
def check(block: IPBlock, cluster: Cluster) -> Findings:
    """Find blocks that no packet is in; follows ValidateIPBlock."""
    values = block.mapping()
    text = values.get("cidr")
    if not text:
        return
    strict = cluster.minor >= 36
    whole = networks.cidr(text)
    problem = "it is no range of addresses" if whole is None else whole.problem if strict else None
    if problem:
        yield block["cidr"].found(f"cidr is `{text}`: {problem}", help="write a range such as `172.17.0.0/16`")
    if whole is None:
        return
    for index, text in enumerate(values.get("except") or ()):
        part = networks.cidr(text or "")
        node = block["except"][index]
        problem = "it is no range of addresses" if part is None else part.problem if strict else None
        if problem:
            yield node.found(
                f"the exception is `{text or ''}`: {problem}", help="write a range such as `172.17.1.0/24`"
            )
        if part is not None and not whole.contains(part):
            yield node.found(
                f"the exception `{text}` is no smaller part of `{values['cidr']}`",
                help="write a range inside of the block",
            )
