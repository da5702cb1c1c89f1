"""The node agent: what the containers of a pod do. The only module that reads the scenario's scripts.

Restart policies of pods and containers, restart rules, crash-loop back-off, init containers and native sidecars,
readiness, termination with its grace period, missing ConfigMaps and Secrets, images that cannot be pulled, the pod's
own deadline. One round (`sync`) brings a pod up to the moment and says when it will next change by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.api.dropped import NO_SIDECAR
from kubetrial.lint.facts import images, programs, waiting
from kubetrial.lint.facts.waiting import NameWaitedFor
from kubetrial.lint.trial import admission, attachment, resolving, storage
from kubetrial.lint.trial.objects import TERMINAL, Change, StoredObject, StoredPod
from kubetrial.lint.trial.scenario import Script
from kubetrial.lint.trial.timeline import Cause
from kubetrial.lint.trial.world import Controller, World

NAME = "pod"

START_SECONDS = 0.2003
"""From being given to a node to the start of the first container; a little more than 0.2, so that what a controller does
whole seconds after it has made a pod comes before what the pod does whole seconds after that.
"""
RESTART_SECONDS = 0.5
"""From the end of a container to its restart where no back-off holds it up."""
FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 300.0
DEFAULT_RUN, DEFAULT_INIT_RUN, DEFAULT_TERM = 1.0, 0.3, 0.1
ASK_SECONDS = 1.0
"""Between two rounds of a loop that waits for a name."""
NOTICE_SECONDS = 1.0
"""Until a pod that waits for a ConfigMap or Secret notices that it is there."""

_TICK = 1e-6


class RunningContainer:
    """One container of a running pod. `state`: waiting, running, terminated."""

    __slots__ = (
        "awaits",
        "backoff",
        "code",
        "ends",
        "finished",
        "init",
        "killed",
        "last_restart",
        "name",
        "next_start",
        "policy",
        "ready_at",
        "restarts",
        "rules",
        "sidecar",
        "spec",
        "state",
        "waiting",
        "was_sidecar",
        "will_exit",
        "work",
    )

    def __init__(self, spec: Mapping[str, Any], init: bool, pod_policy: str) -> None:
        self.spec = spec
        self.name = str(spec.get("name", ""))
        self.init = init
        self.sidecar = init and spec.get("restartPolicy") == "Always"
        self.was_sidecar = init and spec.get("restartPolicy") == NO_SIDECAR
        policy = spec.get("restartPolicy") or pod_policy
        self.policy = "OnFailure" if init and not self.sidecar and policy == "Always" else policy
        self.rules = spec.get("restartPolicyRules") or ()
        self.state = "waiting"
        self.waiting = "ContainerCreating"
        self.code: int | None = None
        self.will_exit = 0
        self.ends = self.ready_at = self.next_start = math.inf
        self.finished = 0.0
        self.last_restart: float | None = None
        self.backoff = 0.0
        self.restarts = 0
        self.killed = False
        self.awaits: tuple[NameWaitedFor, ...] = ()
        self.work = 0.0

    def restarts_after(self, code: int) -> bool:
        """Whether it is started again after this exit code: its rules first, then its policy or the pod's."""
        for rule in self.rules:
            codes = rule.get("exitCodes") or {}
            hit = code in (codes.get("values") or ())
            if (hit if codes.get("operator") == "In" else not hit) and rule.get("action") == "Restart":
                return True
        return self.policy == "Always" or (self.policy == "OnFailure" and code != 0)

    @property
    def done(self) -> bool:
        """It has ended and will not be started again."""
        return self.state == "terminated" and self.next_start == math.inf


class PodRun:
    """What the node agent knows of a pod."""

    __slots__ = ("created", "deadline", "inits", "kill_at", "mains", "ready_to_start", "step", "stopping", "workload")

    def __init__(self, world: World, pod: StoredPod, now: float) -> None:
        policy = str(pod.spec.get("restartPolicy", "Always"))
        self.inits = [RunningContainer(c, True, policy) for c in pod.spec.get("initContainers") or ()]
        self.mains = [RunningContainer(c, False, policy) for c in pod.spec.get("containers") or ()]
        self.ready_to_start = now + START_SECONDS
        deadline = pod.spec.get("activeDeadlineSeconds")
        self.deadline = math.inf if deadline is None else now + float(deadline)
        self.created = False
        self.step = 0
        self.stopping = ""
        self.kill_at = math.inf
        root = pod if pod.manifest else world.root(pod)  # what was given as a pod stays one, whoever adopts it
        self.workload = f"{root.kind}/{root.name}"

    @property
    def inits_done(self) -> bool:
        """Whether the main containers may start."""
        return self.step >= len(self.inits)


