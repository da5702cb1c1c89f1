"""A `$(NAME_PORT)` that no container defines: the kubelet takes it from a Service.

For each Service of the namespace the kubelet sets variables: of a Service `redis`, `REDIS_PORT` is
`tcp://10.0.0.1:6379` and no number. A program that takes it as a port number ends with an error.

Define the variable in the container, or write `$(REDIS_SERVICE_PORT)`, which is the number.

See https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, Object, Service, is_sure, rule

_REFERENCE = re.compile(r"\$\$|\$\(([A-Z][A-Z0-9_]*)_PORT\)")


@rule(Category.RISKY)
def check(container: Container, cluster: Cluster) -> Findings:
    """Follows FromServices and makeLinkVariables in pkg/kubelet/envvars; Services without a cluster IP set none."""
    owner = container.root
    if not isinstance(owner, Object) or container.get("envFrom") or container.pod.get("enableServiceLinks") is False:
        return
    own = {v.get("name") for v in container["env"].items()}
    values = [*(v["value"] for v in container["env"].items()), *container["args"].items()]
    for value in values:
        for match in _REFERENCE.finditer(value.value) if isinstance(value.value, str) else ():
            prefix = match.group(1)
            if prefix is None or f"{prefix}_PORT" in own:
                continue
            for service in cluster.beside(owner, Service):
                if service.name.upper().replace("-", "_") == prefix and not service.is_headless:
                    if is_sure(cluster, owner, service):
                        yield value.found(
                            f"$({prefix}_PORT) is the variable that the kubelet sets for the Service {service.name}",
                            consequence="the program gets tcp://ADDRESS:PORT and not a port number",
                            help=f"write $({prefix}_SERVICE_PORT), or define {prefix}_PORT in env",
                        )
                    break
