"""The trial as rules see it: objects that live together, and the scenarios that are played with them when a rule asks.

`of` gives a Trial for each namespace of each set of objects that belong together (see lint/objects/together.py). Nothing is
played for it by itself: a rule looks whether a scenario can tell something about a workload and asks for
`trial.play`; what several rules ask for is played once. Only the workload and what bears on it takes part: quota,
limit ranges, budgets, claims, volumes and classes. What is referred to and not given is taken to exist (rules about
references look for what is missing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from kubetrial.lint.objects.cluster import Choosers, Cluster, folder_of
from kubetrial.lint.objects.together import place
from kubetrial.lint.objects.views import CronJob, LabelSelector, Object, PersistentVolumeClaim, Workload
from kubetrial.lint.trial.surroundings import CLUSTER_WIDE, IN_NAMESPACE, Shared, distinct
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml.node import Node

if TYPE_CHECKING:  # the simulator is loaded when the first scenario is played
    from kubetrial.lint.trial.profile import ClusterProfile
    from kubetrial.lint.trial.scenario import Scenario
    from kubetrial.lint.trial.timeline import Cause, Timeline, TimelineEvent

O = TypeVar("O", bound=Object)  # noqa: E741

MOST_STEPS = 20_000
"""Of one play: what makes more work than this is left alone."""
MOST_LOOKS = 1_000_000
"""Of all plays of a check together: looks at nodes and pods beyond those of small clusters."""
LEAST_LOOKS = 1_000
"""What each play may have of them, however many there are."""
MOST_WORKLOADS = 1_000
MOST_BESIDE = 50
"""So many workloads may take part in one play, and so much else beside them; each step looks at many of them."""

ASSUMES = {
    "nominal": "every container starts and works",
    "updated": "two minutes after the start every template gets a new image that works",
    "drained": "the worker nodes are drained one after another, as in an upgrade of the cluster",
    "broken-update": "after two minutes comes an image that never becomes ready, ten minutes later a good one",
    "failing": "every container exits 1 after a second",
    "hanging": "every container runs for ever",
    "no-image": "no image can be pulled",
    "never-ready": "every container runs and none becomes ready",
}
"""What a scenario takes for granted, in words for a finding."""

_IN_NAMESPACE = (*IN_NAMESPACE, "PodDisruptionBudget", "PersistentVolumeClaim", "HorizontalPodAutoscaler", "Service")
_NEEDED = frozenset((*_IN_NAMESPACE, *CLUSTER_WIDE))


class Trial:
    """The objects of one namespace that live together, and what was played with them."""

    __slots__ = (
        "_budgets",
        "_claims",
        "_kinds",
        "_kinds_distinct",
        "_least",
        "_numbers",
        "_plays",
        "_shared",
        "_views",
        "cluster",
        "most_looks",
        "namespace",
        "objects",
        "workloads",
    )

    def __init__(
        self,
        cluster: Cluster,
        namespace: str,
        workloads: Sequence[Workload],
        objects: Sequence[Object],
        shared: Shared,
        most_looks: int = MOST_LOOKS,
    ) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.workloads = tuple(workloads)
        self.objects = tuple(objects)
        """What is no workload and bears on workloads: of the namespace; that of the whole cluster is shared."""
        self.most_looks = most_looks
        """How much of a large cluster one play may look at."""
        self._shared = shared
        self._plays: dict[Any, Play] = {}
        self._views: dict[type[Object], list[Any]] = {}
        self._kinds: dict[str, list[Object]] = {}
        self._kinds_distinct: dict[str, list[Object]] = {}
        self._numbers = {id(obj): number for number, obj in enumerate(self.objects)}
        for obj in self.objects:
            self._kinds.setdefault(obj.kind, []).append(obj)
        self._budgets: Choosers[Object] | None = None
        self._claims: dict[str, list[Object]] | None = None
        self._least: dict[tuple[str, str], int] | None = None

    @property
    def nodes_are_known(self) -> bool:
        """Whether the configuration says what the cluster looks like; otherwise its size is an assumption."""
        return bool(self.cluster.profile)

    def played(self) -> tuple[Play, ...]:
        """Every play that a rule has asked for so far."""
        return tuple(self._plays.values())

    def all(self, cls: type[O]) -> list[O]:
        """The workloads and other objects of the namespace of a view."""
        found = self._views.get(cls)
        if found is None:
            given = (*self.workloads, *self.objects)
            found = self._views[cls] = [obj for obj in given if isinstance(obj, cls)]
        return found

    def kind(self, kind: str) -> list[Object]:
        """The objects of a kind that are no workloads."""
        return self._shared.kind(kind) if kind in CLUSTER_WIDE else self._kinds.get(kind, [])

    def budgets_of(self, workload: Workload) -> Iterator[Object]:
        """The PodDisruptionBudgets whose selector matches the pods of a workload; an empty one matches all."""
        if self._budgets is None:
            written = [b for b in self.kind("PodDisruptionBudget") if b["spec"]["selector"].present]
            self._budgets = Choosers((b, b["spec"]["selector"].view(LabelSelector)) for b in written)
        return self._budgets.of(workload.pod.labels)

    def claim(self, name: str) -> PersistentVolumeClaim | None:
        """The claim of a name; of several the last one."""
        found = self._claims_called(name)
        claim = found[-1] if found else None
        return claim if isinstance(claim, PersistentVolumeClaim) else None

    def _claims_called(self, name: str) -> list[Object]:
        if self._claims is None:
            self._claims = {}
            for claim in self.kind("PersistentVolumeClaim"):
                self._claims.setdefault(claim.name, []).append(claim)
        return self._claims.get(name, [])

    def least_replicas(self, workload: Workload) -> int | None:
        """How many replicas an autoscaler leaves a workload at least; None without one."""
        if self._least is None:
            self._least = {}
            for autoscaler in self.kind("HorizontalPodAutoscaler"):
                target, least = autoscaler["spec"]["scaleTargetRef"], autoscaler["spec"].get("minReplicas", 1)
                if isinstance(least, int):
                    self._least.setdefault((str(target.get("kind")), str(target.get("name"))), least)
        return self._least.get((workload.kind, workload.name))

    def play(
        self,
        scenario: str | Callable[[Sequence[Mapping[str, Any]]], Scenario],
        *workloads: Workload,
        horizon: float = 1200.0,
        assumes: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> Play:
        """What happens to some workloads (and what bears on them) in a scenario: one of scenarios.NAMED, or a function.

        `changes` are laid over the profile. Never raises: of what cannot be played nothing happens.
        """
        name = scenario if isinstance(scenario, str) else scenario.__name__
        key = (name, horizon, tuple(id(w) for w in workloads), tuple((k, repr(v)) for k, v in (changes or {}).items()))
        found = self._plays.get(key)
        if found is None:
            beside = self.beside(workloads)
            objects = (*workloads, *beside)
            assumed = assumes or ASSUMES.get(name, "")
            if len(workloads) > MOST_WORKLOADS or len(beside) > MOST_BESIDE:
                found = Play(name, assumed, _nothing(), objects, is_cut=True)
            else:
                found = _played(self, scenario, objects, horizon, assumed, changes)
            self._plays[key] = found
        return found

    def first_run(self, cronjob: CronJob, seconds: float = 300.0, changes: Mapping[str, Any] | None = None) -> Play:
        """What happens at the first run of a CronJob, which is due half a minute after the start."""

        def first_run(objects: Sequence[Mapping[str, Any]]) -> Scenario:
            from kubetrial.lint.trial.scenario import Scenario

            return Scenario("first-run", start=before_due(cronjob, Scenario().start))

        return self.play(first_run, cronjob, horizon=seconds, assumes="the schedule comes due", changes=changes)

    @property
    def workers(self) -> int:
        """How many worker nodes the cluster has, or is taken to have."""
        return profile(self.cluster).workers

    def beside(self, workloads: Sequence[Workload]) -> list[Object]:
        """What bears on workloads: everything that admission, the scheduler and drains look at."""
        found = {id(obj): obj for kind in IN_NAMESPACE for obj in self._distinct(kind)}
        named: list[Object] = []
        for workload in workloads:
            # Two budgets of a pod refuse every eviction of it, and more of them change nothing.
            found |= {id(budget): budget for budget in islice(self.budgets_of(workload), 2)}
            named += [claim for name in claim_names(workload) for claim in self._claims_called(name)[-1:]]
        found |= {id(obj): obj for obj in named}
        own = sorted(found.values(), key=lambda obj: self._numbers[id(obj)])
        shared = {id(obj): obj for obj in self._shared.needed(workloads, named)}
        return [*own, *sorted(shared.values(), key=lambda obj: self._shared.numbers[id(obj)])]

    def _distinct(self, kind: str) -> list[Object]:
        """The objects of a kind that bear on all pods of the namespace, equal ones once."""
        found = self._kinds_distinct.get(kind)
        if found is None:
            found = self._kinds_distinct[kind] = distinct(self.kind(kind))
        return found


@dataclass(frozen=True, slots=True)
class Play:
    """One scenario with some objects: what it assumes, and what happened."""

    scenario: str
    assumes: str
    timeline: Timeline
    objects: tuple[Object, ...]
    failure: Exception | None = (
        None  # why it could not be played: a mistake of ours, or an object that the API server refuses
    )
    is_cut: bool = False  # it made more work than a trial follows, and nothing is concluded from it

    def node(self, cause: Cause | None, otherwise: Node) -> Node:
        """The place in the manifests of what made an event happen."""
        return otherwise if cause is None else self.objects[cause.object].at(*cause.path)

    def final(self, obj: Object) -> Mapping[str, Any]:
        """The state of an object at the end; empty when it was never made."""
        found = self.timeline.final(obj.kind.lower(), subject(obj))
        return found[0].detail if found else {}

    def events(self, obj: Object) -> list[TimelineEvent]:
        """Everything that happened to an object and to what it made."""
        own = subject(obj)
        if obj.kind != "StatefulSet":
            return self.timeline.of(own)
        return [e for e in self.timeline.events if e.subject == own or _is_of_set(e.subject, own)]

    def trace(self, events: Sequence[TimelineEvent], most: int = 8) -> tuple[str, ...]:
        """Events as evidence, after what was assumed: of many the first two and the last ones."""
        lines = [line(event) for event in events if event.event not in ("scheduled", "running")]
        if len(lines) > most:
            lines = [*lines[:2], f"... {len(lines) - most} more", *lines[len(lines) - most + 2 :]]
        return (f"assumed: {self.assumes}", *lines) if self.assumes else tuple(lines)


def before_due(cronjob: Workload, start: float) -> float:
    """Half a minute before the schedule of a CronJob comes due for the first time; `start` where it never does, or says no time."""
    from kubetrial.lint.values import cron

    try:
        due = cron.next_second(cron.parse(str(cronjob.spec.get("schedule") or "")), int(start))
    except ValueError:  # a blank that is filled in before, or what the server refuses
        return start
    return start if due is None else due - 30.0


def _is_of_set(name: str, statefulset: str) -> bool:
    """Whether a name is that of a pod or claim of a StatefulSet: it ends with the set's name and a number."""
    stem, _, ordinal = name.rpartition("-")
    return ordinal.isdigit() and (stem == statefulset or stem.endswith("-" + statefulset))


