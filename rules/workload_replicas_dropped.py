"""`replicas` that leaves the manifest, as for an autoscaler: the apply sets it to 1.

An apply that no longer says `replicas` gives the field up, and the server fills in its default, 1: a workload of ten
pods shrinks to one, until an autoscaler, if there is one, has seen it and grown it again.

Take the field over before: `kubectl apply edit-last-applied` and remove replicas there (client-side apply), or let
another field manager own it (server-side apply); or leave the number in the manifest until the autoscaler has set one.

See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Findings, Workload, named, rule
from kubetrial.lint.facts import kinds
from kubetrial.lint.objects.autoscalers import autoscalers


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """Measured on a server: 10 becomes 1 with server-side apply and with the patch that removes the field."""
    dropped = [
        (old, new)
        for old, new in changes.of(Workload)
        if new.kind in kinds.SCALED
        and isinstance(was := old.spec.get("replicas"), int)
        and was > 1
        and new.spec.get("replicas") is None
    ]
    if not dropped:
        return
    scaling = {
        (a.object.namespace or "default", a.kind, a.name): a.object for a in autoscalers(changes.new) if a.is_horizontal
    }
    for old, new in dropped:
        autoscaler = scaling.get((new.namespace or "default", new.kind, new.name))
        number = old.spec["replicas"].value
        until = f", until {autoscaler.kind} {autoscaler.name} scales up again" if autoscaler is not None else ""
        yield new.spec.found(
            f"replicas: {number} is taken out of {new.kind} {new.name}: the apply sets it to its default, 1",
            key=True,
            consequence=f"{number - 1} of {number} pods are killed at once{until}",
            help=(
                "keep replicas in this step; take it out with kubectl apply edit-last-applied, or give it to another "
                "field manager, before the manifest drops it"
            ),
            related=(named(autoscaler),) if autoscaler is not None else (),
        )
