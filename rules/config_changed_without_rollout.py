"""A ConfigMap or Secret that changes while the pods that read it once do not.

Variables and files mounted by `subPath` are read when a container starts. A change of the ConfigMap alone is no change
of the pod template: nothing is rolled out, running pods keep the old values, and a pod that happens to be replaced has
the new ones.

Give the pod template an annotation with a checksum of the data, give the ConfigMap a new name with each change (as a
generator of kustomize does), or restart the workload with `kubectl rollout restart`.

See https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import (
    Category,
    Changes,
    ConfigMap,
    DaemonSet,
    Deployment,
    Findings,
    Node,
    Object,
    ReplicaSet,
    Secret,
    StatefulSet,
    Workload,
    named,
    rule,
)
from kubetrial.lint.objects.config_uses import names_of, read_once

_LASTING = (Deployment, StatefulSet, DaemonSet, ReplicaSet)
_FIELDS = ("data", "binaryData", "stringData")
_RESTARTERS = ("reloader.stakater.com/", "wave.pusher.com/", "secrets-store.csi", "keel.sh/", "vault.hashicorp.com/")
"""In the names of annotations by which something else restarts the pods."""


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Changed keys that a workload reads once, and whose template is as before."""
    still: dict[tuple[str, str, str], list[Workload]] | None = None
    for old, new in changes.pairs:
        if not isinstance(new, (ConfigMap, Secret)) or new.get("immutable") is True:
            continue
        changed = dict(_changed(old, new))
        if not changed:
            continue
        still = _unchanged(changes) if still is None else still
        readers = still.get((new.namespace or "default", new.kind, new.name), [])
        users = [(w, place) for w in readers if (place := _use(new, w, changed)) is not None]
        if not users:
            continue
        workload, place = users[0]
        more = f" and {len(users) - 1} more" if len(users) > 1 else ""
        yield next(iter(changed.values())).found(
            f"{next(iter(changed))} of the {new.kind} {new.name} changes, and the pod template of {workload.kind} "
            f"{workload.name}{more} does not",
            consequence="nothing is rolled out: running pods keep the old value until somebody restarts them",
            help="write a checksum of the data as an annotation of the pod template, or kubectl rollout restart afterwards",
            related=((f"{workload.kind} {workload.name} reads it once, at the start", place), named(workload)),
        )


def _changed(old: Object, new: Object) -> Iterator[tuple[str, Node]]:
    """The keys whose value is another one, or that are new or gone, and where they stand now."""
    for field in _FIELDS:
        before, after = old[field].mapping(), new[field].mapping()
        for key in {**after, **before}:
            if before.get(key) != after.get(key):
                yield str(key), new[field][key] if key in after else new[field]


def _unchanged(changes: Changes) -> dict[tuple[str, str, str], list[Workload]]:
    """(namespace, kind, name) of what is read -> the workloads whose templates are as they were and that nothing restarts."""
    found: dict[tuple[str, str, str], list[Workload]] = {}
    for old, new in changes.of(Workload):
        if not isinstance(new, _LASTING) or old.spec.get("template") != new.spec.get("template"):
            continue
        annotations = (*new.annotations, *new.pod.metadata["annotations"].mapping())
        if new.spec.get("replicas") == 0 or any(one in str(key) for key in annotations for one in _RESTARTERS):
            continue
        for kind, name in set(names_of(new.pod)):
            found.setdefault((new.namespace or "default", kind, name), []).append(new)
    return found


def _use(config: Object, workload: Workload, changed: dict[str, Node]) -> Node | None:
    uses = read_once(workload.pod, config.kind, config.name)
    return next((place for place, key in uses if key is None or key in changed or _below(key, changed)), None)


def _below(path: str, changed: dict[str, Node]) -> bool:
    """Whether a subPath with a folder in it begins with a changed key."""
    return path.partition("/")[0] in changed
