"""A deadline that ends a Job before it has made the retries of its backoffLimit.

Between failed pods the Job waits 10 s, 20 s, 40 s and so on, at most 10 minutes: with the default backoffLimit of 6
the waits alone add up to 630 s. With a shorter activeDeadlineSeconds the last retries never happen.

Raise the deadline, or lower backoffLimit to what fits into it.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, rule


@rule(Category.ADVICE, needs=("backoffLimit",))
def check(job: JobSpec) -> Findings:
    """A backoffLimit that is written, and waits that are longer than the deadline."""
    deadline, limit = job.get("activeDeadlineSeconds"), job.get("backoffLimit")
    if not isinstance(deadline, int) or not isinstance(limit, int) or not 0 < limit < 1000 or deadline <= 0:
        return
    policy = job.pod.get("restartPolicy")
    if job.get("parallelism", 1) != 1 or policy not in ("Never", "OnFailure"):
        return
    longest = 600 if policy == "Never" else 300  # of the Job controller, and of the kubelet
    waits = sum(min(10 * 2**n, longest) for n in range(limit))
    if waits >= deadline:
        yield job["backoffLimit"].found(
            f"the waits between {limit} retries take {waits} s, and the deadline is {deadline} s",
            consequence="the Job ends with DeadlineExceeded before the last retries",
            help="raise activeDeadlineSeconds, or lower backoffLimit",
            related=(("the deadline", job["activeDeadlineSeconds"]),),
        )
