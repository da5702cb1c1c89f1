"""A pod with a RuntimeClass that does not exist.

Pods with an unknown RuntimeClass are refused: "pod rejected: RuntimeClass not found". Only the events FailedCreate of
the workload show it.

Classes often exist beside the manifests, so only a name that is nearly the one of a class in them is a finding; in a
closed world (`--closed-world`) every name that is not there. Write the name of a RuntimeClass.

See https://kubernetes.io/docs/concepts/containers/runtime-class/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, PodSpec, resolve, rule, unresolved


@rule(Category.RISKY, needs=("runtimeClassName",))
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """A class that is not in the set, where one of nearly that name is or nothing else exists."""
    name, owner = pod.value.get("runtimeClassName") if pod.value else None, pod.root
    if not name or not isinstance(owner, Object):
        return
    reference = resolve(cluster, owner, "node.k8s.io", "RuntimeClass", name)
    if reference.slips or (cluster.closed_world and reference.fails):
        consequence = "every pod is refused: FailedCreate, RuntimeClass not found"
        yield unresolved(pod["runtimeClassName"], reference, "RuntimeClass", name, consequence)
