"""Views of the kinds that rules look at: small classes over a Node, in Kubernetes' own terms, with the server's defaults.

One module an area; each name is taken from here, and its module is read when it is first asked for: a small check needs few.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kubetrial.lint.yaml.node import Node

if TYPE_CHECKING:
    from kubetrial.lint.objects.views.access import AccessReview as AccessReview
    from kubetrial.lint.objects.views.access import Binding as Binding
    from kubetrial.lint.objects.views.access import CertificateSigningRequest as CertificateSigningRequest
    from kubetrial.lint.objects.views.access import Certified as Certified
    from kubetrial.lint.objects.views.access import ClusterRoleBinding as ClusterRoleBinding
    from kubetrial.lint.objects.views.access import FlowResourceRule as FlowResourceRule
    from kubetrial.lint.objects.views.access import FlowRule as FlowRule
    from kubetrial.lint.objects.views.access import FlowSchema as FlowSchema
    from kubetrial.lint.objects.views.access import FlowSubject as FlowSubject
    from kubetrial.lint.objects.views.access import FlowURLRule as FlowURLRule
    from kubetrial.lint.objects.views.access import LocalSubjectAccessReview as LocalSubjectAccessReview
    from kubetrial.lint.objects.views.access import PolicyRule as PolicyRule
    from kubetrial.lint.objects.views.access import PriorityLevel as PriorityLevel
    from kubetrial.lint.objects.views.access import RequestFieldSelector as RequestFieldSelector
    from kubetrial.lint.objects.views.access import RequestLabelSelector as RequestLabelSelector
    from kubetrial.lint.objects.views.access import RequestSelector as RequestSelector
    from kubetrial.lint.objects.views.access import RoleBinding as RoleBinding
    from kubetrial.lint.objects.views.access import SelfSubjectAccessReview as SelfSubjectAccessReview
    from kubetrial.lint.objects.views.access import ServiceAccount as ServiceAccount
    from kubetrial.lint.objects.views.access import SubjectAccessReview as SubjectAccessReview
    from kubetrial.lint.objects.views.access import TrustBundle as TrustBundle
    from kubetrial.lint.objects.views.admission import AdmissionPolicy as AdmissionPolicy
    from kubetrial.lint.objects.views.admission import AdmissionPolicyBinding as AdmissionPolicyBinding
    from kubetrial.lint.objects.views.admission import AdmissionRule as AdmissionRule
    from kubetrial.lint.objects.views.admission import AdmissionWebhook as AdmissionWebhook
    from kubetrial.lint.objects.views.admission import AdmissionWebhookClient as AdmissionWebhookClient
    from kubetrial.lint.objects.views.admission import ConversionWebhookClient as ConversionWebhookClient
    from kubetrial.lint.objects.views.admission import MatchCondition as MatchCondition
    from kubetrial.lint.objects.views.admission import MutatingAdmissionPolicy as MutatingAdmissionPolicy
    from kubetrial.lint.objects.views.admission import MutatingAdmissionPolicyBinding as MutatingAdmissionPolicyBinding
    from kubetrial.lint.objects.views.admission import MutatingWebhook as MutatingWebhook
    from kubetrial.lint.objects.views.admission import MutatingWebhookConfiguration as MutatingWebhookConfiguration
    from kubetrial.lint.objects.views.admission import PolicyParamKind as PolicyParamKind
    from kubetrial.lint.objects.views.admission import PolicyParamRef as PolicyParamRef
    from kubetrial.lint.objects.views.admission import PolicyRequestRule as PolicyRequestRule
    from kubetrial.lint.objects.views.admission import ValidatingAdmissionPolicy as ValidatingAdmissionPolicy
    from kubetrial.lint.objects.views.admission import (
        ValidatingAdmissionPolicyBinding as ValidatingAdmissionPolicyBinding,
    )
    from kubetrial.lint.objects.views.admission import ValidatingWebhook as ValidatingWebhook
    from kubetrial.lint.objects.views.admission import ValidatingWebhookConfiguration as ValidatingWebhookConfiguration
    from kubetrial.lint.objects.views.admission import WebhookClient as WebhookClient
    from kubetrial.lint.objects.views.admission import WebhookConfiguration as WebhookConfiguration
    from kubetrial.lint.objects.views.admission import WebhookRule as WebhookRule
    from kubetrial.lint.objects.views.base import Configuration as Configuration
    from kubetrial.lint.objects.views.base import LabelSelector as LabelSelector
    from kubetrial.lint.objects.views.base import Metadata as Metadata
    from kubetrial.lint.objects.views.base import Object as Object
    from kubetrial.lint.objects.views.data import AnyEvent as AnyEvent
    from kubetrial.lint.objects.views.data import ConfigMap as ConfigMap
    from kubetrial.lint.objects.views.data import CoreEvent as CoreEvent
    from kubetrial.lint.objects.views.data import Data as Data
    from kubetrial.lint.objects.views.data import Event as Event
    from kubetrial.lint.objects.views.data import LimitRange as LimitRange
    from kubetrial.lint.objects.views.data import LimitRangeItem as LimitRangeItem
    from kubetrial.lint.objects.views.data import Namespace as Namespace
    from kubetrial.lint.objects.views.data import PriorityClass as PriorityClass
    from kubetrial.lint.objects.views.data import ResourceQuota as ResourceQuota
    from kubetrial.lint.objects.views.data import RuntimeClass as RuntimeClass
    from kubetrial.lint.objects.views.data import Secret as Secret
    from kubetrial.lint.objects.views.devices import CelDeviceSelector as CelDeviceSelector
    from kubetrial.lint.objects.views.devices import Device as Device
    from kubetrial.lint.objects.views.devices import DeviceAmount as DeviceAmount
    from kubetrial.lint.objects.views.devices import DeviceAttribute as DeviceAttribute
    from kubetrial.lint.objects.views.devices import DeviceClaim as DeviceClaim
    from kubetrial.lint.objects.views.devices import DeviceClass as DeviceClass
    from kubetrial.lint.objects.views.devices import DeviceConstraint as DeviceConstraint
    from kubetrial.lint.objects.views.devices import DeviceParameters as DeviceParameters
    from kubetrial.lint.objects.views.devices import DeviceRequest as DeviceRequest
    from kubetrial.lint.objects.views.devices import DeviceSubRequest as DeviceSubRequest
    from kubetrial.lint.objects.views.devices import DeviceToleration as DeviceToleration
    from kubetrial.lint.objects.views.devices import ExactDeviceRequest as ExactDeviceRequest
    from kubetrial.lint.objects.views.devices import ResourceSlice as ResourceSlice
    from kubetrial.lint.objects.views.extensions import APIService as APIService
    from kubetrial.lint.objects.views.extensions import CustomResourceDefinition as CustomResourceDefinition
    from kubetrial.lint.objects.views.network import Addressed as Addressed
    from kubetrial.lint.objects.views.network import AddressHolder as AddressHolder
    from kubetrial.lint.objects.views.network import Endpoints as Endpoints
    from kubetrial.lint.objects.views.network import EndpointSlice as EndpointSlice
    from kubetrial.lint.objects.views.network import EndpointSubset as EndpointSubset
    from kubetrial.lint.objects.views.network import Ingress as Ingress
    from kubetrial.lint.objects.views.network import IngressBackend as IngressBackend
    from kubetrial.lint.objects.views.network import IngressClassSpec as IngressClassSpec
    from kubetrial.lint.objects.views.network import IngressPath as IngressPath
    from kubetrial.lint.objects.views.network import IPAddress as IPAddress
    from kubetrial.lint.objects.views.network import IPBlock as IPBlock
    from kubetrial.lint.objects.views.network import KubernetesNode as KubernetesNode
    from kubetrial.lint.objects.views.network import NetworkPolicy as NetworkPolicy
    from kubetrial.lint.objects.views.network import NetworkPolicyPeer as NetworkPolicyPeer
    from kubetrial.lint.objects.views.network import NetworkPolicyPort as NetworkPolicyPort
    from kubetrial.lint.objects.views.network import Ported as Ported
    from kubetrial.lint.objects.views.network import Service as Service
    from kubetrial.lint.objects.views.network import ServiceCIDR as ServiceCIDR
    from kubetrial.lint.objects.views.network import ServiceSpec as ServiceSpec
    from kubetrial.lint.objects.views.pods import AppArmorProfile as AppArmorProfile
    from kubetrial.lint.objects.views.pods import Container as Container
    from kubetrial.lint.objects.views.pods import EnvFromSource as EnvFromSource
    from kubetrial.lint.objects.views.pods import EnvVar as EnvVar
    from kubetrial.lint.objects.views.pods import NodeSelectorTerm as NodeSelectorTerm
    from kubetrial.lint.objects.views.pods import PodAffinityTerm as PodAffinityTerm
    from kubetrial.lint.objects.views.pods import PodDNSConfig as PodDNSConfig
    from kubetrial.lint.objects.views.pods import PodResourceClaim as PodResourceClaim
    from kubetrial.lint.objects.views.pods import PodSpec as PodSpec
    from kubetrial.lint.objects.views.pods import Profile as Profile
    from kubetrial.lint.objects.views.pods import ResourceFieldSelector as ResourceFieldSelector
    from kubetrial.lint.objects.views.pods import ResourceRequirements as ResourceRequirements
    from kubetrial.lint.objects.views.pods import SeccompProfile as SeccompProfile
    from kubetrial.lint.objects.views.pods import SecurityContext as SecurityContext
    from kubetrial.lint.objects.views.pods import Toleration as Toleration
    from kubetrial.lint.objects.views.pods import TopologySpreadConstraint as TopologySpreadConstraint
    from kubetrial.lint.objects.views.pods import Volume as Volume
    from kubetrial.lint.objects.views.pods import WindowsSecurityContextOptions as WindowsSecurityContextOptions
    from kubetrial.lint.objects.views.storage import CSIDriver as CSIDriver
    from kubetrial.lint.objects.views.storage import CSINodeDriver as CSINodeDriver
    from kubetrial.lint.objects.views.storage import Parametrised as Parametrised
    from kubetrial.lint.objects.views.storage import PersistentVolume as PersistentVolume
    from kubetrial.lint.objects.views.storage import PersistentVolumeClaim as PersistentVolumeClaim
    from kubetrial.lint.objects.views.storage import PersistentVolumeClaimSpec as PersistentVolumeClaimSpec
    from kubetrial.lint.objects.views.storage import PersistentVolumeSpec as PersistentVolumeSpec
    from kubetrial.lint.objects.views.storage import StorageClass as StorageClass
    from kubetrial.lint.objects.views.storage import StorageObject as StorageObject
    from kubetrial.lint.objects.views.storage import VolumeAttachment as VolumeAttachment
    from kubetrial.lint.objects.views.storage import VolumeAttributesClass as VolumeAttributesClass
    from kubetrial.lint.objects.views.workloads import AutoscalerLimits as AutoscalerLimits
    from kubetrial.lint.objects.views.workloads import AutoscalerMetric as AutoscalerMetric
    from kubetrial.lint.objects.views.workloads import AutoscalerRules as AutoscalerRules
    from kubetrial.lint.objects.views.workloads import AutoscalerSpec as AutoscalerSpec
    from kubetrial.lint.objects.views.workloads import AutoscalerSpecV1 as AutoscalerSpecV1
    from kubetrial.lint.objects.views.workloads import ControllerRevision as ControllerRevision
    from kubetrial.lint.objects.views.workloads import CronJob as CronJob
    from kubetrial.lint.objects.views.workloads import DaemonSet as DaemonSet
    from kubetrial.lint.objects.views.workloads import Deployment as Deployment
    from kubetrial.lint.objects.views.workloads import DisruptionBudget as DisruptionBudget
    from kubetrial.lint.objects.views.workloads import Job as Job
    from kubetrial.lint.objects.views.workloads import JobSpec as JobSpec
    from kubetrial.lint.objects.views.workloads import Pod as Pod
    from kubetrial.lint.objects.views.workloads import PodTemplate as PodTemplate
    from kubetrial.lint.objects.views.workloads import ReplicaSet as ReplicaSet
    from kubetrial.lint.objects.views.workloads import ReplicationController as ReplicationController
    from kubetrial.lint.objects.views.workloads import StatefulSet as StatefulSet
    from kubetrial.lint.objects.views.workloads import Workload as Workload

_NAMES = {
    "access": (
        "AccessReview Binding CertificateSigningRequest Certified ClusterRoleBinding FlowResourceRule FlowRule "
        "FlowSchema FlowSubject FlowURLRule LocalSubjectAccessReview PolicyRule PriorityLevel RequestFieldSelector "
        "RequestLabelSelector RequestSelector RoleBinding SelfSubjectAccessReview ServiceAccount SubjectAccessReview "
        "TrustBundle"
    ),
    "admission": (
        "AdmissionPolicy AdmissionPolicyBinding AdmissionRule AdmissionWebhook AdmissionWebhookClient "
        "ConversionWebhookClient MatchCondition MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhook "
        "MutatingWebhookConfiguration PolicyParamKind PolicyParamRef PolicyRequestRule ValidatingAdmissionPolicy "
        "ValidatingAdmissionPolicyBinding ValidatingWebhook ValidatingWebhookConfiguration WebhookClient "
        "WebhookConfiguration WebhookRule"
    ),
    "base": "Configuration LabelSelector Metadata Object",
    "data": (
        "AnyEvent ConfigMap CoreEvent Data Event LimitRange LimitRangeItem Namespace PriorityClass ResourceQuota "
        "RuntimeClass Secret"
    ),
    "devices": (
        "CelDeviceSelector Device DeviceAmount DeviceAttribute DeviceClaim DeviceClass DeviceConstraint "
        "DeviceParameters DeviceRequest DeviceSubRequest DeviceToleration ExactDeviceRequest ResourceSlice"
    ),
    "extensions": "APIService CustomResourceDefinition",
    "network": (
        "AddressHolder Addressed EndpointSlice EndpointSubset Endpoints IPAddress IPBlock Ingress IngressBackend "
        "IngressClassSpec IngressPath KubernetesNode NetworkPolicy NetworkPolicyPeer NetworkPolicyPort Ported Service "
        "ServiceCIDR ServiceSpec"
    ),
    "pods": (
        "AppArmorProfile Container EnvFromSource EnvVar NodeSelectorTerm PodAffinityTerm PodDNSConfig PodResourceClaim "
        "PodSpec Profile ResourceFieldSelector ResourceRequirements SeccompProfile SecurityContext Toleration "
        "TopologySpreadConstraint Volume WindowsSecurityContextOptions"
    ),
    "storage": (
        "CSIDriver CSINodeDriver Parametrised PersistentVolume PersistentVolumeClaim PersistentVolumeClaimSpec "
        "PersistentVolumeSpec StorageClass StorageObject VolumeAttachment VolumeAttributesClass"
    ),
    "workloads": (
        "AutoscalerLimits AutoscalerMetric AutoscalerRules AutoscalerSpec AutoscalerSpecV1 ControllerRevision CronJob "
        "DaemonSet Deployment DisruptionBudget Job JobSpec Pod PodTemplate ReplicaSet ReplicationController StatefulSet "
        "Workload"
    ),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

TYPES = {
    "admissionregistration.v1.MutatingAdmissionPolicy": "MutatingAdmissionPolicy",
    "admissionregistration.v1.MutatingAdmissionPolicyBinding": "MutatingAdmissionPolicyBinding",
    "admissionregistration.v1.MutatingWebhookConfiguration": "MutatingWebhookConfiguration",
    "admissionregistration.v1.ValidatingAdmissionPolicy": "ValidatingAdmissionPolicy",
    "admissionregistration.v1.ValidatingAdmissionPolicyBinding": "ValidatingAdmissionPolicyBinding",
    "admissionregistration.v1.ValidatingWebhookConfiguration": "ValidatingWebhookConfiguration",
    "apiextensions.v1.CustomResourceDefinition": "CustomResourceDefinition",
    "apiregistration.v1.APIService": "APIService",
    "apps.v1.ControllerRevision": "ControllerRevision",
    "apps.v1.DaemonSet": "DaemonSet",
    "apps.v1.Deployment": "Deployment",
    "apps.v1.ReplicaSet": "ReplicaSet",
    "apps.v1.StatefulSet": "StatefulSet",
    "authorization.v1.LocalSubjectAccessReview": "LocalSubjectAccessReview",
    "authorization.v1.SelfSubjectAccessReview": "SelfSubjectAccessReview",
    "authorization.v1.SubjectAccessReview": "SubjectAccessReview",
    "batch.v1.CronJob": "CronJob",
    "batch.v1.Job": "Job",
    "certificates.v1.CertificateSigningRequest": "CertificateSigningRequest",
    "certificates.v1.ClusterTrustBundle": "TrustBundle",
    "core.v1.ConfigMap": "ConfigMap",
    "core.v1.Endpoints": "Endpoints",
    "core.v1.Event": "CoreEvent",
    "core.v1.LimitRange": "LimitRange",
    "core.v1.Namespace": "Namespace",
    "core.v1.Node": "KubernetesNode",
    "core.v1.PersistentVolume": "PersistentVolume",
    "core.v1.PersistentVolumeClaim": "PersistentVolumeClaim",
    "core.v1.Pod": "Pod",
    "core.v1.PodTemplate": "PodTemplate",
    "core.v1.ReplicationController": "ReplicationController",
    "core.v1.ResourceQuota": "ResourceQuota",
    "core.v1.Secret": "Secret",
    "core.v1.Service": "Service",
    "core.v1.ServiceAccount": "ServiceAccount",
    "discovery.v1.EndpointSlice": "EndpointSlice",
    "events.v1.Event": "Event",
    "flowcontrol.v1.FlowSchema": "FlowSchema",
    "flowcontrol.v1.PriorityLevelConfiguration": "PriorityLevel",
    "networking.v1.IPAddress": "IPAddress",
    "networking.v1.Ingress": "Ingress",
    "networking.v1.NetworkPolicy": "NetworkPolicy",
    "networking.v1.ServiceCIDR": "ServiceCIDR",
    "node.v1.RuntimeClass": "RuntimeClass",
    "policy.v1.PodDisruptionBudget": "DisruptionBudget",
    "rbac.v1.ClusterRoleBinding": "ClusterRoleBinding",
    "rbac.v1.RoleBinding": "RoleBinding",
    "resource.v1.DeviceClass": "DeviceClass",
    "resource.v1.ResourceSlice": "ResourceSlice",
    "scheduling.v1.PriorityClass": "PriorityClass",
    "storage.v1.CSIDriver": "CSIDriver",
    "storage.v1.StorageClass": "StorageClass",
    "storage.v1.VolumeAttachment": "VolumeAttachment",
    "storage.v1.VolumeAttributesClass": "VolumeAttributesClass",
}
"""Type of the catalogue -> the view that an object of it has in the cluster."""


PARTS = {
    "admissionregistration.v1.MatchCondition": "MatchCondition",
    "admissionregistration.v1.MutatingWebhook": "MutatingWebhook",
    "admissionregistration.v1.NamedRuleWithOperations": "PolicyRequestRule",
    "admissionregistration.v1.ParamKind": "PolicyParamKind",
    "admissionregistration.v1.ParamRef": "PolicyParamRef",
    "admissionregistration.v1.RuleWithOperations": "WebhookRule",
    "admissionregistration.v1.ValidatingWebhook": "ValidatingWebhook",
    "admissionregistration.v1.WebhookClientConfig": "AdmissionWebhookClient",
    "apiextensions.v1.WebhookClientConfig": "ConversionWebhookClient",
    "authorization.v1.FieldSelectorAttributes": "RequestFieldSelector",
    "authorization.v1.LabelSelectorAttributes": "RequestLabelSelector",
    "autoscaling.v1.HorizontalPodAutoscalerSpec": "AutoscalerSpecV1",
    "autoscaling.v2.HPAScalingRules": "AutoscalerRules",
    "autoscaling.v2.HorizontalPodAutoscalerSpec": "AutoscalerSpec",
    "autoscaling.v2.MetricSpec": "AutoscalerMetric",
    "batch.v1.JobSpec": "JobSpec",
    "core.v1.AppArmorProfile": "AppArmorProfile",
    "core.v1.Container": "Container",
    "core.v1.EndpointSubset": "EndpointSubset",
    "core.v1.EnvFromSource": "EnvFromSource",
    "core.v1.EnvVar": "EnvVar",
    "core.v1.LimitRangeItem": "LimitRangeItem",
    "core.v1.NodeSelectorTerm": "NodeSelectorTerm",
    "core.v1.PersistentVolumeClaimSpec": "PersistentVolumeClaimSpec",
    "core.v1.PersistentVolumeSpec": "PersistentVolumeSpec",
    "core.v1.PodAffinityTerm": "PodAffinityTerm",
    "core.v1.PodDNSConfig": "PodDNSConfig",
    "core.v1.PodResourceClaim": "PodResourceClaim",
    "core.v1.PodSpec": "PodSpec",
    "core.v1.ResourceFieldSelector": "ResourceFieldSelector",
    "core.v1.ResourceRequirements": "ResourceRequirements",
    "core.v1.SeccompProfile": "SeccompProfile",
    "core.v1.SecurityContext": "SecurityContext",
    "core.v1.ServiceSpec": "ServiceSpec",
    "core.v1.Toleration": "Toleration",
    "core.v1.TopologySpreadConstraint": "TopologySpreadConstraint",
    "core.v1.Volume": "Volume",
    "core.v1.WindowsSecurityContextOptions": "WindowsSecurityContextOptions",
    "flowcontrol.v1.NonResourcePolicyRule": "FlowURLRule",
    "flowcontrol.v1.ResourcePolicyRule": "FlowResourceRule",
    "flowcontrol.v1.Subject": "FlowSubject",
    "meta.v1.LabelSelector": "LabelSelector",
    "meta.v1.ObjectMeta": "Metadata",
    "networking.v1.HTTPIngressPath": "IngressPath",
    "networking.v1.IPBlock": "IPBlock",
    "networking.v1.IngressBackend": "IngressBackend",
    "networking.v1.IngressClassSpec": "IngressClassSpec",
    "networking.v1.NetworkPolicyPeer": "NetworkPolicyPeer",
    "networking.v1.NetworkPolicyPort": "NetworkPolicyPort",
    "rbac.v1.PolicyRule": "PolicyRule",
    "resource.v1.CELDeviceSelector": "CelDeviceSelector",
    "resource.v1.Device": "Device",
    "resource.v1.DeviceAttribute": "DeviceAttribute",
    "resource.v1.DeviceClaim": "DeviceClaim",
    "resource.v1.DeviceConstraint": "DeviceConstraint",
    "resource.v1.DeviceRequest": "DeviceRequest",
    "resource.v1.DeviceSubRequest": "DeviceSubRequest",
    "resource.v1.DeviceToleration": "DeviceToleration",
    "resource.v1.ExactDeviceRequest": "ExactDeviceRequest",
    "resource.v1.OpaqueDeviceConfiguration": "DeviceParameters",
    "storage.v1.CSINodeDriver": "CSINodeDriver",
}
"""Type of the catalogue -> the view that rules have of a part of that type."""


def of_part(kind: str) -> type[Node]:
    """The view of what has a type, an object or a part of one; Node where there is none of its own."""
    name = PARTS.get(kind) or TYPES.get(kind)
    view: type[Node] = globals().get(name) or __getattr__(name) if name is not None else Node
    return view


def of_type(kind: str) -> type[Object] | None:
    """The view of the objects of a type, such as `apps.v1.Deployment`; None for one that rules see as an Object."""
    name = TYPES.get(kind)
    view: type[Object] | None = globals().get(name) or __getattr__(name) if name is not None else None
    return view


def __getattr__(name: str) -> Any:
    """A view, from its module."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value
