"""An APIService contradicts itself.

Its group is empty only for the core API (`v1`); an API that the API server answers itself (no `service`) has no
certificate to check, and an API of another server is either trusted blindly or by `caBundle`, not both. The API
server refuses the rest.

Name the group, and keep one of `caBundle` and `insecureSkipTLSVerify`, with a `service`.

See https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
"""

from __future__ import annotations

from kubetrial.lint.authoring import APIService, Category, Findings, rule


@rule(Category.REJECTED)
def check(service: APIService) -> Findings:
    """Find contradictions; follows ValidateAPIService in kube-aggregator."""
    values = service.mapping().get("spec")
    if values is None:
        return
    spec = service["spec"]
    if not values.get("group") and values.get("version") != "v1":
        yield spec["group"].found(
            "`group` is missing; only the core API `v1` has none", help="write the group, such as metrics.k8s.io"
        )
    local = values.get("service") is None
    if local and values.get("caBundle"):
        yield spec["caBundle"].found(
            "caBundle needs a `service` whose certificate it checks", help="add `service`, or remove it", key=True
        )
    if values.get("insecureSkipTLSVerify") and (local or values.get("caBundle")):
        why = "an API without `service` has no certificate" if local else "caBundle is there to verify with"
        yield spec["insecureSkipTLSVerify"].found(
            f"insecureSkipTLSVerify makes no sense: {why}", help="remove one of the two", key=True
        )
