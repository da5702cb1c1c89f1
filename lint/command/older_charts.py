"""`--against` for charts: what the older state of each chart applies, with the same values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kubetrial.lint.command.exits import UsageError

if TYPE_CHECKING:
    from kubetrial.lint.build.charts import Charts
    from kubetrial.lint.build.origin import Tree, Unit

_MOST_CHARTS = 2_000


def older_units(reference: str, charts: Charts, root: str, minor: int, option: str = "--against") -> dict[str, Unit]:
    """The units of a git revision, a folder or other values by the names of those of today; raises UsageError.

    A chart of a revision is found at the same path, one of a folder by its name. A values file stands for the last one of today's: what
    the chart of today applies with it is the older state.
    """
    from kubetrial.lint.build.charts import as_of
    from kubetrial.lint.build.tree import FolderTree

    now = FolderTree(root)
    if os.path.isfile(reference) and _holds_values(reference):
        return as_of(now, now, _with_values(reference, charts, root, option), lambda folder: folder, minor)
    if os.path.exists(reference):
        before: Tree = FolderTree(reference)
        names = _names(before, _charts_below(reference))
        found = {folder: names.get(name) for name, folder in _names(now, charts.folders()).items()}
        return as_of(before, now, charts, lambda folder: found.get(folder), minor)
    return as_of(_of_revision(reference, charts, root, option), now, charts, lambda folder: folder, minor)


def _holds_values(file: str) -> bool:
    """Whether a file holds values of a chart, and no manifests."""
    from kubetrial.lint.files.read import read as bytes_of
    from kubetrial.lint.yaml.source import read

    try:
        documents = read(file, bytes_of(file).decode("utf-8", "replace")).documents
    except OSError:
        return False
    return bool(documents) and all(
        isinstance(one.value, dict) and not {"apiVersion", "kind"} <= one.value.keys() for one in documents
    )


def _with_values(file: str, charts: Charts, root: str, option: str) -> Charts:
    """The charts with a values file in the place of the last one that they are rendered with."""
    from kubetrial.lint.command.chart_options import given_file
    from kubetrial.lint.values.records import replace

    given = given_file(file, root, option, anywhere=True)
    made = {
        name: (folder, replace(one, values_files=(*one.values_files[:-1], given)))
        for name, (folder, one) in charts.made.items()
    }
    return replace(charts, made=made)


def _of_revision(revision: str, charts: Charts, root: str, option: str) -> Tree:
    """The files that a revision holds in the folders of charts."""
    from kubetrial.lint.build.tree import TextTree
    from kubetrial.lint.files import revision as revisions

    folders = [os.path.relpath(os.path.join(root, folder)) for folder in charts.folders()]
    here = os.path.realpath(os.curdir)
    try:
        return TextTree(
            {
                os.path.relpath(os.path.join(here, name), root).replace(os.sep, "/"): data
                for name, data in revisions.files(revision, folders, ("",))
            }
        )
    except revisions.RevisionError as error:
        raise UsageError(f"{option} {revision}: {error}") from None


def _charts_below(folder: str) -> list[str]:
    """The folders of charts below a folder, as paths in it."""
    found = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name != "charts")
        if "Chart.yaml" in names:
            found.append(os.path.relpath(at, folder).replace(os.sep, "/"))
        if len(found) >= _MOST_CHARTS:
            break
    return found


def _names(tree: Tree, folders: list[str]) -> dict[str, str]:
    """Name in Chart.yaml -> folder."""
    from kubetrial.lint.yaml.source import read

    found: dict[str, str] = {}
    for folder in folders:
        data = tree.read(os.path.normpath(os.path.join(folder, "Chart.yaml")).replace(os.sep, "/")) or b""
        for document in read("", data.decode("utf-8", "replace")).documents[:1]:
            if isinstance(document.value, dict):
                found.setdefault(str(document.value.get("name")), folder)
    return found
