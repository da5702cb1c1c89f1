"""Which of the given files are judged through what they are built into: the kustomizations and the charts of a run."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command import replay
from kubetrial.lint.files import discover, witness
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.finding import Finding
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import replace

if TYPE_CHECKING:
    from kubetrial.lint.build.charts import Charts
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.gitops import GitOps as Controllers
    from kubetrial.lint.build.reach import Directory, Reach
    from kubetrial.lint.engine import Text
    from kubetrial.lint.files.context_index import ContextIndex
    from kubetrial.lint.settings.config import Settings

CHART_FILE = "Chart.yaml"
ARCHIVE = ".tgz"
"""How a chart is called that is packed."""


def division(
    texts: Sequence[Text],
    context: Sequence[Text],
    discovery: discover.Discovery,
    arguments: argparse.Namespace,
    settings: Settings,
    beside: ContextIndex | None = None,
    changed: Mapping[str, str] | None = None,
) -> Division | None:
    """The kustomizations and charts of the set, built; those of the rest of the repository too, where they build on a given file.

    `beside` is what is known of the rest of the repository already; `changed` are the texts that files are about to get.
    """
    full = {file.path: file.real for file in discovery.files if file.full}
    if not full or any(file.is_stdin for file in discovery.files):
        return None
    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    root = os.path.realpath(discover.repository_of(folder) or _top(folder))
    written = {full[name]: text.encode("utf-8", "surrogatepass") for name, text in (changed or {}).items()}
    kustomizations = _kustomizations(
        texts, context, discovery, full, root, beside, written, replay.cache_folder(arguments)
    )
    around = _around(folder, root)
    charts = _charts(full, around, arguments, settings, texts, written)
    text_of = _text_of({**{text.name: text.text for text in (*context, *texts)}, **(changed or {})})
    if charts is None or not charts.sources:
        if kustomizations is None:
            return None
        together, charts = replace(kustomizations, text_of=text_of), None
    else:
        together = replace(_with_charts(kustomizations, charts), text_of=text_of)
    if arguments.against is None:
        return together
    return _with_older(arguments.against, together, charts, root, os.path.realpath(around), settings, arguments)


def _with_older(
    reference: str,
    division: Division,
    charts: Charts | None,
    root: str,
    around: str,
    settings: Settings,
    arguments: argparse.Namespace,
) -> Division:
    """The division with the older state of its units; raises UsageError."""
    from kubetrial.lint.command.older_charts import older_units
    from kubetrial.lint.command.older_overlays import older_overlays

    if charts is not None:
        division = replace(division, older=older_units(reference, charts, around, settings.minor))
    if not division.again:
        return division
    if not os.path.exists(reference):
        return replace(division, older_overlays=older_overlays(reference, division, root))
    before = of_folder(reference, arguments, settings)
    return replace(division, older_overlays=before.kustomizations) if before is not None else division


def at_minor(
    before: Division,
    texts: Sequence[Text],
    discovery: discover.Discovery,
    arguments: argparse.Namespace,
    settings: Settings,
) -> Division:
    """A division with its charts rendered for the minor of the settings; what does not depend on it stays as it is."""
    full = {file.path: file.real for file in discovery.files if file.full}
    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    around = _around(folder, os.path.realpath(discover.repository_of(folder) or _top(folder)))
    charts = _charts(full, around, arguments, settings, texts, earlier=before.rendered)
    if charts is None:
        return before
    rest = replace(before, units=tuple(unit for unit in before.units if unit.kind != "chart"))
    together = replace(_with_charts(rest, charts), sources=before.sources | charts.sources)
    if arguments.against is None:
        return together
    from kubetrial.lint.command.older_charts import older_units

    return replace(together, older=older_units(arguments.against, charts, os.path.realpath(around), settings.minor))


def _inside(path: str, root: str) -> str:
    """A real path as its way from a folder; that of most files stands in it behind the folder's."""
    way = path[len(root) + 1 :] if path.startswith(f"{root}{os.sep}") else os.path.relpath(path, root)
    return way.replace(os.sep, "/")


def _around(folder: str, root: str) -> str:
    """The folder that the charts of a set may reach."""
    return discover.repository_of(folder) or _chart_around(folder) or root


def _text_of(texts: Mapping[str, str]) -> Callable[[str], str | None]:
    """What a source holds, by the name that reports use: a text that is known, else its file's."""
    known: dict[str, str | None] = dict(texts)

    def text_of(name: str) -> str | None:
        if name not in known:
            known[name] = _read(name)
        return known[name]

    return text_of


