"""Two containers of a pod have the same name.

Logs, exec, probes and the pod's status find a container by its name, so containers and init containers share one set
of names. The API server refuses the pod.

Give each container its own name.

See https://kubernetes.io/docs/concepts/workloads/pods/#pods-and-containers
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.REJECTED)
def check(pod: PodSpec) -> Findings:
    """Find names that stand twice, ordinary containers first, as validateContainers and validateInitContainers do."""
    values = pod.mapping()
    seen: dict[str, tuple[str, int]] = {}
    for group in ("containers", "initContainers", "ephemeralContainers"):
        for index, container in enumerate(values.get(group) or ()):
            name = (container or {}).get("name")
            if not name:
                continue
            first = seen.setdefault(name, (group, index))
            if first != (group, index):
                yield pod[group][index]["name"].found(
                    f"two containers of this pod have the name `{name}`",
                    help="give each its own name",
                    related=((f"the first `{name}`", pod[first[0]][first[1]]["name"]),),
                )
