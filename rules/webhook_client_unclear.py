"""A webhook that the API server cannot reach as it is written.

`clientConfig` names either a `url` or a `service`. The URL is `https://host/path` without user, query and fragment; the service
has a name, a namespace, a port from 1 to 65535 and a path of plain parts. The API server refuses the rest.

Name the Service of the webhook, or its URL where it runs outside of the cluster.

See https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    AdmissionWebhookClient,
    Category,
    ConversionWebhookClient,
    Findings,
    Node,
    rule,
    shown,
)
from kubetrial.lint.values import urls


@rule(Category.REJECTED)
def check(client: AdmissionWebhookClient | ConversionWebhookClient) -> Findings:
    """Find clients that cannot be reached; follows validateValidatingWebhook and validateCustomResourceConversion."""
    if isinstance(client, ConversionWebhookClient) and not _converts(client):
        return
    url, service = client.value.get("url"), client.value.get("service")
    if (url is None) == (service is None):
        both = "has both" if url is not None else "has neither"
        yield client.found(
            f"a webhook is reached by `url` or by `service`, and this one {both}",
            help="set exactly one of them",
            key=True,
        )
    elif url is not None:
        for problem in urls.webhook_url_problems(url):
            yield client["url"].found(f"the webhook's url is {shown(url)}: {problem}", help="write https://host/path")
    else:
        yield from _service(client["service"])


def _converts(client: Node) -> bool:
    """Whether the conversion asks webhooks at all: else the server refuses the client as such."""
    above = client.parent and client.parent.parent
    return above is not None and above.get("strategy") == "Webhook"


def _service(service: Node) -> Findings:
    # The server mixes the two up when it says which is missing.
    for name, said in (("name", "namespace"), ("namespace", "name")):
        if not service.get(name):
            path = f"{service.path}.{said}"
            yield service[name].found(f"the webhook's service has no {name}", help=f"set `{name}`", key=True, path=path)
    port = service.get("port", 443)
    if not 1 <= port <= 65535:
        yield service["port"].found(
            f"the port of the webhook's service is {port}; ports are from 1 to 65535",
            help="write the port of the Service, such as 443",
        )
    for problem in urls.service_path_problems(service.get("path", "")):
        yield service["path"].found(
            f"the path {shown(service.get('path'))} of the webhook's service: {problem}",
            help="write a path such as /validate",
        )
