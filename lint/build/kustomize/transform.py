"""The built-in transformers of a kustomization: namespace, names, labels, annotations, replicas, images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.fields import apply, visit, write
from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, shown
from kubetrial.lint.build.kustomize.resource import Id, Resource
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.values.regexp import search as regexp
from kubetrial.lint.values.regexp.syntax import problem

_NO_AFFIX = (("", "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), ("", "Namespace"))


def namespace(
    resources: list[Resource],
    source: RNode,
    specs: Iterable[FieldSpec],
    subjects: str = "defaultOnly",
    *,
    unset_only: bool = False,
) -> None:
    """`namespace:`. Follows api/filters/namespace and NamespaceTransformer."""
    value = str(source.value)
    others = [spec for spec in specs if spec.path != "metadata/namespace"]
    ids = {_whole(one.id) for one in resources if one.is_of_chart}
    for one in resources:
        if one.is_of_chart:
            continue  # helm has set it
        one.remember()
        fill_namespace(one, source, others, subjects, unset_only)
        id = _whole(one.id)
        if id in ids:
            raise MergeRefused(
                f"`namespace: {value}` folds two objects into one: {one.id}", source, "kustomization-id-twice"
            )
        ids.add(id)


def fill_namespace(
    one: Resource, source: RNode, specs: Iterable[FieldSpec], subjects: str = "defaultOnly", unset_only: bool = False
) -> None:
    """Write a namespace into one object."""
    value = str(source.value)
    root = one.root

    def setter(node: RNode, _holder: RNode | None, _key: str | int) -> None:
        if node.kind is not SCALAR:
            raise MergeRefused("a namespace is written where a list or mapping stands", node)
        if node.value != value and not (unset_only and node.value):
            write(node, value, source, "the namespace")

    id = one.id
    if not id.cluster_scoped and not (unset_only and id.namespace):
        one.set_text(value, source, "the namespace", "metadata", "namespace")
    is_binding = id.kind in ("RoleBinding", "ClusterRoleBinding")
    if is_binding and subjects != "none":
        for subject in (root.get("subjects") or RNode(LIST, [])).items():
            field, wanted = ("name", "default") if subjects == "defaultOnly" else ("kind", "ServiceAccount")
            found, old = subject.get(field), subject.get("namespace")
            if found is not None and found.value == wanted and not (unset_only and old is not None and old.value):
                subject.value["namespace"] = made(value, source)
    is_core = one.text("apiVersion") == "v1"
    chosen = [
        spec
        for spec in specs
        if (is_core or spec.path != "metadata/name") and not (is_binding and spec.path == "subjects/namespace")
    ]
    apply(root, chosen, setter, SCALAR, source)


def _whole(id: Id) -> tuple[str, ...]:
    return (id.group, id.version, id.kind, id.effective_namespace, id.name)


def affix(resources: list[Resource], source: RNode, specs: Iterable[FieldSpec], *, front: bool) -> None:
    """`namePrefix:` and `nameSuffix:`."""
    value = str(source.value or "")
    role = "the prefix" if front else "the suffix"
    wanted = list(specs)

    def setter(node: RNode, _holder: RNode | None, _key: str | int) -> None:
        write(node, value + shown(node) if front else shown(node) + value, source, role)

    for one in resources:
        first = one.first_id
        if any(first.kind == kind and (not group or first.group == group) for group, kind in _NO_AFFIX):
            continue
        for spec in wanted:
            if not spec.selects(*first[:3]):
                continue
            if spec.path == "metadata/name" and value:
                (one.prefixes if front else one.suffixes).append(value)
                one.remember()
            if spec.selects(*one.id[:3]):
                visit(one.root, spec, setter)


def pairs(resources: list[Resource], source: RNode, specs: Iterable[FieldSpec]) -> None:
    """Labels or annotations: every pair of `source` into every field."""
    if source.kind is not MAPPING or not source.value:
        return
    entries = sorted(source.value.items())
    new: dict[str, RNode] = {}

    def setter(node: RNode, _holder: RNode | None, _key: str | int) -> None:
        if node.kind is not MAPPING:
            raise MergeRefused("labels or annotations are written where a list or text stands", source)
        for name, pair in entries:
            made_of = new.get(name)
            if made_of is None:
                made_of = new[name] = made("" if pair.value is None else str(pair.value), pair)
            old = node.value.get(name)
            if old is None or old.kind is not SCALAR:
                # One node in all fields of an object: what writes into one of them later, writes into all.
                node.value[name] = made_of
            elif old is not made_of:
                old.become(made_of)

    for one in resources:
        new.clear()
        apply(one.root, specs, setter, MAPPING, source)
        one.has_twins = True


def replicas(state: ResAccumulator, entry: RNode, specs: Sequence[FieldSpec]) -> None:
    """One entry of `replicas:`."""
    name, count = entry.get("name"), entry.get("count")
    wanted = str(name.value or "") if name is not None else ""
    number = int(count.value) if count is not None and count.value is not None else 0
    found = False

    def setter(node: RNode, _holder: RNode | None, _key: str | int) -> None:
        write(node, number, count or entry, "the replicas")

    for spec in specs:
        for one in state.named(wanted):
            if any(id.name == wanted and spec.selects(*id[:3]) for id in one.ids):
                found = True
                if spec.selects(*one.id[:3]):
                    visit(one.root, spec, setter, SCALAR, count or entry)
    if not found:
        raise MergeRefused(
            f"`replicas` names `{wanted}`, and no object of this kustomization with replicas has that name",
            entry,
            "kustomization-patch-unmatched",
            did_you_mean(wanted, _named(state, specs)),
        )


def _named(state: ResAccumulator, specs: Iterable[FieldSpec]) -> Iterator[str]:
    """The names of the objects that have replicas."""
    for one in state.resources:
        id = one.id
        if any(spec.selects(*id[:3]) for spec in specs):
            yield id.name


class Images:
    """The image fields of some objects, found once for all entries of `images:`. Follows api/filters/imagetag."""

    def __init__(self, resources: list[Resource], specs: Iterable[FieldSpec]) -> None:
        self.anywhere: list[RNode] = []
        self.named: list[RNode] = []
        self.has_met = False  # whether an image had the name of the last entry
        wanted = list(specs)
        for one in resources:
            if one.text("kind") != "CustomResourceDefinition":
                self.anywhere.extend(_containers(one.root))
                apply(one.root, wanted, self._take, None, None)

    def _take(self, node: RNode, _holder: RNode | None, _key: str | int) -> None:
        if node.kind is not SCALAR:
            raise MergeRefused("an image is a text", node)
        self.named.append(node)

    def names(self) -> list[str]:
        """The names of the images, without tag and digest."""
        return sorted({re.split(r"[:@](?!.*/)", shown(node).partition("@")[0])[0] for node in self.anywhere})

    def change(self, entry: RNode) -> int:
        """One entry of `images:`; the fields of containers anywhere in an object come first. Gives the number of fields."""
        text = {name: str(node.value) for name, node in entry.value.items() if node.value is not None}
        pattern = (
            f"^{text.get('name', '')}(:[a-zA-Z0-9_.{{}}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{{}}-]*)?$"
        )
        self.has_met = False
        if problem(pattern) is not None:
            return 0  # what is no regular expression matches nothing
        begin = _sure_beginning(text.get("name", ""))
        for node in (*self.anywhere, *self.named):
            value = shown(node)
            if not value.startswith(begin):
                continue
            try:
                if not regexp.matches(pattern, value):
                    continue
            except regexp.Unsupported:
                continue
            self.has_met = True
            new = _image(value, text)
            if new != value:
                write(node, new, entry, "the image")
        return len(self.anywhere) + len(self.named)


def _sure_beginning(pattern: str) -> str:
    """The letters with which everything begins that a regular expression matches: looked at before it is run."""
    found = re.match(r"[A-Za-z0-9_/-]*", pattern)
    assert found is not None
    letters = found.group()
    if "|" in pattern:
        return ""
    return letters if len(letters) == len(pattern) or pattern[len(letters)] == "." else letters[:-1]


def _containers(root: RNode) -> Iterator[RNode]:
    for node in root.walk():
        if node.kind is MAPPING:
            for name in ("containers", "initContainers"):
                for item in (node.get(name) or node).items():
                    found = item.get("image")
                    if found is not None and found.kind is SCALAR:
                        yield found


def _image(value: str, text: dict[str, str]) -> str:
    at = value.find("/")
    begin = at if at > 0 else 0
    rest = value[begin:]
    digest_at, tag_at = rest.find("@"), rest.find(":")
    name, tag, digest = value, "", ""
    if digest_at >= 0 and (tag_at < 0 or digest_at < tag_at):
        name, digest = value[: begin + digest_at], value[begin + digest_at + 1 :]
    elif tag_at >= 0 and digest_at >= 0:
        name, tag = value[: begin + tag_at], value[begin + tag_at + 1 : begin + digest_at]
        digest = value[begin + digest_at + 1 :]
    elif tag_at >= 0:
        name, tag = value[: begin + tag_at], value[begin + tag_at + 1 :]
    name = text.get("newName") or name
    if text.get("newTag") and text.get("digest"):
        tag, digest = text["newTag"], text["digest"]
    elif text.get("newTag"):
        tag, digest = text["newTag"], ""
    elif text.get("digest"):
        tag, digest = "", text["digest"]
    elif text.get("tagSuffix"):
        tag, digest = tag + text["tagSuffix"], ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
