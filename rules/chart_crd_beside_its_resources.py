"""A CustomResourceDefinition in templates/, and resources of its kind in the same chart.

Helm looks up the kinds of all objects of templates/ before it makes the first of them. On a new cluster the definition is not there yet:
`helm install` stops with `no matches for kind`, and nothing is applied.

Move the definition to crds/, which Helm applies first, or make the resources hooks of `post-install`, or a chart of their own.

See https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Chart, Findings, Object, hook_events, rule


@rule(Category.BROKEN)
def check(chart: Chart) -> Findings:
    """Find resources whose definition is applied together with them."""
    defined: dict[tuple[object, object], Object | None] = {}
    for obj in chart.objects:
        if obj.kind != "CustomResourceDefinition":
            continue
        in_folder = "/templates/" not in chart.template_of(obj)
        key = (obj["spec"].get("group"), obj["spec"]["names"].get("kind"))
        if in_folder or hook_events(obj):
            defined[key] = None
        else:
            defined.setdefault(key, obj)
    for obj in chart.objects:
        definition = defined.get((obj.group, obj.kind))
        if definition is None or hook_events(obj):
            continue
        yield obj["kind"].found(
            f"the definition of {obj.kind} is a template of this chart too",
            consequence="`helm install` stops on a new cluster: no matches for kind, and nothing is applied",
            help="move the definition to crds/, or make this a post-install hook",
            related=(("its definition", definition["metadata"]["name"]),),
        )
