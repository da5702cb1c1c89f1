"""A Job that a drained node makes fail, though its work did nothing wrong.

A pod that is evicted by a drain, preempted or lost with its node is a failed pod, and counts against backoffLimit.
With `backoffLimit: 0` the first upgrade of a node fails the Job; with a low one an upgrade of all nodes does. A
podFailurePolicy with FailJob for 137 or 143, the exit codes of a container that was stopped, fails it at the first drain.

Ignore disruptions: a podFailurePolicy rule with `action: Ignore` and `onPodConditions: [{type: DisruptionTarget}]`
(with `restartPolicy: Never`).

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.authoring import Category, CronJob, Findings, Job, JobSpec, Node, Play, Trial, rule
from kubetrial.lint.objects.jobs import takes_killed

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario

_LOW = 2
"""An upgrade of a few nodes evicts a pod that moves on as often as this."""


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs, and Jobs of CronJobs, that run out of retries while all nodes are drained and their containers do what they should."""
    workloads: list[Job | CronJob] = [*trial.all(Job), *trial.all(CronJob)]
    for workload in workloads:
        job = workload.job if isinstance(workload, CronJob) else workload.view(JobSpec, "spec")
        limit = job.get("backoffLimit")
        killed = _fails_killed(job)
        if (
            (limit not in range(_LOW + 1) and killed is None)
            or workload.spec.get("suspend") is True
            or job.get("suspend") is True
        ):
            continue
        play = _played(trial, workload)
        failed = [e for e in play.timeline.final("job") if e.detail.get("condition") == "Failed"]
        # What ends with its deadline is not failed by the drain.
        reasons = {e.detail.get("reason") for e in failed}
        if killed is not None and "PodFailurePolicy" in reasons:
            yield killed["onExitCodes"].found(
                f"a drain of the node fails {_named(workload)}: this FailJob rule takes the exit codes of a stopped container",
                consequence="the Job is Failed with PodFailurePolicy after an upgrade of the cluster",
                help="put a rule with action: Ignore for the pod condition DisruptionTarget before it",
                trace=play.trace([e for e in play.events(workload) if e.kind in ("job", "pod")]),
            )
            continue
        if "BackoffLimitExceeded" not in reasons:
            continue
        yield job["backoffLimit"].found(
            f"a drain of {'the node' if limit == 0 else 'several nodes'} fails {_named(workload)}: "
            f"an evicted pod counts against backoffLimit {limit}",
            consequence="the Job is Failed with BackoffLimitExceeded after an upgrade of the cluster",
            help="add a podFailurePolicy rule with action: Ignore for the pod condition DisruptionTarget",
            trace=play.trace([e for e in play.events(workload) if e.kind in ("job", "pod")]),
        )


def _named(workload: Job | CronJob) -> str:
    return f"the {'Job' if isinstance(workload, Job) else 'Jobs of'} {workload.name}"


def _fails_killed(job: JobSpec) -> Node | None:
    """The FailJob rule for a stopped container, where no rule speaks of disruptions."""
    rules = list(job["podFailurePolicy"]["rules"].items())
    if any(c.get("type") == "DisruptionTarget" for one in rules for c in one["onPodConditions"].items()):
        return None
    return next((one for one in rules if one.get("action") == "FailJob" and takes_killed(one["onExitCodes"])), None)


def _played(trial: Trial, workload: Job | CronJob) -> Play:
    assumes = "the worker nodes are drained one after another while the Job runs for half an hour"
    if isinstance(workload, Job):
        return trial.play(drained_while_running, workload, assumes=assumes)

    def first_run_drained(objects: Sequence[Mapping[str, Any]]) -> Scenario:
        """As `drained_while_running`; the schedule comes due half a minute after the start."""
        from kubetrial.lint.trial.plays import before_due
        from kubetrial.lint.values.records import replace

        scenario = drained_while_running(objects)
        return replace(scenario, start=before_due(workload, scenario.start))

    return trial.play(first_run_drained, workload, assumes=assumes)


def drained_while_running(objects: Sequence[Mapping[str, Any]]) -> Scenario:
    """As `drained`, and every container runs for half an hour."""
    from kubetrial.lint.trial.scenario import Script, WorkloadScript
    from kubetrial.lint.trial.scenarios import drained
    from kubetrial.lint.values.records import replace

    script = {"*": WorkloadScript({"*": Script((1800.0,))})}
    return replace(drained(objects), name="drained-while-running", workloads=script)
