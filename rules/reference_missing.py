"""A ConfigMap, claim, ServiceAccount or PriorityClass of a pod that is not in the set.

A pod with a missing ConfigMap or Secret waits in `CreateContainerConfigError` (a variable) or `ContainerCreating`
with `FailedMount` (a volume), one with a missing claim stays Pending ("persistentvolumeclaim not found"), and one
with a missing ServiceAccount or PriorityClass is refused: only `FailedCreate` of its controller shows it. Nothing of
this counts as a failure, so a Job with such a pod waits for ever unless it has activeDeadlineSeconds.

Secrets are often made outside of the manifests; they are named only where one with nearly the same name, or in
another namespace, shows what was meant. Add the object, correct the name, mark the reference `optional: true`, or
list what exists outside of the set under `external` in the configuration.

See https://kubernetes.io/docs/concepts/configuration/configmap/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.cluster import Cluster
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import Object, StatefulSet, Workload
from kubetrial.lint.node import Findings, Node
from kubetrial.lint.rule import rule
from kubetrial.lint.together import place, workloads_beside
from kubetrial.lint.values import names
from kubetrial.lint.values.nearest import nearest

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
        if not isinstance(name, str) or name in _MADE or (kind, name) in said or "$" in name or "{" in name:
            continue
        if not is_missing(kind, name, workload, cluster):
            continue
        meant = _meant(kind, name, workload, cluster)
        if meant is None and (kind == "Secret" or not stands_out(kind, workload, cluster)):
            continue
        said.add((kind, name))
        what = f"there is no {kind} {name} in the manifests"
        help = f"add the {kind} {name}, or name it as external in the configuration"
        if meant is not None and meant.name == name:
            what = (
                f"the {kind} {name} is in the namespace {meant.namespace or 'default'}, not in that of "
                f"this {workload.kind}"
            )
            help = "put both into one namespace"
        elif meant is not None:
            help = f"write {meant.name}"
        consequence = _HAPPENS.get(kind) or _HAPPENS[how]
        if workload.kind in ("Job", "CronJob"):
            consequence += "; this is no failure, so the Job never ends by itself"
        related = ((f"the {kind} {meant.name}", meant["metadata"]["name"]),) if meant is not None else ()
        yield node.found(what, consequence=consequence, help=help, related=related)


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
    namespace = "" if kind == "PriorityClass" else workload.namespace
    if cluster.get(_GROUPS.get(kind, ""), kind, namespace, name) is not None or cluster.exists_outside(kind, name):
        return False
    if names.dns_subdomain(name) is not None or workload.namespace == "kube-system":
        return False
    if names.dns_label(workload.namespace or "default") is not None or (
        kind.endswith("Claim") and _of_set(name, cluster)
    ):
        return False
    if cluster.is_mentioned(name, workload.namespace) or name in _spoken(cluster):
        return False
    if cluster.kustomizations is not None:
        facts = cluster.kustomizations.facts(workload.document.file)
        if facts.remote or facts.renamed or facts.changed or facts.namespaces or (kind, name) in facts.generated:
            return False
    return not (workload.namespace and _meant_namespaceless(kind, name, cluster))


def stands_out(kind: str, workload: Workload, cluster: Cluster) -> bool:
    """Whether a missing object is the exception: the set holds most of what its pods refer to.

    A set of which much is missing is only a part of what is applied.
    """
    own = place(cluster, workload)
    key = f"missing {kind} {own}"
    found: bool | None = cluster.memo.get(key)
    if found is None:
        missing: set[tuple[str, str]] = set()
        there: set[tuple[str, str]] = set()
        for other in workloads_beside(cluster, workload):
            for of_kind, _, node in references(other):
                if of_kind == kind and isinstance(node.value, str) and node.value not in _MADE:
                    gone = is_missing(kind, node.value, other, cluster)
                    (missing if gone else there).add((other.namespace, node.value))
        found = cluster.memo[key] = len(missing) == 1 or 2 * len(missing) <= len(there)
        if own != "." and not there:
            found = cluster.memo[key] = False
    return found


def _of_set(name: str, cluster: Cluster) -> bool:
    """Whether a StatefulSet makes a claim of this name: `<claim template>-<set>-<ordinal>`."""
    stem = name.rpartition("-")[0]
    for statefulset in cluster.all(StatefulSet):
        for template in statefulset.spec["volumeClaimTemplates"].items():
            if stem == f"{template['metadata'].get('name')}-{statefulset.name}":
                return True
    return False


def _meant_namespaceless(kind: str, name: str, cluster: Cluster) -> bool:
    """Whether the object stands without a namespace: it goes where `kubectl -n` says."""
    return any(not obj.namespace for obj in _named(cluster, kind).get(name, ()))


def _named(cluster: Cluster, kind: str) -> dict[str, list[Object]]:
    """All objects of a kind by their names, in any namespace."""
    key = f"named {kind}"
    found: dict[str, list[Object]] | None = cluster.memo.get(key)
    if found is None:
        found = cluster.memo[key] = {}
        for obj in cluster.kind(_GROUPS.get(kind, ""), kind):
            found.setdefault(obj.name, []).append(obj)
    return found


def _meant(kind: str, name: str, workload: Workload, cluster: Cluster) -> Object | None:
    """The object that was probably meant: of the same name elsewhere, or of nearly the same one in the namespace."""
    named = _named(cluster, kind)
    if name in named:
        return named[name][0] if workload.namespace else None
    key = f"in a namespace {kind}"
    found: dict[str, dict[str, Object]] | None = cluster.memo.get(key)
    if found is None:
        found = cluster.memo[key] = {}
        for objs in named.values():
            for obj in objs:
                found.setdefault(obj.namespace or "default", {}).setdefault(obj.name, obj)
    beside = found.get(workload.namespace or "default", {})
    close = nearest(name, sorted(beside)) if beside else None
    return beside[close] if close else None


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
