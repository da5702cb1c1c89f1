"""A pod that its Namespace refuses by its Pod Security label.

The Namespace of the set carries `pod-security.kubernetes.io/enforce`. The API server refuses a Pod that violates
the level; a Deployment or Job is taken, and then makes no pods: its events say FailedCreate with `violates
PodSecurity`.

Change the pod as the finding says, or move it to a namespace whose level fits. Only an exemption in the API
server's own configuration (by user, RuntimeClass or namespace) would let the pod in all the same.

See https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, Pod, Workload, is_transformed, rule
from kubetrial.lint.values.records import replace


@rule(Category.RISKY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Hold the pods of a workload against the `enforce` label of its Namespace in the set."""
    if not workload.namespace:
        return
    variants = cluster.named("", "Namespace", workload.namespace)
    asked = {pod_security.asked_of(variant.labels, "enforce", cluster.minor) for variant in variants}
    if len(asked) != 1 or cluster.is_rewritten(workload) or is_transformed(cluster, *variants):
        return  # no Namespace, several that differ, or something else reaches the cluster
    namespace, (level, minor) = variants[0], asked.pop()
    if level == "privileged":
        return
    pod = workload.pod
    if isinstance(workload, Pod):
        consequence = f"the API server refuses the pod in the namespace {workload.namespace}"
    else:
        consequence = f"no pod is made in the namespace {workload.namespace}: FailedCreate, violates PodSecurity"
    label = namespace.at("metadata", "labels", "pod-security.kubernetes.io/enforce")
    for violation in pod_security.violations(pod.mapping(), pod.metadata.mapping(), level, minor):
        found = pod_security.told(pod, violation, consequence)
        yield replace(found, related=((f"the Namespace enforces {level} of 1.{minor}", label),))
