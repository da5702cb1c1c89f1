"""The scheduler: which node a pod gets, or why it gets none, in the words of `kubectl describe`.

Follows the filters of pkg/scheduler/framework/plugins in their order; preemption is left out. Which of several
fitting nodes is taken is a matter of scores; here the least loaded one, with soft preferences first, and the first
name among equals. Pods that ask for the same are tried as one: when the first of them fits nowhere, the others need
not be tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from kubetrial.lint.facts import selectors
from kubetrial.lint.facts.resources import Amounts, pod_sum
from kubetrial.lint.trial import storage
from kubetrial.lint.trial.admission import SYSTEM_PRIORITIES
from kubetrial.lint.trial.kernel import Key
from kubetrial.lint.trial.objects import Change, StoredNode, StoredObject, StoredPod
from kubetrial.lint.trial.timeline import Cause
from kubetrial.lint.trial.world import Controller, World

NAME = "scheduler"

UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
HOSTNAME = "kubernetes.io/hostname"
POLL_SECONDS = 1.0
"""How often the scheduler looks whether the claims of a pod are bound before it gives the pod its node."""

SAY_UNSCHEDULABLE = "node(s) were unschedulable"
SAY_TAINT = "node(s) had untolerated taint(s)"
SAY_AFFINITY = "node(s) didn't match Pod's node affinity/selector"
SAY_PORTS = "node(s) didn't have free ports for the requested pod ports"
SAY_TOO_MANY = "Too many pods"
SAY_SPREAD = "node(s) didn't match pod topology spread constraints"
SAY_SPREAD_LABEL = SAY_SPREAD + " (missing required label)"
SAY_POD_AFFINITY = "node(s) didn't match pod affinity rules"
SAY_ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
SAY_EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules"
SAY_PLUGIN = "node(s) didn't satisfy plugin(s) [NodeAffinity]"

Port = tuple[str, str, int]
"""Host address, protocol, port."""


class Wants:
    """What a pod asks of a node, worked out once for a spec."""

    __slots__ = (
        "affinity",
        "anti_affinity",
        "claims",
        "field_nodes",
        "node_affinity",
        "node_selector",
        "ports",
        "preferred_nodes",
        "preferred_pods",
        "priority_class",
        "requests",
        "spec",
        "spread",
        "spread_softly",
        "tolerations",
    )

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = spec  # held so that its id stays its own
        affinity = spec.get("affinity") or {}
        node = affinity.get("nodeAffinity") or {}
        self.node_selector: Mapping[str, str] = spec.get("nodeSelector") or {}
        required = node.get("requiredDuringSchedulingIgnoredDuringExecution")
        self.node_affinity: Sequence[Mapping[str, Any]] | None = (
            None if required is None else required.get("nodeSelectorTerms") or ()
        )
        self.preferred_nodes = node.get("preferredDuringSchedulingIgnoredDuringExecution") or ()
        self.field_nodes = _field_nodes(self.node_affinity)
        pods, anti = affinity.get("podAffinity") or {}, affinity.get("podAntiAffinity") or {}
        self.affinity = pods.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        self.anti_affinity = anti.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        self.preferred_pods = [
            *((1, p) for p in pods.get("preferredDuringSchedulingIgnoredDuringExecution") or ()),
            *((-1, p) for p in anti.get("preferredDuringSchedulingIgnoredDuringExecution") or ()),
        ]
        constraints = spec.get("topologySpreadConstraints") or ()
        self.spread = [c for c in constraints if c.get("whenUnsatisfiable") == "DoNotSchedule"]
        self.spread_softly = [c for c in constraints if c.get("whenUnsatisfiable") == "ScheduleAnyway"]
        self.tolerations = spec.get("tolerations") or ()
        self.requests: Amounts = {k: v for k, v in pod_sum(spec, "requests").items() if v > 0}
        self.ports: list[Port] = [
            (str(p.get("hostIP") or "0.0.0.0"), str(p.get("protocol") or "TCP"), int(p["hostPort"]))
            for c in _port_containers(spec)
            for p in c.get("ports") or ()
            if p.get("hostPort")
        ]
        self.claims = any((v.get("persistentVolumeClaim") or v.get("ephemeral")) for v in spec.get("volumes") or ())
        self.priority_class = str(spec.get("priorityClassName") or "")

    @property
    def interacts(self) -> bool:
        """Whether placing another pod can make room for this one."""
        return bool(self.affinity or self.spread)


def _port_containers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from spec.get("containers") or ()
    for c in spec.get("initContainers") or ():
        if c.get("restartPolicy") == "Always":
            yield c


def _field_nodes(terms: Sequence[Mapping[str, Any]] | None) -> set[str] | None:
    """The nodes that a required affinity names (metadata.name), when every term names some."""
    if not terms:
        return None
    names: set[str] = set()
    for term in terms:
        own = [set(r.get("values") or ()) for r in term.get("matchFields") or () if r.get("operator") == "In"]
        if not own:
            return None
        names |= set.intersection(*own)
    return names


class SchedulerState:
    """What the scheduler remembers: what waits, and what every node carries."""

    __slots__ = (
        "accounted",
        "anti",
        "fresh",
        "group_of",
        "of_owner",
        "on",
        "pending",
        "ports",
        "regrouped",
        "signatures",
        "used",
        "wants",
    )

    def __init__(self) -> None:
        self.wants: dict[int, Wants] = {}
        self.signatures: dict[tuple[Any, ...], str] = {}
        self.pending: dict[str, dict[int, StoredPod]] = {}
        self.group_of: dict[int, str] = {}
        self.on: dict[str, dict[int, StoredPod]] = {}
        self.of_owner: dict[tuple[int, str], int] = {}
        self.fresh: dict[int, StoredPod] = {}
        self.used: dict[str, Amounts] = {}
        self.ports: dict[str, dict[int, list[Port]]] = {}
        self.anti: dict[int, StoredPod] = {}
        self.regrouped = False
        self.accounted: dict[int, tuple[str, Amounts]] = {}


def state(world: World) -> SchedulerState:
    """The scheduler's own state in this world."""
    return world.kept(SchedulerState)


