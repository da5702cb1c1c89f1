"""A workload whose selector does not choose its own pods.

A Deployment, ReplicaSet, StatefulSet, DaemonSet or ReplicationController must select the pods that its template
makes, and an empty selector is refused too: it would take every pod of the namespace. A Job needs a selector only
with `manualSelector: true`.

Write into `spec.selector.matchLabels` labels that stand in `spec.template.metadata.labels` with the same values.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, LabelSelector, Workload, rule
from kubetrial.lint.facts import kinds
from kubetrial.lint.values import names


@rule(Category.REJECTED)
def check(workload: Workload) -> Findings:
    """Find empty selectors and selectors that miss the template."""
    spec = workload.value.get("spec")
    if not spec:
        return
    kind = workload.value.get("kind")
    if kind in kinds.SELECTING:
        yield from _of_set(workload, spec, str(kind))
    elif kind == "ReplicationController" and spec.get("template") is not None:
        yield from _of_controller(workload, spec)
    elif kind == "Job" and spec.get("manualSelector"):
        yield from _of_manual_job(workload, spec)


def _labels(spec: dict[str, Any]) -> dict[str, Any]:
    """The labels of the template."""
    return ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}


def _of_set(workload: Workload, spec: dict[str, Any], kind: str) -> Findings:
    selector, labels = spec.get("selector"), _labels(spec)
    if selector is None:
        if kind == "DaemonSet":
            # The server looks first whether the template is chosen, and a missing selector chooses nothing.
            yield workload["spec"]["selector"].found(
                "the DaemonSet has no selector, so it does not choose the pods of its template",
                help=_help(labels),
                path="spec.template.metadata.labels",
            )
        return
    wanted = selector.get("matchLabels")
    if wanted and not selector.get("matchExpressions") and wanted.items() <= labels.items():
        return
    if not wanted and not selector.get("matchExpressions"):
        yield workload["spec"]["selector"].found(
            f"the selector of a {kind} cannot be empty", help=_help(labels), key=True
        )
    else:
        yield from _mismatch(workload, workload.at("spec", "selector").view(LabelSelector), labels)


def _of_controller(workload: Workload, spec: dict[str, Any]) -> Findings:
    selector, labels = spec.get("selector"), _labels(spec)
    if not selector and not labels:
        yield workload["spec"]["selector"].found(
            "neither selector nor template labels are set, so this ReplicationController chooses no pods",
            help="write labels into spec.template.metadata.labels",
        )
    elif selector and any(key not in labels or (labels[key] or "") != (value or "") for key, value in selector.items()):
        yield workload.at("spec", "template", "metadata", "labels").found(
            "the template's labels do not match the selector", help="write the labels of spec.selector here", key=True
        )


def _of_manual_job(workload: Workload, spec: dict[str, Any]) -> Findings:
    if spec.get("selector") is None:
        yield workload["spec"]["selector"].found(
            "manualSelector is true and there is no selector",
            help="remove manualSelector: the server then makes a selector",
        )
    else:
        yield from _mismatch(workload, workload.at("spec", "selector").view(LabelSelector), _labels(spec))


def _mismatch(workload: Workload, selector: LabelSelector, labels: dict[str, Any]) -> Findings:
    """Said only of a selector that can be read: of others the server says what is wrong with them."""
    if selector.matches(labels) or not _readable(selector):
        return
    node = workload.at("spec", "template", "metadata", "labels")
    wanted = selector.mapping().get("matchLabels") or {}
    missing = [f"{key}: {value or ''}" for key, value in wanted.items() if key not in labels or labels[key] != value]
    what = f"{', '.join(missing)} is asked for" if missing else "an expression of the selector does not hold"
    other = next((key for key in wanted if key in labels and labels[key] != wanted[key]), None)
    yield (node if other is None else node[other]).found(
        f"the template's labels do not match the selector: {what}",
        help="give the template the labels that spec.selector asks for",
        key=other is None,
        path="spec.template.metadata.labels",
        related=(("the selector", selector),),
    )


def _readable(selector: LabelSelector) -> bool:
    for key, value in (selector.get("matchLabels") or {}).items():
        if names.qualified_name(key) or names.label_value(value or ""):
            return False
    for item in selector.get("matchExpressions") or ():
        item = item or {}
        values = item.get("values") or []
        if item.get("operator") not in (("In", "NotIn") if values else ("Exists", "DoesNotExist")):
            return False
        if names.qualified_name(item.get("key") or "") or any(names.label_value(value or "") for value in values):
            return False
    return True


def _help(labels: dict[str, Any]) -> str:
    if not labels:
        return "give the template a label, and select it in matchLabels"
    key, value = next(iter(labels.items()))
    return f"write matchLabels: {{{key}: {value}}}"
