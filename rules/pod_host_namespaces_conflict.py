"""Namespaces of the host that cannot be shared as this pod wants it.

A pod with its own user namespace (`hostUsers: false`) cannot have the host's network, processes or IPC, nor block
devices. A pod that sees the host's processes cannot also share its own between containers. On the host's network a
container's port is the host's port. The API server refuses these pods.

Leave away what the pod does not need; most pods need none of the host's namespaces.

See https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/#limitations
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.REJECTED, needs=("hostNetwork", "hostPID", "hostUsers"))
def check(pod: PodSpec) -> Findings:
    """Find pairs that exclude one another; follows validateHostUsers, validatePodHostNetworkDeps."""
    values = pod.mapping()
    if values.get("hostUsers") is False:
        related = (("hostUsers is false here", pod["hostUsers"]),)
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if values.get(field):
                yield pod[field].found(
                    f"`{field}: true` and `hostUsers: false` exclude one another",
                    help="remove one of them",
                    key=True,
                    related=related,
                )
        for group in ("initContainers", "containers", "ephemeralContainers"):
            for index, container in enumerate(values.get(group) or ()):
                if container and container.get("volumeDevices"):
                    yield pod[group][index]["volumeDevices"].found(
                        "a container cannot have block devices where hostUsers is false",
                        help="mount a file system, or remove hostUsers",
                        key=True,
                        related=related,
                    )
    if values.get("hostPID") and values.get("shareProcessNamespace"):
        yield pod["shareProcessNamespace"].found(
            "with hostPID the containers see all processes already; shareProcessNamespace cannot be true too",
            help="remove one of them",
            key=True,
        )
    if values.get("hostNetwork"):
        for index, container in enumerate(values.get("containers") or ()):
            for position, port in enumerate((container or {}).get("ports") or ()):
                inside, outside = (port or {}).get("containerPort"), (port or {}).get("hostPort")
                if outside and outside != inside:
                    yield pod["containers"][index]["ports"][position]["hostPort"].found(
                        f"with hostNetwork, port {inside} of the container is port {inside} of the host, not {outside}",
                        help=f"write {inside}, or remove hostPort",
                    )
