"""Views of the kinds that rules look at: small classes over a Node, in Kubernetes' own terms, with the server's defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from kubetrial.lint.facts import selectors
from kubetrial.lint.yaml.node import Node

T = TypeVar("T")


class Object(Node):
    """Any Kubernetes object: what stands at the root of a document or in a List."""

    # What rules across objects ask for very often is worked out once.
    __slots__ = ("_group", "_kind", "_name", "_namespace")

    @property
    def api_version(self) -> str:
        """`apps/v1`."""
        return str(self.get("apiVersion", ""))

    @property
    def group(self) -> str:
        """`apps`; empty for the core group."""
        try:
            return self._group
        except AttributeError:
            self._group: str = self.api_version.rpartition("/")[0]
            return self._group

    @property
    def kind(self) -> str:
        """`StatefulSet`."""
        try:
            return self._kind
        except AttributeError:
            self._kind: str = str(self.get("kind", ""))
            return self._kind

    @property
    def name(self) -> str:
        """The object's name, or its generateName with `*`; empty where it has neither."""
        try:
            return self._name
        except AttributeError:
            metadata = self["metadata"]
            name, generated = metadata.get("name"), metadata.get("generateName")
            self._name: str = str(name) if name else f"{generated}*" if generated else ""
            return self._name

    @property
    def namespace(self) -> str:
        """The namespace that the manifest names; empty where it names none."""
        try:
            return self._namespace
        except AttributeError:
            namespace = self["metadata"].get("namespace", "")
            self._namespace: str = namespace if isinstance(namespace, str) else ""
            return self._namespace

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


class _Asked(Node):
    """A part of an object of which many rules ask the same."""

    __slots__ = ("_known",)

    def once(self, work: Callable[[Any], T]) -> T:
        """What a function gives for it, worked out when it is first asked for; nobody changes that."""
        try:
            return self._known[work]  # type: ignore[no-any-return]
        except AttributeError:
            self._known: dict[Callable[[Any], Any], Any] = {}
        except KeyError:
            pass
        found = self._known[work] = work(self)
        return found


class Container(_Asked):
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


class EnvVar(Node):
    """A variable of a container."""

    __slots__ = ()
    schema = "core.v1.EnvVar"


class EnvFromSource(Node):
    """A ConfigMap or Secret whose keys become variables."""

    __slots__ = ()
    schema = "core.v1.EnvFromSource"


class ResourceFieldSelector(Node):
    """An amount of a container's resources, given to a variable or a file."""

    __slots__ = ()
    schema = "core.v1.ResourceFieldSelector"


class ResourceRequirements(Node):
    """What a container asks for and may use; also of a whole pod."""

    __slots__ = ()
    schema = "core.v1.ResourceRequirements"

    @property
    def of_pod(self) -> bool:
        """Whether they are those of a whole pod."""
        return isinstance(self.parent, PodSpec)


class SecurityContext(Node):
    """What a container is allowed on its node."""

    __slots__ = ()
    schema = "core.v1.SecurityContext"


class Metadata(Node):
    """The metadata of an object, of a pod template, or of a template for another object."""

    __slots__ = ()
    schema = "meta.v1.ObjectMeta"

    @property
    def of_object(self) -> bool:
        """Whether it is an object's own, and not a template's."""
        return self.parent is not None and self.parent.parent is None

    @property
    def unchecked(self) -> bool:
        """Whether the server does not look into it: of a CronJob's Jobs, of volumeClaimTemplates, and of reviews, which
        are answered and not kept.
        """
        above = self.parent
        if above is None:
            return False
        if above.parent is None:
            return str(above.get("apiVersion")).startswith(("authentication.k8s.io/", "authorization.k8s.io/"))
        return above.key == "jobTemplate" or above.parent.key == "volumeClaimTemplates"


