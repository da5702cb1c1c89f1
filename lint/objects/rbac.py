"""What the rules of a Role or ClusterRole allow, for the rules about dangerous permissions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kubetrial.lint.objects.views import Object, PolicyRule
from kubetrial.lint.yaml.node import Node

WRITE = ("create", "update", "patch")


def allowed(
    rule: PolicyRule, group: str, resources: Collection[str], verbs: Collection[str]
) -> Iterator[tuple[Node, str, str]]:
    """The resources that a rule names among those given, with any of the verbs: its place, its name, the verbs as text.

    A plain `*` for resources is not expanded (the rule about wildcards speaks of it), `pods/*` and `*/exec` are; `*` is
    all verbs. Rules limited to some `resourceNames` are taken as narrow enough, and roles of the system (`system:…`) as
    given.
    """
    values = rule.mapping()
    groups = values.get("apiGroups") or ()
    if (group not in groups and "*" not in groups) or values.get("resourceNames") or is_of_system(rule):
        return
    given = values.get("verbs") or ()
    hits = [verb for verb in verbs if verb in given] or (["do everything with"] if "*" in given else [])
    if not hits:
        return
    for index, name in enumerate(values.get("resources") or ()):
        if name.__class__ is str and name != "*" and any(_covers(name, resource) for resource in resources):
            yield rule["resources"][index], name, " and ".join(filter(None, (", ".join(hits[:-1]), hits[-1])))


def _covers(written: str, resource: str) -> bool:
    """Whether `pods/*` or `*/exec` stand for `pods/exec`."""
    if written == resource:
        return True
    main, _, sub = resource.partition("/")
    own, _, own_sub = written.partition("/")
    return bool(sub and own_sub) and own in (main, "*") and own_sub in (sub, "*")


def is_of_system(node: Node) -> bool:
    """Whether the object is one of those that Kubernetes itself makes."""
    root = node.root
    return isinstance(root, Object) and root.name.startswith("system:")


def reach(rule: Node) -> str:
    """Where a role's permissions hold, as messages say it."""
    root = rule.root
    return "in the whole cluster, if it is bound there" if root.get("kind") == "ClusterRole" else "in its namespace"
