"""The commands of a container, wherever one stands: its own, those of its probes, and those of its hooks."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.views import Container
from kubetrial.lint.yaml.node import Node

_SHELLS = frozenset(
    ("sh", "bash", "ash", "dash", "zsh", "ksh", "fish", "cmd", "cmd.exe", "powershell", "pwsh", "rbash")
)
_PLACES = (
    ("livenessProbe", "exec", "command"),
    ("readinessProbe", "exec", "command"),
    ("startupProbe", "exec", "command"),
    ("lifecycle", "postStart", "exec", "command"),
    ("lifecycle", "preStop", "exec", "command"),
)

_HOLDERS = frozenset(place[0] for place in _PLACES)


def commands_of(container: Container, *, with_args: bool = False) -> tuple[Node, ...]:
    """Each list that says what is started, not empty; `with_args`: also the container's own with its args behind it."""
    return container.once(_with_args if with_args else _bare)


def _bare(container: Container) -> tuple[Node, ...]:
    return tuple(_commands(container, with_args=False))


def _with_args(container: Container) -> tuple[Node, ...]:
    return tuple(_commands(container, with_args=True))


def _commands(container: Container, *, with_args: bool) -> Iterator[Node]:
    set_here = container.mapping()
    command, args = set_here.get("command"), set_here.get("args")
    if command.__class__ is list and command:
        arguments = args if with_args and args.__class__ is list else []
        yield Node(container.document, container, "command", [*command, *arguments])
    for place in _PLACES if not _HOLDERS.isdisjoint(set_here) else ():
        part = set_here.get(place[0])
        if not part or (part.__class__ is dict and "exec" not in part and place[1] == "exec"):
            continue  # few containers have any; every rule about commands asks
        found = container.at(*place)
        if isinstance(found.value, list) and found.value:
            yield found


def is_shell(item: str) -> bool:
    """Whether an item of a command is the program of a shell, by path or by name; `busybox sh` too."""
    return item.rpartition("/")[2] in _SHELLS
