"""A StatefulSet under a new name or in another namespace, whose data stay behind.

The claims of a StatefulSet are called after it (`data-queue-0`). Under another name, or in another namespace, the new
set makes new, empty claims; those of the old one stay, with the data, and nothing uses them.

Keep the name, or copy the data: make claims of the new names beforehand, from snapshots or from the old volumes.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Changes, Findings, StatefulSet, rule
from kubetrial.lint.facts.programs import image_name


@rule(Category.RISKY)
def check(changes: Changes) -> Findings:
    """A set that goes and the only one that comes with its claim templates and image; follows getPersistentVolumeClaimName."""
    gone = [s for s in changes.gone if isinstance(s, StatefulSet) and _templates(s)]
    come = [s for s in changes.come if isinstance(s, StatefulSet) and _templates(s)]
    for new in come:
        olds = [old for old in gone if _likeness(old) == _likeness(new)]
        if len(olds) != 1 or sum(_likeness(other) == _likeness(new) for other in come) != 1:
            continue
        old = olds[0]
        claim = f"{_templates(old)[0]}-{old.name}-0"
        moved = old.name == new.name
        what = (
            f"the StatefulSet {new.name} moves to the namespace {new.namespace or 'default'}"
            if moved
            else f"the StatefulSet {old.name} is now called {new.name}"
        )
        yield (new["metadata"]["namespace"] if moved else new["metadata"]["name"]).found(
            what,
            consequence=f"it starts with new, empty claims; the data stay behind in {claim}, which nothing uses",
            help="keep the name and the namespace, or make claims of the new names from the old volumes first",
        )


def _templates(statefulset: StatefulSet) -> list[str]:
    templates = statefulset.spec["volumeClaimTemplates"].items()
    return [name for t in templates if isinstance(name := t["metadata"].get("name"), str)]


def _likeness(statefulset: StatefulSet) -> tuple[list[str], list[str]]:
    """Claim templates and images without registry and tag: what stays the same when only the name changes."""
    return _templates(statefulset), sorted(image_name(c.get("image", "")) for c in statefulset.pod.containers())
