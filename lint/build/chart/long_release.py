"""A chart as it would be rendered for a release with the longest name that Helm takes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from kubetrial.lint.build.chart.manifests import Manifests, sorted_out
from kubetrial.lint.build.chart.rendering import ChartFacts, ChartOptions, templates_of
from kubetrial.lint.build.chart.template import Engine, SpannedText

LONGEST = "r" * 53
"""helm.sh/helm/v3/pkg/chartutil ValidateReleaseName."""


def pairs(facts: ChartFacts) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each object of a chart as it is, and as it is for such a release; without those of which there are then more or fewer."""
    before, after = _by_template(facts.manifests), _by_template(_rendered(facts))
    for name, objects in before.items():
        others = after.get(name, [])
        if len(others) == len(objects):
            yield from zip(objects, others, strict=True)


def _rendered(facts: ChartFacts) -> Manifests:
    options = ChartOptions(release=LONGEST, capabilities="server")
    templates, contexts = templates_of(facts.chart, facts.values, options)
    engine = Engine({name: file.text for name, (file, _) in templates.items()})
    texts: dict[str, SpannedText] = {}
    for name, (_, chart_path) in templates.items():
        if posixpath.basename(name).startswith("_") or name.endswith("NOTES.txt") or name not in engine.templates:
            continue
        dot = contexts[chart_path]
        dot["Template"] = {"Name": name, "BasePath": f"{chart_path}/templates"}
        made = engine.render(name, dot)
        if made.error is None:
            texts[name] = made.text
    return sorted_out(texts)


def _by_template(manifests: Manifests) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for manifest in (*manifests.plain, *manifests.hooks):
        for document in manifest.source.documents:
            if isinstance(document.value, dict):
                found.setdefault(manifest.name, []).append(document.value)
    return found
