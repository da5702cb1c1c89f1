"""A conversion between versions of a custom resource that cannot work.

The strategy `Webhook` needs a webhook, and versions of review of which the API server knows one; `None` changes apiVersion alone
and has no webhook. The API server refuses the rest.

Write `webhook.clientConfig` and `conversionReviewVersions: [v1]`, or the strategy None.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CustomResourceDefinition, Findings, Node, rule, shown
from kubetrial.lint.values import names


@rule(Category.REJECTED, needs=("conversion",))
def check(crd: CustomResourceDefinition) -> Findings:
    """Find conversions that cannot work; follows validateCustomResourceConversion in apiextensions-apiserver."""
    conversion = crd["spec"]["conversion"]
    webhook = conversion["webhook"]
    client, versions = webhook["clientConfig"], webhook.get("conversionReviewVersions") or []
    if not conversion.present:
        return
    if conversion.get("strategy") != "Webhook":
        for node, is_set in ((client, client.present), (webhook["conversionReviewVersions"], bool(versions))):
            if is_set:
                yield node.found(
                    f"`{node.key}` is for the strategy Webhook",
                    help="write `strategy: Webhook`, or remove it",
                    key=True,
                )
        return
    if not client.present:
        yield client.found(
            "the strategy Webhook needs webhook.clientConfig", help="name the webhook's service or url", key=True
        )
    yield from _versions(webhook["conversionReviewVersions"], versions)


def _versions(node: Node, versions: list[str | None]) -> Findings:
    if not versions:
        yield node.found("the webhook lists no versions of review", help="write [v1]", key=True)
        return
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield node[index].found(f"the version {shown(version)} stands twice", help="remove one of them")
        elif (reason := names.dns1035_label(version or "")) is not None:
            yield node[index].found(f"the version {shown(version or '')}: {reason}", help="write v1")
    if "v1" not in versions and "v1beta1" not in versions:
        yield node.found("the API server sends reviews of v1 and v1beta1, and neither is listed", help="list v1")
