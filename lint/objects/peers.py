"""The texts of a container in which names of other pods and of Services stand."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.commands import commands_of
from kubetrial.lint.objects.views import Container
from kubetrial.lint.yaml.node import Node

_MAY_COMMAND = frozenset(("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"))


def written(container: Container) -> str:
    """All that a container is given as plain text, and the names of its variables, in one text: looked through before nodes are made."""
    return container.once(_written)


def _written(container: Container) -> str:
    values = container.mapping()
    found = []
    for field in ("command", "args"):
        items = values.get(field)
        if items.__class__ is list:
            found += [item for item in items if item.__class__ is str]
    env = values.get("env")
    if env.__class__ is list:
        found += [f"{v.get('name')}\n{v.get('value')}" for v in env if v.__class__ is dict]
    if not _MAY_COMMAND.isdisjoint(values):
        found += [item for command in commands_of(container) for item in command.value if item.__class__ is str]
    return "\n".join(found)


def texts_of(container: Container) -> tuple[tuple[str, Node], ...]:
    """(the variable, or "" in a command; the text) of all that a container is given as plain text."""
    return container.once(_texts)


def _texts(container: Container) -> tuple[tuple[str, Node], ...]:
    return tuple(_each_text(container))


def command_texts(container: Container) -> Iterator[Node]:
    """The texts of the own command, of the arguments, then of the commands of probes and hooks."""
    commands = commands_of(container)
    own = sum(
        command.key == "command" and command.parent is not None and command.parent.value is container.value
        for command in commands
    )
    for command in (*commands[:own], container["args"], *commands[own:]):
        yield from (item for item in command.items() if isinstance(item.value, str))


def _each_text(container: Container) -> Iterator[tuple[str, Node]]:
    yield from (("", text) for text in command_texts(container))
    env = container.mapping().get("env")
    if not isinstance(env, list):
        return
    variables = None  # nodes are made for those alone that have a text
    for index, variable in enumerate(env):
        if isinstance(variable, dict) and isinstance(variable.get("value"), str):
            variables = variables or container["env"]
            yield str(variable.get("name", "")), variables[index]["value"]
