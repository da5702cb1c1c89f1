"""A pod of a StatefulSet or Indexed Job is addressed under a name that it does not have.

The DNS name of such a pod is its host name below the Service that `serviceName` of the set, or `subdomain` of the pods
of the Job, names. Below any other Service, also one that selects the same pods, it does not resolve.

Write the name of that Service behind the name of the pod.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    ConfigMap,
    Container,
    Findings,
    Job,
    Node,
    Object,
    Service,
    StatefulSet,
    is_sure,
    rule,
)
from kubetrial.lint.objects.config_uses import LONGEST, config_texts, names_of
from kubetrial.lint.objects.peers import texts_of, written
from kubetrial.lint.values.pattern import pattern

_NAME = pattern(r"(?:^|[\s/@=,;'\"])([a-z][a-z0-9-]*)-\d{1,3}\.([a-z][a-z0-9-]*)(?=$|[:.\s/,;'\"?])")

_ORDINAL = pattern(r"-\d{1,3}\.[a-z]")
"""What every such name has; looked for first, as it costs little."""
_LONGEST_LIST = 1000


@rule(Category.RISKY, needs=("args", "command", "env", "envFrom", "volumes"))
def check(container: Container, cluster: Cluster) -> Findings:
    """Follows newStatefulSetPod and indexed_job_utils.go: both set the host name, and DNS takes it below the subdomain only."""
    owner = container.root
    if not isinstance(owner, Object):
        return
    for _, text in _texts(container, cluster):
        for match in _NAME.finditer(text.value) if _ORDINAL.search(text.value) else ():
            stem, below = match.groups()
            host = match.group(0).strip(" \t\n/@=,;'\"")
            services = {s.name for s in cluster.beside(owner, Service)}
            known = below in services | {stem} or (below.startswith(f"{stem}-") and _is_address(text.value, match))
            known = known or (
                owner.namespace
                and any(s.name == stem and s.spec.get("serviceName") == below for s in cluster.all(StatefulSet))
            )
            listed = _is_address(text.value, match) or _lists_pods(text.value, stem)
            known = known or (listed and bool(_holders(cluster, owner, stem)))
            if not known or host.partition(".")[0] in services:
                continue  # a file, a name of the outside, or a Service for each pod
            if not cluster.beside(owner, StatefulSet) and (far := _far(cluster, owner, stem, below, text, match.end())):
                yield text.found(
                    f"the pods of StatefulSet {stem} are in the namespace {far.namespace}, and this name is one of {owner.namespace}",
                    consequence=f"{host} does not resolve: no such host",
                    help=f"write {host}.{far.namespace}",
                    related=(("the StatefulSet", far["metadata"]["name"]),),
                )
                return
            for one, right in _holders(cluster, owner, stem):
                if right != below and is_sure(cluster, owner, one):
                    field = "serviceName" if isinstance(one, StatefulSet) else "subdomain"
                    yield text.found(
                        f"the pods of {one.kind} {one.name} have no names below {below}: its {field} is {right or 'not set'}",
                        consequence=f"{host} does not resolve: no such host",
                        help=f"write {host.partition('.')[0]}.{right}" if right else f"write {field}: {below}",
                        related=((f"the {one.kind}", one["metadata"]["name"]),),
                    )
                    return


def _far(cluster: Cluster, owner: Object, stem: str, below: str, text: Node, end: int) -> StatefulSet | None:
    """The set of this name and Service in another namespace, where the name ends behind the Service."""
    if not owner.namespace or re.match(r"\.[a-z]", text.value[end:]):
        return None
    found = [s for s in cluster.all(StatefulSet) if s.name == stem and s.spec.get("serviceName") == below]
    one = found[0] if len(found) == 1 else None
    return (
        one
        if one is not None and one.namespace and one.namespace != owner.namespace and is_sure(cluster, owner, one)
        else None
    )


def _is_address(text: str, match: re.Match[str]) -> bool:
    """Whether a port or the domain of Services follows, or the text is nothing but names: no file has that."""
    if re.match(r"[: ]\d{2,5}(?![\d.])|\.[a-z0-9-]+\.svc\b", text[match.end() :]):
        return True
    return (
        len(text) < _LONGEST_LIST
        and re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+(?:[,; ]+[a-z0-9-]+\.[a-z0-9-]+)*", text) is not None
    )


def _lists_pods(text: str, stem: str) -> bool:
    """Whether a text is a list of nothing but several pods of one set."""
    names = re.split(r"[,; ]+", text) if len(text) < _LONGEST_LIST else []
    return len(names) > 1 and all(re.fullmatch(rf"{stem}-\d{{1,3}}\.[a-z][a-z0-9-]*(?::\d+)?", name) for name in names)


def _texts(container: Container, cluster: Cluster) -> Iterator[tuple[str, Node]]:
    """The texts of a container; with the first one those of the ConfigMaps that its pod names."""
    if _ORDINAL.search(written(container)):
        yield from texts_of(container)
    pod = container.pod
    if container.key == 0 and not container.is_init:
        numbering = cluster.once(_configs_that_number)
        if numbering and any(name in numbering for _, name in names_of(pod)):
            yield from config_texts(pod, cluster)


def _configs_that_number(cluster: Cluster) -> frozenset[str]:
    """The names of the ConfigMaps of the set that hold a name with an ordinal."""
    return frozenset(
        config.name
        for config in cluster.all(ConfigMap)
        if any(
            isinstance(text, str) and len(text) <= LONGEST and _ORDINAL.search(text)
            for text in config["data"].mapping().values()
        )
    )


def _holders(cluster: Cluster, owner: Object, stem: str) -> list[tuple[Object, str]]:
    """(the set or Indexed Job of this name, the Service that its pods have names below)."""
    sets: list[tuple[Object, str]] = [
        (s, str(s.spec.get("serviceName") or "")) for s in cluster.beside(owner, StatefulSet) if s.name == stem
    ]
    jobs = (j for j in cluster.beside(owner, Job) if j.name == stem and j.spec.get("completionMode") == "Indexed")
    return sets + [(j, str(j.pod.get("subdomain") or "")) for j in jobs]
