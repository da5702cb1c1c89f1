"""A workload whose pods find no node in the cluster of the configuration.

The trial schedules the pods on the nodes that the configuration describes (`[cluster]`). Where requests are larger
than any node, or required anti-affinity, spread constraints or host ports ask for more nodes than there are, pods
stay Pending: the Warning event `FailedScheduling` says why. Without a configured cluster this rule is silent: sizes
would be guesses.

Ask for less, add nodes, or use preferred instead of required terms.

See https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, CronJob, Findings, PodTemplate, Trial, rule


@rule(Category.RISKY)
def check(trial: Trial) -> Findings:
    """Workloads with unschedulable pods when they start alone on the configured nodes."""
    if not trial.nodes_are_known:
        return
    for workload in trial.workloads:
        if isinstance(workload, PodTemplate):
            continue
        play = (
            trial.first_run(workload)
            if isinstance(workload, CronJob)
            else trial.play("nominal", workload, horizon=90.0)
        )
        pending = next((e for e in play.events(workload) if e.event == "unschedulable"), None)
        if pending is None or "volume" in pending.message.lower():
            continue
        yield play.node(pending.cause, workload.spec).found(
            f"a pod of {workload.kind} {workload.name} finds no node: {pending.message.rstrip('.')}",
            consequence="it stays Pending with the Warning event FailedScheduling",
            help="ask for less, add nodes, or use preferred instead of required terms",
            trace=(f"assumed: {trial.workers} worker nodes, from the configuration", *play.trace([pending])),
        )
