"""A FailJob rule for exit codes 137 or 143 before the one that ignores disruptions.

A container that a drain stops ends with 143 (SIGTERM) or 137 (SIGKILL). The first rule that matches counts: a FailJob
rule for these codes before `Ignore` of DisruptionTarget fails the whole Job at the first drain of its node.

Put the rule with onPodConditions first.

See https://kubernetes.io/docs/tasks/job/pod-failure-policy/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, JobSpec, Node, rule
from kubetrial.lint.objects.jobs import takes_killed

_FAILS = {
    "FailJob": "fails the whole Job",
    "FailIndex": "fails its index, which is not tried again",
    "Count": "counts against backoffLimit",
}
"""What a rule that takes the exit codes makes of a drain."""


@rule(Category.RISKY, needs=("podFailurePolicy",))
def check(job: JobSpec) -> Findings:
    """Follows matchPodFailurePolicy in pkg/controller/job: the first matching rule decides."""
    before: Node | None = None
    for item in job["podFailurePolicy"]["rules"].items():
        if item.get("action") in _FAILS and before is None and takes_killed(item["onExitCodes"]):
            before = item
        wanted = ("Ignore",) if before is not None and before.get("action") == "Count" else ("Ignore", "Count")
        ignores = item.get("action") in wanted and any(
            c.get("type") == "DisruptionTarget" for c in item["onPodConditions"].items()
        )
        if ignores and before is not None:
            yield before["onExitCodes"].found(
                f"this {before.get('action')} rule takes the exit codes of a killed container (137, 143) before DisruptionTarget counts",
                consequence=f"a drain or eviction of its pod {_FAILS[str(before.get('action'))]}",
                help="put the rule with onPodConditions DisruptionTarget first",
                related=(("the later rule", item["onPodConditions"]),),
            )
            return
