"""A Job that stays, with its pods, after it is over.

A Job outside of a CronJob is never removed by itself: finished Jobs and their pods fill lists, and a Job of the same
name cannot be applied with another template.

Set `ttlSecondsAfterFinished`, for example to a day.

See https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Job, rule

_HOOKS = ("helm.sh/hook-delete-policy", "argocd.argoproj.io/hook-delete-policy")


@rule(Category.ADVICE)
def check(job: Job) -> Findings:
    """No time to live, and no hook that deletes it."""
    if job.spec.get("ttlSecondsAfterFinished") is None and not any(hook in job.annotations for hook in _HOOKS):
        yield job.spec.found(
            f"the Job {job.name} and its pods stay in the cluster after it is over",
            key=True,
            consequence="finished Jobs pile up until somebody deletes them",
            help="set ttlSecondsAfterFinished, for example to 86400",
        )
