"""The Pod Security Standards, levels baseline and restricted, control by control and version by version.

Pure functions over plain data; each control carries the name of the rule that speaks for it. Follows the checks of
k8s.io/pod-security-admission/policy: a pod violates a level here exactly where the admission of that version refuses
it. What baseline forbids already is said at baseline only, so that a pod hears nothing twice at restricted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.listed import one_of
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.objects.views import PodSpec
    from kubetrial.lint.yaml.node import Findings, Found

BASELINE, RESTRICTED = "baseline", "restricted"

_Spec = Mapping[str, Any]
_Path = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that a level forbids; `path` starts at what holds the pod's `metadata` and `spec`."""

    control: str  # the name of the rule
    level: str
    path: _Path
    message: str
    help: str
    each: tuple[Violation, ...] = ()  # the same of each container, where it is said of all of them at once


@dataclass(frozen=True, slots=True)
class _OfAll:
    """A message about every container of a pod, and those about each of them."""

    message: str
    each: tuple[tuple[_Path, str, str], ...]


_Told = Iterator[tuple[_Path, "str | _OfAll", str]]  # path, message, help
_Check = Callable[[_Spec, _Spec, int], _Told]


def violations(spec: _Spec, metadata: _Spec, level: str, minor: int) -> list[Violation]:
    """What a pod (its spec and metadata as plain data) violates of a level of Kubernetes 1.`minor`.

    The level is `baseline` or `restricted`; nothing for `privileged`. In the order of the controls.
    """
    found: list[Violation] = []
    for control, (of_level, _) in CONTROLS.items():
        if of_level == level or level == RESTRICTED:
            if level == RESTRICTED and control in _TAKEN_OVER and minor >= 25 and _is_windows(spec):
                continue
            found.extend(of_control(control, spec, metadata, minor))
    return found


def of_control(control: str, spec: _Spec, metadata: _Spec, minor: int) -> Iterator[Violation]:
    """What a pod violates of one control."""
    level, check = CONTROLS[control]
    for path, message, help in check(spec, metadata, minor):
        if isinstance(message, str):
            yield Violation(control, level, path, message, help)
        else:
            each = tuple(Violation(control, level, *one) for one in message.each)
            yield Violation(control, level, path, message.message, help, each)


def found(control: str, pod: PodSpec, minor: int) -> Findings:
    """The findings of the rule that speaks for a control."""
    metadata = pod.metadata.mapping() if control in _READ_METADATA else _NONE
    for violation in of_control(control, pod.mapping(), metadata, minor):
        yield told(pod, violation, f"a namespace that enforces {violation.level} takes no such pod")


def told(pod: PodSpec, violation: Violation, consequence: str) -> Found:
    """A violation as a finding at its field."""
    assert pod.parent is not None
    node = pod.parent.at(*violation.path)
    found = node.found(
        f"{violation.message}; the Pod Security Standards forbid it at level {violation.level}",
        help=violation.help,
        consequence=consequence,
        key=node.value.__class__ is dict,
    )
    return found.of_each(*(told(pod, one, consequence) for one in violation.each)) if violation.each else found


def rules_of(level: str) -> list[str]:
    """The names of the rules that together are a level."""
    return [control for control, (of_level, _) in CONTROLS.items() if of_level == level or level == RESTRICTED]


def asked_of(labels: Mapping[str, Any], mode: str, minor: int) -> tuple[str, int]:
    """The level and minor that a Namespace's labels ask for in a mode (`enforce`, `warn`, `audit`).

    `privileged` where they ask for nothing; versions newer than the server's are the server's. Follows PolicyToEvaluate.
    """
    level = labels.get(_LABELS + mode)
    version = str(labels.get(_LABELS + mode + "-version") or "latest").removeprefix("v1.")
    if level not in (BASELINE, RESTRICTED):
        return "privileged", minor
    number = whole(version)
    return str(level), minor if number is None else min(number, minor)


_LABELS = "pod-security.kubernetes.io/"


