"""How charts are rendered in a run: what the command line says, else what the configuration names, else the chart itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command.exits import UsageError
from kubetrial.lint.files import discover, witness
from kubetrial.lint.files.read import is_inside
from kubetrial.lint.values.records import replace

if TYPE_CHECKING:
    from kubetrial.lint.build.chart import GivenFile
    from kubetrial.lint.build.charts import Rendering, Renderings
    from kubetrial.lint.build.tree import FolderTree
    from kubetrial.lint.engine import Text
    from kubetrial.lint.settings.config import Settings


def choice(
    arguments: argparse.Namespace,
    settings: Settings,
    tree: FolderTree,
    root: str,
    released: Mapping[str, Sequence[Rendering]],
) -> Renderings:
    """How the chart of a folder (relative to the root) is rendered; raises UsageError where what is named is not there.

    Values of the command line hold alone; else those of the configuration; else the chart is rendered as it comes, and with each
    values file of its ci/. What controllers of the repository install comes on top.
    """
    from kubetrial.lint.build.charts import Rendering, by_itself

    files = tuple(given_file(name, root, "--values", anywhere=True) for name in arguments.values_files)
    sets = tuple((kind, _from_root(text, root) if kind == "set-file" else text) for kind, text in arguments.sets)
    versions = tuple(one.strip() for text in arguments.api_versions for one in text.split(",") if one.strip())
    configured = _configured(settings, root)

    def renderings(folder: str) -> Sequence[Rendering]:
        if files or sets:
            chosen = [Rendering(values_files=files, sets=sets)]
        else:
            chosen = [*(configured.get(folder) or by_itself(tree, folder)), *released.get(folder, ())]
        return [
            replace(
                one,
                release=arguments.release_name or one.release,
                namespace=arguments.namespace or one.namespace,
                api_versions=(*one.api_versions, *versions),
                helm=arguments.helm_version or one.helm,
            )
            for one in chosen
        ]

    return renderings


def _from_root(text: str, root: str) -> str:
    """`--set-file KEY=FILE` with the file as it is called from the root; raises UsageError."""
    key, equals, name = text.partition("=")
    full = os.path.realpath(name)
    if not equals or not witness.is_file(full):
        return text  # said at the chart, as helm says it
    if not is_inside(full, root):
        raise UsageError(f"--set-file {text}: {discover.shown(name)} lies outside of what is checked")
    return f"{key}={os.path.relpath(full, root).replace(os.sep, '/')}"


def released(texts: Sequence[Text], full: Mapping[str, str], tree: FolderTree, root: str) -> dict[str, list[Rendering]]:
    """What HelmReleases and Applications among the texts install of the charts below the root, by the charts' folders."""
    if not texts:
        return {}
    from kubetrial.lint.build import chart_releases

    inside = {name: os.path.relpath(path, root).replace(os.sep, "/") for name, path in full.items()}
    return chart_releases.releases(tree, ((inside[text.name], text.text) for text in texts if text.name in inside))


def _configured(settings: Settings, root: str) -> dict[str, list[Rendering]]:
    """The renderings that the configuration names, by the charts' folders below the root; raises UsageError."""
    from kubetrial.lint.build.charts import Rendering

    found = {}
    for folder, environments in settings.charts.items():
        full = os.path.realpath(folder)
        if not witness.is_file(os.path.join(full, "Chart.yaml")):
            raise UsageError(f"{settings.file}: charts names {discover.shown(folder)}, which is no chart")
        found[os.path.relpath(full, root).replace(os.sep, "/")] = [
            Rendering(
                one.name,
                tuple(
                    given_file(name, root, f"{settings.file}: values of {discover.shown(folder)}")
                    for name in one.values
                ),
                one.sets,
                one.release,
                one.namespace,
                one.api_versions,
                helm=one.helm,
            )
            for one in environments
        ]
    return found


def given_file(name: str, root: str, who: str, anywhere: bool = False) -> str | GivenFile:
    """A values file that is named: a path below the root, or what a file elsewhere holds; raises UsageError.

    Only the user names files `anywhere`: a configuration may have come with what is checked.
    """
    full = os.path.realpath(name)
    if not witness.is_file(full):
        raise UsageError(f"{who}: there is no file {discover.shown(name)}")
    if full.startswith(root.rstrip(os.sep) + os.sep):
        return os.path.relpath(full, root).replace(os.sep, "/")
    if not anywhere:
        raise UsageError(f"{who}: {discover.shown(name)} lies outside of what is checked; give it with --values")
    from kubetrial.lint.build.chart import GivenFile
    from kubetrial.lint.files.read import read

    try:
        return GivenFile(discover.shown(full), read(full))
    except OSError as error:
        raise UsageError(f"{who}: {discover.shown(name)}: {discover.why(error)}") from None
