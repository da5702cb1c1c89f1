"""A hook that runs before an install and needs an object that comes only with it.

Helm makes `pre-install` hooks, and waits for their end, before it makes the other objects; Argo CD does so with PreSync.
A pod of such a hook that uses a ConfigMap, Secret, ServiceAccount or claim of the chart waits for it
(CreateContainerConfigError, FailedMount, FailedCreate), and the object comes only when the hook has ended: the first
install hangs until its timeout. Hooks of one event run by weight, then by name.

Make that object a hook of the same event with a lower weight, or run the hook after the install (`post-install`).

See https://helm.sh/docs/topics/charts_hooks/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Cluster,
    Findings,
    Node,
    Object,
    PodSpec,
    Service,
    Workload,
    named,
    resolve,
    rule,
    sure_of,
    workloads_of,
)
from kubetrial.lint.objects.hooks import FirstInstall, hook_of
from kubetrial.lint.objects.hosts import Host, hosts_of_workload
from kubetrial.lint.values.pattern import pattern

_DATABASES = "db|database|sql|postgres|maria|mongo|redis|valkey"
_STORE = pattern(rf"{_DATABASES}|kafka|rabbit|amqp|elastic|opensearch|cassandra", re.I)
_FOR_DATABASE = pattern(_DATABASES, re.I)
"""What a hook before an install nearly always asks for: the database that it prepares."""


@rule(Category.RISKY, needs=("helm.sh/hook", "argocd.argoproj.io/hook"))
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
        if "before" in theirs.phases and theirs.weight == mine.weight and _comes_first(mine, workload, target):
            continue
        when = f"a hook of {theirs.event} with a later turn" if theirs.event else "no hook"
        yield place.found(
            f"the {mine.event} hook {workload.name} needs the {kind} {target.name}, which is {when} and comes after it",
            consequence="the pod of the hook waits for it and the install waits for the hook: the first install hangs",
            help=f"make the {kind} a hook of {mine.event} with a lower weight, or run the hook after the install",
            related=(named(target),),
        )
        return
    yield from _calls(workload, mine, cluster)


def _is_of_store(host: Host) -> bool:
    """Whether a setting names a database or another store, by the name of its Service or by its own."""
    return _STORE.search(host.name) is not None or _FOR_DATABASE.search(host.variable) is not None


def _comes_first(mine: FirstInstall, workload: Workload, target: Object) -> bool:
    """Whether of two hooks of one weight that which is needed comes first, or may.

    Argo CD takes what pods need before Pods and Jobs in each wave; Helm goes by names, and that of a release nobody has chosen yet.
    """
    release = workload.document.release
    return mine.event == "PreSync" or (
        bool(release) and workload.name.startswith(release) != target.name.startswith(release)
    )


def _calls(workload: Workload, mine: FirstInstall, cluster: Cluster) -> Findings:
    """A Service that the hook names, and whose pods are made only after it: nobody answers at the first install."""
    if mine.event not in ("pre-install", "PreSync"):
        return
    for host in hosts_of_workload(workload, cluster):
        below = host.name.partition(".")[2]
        if "\n" in str(host.node.value) or (host.variable and not _is_of_store(host)):
            continue  # a script, in which a name may be written into a file; a setting that the program may never use
        if below not in (
            "",
            workload.namespace,
            f"{workload.namespace}.svc",
            f"{workload.namespace}.svc.cluster.local",
        ):
            continue
        reference = resolve(cluster, workload, "", "Service", host.label)
        service = reference.target
        if not isinstance(service, Service) or not reference.sure or not service.selector.mapping():
            continue
        behind = sure_of(cluster, service, workloads_of(cluster, service, service.selector))
        if not behind or any("before" in hook_of(one).phases for one in (service, *behind)):
            continue
        yield host.node.found(
            f"the {mine.event} hook {workload.name} calls the Service {service.name}, which is no hook and comes after it",
            consequence="at the first install nobody answers there: the hook fails, and the install with it",
            help="make it a post-install hook, or install what it calls as a release of its own before",
            related=(named(service),),
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
