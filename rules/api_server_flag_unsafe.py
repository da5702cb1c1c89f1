"""A kube-apiserver runs with a flag that opens it, or without one that protects it.

Who reaches the API server has the cluster. The rule holds the flags of static pods, and of `apiServer.extraArgs` in
kubeadm's ClusterConfiguration, against what the CIS benchmark asks: no anonymous requests, no tokens in files, Node
and RBAC as authorizers, NodeRestriction, verified kubelets and etcd, an audit log, Secrets encrypted at rest, TLS.

Change the flag as the finding says. Flags that Kubernetes no longer has are asked for by nobody here.

See https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Configuration, Findings, Workload, rule
from kubetrial.lint.objects.control_plane import WEAK_CIPHERS, Demand, judge

_DEMANDS = (
    Demand("anonymous-auth", "be", "false", "requests without credentials are let in as system:anonymous"),
    Demand("basic-auth-file", "unset", "", "passwords in a file on the disk of the control plane"),
    Demand("token-auth-file", "unset", "", "tokens in a file, which never expire"),
    Demand("kubelet-https", "not-be", "false", "kubelets are reached in clear text"),
    Demand("kubelet-client-certificate", "set", "", "kubelets cannot tell the API server from others"),
    Demand("kubelet-client-key", "set", "", "kubelets cannot tell the API server from others"),
    Demand("kubelet-certificate-authority", "set", "", "anybody between can pose as a kubelet"),
    Demand("authorization-mode", "not-hold", "AlwaysAllow", "everybody may do everything"),
    Demand("enable-admission-plugins", "not-hold", "AlwaysAdmit", "the plugin lets everything pass"),
    Demand("disable-admission-plugins", "not-hold", "ServiceAccount", "pods get no ServiceAccount"),
    Demand("disable-admission-plugins", "not-hold", "NamespaceLifecycle", "objects are made in namespaces that go"),
    Demand("enable-admission-plugins", "hold", "NodeRestriction", "a node may change other nodes and their pods"),
    Demand(
        "enable-admission-plugins", "hold", "AlwaysPullImages", "pods use images of others without their credentials"
    ),
    Demand("enable-admission-plugins", "hold", "EventRateLimit", "a flood of events fills etcd"),
    Demand("insecure-bind-address", "unset", "", "requests without TLS and without credentials are let in"),
    Demand("insecure-port", "not-hold", "8080,8001,80", "requests without TLS and without credentials are let in"),
    Demand("secure-port", "not-be", "0", "there is no TLS port"),
    Demand("profiling", "be", "false", "the program's inner state can be read"),
    Demand("audit-log-path", "set", "", "nobody can tell who did what"),
    Demand("audit-log-maxage", "least", "30", "traces are gone before they are needed"),
    Demand("audit-log-maxbackup", "least", "10", "traces are gone before they are needed"),
    Demand("audit-log-maxsize", "least", "100", "traces are gone before they are needed"),
    Demand("request-timeout", "not-be", "0", "requests may hang for ever"),
    Demand("service-account-lookup", "not-be", "false", "tokens of deleted ServiceAccounts stay good"),
    Demand("service-account-key-file", "set", "", "tokens are checked by the TLS key"),
    Demand("etcd-certfile", "set", "", "etcd cannot tell the API server from others"),
    Demand("etcd-keyfile", "set", "", "etcd cannot tell the API server from others"),
    Demand("etcd-cafile", "set", "", "anybody between can pose as etcd"),
    Demand("tls-cert-file", "set", "", "the certificate is made up at each start"),
    Demand("tls-private-key-file", "set", "", "the certificate is made up at each start"),
    Demand("encryption-provider-config", "set", "", "Secrets stand in etcd in clear text"),
    Demand("tls-cipher-suites", "not-hold", WEAK_CIPHERS, "weak ciphers are taken"),
)
_WITHOUT_CONFIG = (
    Demand("authorization-mode", "hold", "RBAC", "permissions are not those of roles"),
    Demand("authorization-mode", "hold", "Node", "a kubelet may read all Secrets"),
)


@rule(Category.SECURITY)
def check(obj: Workload | ConfigMap | Configuration) -> Findings:
    """Hold the flags against the table; an authorization configuration in a file stands for its flags."""
    yield from judge(obj, "kube-apiserver", "apiServer", _DEMANDS)
    if isinstance(obj, Workload) and not any(
        str(word).startswith("--authorization-config")
        for container in obj.pod.containers()
        for field in ("command", "args")
        for word in container.get(field, ())
    ):
        yield from judge(obj, "kube-apiserver", "apiServer", _WITHOUT_CONFIG)