def wants(world: World, spec: Mapping[str, Any]) -> Wants:
    """What a spec asks for (cached)."""
    cache = state(world).wants
    found = cache.get(id(spec))
    if found is None:
        found = cache[id(spec)] = Wants(spec)
    return found


# ---------------------------------------------------------------------- single filters (DaemonSets use some too)


def tolerates(tolerations: Sequence[Mapping[str, Any]], taint: Mapping[str, Any]) -> bool:
    """Whether one of the tolerations covers a taint; an item that is null covers none."""
    return any(selectors.tolerates(t, taint) for t in tolerations if t)


def untolerated(
    node: StoredNode, tolerations: Sequence[Mapping[str, Any]], effects: tuple[str, ...]
) -> Mapping[str, Any] | None:
    """The first taint of a node with one of these effects that is not tolerated."""
    for taint in node.taints:
        if taint.get("effect") in effects and not tolerates(tolerations, taint):
            return taint
    return None


def node_matches(spec: Mapping[str, Any], node: StoredNode) -> bool:
    """Whether nodeSelector and the required node affinity of a pod's spec match a node
    (nodeaffinity.RequiredNodeAffinity).
    """
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    terms = None if required is None else required.get("nodeSelectorTerms") or ()
    return _node_matches(spec.get("nodeSelector") or {}, terms, node)


def _node_matches(selector: Mapping[str, str], terms: Sequence[Mapping[str, Any]] | None, node: StoredNode) -> bool:
    labels = node.labels
    for key, value in selector.items():
        if labels.get(key) != value:
            return False
    return terms is None or any(term_matches(t, node) for t in terms)


def term_matches(term: Mapping[str, Any], node: StoredNode) -> bool:
    """One node selector term; an empty one matches nothing."""
    return selectors.node_term(term, node.labels, node.name)


def shortage(node: StoredNode, used: Mapping[str, int], requests: Mapping[str, int]) -> list[str]:
    """What a node has too little of."""
    out = []
    if used.get("pods", 0) + 1000 > node.allocatable.get("pods", 0):
        out.append(SAY_TOO_MANY)
    for name, amount in requests.items():
        if amount > node.allocatable.get(name, 0) - used.get(name, 0):
            out.append(f"Insufficient {name}")
    return out


