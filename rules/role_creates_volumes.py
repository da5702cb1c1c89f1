"""A role may create PersistentVolumes.

A PersistentVolume can be a `hostPath`: bound to a claim it mounts any folder of a node, whatever Pod Security says
of the pod.

Leave it to the provisioner of the storage driver.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PolicyRule, rule
from kubetrial.lint.objects import rbac


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `create` on PersistentVolumes."""
    for node, resource, verbs in rbac.allowed(permission, "", ("persistentvolumes",), ("create",)):
        yield node.found(
            f"this role may {verbs} {resource}, hostPath ones among them, and so reach the files of nodes",
            help="leave it to the provisioner of the storage driver",
        )
