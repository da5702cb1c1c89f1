"""A kube-controller-manager runs with an unsafe flag, or without one that protects it.

Its controllers make pods, tokens and certificates. The rule holds the flags of static pods, and of
`controllerManager.extraArgs` in the ConfigMap of kubeadm's ClusterConfiguration, against what the CIS benchmark
asks.

Change the flag as the finding says.

See https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Configuration, Findings, Workload, rule
from kubetrial.lint.objects.control_plane import Demand, judge

_DEMANDS = (
    Demand("terminated-pod-gc-threshold", "set", "", "12500 dead pods are kept before they are cleaned up"),
    Demand("terminated-pod-gc-threshold", "not-be", "0", "dead pods are never cleaned up"),
    Demand("profiling", "be", "false", "the program's inner state can be read"),
    Demand("use-service-account-credentials", "be", "true", "each controller has the permissions of all"),
    Demand("service-account-private-key-file", "set", "", "ServiceAccounts get no tokens"),
    Demand("root-ca-file", "set", "", "pods cannot verify the API server"),
    Demand(
        "feature-gates", "not-hold", "RotateKubeletServerCertificate=false", "certificates of kubelets are not renewed"
    ),
    Demand("bind-address", "be", "127.0.0.1", "the port is open on all addresses"),
)


@rule(Category.SECURITY)
def check(obj: Workload | ConfigMap | Configuration) -> Findings:
    """Hold the flags against the table."""
    yield from judge(obj, "kube-controller-manager", "controllerManager", _DEMANDS)
