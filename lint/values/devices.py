"""Names and versions in ResourceSlices and ResourceClaims: None for a good one, else the reason in plain words.

Follows pkg/apis/resource/validation.
"""

from __future__ import annotations

import re

from kubetrial.lint.values import drivers, names

_VERSION = (
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?\Z"
)


def pool(text: str) -> str | None:
    """The name of a pool of devices: subdomains with '/' between them, at most 253 characters."""
    if len(text.encode("utf-8", "surrogatepass")) > 253:
        return "at most 253 characters"
    return next((reason for part in text.split("/") if (reason := names.dns_subdomain(part))), None)


def attribute(text: str) -> str | None:
    """The name of an attribute or capacity: a name as in C, perhaps with a domain and '/' before it."""
    parts = text.split("/")
    if len(parts) > 2:
        return None  # the server does not look at these
    reason = names.c_identifier(parts[-1])
    if reason is None and len(parts[-1]) > 32:
        reason = "at most 32 characters"
    if reason is None and len(parts) == 2:
        reason = drivers.csi_driver(parts[0])
    return reason


def full_attribute(text: str) -> str | None:
    """The name of an attribute with its domain, as constraints need it."""
    if "/" not in text:
        return "a domain and '/' come before the name, such as example.com/model"
    domain, _, rest = text.partition("/")
    return attribute(text) or (None if "/" in rest else names.dns_subdomain(domain))


def version(text: str) -> str | None:
    """A semantic version such as 1.2.3."""
    return None if re.match(_VERSION, text) else "three numbers with dots, such as 1.2.3 (semver.org)"
