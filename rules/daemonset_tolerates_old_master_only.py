"""A DaemonSet that tolerates only the old `master` taint, which no node carries any more.

Up to 1.24 control-plane nodes carried `node-role.kubernetes.io/master:NoSchedule`; since then the taint is
`node-role.kubernetes.io/control-plane:NoSchedule`. The toleration matches nothing, so control-plane nodes get no pod: no logs, no
metrics, no network agent there, and the DaemonSet reports that everything is up to date.

Tolerate `node-role.kubernetes.io/control-plane`; keep the old key beside it only for clusters older than 1.25.

See https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane-taint
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, DaemonSet, Findings, rule
from kubetrial.lint.facts.control_plane import OLD_ROLE
from kubetrial.lint.yaml import edits

_NEW = "node-role.kubernetes.io/control-plane"


@rule(Category.RISKY, needs=("tolerations",))
def check(daemonset: DaemonSet) -> Findings:
    """The old key is tolerated, and neither the new one nor everything is."""
    tolerations = [t for t in daemonset.pod["tolerations"].items() if t.present]
    keys = {t.get("key", "") for t in tolerations}
    if (
        OLD_ROLE not in keys
        or _NEW in keys
        or any(not t.get("key") and t.get("operator") == "Exists" for t in tolerations)
    ):
        return
    for toleration in tolerations:
        if toleration.get("key") == OLD_ROLE:
            yield toleration["key"].found(
                f"no node carries the taint {OLD_ROLE} since Kubernetes 1.25, so control-plane nodes get no pod of this DaemonSet",
                consequence=f"control-plane nodes carry {_NEW}:NoSchedule and are not counted as desired",
                help=f"write key: {_NEW}",
                fix=edits.fixed(f"write {_NEW}", edits.replace_value(toleration["key"], _NEW), safe=False),
            )
            return
