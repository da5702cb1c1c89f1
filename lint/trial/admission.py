"""What the API server's admission does to an object that is created: priority class, limit ranges, default class,
quota.

`admit` may fill in an object's spec (never in place) and raises `Refused` where the API server would answer 403 or 422.
Follows plugin/pkg/admission/{priority,limitranger,resourcequota,storage/storageclass/setdefault} and
pkg/quota/v1/evaluator/core.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.facts import kinds, limit_ranges
from kubetrial.lint.facts.resources import (
    Amounts,
    amounts,
    has_pod_level,
    pod_sum,
    qos_class,
    thousandths,
    with_pod_level,
)

if TYPE_CHECKING:
    from kubetrial.lint.trial.objects import Store, StoredObject, StoredPod
    from kubetrial.lint.trial.timeline import Path

SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


class AdmissionRefused(Exception):
    """Admission refused an object.

    `reason` is one of exceeded-quota, quota-needs-requests, limit-range, no-priority-class, forbidden, invalid,
    other; `path` the field below the owner's spec that is to blame, empty when the whole template is.
    """

    def __init__(self, reason: str, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.path = path


def admit(world: Store, obj: StoredObject) -> None:
    """Everything that happens to an object between its creation and its being stored. Raises Refused."""
    if obj.kind == "Pod":
        _pod(world, obj)  # type: ignore[arg-type]
    elif obj.kind == "PersistentVolumeClaim":
        _claim(world, obj)
    quotas = world.all("ResourceQuota", obj.namespace)
    if quotas:
        needed, books = _use(obj), _Books(world, obj)
        for quota in quotas:
            _quota(quota, obj, needed, books)


def _pod(world: Store, pod: StoredPod) -> None:
    spec = pod.spec
    wanted = spec.get("priorityClassName")
    if (
        wanted
        and wanted not in SYSTEM_PRIORITIES
        and world.find("PriorityClass", "", wanted) is None
        and world.profile.closed_world
    ):
        raise AdmissionRefused(
            "no-priority-class",
            f'pods "{pod.name}" is forbidden: no PriorityClass with name {wanted} was found',
            ("template", "spec", "priorityClassName"),
        )
    wanted = spec.get("runtimeClassName")
    if wanted and world.find("RuntimeClass", "", wanted) is None and world.profile.closed_world:
        raise AdmissionRefused(
            "forbidden",
            f'pods "{pod.name}" is forbidden: pod rejected: RuntimeClass "{wanted}" not found',
            ("template", "spec", "runtimeClassName"),
        )
    ranges = world.all("LimitRange", pod.namespace)
    pod.spec = limit_ranges.all_filled(pod.spec, (one.spec for one in ranges))
    if ranges:
        _check_requests(pod)
    for one in ranges:
        _check_limits(pod, one.spec)
    pod.spec = with_pod_level(pod.spec)
    pod.qos = qos_class(pod.spec)


def _claim(world: Store, claim: StoredObject) -> None:
    if "storageClassName" not in claim.spec and "volume.beta.kubernetes.io/storage-class" not in claim.annotations:
        name = default_class(world)
        if name:
            claim.spec = {**claim.spec, "storageClassName": name}
    requests = amounts((claim.spec.get("resources") or {}).get("requests"))
    for one in world.all("LimitRange", claim.namespace):
        for limit in one.spec.get("limits") or ():
            if limit.get("type") == "PersistentVolumeClaim":
                _check(claim, "PersistentVolumeClaim", limit, requests, {}, claims=True)


def default_class(world: Store) -> str:
    """The default StorageClass: of several given ones the last; else the profile's; "" when there is none."""
    given = [
        c.name
        for c in world.all("StorageClass")
        if c.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    ]
    return given[-1] if given else world.profile.default_storage_class


# ---------------------------------------------------------------------- limit ranges


def _check_requests(pod: StoredPod) -> None:
    """Validation comes after the limit range has filled in limits: a request may not exceed them."""
    for group in ("containers", "initContainers"):
        for i, c in enumerate(pod.spec.get(group) or ()):
            own = c.get("resources") or {}
            limits = amounts(own.get("limits"))
            for name, amount in amounts(own.get("requests")).items():
                if name in limits and amount > limits[name]:
                    field, asked, limit = f"spec.{group}[{i}].resources.requests", own["requests"], own["limits"]
                    raise AdmissionRefused(
                        "invalid",
                        f'Pod "{pod.name}" is invalid: {field}: Invalid value: "{asked[name]}": '
                        f"must be less than or equal to {name} limit of {limit[name]}",
                        ("template", "spec", group, i, "resources", "requests", name),
                    )


