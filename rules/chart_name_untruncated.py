"""A name that is too long once the release has a long name.

A release may be called with up to 53 characters. `{{ .Release.Name }}-{{ .Chart.Name }}-headless` then has more than the 63 that a
Service and the value of a label may have, or the 52 of a StatefulSet or CronJob, and the API server refuses the object, or no pod of it
can be made. With a short name the chart is installed, so only some of its users see it.

Cut the name off: `{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}`, shorter where more follows.

See https://helm.sh/docs/chart_best_practices/conventions/
"""

from __future__ import annotations

from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Chart, Findings, Node, Object, rule

_MOST = {"Service": 63, "Namespace": 63, "Job": 63, "StatefulSet": 52, "CronJob": 52}
_MOST_OF_LABEL = 63


@rule(Category.ADVICE)
def check(chart: Chart) -> Findings:
    """Render the chart once more, for a release with the longest name, and compare."""
    if chart.unit.variant or not any(".Release.Name" in text.text for _, text in chart.templates()):
        return
    for obj, longer in chart.with_long_release():
        for node, text, most in _texts(obj, longer):
            if len(node.value) <= most < len(text):
                yield node.found(
                    f"this has {len(text)} characters with a release name of 53; at most {most} are allowed",
                    consequence="the chart cannot be installed under a long name",
                    help='cut it off with `| trunc` and `| trimSuffix "-"`',
                )


def _texts(obj: Object, longer: dict[str, object]) -> Iterator[tuple[Node, str, int]]:
    metadata = longer.get("metadata")
    if not isinstance(metadata, dict):
        return
    most, name = _MOST.get(obj.kind), metadata.get("name")
    if most is not None and isinstance(name, str) and isinstance(obj["metadata"]["name"].value, str):
        yield obj["metadata"]["name"], name, most
    labels = metadata.get("labels")
    for label in obj["metadata"]["labels"].fields():
        text = labels.get(label.key) if isinstance(labels, dict) else None
        if isinstance(text, str) and isinstance(label.value, str):
            yield label, text, _MOST_OF_LABEL
