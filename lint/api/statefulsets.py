"""StatefulSets of before 1.34: the server took their templates unread, and refused each of their pods instead.

Follows ValidateStatefulSetSpec and ValidatePodTemplateSpecForStatefulSet in pkg/apis/apps/validation, which until 1.33 looked only at a
template's labels, annotations, restartPolicy and activeDeadlineSeconds, and newStatefulPod and createPersistentVolumeClaims in
pkg/controller/statefulset for what the controller says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kubetrial.lint.api.checked import Walked
from kubetrial.lint.finding import Category
from kubetrial.lint.rule import Entry, Rule
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml.node import Found, Node

TEMPLATES_READ = 34
"""The first minor whose server validates the templates of a StatefulSet."""
NAME_READ = 33
"""The first minor whose server validates the name of its Service."""

REFUSED_PODS = "statefulset-pods-refused"
"""The rule that says it."""

_TEMPLATE = (("spec", "template", "spec"), ("spec", "volumeClaimTemplates"))
_NAME = ("spec", "serviceName")
_FIELDS_READ = ("restartPolicy", "activeDeadlineSeconds")
_RULES_READ = ("workload-restart-policy-refused", "workload-deadline-refused", "pod-annotation-invalid")
_DECODING = ("field-unknown", "value-wrong-type", "field-dropped", "template-field-lost")


def judge_template(checked: Walked, root: Node, minor: int) -> None:
    """Turn what a later server refuses in the templates into what becomes of the pods here."""
    pods = root["spec"].get("replicas", 1) != 0
    found: list[Found] = []
    for one in checked.found:
        if one.rule in _DECODING or _is_read(one.node.steps, minor):
            found.append(one)
        elif pods:
            found.append(replace(_of_pods(one, minor), rule=REFUSED_PODS))
    checked.found = found
    checked.visits = [(_rules_of(rules, node, minor, pods), node) for rules, node in checked.visits]


def _is_read(steps: tuple[str | int, ...], minor: int) -> bool:
    """Whether the server of a minor of before 1.34 validates what stands at a path."""
    if steps[:2] == _NAME:
        return minor >= NAME_READ
    inside = any(steps[: len(start)] == start for start in _TEMPLATE)
    return not inside or (len(steps) == 4 and steps[3] in _FIELDS_READ)


def _rules_of(rules: tuple[Rule, ...], node: Node, minor: int, pods: bool) -> tuple[Rule, ...]:
    """The rules that visit a node, those that would refuse a template as rules about its pods."""
    if _is_read(node.steps, minor):
        return rules
    kept = []
    for rule in rules:
        if rule.entry.category is not Category.REJECTED or rule.entry.name in _RULES_READ:
            kept.append(rule)
        elif pods:
            entry = Entry(REFUSED_PODS, Category.BROKEN, rule.entry.visits, "")
            kept.append(replace(rule, entry=entry, check=_about_pods(rule.check, minor)))
    return tuple(kept)


def _about_pods(check: Callable[..., Any], minor: int) -> Callable[..., Iterator[Found]]:
    def judged(*subject: Any) -> Iterator[Found]:
        for one in check(*subject):
            yield _of_pods(one, minor)

    return judged


def _of_pods(one: Found, minor: int) -> Found:
    """A refusal of the template as that of the pods, with the event that tells of it."""
    root = one.node.root
    name = root["metadata"].get("name", "")
    pod = f"{name}-{root['spec']['ordinals'].get('start', 0) if minor >= 27 else 0}"
    read = NAME_READ if one.node.steps[:2] == _NAME else TEMPLATES_READ
    what, thing = "pods", f"Pod {pod}"
    if one.node.steps[:2] == ("spec", "volumeClaimTemplates"):
        claim = root.at(*one.node.steps[:3])["metadata"].get("name", "")
        what, thing = "claims", f"Claim {claim}-{pod} Pod {pod}"
    return replace(
        one,
        message=f"the API server refuses the {what} of this StatefulSet: {one.message}",
        consequence=(
            f"Kubernetes 1.{minor} takes the StatefulSet and no pod of it ever stands: its event FailedCreate says"
            f" `create {thing} in StatefulSet {name} failed`; from 1.{read} on the StatefulSet itself is refused"
        ),
    )
