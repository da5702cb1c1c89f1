"""A shell or tool in a container whose image is known to hold only its own program.

Images that are built on `scratch` or "distroless" have no `/bin/sh`, no `sleep` and no `cat`. A `preStop` hook that calls one fails
at each stop (the event FailedPreStopHook) and delays nothing; a readiness or startup probe never succeeds, and a liveness probe kills
nothing; a container whose command it is never starts.

For a delay before the stop write `preStop: {sleep: {seconds: N}}`; for a probe use `httpGet`, `grpc` or `tcpSocket`, or an image
with a shell.

See https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-implementations
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, Node, rule
from kubetrial.lint.objects.commands import commands_of, is_shell

_TOOLS = frozenset(
    ("sleep", "cat", "ls", "rm", "test", "echo", "wget", "curl", "nc", "grep", "touch", "kill", "pgrep", "ps")
)


@rule(Category.RISKY, needs=("args", "command"))
def check(container: Container) -> Findings:
    """Commands, probes and hooks of images that are known to have no shell, by their name."""
    for command in commands_of(container):
        program = str(command.value[0])
        if not (is_shell(program) or program.rpartition("/")[2] in _TOOLS):
            continue
        from kubetrial.lint.facts.images import has_no_shell  # most containers call their own program

        if not has_no_shell(container.get("image")):
            return
        yield command.found(
            f"the image of {container.name} has no `{program}`: it holds nothing but its own program",
            consequence=_consequence(command),
            help=_cure(command),
            related=(("the image", container["image"]),),
        )


def _where(command: Node) -> str:
    """The field of the container in which a command stands: `command`, a probe or a hook."""
    steps = [str(step) for step in command.steps]
    return next((s for s in steps if s in ("preStop", "postStart") or s.endswith("Probe")), "command")


def _consequence(command: Node) -> str:
    where = _where(command)
    if where == "preStop":
        return "the hook fails at each stop: FailedPreStopHook, and the program is told to end at once"
    if where == "postStart":
        return "the hook fails, and the container is killed and started again: FailedPostStartHook"
    if where in ("readinessProbe", "startupProbe"):
        return "the probe never succeeds: the pod is never ready"
    if where == "command":
        return "the container does not start: no such file or directory"
    # The runtime cannot start it, which is no answer of the program: the kubelet throws it away (doProbe).
    return "the probe says nothing (Liveness probe errored): a program that hangs is not killed"


def _cure(command: Node) -> str:
    where = _where(command)
    if where == "preStop":
        return "write preStop: {sleep: {seconds: N}} for a delay, or use an image with a shell"
    if where.endswith("Probe"):
        return "use httpGet, grpc or tcpSocket, or an image with a shell"
    return "call the image's own program, or use an image with a shell"
