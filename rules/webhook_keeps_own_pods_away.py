"""A webhook that is asked about its own server's pods, and keeps them away when none runs.

The API server asks the webhook before it makes or binds a pod. With `failurePolicy: Fail`, the default, the request is refused when
nobody answers. When all pods of the webhook's server are gone at once (the nodes were restarted, the only replica was evicted), the
new ones are refused too, with "failed calling webhook": nothing starts any more until somebody deletes the configuration.

Leave the namespace of the server out, with a namespaceSelector on `kubernetes.io/metadata.name` and `NotIn`, or its pods with an
objectSelector.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#avoiding-deadlocks-in-self-hosted-webhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubetrial.lint.authoring import (
    AdmissionWebhook,
    Category,
    Cluster,
    Findings,
    LabelSelector,
    Object,
    Service,
    named,
    resolve,
    rule,
    sure_of,
    workloads_of,
)

_OF_EVERY_NAMESPACE = frozenset(("kubernetes.io/metadata.name",))
"""Labels that are known where the Namespace is not of the set."""


@rule(Category.RISKY, needs=("clientConfig",))
def check(webhook: AdmissionWebhook, cluster: Cluster) -> Findings:
    """Follows the matching of pkg/admission/plugin/webhook: rules, namespaceSelector, objectSelector; conditions are not read."""
    referrer = webhook.root
    by_default = "Fail" if referrer.get("apiVersion") == "admissionregistration.k8s.io/v1" else "Ignore"
    if (
        webhook.get("failurePolicy", by_default) != "Fail"
        or webhook.get("matchConditions")
        or not isinstance(referrer, Object)
    ):
        return
    where = webhook["clientConfig"]["service"]
    name, namespace = where.get("name"), where.get("namespace")
    if not isinstance(name, str) or not isinstance(namespace, str) or not _asks_about_pods(webhook):
        return
    reference = resolve(cluster, referrer, "", "Service", name, namespace)
    service = reference.target
    if not isinstance(service, Service) or not reference.sure or not service.selector.mapping():
        return
    if not _takes(webhook["namespaceSelector"].view(LabelSelector), *_namespace_labels(cluster, namespace)):
        return
    for server in sure_of(cluster, service, workloads_of(cluster, service, service.selector)):
        chosen = webhook["objectSelector"].view(LabelSelector)
        if not chosen.is_empty and not chosen.matches(server.pod.labels):
            continue
        yield _place(webhook).found(
            f"the webhook {webhook.get('name')} is asked about the pods of {server.kind} {server.name}, which answers it",
            key=not webhook["failurePolicy"].present,
            consequence=(
                "when none of them runs, as after a restart of the nodes, the API server refuses new ones (failed calling "
                "webhook), and all other pods too, until somebody deletes the configuration"
            ),
            help=f"leave the namespace out: namespaceSelector with kubernetes.io/metadata.name NotIn [{namespace}]",
            related=(named(server),),
        )
        return


def _place(webhook: AdmissionWebhook) -> Any:
    return webhook["failurePolicy"] if webhook["failurePolicy"].present else webhook["name"]


def _asks_about_pods(webhook: AdmissionWebhook) -> bool:
    """Whether a rule includes the creation of pods, or their binding to a node."""
    for one in webhook["rules"].items():
        groups, resources = one.get("apiGroups") or (), one.get("resources") or ()
        if one.get("scope") == "Cluster" or not {"", "*"} & set(map(str, groups)):
            continue
        if not {"CREATE", "*"} & set(map(str, one.get("operations") or ())):
            continue
        if {"pods", "*", "*/*", "pods/*", "pods/binding"} & set(map(str, resources)):
            return True
    return False


def _namespace_labels(cluster: Cluster, namespace: str) -> tuple[Mapping[str, Any], bool]:
    """(the labels of a namespace, whether these are all)."""
    known = {"kubernetes.io/metadata.name": namespace}
    found = cluster.get("", "Namespace", "", namespace)
    return ({**found.labels, **known}, True) if found is not None else (known, False)


def _takes(selector: LabelSelector, labels: Mapping[str, Any], complete: bool) -> bool:
    """Whether the namespace is certainly chosen; a label that nobody knows of may leave it out."""
    if selector.is_empty:
        return True
    asked = {*selector["matchLabels"].mapping(), *(i.get("key") for i in selector["matchExpressions"].items())}
    if not complete and not asked <= _OF_EVERY_NAMESPACE:
        return False
    return selector.matches(labels)
