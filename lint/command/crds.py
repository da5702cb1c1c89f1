"""`kubetrial crds add`: keeps the definitions of custom resources that a repository uses in one folder, one file each.

What only a cluster wrote (status, managed fields, the annotation of kubectl apply) is left out, so that a second run changes nothing.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.api.custom.kinds import definitions
from kubetrial.lint.api.custom.schema_files import each_definition
from kubetrial.lint.build import emit
from kubetrial.lint.command.exits import FAILURE, OK, UsageError
from kubetrial.lint.files import discover, write
from kubetrial.lint.files.read import MOST_SETTINGS, read
from kubetrial.lint.settings.config import ConfigError
from kubetrial.lint.settings.loading import load
from kubetrial.lint.values.printable import one_line
from kubetrial.lint.yaml import source

_PLAIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_CLUSTERS_OWN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
DEFAULT_FOLDER = "crds"


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial crds add`; raises UsageError. Exit code 2: something could not be read, or held no definition."""
    from kubetrial.lint.command.check import standard_input

    folder, configured = _folder(arguments)
    found = discover.discover(arguments.paths, stdin=standard_input)
    problems = [f"{problem.path}: {problem.reason}" for problem in found.problems]
    kept: dict[str, tuple[Mapping[str, Any], str]] = {}  # file -> (definition, where it came from)
    for file in found.files:
        try:
            text = source.decode(file.read())
        except (OSError, UnicodeError) as error:
            problems.append(f"{file.path}: {discover.why(error) if isinstance(error, OSError) else 'it is no text'}")
            continue
        if "CustomResourceDefinition" not in text:
            continue
        for definition, problem in _definitions(file.path, text):
            if problem:
                problems.append(problem)
            else:
                kept[f"{definition['metadata']['name']}.yaml"] = definition, file.path
    if not kept:
        problems.append(f"there is no CustomResourceDefinition in {', '.join(arguments.paths)}")
    for name, (definition, origin) in sorted(kept.items()):
        print(one_line(f"{_written(folder, name, definition):<9} {os.path.join(folder, name)} (from {origin})"))
    for problem in problems:
        print(one_line(f"kubetrial: {problem}"))
    if kept and not configured:
        print(f'next      write schema-dirs = ["{DEFAULT_FOLDER}"] into .kubetrial.toml, or give --schema-dir {folder}')
    return FAILURE if problems else OK


def _folder(arguments: argparse.Namespace) -> tuple[str, bool]:
    """Where definitions are kept, and whether the configuration names it; raises UsageError."""
    from kubetrial.lint.rule import index

    try:
        settings = load((".",), config=arguments.config, isolated=arguments.isolated, entries=index())
    except ConfigError as error:
        raise UsageError(str(error)) from None
    named = [discover.shown(folder) for folder in settings.schema_dirs]
    chosen = arguments.to or next(iter(named), DEFAULT_FOLDER)
    return chosen, os.path.normpath(chosen) in named


def _definitions(file: str, text: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """(definition, "") of each that a text holds, or (nothing, why one cannot be kept)."""
    read_text = source.read(file, text)
    for _, problem in read_text.problems:
        yield {}, f"{file}:{problem.range.start.line}: {problem.message}"
    for document in read_text.documents:
        for value in each_definition(document.value):
            if not isinstance(value, dict) or value.get("kind") != "CustomResourceDefinition":
                continue
            metadata = value.get("metadata")
            name = metadata.get("name") if isinstance(metadata, dict) else None
            if not isinstance(name, str) or not _PLAIN.fullmatch(name):
                yield {}, f"{file}: a definition has no name such as widgets.example.com"
            elif not definitions(value):
                yield {}, f"{file}: the definition {name} has no schema, so it says nothing about its resources"
            else:
                yield cleaned(value), ""


def cleaned(value: Mapping[str, Any]) -> dict[str, Any]:
    """A definition without what a cluster wrote into it."""
    metadata = {name: item for name, item in value["metadata"].items() if name not in _CLUSTERS_OWN}
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        left = {name: text for name, text in annotations.items() if name != _APPLIED}
        metadata = {**metadata, "annotations": left}
        if not left:
            del metadata["annotations"]
    rest = {name: item for name, item in value.items() if name not in ("status", "metadata")}
    return {"apiVersion": "apiextensions.k8s.io/v1", **rest, "metadata": metadata}


def _written(folder: str, name: str, definition: Mapping[str, Any]) -> str:
    """Write a definition into the folder: `added`, `updated` or `unchanged`; raises UsageError."""
    path = os.path.join(folder, name)
    text = emit.yaml_text(definition)
    try:
        os.makedirs(folder, exist_ok=True)
        there = read(path, MOST_SETTINGS).decode("utf-8", "replace") if os.path.lexists(path) else None
        if there == text:
            return "unchanged"
        write.replace(path, [text])
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {discover.why(error)}") from None
    return "added" if there is None else "updated"
