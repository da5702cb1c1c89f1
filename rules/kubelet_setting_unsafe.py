"""A kubelet is configured to let in whom it does not know, or lacks a protection.

The kubelet's port runs commands in every container of its node. The rule holds the flags of kubelets in pods, and
KubeletConfigurations (in a file, or in a ConfigMap of kube-system), against what the CIS benchmark asks: no anonymous
requests, the API server as authorizer, a client CA, no read-only port, certificates that are renewed.

Change the field as the finding says.

See https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, ConfigMap, Configuration, Findings, Workload, rule
from kubetrial.lint.objects.control_plane import WEAK_CIPHERS, Demand, configurations, judge, place

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
def check(obj: Workload | ConfigMap | Configuration) -> Findings:
    """Find unsafe fields of KubeletConfiguration, in a file or a ConfigMap of kube-system, and unsafe flags."""
    yield from judge(obj, "kubelet", "kubelet", _DEMANDS)
    for value, text in configurations(obj, "KubeletConfiguration"):
        in_map = isinstance(obj, ConfigMap)
        for path, bad, why, help in _BAD:
            found: Any = value
            for key in path:
                found = found.get(key) if isinstance(found, dict) else None
            if any(found.__class__ is b.__class__ and found == b for b in bad):
                message = f"{'.'.join(path)} is {str(found).lower() if isinstance(found, bool) else found}: {why}"
                yield place(text, *path).found(message, help=help, key=in_map)
        if value.get("readOnlyPort"):
            message = f"readOnlyPort {value['readOnlyPort']} shows pods and metrics to everybody"
            yield place(text, "readOnlyPort").found(message, help="write 0", key=in_map)
        suites = value.get("tlsCipherSuites")
        weak = [c for c in (suites if isinstance(suites, list) else ()) if c in WEAK_CIPHERS.split(",")]
        if weak:
            message = f"weak ciphers are taken: {', '.join(weak)}"
            yield place(text, "tlsCipherSuites").found(message, help="remove them", key=True)
        authentication = value.get("authentication")
        x509 = authentication.get("x509") if isinstance(authentication, dict) else None
        if in_map and not (
            isinstance(x509, dict) and x509.get("clientCAFile")
        ):  # kubeadm fills it in where it is a file
            message = "the API server is not recognised by its certificate"
            yield text.found(message, help="set authentication.x509.clientCAFile", key=True)
