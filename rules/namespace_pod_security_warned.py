"""A pod that its Namespace warns of by its Pod Security labels.

The labels `pod-security.kubernetes.io/warn` and `audit` refuse nothing: kubectl prints a warning, and the audit log
notes the pod. They announce the level that the namespace is to enforce one day, and from then on the pod is
refused.

Change the pod as the finding says before the level is enforced.

See https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from __future__ import annotations

from kubetrial.lint.api import pod_security
from kubetrial.lint.authoring import Category, Cluster, Findings, Workload, rule
from kubetrial.lint.values.records import replace


@rule(Category.SECURITY)
def check(workload: Workload, cluster: Cluster) -> Findings:
    """Hold the pods of a workload against the `warn` and `audit` labels of its Namespace, beyond what it enforces."""
    if not workload.namespace:
        return
    namespace = cluster.get("", "Namespace", "", workload.namespace)
    if namespace is None:
        return
    pod = workload.pod
    spec, metadata = pod.mapping(), pod.metadata.mapping()
    level, minor = pod_security.asked_of(namespace.labels, "enforce", cluster.minor)
    said = {v.path for v in pod_security.violations(spec, metadata, level, minor)}
    for mode, what in (("warn", "kubectl prints a warning"), ("audit", "the audit log notes it")):
        level, minor = pod_security.asked_of(namespace.labels, mode, cluster.minor)
        label = namespace.at("metadata", "labels", "pod-security.kubernetes.io/" + mode)
        for violation in pod_security.violations(spec, metadata, level, minor):
            if violation.path not in said:
                said.add(violation.path)
                found = pod_security.told(pod, violation, f"{what}, and once the level is enforced the pod is refused")
                yield replace(found, related=((f"the Namespace has {mode} {level}", label),))
