"""The built-in transformers of a kustomization: namespace, names, labels, annotations, replicas, images."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kubetrial.lint.build.kustomize.facts import FieldSpec, Settings
from kubetrial.lint.build.kustomize.fields import apply, kind_of, visit, write
from kubetrial.lint.build.kustomize.merge import Refused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, Node, made
from kubetrial.lint.build.kustomize.resource import Resource
from kubetrial.lint.values.regexp import search as regexp

_NO_AFFIX = (("", "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), ("", "Namespace"))


def namespace(resources: list[Resource], source: Node, settings: Settings, subjects: str = "defaultOnly") -> None:
    """`namespace:`. Follows api/filters/namespace."""
    value = str(source.value)
    specs = [spec for spec in settings.specs["namespace"] if spec.path != "metadata/namespace"]

    def setter(node: Node, _holder: Node | None, _key: str | int) -> None:
        if node.value != value:
            write(node, value, source, "the namespace")

    for one in resources:
        one.remember()
        root = one.root
        if not one.id.cluster_scoped:
            one.set_text(value, source, "the namespace", "metadata", "namespace")
        if one.id.kind in ("RoleBinding", "ClusterRoleBinding") and subjects != "none":
            for subject in (root.get("subjects") or Node(LIST, [])).items():
                field, wanted = ("name", "default") if subjects == "defaultOnly" else ("kind", "ServiceAccount")
                found = subject.get(field)
                if found is not None and found.value == wanted:
                    subject.value["namespace"] = made(value, source)
        api_version = root.get("apiVersion")
        is_core = api_version is not None and api_version.value == "v1"
        apply(root, [spec for spec in specs if is_core or spec.path != "metadata/name"], setter, SCALAR, source)
    _all_apart(resources, source)


def _all_apart(resources: list[Resource], source: Node) -> None:
    seen: dict[tuple[str, ...], Resource] = {}
    for one in resources:
        id = one.id
        key = (id.group, id.version, id.kind, id.effective_namespace, id.name)
        if key in seen:
            raise Refused(f"`namespace:` folds two objects into one: {id}", source, "kustomization-id-twice")
        seen[key] = one


def affix(resources: list[Resource], source: Node, settings: Settings, *, front: bool) -> None:
    """`namePrefix:` and `nameSuffix:`."""
    value = str(source.value)
    role = "the prefix" if front else "the suffix"

    def setter(node: Node, _holder: Node | None, _key: str | int) -> None:
        write(node, value + str(node.value) if front else str(node.value) + value, source, role)

    for one in resources:
        first = one.first_id
        if any(first.kind == kind and (not group or first.group == group) for group, kind in _NO_AFFIX):
            continue
        for spec in settings.specs["namePrefix" if front else "nameSuffix"]:
            if not spec.selects(first.group, first.version, first.kind):
                continue
            if spec.path == "metadata/name":
                (one.prefixes if front else one.suffixes).append(value)
                one.remember()
            visit(one.root, spec, setter)


def pairs(resources: list[Resource], source: Node, specs: Iterable[FieldSpec]) -> None:
    """Labels or annotations: every pair of `source` into every field."""
    if source.kind is not MAPPING or not source.value:
        return
    entries = sorted(source.value.items())

    def setter(node: Node, _holder: Node | None, _key: str | int) -> None:
        if node.kind is not MAPPING:
            return
        for name, pair in entries:
            node.value[name] = made("" if pair.value is None else str(pair.value), pair)

    for one in resources:
        apply(one.root, specs, setter, MAPPING, source)


def replicas(resources: list[Resource], entry: Node, settings: Settings) -> None:
    """One entry of `replicas:`."""
    name, count = entry.get("name"), entry.get("count")
    wanted = str(name.value) if name is not None else ""
    number = count.value if count is not None and count.value is not None else 0
    found = False

    def setter(node: Node, _holder: Node | None, _key: str | int) -> None:
        write(node, number, count or entry, "the replicas")

    for spec in settings.specs["replicas"]:
        for one in resources:
            if any(id.name == wanted and spec.selects(*id[:3]) for id in one.ids):
                found = True
                visit(one.root, spec, setter, SCALAR, count or entry)
    if not found:
        raise Refused(
            f"`replicas` names `{wanted}`, and no object of this kustomization with replicas has that name",
            entry,
            "kustomization-patch-unmatched",
        )


def image(resources: list[Resource], entry: Node, settings: Settings) -> None:
    """One entry of `images:`. Follows api/filters/imagetag, the search at any depth included."""
    text = {name: str(node.value) for name, node in entry.value.items() if node.value is not None}
    pattern = (
        f"^{text.get('name', '')}(:[a-zA-Z0-9_.{{}}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{{}}-]*)?$"
    )

    begin = _sure_beginning(text.get("name", ""))

    def setter(node: Node, _holder: Node | None, _key: str | int) -> None:
        value = node.value
        if not isinstance(value, str) or not value.startswith(begin):
            return
        try:
            if not regexp.matches(pattern, value):
                return
        except regexp.Unsupported:
            return
        new = _image(value, text)
        if new != value:
            write(node, new, entry, "the image")

    for one in resources:
        apply(one.root, settings.specs["images"], setter, None, None)
        if kind_of(one.root)[2] != "CustomResourceDefinition":
            _containers(one.root, setter)


def _sure_beginning(pattern: str) -> str:
    """The letters with which everything begins that a regular expression matches: looked at before it is run."""
    found = re.match(r"[A-Za-z0-9_/-]*", pattern)
    assert found is not None
    letters = found.group()
    if "|" in pattern:
        return ""
    return letters if len(letters) == len(pattern) or pattern[len(letters)] == "." else letters[:-1]


def _containers(root: Node, setter: object) -> None:
    for node in root.walk():
        if node.kind is MAPPING:
            for name in ("containers", "initContainers"):
                for item in (node.get(name) or node).items():
                    found = item.get("image")
                    if found is not None and callable(setter):
                        setter(found, item, "image")


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
