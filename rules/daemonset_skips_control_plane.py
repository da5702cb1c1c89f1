"""A node agent that does not run on control-plane nodes.

Control-plane nodes carry the taint `node-role.kubernetes.io/control-plane:NoSchedule`. A DaemonSet gets tolerations
for nodes that are not ready or under pressure by itself, and none for this taint: its logs, metrics or network are
missing there, while the DaemonSet says that all pods run.

One that tolerates the taint of a sort of nodes (`nvidia.com/gpu`), or chooses its nodes, is meant for those and left
alone.

Tolerate the taint (`key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule`), or leave it
out on purpose, as on clusters whose control plane has no nodes of yours.

See https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, DaemonSet, Findings, Trial, rule
from kubetrial.lint.facts.control_plane import OLD_ROLE


@rule(Category.ADVICE)
def check(trial: Trial) -> Findings:
    """Agents (with the node's network, processes or files) without a pod on the control-plane nodes of the profile."""
    for daemonset in trial.all(DaemonSet):
        if (
            not is_agent(daemonset)
            or daemonset.pod.get("nodeSelector")
            or daemonset.pod["affinity"].get("nodeAffinity")
        ):
            continue
        tolerations = daemonset.pod.get("tolerations") or ()
        if any((t or {}).get("key") == OLD_ROLE for t in tolerations):
            continue  # daemonset-tolerates-old-master-only says it
        if any(_is_of_special_nodes((t or {}).get("key")) for t in tolerations):
            continue  # such as nvidia.com/gpu: it is for nodes of that sort
        play = trial.play("nominal", daemonset, horizon=60.0)
        name = daemonset.name
        if play.timeline.count("pod", "created", f"{name}/cp-*") or not play.timeline.count(
            "pod", "created", f"{name}/*"
        ):
            continue
        node = daemonset.pod["tolerations"]
        yield (node if node.present else daemonset.pod["containers"]).found(
            f"the DaemonSet {name} does not run on control-plane nodes: it does not tolerate their taint",
            key=True,
            consequence="these nodes lack the agent, and the DaemonSet reports that all its pods run",
            help="tolerate node-role.kubernetes.io/control-plane with operator: Exists",
            trace=play.trace(play.timeline.find("pod", "created", f"{name}/*")),
        )


def _is_of_special_nodes(key: Any) -> bool:
    """Whether a taint is neither the control plane's nor one of the conditions that every node may be in."""
    return (
        isinstance(key, str) and bool(key) and not key.startswith(("node.kubernetes.io/", "node-role.kubernetes.io/"))
    )


def is_agent(daemonset: DaemonSet) -> bool:
    """Whether its pods look after the node itself."""
    pod = daemonset.pod
    if pod.get("hostNetwork") is True or pod.get("hostPID") is True:
        return True
    return any((volume or {}).get("hostPath") for volume in pod.get("volumes") or ())
