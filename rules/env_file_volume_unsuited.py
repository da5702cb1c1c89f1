"""A variable is read from a volume that the pod does not have, or that is no emptyDir.

`fileKeyRef` reads a file that an init container wrote into an emptyDir of the same pod. The API server refuses other
volumes.

Name an emptyDir in `volumes`, mount it into the init container that writes the file, and leave it unmounted in the
others.

See https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.REJECTED, since=35, needs=("env",))
def check(pod: PodSpec) -> Findings:
    """Find unsuited volumes; follows validateFileKeyRefVolumes in pkg/apis/core/validation."""
    values = pod.mapping()
    for group in ("initContainers", "containers"):
        for index, container in enumerate(values.get(group) or ()):
            for position, variable in enumerate((container or {}).get("env") or ()):
                source = ((variable or {}).get("valueFrom") or {}).get("fileKeyRef")
                name = source.get("volumeName") if source else None
                if not name:
                    continue
                node = pod[group][index]["env"][position]["valueFrom"]["fileKeyRef"]["volumeName"]
                volumes = [v for v in values.get("volumes") or () if v and v.get("name") == name]
                if not volumes:
                    yield node.found(f"the pod has no volume `{name}`", help="add it to volumes as an emptyDir")
                elif volumes[0].get("emptyDir") is None and any(
                    volumes[0][source] is not None for source in volumes[0] if source != "name"
                ):
                    yield node.found(
                        f"the volume `{name}` is no emptyDir; only from those a variable can be read",
                        help="name an emptyDir that an init container writes the file into",
                    )
