"""A hook that runs before an install and needs an object that comes only with it.

Helm makes `pre-install` hooks, and waits for their end, before it makes the other objects; Argo CD does so with PreSync.
A pod of such a hook that uses a ConfigMap, Secret, ServiceAccount or claim of the chart waits for it
(CreateContainerConfigError, FailedMount, FailedCreate), and the object comes only when the hook has ended: the first
install hangs until its timeout. Hooks of one event run by weight, then by name.

Make that object a hook of the same event with a lower weight, or run the hook after the install (`post-install`).

See https://helm.sh/docs/topics/charts_hooks/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Cluster, Findings, Node, PodSpec, Workload, named, resolve, rule
from kubetrial.lint.objects.hooks import hook_of


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Follows execHook and hookByWeight of Helm: a hook is waited for before the next one, and before everything else."""
    mine = hook_of(workload)
    if "before" not in mine.phases:
        return
    for place, kind in _needs(workload.pod):
        reference = resolve(cluster, workload, "", kind, str(place.value))
        target = reference.target
        if target is None or not reference.sure:
            continue
        theirs = hook_of(target)
        if "before" in theirs.phases and (theirs.weight, target.name) <= (mine.weight, workload.name):
            continue
        when = f"a hook of {theirs.event} with a later turn" if theirs.event else "no hook"
        yield place.found(
            f"the {mine.event} hook {workload.name} needs the {kind} {target.name}, which is {when} and comes after it",
            consequence="the pod of the hook waits for it and the install waits for the hook: the first install hangs",
            help=f"make the {kind} a hook of {mine.event} with a lower weight, or run the hook after the install",
            related=(named(target),),
        )
        return


def _needs(pod: PodSpec) -> Iterator[tuple[Node, str]]:
    """(the name, the kind) of what a pod cannot start without."""
    for field, kind in (("serviceAccountName", "ServiceAccount"), ("serviceAccount", "ServiceAccount")):
        if isinstance(pod.get(field), str):
            yield pod[field], kind
    for container in pod.all_containers():
        for variable in container["env"].items():
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                yield from _named(variable["valueFrom"][field], "name", kind)
        for source in container["envFrom"].items():
            for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                yield from _named(source[field], "name", kind)
    for volume in pod["volumes"].items():
        yield from _named(volume["configMap"], "name", "ConfigMap")
        yield from _named(volume["secret"], "secretName", "Secret")
        yield from _named(volume["persistentVolumeClaim"], "claimName", "PersistentVolumeClaim")
        for source in volume["projected"]["sources"].items():
            yield from _named(source["configMap"], "name", "ConfigMap")
            yield from _named(source["secret"], "name", "Secret")


def _named(reference: Node, field: str, kind: str) -> Iterator[tuple[Node, str]]:
    if isinstance(reference.get(field), str) and reference.get("optional") is not True:
        yield reference[field], kind
