"""What a play shows of a claim that several pods use: refusals on other nodes, and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubetrial.lint.objects.views import PersistentVolumeClaim
from kubetrial.lint.trial.plays import Play

if TYPE_CHECKING:
    from kubetrial.lint.trial.timeline import TimelineEvent


def can_tell(play: Play, claim: PersistentVolumeClaim) -> bool:
    """Whether the trial had the claim, and no pod is left that has found no node of the assumed cluster."""
    pods = play.timeline.final("pod")
    known = any(obj is claim for obj in play.objects)
    return known and bool(pods) and all(pod.detail["phase"] != "Pending" for pod in pods)


def is_refusal(event: TimelineEvent) -> bool:
    """Whether a pod is told that another one has the volume: by the attach-detach controller, or by the scheduler."""
    return event.event == "FailedAttachVolume" or (
        event.event == "unschedulable" and "ReadWriteOncePod" in event.message
    )


def consequence(refused: TimelineEvent | None) -> str:
    """What happens to the pod that comes second."""
    if refused is not None and refused.event == "unschedulable":
        return "the scheduler gives the second pod no node: a pod with ReadWriteOncePod has its volume for itself"
    return "a pod on another node than the first stays in ContainerCreating: FailedAttachVolume, a Multi-Attach error"


def one_node(claim: PersistentVolumeClaim) -> bool:
    """Whether a claim asks for a volume of one node, or of one pod."""
    modes = set(claim["spec"].get("accessModes") or ())
    return bool(modes) and not modes - {"ReadWriteOnce", "ReadWriteOncePod"}
