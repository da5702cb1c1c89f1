"""The forms of IP addresses and ranges: each function returns None for a good one, else the reason in plain words.

networks.py reads the values themselves. Follows util/validation/ip.go of k8s.io/apimachinery: fields that are as old as
Kubernetes are held to the strict form since 1.36 (`strict`), new fields to the one canonical way of writing.
"""

from __future__ import annotations

from kubetrial.lint.values import networks

_ADDRESS = "an IP address such as 10.9.8.7 or 2001:db8::1"


def ip_problem(text: str, *, strict: bool = True) -> str | None:
    """Why an old field (clusterIP, nameservers, hostAliases ...) refuses an address; strict since 1.36."""
    found = networks.address(text)
    if found is None:
        return _ADDRESS
    return f"{found.problem}; write {found}" if strict and found.problem else None


def ip_problem_of_old(text: str) -> str | None:
    """Why an old field refused an address before 1.36."""
    return ip_problem(text, strict=False)