def _read(name: str) -> str | None:
    from kubetrial.lint.files.read import read
    from kubetrial.lint.yaml.source import decode

    try:
        return decode(read(name))
    except (OSError, UnicodeError):
        return None


def _kustomizations(
    texts: Sequence[Text],
    context: Sequence[Text],
    discovery: discover.Discovery,
    full: Mapping[str, str],
    root: str,
    beside: ContextIndex | None,
    written: Mapping[str, bytes],
    cache: str | None = None,
) -> Division | None:
    names = [*(text.name for text in texts), *(text.name for text in context)]
    controlled = any(sign in text.text for text in texts for sign in ("kustomize.toolkit.fluxcd.io/", "argoproj.io/"))
    if not controlled and not any(
        name.rpartition("/")[2] in FILE_NAMES for name in (full if discovery.complete else names)
    ):
        return None
    if (
        not discovery.complete
        and beside is not None
        and not controlled
        and not _may_be_built(full, root, context, _reached_by_controllers(full, root, beside))
    ):
        return None
    controllers = _controllers(texts, full, root, beside)
    from kubetrial.lint.build.kept_units import UnitStore
    from kubetrial.lint.build.units import (  # all of kustomize, where there is something to build
        divide,
        kustomizations_below,
    )

    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    if discover.repository_of(folder) is None:
        from kubetrial.lint.build.root import load_root

        kept = [os.path.dirname(path) for path in full.values() if os.path.basename(path) in FILE_NAMES]
        root = load_root(root, kept)
    files = list(kustomizations_below(root)) if discover.repository_of(folder) or not discovery.complete else []
    inside = {_inside(path, root) for path in full.values()}
    files = sorted({*files, *(name for name in inside if name.rpartition("/")[2] in FILE_NAMES)})
    store = None if written else UnitStore(cache, root)
    division = divide(
        root,
        files,
        inside.__contains__,
        lambda path: discover.shown(os.path.join(root, path)),
        sorted(inside),
        controllers,
        written,
        store,
    )
    return division if store is None else replace(division, keep=store.save)


def _may_be_built(full: Mapping[str, str], root: str, context: Sequence[Text], reach: Reach) -> bool:
    """Whether a kustomization or a controller of the repository may take in one of the given files; `context` has all kustomizations.

    What a kustomization takes in stands in it by its name, but for the files of charts.
    """
    inside = [_inside(path, root) for path in full.values()]
    if any(path.rpartition("/")[2] in FILE_NAMES or "patch" in path.lower() for path in inside):
        return True
    if any(map(reach.concerns, inside)):
        return True
    around: dict[str, bool] = {}
    if any(_is_in_chart(os.path.dirname(path), os.path.realpath(root), around) for path in full.values()):
        return True
    names = {path.rpartition("/")[2] for path in inside}
    return any(
        any(name in text.text for name in names) for text in context if text.name.rpartition("/")[2] in FILE_NAMES
    )


def _controllers(texts: Sequence[Text], full: Mapping[str, str], root: str, beside: ContextIndex | None) -> Controllers:
    """What controllers of the repository lay over its folders; of a part of it, the rest of the repository is asked too."""
    from kubetrial.lint.build import gitops
    from kubetrial.lint.build.tree import FolderTree

    tree = FolderTree(root)
    given = [(_inside(full[text.name], root), text.text) for text in texts if text.name in full]
    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    if folder == root or discover.repository_of(folder) is None:
        return gitops.settings(given, tree)
    seen = {path for path, _ in given}
    told = gitops.files_below(root, seen, beside, configs=False)
    return gitops.settings([*given, *told], tree, lambda: [*given, *gitops.files_below(root, seen, beside)])


def _reached_by_controllers(full: Mapping[str, str], root: str, beside: ContextIndex) -> Reach:
    """The folders that controllers of the repository apply, where the given files tell them nothing."""
    from kubetrial.lint.build.reach import Reach, reached

    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    if folder == root or discover.repository_of(folder) is None:
        return Reach()

    def told() -> tuple[list[str], tuple[Directory, ...]]:
        from kubetrial.lint.build import gitops  # it reads as kustomize does
        from kubetrial.lint.build.tree import FolderTree

        seen = {_inside(path, root) for path in full.values()}
        told = list(gitops.files_below(root, seen, beside, configs=False))
        found = gitops.settings(told, FolderTree(root), lambda: ())
        return [*(one.folder for one in found.applied), *gitops.looked_into(told)], found.directories

    return reached(root, beside, told)


