"""A kube-scheduler shows its inner state, or listens on all addresses.

Profiles and metrics tell much of the cluster, and the port is to be reached from its own node only. The rule holds
the flags of static pods, and of `scheduler.extraArgs` in the ConfigMap of kubeadm's ClusterConfiguration, against
what the CIS benchmark asks.

Write `--profiling=false` and `--bind-address=127.0.0.1`.

See https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, ConfigMap, Configuration, Findings, Workload, rule
from kubetrial.lint.objects.control_plane import Demand, judge

_DEMANDS = (
    Demand("profiling", "be", "false", "the program's inner state can be read"),
    Demand("bind-address", "be", "127.0.0.1", "the port is open on all addresses"),
)


@rule(Category.SECURITY)
def check(obj: Workload | ConfigMap | Configuration) -> Findings:
    """Hold the flags against the table."""
    yield from judge(obj, "kube-scheduler", "scheduler", _DEMANDS)