def _waiting() -> dict[int, StoredPod]:
    """uid -> the pods that wait on their nodes for what they mount or name."""
    return {}


def _asking() -> dict[int, StoredPod]:
    """uid -> the pods of which a container waits for a name."""
    return {}


def sync(world: World, key: int, now: float) -> float | None:
    """Bring one pod up to the moment; the answer is when it changes next."""
    pod: StoredPod | None = world.get(key)
    if pod is None or pod.node is None or pod.phase in TERMINAL:
        return None
    node = world.nodes.get(pod.node)
    if (node is None and pod.node not in world.removed_nodes) or (node is not None and not node.alive):
        return None
    run: PodRun = pod.run
    if run is None:
        run = pod.run = PodRun(world, pod, now)
        pod.ready_changed = now
        if pod.deleting is None:
            return run.ready_to_start
    if pod.deleting is not None and run.stopping != "delete":
        run.stopping = "delete"
        run.kill_at = pod.deleting + (pod.grace or 0.0)
        _stop_mains(world, pod, run, now)
    if not run.stopping and now >= run.deadline - _TICK:
        pod.reason = "DeadlineExceeded"
        run.stopping = "deadline"
        run.kill_at = now + float(pod.spec.get("terminationGracePeriodSeconds", 30))
        _stop_mains(world, pod, run, now)
    _ask(world, pod, run, now)
    _ends(run, now)
    if not run.stopping:
        _progress(world, pod, run, now)
    if run.stopping and _stopped(world, pod, run, now):
        _finish(world, pod, run, now)
        return None
    _report(world, pod, run, now)
    return _next(pod, run, now)


def _ask(world: World, pod: StoredPod, run: PodRun, now: float) -> None:
    """Containers that wait for names: the first that is not there holds the container up."""
    for c in (*run.inits, *run.mains):
        if c.state == "running" and c.awaits:
            while c.awaits and not (why := resolving.missing(world, pod, c.awaits[0])):
                c.awaits = c.awaits[1:]
            if c.awaits:
                world.event_once(pod, "waits", {"reason": c.awaits[0].name}, message=f"container {c.name}: {why}")
            else:
                c.ends = min(c.ends, now + c.work)
    if not any(c.awaits and c.state == "running" for c in (*run.inits, *run.mains)):
        world.kept(_asking).pop(pod.uid, None)


def _ends(run: PodRun, now: float) -> None:
    """Containers whose time is over."""
    for c in (*run.inits, *run.mains):
        if c.state == "running" and c.ends <= now + _TICK:
            c.state, c.code, c.finished = "terminated", c.will_exit, now
            c.ready_at = math.inf
            if not run.stopping and not c.killed and c.restarts_after(c.will_exit):
                _schedule_restart(c, now)


def _schedule_restart(c: RunningContainer, now: float) -> None:
    """Crash-loop back-off: the first restart at once, then 10 s, doubling to 5 minutes; a long run clears it."""
    if c.last_restart is not None and now - c.last_restart > 2 * LONGEST_BACKOFF:
        c.backoff = 0.0
    c.next_start = now + max(c.backoff, RESTART_SECONDS)
    c.backoff = min(max(c.backoff * 2, FIRST_BACKOFF), LONGEST_BACKOFF)
    c.waiting = "CrashLoopBackOff"


def _progress(world: World, pod: StoredPod, run: PodRun, now: float) -> None:
    """Start what is due: the sandbox and volumes, init containers one after another, then the main containers."""
    if not run.created:
        if now < run.ready_to_start - _TICK:
            return
        if _missing_volume(world, pod) or storage.unbound(world, pod) or attachment.waits(world, pod):
            _waits(pod, run, "ContainerCreating")
            return
        run.created = True
    for c in run.inits:
        _restart(world, pod, run, c, now)
    while not run.inits_done:
        c = run.inits[run.step]
        if c.state == "waiting" and not _start_first(world, pod, run, c, now):
            return
        if c.sidecar:
            if c.state != "running":
                break
            run.step += 1
        elif c.state == "terminated" and c.code == 0:
            run.step += 1
        elif c.state == "terminated" and c.done:
            run.stopping = "done"  # an init container failed and will not be started again: so has the pod
            run.kill_at = now + float(pod.spec.get("terminationGracePeriodSeconds", 30))
            return
        else:
            break
    if not run.inits_done:
        return
    for c in run.mains:
        if c.state == "waiting":
            _start_first(world, pod, run, c, now)
        else:
            _restart(world, pod, run, c, now)
    if all(c.done for c in run.mains):
        run.stopping = "done"
        run.kill_at = now + float(pod.spec.get("terminationGracePeriodSeconds", 30))