class LabelSelector(Node):
    """A choice of objects by their labels."""

    __slots__ = ()
    schema = "meta.v1.LabelSelector"

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, and so matches everything."""
        return not self.get("matchLabels") and not self.get("matchExpressions")

    def matches(self, labels: Mapping[str, Any]) -> bool:
        """Whether an object with these labels is chosen."""
        return selectors.matches(self.mapping(), labels)


class PodSpec(_Asked):
    """The spec of a pod, in a Pod or in a workload's template."""

    __slots__ = ("_labels",)
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
        try:
            return self._labels
        except AttributeError:
            self._labels: Mapping[str, Any] = self.metadata["labels"].mapping()
            return self._labels

    @property
    def restart_policy(self) -> str:
        """`Always` where it is not set."""
        return str(self.get("restartPolicy") or "Always")

    def volume_names(self) -> set[str]:
        """The names that containers can mount: of its volumes, and of the claim templates of a StatefulSet."""
        names = {v["name"] for v in self.mapping().get("volumes") or () if v and v.get("name")}
        return names | self._templates()

    def claim_names(self) -> set[str]:
        """Those of them that can be block devices: claims, and volumes that make a claim of their own."""
        names = {
            v["name"]
            for v in self.mapping().get("volumes") or ()
            if v and v.get("name") and (v.get("persistentVolumeClaim") is not None or v.get("ephemeral") is not None)
        }
        return names | self._templates()

    def _templates(self) -> set[str]:
        owner = self.owner
        if owner.kind != "StatefulSet":
            return set()
        templates = (owner.mapping().get("spec") or {}).get("volumeClaimTemplates") or ()
        names = (((t or {}).get("metadata") or {}).get("name") for t in templates)
        return {name for name in names if name}

    def containers(self) -> Iterator[Container]:
        """The ordinary containers."""
        return self.views(Container, "containers")

    def init_containers(self) -> Iterator[Container]:
        """The init containers, native sidecars among them."""
        return self.views(Container, "initContainers")

    def all_containers(self) -> Iterator[Container]:
        """Init containers, then ordinary ones: the same nodes each time, for every rule about pods asks."""
        return iter(self.once(_containers_of))


def _containers_of(pod: PodSpec) -> tuple[Container, ...]:
    return (*pod.init_containers(), *pod.containers())


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


class PriorityClass(Object):
    """How important a pod is."""

    __slots__ = ()
    schema = "scheduling.v1.PriorityClass"


class DisruptionBudget(Object):
    """How many pods may be away at once when nodes are drained."""

    __slots__ = ()
    schema = "policy.v1.PodDisruptionBudget"


class AddressHolder(Object):
    """An object that holds IP addresses or ranges."""

    __slots__ = ()


class Service(AddressHolder):
    """A stable address for pods."""

    __slots__ = ()
    schema = "core.v1.Service"

    @property
    def selector(self) -> LabelSelector:
        """Its selector, which is a plain map of labels, as one with matchLabels."""
        spec = self["spec"]
        return LabelSelector(self.document, spec, "selector", {"matchLabels": spec["selector"].mapping()})

    @property
    def is_headless(self) -> bool:
        """Whether its DNS name stands for the pods themselves."""
        return bool(self["spec"].get("clusterIP") == "None")

    @property
    def cluster_ips(self) -> list[Any]:
        """Its addresses as the server reads them: `clusterIPs`, or `clusterIP` alone."""
        spec = self["spec"]
        single = spec.get("clusterIP")
        return list(spec.get("clusterIPs") or ([single] if single else []))

    @property
    def has_no_address(self) -> bool:
        """Whether `None` is its only address: such a Service needs no ports."""
        return self.cluster_ips == ["None"]


class Ported(Node):
    """What has a list of ports with names: the spec of a Service, or a subset of Endpoints."""

    __slots__ = ()


class ServiceSpec(Ported):
    """The spec of a Service."""

    __slots__ = ()
    schema = "core.v1.ServiceSpec"


class StorageObject(Object):
    """A piece of storage, or a claim on one."""

    __slots__ = ()


