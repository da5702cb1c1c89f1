"""A Namespace that takes any pod, privileged ones too.

Pod Security is part of every cluster and does nothing for a namespace without the label
`pod-security.kubernetes.io/enforce`: whoever may make a pod there can make one that is root on its node. Policies of
Kyverno, Gatekeeper or Kubewarden, or ValidatingAdmissionPolicies, can do the same work; where some stand in the set,
nothing is said. The namespaces of Kubernetes itself (`kube-system`) are left alone.

Write the label with the level `baseline` or `restricted`, or `privileged` where that is meant.

See https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Namespace, rule

_LABEL = "pod-security.kubernetes.io/enforce"
_ENGINES = ("kyverno.io", "gatekeeper.sh", "kubewarden.io")
"""Ends of the groups whose kinds are policies."""


@rule(Category.SECURITY)
def check(namespace: Namespace, cluster: Cluster) -> Findings:
    """Namespaces without the label, where no other policy of the set can stand in for it."""
    if _LABEL in namespace.labels or namespace.name.startswith("kube-") or cluster.once(_has_policies):
        return
    yield namespace["metadata"]["labels"].found(
        f"the Namespace {namespace.name} takes any pod: it has no label {_LABEL}",
        consequence="whoever may make pods in it can make one that is root on its node",
        help=f"write {_LABEL}: baseline, or the level that its pods need",
        key=True,
    )


def _has_policies(cluster: Cluster) -> bool:
    return any(obj.group.endswith(_ENGINES) or obj.kind == "ValidatingAdmissionPolicy" for obj in cluster.objects)
