"""A selector, or a label of the selector, that a Job cannot have.

The server gives every Job a selector and its pods the labels that belong to it: `controller-uid` and `job-name`, each
also with `batch.kubernetes.io/` before it. A manifest that sets others contradicts them, which happens when the YAML
of a living Job is copied. The Jobs of a CronJob cannot have a selector at all.

Remove `selector`, `manualSelector` and those four labels from the manifest.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, JobSpec, LabelSelector, rule

_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_HELP = "remove it: the server sets it"


@rule(Category.REJECTED)
def check(job: JobSpec) -> Findings:
    """Follows validateGeneratedSelector and ValidateJobTemplateSpec in pkg/apis/batch/validation."""
    spec = job.value
    selector, manual = spec.get("selector"), spec.get("manualSelector")
    if job.parent is None:
        return
    if job.parent.key == "jobTemplate":
        if selector is not None:
            yield job["selector"].found(
                "the Jobs of a CronJob cannot have a selector", help="remove it: the server makes one", key=True
            )
        if manual:
            yield job["manualSelector"].found(
                "the Jobs of a CronJob cannot have a selector of their own", help="remove the line", key=True
            )
    elif not manual:
        yield from _generated(job, selector)


def _generated(job: JobSpec, selector: dict[str, Any] | None) -> Findings:
    """The labels and the selector that contradict those that the server makes."""
    name = job.root["metadata"].get("name")
    labels = (((job.value.get("template") or {}).get("metadata") or {}).get("labels")) or {}
    own = {**dict.fromkeys(_UID_LABELS, "<uid>"), **dict.fromkeys(_NAME_LABELS, name or "<generated>")}
    for key, value in own.items():
        if key in labels and (labels[key] or "") != value:
            yield job.at("template", "metadata", "labels", key).found(
                f"the label {key} is the server's own and cannot be `{labels[key] or ''}`", help=_HELP
            )
    if selector and not job["selector"].view(LabelSelector).matches(own):
        yield job["selector"].found(
            "the selector does not match the labels that the server gives to this Job's pods",
            help="remove the selector; with manualSelector: true it is yours to keep apart from those of other Jobs",
            key=True,
        )
