"""A Job in a namespace that puts a proxy into every pod, which does not end with the work.

In a namespace labelled `istio-injection: enabled` each new pod gets a proxy beside its containers. Unless the mesh
injects it as a native sidecar, it goes on when the work has ended, and the Job never completes.

The agent that `vault.hashicorp.com/agent-inject` asks for and the proxies of Linkerd and Consul do the same.

Label the pod template `sidecar.istio.io/inject: "false"`, or have the mesh inject native sidecars.

See https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, CronJob, Findings, Job, rule

_INJECT = "sidecar.istio.io/inject"

_OTHERS = (
    ("vault.hashicorp.com/agent-inject", "true", "vault.hashicorp.com/agent-pre-populate-only", "true"),
    ("linkerd.io/inject", "enabled", "config.alpha.linkerd.io/proxy-enable-native-sidecar", "true"),
    ("linkerd.io/inject", "enabled", "config.beta.linkerd.io/proxy-enable-native-sidecar", "true"),
    ("consul.hashicorp.com/connect-inject", "true", "", ""),
)
"""(annotation of pods, its value, the one with which what is injected ends with the work, its value)."""


@rule(Category.ADVICE)
def check(workload: Job | CronJob, cluster: Cluster) -> Findings:
    """The label on the pods, or the one on the Namespace of the set and nothing on the pods that says otherwise."""
    for field in ("labels", "annotations"):
        asked = workload.pod.metadata[field][_INJECT]
        if asked.value == "true":
            yield asked.found(
                f"the mesh puts a proxy into the pods of this {workload.kind}, which may not end with the work",
                consequence="the pod stays Running after the work has ended, and the Job stays active",
                help='write "false", or have the mesh inject native sidecars',
            )
            return
    yield from _asked_in_annotation(workload)
    namespace = cluster.get("", "Namespace", "", workload.namespace or "default")
    if namespace is None or namespace.labels.get("istio-injection") != "enabled":
        return
    metadata = workload.pod.metadata
    if any(_INJECT in metadata[field].mapping() for field in ("labels", "annotations")):
        return
    yield workload.pod.found(
        f"the namespace {namespace.name} puts a proxy into the pods of this {workload.kind}, which may "
        "not end with the work",
        key=True,
        consequence="the pod stays Running after the work has ended, and the Job stays active",
        help=f'label the pod template {_INJECT}: "false", or have the mesh inject native sidecars',
        related=(("the namespace", namespace["metadata"]["labels"]),),
    )


def _asked_in_annotation(workload: Job | CronJob) -> Findings:
    """The first annotation of the pods that asks for a container which goes on, and nothing beside it that ends it."""
    annotations = workload.pod.metadata["annotations"]
    written = annotations.mapping()
    for key, value, _, _ in _OTHERS:
        ends = any(one == key and written.get(other) == right for one, _, other, right in _OTHERS if other)
        if written.get(key) == value and not ends:
            other, right = next((other, right) for one, _, other, right in _OTHERS if one == key)
            yield annotations[key].found(
                f"{key} puts a container into the pods of this {workload.kind}, which may not end with the work",
                consequence="the pod stays Running after the work has ended, and the Job stays active",
                help=f'write {other}: "{right}", or do without it' if other else "do without it in Jobs",
            )
            return