def conflict(ports: Sequence[Port], taken: Mapping[int, Sequence[Port]]) -> bool:
    """Whether a port of a node is taken already."""
    return any(
        mine[1:] == theirs[1:] and (mine[0] == theirs[0] or "0.0.0.0" in (mine[0], theirs[0]))
        for others in taken.values()
        for theirs in others
        for mine in ports
    )


# ---------------------------------------------------------------------- the round


def sync(world: World, key: Key, now: float) -> float | None:
    """Try what waits, the most important first, then the oldest; or see whether the claims of one pod are bound."""
    s = state(world)
    if key != "":
        return _bind_assumed(world, s, key, now)
    heads = _heads(world, s)
    failed: dict[str, tuple[str, Cause | None]] = {}
    again: list[tuple[int, int, str]] = []
    while heads:
        head = heappop(heads)
        signature = head[2]
        group = s.pending[signature]
        pod = next(iter(group.values()))
        node, message, cause = _place(world, s, pod)
        if node is None:
            failed[signature] = (message, cause)
            if wants(world, pod.spec).interacts:
                again.append(head)
            continue
        failed.pop(signature, None)
        _leave(s, pod)
        if wants(world, pod.spec).claims and storage.choose(world, pod, node):
            _assume(world, s, pod, node)
        else:
            world.bind(pod, node.name)
        if s.regrouped:
            heads, failed, again = _heads(world, s), {}, []
            continue
        if signature in s.pending:
            following = next(iter(s.pending[signature].values()))
            heappush(heads, (head[0], following.uid, signature))
        for other in again:
            if other[2] in s.pending:
                heappush(heads, other)
        again = []
    for pod in list(s.fresh.values()):
        message, cause = failed[s.group_of[pod.uid]]
        pod.unschedulable = message
        world.event(pod, "unschedulable", {"message": message}, cause=cause, message=message)
    s.fresh.clear()
    if s.pending and world.all("PriorityClass"):
        world.wake(PREEMPTION, "")
    return None


PREEMPTION = "preemption"
"""The name of what makes room for important pods (preemption.py)."""


def _heads(world: World, s: SchedulerState) -> list[tuple[int, int, str]]:
    """The first pod of every group that waits, as a heap: the most important one, then the oldest one, comes first."""
    s.regrouped = False
    heads = []
    for signature, group in s.pending.items():
        first = next(iter(group.values()))
        heads.append((-priority(world, first), first.uid, signature))
    heapify(heads)
    return heads


def _assume(world: World, s: SchedulerState, pod: StoredPod, node: StoredNode) -> None:
    """Keep a pod's place on a node until its claims are bound."""
    world.kept(storage.assumed_pods)[pod.uid] = node.name
    _account(world, s, pod, True, node.name)
    world.wake(NAME, pod.uid, world.now + POLL_SECONDS)


def _bind_assumed(world: World, s: SchedulerState, uid: Key, now: float) -> float | None:
    """Look whether the claims are bound (BindPodVolumes); a pod whose claim is gone has to be tried again."""
    pod: StoredPod | None = world.get(uid)
    node = world.kept(storage.assumed_pods).get(uid)
    if pod is None or node is None:
        return None
    if storage.unbound(world, pod):
        if storage.problem(world, pod) is None and node in world.nodes:
            return now + POLL_SECONDS
        _forget(world, s, pod)
        _enter(world, s, pod)
        world.wake(NAME, "")
        return None
    del world.kept(storage.assumed_pods)[uid]
    world.bind(pod, node)
    return None


def _forget(world: World, s: SchedulerState, pod: StoredPod) -> None:
    """Give up the place that is kept for a pod."""
    if world.kept(storage.assumed_pods).pop(pod.uid, None) is not None:
        _account(world, s, pod, False)


def priority(world: World, pod: StoredPod) -> int:
    """The number of a pod's PriorityClass, or of the default one."""
    name = wants(world, pod.spec).priority_class
    if name in SYSTEM_PRIORITIES:
        return SYSTEM_PRIORITIES[name]
    found = _priority_class(world, name)
    return int(found.manifest.get("value") or 0) if found is not None else 0