def line(event: TimelineEvent) -> str:
    """`t=120 s  pod web/rev-2/pod-1 unschedulable: 0/4 nodes are available: ...`."""
    why = event.message or event.reason
    return f"t={event.time:.0f} s  {event.kind} {event.subject} {event.event}{': ' if why else ''}{why}"


def of(cluster: Cluster) -> Iterator[Trial]:
    """A trial for each namespace of each set of objects that belong together and of which something is reported.

    Where no namespace of its own is written, only the objects of one folder are taken to meet: a repository has many such.
    """
    workloads: dict[tuple[str, str, str], list[Workload]] = {}
    others: dict[tuple[str, str, str], list[Object]] = {}
    wanted: set[tuple[str, str, str]] = set()
    for obj in cluster.objects:
        if isinstance(obj, Workload):
            if _is_edited(cluster, obj):
                continue  # it reaches the cluster with other numbers
            key = _meeting(cluster, obj)
            workloads.setdefault(key, []).append(obj)
            if cluster.is_reported(obj):
                wanted.add(key)
        elif obj.kind in _NEEDED:
            key = (place(cluster, obj), "", "") if obj.kind in CLUSTER_WIDE else _meeting(cluster, obj)
            others.setdefault(key, []).append(obj)
    shared: dict[str, Shared] = {}
    # The same for each, so that it does not matter in which order, or in which process, they are played.
    most_looks = max(LEAST_LOOKS, MOST_LOOKS // max(1, sum(len(workloads[key]) for key in wanted)))
    for key, of_place in workloads.items():
        if key in wanted:
            namespaced = _holding_for_all(cluster, others.get(key, ()), of_place)
            if key[0] not in shared:
                shared[key[0]] = Shared(others.get((key[0], "", ""), ()))
            yield Trial(cluster, key[1], of_place, namespaced, shared[key[0]], most_looks)


def _is_edited(cluster: Cluster, obj: Object) -> bool:
    """Whether a kustomization patches the object, or sets its replicas."""
    return cluster.kustomizations is not None and cluster.kustomizations.facts(obj.document.file).patched


def _meeting(cluster: Cluster, obj: Object) -> tuple[str, str, str]:
    """Where objects of a namespace meet: the set, the namespace, and the folder if the namespace is the default one."""
    namespace = obj.namespace or "default"
    return place(cluster, obj), namespace, folder_of(obj) if namespace == "default" else ""


def _holding_for_all(cluster: Cluster, objects: Sequence[Object], workloads: Sequence[Workload]) -> list[Object]:
    """The objects without those that bear on some workloads alone: a quota in a folder of examples is one of them."""
    from kubetrial.lint.objects.nearness import applied_together

    known: dict[tuple[str, str], bool] = {}  # (file, place) of an object -> whether what stands there holds for all
    for obj in objects:
        if _bears(obj):
            where = obj.document.file, place(cluster, obj)
            if where not in known:
                known[where] = all(applied_together(cluster, obj, workload) for workload in workloads)
    return [obj for obj in objects if known.get((obj.document.file, place(cluster, obj)), True) or not _bears(obj)]


def _bears(obj: Object) -> bool:
    """Whether an object bears on all pods of the default namespace, which a repository has many of."""
    return obj.kind in IN_NAMESPACE and obj.namespace in ("", "default")


def _nothing() -> Timeline:
    from kubetrial.lint.trial.timeline import Timeline

    return Timeline()


def _played(
    trial: Trial,
    scenario: str | Callable[[Sequence[Mapping[str, Any]]], Scenario],
    objects: tuple[Object, ...],
    horizon: float,
    assumes: str,
    changes: Mapping[str, Any] | None,
) -> Play:
    from kubetrial.lint.trial import run
    from kubetrial.lint.trial.scenarios import NAMED

    name = scenario if isinstance(scenario, str) else scenario.__name__
    try:
        plain = [_plain(trial, obj) for obj in objects]
        script = NAMED[scenario](plain) if isinstance(scenario, str) else scenario(plain)
        timeline = run(
            plain, script, horizon, profile(trial.cluster, changes), budget=MOST_STEPS, looks=trial.most_looks
        )
    except Exception as error:  # the engine tells a mistake of ours from an object that the API server refuses
        return Play(name, assumes, _nothing(), objects, failure=error)
    if timeline.is_cut:
        return Play(name, assumes, _nothing(), objects, is_cut=True)
    return Play(name, assumes, timeline, objects)


def _plain(trial: Trial, obj: Object) -> Mapping[str, Any]:
    """An object as it is played: with as many replicas as its autoscaler gives it at least."""
    value: Mapping[str, Any] = obj.value
    if value is not obj.document.value:  # in a list, or without values of a wrong type
        from kubetrial.lint.api import defaults

        value = defaults.without_null_items(value)
    if not isinstance(obj, Workload):
        return value
    least = trial.least_replicas(obj)
    if least is None:
        return value
    own = value["spec"]
    return {**value, "spec": {**own, "replicas": max(own.get("replicas") or 1, least)}}


def profile(cluster: Cluster, changes: Mapping[str, Any] | None = None) -> ClusterProfile:
    """The cluster of the configuration; what is not given is taken to exist."""
    from kubetrial.lint.trial.profile import DEFAULT_PROFILE

    return replace(DEFAULT_PROFILE, **{"closed_world": False, **cluster.profile, **(changes or {})})


def subject(obj: Object) -> str:
    """The name of a given object in a timeline."""
    metadata = obj.get("metadata") or {}
    return str(metadata.get("name") or metadata.get("generateName") or "")


def claim_names(workload: Workload) -> Iterator[str]:
    """The claims that a workload's pods name, those of a StatefulSet's templates left out."""
    for volume in workload.pod.get("volumes") or ():
        source = (volume or {}).get("persistentVolumeClaim") or {}
        if isinstance(source.get("claimName"), str):
            yield source["claimName"]


def claims(trial: Trial, workload: Workload) -> Iterator[tuple[Node, PersistentVolumeClaim]]:
    """(the reference, the claim) of each claim of the set that a workload mounts."""
    for volume in workload.pod["volumes"].items():
        name = volume["persistentVolumeClaim"].get("claimName")
        claim = trial.claim(name) if isinstance(name, str) else None
        if claim is not None:
            yield volume["persistentVolumeClaim"]["claimName"], claim


def kept_on_one_node(workload: Workload) -> bool:
    """Whether a template pins its pods to one node by name, or to one another."""
    pod = workload.pod
    if pod.get("nodeName") or "kubernetes.io/hostname" in pod["nodeSelector"].mapping():
        return True
    affinity = pod.at("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return any(term.get("topologyKey") == "kubernetes.io/hostname" for term in affinity.items())
