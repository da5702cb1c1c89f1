"""Which templates of a chart a value may have a hand in, by the names that they write: the others need no new rendering for it.

A template is taken with all that it includes. A field that it reads, or that holds one that it reads, stands in it by its name, unless
the whole map is handed on or read by a name that another value holds; then every value counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubetrial.lint.build.chart.template.nodes import (
    Action,
    Branch,
    Chain,
    Command,
    Constant,
    DotField,
    Name,
    Node,
    Pipeline,
    Template,
    TemplateCall,
    Variable,
)
from kubetrial.lint.build.origin import Path
from kubetrial.lint.values.records import dataclass

_WHOLE = frozenset(("Values", "Subcharts", "AsMap"))
_INCLUDING = re.compile(r"\{\{(?:[^{}]|\{(?!\{))*\b(?:include|template|tpl)\b")


@dataclass(frozen=True, slots=True)
class NamesRead:
    """The names that a template writes, those of them that end a chain (what they hold goes on as a whole), and whether all may count."""

    names: frozenset[str] = frozenset()
    tails: frozenset[str] = frozenset()
    everything: bool = False

    def counts(self, path: Path) -> bool:
        """Whether a value at a path, as the chart of the template sees it, may have a hand in what is printed."""
        if self.everything:
            return True
        for depth, key in enumerate(path):
            if isinstance(key, int):
                return True
            if key not in self.names:
                return depth > 0 and path[depth - 1] in self.tails
        return True


class Influence:
    """What the templates of a chart read; `values` are those that the chart brings, for what `tpl` makes of their texts.

    `known` keeps what was found of each template for others that have it too.
    """

    def __init__(self, templates: Mapping[str, Template], values: Any, known: dict[int, tuple[Template, _Own]]) -> None:
        for template in templates.values():
            if id(template) not in known:
                known[id(template)] = template, _Own(template.body)
        self._own = {name: known[id(template)][1] for name, template in templates.items()}
        texts = [text for text in _texts(values) if "{{" in text]
        self._in_texts = frozenset(word for text in texts for word in re.findall(r"\w+", text))
        self._texts_include = any(_INCLUDING.search(text) for text in texts)
        self._known: dict[str, NamesRead] = {}

    def of(self, name: str) -> NamesRead:
        """What one template reads, with all that it includes."""
        if name not in self._known:
            self._known[name] = self._gathered(name)
        return self._known[name]

    def counts(self, name: str, path: Path) -> bool:
        """Whether a value, by its path from the outermost chart, may have a hand in what a template prints."""
        reading = self.of(name)
        charts = name.rpartition("/templates/")[0].split("/charts/")[1:]
        for chart in charts:
            if path[:1] == ("global",):
                break
            if path[:1] != (chart,):
                return reading.everything and not path
            path = path[1:]
        return reading.counts(path)

    def asks_versions(self, name: str) -> bool:
        """Whether a template asks which API versions there are."""
        reading = self.of(name)
        return reading.everything or "APIVersions" in reading.names

    def _gathered(self, name: str) -> NamesRead:
        names: set[str] = set()
        tails: set[str] = set()
        waiting, met = [name], {name}
        everything = False
        while waiting:
            own = self._own.get(waiting.pop())
            if own is None:
                continue
            names |= own.names
            tails |= own.tails
            everything = everything or own.everything or (own.expands and self._texts_include)
            if own.expands:
                names |= self._in_texts
                tails |= self._in_texts
            called = self._own.keys() if own.calls_any else own.calls
            waiting.extend(one for one in called if one not in met)
            met.update(called)
        return NamesRead(frozenset(names), frozenset(tails), everything)


class _Own:
    """What one template reads and includes by itself."""

    def __init__(self, body: Iterable[Node]) -> None:
        self.names: set[str] = set()
        self.tails: set[str] = set()
        self.calls: set[str] = set()
        self.calls_any = self.expands = self.everything = False
        for node in _all(body):
            if isinstance(node, (DotField, Variable, Chain)):
                self.names.update(node.names)
                self.tails.update(node.names[-1:])
                self.everything = self.everything or not _WHOLE.isdisjoint(node.names[-1:])
            elif isinstance(node, Constant) and isinstance(node.value, str):
                self.names.add(node.value)
                self.tails.add(node.value)
            elif isinstance(node, TemplateCall):
                self.calls.add(node.name)
            elif isinstance(node, Command) and isinstance(node.parts[0], Name):
                self._called(node.parts[0].name, node.parts[1:])

    def _called(self, name: str, rest: tuple[Node, ...]) -> None:
        if name == "include":
            if rest and isinstance(rest[0], Constant):
                self.calls.add(str(rest[0].value))
            else:
                self.calls_any = True
        self.expands = self.expands or name == "tpl"


def _all(body: Iterable[Node]) -> Iterator[Node]:
    """All nodes of a body, those of pipelines too."""
    waiting: list[Node] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Branch):
            waiting.extend((node.pipeline, *node.body, *(node.otherwise or ())))
        elif isinstance(node, Action) or (isinstance(node, TemplateCall) and node.pipeline is not None):
            waiting.append(node.pipeline)  # type: ignore[arg-type]
        elif isinstance(node, Pipeline):
            waiting.extend(node.commands)
        elif isinstance(node, Command):
            waiting.extend(node.parts)
        elif isinstance(node, Chain):
            waiting.append(node.node)


def _texts(values: Any) -> Iterator[str]:
    waiting = [values]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            yield one
