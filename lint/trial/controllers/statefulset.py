"""The StatefulSet controller: pods with lasting names and claims, one after another.

Follows pkg/controller/statefulset. OrderedReady acts on one pod a round and stops at the first that is not yet
available; Parallel acts on all. An update replaces pods from the highest ordinal down, but only when nothing is left to
create or to scale down, which is why OrderedReady never replaces a broken pod by itself: its round ends before that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.facts import rollouts
from kubetrial.lint.trial.admission import AdmissionRefused
from kubetrial.lint.trial.controllers.pods import Revisions, available, claim, next_available, slow_start
from kubetrial.lint.trial.objects import StoredObject, StoredPod
from kubetrial.lint.trial.world import Controller, World
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.records import dataclass, field, replace

NAME = "statefulset"

LONGEST_LABEL = 63
HASH_LENGTH = 10
"""Length of a revision's hash: 10 signs for three templates of four, 8 or 9 for the others."""

COLLECTION_SECONDS = 0.05
"""From the end of a pod to that of the claims that belonged to it (about 30 ms were measured)."""


@dataclass(frozen=True, slots=True)
class StatefulSetStatus:
    """What the status of a StatefulSet holds. `current_revision` is the one that the last finished rollout reached."""

    replicas: int = 0
    ready: int = 0
    available: int = 0
    current: int = 0
    updated: int = 0
    current_revision: str = ""
    update_revision: str = ""
    observed: int = 0


@dataclass(slots=True)
class StatefulSetMemory:
    """What the controller remembers of a StatefulSet."""

    status: StatefulSetStatus = StatefulSetStatus()
    revisions: Revisions = field(default_factory=Revisions)
    collected: dict[int, float] = field(default_factory=dict)
    """Ordinal -> until when the claims of its last pod are still there."""


class Blocked(AdmissionRefused):
    """Not refused by admission: another pod has the name (not worth an event), or the claim is being deleted."""

    def __init__(self, message: str) -> None:
        super().__init__("other", message)


@dataclass(frozen=True, slots=True)
class StatefulSetRound:
    """One round of a StatefulSet.

    `wanted` has a place for every ordinal from the first to the last, empty where there is no pod; `condemned` are the
    others, the highest ordinal first.
    """

    world: World
    statefulset: StoredObject
    now: float
    update: str
    current: str
    wanted: list[StoredPod | None]
    condemned: list[StoredPod]

    @property
    def spec(self) -> Mapping[str, Any]:
        """The StatefulSet's spec."""
        return self.statefulset.spec

    @property
    def memory(self) -> StatefulSetMemory:
        """What the controller remembers."""
        found: StatefulSetMemory = self.statefulset.state
        return found

    @property
    def ordered(self) -> bool:
        """OrderedReady, not Parallel."""
        return bool(self.spec["podManagementPolicy"] != "Parallel")

    def available(self, pod: StoredPod | None) -> bool:
        """Ready for minReadySeconds, even while it is being deleted."""
        return pod is not None and available(pod, self.now, self.spec["minReadySeconds"])

    def unavailable(self, pod: StoredPod | None) -> bool:
        """Not there, not available or on its way out (isUnavailable)."""
        return pod is None or not self.available(pod) or pod.deleting is not None


# ---------------------------------------------------------------------- names


def first_ordinal(spec: Mapping[str, Any]) -> int:
    """spec.ordinals.start, or 0."""
    return int((spec.get("ordinals") or {}).get("start") or 0)


def ordinal(pod: StoredPod) -> int:
    """The number at the end of a pod's name; -1 when there is none."""
    if pod.index is not None:
        return pod.index
    number = whole(pod.name.rpartition("-")[2])
    return -1 if number is None else number


def is_member(statefulset: StoredObject, pod: StoredPod) -> bool:
    """Whether a pod has a name that the set would give (isMemberOf)."""
    return pod.owner is statefulset or (pod.name.rpartition("-")[0] == statefulset.name and ordinal(pod) >= 0)


def claim_name(template: Mapping[str, Any], statefulset: StoredObject, number: int) -> str:
    """The name of an ordinal's claim: <template>-<set>-<ordinal>."""
    return f"{template_name(template)}-{statefulset.name}-{number}"


def template_name(template: Mapping[str, Any]) -> str:
    """The name of a claim template, which is the name of its volume too."""
    return str((template.get("metadata") or {}).get("name"))


