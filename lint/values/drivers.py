"""Names of storage drivers: None for a good name, else the reason. Upper case is taken, as nowhere else."""

from __future__ import annotations

from kubetrial.lint.values import names


def csi_driver(text: str) -> str | None:
    """The name of a CSI driver: a subdomain of at most 63 characters. Follows ValidateCSIDriverName."""
    if len(text.encode("utf-8", "surrogatepass")) > 63:
        return "at most 63 characters"
    return names.dns_subdomain(text.lower())


def provisioner(text: str) -> str | None:
    """The provisioner of a StorageClass, such as `example.com/disk`. Follows validateProvisioner."""
    return names.qualified_name(text.lower())