class PersistentVolumeClaim(StorageObject):
    """A claim on storage."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeClaim"


class Addressed(AddressHolder):
    """The addresses behind a Service, in either form."""

    __slots__ = ()


class Endpoints(Addressed):
    """The addresses behind a Service, in their old form."""

    __slots__ = ()
    schema = "core.v1.Endpoints"


class EndpointSubset(Ported):
    """Addresses and ports of Endpoints that belong together."""

    __slots__ = ()
    schema = "core.v1.EndpointSubset"


class EndpointSlice(Addressed):
    """A part of the addresses behind a Service."""

    __slots__ = ()
    schema = "discovery.v1.EndpointSlice"


class Ingress(Object):
    """Routes HTTP from outside to Services."""

    __slots__ = ()
    schema = "networking.v1.Ingress"


class IngressBackend(Node):
    """Where an Ingress sends requests: a Service or another resource."""

    __slots__ = ()
    schema = "networking.v1.IngressBackend"


class IngressPath(Node):
    """A path of an Ingress rule."""

    __slots__ = ()
    schema = "networking.v1.HTTPIngressPath"


class IngressClassSpec(Node):
    """Which controller serves a class of Ingresses."""

    __slots__ = ()
    schema = "networking.v1.IngressClassSpec"


class NetworkPolicy(AddressHolder):
    """Who may talk to some pods, and to whom they may talk."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicy"


class NetworkPolicyPort(Node):
    """A port, or a range of ports, of a NetworkPolicy."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicyPort"


class NetworkPolicyPeer(Node):
    """Who a NetworkPolicy lets in or out."""

    __slots__ = ()
    schema = "networking.v1.NetworkPolicyPeer"


class IPBlock(Node):
    """A range of addresses in a NetworkPolicy."""

    __slots__ = ()
    schema = "networking.v1.IPBlock"


class IPAddress(Object):
    """An address that is in use; its name is the address."""

    __slots__ = ()
    schema = "networking.v1.IPAddress"


class ServiceCIDR(Object):
    """A range that the addresses of Services are taken from."""

    __slots__ = ()
    schema = "networking.v1.ServiceCIDR"


class Volume(Node):
    """A volume of a pod."""

    __slots__ = ()
    schema = "core.v1.Volume"


class NodeSelectorTerm(Node):
    """Which nodes are meant, by their labels or names."""

    __slots__ = ()
    schema = "core.v1.NodeSelectorTerm"


class PodAffinityTerm(Node):
    """Which pods a pod wants near, or far."""

    __slots__ = ()
    schema = "core.v1.PodAffinityTerm"


class TopologySpreadConstraint(Node):
    """How evenly pods spread over zones or nodes."""

    __slots__ = ()
    schema = "core.v1.TopologySpreadConstraint"


class Toleration(Node):
    """A taint that a pod bears."""

    __slots__ = ()
    schema = "core.v1.Toleration"


class PodDNSConfig(Node):
    """What a pod's resolv.conf holds."""

    __slots__ = ()
    schema = "core.v1.PodDNSConfig"


class PodResourceClaim(Node):
    """A claim on devices that the containers of a pod refer to by name."""

    __slots__ = ()
    schema = "core.v1.PodResourceClaim"


class Profile(Node):
    """A seccomp or AppArmor profile of a pod or a container."""

    __slots__ = ()


class SeccompProfile(Profile):
    """Which system calls are allowed."""

    __slots__ = ()
    schema = "core.v1.SeccompProfile"


class AppArmorProfile(Profile):
    """Which files and capabilities are allowed."""

    __slots__ = ()
    schema = "core.v1.AppArmorProfile"


class WindowsSecurityContextOptions(Node):
    """How a pod or container runs on Windows."""

    __slots__ = ()
    schema = "core.v1.WindowsSecurityContextOptions"


class PersistentVolumeClaimSpec(Node):
    """What a claim asks for: of a PersistentVolumeClaim, a template of a StatefulSet, or an ephemeral volume."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeClaimSpec"


class PersistentVolume(StorageObject):
    """A piece of storage."""

    __slots__ = ()
    schema = "core.v1.PersistentVolume"


class PersistentVolumeSpec(Node):
    """What a piece of storage is; also the inline volume of a VolumeAttachment."""

    __slots__ = ()
    schema = "core.v1.PersistentVolumeSpec"
    SOURCES = (
        "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi",
        "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO",
        "local", "storageos", "csi",
    )  # fmt: skip
    """In the order in which the server looks at them: it takes the first and refuses the others."""

    @property
    def sources(self) -> list[str]:
        """The sources that are set, in the server's order."""
        values = self.mapping()
        return [name for name in self.SOURCES if values.get(name) is not None]


