"""Resources of a build: an object, the names that it had, and the ids by which patches and references find it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kubetrial.lint.build.kustomize import facts
from kubetrial.lint.build.kustomize.fields import fresh, kind_of
from kubetrial.lint.build.kustomize.merge import Refused, merge
from kubetrial.lint.build.kustomize.nodes import MAPPING, SCALAR, Node, made
from kubetrial.lint.values.regexp import search as regexp
from kubetrial.lint.values.selector import SelectorError, matches, parse


class Id(NamedTuple):
    """What tells a resource from others. Follows resid.ResId."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str

    @property
    def cluster_scoped(self) -> bool:
        """Whether the kind certainly has no namespace."""
        api_version = f"{self.group}/{self.version}" if self.group else self.version
        return f"{api_version} {self.kind}" in facts.cluster_scoped()

    @property
    def effective_namespace(self) -> str:
        """The namespace that counts: `default` where none is written."""
        return "_non_namespaceable_" if self.cluster_scoped else self.namespace or "default"

    def same(self, other: Id) -> bool:
        """Whether both mean one object."""
        return (
            self.kind == other.kind
            and self.name == other.name
            and self.group == other.group
            and self.version == other.version
            and self.effective_namespace == other.effective_namespace
        )

    def __str__(self) -> str:
        """`Deployment shop/web`."""
        return f"{self.kind} {self.namespace + '/' if self.namespace else ''}{self.name}"


class Resource:
    """One object of a build."""

    __slots__ = ("behavior", "file", "generator", "hashed", "node", "prefixes", "previous", "suffixes")

    def __init__(self, node: Node) -> None:
        self.node: Node | None = node
        self.previous: list[Id] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.hashed = False
        self.behavior = ""
        self.generator = ""
        self.file = node.text.file if node.text is not None else ""

    def copy(self) -> Resource:
        """The same, free to be changed."""
        new = Resource(self.root.copy())
        new.previous, new.prefixes, new.suffixes = list(self.previous), list(self.prefixes), list(self.suffixes)
        new.hashed, new.behavior = self.hashed, self.behavior
        new.generator, new.file = self.generator, self.file
        return new

    @property
    def root(self) -> Node:
        """The object; only asked of one that no patch deleted."""
        assert self.node is not None
        return self.node

    def text(self, *path: str) -> str:
        """The text at a path, or nothing."""
        found = self.root.at(*path)
        return str(found.value) if found is not None and found.kind is SCALAR and found.value is not None else ""

    @property
    def id(self) -> Id:
        """The id as the object stands now."""
        group, version, kind = kind_of(self.root)
        return Id(group, version, kind, self.text("metadata", "namespace"), self.text("metadata", "name"))

    def made_in(self, folder: str) -> str:
        """What the annotation of origin says: the file, seen from a folder, and the generator where one made the object."""
        path = posixpath.relpath(self.file, folder)
        if self.generator:
            return f"configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {self.generator}\n"
        return f"path: {path}\n"

    @property
    def first_id(self) -> Id:
        """The id as it was written."""
        return self.previous[0] if self.previous else self.id

    @property
    def ids(self) -> list[Id]:
        """All ids that it had and has."""
        return [*self.previous, self.id]

    def remember(self) -> None:
        """Keep the id before a change of name, namespace or kind."""
        self.previous.append(self.id)

    def set_text(self, value: str, source: Node | None, role: str, *path: str) -> None:
        """Write a text at a path, which is made where it is missing."""
        node = self.root
        for name in path[:-1]:
            inner = node.get(name)
            if inner is None or inner.kind is not MAPPING:
                inner = node.value[name] = fresh(MAPPING, source)
            node = inner
        old = node.get(path[-1])
        if old is not None and old.value == value:
            return
        new = made(value, source or old)
        if old is not None:
            new.text, new.start, new.end, new.key, new.via = old.text, old.start, old.end, old.key, old.via
            if source is not None:
                new.said_by(source, role)
        node.value[path[-1]] = new

    def patch(self, patch: Node, *, names: bool = False, kinds: bool = False) -> None:
        """Apply a strategic merge patch; the name and the kind stay unless the options allow otherwise."""
        before = self.id
        if names or kinds:
            self.remember()
        self.node = merge(self.root, patch)
        if self.node is None or not self.node.value:
            self.node = None
            return
        if not kinds and before.kind:
            self._keep("kind", before.kind)
        metadata = self.node.get("metadata")
        if metadata is None or metadata.kind is not MAPPING:
            metadata = self.node.value["metadata"] = fresh(MAPPING, patch)
        if not names:
            self._keep_in(metadata, "name", before.name)
        self._keep_in(metadata, "namespace", before.namespace)

    def _keep(self, name: str, value: str) -> None:
        self._keep_in(self.root, name, value)

    @staticmethod
    def _keep_in(mapping: Node, name: str, value: str) -> None:
        old = mapping.get(name)
        if not value:
            mapping.value.pop(name, None)
        elif old is None or old.value != value:
            mapping.value[name] = made(value, old or mapping)