def preempts(world: World, pod: StoredPod) -> bool:
    """Whether less important pods may go for a pod: its own word, or that of its PriorityClass (admission copies it)."""
    found = _priority_class(world, wants(world, pod.spec).priority_class)
    return "Never" not in (pod.spec.get("preemptionPolicy"), found and found.manifest.get("preemptionPolicy"))


def _priority_class(world: World, name: str) -> StoredObject | None:
    """The PriorityClass of a name, or the default one."""
    every: Sequence[StoredObject] = world.all("PriorityClass")
    return (
        world.find("PriorityClass", "", name)
        if name
        else next((c for c in every if c.manifest.get("globalDefault")), None)
    )


def _place(world: World, s: SchedulerState, pod: StoredPod) -> tuple[StoredNode | None, str, Cause | None]:
    """The best node, or the message of why there is none and the field to blame."""
    w = wants(world, pod.spec)
    problem = storage.problem(world, pod) if w.claims else None
    if problem is not None:
        return None, f"0/{len(world.nodes)} nodes are available: {problem.text}.", problem.cause
    nodes = _candidates(world, w)
    among = bool(w.affinity or w.anti_affinity or s.anti or w.spread or w.spread_softly or w.preferred_pods)
    world.kernel.look(len(nodes) + (len(world.nodes) + len(s.accounted) if among else 0))
    spread = _Spread(world, s, pod, w) if w.spread else None
    near = _Neighbours(world, s, pod, w) if w.affinity or w.anti_affinity or s.anti else None
    reasons = {SAY_PLUGIN: len(world.nodes) - len(nodes)} if len(nodes) < len(world.nodes) else {}
    fitting: list[StoredNode] = []
    for node in nodes:
        found = _why_not(world, s, pod, w, node, spread, near)
        for reason in found:
            reasons[reason] = reasons.get(reason, 0) + 1
        if not found:
            fitting.append(node)
    if fitting:
        return (fitting[0] if len(fitting) == 1 else _best(world, s, pod, w, fitting)), "", None
    text = ", ".join(sorted(f"{n} {reason}" for reason, n in reasons.items()))
    return None, f"0/{len(world.nodes)} nodes are available: {text}.", _blame(pod, w, reasons)


def _candidates(world: World, w: Wants) -> list[StoredNode]:
    """The nodes to look at: of a pod that names some (each of a DaemonSet does), those alone."""
    if w.field_nodes is None:
        return list(world.nodes.values())
    if len(w.field_nodes) == 1:
        return [world.nodes[name] for name in w.field_nodes if name in world.nodes]
    return [node for node in world.nodes.values() if node.name in w.field_nodes]


def lack_room(world: World, s: SchedulerState, pod: StoredPod) -> list[StoredNode]:
    """The nodes that would take a pod if they had room, or a port, for it."""
    w = wants(world, pod.spec)
    if w.claims and storage.problem(world, pod) is not None:
        return []
    spread = _Spread(world, s, pod, w) if w.spread else None
    near = _Neighbours(world, s, pod, w) if w.affinity or w.anti_affinity or s.anti else None
    found = []
    for node in world.nodes.values():
        reasons = _why_not(world, s, pod, w, node, spread, near)
        if not reasons or not all(r in (SAY_PORTS, SAY_TOO_MANY) or r.startswith("Insufficient ") for r in reasons):
            continue
        if (spread is not None and spread.problem(node)) or (near is not None and near.problem(node)):
            continue
        if not (w.claims and storage.node_problem(world, pod, node)):
            found.append(node)
    return found


def _why_not(
    world: World,
    s: SchedulerState,
    pod: StoredPod,
    w: Wants,
    node: StoredNode,
    spread: _Spread | None,
    near: _Neighbours | None,
) -> list[str]:
    if node.unschedulable and not tolerates(w.tolerations, UNSCHEDULABLE):
        return [SAY_UNSCHEDULABLE]
    if node.taints and untolerated(node, w.tolerations, ("NoSchedule", "NoExecute")) is not None:
        return [SAY_TAINT]
    if (w.node_selector or w.node_affinity is not None) and not _node_matches(w.node_selector, w.node_affinity, node):
        return [SAY_AFFINITY]
    if w.ports and conflict(w.ports, s.ports.get(node.name, {})):
        return [SAY_PORTS]
    lacking = shortage(node, s.used.get(node.name, {}), w.requests)
    if lacking:
        return lacking
    if w.claims:
        reason = storage.node_problem(world, pod, node)
        if reason:
            return [reason]
    if spread is not None:
        reason = spread.problem(node)
        if reason:
            return [reason]
    if near is not None:
        reason = near.problem(node)
        if reason:
            return [reason]
    return []


