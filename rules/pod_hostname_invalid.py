"""A pod's hostname that it cannot have.

`hostname` and `subdomain` are parts of a DNS name; `hostnameOverride` cannot stand with `setHostnameAsFQDN` (which
sets another) or with `hostNetwork` (where the node's name counts). The API server refuses the pod.

Write lower-case letters, digits and `-`, at most 63 characters, and keep one way of naming the host.

See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-hostname-and-subdomain-field
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead


@rule(Category.REJECTED, needs=("hostname", "hostnameOverride", "subdomain"))
def check(pod: PodSpec) -> Findings:
    """Find malformed and contradicting hostnames; follows ValidatePodSpec and validatePodHostName."""
    values = pod.mapping()
    for field in ("hostname", "subdomain"):
        name = values.get(field)
        if name and (reason := names.dns_label(name)) and pod.root.get("kind") != "StatefulSet":
            # The controller of a StatefulSet sets both itself, so the server does not look at them there.
            yield pod[field].found(f"`{field}` is `{name}`: {reason}", help=instead(name, names.dns_label))
    if values.get("hostnameOverride") is None:
        return
    for field in ("setHostnameAsFQDN", "hostNetwork"):
        if values.get(field):
            yield pod["hostnameOverride"].found(
                f"`hostnameOverride` and `{field}: true` exclude one another",
                help="keep one of them",
                key=True,
                related=((f"`{field}`", pod[field]),),
            )
