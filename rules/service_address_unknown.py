"""A container that gets the address of a Service which does not exist, or a wrong port.

`web.shop.svc.cluster.local` is the Service `web` of the namespace `shop`. A name without a Service does not resolve
("no such host"), and a connection to a port that the Service does not have hangs or is refused: unlike a container's
port, it must be one of `spec.ports[].port`.

Write the name and the namespace of the Service and one of its ports.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from re import Match, Pattern

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    ConfigMap,
    Container,
    Findings,
    Node,
    Object,
    Service,
    has_port,
    ports_of,
    resolve,
    rule,
    says_ports,
    slip,
    unresolved,
)
from kubetrial.lint.objects.config_uses import LONGEST, config_texts, names_of


@rule(Category.RISKY, needs=("args", "command", "env", "envFrom", "volumes"))
def check(container: Container, cluster: Cluster) -> Findings:
    """Addresses in variables, commands, arguments and ConfigMaps: their Service is elsewhere or a slip away, or lacks the port."""
    for node in (*_texts(container), *_texts_of_configs(container, cluster)):
        for match in _addresses().finditer(node.value):
            yield from _judged(node, match, container.root, cluster)


def _judged(node: Node, match: Match[str], workload: Node, cluster: Cluster) -> Findings:
    name, namespace, port = match.groups()
    if not isinstance(workload, Object):
        return
    reference = resolve(cluster, workload, "", "Service", name, namespace)
    if reference.close is not None or (reference.elsewhere is not None and _is_wrong(namespace, reference.elsewhere)):
        yield unresolved(node, reference, "Service", name, f"{match.group()} does not resolve: no such host")
    service = reference.target
    if not port or not isinstance(service, Service) or not reference.sure or service.is_headless:
        return
    if ports_of(service) and not has_port(service, int(port)):
        yield node.found(
            f"the Service {name} has no port {port}; it has {says_ports(service)}",
            consequence=f"connections to {match.group()} hang or are refused",
            help="write a port of the Service",
            related=((f"the ports of the Service {name}", service["spec"]["ports"]),),
        )


def _is_wrong(namespace: str, there: Object) -> bool:
    """Whether a namespace is a slip or was not adapted; in any other one may be a Service of the same name."""
    return namespace == "default" or slip(namespace, [there.namespace]) is not None


def _texts(container: Container) -> Iterator[Node]:
    value = container.value or {}
    for key in ("command", "args"):
        for index, text in enumerate(value.get(key) or ()):
            if isinstance(text, str) and ".svc" in text:
                yield container[key][index]
    for index, variable in enumerate(value.get("env") or ()):
        text = (variable or {}).get("value")
        if isinstance(text, str) and ".svc" in text:
            yield container["env"][index]["value"]


def _texts_of_configs(container: Container, cluster: Cluster) -> Iterator[Node]:
    """With the first container of a pod the ConfigMaps that the pod names."""
    addressing = cluster.once(_configs_with_addresses) if container.key == 0 and not container.is_init else ()
    if addressing and any(name in addressing for _, name in names_of(container.pod)):
        yield from (text for _, text in config_texts(container.pod, cluster) if ".svc" in text.value)


def _configs_with_addresses(cluster: Cluster) -> frozenset[str]:
    """The names of the ConfigMaps of the set that hold an address of a Service."""
    return frozenset(
        config.name
        for config in cluster.all(ConfigMap)
        if any(
            isinstance(text, str) and len(text) <= LONGEST and ".svc" in text
            for text in config["data"].mapping().values()
        )
    )


@cache
def _addresses() -> Pattern[str]:
    """`name.namespace.svc`, the domain of the cluster, and the port; names of single pods before it are skipped."""
    import re

    return re.compile(
        r"(?<![a-z0-9-])([a-z0-9-]{1,63})\.([a-z0-9-]{1,63})\.svc(?:\.[a-z0-9.-]{1,100})?(?![a-z0-9.-])(?::(\d{1,5})\b)?"
    )
