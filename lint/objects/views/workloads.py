"""Kinds that hold pods, and what scales and guards them (apps, batch, autoscaling, policy)."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.objects.views.pods import PodSpec
from kubetrial.lint.yaml.node import Node


class Workload(Object):
    """An object that holds a pod: a Pod, or a kind with a template."""

    __slots__ = ("_has_image", "_pod")
    pod_path: tuple[str, ...] = ("spec", "template", "spec")

    @property
    def spec(self) -> Node:
        """The workload's own spec."""
        return self["spec"]

    @property
    def pod(self) -> PodSpec:
        """The spec of its pods; the same node each time, because rules across objects ask for it very often."""
        try:
            return self._pod
        except AttributeError:
            self._pod: PodSpec = self.view(PodSpec, *self.pod_path)
            return self._pod

    @property
    def has_image(self) -> bool:
        """Whether a container of its pods has an image; worked out once, because every finding asks for it."""
        try:
            return self._has_image
        except AttributeError:
            self._has_image: bool = any(container.get("image") for container in self.pod.all_containers())
            return self._has_image


class Pod(Workload):
    """A bare pod."""

    __slots__ = ()
    schema = "core.v1.Pod"
    pod_path = ("spec",)


class PodTemplate(Workload):
    """A PodTemplate object (a template that stands alone)."""

    __slots__ = ()
    schema = "core.v1.PodTemplate"
    pod_path = ("template", "spec")


class ReplicationController(Workload):
    """The ancestor of ReplicaSet."""

    __slots__ = ()
    schema = "core.v1.ReplicationController"


class ReplicaSet(Workload):
    """Keeps a number of equal pods."""

    __slots__ = ()
    schema = "apps.v1.ReplicaSet"


class Deployment(Workload):
    """Rolls out ReplicaSets."""

    __slots__ = ()
    schema = "apps.v1.Deployment"


class StatefulSet(Workload):
    """Pods with stable names and claims."""

    __slots__ = ()
    schema = "apps.v1.StatefulSet"

    @property
    def replicas(self) -> int:
        """1 where it is not set."""
        value = self.spec.get("replicas", 1)
        return value if isinstance(value, int) else 1


class DaemonSet(Workload):
    """One pod a node."""

    __slots__ = ()
    schema = "apps.v1.DaemonSet"


class Job(Workload):
    """Runs pods to completion."""

    __slots__ = ()
    schema = "batch.v1.Job"


class CronJob(Workload):
    """Makes Jobs on a schedule."""

    __slots__ = ()
    schema = "batch.v1.CronJob"
    pod_path = ("spec", "jobTemplate", "spec", "template", "spec")

    @property
    def job(self) -> JobSpec:
        """The spec of its Jobs."""
        return self.view(JobSpec, "spec", "jobTemplate", "spec")


class JobSpec(Node):
    """The spec of a Job, or of the Jobs of a CronJob."""

    __slots__ = ()
    schema = "batch.v1.JobSpec"

    @property
    def pod(self) -> PodSpec:
        """The spec of its pods."""
        return self.view(PodSpec, "template", "spec")


class ControllerRevision(Object):
    """A snapshot that a DaemonSet or StatefulSet keeps of its template."""

    __slots__ = ()
    schema = "apps.v1.ControllerRevision"


class AutoscalerLimits(Node):
    """What a HorizontalPodAutoscaler scales, and within which limits: the same in both versions."""

    __slots__ = ()


class AutoscalerSpec(AutoscalerLimits):
    """The spec of a HorizontalPodAutoscaler in autoscaling/v2."""

    __slots__ = ()
    schema = "autoscaling.v2.HorizontalPodAutoscalerSpec"


class AutoscalerSpecV1(AutoscalerLimits):
    """The spec of a HorizontalPodAutoscaler in autoscaling/v1, where CPU is the only metric."""

    __slots__ = ()
    schema = "autoscaling.v1.HorizontalPodAutoscalerSpec"


class AutoscalerMetric(Node):
    """One metric that a HorizontalPodAutoscaler looks at."""

    __slots__ = ()
    schema = "autoscaling.v2.MetricSpec"


class AutoscalerRules(Node):
    """How fast a HorizontalPodAutoscaler scales in one direction."""

    __slots__ = ()
    schema = "autoscaling.v2.HPAScalingRules"


class DisruptionBudget(Object):
    """How many pods may be away at once when nodes are drained."""

    __slots__ = ()
    schema = "policy.v1.PodDisruptionBudget"
