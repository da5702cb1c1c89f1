"""A kubelet is configured to let in whom it does not know, or lacks a protection.

The kubelet's port runs commands in every container of its node. The rule holds the flags of kubelets in pods, and
the KubeletConfiguration in a ConfigMap of kube-system, against what the CIS benchmark asks: no anonymous requests,
the API server as authorizer, a client CA, no read-only port, certificates that are renewed.

Change the field as the finding says.

See https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.control_plane import WEAK_CIPHERS, Demand, configurations, judge
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import ConfigMap, Workload
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule

_DEMANDS = (
    Demand("anonymous-auth", "be", "false", "everybody who reaches the port is let in"),
    Demand("authorization-mode", "be", "Webhook", "everybody may run commands in all containers"),
    Demand("client-ca-file", "set", "", "the API server is not recognised by its certificate"),
    Demand("read-only-port", "not-hold", "10255", "pods and metrics are shown to everybody"),
    Demand("streaming-connection-idle-timeout", "not-be", "0", "idle connections stay open for ever"),
    Demand("protect-kernel-defaults", "not-be", "false", "settings of the kernel are changed at start"),
    Demand("make-iptables-util-chains", "not-be", "false", "rules that protect the node are missing"),
    Demand("hostname-override", "unset", "", "the node's name does not fit its certificate"),
    Demand("event-qps", "not-be", "0", "a flood of events is not held back"),
    Demand("rotate-certificates", "not-be", "false", "the client certificate runs out"),
    Demand("tls-cipher-suites", "not-hold", WEAK_CIPHERS, "weak ciphers are taken"),
)
_BAD = (
    (("authentication", "anonymous", "enabled"), (True,), "everybody who reaches the port is let in", "write false"),
    (("authentication", "webhook", "enabled"), (False,), "tokens are not checked with the API server", "write true"),
    (("authorization", "mode"), ("AlwaysAllow",), "everybody may run commands in all containers", "write Webhook"),
    (("makeIPTablesUtilChains",), (False,), "rules that protect the node are missing", "write true"),
    (("rotateCertificates",), (False,), "the client certificate runs out", "write true"),
    (("serverTLSBootstrap",), (False,), "the serving certificate is its own, which nobody can verify", "write true"),
    (("protectKernelDefaults",), (False,), "settings of the kernel are changed at start", "write true"),
    (("streamingConnectionIdleTimeout",), ("0", "0s"), "idle connections stay open for ever", "write 4h or less"),
    (("eventRecordQPS",), (0,), "a flood of events is not held back", "write 5 or more"),
)


@rule(Category.SECURITY)
def check(obj: Workload | ConfigMap) -> Findings:
    """Find unsafe fields of KubeletConfiguration in ConfigMaps of kube-system, and unsafe flags."""
    yield from judge(obj, "kubelet", "kubelet", _DEMANDS)
    for value, text in configurations(obj, "KubeletConfiguration"):
        for path, bad, why, help in _BAD:
            node: Any = value
            for key in path:
                node = node.get(key) if isinstance(node, dict) else None
            if any(node.__class__ is b.__class__ and node == b for b in bad):
                yield text.found(f"{'.'.join(path)} is {str(node).lower()}: {why}", help=help, key=True)
        if value.get("readOnlyPort"):
            yield text.found(
                f"readOnlyPort {value['readOnlyPort']} shows pods and metrics to everybody", help="write 0", key=True
            )
        weak = [cipher for cipher in value.get("tlsCipherSuites") or () if cipher in WEAK_CIPHERS.split(",")]
        if weak:
            yield text.found(f"weak ciphers are taken: {', '.join(weak)}", help="remove them", key=True)
        authentication = value.get("authentication") or {}
        if not (authentication.get("x509") or {}).get("clientCAFile"):
            yield text.found(
                "the API server is not recognised by its certificate",
                help="set authentication.x509.clientCAFile",
                key=True,
            )
