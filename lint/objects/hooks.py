"""When an object comes at the first install: Helm's hooks, and those of Argo CD."""

from __future__ import annotations

from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.records import dataclass

_HELM = {"crd-install": "before", "pre-install": "before", "post-install": "after"}
_ARGO = {"PreSync": "before", "Sync": "with", "PostSync": "after"}


@dataclass(frozen=True, slots=True)
class FirstInstall:
    """When an object is made at the first install.

    `phases` are "before", "with" and "after" the ordinary objects; none of them: not at an install. `event` is what the
    manifest says, "" for an ordinary object.
    """

    phases: frozenset[str]
    weight: int = 0
    event: str = ""

    @property
    def is_only_after(self) -> bool:
        """Whether it comes when everything else is there, or ready."""
        return self.phases == {"after"}


def hook_of(obj: Object) -> FirstInstall:
    """The hook that an object is."""
    annotations = obj.annotations
    if not annotations:
        return FirstInstall(frozenset(("with",)))
    for key, weight, phases in (
        ("helm.sh/hook", "helm.sh/hook-weight", _HELM),
        ("argocd.argoproj.io/hook", "argocd.argoproj.io/sync-wave", _ARGO),
    ):
        written = annotations.get(key)
        if isinstance(written, str) and written:
            events = [event.strip() for event in written.split(",")]
            first = next((event for event in events if event in phases), events[0])
            return FirstInstall(
                frozenset(phases[e] for e in events if e in phases), _number(annotations.get(weight)), first
            )
    return FirstInstall(frozenset(("with",)))


def _number(value: object) -> int:
    """A weight; 0 where it is no number, as for Helm."""
    try:
        return int(str(value))
    except ValueError:
        return 0
