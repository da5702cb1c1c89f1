"""`kubetrial build`: what a folder applies, as YAML, with the source of each line where that is asked for."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.build import emit
from kubetrial.lint.build.origin import Unit
from kubetrial.lint.build.units import KUSTOMIZATION_FILES, divide, kustomizations_below
from kubetrial.lint.command.exits import FINDINGS, OK, UsageError
from kubetrial.lint.files import discover
from kubetrial.lint.values.printable import one_line


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial build`; raises UsageError. Exit code 1: a kustomization that kustomize would refuse."""
    units = _units(arguments.path)
    if not units:
        raise UsageError(
            f"{arguments.path}: there is no kustomization to build; plain manifests are applied as they stand"
        )
    refused = False
    for unit in units:
        for problem in unit.problems:
            start = problem.origin.value.start
            said = f"{problem.origin.file}:{start.line}:{start.column}: {problem.message}"
            print(one_line(f"{said}; {problem.help}" if problem.help else said), file=sys.stderr)
            refused = refused or problem.fatal
        for unknown in unit.unknown:
            at = f"{unknown.origin.file}:{unknown.origin.value.start.line}"
            print(one_line(f"note: {at}: {unknown.reason}; built without it"), file=sys.stderr)
            refused = refused or unknown.stops
    if arguments.output_format == "json":
        print(json.dumps([_data(unit) for unit in units], indent=2, ensure_ascii=False))
    else:
        for unit in units:
            if len(units) > 1:
                print(f"# Unit: {one_line(unit.name)}")
            for number, built in enumerate(unit.objects):
                print("---\n" if number or len(units) > 1 else "", end="")
                print(emit.yaml_text(built.value, _origins(built) if arguments.origins else None), end="")
    return FINDINGS if refused else OK


def _units(path: str) -> tuple[Unit, ...]:
    """The units of a folder: its own kustomization, else those below it that no other one includes."""
    full = os.path.realpath(path)
    if not os.path.isdir(full):
        raise UsageError(f"{path}: {'it is no folder' if os.path.exists(full) else 'no such folder'}")
    root = os.path.realpath(discover.repository_of(full) or full)
    inside = os.path.relpath(full, root).replace(os.sep, "/")
    own = [os.path.normpath(os.path.join(inside, name)).replace(os.sep, "/") for name in KUSTOMIZATION_FILES]
    files = [file for file in own if os.path.isfile(os.path.join(root, file))]
    if not files:
        prefix = "" if inside == "." else inside + "/"
        files = [file for file in kustomizations_below(root) if file.startswith(prefix)]
    wanted = set(files)
    return divide(root, files, wanted.__contains__, lambda name: discover.shown(os.path.join(root, name))).units


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
