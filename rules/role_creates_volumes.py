"""A role may create PersistentVolumes.

A PersistentVolume can be a `hostPath`: bound to a claim it mounts any folder of a node, whatever Pod Security says
of the pod.

Leave it to the provisioner of the storage driver.

See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from __future__ import annotations

from kubetrial.lint import rbac
from kubetrial.lint.finding import Category
from kubetrial.lint.kinds import PolicyRule
from kubetrial.lint.node import Findings
from kubetrial.lint.rule import rule


@rule(Category.SECURITY)
def check(permission: PolicyRule) -> Findings:
    """Find `create` on PersistentVolumes."""
    for node, resource, verbs in rbac.allowed(permission, "", ("persistentvolumes",), ("create",)):
        yield node.found(
            f"this role may {verbs} {resource}, hostPath ones among them, and so reach the files of nodes",
            help="leave it to the provisioner of the storage driver",
        )
