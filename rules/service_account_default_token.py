"""The ServiceAccount `default` hands its token to every pod.

Pods that name no ServiceAccount run as `default`. Where the object is managed by a manifest, it can switch the
token off for all of them at once.

Write `automountServiceAccountToken: false`.

See https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, ServiceAccount, rule


@rule(Category.SECURITY)
def check(account: ServiceAccount) -> Findings:
    """Find the ServiceAccount `default` without automountServiceAccountToken: false."""
    if account.name == "default" and account.get("automountServiceAccountToken") is not False:
        yield account["metadata"]["name"].found(
            "every pod that names no ServiceAccount gets a token of this one",
            help="write automountServiceAccountToken: false",
        )
