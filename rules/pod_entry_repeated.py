"""An entry of a pod that stands twice, or names nothing.

Two hostAliases with one address and two pull secrets with one name are accepted, but later changes by `kubectl
apply` merge the lists by these keys and can drop one of them. A pull secret without a name is no secret. The API
server warns of all three.

Merge the entries: an alias can have several hostnames.

See https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, PodSpec, rule


@rule(Category.RISKY, needs=("hostAliases", "imagePullSecrets"))
def check(pod: PodSpec) -> Findings:
    """Find repeated and empty entries; follows the warnings of pkg/api/pod."""
    values = pod.mapping()
    for field, key in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        entries = values.get(field)
        if not entries:
            continue
        seen: dict[str, int] = {}
        for index, entry in enumerate(entries):
            name = (entry or {}).get(key) or ""
            node = pod[field][index][key]
            if not name and field == "imagePullSecrets":
                yield node.found("this pull secret has no name", help="name it, or remove the item")
            elif name in seen:
                yield node.found(
                    f"`{name}` stands twice in {field}",
                    help="merge the two",
                    related=(("the first one", pod[field][seen[name]][key]),),
                )
            seen.setdefault(name, index)
