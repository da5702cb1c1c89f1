"""A field that the API server drops silently, because its feature is off by default.

New fields begin as alpha features. Without their feature gate the server accepts them and keeps nothing: the
container runs as if the field were not there.

Remove the field, or turn its feature gate on in API server and kubelets and allow this rule here.

See https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Cluster, Container, Findings, rule

# path in the container (`*`: every item) -> feature gate, first and last minor in which it is off by default
_ALPHA: tuple[tuple[tuple[str, ...], str, int, int], ...] = (
    (("lifecycle", "stopSignal"), "ContainerStopSignals", 33, 37),
    (("volumeMounts", "*", "bindMountOptions"), "VolumeBindMountOptions", 37, 37),
    *(
        ((where, *field), gate, 37, 37)
        for where in ("livenessProbe", "readinessProbe", "startupProbe")
        for field, gate in ((("httpGet", "protocol"), "H2CContainerProbe"), (("grpc", "mode"), "GRPCContainerProbeTLS"))
    ),
    (("restartPolicyRules",), "ContainerRestartRules", 34, 34),
    (("env", "*", "valueFrom", "fileKeyRef"), "EnvFiles", 34, 34),
    (("resizePolicy",), "InPlacePodVerticalScaling", 27, 32),
    (("volumeMounts", "*", "recursiveReadOnly"), "RecursiveReadOnlyMounts", 30, 30),
)


@rule(Category.RISKY)
def check(container: Container, cluster: Cluster) -> Findings:
    """Find alpha fields; follows dropDisabledFields in pkg/api/pod."""
    values = container.value
    for path, gate, since, until in _ALPHA:
        if path[0] not in values or not since <= cluster.minor <= until:
            continue
        for place in _present(values, path):
            yield container.at(*place).found(
                f"`{place[-1]}` needs the feature gate {gate}, which is off by default in Kubernetes 1.{cluster.minor}",
                help="remove it, or turn the feature gate on",
                consequence="the API server accepts the manifest and drops the field",
                key=True,
            )


def _present(container: Any, path: tuple[str, ...]) -> list[tuple[str | int, ...]]:
    """The places at which a path has a value."""
    found: list[tuple[tuple[str | int, ...], Any]] = [((), container)]
    for key in path:
        if key == "*":
            found = [((*place, i), item) for place, items in found if items for i, item in enumerate(items)]
        else:
            found = [((*place, key), item[key]) for place, item in found if item and item.get(key) is not None]
        if not found:
            break
    return [place for place, value in found if value != []]
