"""An object that is put into the namespace `default` on purpose.

Quotas, network policies, permissions and clean-up work by namespace; what stands in `default` shares them with
everything that nobody has thought about.

Write a namespace of its own, or none and let the deployment choose.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule

_OWN = frozenset((("Service", "kubernetes"), ("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")))


@rule(Category.ADVICE, needs=("namespace",))
def check(obj: Object) -> Findings:
    """Find `namespace: default`, but at what Kubernetes itself keeps there."""
    metadata = obj.value.get("metadata")
    if metadata.__class__ is dict and metadata.get("namespace") == "default" and (obj.kind, obj.name) not in _OWN:
        yield obj["metadata"]["namespace"].found(
            f"this {obj.kind} is put into the namespace default", help="write a namespace of its own"
        )
