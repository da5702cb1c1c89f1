"""An etcd of the control plane takes clients or peers without certificates.

Who reads etcd has all Secrets, and who writes it is above RBAC. The rule holds the flags of static pods, and of
`etcd.local.extraArgs` in the ConfigMap of kubeadm's ClusterConfiguration, against what the CIS benchmark asks.

Change the flag as the finding says.

See https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Configuration, Findings, Pod, Workload, rule
from kubetrial.lint.objects.control_plane import Demand, judge

_DEMANDS = (
    Demand("cert-file", "set", "", "clients speak to it in clear text"),
    Demand("key-file", "set", "", "clients speak to it in clear text"),
    Demand("client-cert-auth", "be", "true", "clients need no certificate"),
    Demand("auto-tls", "not-be", "true", "clients cannot verify its certificate", "with --cert-file and --key-file"),
    Demand("peer-cert-file", "set", "", "its members speak to each other in clear text"),
    Demand("peer-key-file", "set", "", "its members speak to each other in clear text"),
    Demand("peer-client-cert-auth", "be", "true", "anybody may join as a member"),
    Demand("peer-auto-tls", "not-be", "true", "members cannot verify each other"),
)


@rule(Category.SECURITY)
def check(obj: Workload | ConfigMap | Configuration) -> Findings:
    """Hold the flags against the table, in the namespace of the control plane."""
    if not isinstance(obj, Workload) or (isinstance(obj, Pod) and obj.namespace == "kube-system"):
        yield from judge(obj, "etcd", "etcd", _DEMANDS)
