"""A StorageClass makes disks that are not encrypted.

The driver encrypts only if its parameter says so, unless the cloud account has another default. Disks, their
snapshots and what is left on them after deletion can be read by who gets at the storage.

Write the driver's parameter, such as `encrypted: "true"`.

See https://kubernetes.io/docs/concepts/storage/storage-classes/#parameters
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, StorageClass, rule

_PARAMETERS = {
    "ebs.csi.aws.com": "encrypted",
    "kubernetes.io/aws-ebs": "encrypted",
    "efs.csi.aws.com": "",
    "diskplugin.csi.alibabacloud.com": "encrypted",
}


@rule(Category.SECURITY)
def check(storage: StorageClass) -> Findings:
    """Find classes of drivers that encrypt on request only, without the request."""
    parameter = _PARAMETERS.get(str(storage.get("provisioner")))
    if parameter and str((storage.get("parameters") or {}).get(parameter)).lower() != "true":
        yield storage["parameters"].found(
            f"disks of this class are not encrypted unless the cloud account does it by default: "
            f"`{parameter}` is not set",
            help=f'write {parameter}: "true"',
            key=True,
        )