def make(node: Node) -> Iterator[Resource]:
    """The resources of a document, lists opened; raises Refused for what is no object."""
    if node.kind is not MAPPING:
        raise Refused("a document of a resource file is no object", node)
    kind = node.get("kind")
    if kind is not None and str(kind.value).endswith("List") and node.get("items") is not None:
        for item in node.value["items"].items():
            yield from make(item)
        return
    if kind is None or not kind.value:
        raise Refused("an object has no `kind`", node, help="write `kind:` and `apiVersion:`")
    if node.get("apiVersion") is None:
        raise Refused("an object has no `apiVersion`", node)
    name, made_up = node.at("metadata", "name"), node.at("metadata", "generateName")
    if not str(kind.value).endswith("List") and not (name and name.value) and not (made_up and made_up.value):
        raise Refused(f"a {kind.value} has no `metadata.name`", node, help="write `metadata.name`")
    annotations = node.at("metadata", "annotations")
    if annotations is not None and annotations.kind is MAPPING:
        annotations.value.pop("config.kubernetes.io/index", None)
    yield Resource(node)


_PLAIN = re.compile(r"[A-Za-z0-9_/-]+\Z")
"""A regular expression that matches itself alone, as nearly all names in selectors do."""


def _fits(pattern: str, text: str) -> bool:
    if not pattern or pattern == text:
        return True
    if _PLAIN.match(pattern):
        return False
    try:
        return regexp.matches(f"^(?:{pattern})$", text)
    except regexp.Unsupported:
        return False


def _labels_fit(selector: str, labels: Node | None) -> bool:
    if not selector:
        return True
    try:
        return matches(parse(selector), labels.plain() if labels is not None and labels.kind is MAPPING else {})
    except SelectorError:
        return False


def selected(resources: Iterable[Resource], target: dict[str, Any]) -> list[Resource]:
    """The resources that the `target` of a patch means. Follows resWrangler.Select."""
    text = {name: str(value) for name, value in target.items() if value is not None}
    found = []
    for resource in resources:
        now, first = resource.id, resource.first_id
        if (
            (
                _fits(text.get("namespace", ""), first.effective_namespace)
                or _fits(text.get("namespace", ""), now.effective_namespace)
            )
            and (_fits(text.get("name", ""), first.name) or _fits(text.get("name", ""), now.name))
            and kind_fits(text, now)
            and labels_fit(text, resource.root)
        ):
            found.append(resource)
    return found


def kind_fits(text: dict[str, str], id: Id) -> bool:
    """Whether group, version and kind of a selector match, as regular expressions."""
    return (
        _fits(text.get("group", ""), id.group)
        and _fits(text.get("version", ""), id.version)
        and _fits(text.get("kind", ""), id.kind)
    )


def labels_fit(text: dict[str, str], root: Node) -> bool:
    """Whether the selectors of labels and annotations match."""
    return _labels_fit(text.get("labelSelector", ""), root.at("metadata", "labels")) and _labels_fit(
        text.get("annotationSelector", ""), root.at("metadata", "annotations")
    )


def id_fits(text: dict[str, str], id: Id, *, regular: bool) -> bool:
    """Whether a selector of replacements means an id."""
    if regular:
        return (
            kind_fits(text, id)
            and _fits(text.get("name", ""), id.name)
            and _fits(text.get("namespace", ""), id.effective_namespace)
        )
    return all(
        not text.get(name) or text[name] == own
        for name, own in (
            ("group", id.group),
            ("version", id.version),
            ("kind", id.kind),
            ("name", id.name),
            ("namespace", id.effective_namespace),
        )
    )
