"""A pod gets a token for the API server that it has no use for.

The token of the ServiceAccount is mounted into every container unless that is switched off. A pod that names no
ServiceAccount runs as `default`, which mostly has no permissions: the token serves only those who break in.

Write `automountServiceAccountToken: false` at the pod or at the ServiceAccount. Programs that speak to the API
server get a ServiceAccount of their own, and the field set to true.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Cluster, Findings, PodSpec, rule


@rule(Category.SECURITY)
def check(pod: PodSpec, cluster: Cluster) -> Findings:
    """Find pods that run as `default` and do not say whether they want a token."""
    values = pod.mapping()
    if values.get("automountServiceAccountToken") is not None:
        return
    if (values.get("serviceAccountName") or values.get("serviceAccount") or "default") != "default":
        return
    account = cluster.get("", "ServiceAccount", pod.owner.namespace, "default")
    if account is None or account.get("automountServiceAccountToken") is None:
        yield pod["automountServiceAccountToken"].found(
            "the token of the ServiceAccount `default` is mounted, and the pod does not say that it needs one",
            consequence="whoever breaks into a container can speak to the API server",
            help="write automountServiceAccountToken: false, or name a ServiceAccount of its own",
        )