def pod_spec(statefulset: StoredObject, template: Mapping[str, Any], number: int) -> dict[str, Any]:
    """An ordinal's pod: the template with host name and claims; a claim template hides a volume of the same name."""
    claims = [
        {"name": template_name(t), "persistentVolumeClaim": {"claimName": claim_name(t, statefulset, number)}}
        for t in _unique(statefulset.spec.get("volumeClaimTemplates") or ())
    ]
    own = {c["name"] for c in claims}
    spec = {**template["spec"], "hostname": f"{statefulset.name}-{number}"}
    if statefulset.spec.get("serviceName"):
        spec["subdomain"] = statefulset.spec["serviceName"]
    volumes = claims + [v for v in spec.get("volumes") or () if v.get("name") not in own]
    if volumes:
        spec["volumes"] = volumes
    return spec


def _unique(templates: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of several claim templates of one name the last one counts."""
    return list({template_name(t): t for t in templates}.values())


# ---------------------------------------------------------------------- the round


def sync(world: World, key: int, now: float) -> float | None:
    """One round of a StatefulSet (syncStatefulSet)."""
    statefulset: StoredObject | None = world.get(key)
    if statefulset is None:
        return None
    if statefulset.state is None:
        statefulset.state = StatefulSetMemory()
    memory: StatefulSetMemory = statefulset.state
    pods = claim(world, statefulset, belongs=lambda pod: is_member(statefulset, pod))
    update = memory.revisions.name(statefulset.spec["template"])
    current = memory.status.current_revision or update
    start, size = first_ordinal(statefulset.spec), int(statefulset.spec["replicas"])
    wanted: list[StoredPod | None] = [None] * size
    condemned: list[StoredPod] = []
    for pod in pods:
        number = ordinal(pod)
        if start <= number < start + size:
            wanted[number - start] = pod
        elif number >= 0:
            condemned.append(pod)
    condemned.sort(key=ordinal, reverse=True)
    r = StatefulSetRound(world, statefulset, now, update, current, wanted, condemned)
    stuck = False
    if statefulset.deleting is None:
        try:
            if not _keep(r) and not _scale_down(r):
                _roll(r)
        except AdmissionRefused:
            stuck = True
    _store(r, pods)
    if stuck:
        return world.retry(NAME, key, now)
    world.forget(NAME, key)
    return next_available(pods, now, statefulset.spec["minReadySeconds"])


def _each(r: StatefulSetRound, count: int, act: Callable[[int], bool]) -> bool:
    """Do something for all; ordered: until one says that the round is over. Answers whether it is over (runForAll)."""
    if r.ordered:
        return any(act(i) for i in range(count))
    _, refused = slow_start(count, act)
    if refused is not None:
        raise refused
    return False


def _keep(r: StatefulSetRound) -> bool:
    """See to it that every ordinal has its pod. Answers whether the round is over: something has to come true first."""
    return _each(r, len(r.wanted), lambda i: _keep_one(r, i))


def _keep_one(r: StatefulSetRound, i: int) -> bool:
    """One ordinal (processReplica)."""
    pod = r.wanted[i]
    if pod is None:
        number = first_ordinal(r.spec) + i
        if _claim_is_stale(r, number):
            return True
        _create(r, number)
        return r.ordered
    if pod.terminal:
        if pod.deleting is None:
            r.world.delete(pod)
        return True
    if pod.phase == "Pending":
        _create_claims(r, ordinal(pod))
        _own_claims(r, pod)
    if r.ordered and (pod.deleting is not None or not pod.ready or not r.available(pod)):
        return True
    _own_claims(r, pod)
    return False


def revision_for(spec: Mapping[str, Any], number: int, current: str, update: str) -> str:
    """The revision of a new pod: the old one below the partition (newVersionedStatefulSetPod)."""
    partition = (spec["updateStrategy"].get("rollingUpdate") or {}).get("partition") or 0
    return current if number < first_ordinal(spec) + partition else update


def _create(r: StatefulSetRound, number: int) -> None:
    """Create an ordinal's claims and pod (CreateStatefulPod). Raises Refused, Blocked."""
    owner, world = r.statefulset, r.world
    try:
        _create_claims(r, number)
    except Blocked as blocked:
        world.failed_create(owner, blocked)
        raise
    name = f"{owner.name}-{number}"
    if world.find("Pod", owner.namespace, name) is not None:
        raise Blocked(f"pod {name} exists and does not belong to the set")
    revision = revision_for(r.spec, number, r.current, r.update)
    template = r.memory.revisions.template(revision)
    try:
        if len(owner.name) + 1 + HASH_LENGTH > LONGEST_LABEL:
            raise AdmissionRefused(
                "invalid",
                f'Pod "{name}" is invalid: metadata.labels: Invalid value: the label controller-revision-hash is '
                f'"{owner.name}-<hash>", which is more than {LONGEST_LABEL} characters',
            )
        if len(name) > LONGEST_LABEL:
            raise AdmissionRefused(
                "invalid", f'Pod "{name}" is invalid: spec.hostname: more than {LONGEST_LABEL} characters'
            )
        pod = world.create_pod(
            owner,
            name=name,
            index=number,
            revision=revision,
            template=template,
            spec=pod_spec(owner, template, number),
            labels={
                "statefulset.kubernetes.io/pod-name": name,
                "apps.kubernetes.io/pod-index": str(number),
                "controller-revision-hash": f"{owner.name}-{revision}",
            },
        )
    except AdmissionRefused as refused:
        world.failed_create(owner, refused)
        raise
    _own_claims(r, pod)


def _scale_down(r: StatefulSetRound) -> bool:
    """Remove the pods of ordinals that are no longer wanted, the highest first. Answers whether the round is over."""
    for pod in r.condemned:
        _own_claims(r, pod)
    broken = [p for p in (*r.wanted, *reversed(r.condemned)) if p is not None and r.unavailable(p)]
    missing = any(p is None for p in r.wanted)
    first_broken = None if missing or not broken else broken[0]
    return _each(r, len(r.condemned), lambda i: _condemn(r, r.condemned[i], first_broken))


def _condemn(r: StatefulSetRound, pod: StoredPod, first_broken: StoredPod | None) -> bool:
    """One pod too many (processCondemned). Ordered: after those above it, and only if it is well or first to ail."""
    if pod.deleting is not None:
        return r.ordered
    if not r.ordered or r.available(pod) or pod is first_broken:
        r.world.delete(pod)
    return True


# ---------------------------------------------------------------------- claims


def _claims(r: StatefulSetRound, number: int) -> list[tuple[int, Mapping[str, Any], StoredObject | None]]:
    """(index of the template, template, claim if it exists) of an ordinal."""
    templates = r.spec.get("volumeClaimTemplates") or ()
    namespace = r.statefulset.namespace
    return [
        (templates.index(t), t, r.world.find("PersistentVolumeClaim", namespace, claim_name(t, r.statefulset, number)))
        for t in _unique(templates)
    ]


def _create_claims(r: StatefulSetRound, number: int) -> None:
    """Create the claims that an ordinal lacks (createPersistentVolumeClaims). Raises Refused, Blocked."""
    if not r.spec.get("volumeClaimTemplates"):
        return
    failed: AdmissionRefused | None = None
    for i, template, found in _claims(r, number):
        if found is not None:
            if found.deleting is not None:
                failed = failed or Blocked(f"claim {found.name} is being deleted")
            continue
        metadata = template.get("metadata") or {}
        labels = {**(metadata.get("labels") or {}), **((r.spec.get("selector") or {}).get("matchLabels") or {})}
        try:
            r.world.create(
                "PersistentVolumeClaim",
                r.statefulset,
                claim_name(template, r.statefulset, number),
                template.get("spec") or {},
                labels=labels,
                annotations=metadata.get("annotations") or {},
                path=("volumeClaimTemplates", i, "spec"),
                controller=False,
            )
        except AdmissionRefused as refused:
            cause = r.statefulset.cause("volumeClaimTemplates", i, "spec")
            r.world.event_once(
                r.statefulset, "FailedCreate", {"reason": refused.reason}, cause=cause, message=refused.message
            )
            failed = failed or refused
    if failed is not None:
        raise failed


def claim_owner(spec: Mapping[str, Any], condemned: bool) -> str:
    """Who owns a claim, so that it goes with it: "set", "pod" or "" (updateClaimOwnerRefForSetAndPod)."""
    policy = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    if condemned and policy.get("whenScaled") == "Delete":
        return "pod"
    return "set" if policy.get("whenDeleted") == "Delete" else ""


def _own_claims(r: StatefulSetRound, pod: StoredPod) -> None:
    """Give the claims of a pod their owner by the retention policy. A claim that something else owns is left alone."""
    if not r.spec.get("volumeClaimTemplates"):
        return
    number = ordinal(pod)
    start, size = first_ordinal(r.spec), int(r.spec["replicas"])
    wanted = {"set": r.statefulset, "pod": pod}.get(claim_owner(r.spec, not start <= number < start + size))
    for _, _, found in _claims(r, number):
        if found is None or found.owner is wanted or found.owner not in (None, r.statefulset, pod):
            continue
        r.world.orphan(found)
        if wanted is not None:
            r.world.adopt(wanted, found)


def _claim_is_stale(r: StatefulSetRound, number: int) -> bool:
    """With whenScaled Delete: whether a claim still belongs to a pod that is gone, and goes too (PodClaimIsStale).

    The ordinal has to wait for it, and nothing tells the controller when the claim is gone: scaling up while pods still
    stop leaves the set short until something else happens to it.
    """
    if (r.spec.get("persistentVolumeClaimRetentionPolicy") or {}).get("whenScaled") != "Delete":
        return False
    owners = [found.owner for _, _, found in _claims(r, number) if found is not None]
    if any(owner is not None and owner.kind == "Pod" for owner in owners):
        r.memory.collected[number] = r.now + COLLECTION_SECONDS
    return r.now < r.memory.collected.get(number, 0.0)


# ---------------------------------------------------------------------- rolling update


def _roll(r: StatefulSetRound) -> None:
    """Delete pods of an old revision so that they come back new (updateStatefulSetAfterInvariantEstablished)."""
    if r.spec["updateStrategy"]["type"] != "RollingUpdate":
        return
    strategy = r.spec["updateStrategy"]
    lowest = int((strategy.get("rollingUpdate") or {}).get("partition") or 0)
    for pod in replaceable(r, lowest, rollouts.of_statefulset(strategy, len(r.wanted))):
        r.world.delete(pod)


def replaceable(r: StatefulSetRound, lowest: int, most: int) -> list[StoredPod]:
    """The pods that may go now, the highest ordinal first. `lowest` counts places: ordinals.start does not shift it.

    Parallel first takes all old pods that are not available, whatever `most` says: replacing those costs nothing.
    """
    unavailable = {i for i, pod in enumerate(r.wanted) if r.unavailable(pod)}
    budget = most - len(unavailable)
    old = [
        (i, pod)
        for i, pod in reversed(list(enumerate(r.wanted)))
        if i >= lowest and pod is not None and pod.revision != r.update and pod.deleting is None
    ]
    if r.ordered:
        return [pod for _, pod in old[: max(budget, 0)]]
    broken = [pod for i, pod in old if i in unavailable]
    return broken + [pod for i, pod in old if i not in unavailable][: max(budget, 0)]


# ---------------------------------------------------------------------- status


def _store(r: StatefulSetRound, pods: Sequence[StoredPod]) -> None:
    """Count the pods, and note that a rollout has come to its end (computeReplicaStatus, completeUpdate)."""
    living = [p for p in pods if p.deleting is None]
    new = StatefulSetStatus(
        replicas=len(pods),
        ready=sum(p.phase == "Running" and p.ready for p in pods),
        available=sum(p.phase == "Running" and r.available(p) for p in pods),
        current=sum(p.revision == r.current for p in living),
        updated=sum(p.revision == r.update for p in living),
        current_revision=r.current,
        update_revision=r.update,
        observed=r.statefulset.generation,
    )
    size = int(r.spec["replicas"])
    if new.updated == new.ready == new.replicas == size:
        new = replace(new, current=new.updated, current_revision=r.update)
    old = r.memory.status
    if new == old:
        return
    r.memory.status = new
    if _complete(r.statefulset, new) and not _complete(r.statefulset, old):
        r.world.event(r.statefulset, "rollout-complete")
    r.world.changed(r.statefulset)


def _complete(statefulset: StoredObject, status: StatefulSetStatus) -> bool:
    wanted = statefulset.spec["replicas"]
    return (
        status.observed >= statefulset.generation
        and status.updated == status.available == status.replicas == wanted > 0
    )


def final(world: World, statefulset: StoredObject) -> dict[str, Any]:
    """The StatefulSet's last line."""
    own = statefulset.state.status if statefulset.state is not None else StatefulSetStatus()
    return {
        "specReplicas": statefulset.spec["replicas"],
        "replicas": own.replicas,
        "ready": own.ready,
        "available": own.available,
        "updated": own.updated,
        "current": own.current,
    }


CONTROLLER = Controller(NAME, sync, kind="StatefulSet", owns=("Pod",), adopts=True, final=final)
