"""A rolling update that never ends, because the new pod needs the place of an old one.

With few replicas the default maxUnavailable of 25% is rounded down to 0 and maxSurge up to 1: the new pod must be
ready before an old one goes. Where each pod needs a node of its own (a hostPort, required anti-affinity, a spread
constraint) and all nodes are taken, or a quota is used up, the new pod never starts. `kubectl rollout status` hangs,
and after ten minutes the Deployment says `ProgressDeadlineExceeded`; nothing is rolled back.

Write `maxUnavailable: 1` and `maxSurge: 0`, keep a node (or quota) free, or make the anti-affinity preferred.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from kubetrial.lint.authoring import (
    Category,
    Deployment,
    Findings,
    Play,
    StatefulSet,
    Trial,
    Workload,
    rule,
)
from kubetrial.lint.trial.profile import DEFAULT_PROFILE
from kubetrial.lint.trial.scenarios import ACT_AT
from kubetrial.lint.trial.timeline import TimelineEvent


@rule(Category.RISKY)
def check(trial: Trial) -> Findings:
    """Deployments that run, and do not finish an update to an image that works."""
    for deployment in trial.all(Deployment):
        if not needs_room(deployment, trial) or _finds_room(deployment, trial):
            continue
        workers = _workers(deployment, trial)
        changes: dict[str, Any] = {} if workers == trial.workers else {"workers": workers}
        if not trial.nodes_are_known and _only_spreads(deployment):
            changes["control_planes"] = 0  # which the spread would count: spread-counts-tainted-nodes says it
        if not trial.nodes_are_known:
            changes |= _with_devices(deployment, trial)
        play = trial.play("updated", deployment, *_in_one_quota(deployment, trial), changes=changes or None)
        final = play.final(deployment)
        stuck = _stuck(play, deployment)
        if stuck is None or final.get("updated", 0) >= final.get("specReplicas", 0):
            continue
        rolling = deployment.spec["strategy"]["rollingUpdate"]
        nodes = f"{workers} worker nodes"
        if not trial.nodes_are_known:
            nodes += " (the default)" if workers == trial.workers else " (as many as replicas)"
        what = f"a rolling update of {deployment.name} never ends"
        if stuck.event != "unschedulable":
            message = f"{what}: the quota is used up, and no pod may go before a new one is ready"
        else:
            places = f"the zones of {nodes}" if _is_by_zone(deployment) else nodes
            pods = final["specReplicas"]
            message = f"with {places} {what}: its {pods} pods fill them, and none may go before a new one is ready"
        yield (rolling["maxUnavailable"] if rolling.present else deployment.spec["replicas"]).found(
            message,
            consequence=(
                f"the new pod stays away ({stuck.message}), and after progressDeadlineSeconds ProgressDeadlineExceeded"
            ),
            help="write strategy.rollingUpdate with maxSurge: 0 and maxUnavailable: 1",
            related=(("what the new pod cannot get", play.node(stuck.cause, deployment.spec)),),
            trace=(f"assumed: {nodes}; {play.assumes}", *play.trace(play.events(deployment))[1:]),
        )


def needs_room(deployment: Deployment, trial: Trial) -> bool:
    """Whether an old pod could be in the way of a new one: cheap, before anything is played."""
    spec = deployment.get("spec") or {}
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate" or spec.get("replicas") == 0 or spec.get("paused"):
        return False
    pod = deployment.pod.mapping()
    affinity = pod.get("affinity") or {}
    if (affinity.get("podAntiAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution"):
        return True
    if any(c.get("whenUnsatisfiable") != "ScheduleAnyway" for c in pod.get("topologySpreadConstraints") or () if c):
        return True
    if trial.kind("ResourceQuota") or trial.nodes_are_known:
        return True
    host_network = pod.get("hostNetwork") is True
    ports = [p for c in pod.get("containers") or () if c for p in c.get("ports") or () if p]
    return any(p.get("hostPort") or host_network for p in ports)


def _only_spreads(deployment: Deployment) -> bool:
    """Whether only a spread constraint could keep a new pod away from a node."""
    pod = deployment.pod
    terms = pod.at("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return bool(pod.get("topologySpreadConstraints")) and not terms.value


def _in_one_quota(deployment: Deployment, trial: Trial) -> Sequence[Workload]:
    """What else runs for ever in the namespace, where a quota counts it too."""
    if not trial.kind("ResourceQuota"):
        return []
    beside = (one for one in trial.workloads if isinstance(one, (Deployment, StatefulSet)) and one is not deployment)
    return list(islice(beside, _MOST_NODES))


def _with_devices(deployment: Deployment, trial: Trial) -> dict[str, Any]:
    """Nodes with plenty of the devices that the pods ask for, which nodes are not known to have: a quota may bound them."""
    if not trial.kind("ResourceQuota"):
        return {}
    asked = {
        str(name)
        for container in _containers(deployment.pod.mapping())
        for amounts in (container.get("resources") or {}).values()
        if isinstance(amounts, Mapping)
        for name in amounts
        if "/" in str(name)
    }
    if not asked:
        return {}
    return {"capacity": {**DEFAULT_PROFILE.capacity, **dict.fromkeys(sorted(asked), "1000")}}


def _finds_room(deployment: Deployment, trial: Trial) -> bool:
    """Whether there are nodes for all old and new pods at once, and nothing keeps a pod from any of them: nothing need be played."""
    pod, replicas = deployment.pod.mapping(), deployment.spec.get("replicas", 1)
    surge = (deployment.spec.at("strategy", "rollingUpdate").get("maxSurge")) or "25%"
    if trial.nodes_are_known or any(trial.kind(kind) for kind in _LIMITING) or any(pod.get(key) for key in _CHOOSING):
        return False
    if surge != "25%" or replicas.__class__ is not int or any(c.get("resources") for c in _containers(pod)):
        return False
    return replicas > 0 and replicas + -(-replicas // 4) <= trial.workers


_LIMITING = ("ResourceQuota", "LimitRange")
_CHOOSING = ("affinity", "nodeName", "nodeSelector", "overhead", "resources", "topologySpreadConstraints", "volumes")
"""Fields of pods that leave some nodes out."""


def _containers(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [c for group in ("initContainers", "containers") for c in pod.get(group) or () if c]


def _workers(deployment: Deployment, trial: Trial) -> int:
    """The nodes of the cluster; where nobody says how many, as many as the replicas need that want one each."""
    replicas = deployment.spec.get("replicas", 1)
    known = trial.workers
    if (
        trial.nodes_are_known
        or not isinstance(replicas, int)
        or not known < replicas <= _MOST_NODES
        or _is_by_zone(deployment)
    ):
        return known
    return replicas


_MOST_NODES = 9
"""More replicas with a node each than this are no cluster that is taken for granted."""


def _is_by_zone(deployment: Deployment) -> bool:
    """Whether each pod wants a zone for itself."""
    terms = deployment.pod.at("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    return any(str(term.get("topologyKey")).endswith("/zone") for term in terms.items())


def _stuck(play: Play, deployment: Deployment) -> TimelineEvent | None:
    """What keeps the new pod away after the update, when everything ran before it."""
    for event in play.events(deployment):
        if event.event in ("unschedulable", "FailedCreate", "ReplicaSetCreateError"):
            if event.time < ACT_AT:
                return None
            if "volume" in event.message.lower():
                return None  # claim-shared-by-replicas says it
            return event
    return None
