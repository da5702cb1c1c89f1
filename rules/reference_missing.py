"""A ConfigMap, claim, ServiceAccount or PriorityClass of a pod that is not in the set.

A pod with a missing ConfigMap or Secret waits in `CreateContainerConfigError` (a variable) or `ContainerCreating`
with `FailedMount` (a volume), one with a missing claim stays Pending ("persistentvolumeclaim not found"), and one
with a missing ServiceAccount or PriorityClass is refused: only `FailedCreate` of its controller shows it. Nothing of
this counts as a failure, so a Job with such a pod waits for ever unless it has activeDeadlineSeconds.

In a repository of many folders an object counts as missing where others of its kind, that pods of the same folder
name, are there. Secrets are often made outside of the manifests; they are named only where one with nearly the same
name, or in another namespace, shows what was meant. In a closed world (`--closed-world`) everything that is not there
counts as missing, Secrets too. Add the object, correct the name, mark the reference `optional: true`, or list what
exists outside of the set under `external` in the configuration.

See https://kubernetes.io/docs/concepts/configuration/configmap/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.cluster import Cluster, folder_of
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import StatefulSet, Workload
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.references import NOTHING, Reference, resolve, unresolved
from kubetrial.lint.rule import rule
from kubetrial.lint.together import workloads_beside
from kubetrial.lint.values import names

_GROUPS = {"PriorityClass": "scheduling.k8s.io"}
_MADE = ("kube-root-ca.crt", "default", "system-node-critical", "system-cluster-critical")
_HAPPENS = {
    "env": "its containers wait in CreateContainerConfigError",
    "volume": "the pod waits in ContainerCreating with FailedMount",
    "PersistentVolumeClaim": "the pod stays Pending: persistentvolumeclaim not found",
    "ServiceAccount": "every pod is refused: FailedCreate, error looking up service account",
    "PriorityClass": "every pod is refused: FailedCreate, no PriorityClass with this name was found",
}


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """References of a workload's pods whose target stands nowhere in a complete set."""
    if not cluster.complete or workload.kind == "PodTemplate":
        return
    said = set()
    for kind, how, node in references(workload):
        name = node.value
        if not isinstance(name, str) or (kind, name) in said or not is_missing(kind, name, workload, cluster):
            continue
        found = resolve(cluster, workload, _GROUPS.get(kind, ""), kind, name)
        if (
            not cluster.closed
            and found.close is not None
            and any(found.close.name == other.value for _, _, other in references(workload))
        ):
            found = Reference()  # the pods need both: no slip
        if not found.fails:
            if kind == "Secret" or cluster.has_makers(folder_of(workload)) or not stands_out(kind, workload, cluster):
                continue
            found = Reference(missing=True)
        said.add((kind, name))
        consequence = _HAPPENS.get(kind) or _HAPPENS[how]
        if workload.kind in ("Job", "CronJob"):
            consequence += "; this is no failure, so the Job never ends by itself"
        yield unresolved(node, found, kind, name, consequence)


def references(workload: Workload) -> Iterator[tuple[str, str, Node]]:
    """(kind, how it is used, the name) of each object that the pods of a workload cannot do without."""
    pod = workload.pod
    spec = pod.mapping()
    for key, kind in (("serviceAccountName", "ServiceAccount"), ("priorityClassName", "PriorityClass")):
        if spec.get(key):
            yield kind, "pod", pod[key]
    if spec.get("volumes"):
        for volume in pod["volumes"].items():
            value = volume.mapping()
            if value.get("persistentVolumeClaim"):
                yield "PersistentVolumeClaim", "volume", volume["persistentVolumeClaim"]["claimName"]
            for source in (volume, *volume["projected"]["sources"].items()):
                for key, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                    if source.get(key) and source[key].get("optional") is not True:
                        named = source[key]["secretName"] if source[key].get("secretName") else source[key]["name"]
                        yield kind, "volume", named
    for container in pod.all_containers():
        if container.get("envFrom"):
            for source in container["envFrom"].items():
                for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                    if source.get(key) and source[key].get("optional") is not True:
                        yield kind, "env", source[key]["name"]
        if container.get("env"):
            for variable in container["env"].items():
                source = variable["valueFrom"]
                for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                    if source.get(key) and source[key].get("optional") is not True:
                        yield kind, "env", source[key]["name"]


def is_missing(kind: str, name: str, workload: Workload, cluster: Cluster) -> bool:
    """Whether an object stands nowhere in the set, and nothing of the set seems to make it."""
    if name in _MADE or names.dns_subdomain(name) is not None or names.dns_label(workload.namespace or "x") is not None:
        return False
    found = resolve(cluster, workload, _GROUPS.get(kind, ""), kind, name)
    if found is NOTHING or found.target is not None or name in _spoken(cluster):
        return False
    if cluster.kustomizations is not None:
        facts = cluster.kustomizations.facts(workload.document.file)
        if facts.renamed or facts.changed:
            return False
    return not (kind == "PersistentVolumeClaim" and _of_set(name, cluster))


def stands_out(kind: str, workload: Workload, cluster: Cluster) -> bool:
    """Whether a missing object is the exception: what else the pods of its folder refer to stands in the set.

    Repositories of many folders are often only a part of what is applied, so there at least two others must be found.
    """
    folder = folder_of(workload)
    key = f"missing {kind} {folder}"
    found: bool | None = cluster.memo.get(key)
    if found is None:
        missing: set[tuple[str, str]] = set()
        there: set[tuple[str, str]] = set()
        for other in workloads_beside(cluster, workload):
            if folder_of(other) == folder:
                for of_kind, _, node in references(other):
                    if of_kind == kind and isinstance(node.value, str) and node.value not in _MADE:
                        gone = is_missing(kind, node.value, other, cluster)
                        (missing if gone else there).add((other.namespace, node.value))
        least = 0 if len({folder_of(obj) for obj in cluster.objects}) == 1 else 2
        found = cluster.memo[key] = len(there) >= max(least, 2 * len(missing) - 2)
    return found


def _of_set(name: str, cluster: Cluster) -> bool:
    """Whether a StatefulSet makes a claim of this name: `<claim template>-<set>-<ordinal>`."""
    stem = name.rpartition("-")[0]
    for statefulset in cluster.all(StatefulSet):
        for template in statefulset.spec["volumeClaimTemplates"].items():
            if stem == f"{template['metadata'].get('name')}-{statefulset.name}":
                return True
    return False


def _spoken(cluster: Cluster) -> set[str]:
    """The words in the arguments of all containers: a program that is told a name may make the object."""
    found: set[str] | None = cluster.memo.get("words of arguments")
    if found is None:
        found = cluster.memo["words of arguments"] = set()
        for workload in cluster.all(Workload):
            for container in workload.pod.all_containers():
                for field in ("command", "args"):
                    for text in container.get(field) or ():
                        if isinstance(text, str):
                            found.update(text.replace("=", " ").replace("/", " ").replace(",", " ").split())
    return found
