"""Flags of the parts of the control plane, as static pods and kubeadm's configuration show them.

The demands are tables in the rules, one line a flag, in the spirit of the CIS benchmark; this module reads flags and
holds them against a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.objects.views import ConfigMap, Configuration, Container, Object, Workload
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.node import Findings, Node


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of one flag.

    `must` is one of: `be` (the value), `set`, `unset`, `hold` (one of the words of the value), `not-hold`, `least` (a number),
    and `not-be` (the value, where unset is fine). `why` says what happens otherwise.
    """

    flag: str
    must: str
    value: str
    why: str
    also: str = ""  # what to write beside it


_Flags = Mapping[str, tuple[str, Node]]


def judge(obj: Object, program: str, part: str, demands: Sequence[Demand]) -> Findings:
    """The findings for a program's flags: in containers that run it, and in kubeadm's configuration.

    `part` is the field of ClusterConfiguration; there only what is written is judged, since kubeadm fills in the rest.
    """
    if isinstance(obj, Workload):
        for container in obj.pod.containers():
            if _runs(container, program):
                yield from _against(dict(_of_container(container)), demands, container["command"], program)
        return
    for value, node in configurations(obj, "ClusterConfiguration"):
        steps = ("etcd", "local", "extraArgs") if part == "etcd" else (part, "extraArgs")
        yield from _against(dict(_of_kubeadm(value, node, steps)), demands, None, program)
    for kind in ("InitConfiguration", "JoinConfiguration") if part == "kubelet" else ():
        for value, node in configurations(obj, kind):
            steps = ("nodeRegistration", "kubeletExtraArgs")
            yield from _against(dict(_of_kubeadm(value, node, steps)), demands, None, program)


def configurations(obj: Object, kind: str) -> Iterator[tuple[dict[str, Any], Node]]:
    """The configuration files of a kind: the document itself, or in the texts of a ConfigMap of kube-system.

    The node is where findings stand: `place` knows more of a document than of a text.
    """
    if isinstance(obj, Configuration):
        if obj.kind == kind and obj.group in _GROUPS:
            yield obj.value, obj
        return
    if not isinstance(obj, ConfigMap) or obj.namespace != "kube-system":
        return
    for text in obj["data"].fields():
        if text.value.__class__ is str and f"kind: {kind}" in text.value:
            for document in source.read("", text.value).documents:
                if document.value.__class__ is dict and document.value.get("kind") == kind:
                    yield document.value, text


def place(node: Node, *steps: str | int) -> Node:
    """Where a field of a configuration stands: in its document, or (in a ConfigMap) the whole text."""
    return node.at(*steps) if isinstance(node, Configuration) else node


_GROUPS = ("kubeadm.k8s.io", "kubelet.config.k8s.io")


def _runs(container: Container, program: str) -> bool:
    words = container.get("command") or container.get("args") or [""]
    first = str(words[0])
    return not first.startswith("-") and first.rpartition("/")[2] == program


def _of_container(container: Container) -> Iterator[tuple[str, tuple[str, Node]]]:
    """Flags as the programs read them: `--flag=value`, `--flag value`, or `--flag` alone, which is true."""
    items = [item for field in ("command", "args") for item in container[field].items()]
    for item, after in zip(items, [*items[1:], None], strict=True):
        flag, equals, value = str(item.value)[2:].partition("=")
        if str(item.value).startswith("--"):
            behind = str(after.value) if after is not None and flag not in _SWITCHES else "-"
            yield flag, (value if equals else "true" if behind.startswith("-") else behind, item)


_SWITCHES = ("profiling", "anonymous-auth", "auto-tls", "peer-auto-tls", "client-cert-auth", "peer-client-cert-auth")
"""Flags that take a value only behind `=`."""


def _of_kubeadm(value: dict[str, Any], node: Node, steps: Sequence[str]) -> Iterator[tuple[str, tuple[str, Node]]]:
    """The flags at some steps, of either form: a mapping (v1beta3), or a list of name and value (v1beta4)."""
    extra: Any = value
    for step in steps:
        extra = extra.get(step) if extra.__class__ is dict else None
    if extra.__class__ is dict:
        for flag, text in extra.items():
            yield str(flag), (str(text), place(node, *steps, flag))
    elif extra.__class__ is list:
        for index, item in enumerate(extra):
            if item.__class__ is dict:
                yield str(item.get("name")), (str(item.get("value")), place(node, *steps, index, "value"))


def _against(flags: _Flags, demands: Sequence[Demand], command: Node | None, program: str) -> Findings:
    for demand in demands:
        value, node = flags.get(demand.flag, (None, None))
        if _is_met(demand, value):
            continue
        if node is not None:
            message = f"--{demand.flag}={value} of {program}: {demand.why}"
            yield node.found(message, help=_help(demand), key=isinstance(node.root, ConfigMap))
        elif command is not None:
            yield command.found(f"--{demand.flag} of {program} is not set: {demand.why}", help=_help(demand), key=True)


def _is_met(demand: Demand, value: str | None) -> bool:
    must, wanted = demand.must, demand.value
    if must == "be":
        return value == wanted
    if must == "set":
        return bool(value)
    if must == "unset":
        return value is None
    if value is None:
        return must in ("not-be", "not-hold")
    words = value.split(",")
    if must == "hold":
        return wanted in words
    if must == "not-hold":
        return not set(wanted.split(",")) & set(words)
    if must == "not-be":
        return value != wanted
    number = whole(value)
    return number is not None and number >= int(wanted)


def _help(demand: Demand) -> str:
    return {
        "be": f"write --{demand.flag}={demand.value}",
        "set": f"set --{demand.flag}",
        "unset": f"remove --{demand.flag}",
        "hold": f"add {demand.value}",
        "not-hold": "remove it",
        "not-be": f"write {_others(demand)}{f', {demand.also}' if demand.also else ''}",
        "least": f"write {demand.value} or more",
    }[demand.must]


def _others(demand: Demand) -> str:
    """What may stand in place of the one value that may not."""
    opposite = {"true": "false", "false": "true"}.get(demand.value)
    return (
        f"--{demand.flag}={opposite}" if opposite else f"--{demand.flag} with more than {demand.value}, or leave it out"
    )


WEAK_CIPHERS = (
    "TLS_RSA_WITH_RC4_128_SHA,TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_AES_256_CBC_SHA,"
    "TLS_RSA_WITH_AES_128_CBC_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_GCM_SHA384,"
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"
)
"""Cipher suites that Go calls insecure."""
