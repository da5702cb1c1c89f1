"""A range of ports in a NetworkPolicy that has no beginning, or ends before it begins.

`endPort` makes a range of `port`, so the API server needs `port` to be a number that is not larger; a named port, or
none, cannot begin a range.

Write `port: 32000` and `endPort: 32768`, the smaller number first.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, NetworkPolicyPort, rule


@rule(Category.REJECTED, needs=("endPort",))
def check(ports: NetworkPolicyPort) -> Findings:
    """Find ranges that are none; follows ValidateNetworkPolicyPort."""
    values = ports.mapping()
    last = values.get("endPort")
    if last is None:
        return
    first = values.get("port")
    node = ports["endPort"]
    if first is None:
        yield node.found(f"endPort {last} has no `port` where the range begins", help="add `port`")
    elif first.__class__ is str:
        yield node.found(
            f"endPort {last} needs a number in `port`, not the name `{first}`", help="write the number of the port"
        )
    elif last < first:
        yield node.found(
            f"the range ends at {last}, before it begins at {first}", help="write the smaller number in `port`"
        )
    elif not 1 <= last <= 65535:
        yield node.found(f"endPort is {last}; it must be from 1 to 65535", help="write a number from 1 to 65535")
