"""Windows host process containers beside others, or without the host's network.

A pod either runs all of its containers as processes of the Windows host or none, and pod and containers must agree.
Such a pod has the network of its host, which `hostNetwork: true` must say. The API server refuses any other.

Set `securityContext.windowsOptions.hostProcess` once for the pod, and `hostNetwork: true` with it.

See https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.REJECTED, needs=("windowsOptions",))
def check(pod: PodSpec) -> Findings:
    """Find mixed pods; follows validateWindowsHostProcessPod in core/validation."""
    values = pod.mapping()
    own = ((values.get("securityContext") or {}).get("windowsOptions") or {}).get("hostProcess")
    settings = []
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for index, container in enumerate(values.get(group) or ()):
            windows = ((container or {}).get("securityContext") or {}).get("windowsOptions")
            setting = windows.get("hostProcess") if windows else None
            if own is not None and setting is not None and setting is not own:
                yield pod[group][index]["securityContext"]["windowsOptions"]["hostProcess"].found(
                    f"hostProcess is {str(own).lower()} for the pod and {str(setting).lower()} here; they must agree",
                    help="set it for the pod alone",
                )
            settings.append(own if setting is None else setting)
    if True not in settings:
        return
    if not all(settings):
        yield pod.found(
            "either all containers are host process containers or none",
            help="set hostProcess for the pod alone",
            key=True,
        )
    if not values.get("hostNetwork"):
        yield pod["hostNetwork"].found(
            "host process containers have the network of the host", help="write `hostNetwork: true`"
        )
