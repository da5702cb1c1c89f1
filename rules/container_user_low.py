"""A container runs as a user that the node may have too.

Numbers below 10000 belong to the node's own accounts and services. What breaks out of the container has the files
of the account with the same number.

Write a number from 10000 on (the option `least`) for `runAsUser` and `runAsGroup`, or write `hostUsers: false`.
Root itself is `pod-security-root-user`.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.SECURITY, needs=("securityContext",))
def check(pod: PodSpec, *, least: int = 10_000) -> Findings:
    """Find users and groups from 1 up to below `least`."""
    if pod.get("hostUsers") is False or pod["os"].get("name") == "windows":
        return
    for context in (pod["securityContext"], *(container["securityContext"] for container in pod.all_containers())):
        for field in ("runAsUser", "runAsGroup"):
            number = context.get(field)
            if isinstance(number, int) and 0 < number < least:
                yield context[field].found(
                    f"{field} {number} may be an account of the node",
                    help=f"write {least} or more, or hostUsers: false",
                )
