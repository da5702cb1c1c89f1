"""A hook sleeps longer than the pod has time to end.

The sleep of `preStop` is part of `terminationGracePeriodSeconds`, 30 where the pod sets none. The API server refuses
a sleep that is longer, or below zero.

Shorten the sleep, or give the pod more time with terminationGracePeriodSeconds.

See https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.REJECTED, needs=("lifecycle",))
def check(container: Container) -> Findings:
    """Find sleeps without the time for them; follows validateSleepAction in pkg/apis/core/validation."""
    hooks = container.value.get("lifecycle")
    if not hooks or (container.is_init and not container.is_sidecar):
        return
    for hook in ("postStart", "preStop"):
        handler = hooks.get(hook)
        sleep = handler.get("sleep") if handler else None
        if sleep is None or any(handler.get(other) is not None for other in ("exec", "httpGet", "tcpSocket")):
            continue
        pod = container.pod
        grace = pod.get("terminationGracePeriodSeconds", 30)
        if grace < 0 and pod.owner.kind == "Pod":
            grace = 1
        seconds = sleep.get("seconds") or 0
        if not 0 <= seconds <= grace:
            node = container["lifecycle"][hook]["sleep"]
            yield node["seconds"].found(
                f"{hook} sleeps {seconds} s; it must be from 0 to terminationGracePeriodSeconds, which is {grace}",
                help="shorten it, or set terminationGracePeriodSeconds on the pod",
                path=node.path,
            )