def _blame(pod: StoredPod, w: Wants, reasons: Mapping[str, int]) -> Cause | None:
    """The field of the pod that the filter reads which refuses most nodes (a taint only when nothing else refuses)."""
    most = sorted(reasons.items(), key=lambda r: (r[0] in (SAY_TAINT, SAY_PLUGIN), -r[1]))
    reason = most[0][0] if most else ""
    spec = w.spec
    if reason in (SAY_TAINT, SAY_UNSCHEDULABLE):
        return pod.cause("tolerations")
    if reason == SAY_AFFINITY:
        return pod.cause("nodeSelector") if w.node_selector else pod.cause("affinity", "nodeAffinity")
    if reason == SAY_PORTS:
        for i, c in enumerate(spec.get("containers") or ()):
            for j, p in enumerate(c.get("ports") or ()):
                if p.get("hostPort"):
                    return pod.cause("containers", i, "ports", j, "hostPort")
    if reason.startswith("Insufficient "):
        resource = reason.removeprefix("Insufficient ")
        for group in ("containers", "initContainers"):
            for i, c in enumerate(spec.get(group) or ()):
                own = c.get("resources") or {}
                if resource in (own.get("requests") or {}):
                    return pod.cause(group, i, "resources", "requests", resource)
        return pod.cause("containers")
    if reason.startswith(SAY_SPREAD):
        return pod.cause("topologySpreadConstraints")
    if reason == SAY_POD_AFFINITY:
        return pod.cause("affinity", "podAffinity")
    if reason == SAY_ANTI_AFFINITY:
        return pod.cause("affinity", "podAntiAffinity")
    return pod.cause("volumes") if "volume" in reason.lower() else pod.cause()


# ---------------------------------------------------------------------- other pods


class _Spread:
    """topologySpreadConstraints with DoNotSchedule: how many matching pods each domain has."""

    __slots__ = ("constraints", "pod")

    def __init__(self, world: World, s: SchedulerState, pod: StoredPod, w: Wants) -> None:
        self.pod = pod
        self.constraints: list[tuple[Mapping[str, Any], str, dict[str, int], int]] = []
        keys = [str(c.get("topologyKey")) for c in w.spread]
        for c in w.spread:
            key = str(c.get("topologyKey"))
            selector = _with_label_keys(c, pod)
            counts: dict[str, int] = {}
            for node in world.nodes.values():
                if any(k not in node.labels for k in keys) or not _counts_for(c, w, node):
                    continue
                domain = node.labels[key]
                matching = sum(
                    p.namespace == pod.namespace and p.deleting is None and selectors.matches(selector, p.labels)
                    for p in s.on.get(node.name, {}).values()
                )
                counts[domain] = counts.get(domain, 0) + matching
            lowest = min(counts.values(), default=0)
            if len(counts) < int(c.get("minDomains") or 1):
                lowest = 0
            self.constraints.append((c, key, counts, lowest))

    def problem(self, node: StoredNode) -> str:
        for c, key, counts, lowest in self.constraints:
            if key not in node.labels:
                return SAY_SPREAD_LABEL
            own = 1 if selectors.matches(_with_label_keys(c, self.pod), self.pod.labels) else 0
            if counts.get(node.labels[key], 0) + own - lowest > int(c.get("maxSkew") or 1):
                return SAY_SPREAD
        return ""


def _counts_for(constraint: Mapping[str, Any], w: Wants, node: StoredNode) -> bool:
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor" and not _node_matches(
        w.node_selector, w.node_affinity, node
    ):
        return False
    return constraint.get("nodeTaintsPolicy", "Ignore") != "Honor" or (
        untolerated(node, w.tolerations, ("NoSchedule", "NoExecute")) is None
        and not (node.unschedulable and not tolerates(w.tolerations, UNSCHEDULABLE))
    )