# --- parts of a pod ---------------------------------------------------------------------------------------------------

_NONE: dict[str, Any] = {}


def _containers(spec: _Spec) -> Iterator[tuple[_Path, _Spec]]:
    """Every container with its path: init, ordinary, ephemeral."""
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(spec.get(group) or ()):
            if container:
                yield ("spec", group, index), container


def _context(holder: _Spec) -> _Spec:
    return holder.get("securityContext") or _NONE


def _contexts(spec: _Spec) -> Iterator[tuple[_Path, str, _Spec]]:
    """The security contexts that are written, of the pod and of its containers: path, whose, values."""
    own = _context(spec)
    if own:
        yield ("spec", "securityContext"), "the pod", own
    for path, container in _containers(spec):
        own = _context(container)
        if own:
            yield (*path, "securityContext"), _named(container), own


def _named(container: _Spec) -> str:
    return f"container {container.get('name') or ''}".rstrip()


def _named_all(containers: Sequence[tuple[_Path, _Spec]]) -> str:
    names = ", ".join(str(container.get("name") or "") for _, container in containers)
    return f"container{'s' * (len(containers) > 1)} {names}"


def _is_windows(spec: _Spec) -> bool:
    return (spec.get("os") or _NONE).get("name") == "windows"


def _in_user_namespace(spec: _Spec, minor: int) -> bool:
    """Whether the pod's root is nobody on the node; the standard looks at it from 1.35 on."""
    return minor >= 35 and spec.get("hostUsers") is False


# --- baseline ---------------------------------------------------------------------------------------------------------

_APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_PROFILES = ("RuntimeDefault", "Localhost")


