"""Flags of the parts of the control plane, as static pods and kubeadm's configuration show them.

The demands are tables in the rules, one line a flag, in the spirit of the CIS benchmark; this module reads flags and
holds them against a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubetrial.lint import source
from kubetrial.lint.kinds import ConfigMap, Container, Object, Workload
from kubetrial.lint.node import Findings, Node


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


_Flags = Mapping[str, tuple[str, Node]]


def judge(obj: Object, program: str, part: str, demands: Sequence[Demand]) -> Findings:
    """The findings for a program's flags: in containers that run it, and in the ConfigMap of kubeadm's ClusterConfiguration.

    `part` is the field of ClusterConfiguration; there only what is written is judged, since kubeadm fills in the rest.
    """
    if isinstance(obj, Workload):
        for container in obj.pod.containers():
            if _runs(container, program):
                yield from _against(dict(_of_container(container)), demands, container["command"], program)
        return
    for value, node in configurations(obj, "ClusterConfiguration"):
        holder = (value.get("etcd") or {}).get("local") if part == "etcd" else value.get(part)
        extra = (holder or {}).get("extraArgs")
        yield from _against({flag: (text, node) for flag, text in _of_kubeadm(extra)}, demands, None, program)


def configurations(obj: Object, kind: str) -> Iterator[tuple[dict[str, Any], Node]]:
    """The configuration files of a kind in the texts of a ConfigMap of kube-system, with the place of the text."""
    if not isinstance(obj, ConfigMap) or obj.namespace != "kube-system":
        return
    for text in obj["data"].fields():
        if text.value.__class__ is str and f"kind: {kind}" in text.value:
            for document in source.read("", text.value).documents:
                if document.value.__class__ is dict and document.value.get("kind") == kind:
                    yield document.value, text


def _runs(container: Container, program: str) -> bool:
    words = container.get("command") or container.get("args") or [""]
    first = str(words[0])
    return not first.startswith("-") and first.rpartition("/")[2] == program


def _of_container(container: Container) -> Iterator[tuple[str, tuple[str, Node]]]:
    for field in ("command", "args"):
        for item in container[field].items():
            text = str(item.value)
            if text.startswith("--"):
                flag, equals, value = text[2:].partition("=")
                yield flag, (value if equals else "true", item)


def _of_kubeadm(extra: Any) -> Iterator[tuple[str, str]]:
    """Of either form: a mapping (v1beta3), or a list of name and value (v1beta4)."""
    if extra.__class__ is dict:
        yield from ((str(flag), str(value)) for flag, value in extra.items())
    elif extra.__class__ is list:
        yield from ((str(item.get("name")), str(item.get("value"))) for item in extra if item.__class__ is dict)


def _against(flags: _Flags, demands: Sequence[Demand], command: Node | None, program: str) -> Findings:
    for demand in demands:
        value, node = flags.get(demand.flag, (None, None))
        if _is_met(demand, value):
            continue
        if node is not None:
            message = f"--{demand.flag}={value} of {program}: {demand.why}"
            yield node.found(message, help=_help(demand), key=isinstance(node.key, str))
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
    return value.isdecimal() and int(value) >= int(wanted)


def _help(demand: Demand) -> str:
    return {
        "be": f"write --{demand.flag}={demand.value}",
        "set": f"set --{demand.flag}",
        "unset": f"remove --{demand.flag}",
        "hold": f"add {demand.value}",
        "not-hold": "remove it",
        "not-be": f"write another value than {demand.value}",
        "least": f"write {demand.value} or more",
    }[demand.must]


WEAK_CIPHERS = (
    "TLS_RSA_WITH_RC4_128_SHA,TLS_RSA_WITH_3DES_EDE_CBC_SHA,TLS_RSA_WITH_AES_128_CBC_SHA,TLS_RSA_WITH_AES_256_CBC_SHA,"
    "TLS_RSA_WITH_AES_128_CBC_SHA256,TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_RSA_WITH_AES_256_GCM_SHA384,"
    "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_RC4_128_SHA,TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"
)
"""Cipher suites that Go calls insecure."""
