"""Who may do what, and how requests are queued (rbac, authorization, certificates, flowcontrol)."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


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


class ServiceAccount(Object):
    """An identity of pods."""

    __slots__ = ()
    schema = "core.v1.ServiceAccount"
