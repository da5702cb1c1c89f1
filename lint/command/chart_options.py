"""How charts are rendered in a run: what the command line says, else what the configuration names, else the chart itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.command.exits import UsageError
from kubetrial.lint.files import discover
from kubetrial.lint.records import replace

if TYPE_CHECKING:
    from kubetrial.lint.build.chart import GivenFile
    from kubetrial.lint.build.charts import Rendering, Renderings
    from kubetrial.lint.build.tree import FolderTree
    from kubetrial.lint.settings.config import Settings


def choice(arguments: argparse.Namespace, settings: Settings, tree: FolderTree, root: str) -> Renderings:
    """How the chart of a folder (relative to the root) is rendered; raises UsageError for a values file that is not there."""
    from kubetrial.lint.build.charts import Rendering, by_itself

    files = tuple(given_file(name, root) for name in arguments.values_files)
    sets = tuple(arguments.sets)
    versions = tuple(one.strip() for text in arguments.api_versions for one in text.split(",") if one.strip())
    common: dict[str, Any] = {"release": arguments.release_name, "namespace": arguments.namespace}

    def renderings(folder: str) -> Sequence[Rendering]:
        if files or sets:
            return [Rendering(values_files=files, sets=sets, api_versions=versions, **common)]
        return [replace(one, api_versions=versions, **common) for one in by_itself(tree, folder)]

    return renderings


def given_file(name: str, root: str) -> str | GivenFile:
    """A values file of the command line: a path below the root, or what a file elsewhere holds; raises UsageError."""
    full = os.path.realpath(name)
    if (full + os.sep).startswith(root.rstrip(os.sep) + os.sep):
        if not os.path.isfile(full):
            raise UsageError(f"--values {name}: there is no such file")
        return os.path.relpath(full, root).replace(os.sep, "/")
    from kubetrial.lint.build.chart import GivenFile
    from kubetrial.lint.files.read import read

    try:
        return GivenFile(discover.shown(full), read(full))
    except OSError as error:
        raise UsageError(f"--values {name}: {discover.why(error)}") from None
