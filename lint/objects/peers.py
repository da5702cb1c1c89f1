"""The texts of a container in which names of other pods and of Services stand."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.objects.commands import commands_of
from kubetrial.lint.objects.views import Container
from kubetrial.lint.yaml.node import Node


def texts_of(container: Container) -> tuple[tuple[str, Node], ...]:
    """(the variable, or "" in a command; the text) of all that a container is given as plain text."""
    return container.once(_texts)


def _texts(container: Container) -> tuple[tuple[str, Node], ...]:
    return tuple(_each_text(container))


def _each_text(container: Container) -> Iterator[tuple[str, Node]]:
    for command in (*commands_of(container), container["args"]):
        for item in command.items():
            if isinstance(item.value, str):
                yield "", item
    for variable in container["env"].items() if container.get("env") else ():
        if isinstance(variable.get("value"), str):
            yield str(variable.get("name", "")), variable["value"]
