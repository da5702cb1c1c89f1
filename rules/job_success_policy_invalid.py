"""A successPolicy that the API server refuses.

A success policy names indexes, so it needs `completionMode: Indexed`. It has 1 to 20 rules; each says which indexes
must succeed (`succeededIndexes: "0,2-4"`, ascending, below completions), how many (`succeededCount`), or both.

Write the indexes in that form; for a Job that is not Indexed, remove the policy.

See https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy
"""

from __future__ import annotations

import re
from typing import Any

from kubetrial.lint.authoring import Category, Findings, JobSpec, Node, rule
from kubetrial.lint.objects.jobs import completions
from kubetrial.lint.values.digits import whole

_MOST_RULES = 20


@rule(Category.REJECTED, needs=("successPolicy",))
def check(job: JobSpec) -> Findings:
    """Follows validateSuccessPolicy in pkg/apis/batch/validation."""
    policy = job.value.get("successPolicy")
    if policy is None:
        return
    node = job["successPolicy"]
    if job.value.get("completionMode") != "Indexed":
        yield node.found(
            "successPolicy needs completionMode: Indexed",
            help="write completionMode: Indexed and completions",
            key=True,
        )
        return
    rules = policy.get("rules") or []
    if not rules:
        yield node["rules"].found(
            "a successPolicy needs at least one rule", help="write a rule, or remove the policy", key=True
        )
    if len(rules) > _MOST_RULES:
        yield node["rules"].found(
            f"there are {len(rules)} rules; at most {_MOST_RULES} are allowed",
            help=f"keep {_MOST_RULES} of them",
            key=True,
        )
    count = completions(job)
    for index, entry in enumerate(rules):
        yield from _rule(node["rules"][index], entry or {}, count)


def _rule(node: Node, entry: dict[str, Any], count: int | None) -> Findings:
    indexes, wanted = entry.get("succeededIndexes"), entry.get("succeededCount")
    if indexes is None and wanted is None:
        yield node.found("a rule needs succeededIndexes or succeededCount", help="write one of them")
    total = 0
    if indexes is not None and count is not None:
        total, problem = interval_total(indexes, count)
        if problem:
            yield node["succeededIndexes"].found(
                f"succeededIndexes is `{indexes}`: {problem}", help='write indexes such as "0,2-4"'
            )
    if wanted is None or count is None:
        return
    if wanted > count:
        yield node["succeededCount"].found(
            f"succeededCount is {wanted}, more than the {count} completions", help=f"write at most {count}"
        )
    if indexes is not None and wanted > total:
        yield node["succeededCount"].found(
            f"succeededCount is {wanted}, and succeededIndexes names {total}",
            help=f"write at most {total}, or name more indexes",
        )


def _index(limit: str) -> int:
    return whole(limit.removeprefix("+")) or 0


def interval_total(text: str, count: int) -> tuple[int, str]:
    """How many indexes a text such as `0,2-4` names, and what is wrong with it; follows validateIndexesFormat."""
    total, last = 0, None
    for part in text.split(",") if text else ():
        limits = part.split("-")
        if len(limits) > 2:
            return 0, f"`{part}` has more than one '-'"
        for limit in limits:
            if not re.fullmatch(r"\+?[0-9]+", limit):
                return 0, f"`{limit}` is no index"
            if _index(limit) >= count:
                return 0, f"index {limit} is not below the {count} completions"
        first, end = _index(limits[0]), _index(limits[-1])
        if len(limits) == 2 and first >= end:
            return 0, f"`{part}` does not ascend"
        if last is not None and last >= first:
            return 0, f"index {first} comes after {last}"
        total, last = total + end - first + 1, end
    return total, ""
