"""A container does not say how much CPU and memory it needs.

The scheduler then takes it to need nothing: it ends up on nodes that are full, is slowed down first and evicted
first, and autoscalers cannot tell its load.

Write `resources.requests`. A limit alone is a request of the same size, and a LimitRange of the set or requests of
the whole pod count too. The option `names` lists what is asked for, such as `ephemeral-storage`.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(container: Container, cluster: Cluster, *, names: tuple[str, ...] = ("cpu", "memory")) -> Findings:
    """Find lasting containers without requests, after the server's defaults."""
    if container.is_init and not container.is_sidecar:
        return
    missing = serving.unset(container, cluster, names, ("requests", "limits"))
    if missing:
        yield container["resources"]["requests"].found(
            f"container {container.name} requests no {' and no '.join(missing)}",
            consequence="it lands on full nodes, and is evicted first",
            help="write resources.requests",
            key=True,
        )