def _with_label_keys(term: Mapping[str, Any], pod: StoredPod) -> Mapping[str, Any] | None:
    """A term's selector with matchLabelKeys and mismatchLabelKeys of the pod worked in."""
    selector: Mapping[str, Any] | None = term.get("labelSelector")
    extra = [
        {"key": k, "operator": "In", "values": [pod.labels[k]]}
        for k in term.get("matchLabelKeys") or ()
        if k in pod.labels
    ]
    extra += [
        {"key": k, "operator": "NotIn", "values": [pod.labels[k]]}
        for k in term.get("mismatchLabelKeys") or ()
        if k in pod.labels
    ]
    if not extra or selector is None:
        return selector
    return {**selector, "matchExpressions": [*(selector.get("matchExpressions") or ()), *extra]}


def _term_matches_pod(world: World, term: Mapping[str, Any], owner: StoredPod, other: StoredPod) -> bool:
    """Whether a pod (anti-)affinity term of `owner` selects `other`."""
    if not selectors.matches(_with_label_keys(term, owner), other.labels):
        return False
    names, by_labels = term.get("namespaces") or (), term.get("namespaceSelector")
    if not names and by_labels is None:
        return other.namespace == owner.namespace
    if other.namespace in names:
        return True
    if by_labels is None:
        return False
    found = world.find("Namespace", "", other.namespace)
    labels = {"kubernetes.io/metadata.name": other.namespace, **(found.labels if found is not None else {})}
    return selectors.matches(by_labels, labels)


class _Neighbours:
    """Required pod affinity and anti-affinity, the pod's own and that of the pods that are there."""

    __slots__ = ("affinity", "anti", "existing", "first", "nobody")

    def __init__(self, world: World, s: SchedulerState, pod: StoredPod, w: Wants) -> None:
        self.affinity: list[tuple[str, dict[str, int]]] = [(str(t.get("topologyKey")), {}) for t in w.affinity]
        self.anti: list[tuple[str, dict[str, int]]] = [(str(t.get("topologyKey")), {}) for t in w.anti_affinity]
        self.existing: set[tuple[str, str]] = set()
        if w.affinity or w.anti_affinity:
            for node in world.nodes.values():
                for other in s.on.get(node.name, {}).values():
                    if w.affinity and all(_term_matches_pod(world, t, pod, other) for t in w.affinity):
                        for key, domains in self.affinity:
                            if key in node.labels:
                                domains[node.labels[key]] = domains.get(node.labels[key], 0) + 1
                    for t, (key, domains) in zip(w.anti_affinity, self.anti, strict=True):
                        if key in node.labels and _term_matches_pod(world, t, pod, other):
                            domains[node.labels[key]] = domains.get(node.labels[key], 0) + 1
        for other in s.anti.values():
            at = world.nodes.get(s.accounted[other.uid][0])
            if at is None:
                continue
            for t in wants(world, other.spec).anti_affinity:
                key = str(t.get("topologyKey"))
                if key in at.labels and _term_matches_pod(world, t, other, pod):
                    self.existing.add((key, at.labels[key]))
        self.nobody = not any(domains for _, domains in self.affinity)
        self.first = bool(w.affinity) and all(_term_matches_pod(world, t, pod, pod) for t in w.affinity)

    def problem(self, node: StoredNode) -> str:
        labels = node.labels
        if any(key not in labels for key, _ in self.affinity):
            return SAY_POD_AFFINITY
        if not all(domains.get(labels[key]) for key, domains in self.affinity) and not (self.nobody and self.first):
            return SAY_POD_AFFINITY
        if any(key in labels and domains.get(labels[key]) for key, domains in self.anti):
            return SAY_ANTI_AFFINITY
        if any(labels.get(key) == value for key, value in self.existing):
            return SAY_EXISTING
        return ""


# ---------------------------------------------------------------------- which of several


