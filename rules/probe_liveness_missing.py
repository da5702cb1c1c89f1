"""A container that serves a port has no liveness probe.

A program that hangs without ending is never restarted: it stays in place until somebody notices.

Add a livenessProbe that fails only if a restart would help: a cheap one, more patient than the readiness probe, and
without asking other services. Programs that end by themselves when they are stuck need none: ignore the finding
with a word why.

See https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule
from kubetrial.lint.objects import serving


@rule(Category.ADVICE)
def check(pod: PodSpec) -> Findings:
    """Find containers of lasting workloads with ports and without a liveness probe."""
    for container in serving.containers(pod):
        if container.get("livenessProbe") is None:
            yield container["livenessProbe"].found(
                f"container {container.name} is not restarted when it hangs",
                help="add a livenessProbe that fails only if a restart would help",
            )
