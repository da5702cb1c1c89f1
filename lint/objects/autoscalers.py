"""What scales workloads: HorizontalPodAutoscalers, VerticalPodAutoscalers and KEDA's ScaledObjects, and what they name as their target."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.references import Reference, resolve
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node

_KINDS = (
    ("autoscaling", "HorizontalPodAutoscaler", "scaleTargetRef"),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler", "targetRef"),
    ("keda.sh", "ScaledObject", "scaleTargetRef"),
)


SCALABLE = tuple((kinds.GROUPS[kind], kind) for kind in kinds.SCALED)
"""The groups and kinds of Kubernetes itself that have replicas."""


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """One autoscaler and its target as it names it."""

    object: Object
    target: Node
    group: str
    kind: str
    name: str

    @property
    def is_horizontal(self) -> bool:
        """Whether it changes the number of replicas."""
        return self.object.kind != "VerticalPodAutoscaler"

    def resolve(self, cluster: Cluster) -> Reference:
        """The target in the set."""
        return resolve(cluster, self.object, self.group, self.kind, self.name, twins=SCALABLE)


def autoscalers(cluster: Cluster) -> Iterator[Autoscaler]:
    """All autoscalers that name a target; KEDA takes a Deployment where no kind is written."""
    for group, kind, field in _KINDS:
        for obj in cluster.kind(group, kind):
            target = obj["spec"][field]
            name = target.get("name")
            if not isinstance(name, str):
                continue
            of_keda = kind == "ScaledObject"
            version = target.get("apiVersion", "apps/v1" if of_keda else "")
            scaled = target.get("kind", "Deployment" if of_keda else "")
            yield Autoscaler(obj, target, str(version).rpartition("/")[0], str(scaled), name)
