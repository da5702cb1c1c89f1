"""A podFailurePolicy rule that the API server refuses.

Each rule looks either at exit codes or at pod conditions, never at both and never at neither. Exit codes stand in
ascending order, and `In` cannot name 0, which is success. A containerName must be a container of the template, and
FailIndex needs backoffLimitPerIndex. Beside a podFailurePolicy, podReplacementPolicy can only be Failed, its default.

Write one of `onExitCodes` and `onPodConditions` in each rule, and the codes in order.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Findings, JobSpec, Node, rule
from kubetrial.lint.values.listed import one_of

_INDEX_FAILS = 29
"""The first minor in which JobBackoffLimitPerIndex is on; before, the server drops a Job's rules with the action FailIndex."""
_STATUS_DEFAULTED = 34
"""The first minor whose server defaults a condition's status in the template of a CronJob; of a Job it always did."""


@rule(Category.REJECTED, needs=("podFailurePolicy",))
def check(job: JobSpec, cluster: Cluster) -> Findings:
    """Follows validatePodFailurePolicy in pkg/apis/batch/validation."""
    policy = job.value.get("podFailurePolicy")
    if policy is None:
        return
    if job.value.get("podReplacementPolicy") == "TerminatingOrFailed":
        yield job["podReplacementPolicy"].found(
            "podReplacementPolicy can only be Failed beside a podFailurePolicy", help="write Failed, or remove the line"
        )
    for index, entry in enumerate(policy.get("rules") or ()):
        entry = entry or {}
        node = job.at("podFailurePolicy", "rules", index)
        if entry.get("action") == "FailIndex" and cluster.minor < _INDEX_FAILS and job.root.get("kind") == "Job":
            continue
        if entry.get("action") == "FailIndex" and job.value.get("backoffLimitPerIndex") is None:
            yield node["action"].found(
                "the action FailIndex needs backoffLimitPerIndex", help="set it, or write FailJob"
            )
        codes, conditions = entry.get("onExitCodes"), entry.get("onPodConditions")
        if codes is not None and conditions:
            yield node.found("a rule cannot have both onExitCodes and onPodConditions", help="make two rules of it")
        elif codes is None and not conditions:
            yield node.found("a rule needs onExitCodes or onPodConditions", help="write which failures it is about")
        if job.key == "spec" and job.root.get("kind") == "CronJob" and cluster.minor < _STATUS_DEFAULTED:
            yield from _statuses(node["onPodConditions"], conditions or ())
        if codes is not None:
            yield from _exit_codes(node["onExitCodes"], codes, job)


def _exit_codes(node: Node, codes: dict[str, Any], job: JobSpec) -> Findings:
    name = codes.get("containerName")
    if name is not None:
        pod = (job.value.get("template") or {}).get("spec") or {}
        known = [(c or {}).get("name") for field in ("containers", "initContainers") for c in pod.get(field) or ()]
        if name not in known:
            yield node["containerName"].found(
                f"the template has no container `{name}`",
                help=f"write {one_of(filter(None, known))}",
            )
    values = [value or 0 for value in codes.get("values") or ()]
    if codes.get("operator") == "In" and 0 in values:
        yield node["values"][values.index(0)].found("exit code 0 is success, no failure to look for", help="remove 0")
    if values != sorted(values):
        yield node["values"].found("the exit codes must stand in ascending order", help=f"write {sorted(set(values))}")


def _statuses(node: Node, conditions: Iterable[dict[str, Any] | None]) -> Findings:
    for index, condition in enumerate(conditions):
        if not (condition or {}).get("status"):
            yield node[index].found(
                f"in a CronJob a condition needs its `status` before Kubernetes 1.{_STATUS_DEFAULTED}",
                help='write `status: "True"`',
                key=True,
            )
