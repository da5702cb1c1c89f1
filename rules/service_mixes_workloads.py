"""A Service that sends its requests to the pods of several workloads.

A Service takes every pod that has the labels of its selector, whoever made it. Where a database and a web server
share `app: shop`, each request goes to one or the other at random. For canaries this is wanted; mostly a label is
missing.

Add a label to the selector that only the meant pods have.

See https://kubernetes.io/docs/concepts/services-networking/service/#services-in-kubernetes
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    DaemonSet,
    Deployment,
    Findings,
    Service,
    StatefulSet,
    Workload,
    chosen_beside,
    rule,
)

_LASTING = (Deployment, StatefulSet, DaemonSet)


@rule(Category.ADVICE, needs=("selector",))
def check(service: Service, cluster: Cluster) -> Findings:
    """Two lasting workloads of the set whose pods match, and that run different images."""
    selector = service["spec"].get("selector")
    if not selector:
        return
    found = chosen_beside(cluster, service, selector)
    if not _mixed(cluster, found):
        return
    first = [w for w in found if isinstance(w, _LASTING)][:3]
    yield service["spec"]["selector"].found(
        f"the Service {service.name} sends requests to the pods of {' and '.join(str(w) for w in first)}",
        key=True,
        consequence="each request goes to one of them at random",
        help="add a label to the selector that only the meant pods have",
        related=tuple((f"the labels of {w}", w.pod.metadata["labels"]) for w in first),
    )


def _known_mixed(_: Cluster) -> dict[int, bool]:
    """A list of the index, by its id -> whether its images differ."""
    return {}


def _mixed(cluster: Cluster, chosen: list[Workload]) -> bool:
    """Whether lasting workloads of a list run different images; worked out once for a list of the index."""
    known = cluster.once(_known_mixed)
    if id(chosen) not in known:
        known[id(chosen)] = len({images(w) for w in chosen if isinstance(w, _LASTING)}) > 1
    return known[id(chosen)]


def images(workload: Workload) -> tuple[str, ...]:
    """The names of a workload's images, without tags: canaries of one program have the same."""
    found = (str(container.get("image", "")).partition("@")[0] for container in workload.pod.containers())
    return tuple(sorted(image.rpartition("/")[2].partition(":")[0] for image in found))