def _best(world: World, s: SchedulerState, pod: StoredPod, w: Wants, fitting: Sequence[StoredNode]) -> StoredNode:
    """The node with the highest score; the first in order among equals."""
    scores = dict.fromkeys((n.name for n in fitting), 0.0)
    _rank(scores, {n.name: -float(_soft_taints(n, w)) for n in fitting}, 3.0)
    if w.preferred_nodes:
        raw = {
            n.name: float(
                sum(int(p.get("weight") or 0) for p in w.preferred_nodes if term_matches(p.get("preference") or {}, n))
            )
            for n in fitting
        }
        _rank(scores, raw, 2.0)
    if w.preferred_pods:
        _rank(scores, _neighbourly(world, pod, w, fitting), 2.0)
    if w.spread_softly:
        _rank(scores, _even(world, pod, w, fitting), 2.0)
    elif pod.owner is not None and pod.owner.kind in ("ReplicaSet", "StatefulSet", "Job"):
        raw = {n.name: -float(s.of_owner.get((pod.owner.uid, n.name), 0)) for n in fitting}
        _rank(scores, raw, 2.0)
    for node in fitting:
        used, total = s.used.get(node.name, {}), node.allocatable
        shares = [(used.get(r, 0) + w.requests.get(r, 0)) / total[r] for r in ("cpu", "memory", "pods") if total.get(r)]
        scores[node.name] += 100.0 * (1.0 - sum(shares) / len(shares)) if shares else 0.0
    best = fitting[0]
    for node in fitting[1:]:
        if scores[node.name] > scores[best.name] + 1e-9:
            best = node
    return best


def _rank(scores: dict[str, float], raw: Mapping[str, float], weight: float) -> None:
    low, high = min(raw.values()), max(raw.values())
    if high > low:
        for name, value in raw.items():
            scores[name] += weight * 100.0 * (value - low) / (high - low)


def _soft_taints(node: StoredNode, w: Wants) -> int:
    return sum(t.get("effect") == "PreferNoSchedule" and not tolerates(w.tolerations, t) for t in node.taints)


def _domain_counts(world: World, key: str, matching: Callable[[StoredPod], bool]) -> Counter[str]:
    """How many pods match in each domain of a key."""
    on = state(world).on
    counts: Counter[str] = Counter()
    for node in world.nodes.values():
        if key in node.labels and node.name in on:
            counts[node.labels[key]] += sum(map(matching, on[node.name].values()))
    return counts


def _neighbourly(world: World, pod: StoredPod, w: Wants, fitting: Sequence[StoredNode]) -> dict[str, float]:
    raw = dict.fromkeys((n.name for n in fitting), 0.0)
    for sign, preferred in w.preferred_pods:
        term = preferred.get("podAffinityTerm") or {}
        key, weight = str(term.get("topologyKey")), sign * int(preferred.get("weight") or 0)
        counts = _domain_counts(world, key, lambda other, t=term: _term_matches_pod(world, t, pod, other))  # type: ignore[misc]
        for n in fitting:
            raw[n.name] += weight * counts[n.labels[key]] if key in n.labels else 0
    return raw


def _even(world: World, pod: StoredPod, w: Wants, fitting: Sequence[StoredNode]) -> dict[str, float]:
    raw = dict.fromkeys((n.name for n in fitting), 0.0)
    for c in w.spread_softly:
        key, selector = str(c.get("topologyKey")), _with_label_keys(c, pod)

        def matching(other: StoredPod, selector: Mapping[str, Any] | None = selector) -> bool:
            return (
                other.namespace == pod.namespace
                and other.deleting is None
                and selectors.matches(selector, other.labels)
            )

        counts = _domain_counts(world, key, matching)
        for n in fitting:
            raw[n.name] -= counts[n.labels[key]] if key in n.labels else 0
    return raw


# ---------------------------------------------------------------------- bookkeeping


def _signature(world: World, s: SchedulerState, pod: StoredPod) -> str:
    w = wants(world, pod.spec)
    near = bool(w.affinity or w.anti_affinity or w.spread or s.anti)
    memo = (id(pod.spec), pod.namespace, tuple(sorted(pod.labels.items())) if near else ())
    found = s.signatures.get(memo)
    if found is None:
        parts = (
            sorted(w.requests.items()), w.node_selector, w.node_affinity, w.affinity, w.anti_affinity, w.spread,
            w.tolerations, w.ports, w.priority_class, pod.spec.get("volumes") if w.claims else None, (pod.namespace,
            memo[2]) if near or w.claims else None, pod.uid if w.claims else None,
        )  # fmt: skip
        found = repr(parts)
        if not w.claims:
            s.signatures[memo] = found
    return found


