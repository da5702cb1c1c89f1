"""The name of a Job or CronJob that leaves no room for what is made of it.

The name of a Job becomes a label of its pods (at most 63 characters); of an Indexed Job also a host name, with `-`
and the highest index behind it, so dots are out too. A CronJob puts 11 characters behind its name, which may have 52.

Shorten the name; a namespace can say what it said.

See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#cron-job-limitations
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule
from kubetrial.lint.objects.jobs import completions
from kubetrial.lint.values import names

_MOST_OF_JOB = 63
_MOST_OF_CRONJOB = 52


@rule(Category.REJECTED)
def check(job: JobSpec) -> Findings:
    """Follows validateNameAllowsCompletions and ValidateCronJobCreate in pkg/apis/batch/validation."""
    metadata = job.root.value.get("metadata") or {}
    name, prefix = metadata.get("name"), metadata.get("generateName")
    made = name or (prefix[:58] + "xxxxx" if prefix else "")
    indexed = job.value.get("completionMode") == "Indexed"
    if not made or (not indexed and len(made) <= _MOST_OF_CRONJOB):
        return
    node = job.root["metadata"]["name" if name else "generateName"]
    if job.root.get("kind") == "CronJob":
        if len(made) > _MOST_OF_CRONJOB:
            yield node.found(
                f"the CronJob's name has {len(made)} characters; at most {_MOST_OF_CRONJOB} are allowed",
                help="shorten it: each Job adds 11 characters",
                path="metadata.name",
            )
        return
    if len(made) > _MOST_OF_JOB and not job.value.get("manualSelector"):
        yield node.found(
            f"the Job's name has {len(made)} characters; it becomes a label of its pods, which takes {_MOST_OF_JOB}",
            help="shorten it",
            path="spec.template.metadata.labels",
        )
    count = completions(job) if indexed else None
    if count:
        reason = names.dns_label(f"{made}-{count - 1}")
        if reason is not None:
            yield node.found(
                f"the last pod of this Indexed Job would be `{made}-{count - 1}`, which is no host name: {reason}",
                help="shorten the name, and write it without dots",
                path="metadata.name",
            )
