"""A template that writes a namespace of its own instead of that of the release.

`helm install --namespace shop` puts everything without a namespace into `shop`; what writes another one goes there, where Helm makes no
namespace and where a second release of the chart meets the first one.

Leave `namespace` out, or write `{{ .Release.Namespace }}`.

See https://helm.sh/docs/chart_best_practices/templates/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Chart, Findings, origin_of, rule

_SHARED = ("kube-system", "kube-public")


@rule(Category.ADVICE)
def check(chart: Chart) -> Findings:
    """Find objects whose template writes the name of a namespace as it stands."""
    for obj in chart.objects:
        namespace = obj["metadata"]["namespace"]
        if not isinstance(namespace.value, str) or namespace.value in _SHARED:
            continue
        origin = origin_of(namespace)
        if origin is None or not origin.literal or "templates" not in origin.file.split("/"):
            continue
        yield namespace.found(
            f"this object goes into the namespace {namespace.value}, whatever the release says",
            consequence="two releases meet there, and Helm does not make the namespace",
            help="leave it out, or write {{ .Release.Namespace }}",
        )
