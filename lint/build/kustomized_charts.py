"""Charts that a kustomization renders (`helmCharts`), as the engine of charts renders them, every value with its place.

A value that stands in `valuesInline` has its line in the kustomization.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build import emit
from kubetrial.lint.build.kustomize import LocalChart, RenderedChart
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, PlacedText, RNode, read
from kubetrial.lint.build.origin import Built, Origin, Path, Tree
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml.scalars import NotReadable

if TYPE_CHECKING:
    from kubetrial.lint.build.chart import ChartUnit

_INLINE = "<valuesInline>"


def renderer(tree: Tree) -> Callable[[LocalChart, RNode], RenderedChart]:
    """What renders the charts of a tree for its kustomizations."""

    def render(place: LocalChart, entry: RNode) -> RenderedChart:
        from kubetrial.lint.build.chart import ChartOptions, GivenFile, build

        lines: list[RNode] = []
        files: list[str | GivenFile] = []
        for values in place.values:
            if isinstance(values, RNode):
                text, lines = _written(values)
                files.append(GivenFile(_INLINE, text.encode("utf-8", "surrogatepass")))
            elif tree.is_file(values):
                files.append(values)
        options = ChartOptions(
            values_files=tuple(files),
            release=place.release,
            namespace=place.namespace or "default",
            api_versions=place.api_versions,
            include_crds=place.include_crds,
            strict=True,
        )
        minor = re.match(r"v?1\.(\d{1,3})", place.kube_version)
        unit = build(tree, place.folder, replace(options, minor=int(minor[1])) if minor else options)
        pairs = [pair for pair in zip(unit.objects, _values(unit), strict=True) if not _is_left_out(pair[0], place)]
        return RenderedChart(
            tuple(_node(built, value, (), lines) for built, value in pairs),
            tuple(replace(one, origin=_at_home(one.origin, lines, entry)) for one in unit.problems),
            tuple(unit.unknown),
            frozenset(unit.read) | {posixpath.join(place.folder, "Chart.yaml")},
        )

    return render


def _values(unit: ChartUnit) -> list[Any]:
    """The objects as kustomize reads what helm prints: `yes` stays a text."""
    try:
        again = [node.plain() for node in read(unit.text, PlacedText("", unit.text))]
    except NotReadable:
        again = []
    plain = [built.value for built in unit.objects]
    same = len(again) == len(plain) and all(
        isinstance(one, dict) and one.get("kind") == other.get("kind") for one, other in zip(again, plain, strict=True)
    )
    return again if same else plain


def _is_left_out(built: Built, place: LocalChart) -> bool:
    hook = getattr(built, "hook", None)
    return hook is not None and (place.skip_hooks or (place.skip_tests and "test" in hook.events))


def _written(values: RNode) -> tuple[str, list[RNode]]:
    """Values as YAML, and the node that each line writes."""
    lines: list[RNode] = []

    def note(path: Path) -> str:
        node = values
        for key in path:
            node = node.value[key]
        lines.append(node)
        return ""

    return emit.yaml_text(values.plain(), note), lines


def _node(built: Built, value: Any, path: Path, lines: list[RNode]) -> RNode:
    """A rendered value as a node at its place."""
    if isinstance(value, dict):
        node = RNode(MAPPING, {name: _node(built, inner, (*path, name), lines) for name, inner in value.items()})
    elif isinstance(value, list):
        node = RNode(LIST, [_node(built, inner, (*path, index), lines) for index, inner in enumerate(value)])
    else:
        node = RNode(SCALAR, value)
        node.style = '"'
    origin, _ = built.origin(path)
    _put(node, origin, lines)
    return node


def _put(node: RNode, origin: Origin, lines: list[RNode]) -> None:
    found = _inline_of(origin, lines)
    if found is not None:
        node.text, node.start, node.end, node.key = found.text, found.start, found.end, found.key
        return
    node.text = PlacedText(origin.file, "", whole=origin.value)
    if origin.key is not None:
        node.key = (PlacedText(origin.file, "", whole=origin.key), None, None)
    node.via = tuple((one.role, inner) for one, inner in _others(origin, lines))


def _others(origin: Origin, lines: list[RNode]) -> Iterator[tuple[Origin, RNode]]:
    for one in origin.via:
        inner = RNode(SCALAR, None)
        _put(inner, replace(one, via=()), lines)
        yield one, inner


def _inline_of(origin: Origin, lines: list[RNode]) -> RNode | None:
    """The node of the kustomization that wrote a line of the values."""
    at = origin.value.start.line - 1
    return lines[at] if origin.file.endswith(_INLINE) and 0 <= at < len(lines) else None


def _at_home(origin: Origin, lines: list[RNode], entry: RNode) -> Origin:
    """A place of the values as a place of the kustomization."""
    if not origin.file.endswith(_INLINE):
        return origin
    return (_inline_of(origin, lines) or entry).origin()
