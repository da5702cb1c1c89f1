"""Settings of an Indexed Job that do not fit together.

`completionMode: Indexed` gives every pod an index below `completions`, so completions must be set wherever
`parallelism` is (and always inside a CronJob). `backoffLimitPerIndex` and `maxFailedIndexes` count per index and need
the Indexed mode; maxFailedIndexes needs backoffLimitPerIndex. Above 100000 completions the API server sets narrower
limits.

Write `completionMode: Indexed` and `completions`, or remove the fields that belong to it.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule
from kubetrial.lint.objects.jobs import completions

_MOST = 100_000
_MOST_BESIDE_MANY = (
    10_000  # of parallelism and maxFailedIndexes, with more than _MOST completions and backoffLimitPerIndex
)


@rule(Category.REJECTED, needs=("backoffLimitPerIndex", "completionMode", "maxFailedIndexes"))
def check(job: JobSpec) -> Findings:
    """Follows validateJobSpec in pkg/apis/batch/validation."""
    spec = job.value
    mode = spec.get("completionMode")
    per_index, failed = spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes")
    if failed is not None and per_index is None:
        yield job["backoffLimitPerIndex"].found(
            "maxFailedIndexes needs backoffLimitPerIndex", help="set backoffLimitPerIndex, or remove maxFailedIndexes"
        )
    if mode is None or mode == "NonIndexed":
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if spec.get(field) is not None:
                yield job[field].found(
                    f"{field} needs completionMode: Indexed",
                    help="write completionMode: Indexed, or remove it",
                    key=True,
                )
    elif mode == "Indexed":
        yield from _indexed(job, spec, completions(job), per_index, failed)


def _indexed(
    job: JobSpec, spec: dict[str, Any], count: int | None, per_index: int | None, failed: int | None
) -> Findings:
    parallelism = spec.get("parallelism")
    if count is None:
        yield job["completionMode"].found(
            "an Indexed Job needs completions",
            help="write completions: how many indexes there are",
            path=job["completions"].path,
        )
    if parallelism is not None and parallelism > _MOST:
        yield job["parallelism"].found(
            f"parallelism is {parallelism}; an Indexed Job takes at most {_MOST}", help=f"write at most {_MOST}"
        )
    if count is not None and failed is not None and failed > count:
        yield job["maxFailedIndexes"].found(
            f"maxFailedIndexes is {failed}, more than the {count} completions", help=f"write at most {count}"
        )
    if failed is not None and failed > _MOST:
        yield job["maxFailedIndexes"].found(
            f"maxFailedIndexes is {failed}; at most {_MOST} are allowed", help=f"write at most {_MOST}"
        )
    if count is None or count <= _MOST or per_index is None:
        return
    beside = f"with more than {_MOST} completions and backoffLimitPerIndex"
    if failed is None:
        yield job["maxFailedIndexes"].found(
            f"maxFailedIndexes must be set {beside}", help=f"write {_MOST_BESIDE_MANY} or less"
        )
    for field, value in (("parallelism", parallelism), ("maxFailedIndexes", failed)):
        if value is not None and value > _MOST_BESIDE_MANY:
            yield job[field].found(
                f"{field} is {value}; {beside} at most {_MOST_BESIDE_MANY} are allowed",
                help=f"write at most {_MOST_BESIDE_MANY}",
            )
