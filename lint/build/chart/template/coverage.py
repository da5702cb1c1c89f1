"""What of a template there is to be reached: its actions and branches, and what they test."""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.build.chart.template.nodes import (
    Action,
    Branch,
    Chain,
    Command,
    DotField,
    Name,
    Node,
    Pipeline,
    Template,
    TemplateCall,
    Variable,
)
from kubetrial.lint.values.records import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """An action or branch: its place, its word ("" for an action that prints), the fields and functions that it names."""

    file: str
    at: int
    word: str
    fields: tuple[tuple[str, ...], ...]
    functions: tuple[str, ...]


def actions(template: Template) -> Iterator[Site]:
    """All actions and branches of a template, from the top down; what it defines is its own template."""
    waiting: list[Node] = list(reversed(template.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Branch):
            waiting.extend(reversed((*node.body, *(node.otherwise or ()))))
            yield _site(template.file, node.at, node.word, node.pipeline)
        elif isinstance(node, Action):
            yield _site(template.file, node.at, "", node.pipeline)
        elif isinstance(node, TemplateCall):
            yield _site(template.file, node.at, "template", node.pipeline)


def _site(file: str, at: int, word: str, pipeline: Pipeline | None) -> Site:
    fields: list[tuple[str, ...]] = []
    functions: list[str] = []
    waiting: list[Node] = [pipeline] if pipeline is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Pipeline):
            waiting.extend(reversed(node.commands))
        elif isinstance(node, Command):
            waiting.extend(reversed(node.parts))
        elif isinstance(node, Chain):
            waiting.append(node.node)
        elif isinstance(node, DotField):
            fields.append(node.names)
        elif isinstance(node, Variable) and node.names:
            fields.append(node.names if node.name == "$" else (node.name, *node.names))
        elif isinstance(node, Name):
            functions.append(node.name)
    return Site(file, at, word, tuple(dict.fromkeys(fields)), tuple(dict.fromkeys(functions)))
