"""A chart as rules see it: its objects with one set of values, its templates and values with their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubetrial.lint.build.chart import ChartFacts
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.chart.template import Site, actions
from kubetrial.lint.build.document import BuiltDocument
from kubetrial.lint.build.origin import Origin, Path, Unit
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.node import Node, path_of

_EVENTS = re.compile(r"[a-z-]+")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with one set of values.

    `objects` are what it applies, hooks among them; `facts` are its parts. Places of `facts` are called from the root of the tree,
    `shown` gives the names of reports.
    """

    unit: Unit
    facts: ChartFacts
    objects: Sequence[Object]
    shown: Callable[[str], str]

    @property
    def name(self) -> str:
        """Its name in Chart.yaml."""
        return self.facts.chart.metadata.text("name")

    @property
    def version(self) -> str:
        """Its version in Chart.yaml."""
        return self.facts.chart.metadata.text("version")

    @property
    def app_version(self) -> str:
        """The version of what it installs, in Chart.yaml."""
        return self.facts.chart.metadata.text("appVersion")

    @staticmethod
    def template_of(obj: Object) -> str:
        """The template that printed an object, or its file of crds/, by the name that Helm gives it."""
        document = obj.document
        return str(getattr(document.built, "template", "")) if isinstance(document, BuiltDocument) else ""

    def templates(self) -> Iterator[tuple[str, SourceText]]:
        """(name, text) of the templates that stand in its folder, helpers and those of its dependencies too; none of archives."""
        return ((name, text) for name, text in self.facts.templates.items() if text.stands_at is None)

    def own_templates(self) -> Iterator[SourceText]:
        """Its templates without those of its dependencies."""
        return (text for name, text in self.templates() if "/charts/" not in name.partition("/templates/")[0])

    def actions(self) -> Iterator[tuple[SourceText, Site]]:
        """The actions of its own templates, helpers too, each with its text."""
        own = {text.file: text for text in self.own_templates()}
        for template in self.facts.engine.templates.values():
            source = self.facts.templates.get(template.file)
            if source is not None and own.get(source.file) is source:
                yield from ((source, site) for site in actions(template))

    def with_long_release(self) -> Iterator[tuple[Object, dict[str, Any]]]:
        """Each of its objects with what it is for a release with the longest name that Helm takes."""
        from kubetrial.lint.build.chart.long_release import pairs  # renders the chart once more, which few rules need

        known = {id(obj.value): obj for obj in self.objects}
        by_name = {(obj.kind, obj.name): obj for obj in self.objects}
        for value, longer in pairs(self.facts):
            metadata = value.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            obj = known.get(id(value)) or by_name.get((str(value.get("kind")), str(name)))
            if obj is not None:
                yield obj, longer

    def value_text(self, origin: Origin) -> str:
        """What stands at a place of a values file, by its name in reports; "" for what is none."""
        for layer in self.facts.places.layers:
            source = layer.file.source
            if source.stands_at is None and self.shown(source.file) == origin.file:
                start, end = origin.value.start, origin.value.end
                row = source.text.split("\n")[start.line - 1 : start.line] or [""]
                return row[0][start.column - 1 : end.column - 1] if start.line == end.line else ""
        return ""

    def at(self, origin: Origin) -> Node:
        """A node to find something at: the place of an origin of the facts."""
        value = {"apiVersion": "", "kind": "Chart", "metadata": {"name": self.name}}
        place = _OnePlace(value, origin.shown_as(self.shown))
        return Object(BuiltDocument(self.unit.path, 0, self.unit.name, place), None, (), value)  # type: ignore[arg-type]

    def at_text(self, text: SourceText, start: int, end: int) -> Node:
        """A node at a place of a template."""
        return self.at(text.origin(text.range(start, end), None, False))


class _OnePlace:
    """What stands at one place."""

    __slots__ = ("_origin", "value")

    def __init__(self, value: dict[str, Any], origin: Origin) -> None:
        self.value, self._origin = value, origin

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """That place, whatever the path."""
        return self._origin, True


def hook_events(obj: Object) -> frozenset[str]:
    """When an object is applied that is a hook: pre-install, post-upgrade …; nothing for one that is none."""
    written = obj["metadata"]["annotations"].get("helm.sh/hook")
    if not isinstance(written, str):
        return frozenset()
    return frozenset("test" if event.startswith("test") else event for event in _EVENTS.findall(written.lower()))


def hook_weight(obj: Object) -> int:
    """The place of a hook among those of its event; 0 where it says none."""
    written = str(obj["metadata"]["annotations"].get("helm.sh/hook-weight", "0"))
    return int(written) if re.fullmatch(r"[+-]?[0-9]{1,9}", written) else 0


def delete_policies(obj: Object) -> frozenset[str]:
    """When Helm deletes a hook; before it is made anew where the hook says nothing."""
    written = obj["metadata"]["annotations"].get("helm.sh/hook-delete-policy")
    found = frozenset(_EVENTS.findall(written.lower())) if isinstance(written, str) else frozenset()
    return found or frozenset(("before-hook-creation",))


def scalars(obj: Object) -> Iterator[Node]:
    """All texts, numbers and booleans of an object."""
    pending: list[Node] = [obj]
    while pending:
        node = pending.pop()
        if node.value.__class__ is dict:
            pending.extend(node.fields())
        elif node.value.__class__ is list:
            pending.extend(node.items())
        elif node.value is not None:
            yield node


def origin_of(node: Node) -> Origin | None:
    """Where a value of a built object was written; None for one of a plain file."""
    document = node.document
    if not isinstance(document, BuiltDocument):
        return None
    return document.built.origin(path_of(node))[0]