def _check_limits(pod: StoredPod, limit_range: Mapping[str, Any]) -> None:
    for item in limit_range.get("limits") or ():
        if item.get("type") == "Container":
            for group in ("containers", "initContainers"):
                for c in pod.spec.get(group) or ():
                    own = c.get("resources") or {}
                    _check(pod, "Container", item, amounts(own.get("requests")), amounts(own.get("limits")))
        elif item.get("type") == "Pod":
            _check(pod, "Pod", item, pod_sum(pod.spec, "requests"), pod_sum(pod.spec, "limits"))


def _check(
    obj: StoredObject, what: str, item: Mapping[str, Any], requests: Amounts, limits: Amounts, claims: bool = False
) -> None:
    def refuse(text: str) -> None:
        plural = "persistentvolumeclaims" if claims else "pods"
        raise AdmissionRefused("limit-range", f'{plural} "{obj.name}" is forbidden: {text}')

    for name, least in (item.get("min") or {}).items():
        bound = thousandths(least)
        if name not in requests:
            refuse(f"minimum {name} usage per {what} is {least}.  No request is specified")
        elif requests[name] < bound:
            refuse(f"minimum {name} usage per {what} is {least}, but request is less")
        elif name in limits and limits[name] < bound:
            refuse(f"minimum {name} usage per {what} is {least}, but limit is less")
    for name, most in (item.get("max") or {}).items():
        bound = thousandths(most)
        if not claims and name not in limits:
            refuse(f"maximum {name} usage per {what} is {most}.  No limit is specified")
        elif claims and name not in requests:
            refuse(f"maximum {name} usage per {what} is {most}.  No request is specified")
        elif limits.get(name, 0) > bound:
            refuse(f"maximum {name} usage per {what} is {most}, but limit is more")
        elif requests.get(name, 0) > bound:
            refuse(f"maximum {name} usage per {what} is {most}, but request is more")
    for name, most in (item.get("maxLimitRequestRatio") or {}).items():
        request, limit = requests.get(name, 0), limits.get(name, 0)
        if not request or not limit:
            refuse(f"{name} max limit to request ratio per {what} is {most}, but a request or limit is missing or 0")
        elif limit * 1000 > thousandths(most) * request:
            refuse(
                f"{name} max limit to request ratio per {what} is {most}, but provided ratio is {limit / request:.6f}"
            )


# ---------------------------------------------------------------------- quota

_PLURALS = {
    "Pod": ("pods", ""),
    "PersistentVolumeClaim": ("persistentvolumeclaims", ""),
    "Service": ("services", ""),
    "ConfigMap": ("configmaps", ""),
    "Secret": ("secrets", ""),
    "ResourceQuota": ("resourcequotas", ""),
    "ServiceAccount": ("serviceaccounts", ""),
    "Ingress": ("ingresses", "networking.k8s.io"),
    **{one.kind: (one.resource, one.group) for one in kinds.WORKLOADS if one.pods != "is"},
}

QUOTA_SECONDS = 0.05
"""From the end of a pod until the quota controller has taken it off the books."""

_SHORT = ("cpu", "memory", "ephemeral-storage")


class _Books:
    """What the objects of a kind and namespace use together, added up once for all quotas of the same scopes."""

    def __init__(self, world: Store, obj: StoredObject) -> None:
        self._world = world
        self._obj = obj
        self._used: dict[str, Amounts] = {}

    def used(self, quota: Mapping[str, Any]) -> Amounts:
        """The use of everything that is in the scopes of a quota."""
        key = repr((quota.get("scopes"), quota.get("scopeSelector")))
        used = self._used.get(key)
        if used is None:
            used = self._used[key] = {}
            for other, over in _counted(self._world, self._obj):
                if _in_scope(quota, other):
                    for name, amount in _use(other).items():
                        if not (over and name != "count/pods"):
                            used[name] = used.get(name, 0) + amount
        return used


def _quota(quota: StoredObject, obj: StoredObject, needed: Amounts, books: _Books) -> None:
    hard = quota.spec.get("hard") or {}
    if not hard or not _in_scope(quota.spec, obj):
        return
    if obj.kind == "Pod" and not has_pod_level(obj.spec):
        lacking = _unspecified(obj.spec, hard)
        if lacking:
            raise AdmissionRefused(
                "quota-needs-requests",
                f'pods "{obj.name}" is forbidden: failed quota: {quota.name}: must specify '
                + "; ".join(
                    f"{name} for: {','.join(sorted(containers))}" for name, containers in sorted(lacking.items())
                ),
            )
    limited = {n: thousandths(q) for n, q in hard.items() if needed.get(n, 0) > 0}
    if not limited:
        return
    used = books.used(quota.spec)
    exceeded = sorted(n for n, most in limited.items() if used.get(n, 0) + needed[n] > most)
    if exceeded:
        plural = ".".join(filter(None, _PLURALS.get(obj.kind, (obj.kind.lower() + "s", ""))))
        raise AdmissionRefused(
            "exceeded-quota",
            f'{plural} "{obj.name}" is forbidden: exceeded quota: {quota.name}, requested: '
            + ",".join(f"{n}={_show(needed[n])}" for n in exceeded)
            + ", used: "
            + ",".join(f"{n}={_show(used.get(n, 0))}" for n in exceeded)
            + ", limited: "
            + ",".join(f"{n}={hard[n]}" for n in exceeded),
        )


