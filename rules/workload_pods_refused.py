"""Pods that quota or limit ranges of their namespace never let in.

A ResourceQuota on cpu or memory refuses every pod with a container (init containers too) that does not say how much
it needs, and every pod beyond its sum. A LimitRange refuses what lies outside of its bounds. The workload itself is
accepted; its controller tries again for ever, and only Warning events `FailedCreate` show it. A Job shows no
condition at all.

Write requests and limits for all containers, give the namespace a LimitRange with defaults, or raise the quota.

See https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, Play, Trial, Workload, rule

_REASONS = ("quota-needs-requests", "exceeded-quota", "limit-range", "invalid")
_HELP = {
    "quota-needs-requests": "write requests and limits for every container, or add a LimitRange with defaults",
    "exceeded-quota": "raise the quota, or ask for less: fewer replicas or smaller requests",
    "limit-range": "ask for amounts within the LimitRange of the namespace",
    "invalid": "write requests that are not above the limits that the LimitRange fills in",
}


@rule(Category.BROKEN, needs=("hard", "limits"))
def check(trial: Trial) -> Findings:
    """What is refused when all workloads of the namespace start, and at the first run of each CronJob."""
    if not trial.kind("ResourceQuota") and not trial.kind("LimitRange"):
        return
    lasting = [w for w in trial.workloads if not isinstance(w, CronJob) and w.kind != "PodTemplate"]
    if lasting:
        play = trial.play("nominal", *lasting, horizon=90)
        for workload in lasting:
            yield from _refused(trial, play, workload)
    for cronjob in trial.all(CronJob):
        yield from _refused(trial, trial.first_run(cronjob), cronjob)


def _refused(trial: Trial, play: Play, workload: Workload) -> Findings:
    for event in play.events(workload):
        if event.event not in ("FailedCreate", "ReplicaSetCreateError") or event.reason not in _REASONS:
            continue
        node = play.node(event.cause, workload.spec)
        yield node.found(
            f"pods of {workload.kind} {workload.name} are refused: "
            f"{event.message.partition(' is forbidden: ')[2] or event.message}",
            key=True,
            consequence=(
                f"the {workload.kind} is accepted and lacks pods for ever; only Warning events FailedCreate say why"
            ),
            help=_HELP[event.reason],
            related=tuple((str(obj), obj["spec"]) for obj in _limits(trial, event.message, event.reason)),
            trace=play.trace([*[e for e in play.events(workload) if e.time <= event.time][:2], event]),
        )
        return


def _limits(trial: Trial, message: str, reason: str) -> list[Workload]:
    """The quota that the message names; any limit range otherwise."""
    quotas = trial.kind("ResourceQuota") if "quota" in reason else trial.kind("LimitRange")
    named = [q for q in quotas if f"quota: {q.name}" in message]
    return (named or quotas)[:1]  # type: ignore[return-value]
