"""A pull Secret that the kubelet does not use: of another type, or of another name.

It reads secrets of the types kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg and passes over any other, and
over one that is missing, without an error: a private image is pulled without credentials and refused.

Make the Secret with `kubectl create secret docker-registry`, or write that type and its key; write the name of the
Secret that is there.

See https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    NOTHING,
    Category,
    Cluster,
    Findings,
    Object,
    PodSpec,
    Secret,
    ServiceAccount,
    Workload,
    is_sure,
    named,
    resolve,
    rule,
    sure_target,
)

_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")
_EFFECT = "the image is pulled without credentials: ImagePullBackOff where it is private"


@rule(Category.RISKY, needs=("imagePullSecrets",))
def check(holder: PodSpec | ServiceAccount, cluster: Cluster) -> Findings:
    """Follows secretsToTrackedDockerConfigs in pkg/credentialprovider/secrets; what is missing has to be like one of the set."""
    owner = holder.root
    if not isinstance(owner, Object):
        return
    for entry in holder["imagePullSecrets"].items():
        name = entry.get("name")
        if not isinstance(name, str) or not name:
            continue
        secret = sure_target(cluster, owner, "Secret", name)
        if secret is None:
            meant = _meant(owner, name, cluster)
            if meant is not None:
                yield entry["name"].found(
                    f"there is no pull Secret {name} in these manifests; there is {meant.name}",
                    consequence=_EFFECT,
                    help=f"write {meant.name}",
                    related=(named(meant),),
                )
        elif secret.get("type") not in _TYPES:
            yield entry["name"].found(
                f"the Secret {name} is of the type {secret.get('type') or 'Opaque'}, which the kubelet does not pull with",
                consequence=_EFFECT,
                help="write type: kubernetes.io/dockerconfigjson and the key .dockerconfigjson in the Secret",
                related=(named(secret),),
            )


def _meant(owner: Object, name: str, cluster: Cluster) -> Object | None:
    """The Secret of a docker type that a missing name is a slip of, or the only one, which nothing names."""
    reference = resolve(cluster, owner, "", "Secret", name)
    if reference is NOTHING or reference.target is not None:
        return None
    if reference.meant is None:
        return _only_one(owner, cluster)
    return reference.meant if isinstance(reference.meant, Secret) and reference.meant.get("type") in _TYPES else None


def _only_one(owner: Object, cluster: Cluster) -> Secret | None:
    """The only Secret of a docker type beside the owner, if no pod and no account names it."""
    found = [s for s in cluster.in_namespace(Secret, owner.namespace) if s.get("type") in _TYPES][:2]
    if len(found) != 1 or not is_sure(cluster, owner, found[0]):
        return None
    return None if found[0].name in cluster.once(_names_in_use) else found[0]


def _names_in_use(cluster: Cluster) -> set[str]:
    """The names in all imagePullSecrets of the set."""
    holders = [*(w.pod for w in cluster.all(Workload)), *cluster.all(ServiceAccount)]
    return {str(entry.get("name")) for holder in holders for entry in holder["imagePullSecrets"].items()}
