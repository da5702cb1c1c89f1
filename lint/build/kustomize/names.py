"""References by name follow the renamed objects. Follows api/filters/nameref and the accumulator's nameReferenceTransformer."""

from __future__ import annotations

from collections.abc import Callable

from kubetrial.lint.build.kustomize.facts import FieldSpec, NameReference, TransformerConfig
from kubetrial.lint.build.kustomize.fields import visit
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, shown
from kubetrial.lint.build.kustomize.resource import Id, Resource


def follow(resources: list[Resource], settings: TransformerConfig) -> None:
    """Give every reference the present name of the object that it names."""
    renamed = _Renamed(resources)
    for resource in resources:
        specs = settings.references(*resource.first_id[:3])
        if specs:
            referrer = _Referrer(resource, renamed)
            for reference, spec in specs:
                referrer.update(reference, spec)


class _Renamed:
    """The objects that had other names, by those names and by their namespaces."""

    def __init__(self, resources: list[Resource]) -> None:
        self.by_name: dict[str, list[tuple[Resource, list[Id]]]] = {}
        self.first: dict[str, list[Resource]] = {}
        for one in resources:
            ids = one.ids
            self.first.setdefault(ids[0].effective_namespace, []).append(one)
            for name in {id.name for id in ids[:-1]}:
                self.by_name.setdefault(name, []).append((one, ids[:-1]))


class _Referrer:
    """One object and whom it could mean."""

    def __init__(self, resource: Resource, renamed: _Renamed) -> None:
        self.resource = resource
        self.id = resource.id
        self.renamed = renamed
        self.namespaces = set()
        if self.id.kind == "RoleBinding":
            for subject in (resource.root.get("subjects") or RNode(LIST, [])).items():
                kind, namespace = subject.get("kind"), subject.get("namespace")
                if kind is None or kind.value != "ServiceAccount" or namespace is None:
                    continue
                if not isinstance(namespace.value, str):
                    raise MergeRefused(
                        "the `namespace` of a subject is empty, so that kustomize refuses to build it", namespace
                    )
                self.namespaces.add(namespace.value)

    def update(self, reference: NameReference, spec: FieldSpec) -> None:
        def setter(node: RNode, parent: RNode | None, key: str | int) -> None:
            if node.kind is LIST:
                for index, item in enumerate(list(node.value)):
                    one(item, node, index)
            else:
                one(node, parent, key)

        def one(node: RNode, parent: RNode | None, key: str | int) -> None:
            if node.kind is MAPPING:
                self.mapping(node, reference, spec)
            elif node.kind is SCALAR and node.value is not None and parent is not None:
                found = self.pick(shown(node), reference, spec, lambda _: True, False)
                if found is not None:
                    parent.value[key] = _renamed(node, found.id.name, found)

        visit(self.resource.root, spec, setter)

    def mapping(self, node: RNode, reference: NameReference, spec: FieldSpec) -> None:
        name, namespace = node.get("name"), node.get("namespace")
        if name is None:
            raise MergeRefused(f"`{spec.path}` has no `name`, which kustomize follows", node)
        fits: Callable[[Resource], bool] = lambda _: True  # noqa: E731
        if namespace is not None:
            wanted = shown(namespace)
            if any(self.reachable(one) for one in self.renamed.first.get(wanted, ())):
                fits = lambda one: one.first_id.effective_namespace == wanted  # noqa: E731
            else:
                fits = lambda one: one.id.effective_namespace == wanted  # noqa: E731
        found = self.pick(shown(name), reference, spec, fits, True)
        if found is None:
            return
        id = found.id
        node.value["name"] = _renamed(name, id.name, found)
        if id.namespace:
            old = namespace if namespace is not None else name
            node.value["namespace"] = _renamed(old, id.namespace, found)

    def reachable(self, other: Resource) -> bool:
        """Whether the referrer could name an object: in its namespace, or where there are none."""
        if self.id.cluster_scoped:
            return True
        id = other.id
        return (
            id.cluster_scoped
            or id.effective_namespace == self.id.effective_namespace
            or id.namespace in self.namespaces
        )

    def pick(
        self,
        name: str,
        reference: NameReference,
        spec: FieldSpec,
        fits: Callable[[Resource], bool],
        namespaces: bool,
    ) -> Resource | None:
        wanted = FieldSpec("", reference.group, reference.version, reference.kind)
        found = [
            one
            for one, earlier in self.renamed.by_name.get(name, ())
            if any(wanted.selects(*id[:3]) for id in earlier) and fits(one) and self.reachable(one)
        ]
        found = [one for one in found if self._role_fits(one, spec) and self._same_namespace(one)]
        if len(found) == 1:
            return found[0]
        found = [one for one in found if _affixes_equal(one, self.resource, True)]
        if len(found) > 1:
            found = [one for one in found if _affixes_equal(one, self.resource, False)]
        if not found:
            return None
        same = {(one.id.name, one.id.namespace if namespaces else "") for one in found}
        if len(same) > 1:
            several = ", ".join(sorted(str(one.id) for one in found))
            raise MergeRefused(f"the reference to `{name}` may mean several objects: {several}", self.resource.root)
        return found[0]

    def _role_fits(self, one: Resource, spec: FieldSpec) -> bool:
        if not spec.path.endswith("roleRef/name"):
            return True
        group, kind = (self.resource.root.at("roleRef", name) for name in ("apiGroup", "kind"))
        if group is None or kind is None:
            return True
        wanted = FieldSpec("", str(group.value or ""), "", str(kind.value or ""))
        return any(wanted.selects(*id[:3]) for id in one.earlier)

    def _same_namespace(self, one: Resource) -> bool:
        if self.id.cluster_scoped:
            return True
        id = one.id
        return id.cluster_scoped or id.kind == "ServiceAccount" or id.effective_namespace == self.id.effective_namespace


def _renamed(node: RNode, value: str, target: Resource) -> RNode:
    if node.value == value:
        return node
    new = made(value, node)
    name = target.root.at("metadata", "name")
    return new.said_by(name, "the object that it names") if name is not None else new


def _affixes_equal(one: Resource, other: Resource, allow_empty: bool) -> bool:
    def equal(mine: list[str], theirs: list[str]) -> bool:
        if allow_empty and (not mine or not theirs):
            return True
        shorter = min(len(mine), len(theirs))
        if shorter == 0:
            return len(mine) == len(theirs)
        return mine[-shorter:] == theirs[-shorter:]

    return equal(one.prefixes, other.prefixes) and equal(one.suffixes, other.suffixes)
