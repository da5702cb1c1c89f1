"""Resources of a build: an object, the names that it had, and the ids by which patches and references find it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kubetrial.lint.build.kustomize import facts, json_patch
from kubetrial.lint.build.kustomize.fields import fresh
from kubetrial.lint.build.kustomize.merge import MergeRefused, merge
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, shown
from kubetrial.lint.build.kustomize.schema import DEFAULT, OpenApiSchema
from kubetrial.lint.values.regexp import search as regexp
from kubetrial.lint.values.regexp.syntax import problem
from kubetrial.lint.values.selector import SelectorError, matches, parse

_NO_NAMESPACE = "_non_namespaceable_"


class Id(NamedTuple):
    """What tells a resource from others. Follows resid.ResId."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    cluster_scoped: bool = False  # certainly; of earlier ids, which say so in their namespace, never

    @property
    def effective_namespace(self) -> str:
        """The namespace that counts: `default` where none is written."""
        return _NO_NAMESPACE if self.cluster_scoped else self.namespace or "default"

    def same(self, other: Id) -> bool:
        """Whether both mean one object."""
        return (
            self.name == other.name
            and self.kind == other.kind
            and self.group == other.group
            and self.version == other.version
            and self.effective_namespace == other.effective_namespace
        )

    def __str__(self) -> str:
        """`Deployment shop/web`."""
        return f"{self.kind} {self.namespace + '/' if self.namespace else ''}{self.name}"


_NAMED = ("namespace", "name")


def _text_in(fields: dict[str, RNode], name: str) -> str:
    """The text of a field, or nothing; the id of an object is asked for often."""
    found = fields.get(name)
    return str(found.value) if found is not None and found.kind is SCALAR and found.value is not None else ""


class Resource:
    """One object of a build.

    `previous` are the kinds, namespaces and names that it had; `scopes` the kinds that are known to have no namespace.
    """

    __slots__ = (
        "behavior",
        "file",
        "has_twins",
        "hashed",
        "is_of_chart",
        "made_by",
        "node",
        "prefixes",
        "previous",
        "scopes",
        "suffixes",
        "transformed_by",
        "vars",
    )

    def __init__(self, node: RNode, scopes: frozenset[str] | None = None) -> None:
        self.node: RNode | None = node
        self.scopes = facts.cluster_scoped() if scopes is None else scopes
        self.previous: list[tuple[str, str, str]] = []
        self.prefixes: list[str] = []
        self.suffixes: list[str] = []
        self.hashed = False
        self.has_twins = False  # one label or annotation stands in several of its fields
        self.behavior = ""
        self.is_of_chart = False
        self.vars: list[str] = []
        self.file = node.text.file if node.text is not None else ""
        self.made_by = ""  # what the annotation of origin says, where it is asked for
        self.transformed_by: list[str] = []

    @property
    def root(self) -> RNode:
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
        fields = self.root.value
        api_version, kind = _text_in(fields, "apiVersion"), _text_in(fields, "kind")
        group, _, version = api_version.rpartition("/")
        metadata = fields.get("metadata")
        inside = metadata.value if metadata is not None and metadata.kind is MAPPING else {}
        namespace, name = (shown(node) if (node := inside.get(key)) is not None else "" for key in _NAMED)
        return Id(group, version, kind, namespace, name, f"{api_version} {kind}" in self.scopes)

    @property
    def first_id(self) -> Id:
        """The id as it was written."""
        return self.ids[0]

    @property
    def ids(self) -> list[Id]:
        """All ids that it had, and the one that it has."""
        now = self.id
        return [*(Id(now.group, now.version, *each) for each in self.previous), now]

    @property
    def earlier(self) -> list[Id]:
        """The ids that it had."""
        return self.ids[:-1]

    def remember(self) -> None:
        """Keep the id before a change of name, namespace or kind."""
        now = self.id
        self.previous.append((now.kind, now.effective_namespace, now.name))

    def patch_json(self, operations: RNode) -> None:
        """Apply a JSON patch, through which each field becomes one of its own; raises MergeRefused."""
        if self.has_twins:
            self.node, self.has_twins = self.root.apart(), False
        json_patch.apply(self.root, operations)
        kind = self.text("kind")
        if not kind or not (kind.endswith("List") or self.text("metadata", "name")):
            raise MergeRefused("the JSON patch leaves an object without its `kind` or its `metadata.name`", operations)

    def set_text(self, value: str, source: RNode | None, role: str, *path: str) -> None:
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

    def patch(self, patch: RNode, schema: OpenApiSchema = DEFAULT, *, names: bool = False, kinds: bool = False) -> None:
        """Apply a strategic merge patch; the name and the kind stay unless the options allow otherwise."""
        before = self.id
        if names or kinds:
            self.remember()
        self.node = merge(self.root, patch, schema)
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
    def _keep_in(mapping: RNode, name: str, value: str) -> None:
        old = mapping.get(name)
        if not value:
            mapping.value.pop(name, None)
        elif old is None or old.value != value:
            mapping.value[name] = made(value, old or mapping)


