"""The addresses or secrets of an iSCSI volume cannot be right.

Qualified names begin with `iqn.`, `eui.` or `naa.` and have the form of the standard; CHAP needs a secret; with an
initiator name the volume's name and the portal share 64 characters. The API server refuses other values.

Copy the names from the target, for example `iqn.2001-04.com.example:storage.disk1`.

See https://kubernetes.io/docs/concepts/storage/volumes/#iscsi
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, PersistentVolume, rule

_FORMS = {
    "iqn": r"iqn\.[0-9]{4}-[0-9]{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+\Z",
    "eui": r"eui.[A-Za-z0-9]{16}\Z",
    "naa": r"naa.[A-Za-z0-9]{32}\Z",
}


@rule(Category.REJECTED, needs=("iscsi",))
def check(volume: PersistentVolume) -> Findings:
    """Find names and secrets that no target takes; follows validateISCSIPersistentVolumeSource."""
    values = (volume.mapping().get("spec") or {}).get("iscsi")
    if values is None:
        return
    node = volume.at("spec", "iscsi")
    for field, path in (("iqn", ""), ("initiatorName", "spec.iscsi.initiatorname")):
        name = values.get(field)
        if name is None or (not name and field == "iqn"):
            continue
        if name[:3] not in _FORMS or not re.search(_FORMS[name[:3]], name):
            yield node[field].found(
                f"`{name}` is no iSCSI name",
                help="write a name such as `iqn.2001-04.com.example:storage.disk1`",
                path=path,
            )
    portal = values.get("targetPortal") or ""
    if values.get("initiatorName") is not None and len(f"{volume['metadata'].get('name', '')}:{portal}".encode()) > 64:
        yield node["targetPortal"].found(
            "with initiatorName, the volume's name and targetPortal have 64 characters together",
            help="shorten the volume's name",
        )
    if (values.get("chapAuthDiscovery") or values.get("chapAuthSession")) and values.get("secretRef") is None:
        yield node["secretRef"].found(
            "CHAP needs `secretRef`", help="name the secret that holds the CHAP names and passwords"
        )