def _enter(world: World, s: SchedulerState, pod: StoredPod) -> None:
    signature = _signature(world, s, pod)
    s.pending.setdefault(signature, {})[pod.uid] = pod
    s.group_of[pod.uid] = signature
    s.fresh[pod.uid] = pod


def _leave(s: SchedulerState, pod: StoredPod) -> None:
    signature = s.group_of.pop(pod.uid, None)
    if signature is None:
        return
    group = s.pending[signature]
    del group[pod.uid]
    if not group:
        del s.pending[signature]
    s.fresh.pop(pod.uid, None)


def _regroup(world: World, s: SchedulerState) -> None:
    """From now on the labels of what waits matter: pods that are there refuse some of them."""
    s.regrouped = True
    waiting = sorted((p for g in s.pending.values() for p in g.values()), key=lambda p: p.uid)
    s.pending.clear()
    s.signatures.clear()
    for pod in waiting:
        signature = s.group_of[pod.uid] = _signature(world, s, pod)
        s.pending.setdefault(signature, {})[pod.uid] = pod


def _account(world: World, s: SchedulerState, pod: StoredPod, holds: bool, node: str | None = None) -> bool:
    """Add or take away what a pod holds on its node (or on `node`, which it will get); whether something became free."""
    known = s.accounted.get(pod.uid)
    node = pod.node or node
    if holds:
        if known is None and node is not None:
            w = wants(world, pod.spec)
            s.accounted[pod.uid] = (node, w.requests)
            s.on.setdefault(node, {})[pod.uid] = pod
            if pod.owner is not None:
                mark = (pod.owner.uid, node)
                s.of_owner[mark] = s.of_owner.get(mark, 0) + 1
            _add(s.used.setdefault(node, {}), w.requests, 1)
            if w.ports:
                s.ports.setdefault(node, {})[pod.uid] = w.ports
            if w.anti_affinity:
                s.anti[pod.uid] = pod
                if len(s.anti) == 1:
                    _regroup(world, s)
        return False
    if known is None:
        return False
    node, requests = s.accounted.pop(pod.uid)
    del s.on[node][pod.uid]
    if pod.owner is not None and s.of_owner.get((pod.owner.uid, node)):
        s.of_owner[(pod.owner.uid, node)] -= 1
    _add(s.used.setdefault(node, {}), requests, -1)
    s.ports.get(node, {}).pop(pod.uid, None)
    s.anti.pop(pod.uid, None)
    return True


def _add(used: Amounts, requests: Amounts, sign: int) -> None:
    used["pods"] = used.get("pods", 0) + sign * 1000
    for name, amount in requests.items():
        used[name] = used.get(name, 0) + sign * amount


def _on_change(world: World, obj: StoredObject, change: Change) -> None:
    s = state(world)
    if isinstance(obj, StoredPod):
        if obj.node is not None:
            freed = _account(world, s, obj, change != "deleted" and not obj.terminal)
            if s.pending and (freed or change == "added" or obj.phase == "Pending"):
                world.wake(NAME, "")
            return
        if change == "deleted" or obj.deleting is not None:
            _leave(s, obj)
            _forget(world, s, obj)
            if s.pending:
                world.wake(NAME, "")
            return
        if obj.spec.get("schedulerName", "default-scheduler") != "default-scheduler":
            return
        if obj.spec.get("schedulingGates"):
            if not obj.gated:
                obj.gated = True
                message = "Scheduling is blocked due to non-empty scheduling gates"
                world.event(obj, "gated", {"message": message}, cause=obj.cause("schedulingGates"), message=message)
            return
        if change == "added" or obj.gated:
            obj.gated = False
            _enter(world, s, obj)
            world.wake(NAME, "")
    elif s.pending:
        world.wake(NAME, "")


CONTROLLER = Controller(
    NAME,
    sync,
    watches=("Pod", "Node", "PersistentVolumeClaim", "PersistentVolume", "StorageClass"),
    on_change=_on_change,
)
