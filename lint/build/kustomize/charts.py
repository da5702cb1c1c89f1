"""Charts that a kustomization renders: where each lies, and with which settings. Follows HelmChartInflationGenerator."""

from __future__ import annotations

import posixpath

from kubetrial.lint.build.kustomize.generate import absorb
from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean, merge_plain
from kubetrial.lint.build.kustomize.nodes import MAPPING, PlacedText, RNode, is_true, items_of, read, shown
from kubetrial.lint.build.kustomize.reading import LocalChart, Reader
from kubetrial.lint.build.kustomize.resource import make
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.origin import Unknown
from kubetrial.lint.yaml.scalars import NotReadable
from kubetrial.lint.yaml.source import decode

_RENAMED = {
    "chartName": "name",
    "chartVersion": "version",
    "chartRepoUrl": "repo",
    "values": "valuesFile",
    "valuesLocal": "valuesInline",
    "valuesMerge": "valuesMerge",
    "releaseName": "releaseName",
    "chartHome": "chartHome",
}


def add(run: Reader, entry: RNode, root: RNode, folder: str, state: ResAccumulator) -> None:
    """The objects of one chart of `helmCharts`, where it lies in the repository and somebody renders it."""
    place = local_chart(run, entry, root, folder)
    if place is None or run.render_chart is None:
        run.unknown.append(Unknown("charts that lie elsewhere are not fetched", entry.origin()))
        return
    rendered = run.render_chart(place, entry)
    run.problems.extend(rendered.problems)
    run.unknown.extend(rendered.unknown)
    run.read_files.update(rendered.read)
    for one in make(rendered.objects, run.scopes):
        one.is_of_chart = True
        if run.provenance.wanted:
            one.made_by = run.provenance.of_field(run.file_name(folder), "HelmChartInflationGenerator")
        absorb(state, one, entry)


def modern(entry: RNode) -> RNode:
    """An entry of the old `helmChartInflationGenerator` as one of `helmCharts`."""
    new = entry.copy()
    new.value = {_RENAMED[name]: node for name, node in new.value.items() if name in _RENAMED}
    return new


def local_chart(run: Reader, entry: RNode, root: RNode, folder: str) -> LocalChart | None:
    """The chart of an entry, or None where it does not lie in the repository; raises Refused."""
    name = _text(entry, "name")
    if not name:
        raise MergeRefused("an entry of `helmCharts` has no `name`", entry)
    for field in ("name", "releaseName"):
        if _text(entry, field).startswith("-"):
            raise MergeRefused(
                f"`{field}` of a chart starts with a dash, which helm would take as a flag", entry.get(field)
            )
    how = _text(entry, "valuesMerge") or "override"
    if how not in ("merge", "override", "replace"):
        known = ("merge", "override", "replace")
        raise MergeRefused(
            "`valuesMerge` is merge, override or replace", entry.get("valuesMerge"), help=did_you_mean(how, known)
        )
    home = _text(entry, "chartHome") or _text(root.get("helmGlobals"), "chartHome") or "charts"
    version, repo = _text(entry, "version"), _text(entry, "repo")
    inside = posixpath.join(home, f"{name}-{version}") if version and repo else home
    chart = run.resolve(folder, posixpath.join(inside, name))
    if home.startswith("/") or chart.startswith("..") or not run.tree.is_file(posixpath.join(chart, "Chart.yaml")):
        if not repo and not run.tree.is_folder(chart) and not run.is_awaited(chart):
            raise MergeRefused(
                f"there is no chart at `{inside}/{name}`, and no `repo` to fetch it from", entry.get("name")
            )
        return None
    more = tuple(run.file(folder, str(node.value), node) for node in items_of(entry, "additionalValuesFiles"))
    return LocalChart(
        folder=chart,
        release=_text(entry, "releaseName") or _text(entry, "nameTemplate") or "release-name",
        namespace=_text(entry, "namespace") or run.chart_namespace(root),
        values=(_values(run, entry, folder, chart, how), *more),
        kube_version=_text(entry, "kubeVersion"),
        api_versions=tuple(str(node.value) for node in items_of(entry, "apiVersions")),
        include_crds=is_true(entry, "includeCRDs"),
        skip_tests=is_true(entry, "skipTests"),
        skip_hooks=is_true(entry, "skipHooks"),
    )


def _values(run: Reader, entry: RNode, folder: str, chart: str, how: str) -> str | RNode:
    """The values file, or its values merged with those inline."""
    node, inline = entry.get("valuesFile"), entry.get("valuesInline")
    own = posixpath.relpath(posixpath.join(chart, "values.yaml"), folder)
    given = node if node is not None and node.value else None
    file = run.file(folder, str(given.value) if given is not None else own, given or entry)
    if inline is None or inline.kind is not MAPPING or not inline.value:
        return file
    if how == "replace":
        return inline
    data = run.tree.read(file)
    try:
        text = decode(data or b"")
        documents = read(text, PlacedText(file, text))
    except (NotReadable, UnicodeDecodeError):
        raise MergeRefused(f"the values in `{file}` cannot be read", node or entry) from None
    base = documents[0].copy() if documents and documents[0].kind is MAPPING else RNode(MAPPING, {})
    mine = inline.copy()
    merged = merge_plain(base, mine) if how == "override" else merge_plain(mine, base)
    return merged or RNode(MAPPING, {})


def _text(holder: RNode | None, name: str) -> str:
    found = holder.get(name) if holder is not None and holder.kind is MAPPING else None
    return shown(found) if found is not None else ""
