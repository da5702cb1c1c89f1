"""A volume source whose fields do not fit together.

Each storage system wants its own set of fields: an iSCSI name of the right form and a secret for CHAP, either WWNs
with a LUN or WWIDs for Fibre Channel, a name for each referred secret. The API server refuses the pod.

The message says which field is missing or wrong.

See https://kubernetes.io/docs/concepts/storage/volumes/#volume-types
"""

from __future__ import annotations

import re
from typing import Any

from kubetrial.lint.authoring import Category, Findings, Node, Volume, rule
from kubetrial.lint.objects import volumes
from kubetrial.lint.values import names
from kubetrial.lint.values.respelled import instead

_ISCSI_FORMS = {
    "iqn": r"iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+\Z",
    "eui": r"eui.[A-Za-z0-9]{16}\Z",
    "naa": r"naa.[A-Za-z0-9]{32}\Z",
}


@rule(
    Category.REJECTED,
    needs=("azureDisk", "cinder", "csi", "fc", "flexVolume", "flocker", "iscsi", "quobyte", "storageos"),
)
def check(volume: Volume) -> Findings:
    """Find incomplete sources; follows the functions below validateVolumeSource in core/validation."""
    values = volume.mapping()
    for source, problems in _SOURCES.items():
        if values.get(source) is not None:
            yield from problems(volume[source], values[source])


def _iscsi(node: Node, values: dict[str, Any]) -> Findings:
    for field in ("iqn", "initiatorName"):
        name = values.get(field)
        if name is None or (not name and field == "iqn"):
            continue
        if name[:3] not in _ISCSI_FORMS or not re.search(_ISCSI_FORMS[name[:3]], name):
            yield node[field].found(
                f"`{name}` is no iSCSI name", help="write a name such as `iqn.2001-04.com.example:storage.disk1`"
            )
    if (values.get("chapAuthDiscovery") or values.get("chapAuthSession")) and values.get("secretRef") is None:
        yield node["secretRef"].found(
            "CHAP needs `secretRef`", help="name the secret that holds the CHAP names and passwords"
        )
    assert node.parent is not None
    name = node.parent.get("name", "")
    if values.get("initiatorName") is not None and len(f"{name}:{values.get('targetPortal') or ''}".encode()) > 64:
        yield node.parent["name"].found(
            "with initiatorName, the volume's name and targetPortal have 64 characters together",
            help="shorten the name",
        )


def _flex(node: Node, values: dict[str, Any]) -> Findings:
    for key in values.get("options") or ():
        domain = "." + key.partition("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            yield node["options"][key].found(f"the option `{key}` has a reserved name", help="remove it", key=True)


def _secret(node: Node, values: dict[str, Any]) -> Findings:
    if values.get("secretRef") is not None and not values["secretRef"].get("name"):
        yield node["secretRef"]["name"].found(
            "`name` is missing in secretRef", help="name the secret, or remove secretRef"
        )


def _csi(node: Node, values: dict[str, Any]) -> Findings:
    if values.get("nodePublishSecretRef") is None:
        return
    name = values["nodePublishSecretRef"].get("name")
    if not name:
        yield node["nodePublishSecretRef"]["name"].found(
            "`name` is missing in nodePublishSecretRef", help="name the secret"
        )
    elif reason := names.dns_subdomain(name):
        yield node["nodePublishSecretRef"]["name"].found(
            f"the secret's name is `{name}`: {reason}", help=instead(name, names.dns_subdomain)
        )


_SOURCES = {
    "iscsi": _iscsi,
    "fc": volumes.fibre_channel,
    "flocker": volumes.flocker,
    "quobyte": volumes.quobyte,
    "flexVolume": _flex,
    "azureDisk": volumes.azure_disk,
    "cinder": _secret,
    "storageos": _secret,
    "csi": _csi,
}
