"""The values that a user gives, and the lines of all values: which file wrote the value at a path.

Numbers of files are float64, those of `--set` int64, as Helm holds them. Follows helm.sh/helm/v3/pkg/cli/values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kubetrial.lint.build.chart import assignments
from kubetrial.lint.build.chart.coalesce import GLOBAL, laid_over
from kubetrial.lint.build.chart.refusal import FIRST, VALUES, HelmRefused
from kubetrial.lint.build.chart.sources import YamlFile
from kubetrial.lint.build.chart.template.text import SpannedText
from kubetrial.lint.build.chart.template.text import TextOrigin as Written
from kubetrial.lint.build.chart.template.values import Int64
from kubetrial.lint.build.origin import Origin, Path
from kubetrial.lint.values.records import dataclass

FLAGS = ("set-json", "set", "set-string", "set-file")
"""The assignments in the order in which Helm applies them."""


def floats(value: Any) -> Any:
    """Values of a file with their numbers as Go's float64; containers are new, and one that stands twice is copied twice."""
    if isinstance(value, dict):
        return {name: floats(held) for name, held in value.items()}
    if isinstance(value, list):
        return [floats(held) for held in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def of_file(file: YamlFile) -> Any:
    """The values of a file; block texts in it know their lines, so that what `tpl` makes of one stands there."""
    made = floats(file.value())
    pending: list[tuple[Any, Path]] = [(made, ())]
    while pending:
        held, path = pending.pop()
        for key, inner in held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ():
            if isinstance(inner, str) and "\n" in inner:
                held[key] = _block_text(file, (*path, key), inner)
            elif isinstance(inner, (dict, list)):
                pending.append((inner, (*path, key)))
    return made


def _block_text(file: YamlFile, path: Path, text: str) -> str:
    """The text of a block scalar `|` with the place of each line; any other text as it is."""
    document = file.document
    place, exact = document.find(path) if document is not None else (None, False)
    if document is None or place is None or not exact or place.style != "|":
        return text
    starts = file.source.starts
    row = int(place.start.line) + document.line + 1
    origin, spans, at = Written(file.key, True), [], 0
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=row):
        if number >= len(starts):
            return text
        end = starts[number + 1] - 1 if number + 1 < len(starts) else len(file.source.text)
        written = file.source.text[starts[number] : end].removesuffix("\r")
        indent = len(written) - len(line)
        if indent < 0 or not written.endswith(line) or written[:indent].strip(" "):
            if line or written.strip(" "):
                return text
            indent = 0
        spans.append((at, starts[number] + indent, origin))
        at += len(line) + 1
    return SpannedText(text, spans)


def _int64s(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _int64s(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_int64s(held) for held in value]
    return Int64(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass(frozen=True)
class GivenValues:
    """What the user gives: the values, the files that they come from, and what was assigned on the command line."""

    values: dict[str, Any]
    files: tuple[YamlFile, ...]
    assigned: dict[str, Any]


def given(
    files: Sequence[YamlFile], sets: Sequence[tuple[str, str]], read: Callable[[str], str | None], at: Origin
) -> GivenValues:
    """The values of files and assignments together; raises Refused at the file, or at `at` for an assignment."""
    values: dict[str, Any] = {}
    for file in files:
        fault = file.fault()
        if fault is not None:
            raise HelmRefused(f"the values file cannot be read: {fault[0]}", fault[1], VALUES)
        held = file.value()
        if held is not None and not isinstance(held, dict):
            origin = file.origin(()) or Origin(file.source.file, FIRST)
            raise HelmRefused("a values file holds a mapping", origin, VALUES)
        values = laid_over(values, of_file(file) or {})
    assigned: dict[str, Any] = {}
    for flag in FLAGS:
        for kind, text in sets:
            if kind == flag:
                for target in (values, assigned):
                    _assign(target, flag, text, read, at)
    return GivenValues(_int64s(values), tuple(files), assigned)


def _assign(values: dict[str, Any], flag: str, text: str, read: Callable[[str], str | None], at: Origin) -> None:
    def content(path: str) -> str:
        found = read(path)
        if found is None:
            raise assignments.NotAssigned(f"there is no file `{path}`")
        return found

    try:
        if flag == "set-file":
            assignments.assign_file(values, text, content)
        elif flag == "set-json":
            assignments.assign_json(values, text)
        elif flag == "set-string":
            assignments.assign_text(values, text)
        else:
            assignments.assign(values, text)
    except assignments.NotAssigned as error:
        raise HelmRefused(f"--{flag} {text}: {error}", at, VALUES) from None


@dataclass(frozen=True)
class Layer:
    """A values file, and the path in the values of the whole chart at which its content stands."""

    file: YamlFile
    at: Path


@dataclass(frozen=True)
class Import:
    """`import-values`: what stands at `source` below a dependency is seen at `target`."""

    target: Path
    source: Path


@dataclass(frozen=True)
class Places:
    """Which line wrote the value at a path: the layers, those that win first."""

    layers: tuple[Layer, ...]
    assigned: dict[str, Any]
    imports: tuple[Import, ...] = ()

    def origin(self, path: Path, role: str = "") -> Origin | None:
        """The place of a value, or None where no file wrote it."""
        return self._origin(path, role, 5, set())

    def _origin(self, path: Path, role: str, more: int, seen: set[Path]) -> Origin | None:
        if path in seen or len(seen) >= _MOST_IMPORTED:
            return None
        seen.add(path)
        for candidate in _as_global(path):
            if _holds(self.assigned, candidate):
                return None
            for layer in self.layers:
                depth = len(layer.at)
                if candidate[:depth] == layer.at:
                    found = layer.file.origin(candidate[depth:], role, exact=True)
                    if found is not None:
                        return found
        for one in self.imports if more else ():
            depth = len(one.target)
            if path[:depth] == one.target:
                found = self._origin((*one.source, *path[depth:]), role, more - 1, seen)
                if found is not None:
                    return found
        return None


_MOST_IMPORTED = 100
"""So many paths are looked at for one value: imports of imports multiply, and a chart may have written them to do so."""


def _as_global(path: Path) -> Iterator[Path]:
    """The paths that a global of a dependency may come from: those of the charts above it first."""
    if GLOBAL in path[1:]:
        at = path.index(GLOBAL)
        for above in range(at):
            yield (*path[:above], *path[at:])
    yield path


def _holds(values: Any, path: Path) -> bool:
    """Whether an assignment set what stands at a path."""
    for key in path:
        try:
            values = values[key]
        except (KeyError, IndexError, TypeError):
            return False
        if values is None and isinstance(key, int):
            return False  # an index that was assigned lengthens its list with nulls
    return bool(path)
