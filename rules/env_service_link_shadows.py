"""A `NAME_PORT` that a container reads and does not define: it comes from a Service.

For each Service of the namespace the kubelet sets variables: of a Service `redis`, `REDIS_PORT` is
`tcp://10.0.0.1:6379` and no number. A program that takes it as a port number ends with an error.

So does one that reads it by itself: `cp-kafka` beside a Service `kafka` ends with "PORT is deprecated".

Define the variable in the container, or write `$(REDIS_SERVICE_PORT)`, which is the number. Where the program reads it,
write `enableServiceLinks: false` in the pod, or give the Service another name.

See https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, Object, Service, is_sure, rule
from kubetrial.lint.facts.images import port_variable
from kubetrial.lint.objects.commands import commands_of, is_shell
from kubetrial.lint.objects.peers import written

_REFERENCE = re.compile(r"\$\$|\$\(([A-Z][A-Z0-9_]*)_PORT\)")
_IN_SHELL = re.compile(r"\$\$|\$\(([A-Z][A-Z0-9_]*)_PORT\)|\$\{([A-Z][A-Z0-9_]*)_PORT\}|\$([A-Z][A-Z0-9_]*)_PORT\b")


@rule(Category.RISKY)
def check(container: Container, cluster: Cluster) -> Findings:
    """Follows FromServices and makeLinkVariables in pkg/kubelet/envvars; Services without a cluster IP set none."""
    owner = container.root
    if not isinstance(owner, Object) or container.get("envFrom") or container.pod.get("enableServiceLinks") is False:
        return
    stem = port_variable(container.get("image"))
    if stem:
        yield from _read_by_image(container, owner, stem, cluster)
    if "_PORT" in written(container):
        yield from _written_references(container, owner, cluster)


def _written_references(container: Container, owner: Object, cluster: Cluster) -> Findings:
    """Variables and commands that refer to the variable of a Service."""
    own = {v.get("name") for v in container["env"].items()}
    commands = [*container["command"].items(), *container["args"].items()]
    pattern = _IN_SHELL if any(isinstance(c.value, str) and is_shell(c.value) for c in commands) else _REFERENCE
    values = [*((v["value"], _REFERENCE) for v in container["env"].items()), *((c, pattern) for c in commands)]
    for command in commands_of(container):
        if command.key == "command" and any(isinstance(c, str) and is_shell(c) for c in command.value):
            values += ((c, _IN_SHELL) for c in command.items() if command.parent is not container)
    for value, reference in values:
        for match in reference.finditer(value.value) if isinstance(value.value, str) and "_PORT" in value.value else ():
            prefix = next((group for group in match.groups() if group), None)
            if prefix is not None and re.search(rf"\b{prefix}_PORT=", str(value.value)):
                continue  # the script sets it
            if prefix is None or f"{prefix}_PORT" in own:
                continue
            service = _linked(owner, prefix, cluster)
            if service is not None:
                yield value.found(
                    f"{match.group()} is the variable that the kubelet sets for the Service {service.name}",
                    consequence="the program gets tcp://ADDRESS:PORT and not a port number",
                    help=f"write {prefix}_SERVICE_PORT, which is the number, or define {prefix}_PORT in env",
                )


def _linked(owner: Object, stem: str, cluster: Cluster) -> Service | None:
    """The Service of the own namespace for which the kubelet sets `STEM_PORT`."""
    for service in cluster.named("", "Service", stem.lower().replace("_", "-")):
        near = (service.namespace or "default") == (owner.namespace or "default")
        if near and isinstance(service, Service) and not service.is_headless and service["spec"].get("ports"):
            return service if is_sure(cluster, owner, service) else None
    return None


def _read_by_image(container: Container, owner: Object, stem: str, cluster: Cluster) -> Findings:
    """An image whose start script reads the variable of a Service of that name."""
    service = _linked(owner, stem, cluster)
    if service is None or any(v.get("name") == f"{stem}_PORT" for v in container["env"].items()):
        return
    yield container["image"].found(
        f"this program reads {stem}_PORT, which the kubelet sets to tcp://ADDRESS:PORT for the Service {service.name}",
        consequence="the program ends at its start: the value is not one that it can use",
        help="write enableServiceLinks: false in the pod, or give the Service another name",
        related=((f"Service {service.name}", service["metadata"]["name"]),),
    )
