"""A Job that a drained node makes fail, though its work did nothing wrong.

A pod that is evicted by a drain, preempted or lost with its node is a failed pod, and counts against backoffLimit.
With `backoffLimit: 0` the first upgrade of a node fails the Job.

Ignore disruptions: a podFailurePolicy rule with `action: Ignore` and `onPodConditions: [{type: DisruptionTarget}]`
(with `restartPolicy: Never`).

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.authoring import Category, Findings, Job, Trial, rule

if TYPE_CHECKING:
    from kubetrial.lint.trial.scenario import Scenario


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Jobs that fail while all nodes are drained and their containers do what they should."""
    for job in trial.all(Job):
        if job.spec.get("backoffLimit") != 0 or job.spec.get("suspend") is True:
            continue
        assumes = "the worker nodes are drained one after another while the Job runs for half an hour"
        play = trial.play(drained_while_running, job, assumes=assumes)
        if play.final(job).get("condition") == "Failed":
            yield job.spec["backoffLimit"].found(
                f"a drain of the node fails the Job {job.name}: an evicted pod counts against backoffLimit 0",
                consequence="the Job is Failed with BackoffLimitExceeded after an upgrade of the cluster",
                help="add a podFailurePolicy rule with action: Ignore for the pod condition DisruptionTarget",
                trace=play.trace([e for e in play.events(job) if e.kind in ("job", "pod")]),
            )


def drained_while_running(objects: Sequence[Mapping[str, Any]]) -> Scenario:
    """As `drained`, and every container runs for half an hour."""
    from kubetrial.lint.records import replace
    from kubetrial.lint.trial.scenario import Script, Workload
    from kubetrial.lint.trial.scenarios import drained

    script = {"*": Workload({"*": Script((1800.0,))})}
    return replace(drained(objects), name="drained-while-running", workloads=script)
