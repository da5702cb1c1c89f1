"""The pods of a workload do not say which program they are.

Dashboards, alerts, policies and people find pods by `app.kubernetes.io/name`; without it, or an `app` of old, each
tool needs a selector of its own.

Add `app.kubernetes.io/name` to the pod template. The option `labels` lists what is good enough.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Workload, rule

_NAMES = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "name",
    "app.kubernetes.io/component",
    "component",
    "control-plane",
)


@rule(Category.ADVICE)
def check(workload: Workload, *, labels: tuple[str, ...] = _NAMES) -> Findings:
    """Find pods with none of the labels that name a program."""
    own = {**workload.labels, **workload.pod.labels}
    if not any(name in own for name in labels):
        yield workload["metadata"].found(
            f"neither this {workload.kind} nor its pods have a label that names the program",
            help="add app.kubernetes.io/name to the labels",
            key=True,
        )