def _app_armor(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for path, whose, context in _contexts(spec):
        profile = context.get("appArmorProfile")
        if profile is not None and profile.get("type") not in _PROFILES:
            yield (
                (*path, "appArmorProfile", "type"),
                f"{whose} has the AppArmor profile {profile.get('type') or '(none)'}",
                "write RuntimeDefault, or Localhost with a profile of the node",
            )
    for key, value in (metadata.get("annotations") or _NONE).items():
        if (
            key.startswith(_APP_ARMOR)
            and value
            and value != "runtime/default"
            and not str(value).startswith("localhost/")
        ):
            yield (
                ("metadata", "annotations", key),
                f"container {key[len(_APP_ARMOR) :]} has the AppArmor profile {value}",
                "write runtime/default, or use securityContext.appArmorProfile",
            )


_DEFAULT_CAPABILITIES = frozenset(
    (
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    )
)  # fmt: skip
_NEARLY_ROOT = {
    "ALL": "all there are",
    "SYS_ADMIN": "which is nearly root on the node",
    "SYS_MODULE": "which loads modules into the node's kernel",
    "SYS_PTRACE": "which reads the memory of other processes",
    "SYS_RAWIO": "which reads and writes the node's memory and devices",
    "DAC_READ_SEARCH": "which reads files of the node past their permissions",
    "BPF": "which loads programs into the node's kernel",
    "NET_ADMIN": "which changes routes and firewalls",
    "NET_RAW": "which forges packets of other pods",
}


def _added(container: _Spec) -> Sequence[Any]:
    return (_context(container).get("capabilities") or _NONE).get("add") or ()


def _capabilities_added(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for path, container in _containers(spec):
        for index, name in enumerate(_added(container)):
            if name not in _DEFAULT_CAPABILITIES:
                why = f", {_NEARLY_ROOT[name]}" if name in _NEARLY_ROOT else ""
                help = f"write {name[4:]}: names have no CAP_ in front" if str(name).startswith("CAP_") else "remove it"
                yield (
                    (*path, "securityContext", "capabilities", "add", index),
                    f"{_named(container)} adds the capability {name}{why}",
                    help,
                )


def _host_namespaces(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for field, what in (
        ("hostNetwork", "the network of its node, with every port that listens on localhost there"),
        ("hostPID", "the processes of its node, with their environment and files"),
        ("hostIPC", "the shared memory of its node"),
    ):
        if spec.get(field) is True:
            yield ("spec", field), f"the pod sees {what}", f"remove {field}"


def _host_path(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for index, volume in enumerate(spec.get("volumes") or ()):
        source = volume.get("hostPath") if volume else None
        if source is not None:
            yield (
                ("spec", "volumes", index, "hostPath"),
                f"volume {volume.get('name', '')} is a path of the node ({source.get('path', '')})",
                "use emptyDir, a claim, a ConfigMap or a Secret",
            )


def _host_ports(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for path, container in _containers(spec):
        for index, port in enumerate(container.get("ports") or ()):
            if port and port.get("hostPort"):
                yield (
                    (*path, "ports", index, "hostPort"),
                    f"{_named(container)} listens on port {port['hostPort']} of its node",
                    "remove hostPort, and reach the pod through a Service",
                )


def _probe_host(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 34:
        return
    for path, container in _containers(spec):
        lifecycle = container.get("lifecycle") or _NONE
        for way, handler in (
            *(((name,), container.get(name)) for name in ("livenessProbe", "readinessProbe", "startupProbe")),
            *((("lifecycle", name), lifecycle.get(name)) for name in ("postStart", "preStop")),
        ):
            for kind in ("httpGet", "tcpSocket"):
                host = ((handler or _NONE).get(kind) or _NONE).get("host")
                if host:
                    yield (
                        (*path, *way, kind, "host"),
                        f"the kubelet is sent to {host} by {_named(container)}",
                        "remove host: the pod's own address is meant; a name for virtual hosts goes into httpHeaders",
                    )


def _privileged(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for path, container in _containers(spec):
        if _context(container).get("privileged") is True:
            yield (
                (*path, "securityContext", "privileged"),
                f"{_named(container)} is privileged, which is root on the node with all its devices",
                "remove privileged, and add the one capability or device that is needed",
            )


def _proc_mounts(spec: _Spec) -> _Told:
    for path, container in _containers(spec):
        mount = _context(container).get("procMount")
        if mount is not None and mount != "Default":
            yield (
                (*path, "securityContext", "procMount"),
                f"{_named(container)} sees /proc with procMount {mount}",
                "remove procMount",
            )


def _proc_mount(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    return iter(()) if _in_user_namespace(spec, minor) else _proc_mounts(spec)


def _se_linux(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    allowed = ["", "container_t", "container_init_t", "container_kvm_t"]
    if minor >= 31:
        allowed.append("container_engine_t")
    for path, whose, context in _contexts(spec):
        options = context.get("seLinuxOptions") or _NONE
        if (options.get("type") or "") not in allowed:
            yield (
                (*path, "seLinuxOptions", "type"),
                f"{whose} has the SELinux type {options['type']}",
                f"write {one_of(allowed[1:])}, or remove it",
            )
        for field in ("user", "role"):
            if options.get(field):
                yield (
                    (*path, "seLinuxOptions", field),
                    f"{whose} sets the SELinux {field} {options[field]}",
                    f"remove {field}",
                )


def _seccomp_unconfined(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 19:
        annotations = metadata.get("annotations") or _NONE
        keys = [_SECCOMP_POD, *(_SECCOMP_CONTAINER + str(c.get("name")) for _, c in _containers(spec))]
        for key in dict.fromkeys(keys):
            value = annotations.get(key)
            if (
                key in annotations
                and value not in ("runtime/default", "docker/default")
                and not str(value).startswith("localhost/")
            ):
                yield (
                    ("metadata", "annotations", key),
                    f"the seccomp profile is {value or '(none)'}",
                    "write runtime/default",
                )
        return
    for path, whose, context in _contexts(spec):
        profile = context.get("seccompProfile")
        if profile is not None and profile.get("type") not in _PROFILES:
            yield (
                (*path, "seccompProfile", "type"),
                f"{whose} has the seccomp profile {profile.get('type') or '(none)'}: no system call is kept from it",
                "write RuntimeDefault, or Localhost with a profile of the node",
            )


_SAFE_SYSCTLS = (
    (0, "kernel.shm_rmid_forced"),
    (0, "net.ipv4.ip_local_port_range"),
    (0, "net.ipv4.tcp_syncookies"),
    (0, "net.ipv4.ping_group_range"),
    (0, "net.ipv4.ip_unprivileged_port_start"),
    (27, "net.ipv4.ip_local_reserved_ports"),
    (29, "net.ipv4.tcp_keepalive_time"),
    (29, "net.ipv4.tcp_fin_timeout"),
    (29, "net.ipv4.tcp_keepalive_intvl"),
    (29, "net.ipv4.tcp_keepalive_probes"),
    (32, "net.ipv4.tcp_rmem"),
    (32, "net.ipv4.tcp_wmem"),
    (37, "net.ipv4.tcp_slow_start_after_idle"),
    (37, "net.ipv4.tcp_notsent_lowat"),
)


def _sysctls(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    sysctls = _context(spec).get("sysctls")
    if not sysctls:
        return
    safe = {name for since, name in _SAFE_SYSCTLS if since <= minor}
    for index, sysctl in enumerate(sysctls):
        name = (sysctl or _NONE).get("name") or ""
        if name not in safe:
            yield (
                ("spec", "securityContext", "sysctls", index, "name"),
                f"the sysctl {name} is not among the safe ones",
                "remove it, or set it on the nodes",
            )


def _host_process(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for path, whose, context in _contexts(spec):
        if (context.get("windowsOptions") or _NONE).get("hostProcess") is True:
            yield (
                (*path, "windowsOptions", "hostProcess"),
                f"{whose} runs as a process of its Windows node",
                "remove hostProcess",
            )


# --- restricted -------------------------------------------------------------------------------------------------------


def _privilege_escalation(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 8 or (minor >= 25 and _is_windows(spec)):
        return
    for path, container in _containers(spec):
        allowed = _context(container).get("allowPrivilegeEscalation")
        if allowed is not False:
            yield (
                (*path, "securityContext", "allowPrivilegeEscalation"),
                f"{_named(container)} may gain privileges by programs such as sudo",
                "write securityContext.allowPrivilegeEscalation: false",
            )


def _capabilities_kept(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 22 or (minor >= 25 and _is_windows(spec)):
        return
    for path, container in _containers(spec):
        capabilities = _context(container).get("capabilities") or _NONE
        if "ALL" not in (capabilities.get("drop") or ()):
            yield (
                (*path, "securityContext", "capabilities", "drop"),
                f"{_named(container)} keeps the default capabilities, NET_RAW and the change of owners among them",
                'write securityContext.capabilities.drop: ["ALL"], and add NET_BIND_SERVICE if it is needed',
            )
        for index, name in enumerate(capabilities.get("add") or ()):
            if name in _DEFAULT_CAPABILITIES and name != "NET_BIND_SERVICE":
                yield (
                    (*path, "securityContext", "capabilities", "add", index),
                    f"{_named(container)} adds the capability {name}",
                    "remove it; only NET_BIND_SERVICE may be added",
                )


def _proc_mount_in_user_namespace(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    return _proc_mounts(spec) if _in_user_namespace(spec, minor) else iter(())


_VOLUMES = (
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
)  # fmt: skip


def _volume_types(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    for index, volume in enumerate(spec.get("volumes") or ()):
        if not volume or volume.get("hostPath") is not None or any(volume.get(kind) is not None for kind in _VOLUMES):
            continue
        kind = next((name for name, source in volume.items() if name != "name" and source is not None), "")
        if kind:  # without a source it is an emptyDir
            yield (
                ("spec", "volumes", index, kind),
                f"volume {volume.get('name', '')} is of type {kind}, which reaches storage past claims",
                "mount a PersistentVolumeClaim",
            )


def _root_allowed(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if _in_user_namespace(spec, minor):
        return
    help = "write runAsNonRoot: true, and give the image a user that is a number"
    of_pod = _context(spec).get("runAsNonRoot")
    if of_pod is False:
        yield ("spec", "securityContext", "runAsNonRoot"), "the pod may run as root", help
    open_, count = [], 0
    for path, container in _containers(spec):
        count += 1
        own = _context(container).get("runAsNonRoot")
        if own is False:
            yield (*path, "securityContext", "runAsNonRoot"), f"{_named(container)} may run as root", help
        elif own is None and of_pod is None:
            open_.append((path, container))
    each = tuple(
        ((*path, "securityContext", "runAsNonRoot"), f"{_named(one)} may run as root: runAsNonRoot is not set", help)
        for path, one in open_
    )
    if len(each) != count:
        yield from each
    elif each:
        message = f"{_named_all(open_)} may run as root: runAsNonRoot is not set"
        yield ("spec", "securityContext", "runAsNonRoot"), _OfAll(message, each), help


def _root_user(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 23 or _in_user_namespace(spec, minor):
        return
    for path, whose, context in _contexts(spec):
        user = context.get("runAsUser")
        if user == 0 and user is not False:
            yield (
                (*path, "runAsUser"),
                f"{whose} runs as root (runAsUser 0)",
                "write another number, or remove runAsUser",
            )


def _seccomp_missing(spec: _Spec, metadata: _Spec, minor: int) -> _Told:
    if minor < 19 or (minor >= 25 and _is_windows(spec)) or _context(spec).get("seccompProfile") is not None:
        return
    help = "write securityContext.seccompProfile.type: RuntimeDefault"
    open_, count = [], 0
    for path, container in _containers(spec):
        count += 1
        if _context(container).get("seccompProfile") is None:
            open_.append((path, container))
    each = tuple(
        (
            (*path, "securityContext", "seccompProfile"),
            f"{_named(one)} may make any system call: no seccompProfile is set",
            help,
        )
        for path, one in open_
    )
    if len(each) != count:
        yield from each
    elif each:
        message = f"{_named_all(open_)} may make any system call: no seccompProfile is set"
        yield ("spec", "securityContext", "seccompProfile"), _OfAll(message, each), help


CONTROLS: dict[str, tuple[str, _Check]] = {
    "pod-security-app-armor": (BASELINE, _app_armor),
    "pod-security-capabilities-added": (BASELINE, _capabilities_added),
    "pod-security-host-namespaces": (BASELINE, _host_namespaces),
    "pod-security-host-path": (BASELINE, _host_path),
    "pod-security-host-ports": (BASELINE, _host_ports),
    "pod-security-probe-host": (BASELINE, _probe_host),
    "pod-security-privileged": (BASELINE, _privileged),
    "pod-security-proc-mount": (BASELINE, _proc_mount),
    "pod-security-se-linux": (BASELINE, _se_linux),
    "pod-security-seccomp-unconfined": (BASELINE, _seccomp_unconfined),
    "pod-security-sysctls": (BASELINE, _sysctls),
    "pod-security-host-process": (BASELINE, _host_process),
    "pod-security-privilege-escalation": (RESTRICTED, _privilege_escalation),
    "pod-security-capabilities-kept": (RESTRICTED, _capabilities_kept),
    "pod-security-proc-mount-in-user-namespace": (RESTRICTED, _proc_mount_in_user_namespace),
    "pod-security-volume-types": (RESTRICTED, _volume_types),
    "pod-security-root-allowed": (RESTRICTED, _root_allowed),
    "pod-security-root-user": (RESTRICTED, _root_user),
    "pod-security-seccomp-missing": (RESTRICTED, _seccomp_missing),
}
"""The name of the rule -> the level from which on the control holds, and how it is checked."""

_TAKEN_OVER = frozenset(("pod-security-capabilities-added", "pod-security-seccomp-unconfined"))
"""Baseline controls whose restricted twin spares Windows pods, and stands in their place at restricted."""
_READ_METADATA = frozenset(("pod-security-app-armor", "pod-security-seccomp-unconfined"))
