"""A selector, or the labels of a claim template, with the version of the chart in it.

Selectors of Deployments, DaemonSets and StatefulSets and the claim templates of StatefulSets are fixed once the object exists. A label
such as `helm.sh/chart: web-1.2.0` or `app.kubernetes.io/version` in them changes with the next version of the chart: `helm upgrade`
then stops with `field is immutable`, and nothing of the new version is applied.

Give selectors and claim templates labels of their own that never change, such as `app.kubernetes.io/name` and
`app.kubernetes.io/instance`.

See https://helm.sh/docs/chart_best_practices/labels/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Chart, Findings, Node, Object, hook_events, rule
from kubetrial.lint.facts import kinds


@rule(Category.BROKEN)
def check(chart: Chart) -> Findings:
    """Find fixed labels that hold the version of the chart or of what it installs."""
    chart_label = f"{chart.name}-{chart.version}".replace("+", "_")
    for obj in chart.objects:
        if obj.kind not in kinds.SELECTING or hook_events(obj):
            continue
        for label in _fixed(obj):
            if not isinstance(label.value, str):
                continue
            is_chart = bool(chart.version) and label.value in (chart_label, chart_label.replace(".", "-"))
            is_app = label.key == "app.kubernetes.io/version" and label.value == chart.app_version
            if is_chart or is_app:
                yield label.found(
                    f"`{label.key}: {label.value}` names a version where nothing may change",
                    consequence=f"`helm upgrade` to another version is refused: this part of a {obj.kind} is immutable",
                    help="leave this label out here; name and instance are enough",
                )


def _fixed(obj: Object) -> Iterator[Node]:
    yield from obj.at("spec", "selector", "matchLabels").fields()
    for template in obj.at("spec", "volumeClaimTemplates").items():
        yield from template.at("metadata", "labels").fields()