def _start_first(world: World, pod: StoredPod, run: PodRun, c: RunningContainer, now: float) -> bool:
    script = _script(world, pod, run, c)
    if script.pull_fails:
        c.waiting = "ImagePullBackOff"
        return False
    # What rules play assumes that it starts.
    refused = cannot_start(c.spec, pod.spec) if world.scenario.reads_commands else ""
    if refused:
        c.waiting = refused
        return False
    if _missing_env(world, pod, c.spec):
        c.waiting = "CreateContainerConfigError"
        world.kept(_waiting)[pod.uid] = pod
        return False
    _start(world, pod, run, c, script, now)
    return True


def cannot_start(container: Mapping[str, Any], pod: Mapping[str, Any]) -> str:
    """Why the kubelet never starts a container, as the reason of its waiting state; "" where its manifest shows nothing.

    Follows EnsureImageExists (a name that no registry client can parse), verifyRunAsNonRoot, and the expansion of subPathExpr.
    """
    image = container.get("image")
    if isinstance(image, str) and image and images.wrong_with(image) is not None:
        return "InvalidImageName"
    own, pods = container.get("securityContext") or {}, pod.get("securityContext") or {}
    user = own.get("runAsUser", pods.get("runAsUser"))
    is_root = user == 0 or (user is None and images.starts_as_root(image))
    if is_root and own.get("runAsNonRoot", pods.get("runAsNonRoot")) is True:
        return "CreateContainerConfigError"
    known = {v.get("name") for v in container.get("env") or ()}
    if not container.get("envFrom"):
        for mount in container.get("volumeMounts") or ():
            wanted = re.findall(r"(?<!\$)\$\(([A-Za-z_][\w.-]*)\)", str(mount.get("subPathExpr") or ""))
            if any(name not in known and not name.endswith(_OF_SERVICES) for name in wanted):
                return "CreateContainerConfigError"
    return ""


_OF_SERVICES = ("_SERVICE_HOST", "_SERVICE_PORT", "_PORT")
"""How variables end that the kubelet may know from a Service."""


def _restart(world: World, pod: StoredPod, run: PodRun, c: RunningContainer, now: float) -> None:
    if c.state == "terminated" and c.next_start <= now + _TICK:
        c.restarts += 1
        pod.restarts += 1
        c.last_restart = now
        _start(world, pod, run, c, _script(world, pod, run, c), now)


def _start(world: World, pod: StoredPod, run: PodRun, c: RunningContainer, script: Script, now: float) -> None:
    attempt = _attempt(world, pod, c.name)
    long = c.sidecar or c.was_sidecar or (not c.init and c.policy == "Always" and not script.exit_codes)
    seconds, code = script.seconds(attempt), script.code(attempt)
    if seconds is None:
        short = DEFAULT_INIT_RUN if c.init else DEFAULT_RUN
        seconds = math.inf if long else short
        program = programs.known(c.spec) if world.scenario.reads_commands and not script.exit_codes else None
        if program is not None:
            seconds, code = max(program.seconds, short), program.code
    c.state, c.next_start, c.killed = "running", math.inf, False
    c.will_exit, c.ends = code, now + seconds
    c.ready_at = math.inf if script.never_ready else now + script.ready_after
    c.awaits = ()
    if world.scenario.reads_commands and not long and script.seconds(attempt) is None:
        c.awaits = waiting.awaited(c.spec)
        if c.awaits:
            c.work, c.ends = seconds, math.inf
            world.kept(_asking)[pod.uid] = pod
            _ask(world, pod, run, now)


def _script(world: World, pod: StoredPod, run: PodRun, c: RunningContainer) -> Script:
    return world.scenario.script(run.workload, c.name, pod.index, str(c.spec.get("image", "")), c.init)


def _attempt(world: World, pod: StoredPod, container: str) -> int:
    """The number of this attempt: counted per Job (or index), StatefulSet ordinal, DaemonSet node, else per pod."""
    owner = pod.owner
    who: tuple[Any, ...] = (pod.uid,)
    if owner is not None:
        if owner.kind == "Job":
            who = (owner.uid, pod.index)
        elif owner.kind == "StatefulSet":
            who = (owner.uid, pod.name)
        elif owner.kind == "DaemonSet":
            who = (owner.uid, pod.node)
    n = world.attempts.get((who, container), 0)
    world.attempts[(who, container)] = n + 1
    return n


