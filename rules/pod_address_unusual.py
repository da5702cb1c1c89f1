"""An IPv6 address in an unusual form.

One IPv6 address can be written in many ways, and tools that compare texts take them for different ones. The API
server keeps the text as it is and warns where it is not the usual form: lower case, no leading zeros, the longest
run of zeros as `::`.

Write the form that the message gives.

See https://kubernetes.io/docs/concepts/services-networking/dual-stack/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule


@rule(Category.RISKY, needs=("dnsConfig", "hostAliases"))
def check(pod: PodSpec) -> Findings:
    """Find addresses that are written unusually; follows the warnings of pkg/api/pod."""
    values = pod.mapping()
    for index, alias in enumerate(values.get("hostAliases") or ()):
        if alias and ":" in (alias.get("ip") or ""):
            yield from _address(pod["hostAliases"][index]["ip"])
    for index, server in enumerate((values.get("dnsConfig") or {}).get("nameservers") or ()):
        if server and ":" in server:
            yield from _address(pod["dnsConfig"]["nameservers"][index])


def _address(node: Node) -> Findings:
    import ipaddress

    try:
        usual = str(ipaddress.IPv6Address(node.value))
    except ValueError:
        return  # refused, or an address with a zone
    if usual != node.value and "." not in node.value:
        yield node.found(f"the address `{node.value}` is usually written `{usual}`", help=f"write `{usual}`")
