"""A pull secret of a type that the kubelet does not take for pulling images.

It reads secrets of the types kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg and passes over any other
without an error: a private image is pulled without credentials and refused.

Make the Secret with `kubectl create secret docker-registry`, or write that type and its key.

See https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, Object, PodSpec, named, rule, sure_target

_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


@rule(Category.RISKY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Follows secretsToTrackedDockerConfigs in pkg/credentialprovider/secrets."""
    owner = pod.root
    if not isinstance(owner, Object):
        return
    for entry in pod["imagePullSecrets"].items():
        name = entry.get("name")
        secret = sure_target(cluster, owner, "Secret", name) if isinstance(name, str) and name else None
        if secret is None or secret.get("type") in _TYPES:
            continue
        yield entry["name"].found(
            f"the Secret {name} is of the type {secret.get('type') or 'Opaque'}, which the kubelet does not pull with",
            consequence="the image is pulled without credentials: ImagePullBackOff where it is private",
            help="write type: kubernetes.io/dockerconfigjson and the key .dockerconfigjson in the Secret",
            related=(named(secret),),
        )