class Parametrised(Object):
    """A class of storage with parameters for its driver."""

    __slots__ = ()


class StorageClass(Parametrised):
    """How claims are provisioned."""

    __slots__ = ()
    schema = "storage.v1.StorageClass"


class VolumeAttributesClass(Parametrised):
    """Parameters of volumes that can change later."""

    __slots__ = ()
    schema = "storage.v1.VolumeAttributesClass"


class VolumeAttachment(Object):
    """A volume that is attached to a node."""

    __slots__ = ()
    schema = "storage.v1.VolumeAttachment"


class CSIDriver(Object):
    """How a storage driver wants to be used."""

    __slots__ = ()
    schema = "storage.v1.CSIDriver"


class CSINodeDriver(Node):
    """A storage driver on a node."""

    __slots__ = ()
    schema = "storage.v1.CSINodeDriver"


class Data(Object):
    """Keys and values that pods read."""

    __slots__ = ()


class Secret(Data):
    """Confidential data."""

    __slots__ = ()
    schema = "core.v1.Secret"


class ConfigMap(Data):
    """Configuration as keys and values."""

    __slots__ = ()
    schema = "core.v1.ConfigMap"


class ResourceQuota(Object):
    """What the objects of a namespace may use together."""

    __slots__ = ()
    schema = "core.v1.ResourceQuota"


class LimitRange(Object):
    """What one object of a namespace may use, and what it gets by default."""

    __slots__ = ()
    schema = "core.v1.LimitRange"


class LimitRangeItem(Node):
    """The limits of one type of object."""

    __slots__ = ()
    schema = "core.v1.LimitRangeItem"


class Namespace(Object):
    """A namespace."""

    __slots__ = ()
    schema = "core.v1.Namespace"


class KubernetesNode(AddressHolder):
    """A machine of the cluster."""

    __slots__ = ()
    schema = "core.v1.Node"


class AnyEvent(Object):
    """An event of either API group."""

    __slots__ = ()


class CoreEvent(AnyEvent):
    """An event of the core API group."""

    __slots__ = ()
    schema = "core.v1.Event"


class Event(AnyEvent):
    """An event."""

    __slots__ = ()
    schema = "events.v1.Event"


class RuntimeClass(Object):
    """How pods are run."""

    __slots__ = ()
    schema = "node.v1.RuntimeClass"


class PolicyRule(Node):
    """What a role allows."""

    __slots__ = ()
    schema = "rbac.v1.PolicyRule"


class Binding(Object):
    """Gives a role to subjects."""

    __slots__ = ()


class RoleBinding(Binding):
    """Gives a role in one namespace."""

    __slots__ = ()
    schema = "rbac.v1.RoleBinding"


class ClusterRoleBinding(Binding):
    """Gives a role in the whole cluster."""

    __slots__ = ()
    schema = "rbac.v1.ClusterRoleBinding"


class AccessReview(Object):
    """A question to the API server whether somebody may do something; it is answered and not kept."""

    __slots__ = ()


class SubjectAccessReview(AccessReview):
    """Whether a user may do something."""

    __slots__ = ()
    schema = "authorization.v1.SubjectAccessReview"


class SelfSubjectAccessReview(AccessReview):
    """Whether the one who asks may do something."""

    __slots__ = ()
    schema = "authorization.v1.SelfSubjectAccessReview"


class LocalSubjectAccessReview(AccessReview):
    """Whether a user may do something in one namespace."""

    __slots__ = ()
    schema = "authorization.v1.LocalSubjectAccessReview"


class RequestSelector(Node):
    """Which objects a request of an access review is about."""

    __slots__ = ()


class RequestFieldSelector(RequestSelector):
    """Which objects by their fields."""

    __slots__ = ()
    schema = "authorization.v1.FieldSelectorAttributes"


class RequestLabelSelector(RequestSelector):
    """Which objects by their labels."""

    __slots__ = ()
    schema = "authorization.v1.LabelSelectorAttributes"