def _charts(
    full: Mapping[str, str],
    root: str,
    arguments: argparse.Namespace,
    settings: Settings,
    texts: Sequence[Text] = (),
    written: Mapping[str, bytes] | None = None,
    earlier: Charts | None = None,
) -> Charts | None:
    """The charts that given files belong to; None where there is none."""
    root = os.path.realpath(root)
    around: dict[str, bool] = {}
    controlled = any(_may_install(text.text, root) for text in texts)
    packed = [path for path in full.values() if path.endswith(ARCHIVE)]
    if (
        not controlled
        and not packed
        and not any(_is_in_chart(os.path.dirname(path), root, around) for path in full.values())
    ):
        return None
    from kubetrial.lint.build import charts
    from kubetrial.lint.build.tree import FolderTree
    from kubetrial.lint.command import chart_options

    tree = FolderTree(root, written)
    inside = [_inside(path, root) for path in full.values()]
    folders = charts.folders_of(tree, inside)
    released = chart_options.released(texts if controlled else (), full, tree, root)
    folders = sorted({*folders, *released, *(_inside(path, root) for path in packed)})
    choice = chart_options.choice(arguments, settings, tree, root, released)
    return charts.rendered(
        tree,
        folders,
        choice,
        settings.minor,
        lambda path: discover.shown(os.path.normpath(os.path.join(root, path))),
        inside,
        branches=getattr(arguments, "branches", False),
        earlier=earlier,
    )


def _may_install(text: str, root: str) -> bool:
    """Whether a text may hold a release of a chart that stands below a root; most name one of a registry, or of another repository."""
    if "helm.toolkit.fluxcd.io/" in text and ("GitRepository" in text or "Bucket" in text or "sourceRef" not in text):
        found = text.lstrip()[:1] == "{" or _RELEASE.search(text) is not None
    else:
        found = "argoproj.io/" in text and _APPLICATION.search(text) is not None
    return found and any(_may_be_chart(way, root) for way in _WAY.findall(text))


_RELEASE = pattern(r"(?m)^[\"']?kind[\"']?:[ \t]*[\"']?HelmRelease(?s:.*)^[ \t]+[\"']?chart[\"']?:")
_APPLICATION = pattern(r"kind[\"']?[ \t]*:[ \t]*[\"']?Application(?:Set)?(?![A-Za-z])")
_WAY = pattern(r"(?:chart|path)[\"']?[ \t]*:[ \t]*([^\r\n]*)")
"""What stands behind the field of a release that may name a folder."""
_PLAIN_WAY = pattern(r"[\"']?([\w./@+-]+)[\"']?[ \t]*(?:[,}\]]|(?<=[ \t])#|\Z)")


def _may_be_chart(written: str, root: str) -> bool:
    """Whether what is written behind a field may name the folder of a chart below the root: not, where none stands there."""
    plain = _PLAIN_WAY.match(written)
    if plain is None:
        return True
    way = os.path.normpath(plain[1].lstrip("/") or ".")
    return not way.startswith("..") and witness.is_file(os.path.join(root, way, CHART_FILE))


def charts(discovery: discover.Discovery, arguments: argparse.Namespace, settings: Settings) -> Charts | None:
    """The charts among the files of a run; None where there is none."""
    full = {file.path: os.path.realpath(file.full) for file in discovery.files if file.full}
    if not full:
        return None
    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    root = discover.repository_of(folder) or _chart_around(folder) or os.path.realpath(_top(folder))
    return _charts(full, root, arguments, settings)


def installed(
    discovery: discover.Discovery,
    arguments: argparse.Namespace,
    settings: Settings,
    texts: Sequence[Text] = (),
    older: str | None = None,
) -> Division | None:
    """What the files of a run are built into: the kustomizations among them, and each chart once, with the values of the command
    line, else with those that it brings. With `older`, a git revision, its state of them too. Raises UsageError.
    """
    overlays, root = _overlays(texts, discovery)
    found = charts(discovery, arguments, settings)
    if found is None or not found.sources:
        whole = overlays
    else:
        whole = _with_charts(overlays, found)
        first = {unit.source: unit for unit in reversed(whole.units)}
        whole = replace(whole, units=tuple(unit for unit in whole.units if first[unit.source] is unit))
    if whole is None or older is None:
        return whole
    from kubetrial.lint.command.older_charts import older_units
    from kubetrial.lint.command.older_overlays import older_overlays

    whole = replace(whole, older_overlays=older_overlays(older, whole, root, "--compare"))
    if found is None or not found.sources:
        return whole
    folder = os.path.commonpath([os.path.dirname(file.real) for file in discovery.files if file.full])
    around = os.path.realpath(discover.repository_of(folder) or _chart_around(folder) or _top(folder))
    return replace(whole, older=older_units(older, found, around, settings.minor, "--compare"))