# ---------------------------------------------------------------------- references


def _waits(pod: StoredPod, run: PodRun, why: str) -> None:
    for c in (*run.inits, *run.mains):
        c.waiting = why


def _missing_volume(world: World, pod: StoredPod) -> bool:
    for v in pod.spec.get("volumes") or ():
        for source in (v, *((v.get("projected") or {}).get("sources") or ())):
            cm, secret = source.get("configMap"), source.get("secret")
            if (cm and not cm.get("optional") and _absent(world, pod, "ConfigMap", cm.get("name"))) or (
                secret
                and not secret.get("optional")
                and _absent(world, pod, "Secret", secret.get("secretName") or secret.get("name"))
            ):
                world.kept(_waiting)[pod.uid] = pod
                return True
    return False


def _missing_env(world: World, pod: StoredPod, container: Mapping[str, Any]) -> bool:
    return any(_absent(world, pod, kind, name, key) for kind, name, key in _env_references(container))


def _env_references(container: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for e in container.get("env") or ():
        source = e.get("valueFrom") or {}
        for name, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            ref = source.get(name)
            if ref and not ref.get("optional"):
                yield kind, ref.get("name"), ref.get("key")
    for e in container.get("envFrom") or ():
        for name, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            ref = e.get(name)
            if ref and not ref.get("optional"):
                yield kind, ref.get("name"), None


def _absent(world: World, pod: StoredPod, kind: str, name: Any, key: Any = None) -> bool:
    if not world.profile.closed_world or not name:
        return False
    found: StoredObject | None = world.find(kind, pod.namespace, str(name))
    if found is None:
        return True
    if key is None:
        return False
    m = found.manifest
    return not any(key in (m.get(part) or {}) for part in ("data", "stringData", "binaryData"))


# ---------------------------------------------------------------------- the end


def _stop_mains(world: World, pod: StoredPod, run: PodRun, now: float) -> None:
    for c in run.mains:
        _kill(world, pod, run, c, now)


def _kill(world: World, pod: StoredPod, run: PodRun, c: RunningContainer, now: float) -> None:
    """SIGTERM, and SIGKILL when the grace period is over."""
    if c.state != "running" or c.killed:
        return
    needed = _script(world, pod, run, c).term_seconds
    needed = DEFAULT_TERM if needed is None else float(needed)
    left = max(run.kill_at - now, 0.0)
    over = needed >= left and needed > DEFAULT_TERM
    end = now + (left if over else needed)
    if end < c.ends:
        c.ends, c.will_exit, c.killed = end, 137 if over else 143, True


def _stopped(world: World, pod: StoredPod, run: PodRun, now: float) -> bool:
    """Whether everything has stopped; native sidecars are stopped after the main containers, the last one first."""
    if any(c.state == "running" for c in run.mains):
        return False
    for c in reversed(run.inits):
        if c.state == "running":
            _kill(world, pod, run, c, now)
            if c.ends > now + _TICK:
                return False
            c.state, c.code, c.finished = "terminated", c.will_exit, now
    return True


def _finish(world: World, pod: StoredPod, run: PodRun, now: float) -> None:
    """The pod's last phase."""
    every = (*run.inits, *run.mains)
    bad = any(c.state == "terminated" and c.code != 0 and not c.sidecar for c in every)
    never = any(c.state == "waiting" for c in run.mains)
    if run.stopping == "deadline":
        phase = "Failed"
    elif run.stopping == "delete":
        phase = "Failed" if bad or never else "Succeeded"
    else:
        phase = "Failed" if bad else "Succeeded"
    lost = {c.name: 137 for c in run.mains if c.state == "waiting" and run.stopping == "delete"}
    finished = [c.finished for c in every if c.state == "terminated" and (not c.init or c.sidecar)]
    end_pod(world, pod, phase, finished=None if never else max(finished, default=now), lost=lost)
    if pod.deleting is not None:
        world.removable(pod)


def end_pod(
    world: World,
    pod: StoredPod,
    phase: str,
    reason: str = "",
    finished: float | None = None,
    message: str = "",
    cause: Cause | None = None,
    lost: Mapping[str, int] | None = None,
) -> None:
    """Set the last phase of a pod; without `finished` nobody knows when its containers stopped. Those that have stopped
    have left their exit codes; `lost` are the codes that stand for containers that never ran.
    """
    if pod.phase in TERMINAL:
        return
    run: PodRun | None = pod.run
    if run is not None:
        ended = [c for c in (*run.inits, *run.mains) if c.state == "terminated"]
        pod.container_codes = {c.name: c.code for c in ended if c.code is not None} | dict(lost or {})
    if pod.ready:
        pod.ready, pod.ready_changed = False, world.now
    pod.phase = phase
    pod.reason = reason or pod.reason
    pod.finished = finished
    world.kept(_waiting).pop(pod.uid, None)
    world.kept(_asking).pop(pod.uid, None)
    what = "ended" if pod.deleting is not None else phase.lower()
    detail = {"reason": pod.reason} if pod.reason and what == "failed" else None
    world.event(pod, what, detail, message=message, cause=cause)
    if pod.deleting is None:
        admission.freed(world, pod)
    world.changed(pod)


def _report(world: World, pod: StoredPod, run: PodRun, now: float) -> None:
    """Phase and readiness as the control plane sees them."""
    changed = False
    if pod.phase == "Pending" and run.inits_done and all(c.state != "waiting" for c in run.mains):
        pod.phase, pod.running_since = "Running", now
        world.kept(_waiting).pop(pod.uid, None)
        world.event(pod, "running")
        changed = True
    node = world.nodes.get(pod.node or "")
    ready = (
        pod.phase == "Running"
        and not run.stopping
        and not pod.spec.get("readinessGates")
        and (node is None or node.ready)
        and all(c.state == "running" and c.ready_at <= now + _TICK for c in run.mains)
        and all(c.state == "running" and c.ready_at <= now + _TICK for c in run.inits if c.sidecar)
    )
    if ready != pod.ready:
        pod.ready, pod.ready_changed = ready, now
        changed = True
        if ready or pod.deleting is None:
            world.event(pod, "ready" if ready else "not-ready")
    if pod.restarts != pod.reported_restarts:
        pod.reported_restarts = pod.restarts
        changed = True
    if changed:
        world.changed(pod)


def _next(pod: StoredPod, run: PodRun, now: float) -> float | None:
    """When the pod changes next by itself."""
    nxt = run.deadline if not run.stopping else math.inf
    if not run.created and now < run.ready_to_start:
        nxt = min(nxt, run.ready_to_start)
    for c in (*run.inits, *run.mains):
        if c.state == "running":
            nxt = min(nxt, c.ends)
            if c.ready_at > now + _TICK:
                nxt = min(nxt, c.ready_at)
        elif c.state == "terminated":
            nxt = min(nxt, c.next_start)
    return None if nxt == math.inf else nxt


def _on_change(world: World, obj: StoredObject, change: Change) -> None:
    if obj.kind in ("Pod", "Service"):
        for uid in list(world.kept(_asking)):
            world.wake(NAME, uid, world.now + ASK_SECONDS)
    if obj.kind == "PersistentVolumeClaim":
        if storage.state(obj).phase == "Bound":
            for pod in storage.users(world, obj):
                if pod.node is not None and pod.phase == "Pending":
                    world.wake(NAME, pod.uid)
    elif obj.kind in ("ConfigMap", "Secret"):
        if change != "deleted":
            for uid, pod in list(world.kept(_waiting).items()):
                if pod.namespace == obj.namespace:
                    world.wake(NAME, uid, world.now + NOTICE_SECONDS)
    elif obj.kind == "Pod" and isinstance(obj, StoredPod):
        if change == "deleted":
            world.kept(_waiting).pop(obj.uid, None)
            world.kept(_asking).pop(obj.uid, None)
        elif obj.node is not None and obj.phase not in TERMINAL and (obj.run is None or obj.deleting is not None):
            world.wake(NAME, obj.uid)


def final(world: World, pod: StoredPod) -> dict[str, Any]:
    """The pod's last line."""
    out: dict[str, Any] = {"phase": pod.phase, "ready": pod.ready, "qosClass": pod.qos}
    if pod.reason:
        out["reason"] = pod.reason
    asks = (
        [c.awaits[0].name for c in (*pod.run.inits, *pod.run.mains) if c.state == "running" and c.awaits]
        if pod.run
        else []
    )
    if asks:
        out["waitsFor"] = asks[0]
    if pod.deleting is not None:
        out["terminating"] = True
    if pod.phase == "Pending" and pod.node is None:
        out["unschedulable"] = bool(pod.unschedulable)
        out["gated"] = pod.gated
    if pod.revision is not None and pod.owner is not None:
        out["revision"] = pod.revision
    return out


CONTROLLER = Controller(
    NAME,
    sync,
    watches=("Pod", "Service", "ConfigMap", "Secret", "PersistentVolumeClaim"),
    on_change=_on_change,
    describes="Pod",
    final=final,
)
