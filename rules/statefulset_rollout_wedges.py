"""A StatefulSet that a broken update stops for good, even when it is rolled back.

With `podManagementPolicy: OrderedReady` an update replaces one pod and waits until it is ready. When a broken image
or setting keeps it from that, the set waits; and it goes on waiting when the template is corrected, because the
broken pod comes first.

After a rollback delete the broken pod by hand (`kubectl delete pod <name>`), or write `podManagementPolicy:
Parallel`, which replaces pods that are not ready first.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StatefulSet, Trial, rule


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Sets that are not up to date after a broken image (which is never pulled, or never ready) and a good one."""
    for statefulset in trial.all(StatefulSet):
        if statefulset.spec["updateStrategy"].get("type") == "OnDelete" or statefulset.replicas < 1:
            continue
        play = trial.play("broken-update", statefulset, horizon=1800.0)
        final = play.final(statefulset)
        wedged = final.get("updated", 0) < final.get("specReplicas", 0) or final.get("ready", 0) < final.get(
            "specReplicas", 0
        )
        if not final or not wedged or not play.timeline.find("pod", "ready"):
            continue
        policy = statefulset.spec["podManagementPolicy"]
        late = [e for e in play.timeline.events if e.time >= 100.0 and e.kind in ("pod", "statefulset", "action")]
        yield (policy if policy.present else statefulset.spec).found(
            f"a broken update of {statefulset.name} is not cured by correcting the template",
            key=not policy.present,
            consequence="the pod that is not ready is waited for, not replaced, until somebody deletes it",
            help="delete the broken pod after a rollback, or write podManagementPolicy: Parallel",
            trace=play.trace(late),
        )