class FlowSchema(Object):
    """Which requests belong to which priority level."""

    __slots__ = ()
    schema = "flowcontrol.v1.FlowSchema"


class FlowSubject(Node):
    """Whose requests a flow schema means."""

    __slots__ = ()
    schema = "flowcontrol.v1.Subject"


class FlowRule(Node):
    """Requests that a flow schema means."""

    __slots__ = ()


class FlowResourceRule(FlowRule):
    """Requests for resources that a flow schema means."""

    __slots__ = ()
    schema = "flowcontrol.v1.ResourcePolicyRule"


class FlowURLRule(FlowRule):
    """Requests for other URLs that a flow schema means."""

    __slots__ = ()
    schema = "flowcontrol.v1.NonResourcePolicyRule"


class PriorityLevel(Object):
    """How many requests are served at once."""

    __slots__ = ()
    schema = "flowcontrol.v1.PriorityLevelConfiguration"


class Certified(Object):
    """What holds certificates, or requests for them."""

    __slots__ = ()


class CertificateSigningRequest(Certified):
    """A request for a certificate."""

    __slots__ = ()
    schema = "certificates.v1.CertificateSigningRequest"


class TrustBundle(Certified):
    """Certificates of authorities to trust."""

    __slots__ = ()
    schema = "certificates.v1.ClusterTrustBundle"


class APIService(Object):
    """A group and version that another server answers."""

    __slots__ = ()
    schema = "apiregistration.v1.APIService"


class DeviceClaim(Node):
    """Which devices a claim asks for."""

    __slots__ = ()
    schema = "resource.v1.DeviceClaim"


class DeviceRequest(Node):
    """A request of a claim for devices."""

    __slots__ = ()
    schema = "resource.v1.DeviceRequest"


class DeviceAmount(Node):
    """How many devices of a class are asked for."""

    __slots__ = ()


class ExactDeviceRequest(DeviceAmount):
    """A request for devices of one class."""

    __slots__ = ()
    schema = "resource.v1.ExactDeviceRequest"


class DeviceSubRequest(DeviceAmount):
    """One of the alternatives of a request for devices."""

    __slots__ = ()
    schema = "resource.v1.DeviceSubRequest"


class DeviceToleration(Node):
    """A taint of devices that a request accepts."""

    __slots__ = ()
    schema = "resource.v1.DeviceToleration"


class DeviceConstraint(Node):
    """What the devices of several requests must share."""

    __slots__ = ()
    schema = "resource.v1.DeviceConstraint"


class DeviceParameters(Node):
    """Configuration for the driver of a device."""

    __slots__ = ()
    schema = "resource.v1.OpaqueDeviceConfiguration"


class DeviceAttribute(Node):
    """A property of a device."""

    __slots__ = ()
    schema = "resource.v1.DeviceAttribute"


class Device(Node):
    """A device of a node."""

    __slots__ = ()
    schema = "resource.v1.Device"


class ResourceSlice(Object):
    """Devices that a driver offers."""

    __slots__ = ()
    schema = "resource.v1.ResourceSlice"


class WebhookConfiguration(Object):
    """Webhooks that the API server asks about requests."""

    __slots__ = ()


class ValidatingWebhookConfiguration(WebhookConfiguration):
    """Webhooks that allow or deny requests."""

    __slots__ = ()
    schema = "admissionregistration.v1.ValidatingWebhookConfiguration"


class MutatingWebhookConfiguration(WebhookConfiguration):
    """Webhooks that change what requests hold."""

    __slots__ = ()
    schema = "admissionregistration.v1.MutatingWebhookConfiguration"


class AdmissionWebhook(Node):
    """A webhook that is asked about requests."""

    __slots__ = ()


class ValidatingWebhook(AdmissionWebhook):
    """A webhook that allows or denies requests."""

    __slots__ = ()
    schema = "admissionregistration.v1.ValidatingWebhook"


class MutatingWebhook(AdmissionWebhook):
    """A webhook that changes what requests hold."""

    __slots__ = ()
    schema = "admissionregistration.v1.MutatingWebhook"


class WebhookClient(Node):
    """Where the API server reaches a webhook."""

    __slots__ = ()


