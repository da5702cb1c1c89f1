"""What a Service or a Secret for TLS offers to those who name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.objects.views import Object, Service, Workload


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


def leads_to(service: Service, workload: Workload) -> bool:
    """Whether a port leads to the pods of a workload: a number to all of them, a name only to those that declare it (FindPort)."""
    names = {port.get("name") for c in workload.pod.all_containers() for port in c["ports"].items()}
    ports = list(service["spec"]["ports"].items())
    targets = [port.get("targetPort", port.get("port")) for port in ports]
    return not ports or any(not isinstance(t, str) or t.isdigit() or t in names for t in targets)