def _freed() -> dict[int, float]:
    """uid of a pod that has ended -> the second from which quotas no longer count it."""
    return {}


def freed(world: Store, pod: StoredPod) -> None:
    """Note that a pod has ended: a quota counts it a moment longer."""
    if world.all("ResourceQuota", pod.namespace):
        world.kept(_freed)[pod.uid] = world.now + QUOTA_SECONDS


def _unspecified(spec: Mapping[str, Any], hard: Mapping[str, Any]) -> dict[str, set[str]]:
    """The CPU and memory under quota that containers do not ask for: each has to name what a quota limits."""
    out: dict[str, set[str]] = {}
    for name in hard:
        plain = name.removeprefix("requests.").removeprefix("limits.")
        if plain not in ("cpu", "memory"):
            continue
        which = "limits" if name.startswith("limits.") else "requests"
        for group in ("containers", "initContainers"):
            for c in spec.get(group) or ():
                if plain not in ((c.get("resources") or {}).get(which) or {}):
                    out.setdefault(name, set()).add(str(c.get("name")))
    return out


def _counted(world: Store, obj: StoredObject) -> Iterator[tuple[StoredObject, bool]]:
    """All objects of a kind in the namespace; True for a pod that has ended or hangs in its deletion."""
    seen = world.kept(_freed)
    for other in world.all(obj.kind, obj.namespace):
        over = False
        if obj.kind == "Pod":
            grace = other.grace or 0.0
            over = other.terminal and world.now >= seen.get(other.uid, 0.0)
            over = over or (other.deleting is not None and world.now > other.deleting + 2 * grace)
        yield other, over


def _show(amount: int) -> str:
    return str(amount // 1000) if amount % 1000 == 0 else f"{amount}m"


def _use(obj: StoredObject) -> Amounts:
    plural, group = _PLURALS.get(obj.kind, (obj.kind.lower() + "s", ""))
    use: Amounts = {f"count/{plural}.{group}" if group else f"count/{plural}": 1000}
    if obj.kind == "Pod":
        use["pods"] = 1000
        for name, amount in pod_sum(obj.spec, "requests").items():
            use["requests." + name] = amount
            if name in _SHORT:
                use[name] = amount
        for name, amount in pod_sum(obj.spec, "limits").items():
            use["limits." + name] = amount
    elif obj.kind == "PersistentVolumeClaim":
        size = thousandths(((obj.spec.get("resources") or {}).get("requests") or {}).get("storage", 0))
        use["persistentvolumeclaims"] = 1000
        use["requests.storage"] = size
        cls = obj.spec.get("storageClassName")
        if cls:
            use[f"{cls}.storageclass.storage.k8s.io/requests.storage"] = size
            use[f"{cls}.storageclass.storage.k8s.io/persistentvolumeclaims"] = 1000
    elif obj.kind == "Service":
        use["services"] = 1000
        kind = obj.spec.get("type")
        if kind in ("NodePort", "LoadBalancer"):
            use["services.nodeports"] = 1000 * len(obj.spec.get("ports") or ())
        if kind == "LoadBalancer":
            use["services.loadbalancers"] = 1000
    elif plural in ("configmaps", "secrets", "replicationcontrollers", "resourcequotas"):
        use[plural] = 1000
    return use


def _in_scope(quota: Mapping[str, Any], obj: StoredObject) -> bool:
    scopes = [{"scopeName": s, "operator": "Exists"} for s in quota.get("scopes") or ()]
    scopes += (quota.get("scopeSelector") or {}).get("matchExpressions") or ()
    if not scopes:
        return True
    return obj.kind == "Pod" and all(_matches(s, obj) for s in scopes)  # type: ignore[arg-type]


def _matches(scope: Mapping[str, Any], pod: StoredPod) -> bool:
    name = scope.get("scopeName")
    if name == "BestEffort":
        return pod.qos == "BestEffort"
    if name == "NotBestEffort":
        return pod.qos != "BestEffort"
    if name == "Terminating":
        return pod.spec.get("activeDeadlineSeconds") is not None
    if name == "NotTerminating":
        return pod.spec.get("activeDeadlineSeconds") is None
    if name == "PriorityClass":
        own = pod.spec.get("priorityClassName") or ""
        values, operator = scope.get("values") or (), scope.get("operator")
        if operator == "In":
            return own in values
        if operator == "NotIn":
            return own not in values
        return bool(own) if operator == "Exists" else not own
    return False
