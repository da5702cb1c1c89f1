"""A read-only root under a program that writes beside its data, and no volume there.

Web servers and databases write more than their data: temporary files, a file with the number of their process, a socket. With
`readOnlyRootFilesystem: true` and no volume there the program ends at its start: "mkdir() failed (30: Read-only file system)".

Mount an emptyDir at each of these folders, or use an image that is made for it.

See https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule

_SAME = {"/var/run": "/run", "/run": "/var/run"}


@rule(Category.RISKY, needs=("securityContext",))
def check(container: Container) -> Findings:
    """Images of Docker's library with their own command and configuration, as far as is known where they write."""
    if container.get("command") or not container.get("securityContext"):
        return
    context = container["securityContext"]["readOnlyRootFilesystem"]
    if context.value is not True:
        return
    from kubetrial.lint.facts.images import written_beside_data  # few containers ask

    folders, configuration = written_beside_data(container.get("image"))
    mounts = [str(m.get("mountPath")).rstrip("/") for m in container["volumeMounts"].items()]
    if any(mount == place or mount.startswith(f"{place}/") for mount in mounts for place in configuration):
        return  # it may say other folders
    missing = [folder for folder in folders if not any(_covers(mount, folder) for mount in mounts)]
    if missing:
        yield context.found(
            f"the program of {container.name} writes to {' and '.join(missing)}, and its root file system is read-only",
            consequence="it ends at its start: read-only file system, CrashLoopBackOff",
            help=f"mount an emptyDir at {missing[0]}, or use an image that is made for a read-only root",
            related=(("the image", container["image"]),),
        )


def _covers(mount: str, folder: str) -> bool:
    """Whether a volume is mounted at a folder, above it, or at the other name of it."""
    names = [folder, *(f"{other}{folder.removeprefix(one)}" for one, other in _SAME.items() if folder.startswith(one))]
    return any(name == mount or name.startswith(f"{mount}/") for name in names)
