"""The one face for rules: what a rule needs, each name from its own module when it is first asked for.

`from kubetrial.lint.authoring import Category, Findings, Job, rule` imports the views of the kinds and nothing of the trial run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubetrial.lint.api.constraints import shown as shown
    from kubetrial.lint.build.chart.view import Chart as Chart
    from kubetrial.lint.build.chart.view import delete_policies as delete_policies
    from kubetrial.lint.build.chart.view import hook_events as hook_events
    from kubetrial.lint.build.chart.view import hook_weight as hook_weight
    from kubetrial.lint.build.chart.view import origin_of as origin_of
    from kubetrial.lint.build.chart.view import scalars as scalars
    from kubetrial.lint.finding import Category as Category
    from kubetrial.lint.finding import Edit as Edit
    from kubetrial.lint.finding import Fix as Fix
    from kubetrial.lint.objects.changes import Changes as Changes
    from kubetrial.lint.objects.cluster import Cluster as Cluster
    from kubetrial.lint.objects.cluster import folder_of as folder_of
    from kubetrial.lint.objects.nearness import Neighbours as Neighbours
    from kubetrial.lint.objects.nearness import applied_together as applied_together
    from kubetrial.lint.objects.nearness import circles as circles
    from kubetrial.lint.objects.nearness import is_beside as is_beside
    from kubetrial.lint.objects.nearness import is_open as is_open
    from kubetrial.lint.objects.nearness import is_transformed as is_transformed
    from kubetrial.lint.objects.references import CLUSTER_SCOPED as CLUSTER_SCOPED
    from kubetrial.lint.objects.references import NOTHING as NOTHING
    from kubetrial.lint.objects.references import is_sure as is_sure
    from kubetrial.lint.objects.references import is_well_known as is_well_known
    from kubetrial.lint.objects.references import named as named
    from kubetrial.lint.objects.references import resolve as resolve
    from kubetrial.lint.objects.references import sure_of as sure_of
    from kubetrial.lint.objects.references import sure_target as sure_target
    from kubetrial.lint.objects.references import unresolved as unresolved
    from kubetrial.lint.objects.selections import missed as missed
    from kubetrial.lint.objects.selections import services_of as services_of
    from kubetrial.lint.objects.selections import workloads_of as workloads_of
    from kubetrial.lint.objects.service_ports import has_port as has_port
    from kubetrial.lint.objects.service_ports import is_injected as is_injected
    from kubetrial.lint.objects.service_ports import lacking_for_tls as lacking_for_tls
    from kubetrial.lint.objects.service_ports import ports_of as ports_of
    from kubetrial.lint.objects.service_ports import says_ports as says_ports
    from kubetrial.lint.objects.together import chosen_beside as chosen_beside
    from kubetrial.lint.objects.together import in_one_cluster as in_one_cluster
    from kubetrial.lint.objects.together import place as place
    from kubetrial.lint.objects.views import AccessReview as AccessReview
    from kubetrial.lint.objects.views import Addressed as Addressed
    from kubetrial.lint.objects.views import AddressHolder as AddressHolder
    from kubetrial.lint.objects.views import AdmissionPolicy as AdmissionPolicy
    from kubetrial.lint.objects.views import AdmissionPolicyBinding as AdmissionPolicyBinding
    from kubetrial.lint.objects.views import AdmissionRule as AdmissionRule
    from kubetrial.lint.objects.views import AdmissionWebhook as AdmissionWebhook
    from kubetrial.lint.objects.views import AdmissionWebhookClient as AdmissionWebhookClient
    from kubetrial.lint.objects.views import AnyEvent as AnyEvent
    from kubetrial.lint.objects.views import APIService as APIService
    from kubetrial.lint.objects.views import AppArmorProfile as AppArmorProfile
    from kubetrial.lint.objects.views import AutoscalerLimits as AutoscalerLimits
    from kubetrial.lint.objects.views import AutoscalerMetric as AutoscalerMetric
    from kubetrial.lint.objects.views import AutoscalerRules as AutoscalerRules
    from kubetrial.lint.objects.views import AutoscalerSpec as AutoscalerSpec
    from kubetrial.lint.objects.views import AutoscalerSpecV1 as AutoscalerSpecV1
    from kubetrial.lint.objects.views import Binding as Binding
    from kubetrial.lint.objects.views import CelDeviceSelector as CelDeviceSelector
    from kubetrial.lint.objects.views import CertificateSigningRequest as CertificateSigningRequest
    from kubetrial.lint.objects.views import Certified as Certified
    from kubetrial.lint.objects.views import ClusterRoleBinding as ClusterRoleBinding
    from kubetrial.lint.objects.views import ConfigMap as ConfigMap
    from kubetrial.lint.objects.views import Configuration as Configuration
    from kubetrial.lint.objects.views import Container as Container
    from kubetrial.lint.objects.views import ControllerRevision as ControllerRevision
    from kubetrial.lint.objects.views import ConversionWebhookClient as ConversionWebhookClient
    from kubetrial.lint.objects.views import CoreEvent as CoreEvent
    from kubetrial.lint.objects.views import CronJob as CronJob
    from kubetrial.lint.objects.views import CSIDriver as CSIDriver
    from kubetrial.lint.objects.views import CSINodeDriver as CSINodeDriver
    from kubetrial.lint.objects.views import CustomResourceDefinition as CustomResourceDefinition
    from kubetrial.lint.objects.views import DaemonSet as DaemonSet
    from kubetrial.lint.objects.views import Data as Data
    from kubetrial.lint.objects.views import Deployment as Deployment
    from kubetrial.lint.objects.views import Device as Device
    from kubetrial.lint.objects.views import DeviceAmount as DeviceAmount
    from kubetrial.lint.objects.views import DeviceAttribute as DeviceAttribute
    from kubetrial.lint.objects.views import DeviceClaim as DeviceClaim
    from kubetrial.lint.objects.views import DeviceClass as DeviceClass
    from kubetrial.lint.objects.views import DeviceConstraint as DeviceConstraint
    from kubetrial.lint.objects.views import DeviceParameters as DeviceParameters
    from kubetrial.lint.objects.views import DeviceRequest as DeviceRequest
    from kubetrial.lint.objects.views import DeviceSubRequest as DeviceSubRequest
    from kubetrial.lint.objects.views import DeviceToleration as DeviceToleration
    from kubetrial.lint.objects.views import DisruptionBudget as DisruptionBudget
    from kubetrial.lint.objects.views import Endpoints as Endpoints
    from kubetrial.lint.objects.views import EndpointSlice as EndpointSlice
    from kubetrial.lint.objects.views import EndpointSubset as EndpointSubset
    from kubetrial.lint.objects.views import EnvFromSource as EnvFromSource
    from kubetrial.lint.objects.views import EnvVar as EnvVar
    from kubetrial.lint.objects.views import Event as Event
    from kubetrial.lint.objects.views import ExactDeviceRequest as ExactDeviceRequest
    from kubetrial.lint.objects.views import FlowResourceRule as FlowResourceRule
    from kubetrial.lint.objects.views import FlowRule as FlowRule
    from kubetrial.lint.objects.views import FlowSchema as FlowSchema
    from kubetrial.lint.objects.views import FlowSubject as FlowSubject
    from kubetrial.lint.objects.views import FlowURLRule as FlowURLRule
    from kubetrial.lint.objects.views import Ingress as Ingress
    from kubetrial.lint.objects.views import IngressBackend as IngressBackend
    from kubetrial.lint.objects.views import IngressClassSpec as IngressClassSpec
    from kubetrial.lint.objects.views import IngressPath as IngressPath
    from kubetrial.lint.objects.views import IPAddress as IPAddress
    from kubetrial.lint.objects.views import IPBlock as IPBlock
    from kubetrial.lint.objects.views import Job as Job
    from kubetrial.lint.objects.views import JobSpec as JobSpec
    from kubetrial.lint.objects.views import KubernetesNode as KubernetesNode
    from kubetrial.lint.objects.views import LabelSelector as LabelSelector
    from kubetrial.lint.objects.views import LimitRange as LimitRange
    from kubetrial.lint.objects.views import LimitRangeItem as LimitRangeItem
    from kubetrial.lint.objects.views import LocalSubjectAccessReview as LocalSubjectAccessReview
    from kubetrial.lint.objects.views import MatchCondition as MatchCondition
    from kubetrial.lint.objects.views import Metadata as Metadata
    from kubetrial.lint.objects.views import MutatingAdmissionPolicy as MutatingAdmissionPolicy
    from kubetrial.lint.objects.views import MutatingAdmissionPolicyBinding as MutatingAdmissionPolicyBinding
    from kubetrial.lint.objects.views import MutatingWebhook as MutatingWebhook
    from kubetrial.lint.objects.views import MutatingWebhookConfiguration as MutatingWebhookConfiguration
    from kubetrial.lint.objects.views import Namespace as Namespace
    from kubetrial.lint.objects.views import NetworkPolicy as NetworkPolicy
    from kubetrial.lint.objects.views import NetworkPolicyPeer as NetworkPolicyPeer
    from kubetrial.lint.objects.views import NetworkPolicyPort as NetworkPolicyPort
    from kubetrial.lint.objects.views import NodeSelectorTerm as NodeSelectorTerm
    from kubetrial.lint.objects.views import Object as Object
    from kubetrial.lint.objects.views import Parametrised as Parametrised
    from kubetrial.lint.objects.views import PersistentVolume as PersistentVolume
    from kubetrial.lint.objects.views import PersistentVolumeClaim as PersistentVolumeClaim
    from kubetrial.lint.objects.views import PersistentVolumeClaimSpec as PersistentVolumeClaimSpec
    from kubetrial.lint.objects.views import PersistentVolumeSpec as PersistentVolumeSpec
    from kubetrial.lint.objects.views import Pod as Pod
    from kubetrial.lint.objects.views import PodAffinityTerm as PodAffinityTerm
    from kubetrial.lint.objects.views import PodDNSConfig as PodDNSConfig
    from kubetrial.lint.objects.views import PodResourceClaim as PodResourceClaim
    from kubetrial.lint.objects.views import PodSpec as PodSpec
    from kubetrial.lint.objects.views import PodTemplate as PodTemplate
    from kubetrial.lint.objects.views import PolicyParamKind as PolicyParamKind
    from kubetrial.lint.objects.views import PolicyParamRef as PolicyParamRef
    from kubetrial.lint.objects.views import PolicyRequestRule as PolicyRequestRule
    from kubetrial.lint.objects.views import PolicyRule as PolicyRule
    from kubetrial.lint.objects.views import Ported as Ported
    from kubetrial.lint.objects.views import PriorityClass as PriorityClass
    from kubetrial.lint.objects.views import PriorityLevel as PriorityLevel
    from kubetrial.lint.objects.views import Profile as Profile
    from kubetrial.lint.objects.views import ReplicaSet as ReplicaSet
    from kubetrial.lint.objects.views import ReplicationController as ReplicationController
    from kubetrial.lint.objects.views import RequestFieldSelector as RequestFieldSelector
    from kubetrial.lint.objects.views import RequestLabelSelector as RequestLabelSelector
    from kubetrial.lint.objects.views import RequestSelector as RequestSelector
    from kubetrial.lint.objects.views import ResourceFieldSelector as ResourceFieldSelector
    from kubetrial.lint.objects.views import ResourceQuota as ResourceQuota
    from kubetrial.lint.objects.views import ResourceRequirements as ResourceRequirements
    from kubetrial.lint.objects.views import ResourceSlice as ResourceSlice
    from kubetrial.lint.objects.views import RoleBinding as RoleBinding
    from kubetrial.lint.objects.views import RuntimeClass as RuntimeClass
    from kubetrial.lint.objects.views import SeccompProfile as SeccompProfile
    from kubetrial.lint.objects.views import Secret as Secret
    from kubetrial.lint.objects.views import SecurityContext as SecurityContext
    from kubetrial.lint.objects.views import SelfSubjectAccessReview as SelfSubjectAccessReview
    from kubetrial.lint.objects.views import Service as Service
    from kubetrial.lint.objects.views import ServiceAccount as ServiceAccount
    from kubetrial.lint.objects.views import ServiceCIDR as ServiceCIDR
    from kubetrial.lint.objects.views import ServiceSpec as ServiceSpec
    from kubetrial.lint.objects.views import StatefulSet as StatefulSet
    from kubetrial.lint.objects.views import StorageClass as StorageClass
    from kubetrial.lint.objects.views import StorageObject as StorageObject
    from kubetrial.lint.objects.views import SubjectAccessReview as SubjectAccessReview
    from kubetrial.lint.objects.views import Toleration as Toleration
    from kubetrial.lint.objects.views import TopologySpreadConstraint as TopologySpreadConstraint
    from kubetrial.lint.objects.views import TrustBundle as TrustBundle
    from kubetrial.lint.objects.views import ValidatingAdmissionPolicy as ValidatingAdmissionPolicy
    from kubetrial.lint.objects.views import ValidatingAdmissionPolicyBinding as ValidatingAdmissionPolicyBinding
    from kubetrial.lint.objects.views import ValidatingWebhook as ValidatingWebhook
    from kubetrial.lint.objects.views import ValidatingWebhookConfiguration as ValidatingWebhookConfiguration
    from kubetrial.lint.objects.views import Volume as Volume
    from kubetrial.lint.objects.views import VolumeAttachment as VolumeAttachment
    from kubetrial.lint.objects.views import VolumeAttributesClass as VolumeAttributesClass
    from kubetrial.lint.objects.views import WebhookClient as WebhookClient
    from kubetrial.lint.objects.views import WebhookConfiguration as WebhookConfiguration
    from kubetrial.lint.objects.views import WebhookRule as WebhookRule
    from kubetrial.lint.objects.views import WindowsSecurityContextOptions as WindowsSecurityContextOptions
    from kubetrial.lint.objects.views import Workload as Workload
    from kubetrial.lint.rule import rule as rule
    from kubetrial.lint.trial.plays import Play as Play
    from kubetrial.lint.trial.plays import Trial as Trial
    from kubetrial.lint.trial.plays import claims as claims
    from kubetrial.lint.trial.plays import kept_on_one_node as kept_on_one_node
    from kubetrial.lint.values.nearest import MOST_NAMES as MOST_NAMES
    from kubetrial.lint.values.nearest import nearest as nearest
    from kubetrial.lint.values.nearest import slip as slip
    from kubetrial.lint.values.nearest import words as words
    from kubetrial.lint.yaml.node import Findings as Findings
    from kubetrial.lint.yaml.node import Found as Found
    from kubetrial.lint.yaml.node import Node as Node

_NAMES = {
    "build.chart.view": "Chart delete_policies hook_events hook_weight origin_of scalars",
    "api.constraints": "shown",
    "finding": "Category Edit Fix",
    "objects.changes": "Changes",
    "objects.cluster": "Cluster folder_of",
    "objects.nearness": "Neighbours applied_together circles is_beside is_open is_transformed",
    "objects.references": "CLUSTER_SCOPED NOTHING is_sure is_well_known named resolve sure_of sure_target unresolved",
    "objects.selections": "missed services_of workloads_of",
    "objects.service_ports": "has_port is_injected lacking_for_tls ports_of says_ports",
    "objects.together": "chosen_beside in_one_cluster place",
    "objects.views": (
        "APIService AccessReview AddressHolder Addressed AdmissionPolicy AdmissionPolicyBinding AdmissionRule "
        "AdmissionWebhook AdmissionWebhookClient AnyEvent AppArmorProfile AutoscalerLimits AutoscalerMetric "
        "AutoscalerRules AutoscalerSpec AutoscalerSpecV1 Binding CSIDriver CSINodeDriver CelDeviceSelector "
        "CertificateSigningRequest Certified ClusterRoleBinding ConfigMap Configuration Container "
        "ControllerRevision ConversionWebhookClient CoreEvent CronJob CustomResourceDefinition DaemonSet Data "
        "Deployment Device DeviceAmount DeviceAttribute DeviceClaim DeviceClass DeviceConstraint DeviceParameters "
        "DeviceRequest DeviceSubRequest DeviceToleration DisruptionBudget EndpointSlice EndpointSubset Endpoints "
        "EnvFromSource EnvVar Event ExactDeviceRequest FlowResourceRule FlowRule FlowSchema FlowSubject "
        "FlowURLRule IPAddress IPBlock Ingress IngressBackend IngressClassSpec IngressPath Job JobSpec "
        "KubernetesNode LabelSelector LimitRange LimitRangeItem LocalSubjectAccessReview MatchCondition Metadata "
        "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhook MutatingWebhookConfiguration "
        "Namespace NetworkPolicy NetworkPolicyPeer NetworkPolicyPort NodeSelectorTerm Object Parametrised "
        "PersistentVolume PersistentVolumeClaim PersistentVolumeClaimSpec PersistentVolumeSpec Pod PodAffinityTerm "
        "PodDNSConfig PodResourceClaim PodSpec PodTemplate PolicyParamKind PolicyParamRef PolicyRequestRule "
        "PolicyRule Ported PriorityClass PriorityLevel Profile ReplicaSet ReplicationController "
        "RequestFieldSelector RequestLabelSelector RequestSelector ResourceFieldSelector ResourceQuota "
        "ResourceRequirements ResourceSlice RoleBinding RuntimeClass SeccompProfile Secret SecurityContext "
        "SelfSubjectAccessReview Service ServiceAccount ServiceCIDR ServiceSpec StatefulSet StorageClass "
        "StorageObject SubjectAccessReview Toleration TopologySpreadConstraint TrustBundle "
        "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhook "
        "ValidatingWebhookConfiguration Volume VolumeAttachment VolumeAttributesClass WebhookClient "
        "WebhookConfiguration WebhookRule WindowsSecurityContextOptions Workload"
    ),
    "rule": "rule",
    "trial.plays": "Play Trial claims kept_on_one_node",
    "values.nearest": "MOST_NAMES nearest slip words",
    "yaml.node": "Findings Found Node",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}
_RENAMED = {"may_change": "is_transformed", "together": "in_one_cluster"}
"""Names that rules of users may still import."""


def __getattr__(name: str) -> Any:
    """A name of the face, from its module."""
    if name in _RENAMED:
        return __getattr__(_RENAMED[name])
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"kubetrial.lint.{module}"), name)
    return value
