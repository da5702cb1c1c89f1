"""A webhook or APIService whose Service does not exist.

The API server calls the Service by name and namespace. Without it every request that the webhook is asked about fails
(`failurePolicy: Fail`, the default) with "failed calling webhook: service not found": pods cannot be made, nodes
cannot report. An APIService without its Service makes discovery and the deletion of namespaces fail.

Write the name and the namespace of the Service in front of the webhook.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    APIService,
    Category,
    Cluster,
    Findings,
    Object,
    WebhookClient,
    resolve,
    rule,
    unresolved,
)

_TO_BE_WRITTEN = "system"
"""The namespace that controller-gen writes, for a kustomization to replace."""


@rule(Category.RISKY, needs=("service",))
def check(client: WebhookClient | APIService, cluster: Cluster) -> Findings:
    """Services that stand in another namespace, have nearly that name, or that the set lacks."""
    of_api = isinstance(client, APIService)
    service = client["spec"]["service"] if of_api else client["service"]
    name, namespace, referrer = service.get("name"), service.get("namespace", ""), client.root
    if not name or not isinstance(referrer, Object) or namespace == _TO_BE_WRITTEN:
        return
    reference = resolve(cluster, referrer, "", "Service", name, namespace)
    if reference.fails:
        consequence = "requests that need the webhook fail: service not found"
        if of_api:
            consequence = "the API group is unavailable, and namespaces cannot be deleted"
        field = "namespace" if reference.elsewhere is not None and namespace else "name"
        yield unresolved(service[field], reference, "Service", name, consequence)
