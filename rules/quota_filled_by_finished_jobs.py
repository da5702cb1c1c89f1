"""A quota on the number of Jobs or pods that the history of CronJobs fills.

`count/jobs.batch` and `count/pods` count all objects that are stored, finished ones too (`pods` does not). A CronJob
keeps three successful Jobs and a failed one by default, and each Job keeps its pods: when the kept ones are as many as
the quota allows, the next Job is refused (FailedCreate, "exceeded quota"), and the CronJob stops.

Raise the quota, lower the history limits, or let finished Jobs be deleted early by ttlSecondsAfterFinished.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota
"""

from __future__ import annotations

from datetime import datetime, timezone

from kubetrial.lint.authoring import Category, Cluster, CronJob, Findings, Job, JobSpec, ResourceQuota, is_sure, rule
from kubetrial.lint.values import cron, quantity

_FROM = datetime(2026, 1, 1, tzinfo=timezone.utc)
_FIELDS = ("count/jobs.batch", "count/pods")


@rule(Category.RISKY)
def check(quota: ResourceQuota, cluster: Cluster) -> Findings:
    """What is kept when every history is full and each CronJob has one run more; follows PodUsageFunc of pkg/quota/v1."""
    spec = quota["spec"]
    if spec.get("scopes") or spec.get("scopeSelector"):
        return
    limits = {name: amount for name in _FIELDS if (amount := _amount(spec["hard"].get(name))) is not None}
    if not limits:
        return
    cronjobs = [c for c in cluster.beside(quota, CronJob) if c.spec.get("suspend") is not True]
    cronjobs = [c for c in cronjobs if is_sure(cluster, quota, c)]
    if not cronjobs:
        return
    lasting = [j for j in cluster.beside(quota, Job) if "ttlSecondsAfterFinished" not in j.spec.mapping()]
    for name, most in limits.items():
        pods = name == "count/pods"
        kept = sum(_kept(c, pods) for c in cronjobs) + sum(
            _pods(j.view(JobSpec, "spec"), False) if pods else 1 for j in lasting
        )
        running = sum(_pods(c.job, False) if pods else 1 for c in cronjobs)
        if kept + running <= most:
            continue
        first = cronjobs[0]
        limit = first.spec["successfulJobsHistoryLimit"]
        what = "pods" if pods else "Jobs"
        yield spec["hard"][name].found(
            f"{name} allows {most}, and the history of {first.name}{' and others' if len(cronjobs) > 1 else ''} keeps up to "
            f"{kept} finished {what}: with {running} for the next run it is exceeded",
            consequence="the next run is refused: FailedCreate, exceeded quota; the CronJob stops until old Jobs are deleted",
            help="raise the quota, lower the history limits, or write a shorter ttlSecondsAfterFinished",
            related=((f"the history of {first.name}", limit if limit.present else first.spec["schedule"]),),
        )


def _amount(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        return quantity.parse(value).value()
    except quantity.QuantityError:
        return None


def _kept(cronjob: CronJob, pods: bool) -> int:
    """How many finished Jobs (or pods of them) the history keeps, when no TTL deletes them earlier."""
    good, bad = (_limit(cronjob, name, default) for name, default in (("successful", 3), ("failed", 1)))
    most = _within_ttl(cronjob)
    good, bad = min(good, most), min(bad, most)
    if good + bad > most:
        bad = most - good
    if not pods:
        return good + bad
    return good * _pods(cronjob.job, False) + bad * _pods(cronjob.job, True)


def _limit(cronjob: CronJob, name: str, default: int) -> int:
    limit = cronjob.spec.get(f"{name}JobsHistoryLimit", default)
    return limit if isinstance(limit, int) and limit >= 0 else default


def _pods(job: JobSpec, failed: bool) -> int:
    """The pods that a finished Job leaves: of a failed one with restartPolicy Never one for each attempt."""
    count = job.get("completions") or job.get("parallelism") or 1
    count = count if isinstance(count, int) else 1
    if not failed:
        return count
    limit = job.get("backoffLimit", 6)
    return limit + 1 if job.pod.get("restartPolicy") == "Never" and isinstance(limit, int) else 0


def _within_ttl(cronjob: CronJob) -> int:
    """How many runs come within the TTL of a finished Job."""
    ttl, schedule = cronjob.job.get("ttlSecondsAfterFinished"), cronjob.spec.get("schedule")
    if not isinstance(ttl, int) or not isinstance(schedule, str) or cron.problem(schedule) is not None:
        return 1 << 30
    parsed = cron.parse(schedule)
    first = cron.next_after(parsed, _FROM)
    second = None if first is None else cron.next_after(parsed, first)
    if first is None or second is None:
        return 1
    return int(ttl / (second - first).total_seconds()) + 1
