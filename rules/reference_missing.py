"""A ConfigMap, Secret, claim or ServiceAccount of a pod that is not in the set.

A pod with a missing ConfigMap or Secret waits in `CreateContainerConfigError` (a variable) or `ContainerCreating`
with `FailedMount` (a volume), one with a missing claim stays Pending ("persistentvolumeclaim not found"), and one
with a missing ServiceAccount or PriorityClass is refused: only `FailedCreate` of its controller shows it. Nothing of
this counts as a failure, so a Job with such a pod waits for ever unless it has activeDeadlineSeconds.

Such objects are often made outside of the manifests, by scripts, operators or other repositories. So a missing one is
said where the set shows what was meant: an object with nearly that name, one in another namespace, or one beside it of
a similar name that nothing uses. With `--closed-world` (`closed-world = true`) nothing exists beside the set, and every
missing one is said. Add the object, correct the name, mark the reference `optional: true`, or list what exists outside
of the set under `external` in the configuration.

See https://kubernetes.io/docs/concepts/configuration/configmap/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, Object, Workload, resolve, rule, unresolved
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


@rule(Category.RISKY, needs=("env", "envFrom", "priorityClassName", "serviceAccount", "serviceAccountName", "volumes"))
def check(workload: Workload, cluster: Cluster) -> Findings:
    """References of a workload's pods whose target stands nowhere in a complete set."""
    if not cluster.complete or workload.kind == "PodTemplate":
        return
    said = set()
    for kind, how, node in references(workload):
        name = node.value
        if not isinstance(name, str) or (kind, name) in said or _may_exist(kind, name, workload, cluster):
            continue
        found = resolve(cluster, workload, _GROUPS.get(kind, ""), kind, name)
        both = found.meant is not None and not cluster.closed_world and _is_used_too(found.meant, workload)
        if not found.fails or both:  # pods that need both made no slip
            continue
        said.add((kind, name))
        consequence = _HAPPENS.get(kind) or _HAPPENS[how]
        if workload.kind in ("Job", "CronJob"):
            consequence += "; this is no failure, so the Job never ends by itself"
        yield unresolved(node, found, kind, name, consequence)


Reference = tuple[str, str, Node]
"""(kind, how it is used, the name) of an object that pods cannot do without."""


def references(workload: Workload) -> Iterator[Reference]:
    """The objects that the pods of a workload cannot do without."""
    pod = workload.pod
    account = "serviceAccountName" if pod.get("serviceAccountName") else "serviceAccount"  # its old name
    for key, kind in ((account, "ServiceAccount"), ("priorityClassName", "PriorityClass")):
        if pod.get(key):
            yield kind, "pod", pod[key]
    for volume in pod["volumes"].items() if pod.get("volumes") else ():
        yield from _of_volume(volume)
    for container in pod.all_containers():
        for source in container["envFrom"].items() if container.get("envFrom") else ():
            yield from _needed(source, "env", (("configMapRef", "ConfigMap"), ("secretRef", "Secret")))
        for variable in container["env"].items() if container.get("env") else ():
            if variable.get("valueFrom"):
                source = variable["valueFrom"]
                yield from _needed(source, "env", (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")))


def _of_volume(volume: Node) -> Iterator[Reference]:
    if volume.get("persistentVolumeClaim"):
        yield "PersistentVolumeClaim", "volume", volume["persistentVolumeClaim"]["claimName"]
    parts = volume["projected"]["sources"].items() if volume.get("projected") else ()
    for source in (volume, *parts):
        yield from _needed(source, "volume", (("configMap", "ConfigMap"), ("secret", "Secret")))


def _needed(source: Node, how: str, fields: tuple[tuple[str, str], ...]) -> Iterator[Reference]:
    """What a source names and does not call optional; the Secret of a volume has a field of its own for its name."""
    for key, kind in fields:
        if source.get(key) and (inner := source[key]).get("optional") is not True:
            yield kind, how, inner["secretName"] if key == "secret" and inner.get("secretName") else inner["name"]


def _may_exist(kind: str, name: str, workload: Workload, cluster: Cluster) -> bool:
    """Whether every cluster has the object, the name is none, or something of the set may make or rename it."""
    if name in _MADE or names.dns_subdomain(name) is not None or names.dns_label(workload.namespace or "x") is not None:
        return True
    if cluster.kustomizations is not None:
        facts = cluster.kustomizations.facts(workload.document.file)
        if facts.renamed or facts.changed:
            return True
    return name in cluster.once(_spoken) or (
        kind == "PersistentVolumeClaim" and cluster.claim_template(name.rpartition("-")[0], "") is not None
    )


def _is_used_too(meant: Object, workload: Workload) -> bool:
    """Whether the pods refer to the object that was probably meant, in the right way, beside the one that is missing."""
    return any(kind == meant.kind and node.value == meant.name for kind, _, node in references(workload)) and (
        meant.namespace == workload.namespace
    )


def _spoken(cluster: Cluster) -> set[str]:
    """The words in the arguments of all containers: a program that is told a name may make the object."""
    found: set[str] = set()
    for workload in cluster.all(Workload):
        for container in workload.pod.all_containers():
            for field in ("command", "args"):
                for text in container.get(field) or ():
                    if isinstance(text, str):
                        found.update(text.replace("=", " ").replace("/", " ").replace(",", " ").split())
    return found
