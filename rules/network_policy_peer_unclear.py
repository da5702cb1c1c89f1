"""A peer of a NetworkPolicy that names nobody, or mixes addresses with pods.

A peer is pods (`podSelector`, `namespaceSelector`, or both) or addresses (`ipBlock`). The API server refuses an empty
peer, and one that has `ipBlock` beside a selector.

Write two items in the list to allow both. To allow everybody, leave the whole list out.

See https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, NetworkPolicyPeer, rule


@rule(Category.REJECTED)
def check(peer: NetworkPolicyPeer) -> Findings:
    """Find peers that are nobody or two things."""
    values = peer.mapping()
    selectors = [name for name in ("podSelector", "namespaceSelector") if values.get(name) is not None]
    if values.get("ipBlock") is None:
        if not selectors:
            yield peer.found(
                "this peer is empty",
                help="write podSelector, namespaceSelector or ipBlock; remove the list to allow everybody",
            )
    elif selectors:
        yield peer["ipBlock"].found(
            f"a peer cannot have both ipBlock and {selectors[0]}", help="make two items of it", key=True, path=peer.path
        )
