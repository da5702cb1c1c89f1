"""A preStop hook that takes all of the time a pod has to stop.

The grace period (`terminationGracePeriodSeconds`, default 30) begins before the preStop hook, and the container gets
SIGTERM when the hook is done. A hook that sleeps as long as the grace period leaves nothing for it: the container is
killed with SIGKILL, requests break off, and data in memory is lost.

Raise terminationGracePeriodSeconds above the hook's time and what the application needs to stop.

See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Container, Findings, Node, PodSpec, rule
from kubetrial.lint.values.digits import whole
from kubetrial.lint.values.pattern import pattern

_SLEEP = re.compile(r"(?:^|[\s;&/])sleep[\s,]+([0-9]+)(s|m)?(?=$|[\s;&])|\btime\.sleep\(([0-9]+)\)")

_BRANCHES = pattern(r"\|\||\b(?:if|while|until|for|case)\b|&(?!&|\d)(?<!&&)")


@rule(Category.RISKY, needs=("lifecycle",))
def check(pod: PodSpec) -> Findings:
    """A sleep in the hook of at least the grace period; several one after another count together."""
    grace = pod.get("terminationGracePeriodSeconds", 30)
    if not isinstance(grace, int) or grace <= 0:
        return
    for container in pod.containers():
        if not container.get("lifecycle"):
            continue
        seconds, node = slept(container)
        if seconds >= grace and node is not None:
            own = pod["terminationGracePeriodSeconds"]
            yield node.found(
                f"the preStop hook of {container.name} sleeps {seconds} s, and the pod has {grace} s to stop",
                consequence="the container is killed in the middle of its work: no time is left after the hook",
                help=f"write terminationGracePeriodSeconds: {seconds + 30}, or shorten the sleep",
                related=(("the grace period", own),) if own.present else (),
            )


def slept(container: Container) -> tuple[int, Node | None]:
    """(seconds, where they stand) of a hook that sleeps."""
    hook = container["lifecycle"]["preStop"]
    action = hook["sleep"]["seconds"]
    if isinstance(action.value, int):
        most = container.pod.get("terminationGracePeriodSeconds", 30)
        return (action.value, action) if action.value == most else (0, None)  # the server refuses more
    command = hook["exec"]["command"]
    words = [word for word in command.value or () if isinstance(word, str)] if isinstance(command.value, list) else []
    text = " ".join(words)
    found = list(_SLEEP.finditer(text))
    if not found:
        return 0, None
    if _BRANCHES.search(text):
        found = found[:1]  # not all of them are sure to come
    return sum((whole(m.group(1) or m.group(3)) or 0) * (60 if m.group(2) == "m" else 1) for m in found), command
