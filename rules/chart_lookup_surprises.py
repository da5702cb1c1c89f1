"""A template that asks the cluster with `lookup`, which finds nothing where there is none.

`lookup` gives an empty map wherever Helm renders without a cluster: `helm template`, `--dry-run`, Argo CD, kustomize's helmCharts. What
the template keeps or chooses by it is then chosen anew: passwords change at each sync, and branches for existing objects are never taken.

Let a value decide, with `lookup` as the exception, or say in the values file that the chart wants a cluster.

See https://helm.sh/docs/chart_template_guide/functions_and_pipelines/#using-the-lookup-function
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Chart, Findings, rule


@rule(Category.ADVICE)
def check(chart: Chart) -> Findings:
    """Find calls of lookup in the chart's own templates."""
    for text, site in chart.actions():
        if "lookup" in site.functions:
            at = text.text.find("lookup", site.at)
            yield chart.at_text(text, at, at + len("lookup")).found(
                "`lookup` finds nothing where Helm renders without a cluster",
                consequence="Argo CD and `helm template` get what the template makes for a new cluster, each time",
                help="let a value decide, and fall back on lookup",
            )
