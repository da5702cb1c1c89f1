"""What a timeline shows from a moment on."""

from __future__ import annotations

from kubetrial.lint.trial.timeline import Timeline


def fewest_ready(timeline: Timeline, after: float) -> int:
    """The smallest number of ready pods after a moment."""
    ready: set[str] = set()
    fewest: int | None = None
    for e in timeline.events:
        if e.kind != "pod":
            continue
        if e.time > after and fewest is None:
            fewest = len(ready)
        if e.event == "ready":
            ready.add(e.subject)
        elif e.event in ("not-ready", "terminating", "failed", "deleted"):
            ready.discard(e.subject)
        if fewest is not None:
            fewest = min(fewest, len(ready))
    return len(ready) if fewest is None else fewest
