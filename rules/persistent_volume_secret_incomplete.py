"""A secret of a PersistentVolume without its name or namespace.

PersistentVolumes belong to no namespace, so their secrets need both `name` and `namespace`; those of `csi` volumes
must be good names too. The API server refuses half a reference.

Write both.

See https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PersistentVolumeSpec, rule
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_REFERENCES = {
    "iscsi": ("secretRef",),
    "cinder": ("secretRef",),
    "storageos": ("secretRef",),
    "csi": ("controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"),
}


@rule(Category.REJECTED, needs=("azureFile", "cinder", "csi", "iscsi", "storageos"))
def check(spec: PersistentVolumeSpec) -> Findings:
    """Find half references; nodeStageSecretRef is not checked by the server."""
    values = spec.mapping()
    for source, fields in _REFERENCES.items():
        if values.get(source) is None:
            continue
        for field in fields:
            reference = values[source].get(field)
            if reference is None:
                continue
            node = spec[source][field]
            for key, problem in (("name", names.dns_subdomain), ("namespace", names.dns_label)):
                if not reference.get(key):
                    if key == "name" or source != "iscsi":
                        yield node[key].found(
                            f"`{key}` is missing in {field}", help="write the name and the namespace of the secret"
                        )
                elif source == "csi" and (reason := problem(reference[key])):
                    yield node[key].found(
                        f"{key} is `{reference[key]}`: {reason}",
                        help=instead(reference[key], names.dns_label if key == "namespace" else names.dns_subdomain),
                    )
    azure = values.get("azureFile")
    if azure is not None and azure.get("secretNamespace") == "":
        yield spec["azureFile"]["secretNamespace"].found(
            "secretNamespace is empty", help="write the namespace, or remove the field"
        )
