"""A key that a pod takes from a ConfigMap or Secret of the set, which does not have it.

A variable from a missing key keeps the container in `CreateContainerConfigError` ("couldn't find key"), an item of a
volume keeps the pod in `ContainerCreating` ("references non-existent config key"). Nothing retries it into working.

Write a key that the object has, add the key, or mark the reference `optional: true`. A key that a container of the set
adds with `kubectl` comes in time, and is not told.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Workload, nearest, rule, sure_target
from kubetrial.lint.values.listed import one_of


@rule(Category.BROKEN, needs=("env", "volumes"))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Keys of variables and of volumes' items that the object of the set lacks."""
    if workload.kind == "PodTemplate":
        return
    for kind, name, node in keys(workload):
        found = sure_target(cluster, workload, kind, str(name))
        if found is None or not isinstance(node.value, str):
            continue
        known = {key for part in ("data", "binaryData", "stringData") for key in found.get(part) or ()}
        if node.value in known or not known or cluster.is_rewritten(found, workload):
            continue
        if known == {"placeholder"}:
            continue  # somebody writes the keys into it in the cluster
        if any(str(name) in script and node.value in script for script in cluster.once(_scripts)):
            continue
        close = nearest(node.value, sorted(map(str, known)))
        yield node.found(
            f"the {kind} {name} has no key {node.value}",
            consequence="the container never starts: CreateContainerConfigError, or FailedMount for a volume",
            help=f"write {close}" if close else f"write {one_of(sorted(map(str, known))[:5])}",
            related=((f"the {kind}", found["metadata"]["name"]),),
        )


def keys(workload: Workload) -> Iterator[tuple[str, str, Node]]:
    """(kind, name of the object, the key) of each key that the pods cannot do without."""
    pod = workload.pod
    for container in pod.all_containers():
        if container.get("env"):
            for variable in container["env"].items():
                if not variable.get("valueFrom"):
                    continue
                source = variable["valueFrom"]
                for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                    if source.get(field) and source[field].get("optional") is not True:
                        yield kind, source[field].get("name"), source[field]["key"]
    if pod.get("volumes"):
        for volume in pod["volumes"].items():
            parts = volume["projected"]["sources"].items() if volume.get("projected") else ()
            for source in (volume, *parts):
                for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                    if source.get(field) and source[field].get("optional") is not True:
                        name = source[field].get("secretName") or source[field].get("name")
                        for item in source[field]["items"].items():
                            yield kind, name, item["key"]


def _scripts(cluster: Cluster) -> tuple[str, ...]:
    """What containers of the set run that speaks to the API server: it may add a key to an object."""
    found = []
    for workload in cluster.all(Workload):
        for container in workload.pod.all_containers():
            words = [
                word for field in ("command", "args") for word in container.get(field) or () if isinstance(word, str)
            ]
            text = "\n".join(words)
            if "kubectl" in text or "/api/v1/" in text:
                found.append(text)
    return tuple(found)
