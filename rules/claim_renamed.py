"""A claim under a new name or in another namespace, whose data stay behind.

A PersistentVolumeClaim of a new name gets a new, empty volume. The program that used the old claim starts without its
data; the old claim stays in the cluster with them until somebody deletes it, or a tool that prunes what is no longer in
the manifests does.

Keep the name, or let the new claim begin with the old data: `dataSource` with the old claim or a snapshot of it, or
`volumeName` with the old volume.

See https://kubernetes.io/docs/concepts/storage/volume-pvc-datasource/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kubetrial.lint.authoring import (
    Category,
    Changes,
    Cluster,
    Findings,
    Object,
    PersistentVolumeClaim,
    Workload,
    named,
    rule,
)
from kubetrial.lint.facts.programs import image_name

Use = tuple[str, str]
"""The image of a container without registry and tag, and where it mounts the claim."""
Used = tuple[PersistentVolumeClaim, list[Use]]


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """A claim that goes and the only one that comes for the same programs at the same paths; follows the binder, which goes by name.

    Those of one namespace are paired first: several environments may hold the same programs.
    """
    gone, come = _claims(changes.gone), _claims(changes.come)
    if not gone or not come:
        return
    before, after = _uses(changes.old), _uses(changes.new)
    olds = [(claim, used) for claim in gone if (used := before.get(_key(claim)))]
    news = [(claim, used) for claim in come if (used := after.get(_key(claim)))]
    for claim, used in news:
        old = _only(olds, news, used, _space(claim)) or _only(olds, news, used)
        spec = claim["spec"]
        if old is None or any(spec.get(field) for field in ("dataSource", "dataSourceRef", "volumeName", "selector")):
            continue  # it begins with data, or binds a volume that was chosen
        moved = _space(old) != _space(claim)
        if moved and old.name != claim.name:
            continue  # one user of the cluster goes, and another one comes
        yield (claim["metadata"]["namespace"] if moved else claim["metadata"]["name"]).found(
            f"the claim {claim.name} moves to the namespace {claim.namespace or 'default'}"
            if moved
            else f"the claim {old.name} is now called {claim.name}",
            consequence=f"{used[0][0]} starts with a new, empty volume; its data stay behind in the claim {old.name}"
            f"{' of ' + (old.namespace or 'default') if moved else ''}, which nothing uses",
            help="keep the name and the namespace, or give the new claim the old data: a dataSource, or the volumeName of the old one",
            related=tuple(named(one) for one in _users(changes.new, claim)),
        )


def _only(
    olds: Sequence[Used], news: Sequence[Used], used: list[Use], space: str | None = None
) -> PersistentVolumeClaim | None:
    """The claim that goes, where one goes and one comes of a use (in a namespace)."""
    gone, come = (
        [one for one, theirs in several if theirs == used and space in (None, _space(one))] for several in (olds, news)
    )
    return gone[0] if len(gone) == 1 == len(come) else None


def _claims(objects: Sequence[Object]) -> list[PersistentVolumeClaim]:
    return [obj for obj in objects if isinstance(obj, PersistentVolumeClaim)]


def _space(claim: Object) -> str:
    return claim.namespace or "default"


def _key(claim: Object) -> tuple[str, str]:
    return _space(claim), claim.name


def _uses(cluster: Cluster) -> Mapping[tuple[str, str], list[Use]]:
    """(namespace, name) of a claim -> what uses it, in order."""
    found: dict[tuple[str, str], list[Use]] = {}
    for workload in cluster.all(Workload):
        for volume, claim in _mounted(workload):
            uses = found.setdefault((workload.namespace or "default", claim), [])
            for container in workload.pod.all_containers():
                for mount in container["volumeMounts"].items():
                    if mount.get("name") == volume:
                        uses.append((image_name(str(container.get("image", ""))), str(mount.get("mountPath"))))
    return {key: sorted(uses) for key, uses in found.items() if uses}


def _mounted(workload: Workload) -> Iterator[tuple[str, str]]:
    """(the volume, the claim) of each claim that a template names."""
    for volume in workload.pod["volumes"].items():
        name = volume["persistentVolumeClaim"].get("claimName")
        if isinstance(name, str):
            yield str(volume.get("name")), name


def _users(cluster: Cluster, claim: PersistentVolumeClaim) -> list[Workload]:
    """The first workload that mounts the claim."""
    for workload in cluster.beside(claim, Workload):
        if any(name == claim.name for _, name in _mounted(workload)):
            return [workload]
    return []
