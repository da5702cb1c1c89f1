"""Two containers of a pod give their ports the same name.

Services that name the port get the first one, whichever container that is; only the probes of a container look at its
own ports. The API server accepts the pod with a warning.

Give each port its own name.

See https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.RISKY, needs=("ports",))
def check(pod: PodSpec) -> Findings:
    """Find names that stand twice in different containers; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    values = pod.mapping()
    seen: dict[str, tuple[str, int, int]] = {}
    for group in ("initContainers", "containers"):
        for index, container in enumerate(values.get(group) or ()):
            for position, port in enumerate((container or {}).get("ports") or ()):
                name = port.get("name") if port else None
                if not name:
                    continue
                first = seen.setdefault(name, (group, index, position))
                if first[:2] == (group, index):
                    continue  # twice in one container is refused
                yield pod[group][index]["ports"][position]["name"].found(
                    f"two containers of this pod have a port named `{name}`",
                    help="give each port its own name",
                    consequence=f"a Service that names `{name}` always gets the first one",
                    related=((f"the first `{name}`", pod[first[0]][first[1]]["ports"][first[2]]["name"]),),
                )