class AdmissionWebhookClient(WebhookClient):
    """Where the API server reaches a webhook of admission."""

    __slots__ = ()
    schema = "admissionregistration.v1.WebhookClientConfig"


class ConversionWebhookClient(WebhookClient):
    """Where the API server reaches a webhook of conversion."""

    __slots__ = ()
    schema = "apiextensions.v1.WebhookClientConfig"


class AdmissionRule(Node):
    """Which requests are meant."""

    __slots__ = ()


class WebhookRule(AdmissionRule):
    """Which requests a webhook is asked about."""

    __slots__ = ()
    schema = "admissionregistration.v1.RuleWithOperations"


class PolicyRequestRule(AdmissionRule):
    """Which requests a policy judges."""

    __slots__ = ()
    schema = "admissionregistration.v1.NamedRuleWithOperations"


class AdmissionPolicy(Object):
    """A policy about requests, written in CEL."""

    __slots__ = ()


class ValidatingAdmissionPolicy(AdmissionPolicy):
    """A policy that allows or denies requests."""

    __slots__ = ()
    schema = "admissionregistration.v1.ValidatingAdmissionPolicy"


class MutatingAdmissionPolicy(AdmissionPolicy):
    """A policy that changes what requests hold."""

    __slots__ = ()
    schema = "admissionregistration.v1.MutatingAdmissionPolicy"


class AdmissionPolicyBinding(Object):
    """Puts a policy into force."""

    __slots__ = ()


class ValidatingAdmissionPolicyBinding(AdmissionPolicyBinding):
    """Puts a policy that judges into force."""

    __slots__ = ()
    schema = "admissionregistration.v1.ValidatingAdmissionPolicyBinding"


class MutatingAdmissionPolicyBinding(AdmissionPolicyBinding):
    """Puts a policy that changes objects into force."""

    __slots__ = ()
    schema = "admissionregistration.v1.MutatingAdmissionPolicyBinding"


class MatchCondition(Node):
    """A condition, in CEL, on the requests that a webhook or a policy sees."""

    __slots__ = ()
    schema = "admissionregistration.v1.MatchCondition"


class PolicyParamKind(Node):
    """The kind of the parameters of a policy."""

    __slots__ = ()
    schema = "admissionregistration.v1.ParamKind"


class PolicyParamRef(Node):
    """The parameters that a binding gives to its policy."""

    __slots__ = ()
    schema = "admissionregistration.v1.ParamRef"


class CustomResourceDefinition(Object):
    """A kind of one's own."""

    __slots__ = ()
    schema = "apiextensions.v1.CustomResourceDefinition"

    def schemas(self) -> Iterator[tuple[Node, bool]]:
        """The schemas of its versions, the same one once, and whether the status is a subresource there."""
        versions = list(self["spec"]["versions"].items())
        values = [version["schema"].value for version in versions]
        statuses = [version["subresources"]["status"].present for version in versions]
        same = all(value == values[0] for value in values)
        for version, status in zip(versions, statuses, strict=True):
            schema = version["schema"]["openAPIV3Schema"]
            if schema.value.__class__ is dict:
                yield schema, any(statuses) if same else status
            if same:
                return


class CelDeviceSelector(Node):
    """A choice of devices, written in CEL."""

    __slots__ = ()
    schema = "resource.v1.CELDeviceSelector"


class DeviceClass(Object):
    """Devices that are asked for by one name."""

    __slots__ = ()
    schema = "resource.v1.DeviceClass"


class ServiceAccount(Object):
    """An identity of pods."""

    __slots__ = ()
    schema = "core.v1.ServiceAccount"


class Configuration(Object):
    """A document with apiVersion and kind for a program that reads files, such as kubeadm: no object of the API server."""

    __slots__ = ()


def _concrete(cls: type[Object]) -> Iterator[type[Object]]:
    """The views of whole objects: the class and its subclasses that stand for a type."""
    if cls.schema:
        yield cls
    for sub in cls.__subclasses__():
        yield from _concrete(sub)


VIEWS: dict[str, type[Object]] = {cls.schema: cls for cls in _concrete(Object)}
"""Type of the catalogue -> the view that an object of it has in the cluster."""
