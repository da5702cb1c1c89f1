"""A `$(NAME_PORT)` that no container defines: the kubelet takes it from a Service.

For each Service of the namespace the kubelet sets variables: of a Service `redis`, `REDIS_PORT` is
`tcp://10.0.0.1:6379` and no number. A program that takes it as a port number ends with an error.

Define the variable in the container, or write `$(REDIS_SERVICE_PORT)`, which is the number.

See https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, Object, Service, is_sure, rule
from kubetrial.lint.objects.commands import commands_of, is_shell
from kubetrial.lint.objects.peers import written

_REFERENCE = re.compile(r"\$\$|\$\(([A-Z][A-Z0-9_]*)_PORT\)")
_IN_SHELL = re.compile(r"\$\$|\$\(([A-Z][A-Z0-9_]*)_PORT\)|\$\{([A-Z][A-Z0-9_]*)_PORT\}|\$([A-Z][A-Z0-9_]*)_PORT\b")


@rule(Category.RISKY, needs=("args", "command", "env"))
def check(container: Container, cluster: Cluster) -> Findings:
    """Follows FromServices and makeLinkVariables in pkg/kubelet/envvars; Services without a cluster IP set none."""
    owner = container.root
    if (
        not isinstance(owner, Object)
        or "_PORT" not in written(container)
        or container.get("envFrom")
        or container.pod.get("enableServiceLinks") is False
    ):
        return
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
            for service in cluster.named("", "Service", prefix.lower().replace("_", "-")):
                near = (service.namespace or "default") == (owner.namespace or "default")
                if not near or not isinstance(service, Service) or service.is_headless:
                    continue
                if is_sure(cluster, owner, service):
                    yield value.found(
                        f"{match.group()} is the variable that the kubelet sets for the Service {service.name}",
                        consequence="the program gets tcp://ADDRESS:PORT and not a port number",
                        help=f"write {prefix}_SERVICE_PORT, which is the number, or define {prefix}_PORT in env",
                    )
                break
