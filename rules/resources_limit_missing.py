"""A container may use all memory of its node.

Memory cannot be taken back: a container that leaks without a limit makes the kernel kill others of the node. A CPU
limit is another matter, since it slows a container down although CPU is idle, so it is not asked for unless the
option `names` lists `cpu`.

Write `resources.limits.memory`. A LimitRange of the set and limits of the whole pod count too.

See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(container: Container, cluster: Cluster, *, names: tuple[str, ...] = ("memory",)) -> Findings:
    """Find lasting containers without limits, after the server's defaults."""
    if container.is_init and not container.is_sidecar:
        return
    missing = serving.unset(container, cluster, names, ("limits",))
    if missing:
        yield container["resources"]["limits"].found(
            f"container {container.name} has no limit of {' and of '.join(missing)}",
            consequence="a leak makes the kernel kill other containers of the node" if "memory" in missing else "",
            help="write " + " and ".join(f"resources.limits.{name}" for name in missing),
            key=True,
        )
