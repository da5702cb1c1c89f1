"""`kubetrial build`: what a folder applies, as YAML, with the source of each line where that is asked for."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build import emit
from kubetrial.lint.build.origin import Unit
from kubetrial.lint.command.exits import FINDINGS, OK, UsageError
from kubetrial.lint.files import discover, witness
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.values.printable import one_line
from kubetrial.lint.values.records import replace
from kubetrial.schemas.minors import NEWEST

if TYPE_CHECKING:
    from kubetrial.lint.build.chart import ChartUnit, GivenFile


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial build`; raises UsageError. Exit code 1: what kustomize or helm would refuse."""
    text = None
    if _is_chart(arguments.path):
        chart = _chart(arguments)
        units: tuple[Unit, ...] = (chart,)
        text = chart.text
    else:
        units = _units(arguments.path)
    if not units:
        raise UsageError(
            f"{arguments.path}: there is no kustomization or chart to build; plain manifests are applied as they stand"
        )
    refused = 0
    for unit in units:
        refused += _say(unit)
    if text is not None and (refused or (arguments.output_format == "yaml" and not arguments.origins)):
        _print(text)
    elif arguments.output_format == "json":
        print(json.dumps([_data(unit) for unit in units], indent=2, ensure_ascii=False))
    else:
        for unit in units:
            if len(units) > 1:
                print(f"# Unit: {one_line(unit.name)}")
            for number, built in enumerate(unit.objects):
                print("---\n" if number or len(units) > 1 else "", end="")
                print(emit.yaml_text(built.value, _origins(built) if arguments.origins else None), end="")
    return FINDINGS if refused else OK


def _say(unit: Unit) -> bool:
    """Say what is wrong with a unit and what is not known of it; True where it is refused."""
    for problem in unit.problems:
        start = problem.origin.value.start
        said = f"{problem.origin.file}:{start.line}:{start.column}: {problem.message}"
        print(one_line(f"{said}; {problem.help}" if problem.help else said), file=sys.stderr)
    for unknown in unit.unknown:
        at = f"{unknown.origin.file}:{unknown.origin.value.start.line}"
        print(one_line(f"note: {at}: {unknown.reason}; built without it"), file=sys.stderr)
    return any(problem.fatal for problem in unit.problems) or any(unknown.stops for unknown in unit.unknown)


def _print(text: str) -> None:
    """Print a text as it is, its bytes that are no UTF-8 too."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def _is_chart(path: str) -> bool:
    file = os.path.join(path, "Chart.yaml")
    if not witness.is_file(file):
        return path.endswith(".tgz") and witness.is_file(path)
    from kubetrial.lint.build.chart.rendering import is_object
    from kubetrial.lint.build.tree import FolderTree

    return not is_object(FolderTree(path).read("Chart.yaml") or b"")


def _chart(arguments: argparse.Namespace) -> ChartUnit:
    """The unit of a chart, as helm renders it, with the names that reports use."""
    from kubetrial.lint.build import chart
    from kubetrial.lint.build.shown import Shown, shown_problem, shown_unknown
    from kubetrial.lint.build.tree import FolderTree

    full = os.path.realpath(arguments.path)
    folder = full if os.path.isdir(full) else os.path.dirname(full)
    root = os.path.realpath(discover.repository_of(folder) or folder)
    named = [text.partition("=")[2] for flag, text in arguments.sets if flag == "set-file"]
    options = chart.ChartOptions(
        values_files=tuple(_given(name, root) for name in arguments.values_files),
        sets=tuple(arguments.sets),
        release=arguments.release_name or "release",
        namespace=arguments.namespace or "default",
        minor=_minor(arguments.kubernetes_version),
        api_versions=tuple(arguments.api_versions),
        helm=arguments.helm_version,
        strict=True,
        files=tuple(_named(name) for name in named),
    )
    unit = chart.build(FolderTree(root), os.path.relpath(full, root).replace(os.sep, "/"), options)

    def shown(name: str) -> str:
        return discover.shown(os.path.join(root, name))

    return replace(
        unit,
        name=shown(unit.name),
        objects=[Shown(one, shown) for one in unit.objects],
        problems=tuple(shown_problem(one, shown) for one in unit.problems),
        unknown=tuple(shown_unknown(one, shown) for one in unit.unknown),
    )


def _minor(version: str | None) -> int:
    """The minor that is asked for, else the newest."""
    if version is None:
        return NEWEST
    from kubetrial.lint.settings.config import ConfigError, minor_of

    try:
        return minor_of(version)
    except ConfigError as error:
        raise UsageError(str(error)) from None


def _given(name: str, root: str) -> str | GivenFile:
    """A values file: its path below the root, or what it holds where it lies elsewhere."""
    inside = os.path.relpath(os.path.realpath(name), root).replace(os.sep, "/")
    return _named(name) if inside.startswith("../") else inside


def _named(name: str) -> GivenFile:
    """A file that the user names; raises UsageError where it cannot be read."""
    from kubetrial.lint.build.chart import GivenFile

    try:
        with open(name, "rb") as file:
            return GivenFile(name, file.read())
    except OSError as error:
        raise UsageError(f"{name}: {discover.why(error)}") from None


def _units(path: str) -> tuple[Unit, ...]:
    """The units of a folder: its own kustomization, else those below it that no other one includes."""
    from kubetrial.lint.build.root import root_of
    from kubetrial.lint.build.units import alone, divide, kustomizations_below

    full = os.path.realpath(path)
    if not os.path.isdir(full):
        raise UsageError(
            f"{path}: {'it is no folder; name that of a kustomization or chart' if os.path.exists(full) else 'no such folder'}"
        )
    root = root_of(full)
    inside = os.path.relpath(full, root).replace(os.sep, "/")

    def shown(name: str) -> str:
        return discover.shown(os.path.normpath(os.path.join(root, name)))

    if any(witness.is_file(os.path.join(full, name)) for name in FILE_NAMES):
        return (alone(root, inside, shown),)
    prefix = "" if inside == "." else inside + "/"
    files = [file for file in kustomizations_below(root) if file.startswith(prefix)]
    return divide(root, files, set(files).__contains__, shown).units


def _origins(built: Any) -> Any:
    """The comment for a path: the source of its value."""

    def comment(path: tuple[str | int, ...]) -> str:
        origin, exact = built.origin(path)
        place = origin.key or origin.value
        return one_line(f"{origin.file}:{place.start.line}") if exact else ""

    return comment


def _data(unit: Unit) -> dict[str, Any]:
    """A unit with the origin of every path of its objects."""
    return {
        "unit": unit.name,
        "kind": unit.kind,
        "objects": [{"value": built.value, "origins": dict(_places(built, built.value, ()))} for built in unit.objects],
    }


def _places(built: Any, value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    pending = [(value, path)]
    while pending:
        inner, at = pending.pop()
        origin, exact = built.origin(at)
        if at and exact:
            start = origin.value.start
            name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at).lstrip(".")
            yield name, {"file": origin.file, "line": start.line, "column": start.column}
        if isinstance(inner, dict):
            pending.extend((child, (*at, key)) for key, child in reversed(list(inner.items())))
        elif isinstance(inner, list):
            pending.extend((child, (*at, index)) for index, child in reversed(list(enumerate(inner))))
