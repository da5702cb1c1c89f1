"""Two annotations of a Service contradict one another.

`service.kubernetes.io/topology-mode` replaced `service.kubernetes.io/topology-aware-hints`; the API server refuses a
Service where both are set and differ.

Remove the old annotation.

See https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Service, rule

_NEW, _OLD = "service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints"


@rule(Category.REJECTED, needs=("annotations",))
def check(service: Service) -> Findings:
    """Find two wishes for the topology."""
    notes = service.annotations
    if _NEW in notes and _OLD in notes and notes[_NEW] != notes[_OLD]:
        yield service.at("metadata", "annotations", _NEW).found(
            f"the annotation is `{notes[_NEW]}`, and `{_OLD}` is `{notes[_OLD]}`", help=f"remove `{_OLD}`"
        )
