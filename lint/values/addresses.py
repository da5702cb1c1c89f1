"""The forms of IP addresses and ranges: each function returns None for a good one, else the reason in plain words.

networks.py reads the values themselves. Follows util/validation/ip.go of k8s.io/apimachinery: fields that are as old as
Kubernetes are held to the strict form since 1.36 (`strict`), new fields to the one canonical way of writing.
"""

from __future__ import annotations

from kubetrial.lint.values import networks

_ADDRESS = "an IP address such as 10.9.8.7 or 2001:db8::1"
_RANGE = "an address, '/' and a prefix length, such as 10.9.8.0/24 or 2001:db8::/64"


def ip_problem(text: str, *, strict: bool = True) -> str | None:
    """Why an old field (clusterIP, nameservers, hostAliases ...) refuses an address; strict since 1.36."""
    found = networks.address(text)
    if found is None:
        return _ADDRESS
    return f"{found.problem}; write {found}" if strict and found.problem else None


def ip_problem_of_old(text: str) -> str | None:
    """Why an old field refused an address before 1.36."""
    return ip_problem(text, strict=False)


def cidr_problem(text: str, *, strict: bool = True) -> str | None:
    """Why an old field (ipBlock, loadBalancerSourceRanges, podCIDR ...) refuses a range; strict since 1.36."""
    found = networks.cidr(text)
    if found is None:
        return _RANGE
    return f"{found.problem}; write {_written(found)}" if strict and found.problem else None


def canonical_ip_problem(text: str) -> str | None:
    """Why a new field (EndpointSlice addresses, names of IPAddress) refuses an address."""
    found = networks.address(text)
    reason = ip_problem(text)
    return reason or (None if text == str(found) else f"it is written in one way only: {found}")


def canonical_cidr_problem(text: str) -> str | None:
    """Why a new field (ServiceCIDR) refuses a range."""
    found = networks.cidr(text)
    reason = cidr_problem(text)
    if reason is not None or found is None:
        return reason
    return None if text == _written(found) else f"it is written in one way only: {_written(found)}"


def interface_problem(text: str) -> str | None:
    """Why an interface's address with its prefix length (devices of a ResourceClaim's status) is refused."""
    found = networks.cidr(text)
    if found is None:
        return "an address, '/' and a prefix length, such as 10.9.8.7/24"
    length = found.length if found.version == 6 or found.length <= 32 else found.length - 96
    canonical = f"{found.address}/{length}"
    return None if text == canonical else f"it is written in one way only: {canonical}"


def family(text: str) -> str | None:
    """`IPv4` or `IPv6` of an address or a range, as spec.ipFamilies names them; None for anything else."""
    found = networks.cidr(text) if "/" in text else networks.address(text)
    return None if found is None else f"IPv{found.version}"


def contains(outer: str, inner: str) -> bool:
    """Whether a range holds an address, or all of another range (or that very range)."""
    whole = networks.cidr(outer)
    part = networks.cidr(inner)
    if part is None:
        single = networks.address(inner)
        part = None if single is None else networks.Range(single, single.width, False)
    if whole is None or part is None or whole.version != part.version or part.prefix < whole.prefix:
        return False
    spare = (32 if whole.version == 4 else 128) - max(whole.prefix, 0)
    return part.first >> spare == whole.first >> spare


def _written(found: networks.Range) -> str:
    """A range in its canonical form, with nothing set beyond the prefix."""
    import ipaddress

    first = (ipaddress.IPv4Address if found.version == 4 else ipaddress.IPv6Address)(found.first)
    return f"{first}/{max(found.prefix, 0)}"
