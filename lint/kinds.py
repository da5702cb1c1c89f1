"""Views of the kinds that rules look at: small classes over a Node, in Kubernetes' own terms, with the server's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.node import Node


class Object(Node):
    """Any Kubernetes object: what stands at the root of a document or in a List."""

    __slots__ = ()

    @property
    def api_version(self) -> str:
        """`apps/v1`."""
        return str(self.get("apiVersion", ""))

    @property
    def group(self) -> str:
        """`apps`; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def kind(self) -> str:
        """`StatefulSet`."""
        return str(self.get("kind", ""))

    @property
    def name(self) -> str:
        """The object's name, or its generateName with `*`; empty where it has neither."""
        metadata = self["metadata"]
        name = metadata.get("name")
        if name:
            return str(name)
        generated = metadata.get("generateName")
        return f"{generated}*" if generated else ""

    @property
    def namespace(self) -> str:
        """The namespace that the manifest names; empty where it names none."""
        namespace = self["metadata"].get("namespace", "")
        return namespace if isinstance(namespace, str) else ""

    @property
    def labels(self) -> Mapping[str, Any]:
        """The object's labels."""
        return self["metadata"]["labels"].mapping()

    @property
    def annotations(self) -> Mapping[str, Any]:
        """The object's annotations."""
        return self["metadata"]["annotations"].mapping()

    def __str__(self) -> str:
        """`StatefulSet shop/web`."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {name}".strip()


class Container(Node):
    """A container of a pod: ordinary, init (native sidecars among them) or ephemeral."""

    __slots__ = ()
    schema = "core.v1.Container"

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self.get("name", ""))

    @property
    def is_init(self) -> bool:
        """Whether it stands in initContainers."""
        return self.parent is not None and self.parent.key == "initContainers"

    @property
    def is_sidecar(self) -> bool:
        """Whether it is a native sidecar: an init container that is restarted for ever."""
        return self.is_init and self.get("restartPolicy") == "Always"

    @property
    def pod(self) -> PodSpec:
        """The pod that it belongs to."""
        assert self.parent is not None
        above = self.parent.parent
        assert above is not None
        return above if isinstance(above, PodSpec) else PodSpec(above.document, above.parent, above.key, above.value)


class PodSpec(Node):
    """The spec of a pod, in a Pod or in a workload's template."""

    __slots__ = ()
    schema = "core.v1.PodSpec"

    @property
    def owner(self) -> Object:
        """The object that the pod spec stands in: the Pod itself, or the workload."""
        root = self.root
        return root if isinstance(root, Object) else Object(root.document, root.parent, root.key, root.value)

    @property
    def metadata(self) -> Node:
        """The metadata of the pod: of the Pod, or of the template."""
        assert self.parent is not None
        return self.parent["metadata"]

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels that its pods carry."""
        return self.metadata["labels"].mapping()

    @property
    def restart_policy(self) -> str:
        """`Always` where it is not set."""
        return str(self.get("restartPolicy") or "Always")

    def containers(self) -> Iterator[Container]:
        """The ordinary containers."""
        return self.views(Container, "containers")

    def init_containers(self) -> Iterator[Container]:
        """The init containers, native sidecars among them."""
        return self.views(Container, "initContainers")

    def all_containers(self) -> Iterator[Container]:
        """Init containers, then ordinary ones."""
        yield from self.init_containers()
        yield from self.containers()


class Workload(Object):
    """An object that holds a pod: a Pod, or a kind with a template."""

    __slots__ = ()
    pod_path: tuple[str, ...] = ("spec", "template", "spec")

    @property
    def spec(self) -> Node:
        """The workload's own spec."""
        return self["spec"]

    @property
    def pod(self) -> PodSpec:
        """The spec of its pods."""
        return self.view(PodSpec, *self.pod_path)


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


class Service(Object):
    """A stable address for pods."""

    __slots__ = ()
    schema = "core.v1.Service"

    @property
    def is_headless(self) -> bool:
        """Whether its DNS name stands for the pods themselves."""
        return bool(self["spec"].get("clusterIP") == "None")


class PersistentVolumeClaim(Object):
    """A claim on storage."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeClaim"


WORKLOADS: tuple[type[Workload], ...] = (
    Pod, PodTemplate, ReplicationController, ReplicaSet, Deployment, StatefulSet, DaemonSet, Job, CronJob,
)  # fmt: skip
VIEWS: dict[str, type[Object]] = {cls.schema: cls for cls in (*WORKLOADS, Service, PersistentVolumeClaim)}
"""Type of the catalogue -> the view that an object of it has in the cluster."""
