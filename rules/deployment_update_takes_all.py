"""A rolling update that may take away every pod at once.

With `maxUnavailable: 100%`, or as many as there are replicas, all old pods may be stopped before a new one is
ready, as with Recreate.

Write `maxUnavailable: 25%` or less, or 0 with a `maxSurge`. The option `most` is the largest percentage that is
good enough.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Deployment, Findings, rule
from kubetrial.lint.facts import rollouts


@rule(Category.ADVICE, needs=("strategy",))
def check(deployment: Deployment, *, most: int = 99) -> Findings:
    """Find maxUnavailable of all replicas, where there are several."""
    strategy = deployment.spec["strategy"]
    rolling = strategy["rollingUpdate"]
    value, replicas = rolling.get("maxUnavailable"), deployment.spec.get("replicas", 1)
    if value is None or replicas.__class__ is not int or replicas < 2:
        return
    share = 100 * rollouts.of_deployment(strategy.mapping(), replicas)[1] // replicas
    if share > most:
        yield rolling["maxUnavailable"].found(
            f"maxUnavailable {value} allows an update to take {'all' if share >= 100 else f'{share}%'} of the "
            f"{replicas} pods away at once",
            help="write 25% or less",
        )