_HASHED = "internal.config.kubernetes.io/needsHashSuffix"
_INTERNAL = [
    "previousKinds",
    "previousNames",
    "previousNamespaces",
    "prefixes",
    "suffixes",
    "allowNameChange",
    "allowKindChange",
    "refBy",
]
_TAKEN_OUT = frozenset(
    (
        *(f"internal.config.kubernetes.io/{name}" for name in _INTERNAL),
        *(
            f"internal.config.kubernetes.io/{name}"
            for name in ("generatorBehavior", "path", "index", "seqindent", "id")
        ),
        _HASHED,
        "internal.config.kubernetes.io/annotations-migration-resource-id",
        "config.kubernetes.io/index",
        "config.kubernetes.io/path",
        "config.k8s.io/id",
        "config.kubernetes.io/origin",
        "alpha.config.kubernetes.io/transformations",
    )
)
"""Annotations in which kustomize keeps what it knows of an object; none is printed as it was written."""


def make(documents: Iterable[RNode], scopes: frozenset[str] | None = None) -> Iterator[Resource]:
    """The resources of a file, what lists hold behind all others; raises MergeRefused for what is no object."""
    waiting = list(documents)
    for node in waiting:
        if node.kind is not MAPPING:
            raise MergeRefused("a document of a resource file is no object", node)
        kind = node.get("kind")
        items = node.get("items") if kind is not None and str(kind.value).endswith("List") else None
        if items is not None:
            if items.kind is not LIST and not items.is_null():
                raise MergeRefused(f"`items` of a {kind and kind.value} is a list", items)
            waiting.extend(item for item in items.items() if not item.is_null() and item.value)
            continue
        yield _one(node, kind, scopes)


def _one(node: RNode, kind: RNode | None, scopes: frozenset[str] | None) -> Resource:
    if kind is None or not kind.value or kind.kind in (MAPPING, LIST):
        raise MergeRefused("an object has no `kind`", node, help="write `kind:` and `apiVersion:`")
    name = node.at("metadata", "name")
    if not str(kind.value).endswith("List") and not (name and name.value):
        raise MergeRefused(f"a {kind.value} has no `metadata.name`", node, help="write `metadata.name`")
    resource = Resource(node, scopes)
    annotations = node.at("metadata", "annotations")
    for key in list(annotations.value) if annotations is not None and annotations.kind is MAPPING else ():
        if key in _TAKEN_OUT:
            value = annotations.value.pop(key).value  # type: ignore[union-attr]
            resource.hashed = resource.hashed or (key == _HASHED and value == "enabled")
    return resource


_OWN = "internal.config.kubernetes.io/"


def kept_in_annotations(one: Resource) -> dict[str, str]:
    """What kustomize keeps of an object in annotations while it builds, which a replacement copies with the others."""
    kinds, namespaces, names = (",".join(each[at] for each in one.previous) for at in range(3))
    kept = {
        "previousKinds": kinds,
        "previousNamespaces": namespaces,
        "previousNames": names,
        "prefixes": ",".join(one.prefixes),
        "suffixes": ",".join(one.suffixes),
        "generatorBehavior": "unspecified" if one.hashed else "",
        "needsHashSuffix": "enabled" if one.hashed else "",
    }
    return {f"{_OWN}{name}": text for name, text in kept.items() if text}


