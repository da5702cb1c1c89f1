"""What a Service or a Secret for TLS offers to those who name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.objects.views import Object


def lacking_for_tls(secret: Object) -> list[str]:
    """What a Secret that holds something lacks to be used for TLS; nothing where it is empty: somebody fills it later."""
    keys = {*secret["data"].mapping(), *secret["stringData"].mapping()}
    return [key for key in ("tls.crt", "tls.key") if key not in keys] if keys else []


def ports_of(service: Object) -> list[Mapping[str, Any]]:
    """The ports of a Service."""
    ports = service["spec"].get("ports")
    return [port for port in ports if port.__class__ is dict] if ports.__class__ is list else []


def has_port(service: Object, port: int | str) -> bool:
    """Whether a Service has a port of that number or name; of an ExternalName Service nobody knows."""
    if service["spec"].get("type") == "ExternalName":
        return True
    key = "port" if port.__class__ is int else "name"
    return any(one.get(key) == port for one in ports_of(service))


def is_injected(port: object) -> bool:
    """Whether a port of this name is one of a proxy that a service mesh adds to pods."""
    return str(port).startswith(("linkerd-", "istio-", "envoy-", "http-envoy", "consul-", "kuma-"))


def says_ports(service: Object) -> str:
    """The ports of a Service for a message: `80 (http), 9090`."""
    return (
        ", ".join(
            f"{one.get('port')} ({one['name']})" if one.get("name") else str(one.get("port"))
            for one in ports_of(service)
        )
        or "none"
    )