def of_folder(folder: str, arguments: argparse.Namespace, settings: Settings) -> Division | None:
    """What an older state in another folder is built into."""
    from kubetrial.lint.api import against

    return installed(discover.discover([folder]), arguments, settings, list(against.texts(folder, ())))


def _overlays(texts: Sequence[Text], discovery: discover.Discovery) -> tuple[Division | None, str]:
    """The kustomizations among the files of a run, and the root that they may reach; one that only others include is built alone."""
    full = {file.path: file.real for file in discovery.files if file.full}
    if not full or any(file.is_stdin for file in discovery.files):
        return None, ""
    folder = os.path.commonpath([os.path.dirname(path) for path in full.values()])
    root = os.path.realpath(discover.repository_of(folder) or _top(folder))
    found = _kustomizations(texts, (), discovery, full, root, None, {})
    if found is None:
        return None, root
    own = tuple(unit for unit in found.units if unit.path in full)
    if not own and any(map(_is_one, full)):
        from kubetrial.lint.build.units import alone

        inside = sorted((_inside(path, root) for name, path in full.items() if _is_one(name)), key=len)
        unit = alone(root, os.path.dirname(inside[0]) or ".", lambda path: discover.shown(os.path.join(root, path)))
        return replace(found, units=(unit,), again={}), root
    again = {unit.name: found.again[unit.name] for unit in own if unit.name in found.again}
    return replace(found, units=own, again=again), root


def _is_one(name: str) -> bool:
    return name.rpartition("/")[2] in FILE_NAMES


def _is_in_chart(folder: str, root: str, known: dict[str, bool]) -> bool:
    """Whether a folder is a chart's, or lies in one that lies in the root."""
    if folder not in known:
        known[folder] = witness.is_file(os.path.join(folder, CHART_FILE)) or (
            folder != root and os.path.dirname(folder) != folder and _is_in_chart(os.path.dirname(folder), root, known)
        )
    return known[folder]


def _chart_around(folder: str) -> str | None:
    """The outermost chart around a folder without a repository: what a chart is made of lies in it."""
    found, at = None, folder
    while True:
        if witness.is_file(os.path.join(at, CHART_FILE)):
            found = at
        elif os.path.basename(at) not in _PARTS:
            return found
        at = os.path.dirname(at)


_PARTS = ("templates", "charts", "ci", "crds", "tests")


def _with_charts(kustomizations: Division | None, charts: Charts) -> Division:
    from kubetrial.lint.build.charts import searched, silent_templates
    from kubetrial.lint.build.division import Division

    division = kustomizations or Division()
    return replace(
        division,
        units=(*division.units, *charts.units),
        sources=division.sources | charts.sources,
        templates=charts.templates,
        built=charts.by_name,
        shown=charts.shown,
        silent=silent_templates(charts),
        notes=tuple(searched(charts)),
        rendered=charts,
    )


def with_sources(sources: dict[str, str], findings: Sequence[Finding], division: Division | None) -> dict[str, str]:
    """The texts of reports with those of charts in which something was found and which are no manifests: helpers, notes."""
    if division is None or not division.charts:
        return sources
    ours = {file for unit in division.charts for file in unit.read}
    for name in sorted({finding.file for finding in findings} & ours - sources.keys()):
        text = _read(name)
        if text is not None:
            sources[name] = text
    return sources


def show(division: Division | None, texts: Sequence[Text]) -> int:
    """One line a unit: what kind, where, how many objects."""
    from kubetrial.lint.command.exits import OK
    from kubetrial.lint.values.printable import one_line

    for unit in division.units if division is not None else ():
        tool = "helm" if unit.kind == "chart" else "kustomize"
        refused = f" ({tool} refuses to build it)" if any(problem.fatal for problem in unit.problems) else ""
        print(
            one_line(
                f"{unit.kind:<14} {unit.name}: {_number(len(unit.objects), 'object')} of {_number(len(unit.read), 'file')}{refused}"
            )
        )
    plain = [text.name for text in texts if division is None or text.name not in division.sources]
    if plain:
        print(f"{'plain':<14} {_number(len(plain), 'file')} judged as they stand")
    return OK


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _top(folder: str) -> str:
    """Without a repository, what kustomizations may reach: the folder around the given one."""
    here = os.path.realpath(os.curdir)
    return here if (folder + os.sep).startswith(here + os.sep) else folder
