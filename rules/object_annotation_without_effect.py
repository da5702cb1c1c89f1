"""An annotation of a Service, claim or Namespace that something else has replaced.

Kubernetes does not read it any more, and says nothing: requests for a Service go on to other nodes, a
Namespace is not isolated. What was meant has to be written anew.

Write the field or the object that the message gives, and remove the annotation.

See https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Namespace, PersistentVolumeClaim, Service, rule

_OF_SERVICES = {
    "service.beta.kubernetes.io/external-traffic": ("externalTrafficPolicy", "requests go on to pods of other nodes"),
    "service.alpha.kubernetes.io/external-traffic": ("externalTrafficPolicy", "requests go on to pods of other nodes"),
    "service.beta.kubernetes.io/healthcheck-nodeport": ("healthCheckNodePort", "the server chooses the port"),
}
_OF_CLAIMS = {
    "volume.alpha.kubernetes.io/storage-class": ("storageClassName", "the claim gets the default class, or none")
}
_ANY = ("anything", "default")
"""A class that is none: any value of the annotation once asked for a volume of the default class, which a claim gets anyway."""
_OF_NAMESPACES = {
    "net.beta.kubernetes.io/network-policy": (
        "a NetworkPolicy with an empty podSelector and no ingress rule",
        "the namespace is not isolated: every pod of the cluster reaches its pods",
    )
}


@rule(Category.RISKY)
def check(annotated: Service | PersistentVolumeClaim | Namespace) -> Findings:
    """Annotations of which no code of Kubernetes 1.25 to 1.37 speaks, where what replaced them is not written too."""
    annotations = annotated.annotations
    known = _OF_NAMESPACES
    if not isinstance(annotated, Namespace):
        known = _OF_SERVICES if isinstance(annotated, Service) else _OF_CLAIMS
    for key in (key for key in known if key in annotations):
        instead, effect = known[key]
        if annotated["spec"].get(instead) is None and annotations[key] not in _ANY:
            yield annotated.at("metadata", "annotations", key).found(
                f"the annotation `{key}` has no effect any more",
                consequence=effect,
                help=f"write {instead}, and remove the annotation",
                key=True,
            )
