"""The overhead of a RuntimeClass names something that pods cannot use up.

`overhead.podFixed` is added to every pod's requests, so it takes what containers take: cpu, memory,
ephemeral-storage, hugepages (with cpu or memory) and extended resources in whole units, nothing below zero. The API
server refuses others.

Write `podFixed: {cpu: 250m, memory: 120Mi}`.

See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, RuntimeClass, rule
from kubetrial.lint.values import quantity, resources


@rule(Category.REJECTED)
def check(runtime: RuntimeClass) -> Findings:
    """Find overheads that cannot be requested; follows validateOverhead in pkg/apis/node/validation."""
    fixed = (runtime.mapping().get("overhead") or {}).get("podFixed") or {}
    for name, amount in fixed.items():
        node = runtime.at("overhead", "podFixed", name)
        if reason := resources.container_problem(name):
            yield node.found(f"`{name}` in podFixed: {reason}", help=resources.instead(name), key=True)
        parsed = quantity.parse(0 if amount is None else amount)
        if parsed.unscaled < 0:
            yield node.found(f"{name} is {amount}; it must be zero or more", help="write 0 or more")
        elif parsed.milli_value() % 1000 and resources.is_counted(name):
            yield node.found(f"{name} is {amount}; it comes in whole units only", help="write a whole number")
    if any(map(resources.is_huge_page, fixed)) and not {"cpu", "memory"} & set(fixed):
        yield runtime["overhead"].found(
            "hugepages need cpu or memory beside them", help="add cpu or memory to podFixed", key=True
        )
