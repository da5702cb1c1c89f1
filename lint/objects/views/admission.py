"""Webhooks and policies that judge requests (admissionregistration.k8s.io)."""

from __future__ import annotations

from kubetrial.lint.objects.views.base import Object
from kubetrial.lint.yaml.node import Node


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