def take_from_annotations(one: Resource) -> None:
    """Take over what a replacement has copied of another object into the annotations of this one."""
    annotations = one.root.at("metadata", "annotations")
    if (
        annotations is None
        or annotations.kind is not MAPPING
        or not any(key.startswith(_OWN) for key in annotations.value)
    ):
        return
    texts = {
        key.removeprefix(_OWN): str(annotations.value.pop(key).value)
        for key in list(annotations.value)
        if key.startswith(_OWN)
    }
    previous = [texts.get(name, "").split(",") for name in ("previousKinds", "previousNamespaces", "previousNames")]
    if "previousNames" in texts:
        one.previous = [(kind, namespace, name) for kind, namespace, name in zip(*previous, strict=False)]
    one.prefixes = texts["prefixes"].split(",") if "prefixes" in texts else one.prefixes
    one.suffixes = texts["suffixes"].split(",") if "suffixes" in texts else one.suffixes
    one.hashed = one.hashed or texts.get("needsHashSuffix") == "enabled"


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


_EXPRESSIONS = ("name", "namespace", "group", "version", "kind")


def check_selector(selector: RNode | None) -> None:
    """Refuse a selector with a regular expression that is none."""
    for name in _EXPRESSIONS:
        node = selector.get(name) if selector is not None else None
        if node is None or not isinstance(node.value, str) or _PLAIN.match(node.value):
            continue
        wrong = problem(f"^(?:{node.value})$") if node.value else None
        if wrong is not None:
            raise MergeRefused(f"`{name}: {node.value}` is no regular expression: {wrong}", node)
    for name in ("labelSelector", "annotationSelector"):
        node = selector.get(name) if selector is not None else None
        try:
            parse(str(node.value or "") if node is not None else "")
        except SelectorError as error:
            raise MergeRefused(f"`{name}: {node and node.value}` is no selector: {error}", node) from None


def _labels_fit(selector: str, labels: RNode | None) -> bool:
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
        ids = resource.ids
        now, first = ids[-1], ids[0]
        name, namespace = text.get("name", ""), text.get("namespace", "")
        if (
            (_fits(name, first.name) or _fits(name, now.name))
            and kind_fits(text, now)
            and (_fits(namespace, first.effective_namespace) or _fits(namespace, now.effective_namespace))
            and labels_fit(text, resource.root)
        ):
            found.append(resource)
    return found


def one_name(target: dict[str, Any]) -> str | None:
    """The only name that a target can mean; None where it may be any or several."""
    name = target.get("name")
    return name if isinstance(name, str) and _PLAIN.match(name) else None


def kind_fits(text: dict[str, str], id: Id) -> bool:
    """Whether group, version and kind of a selector match, as regular expressions."""
    return (
        _fits(text.get("group", ""), id.group)
        and _fits(text.get("version", ""), id.version)
        and _fits(text.get("kind", ""), id.kind)
    )


def labels_fit(text: dict[str, str], root: RNode) -> bool:
    """Whether the selectors of labels and annotations match."""
    return _labels_fit(text.get("labelSelector", ""), root.at("metadata", "labels")) and _labels_fit(
        text.get("annotationSelector", ""), root.at("metadata", "annotations")
    )


def id_is(text: dict[str, str], id: Id) -> bool:
    """Whether the selector of a replacement's source, or of a var, means an id. Follows ResId.IsSelectedBy."""
    namespace = text.get("namespace", "")
    return (not namespace or namespace == (id.namespace or "default")) and all(
        not text.get(name) or text[name] == own
        for name, own in (("group", id.group), ("version", id.version), ("kind", id.kind), ("name", id.name))
    )


def id_fits(text: dict[str, str], id: Id) -> bool:
    """Whether the selector of a replacement's target means an id, by regular expressions. Follows TargetSelectorRegex."""
    namespace = text.get("namespace", "")
    return (
        _fits(text.get("name", ""), id.name)
        and kind_fits(text, id)
        and (not namespace or (_fits(namespace, id.namespace)))
    )
