"""A declared feature of a Node is not named like one, or stands out of order.

`status.declaredFeatures` lists names such as `MyFeature` or `MyFeature/detail`, sorted and each once; the API server
refuses others. Kubelets report them; manifests need not.

Remove the list.

See https://kubernetes.io/docs/reference/node/node-status/
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Findings, KubernetesNode, rule

_NAME = r"[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*\Z"


@rule(Category.REJECTED, since=36, needs=("status",))
def check(machine: KubernetesNode) -> Findings:
    """Find features that no kubelet declares; follows validateNodeDeclaredFeatures."""
    features = [name or "" for name in (machine.mapping().get("status") or {}).get("declaredFeatures") or ()]
    for index, name in enumerate(features):
        node = machine.at("status", "declaredFeatures", index)
        if len(name) > 253 or not re.match(_NAME, name):
            yield node.found(f"`{name}` is no name of a feature", help="write a name such as `MyFeature`")
        if index and name <= features[index - 1]:
            said = (
                "stands twice"
                if name == features[index - 1]
                else f"stands after `{features[index - 1]}`; the list is sorted"
            )
            yield node.found(f"`{name}` {said}", help="correct the list")
