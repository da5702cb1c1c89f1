"""A value that knows its place: what rules look at and point to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from kubetrial.lint.values.records import dataclass, replace

if TYPE_CHECKING:
    from kubetrial.lint.values.places import Fix, Range
    from kubetrial.lint.yaml.document import Document
    from kubetrial.lint.yaml.place import Place

N = TypeVar("N", bound="Node")


class Node:
    """A value in a document: `node["spec"]["replicas"]`; a missing field is a Node too, and so is a null one.

    `value` is plain data (None when the field is missing or null, which Kubernetes treats alike). Nodes are cheap and made
    on the way; line and column are worked out only when a finding needs them.
    """

    __slots__ = ("_steps", "document", "key", "parent", "value")

    schema = ""
    """Of a subclass: the type of the catalogue that it is a view of, such as `core.v1.Container`."""

    def __init__(self, document: Document, parent: Node | None, key: str | int, value: Any) -> None:
        self.document = document
        self.parent = parent
        self.key = key
        self.value = value

    def __getitem__(self, key: str | int) -> Node:
        """The field or item; where there is none, a Node that is not present."""
        value = self.value
        if value.__class__ is dict:
            return Node(self.document, self, key, value.get(key))
        if value.__class__ is list and isinstance(key, int) and -len(value) <= key < len(value):
            return Node(self.document, self, key, value[key])
        return Node(self.document, self, key, None)

    def at(self, *path: str | int) -> Node:
        """`node.at("spec", "template", "spec")` is `node["spec"]["template"]["spec"]`."""
        node = self
        for key in path:
            node = node[key]
        return node

    def view(self, cls: type[N], *path: str | int) -> N:
        """The node at a path as a view of another class."""
        node = self.at(*path)
        return cls(node.document, node.parent, node.key, node.value)

    @property
    def present(self) -> bool:
        """Whether the manifest sets the field (null counts as not set)."""
        return self.value is not None

    def get(self, key: str, default: Any = None) -> Any:
        """The plain value of a field, or the default where the field is missing, null, or this is no mapping."""
        if self.value.__class__ is dict:
            value = self.value.get(key)
            return default if value is None else value
        return default

    def mapping(self) -> Mapping[str, Any]:
        """The value as a mapping; empty where it is none."""
        return self.value if self.value.__class__ is dict else {}

    def items(self) -> Iterator[Node]:
        """The items of a list as nodes; nothing where it is none."""
        if self.value.__class__ is list:
            for index, value in enumerate(self.value):
                yield Node(self.document, self, index, value)

    def fields(self) -> Iterator[Node]:
        """The fields of a mapping as nodes."""
        if self.value.__class__ is dict:
            for key, value in self.value.items():
                yield Node(self.document, self, key, value)

    def views(self, cls: type[N], *path: str | int) -> Iterator[N]:
        """The items of the list at a path, each as a view of the class."""
        node = self.at(*path) if path else self
        if node.value.__class__ is list:
            for index, value in enumerate(node.value):
                yield cls(node.document, node, index, value)

    def up(self, cls: type[N]) -> N | None:
        """The nearest enclosing node that is such a view (this one included)."""
        node: Node | None = self
        while node is not None:
            if isinstance(node, cls):
                return node
            node = node.parent
        return None

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The path from the object as keys and indexes; of a value with a finding it is asked for ten times, and of most never."""
        try:
            return self._steps
        except AttributeError:
            found: list[str | int] = []
            node = self
            while node.parent is not None:
                found.append(node.key)
                node = node.parent
            self._steps: tuple[str | int, ...] = tuple(reversed(found))
            return self._steps

    @property
    def root(self) -> Node:
        """The object that holds this value."""
        node = self
        while node.parent is not None:
            node = node.parent
        return node

    @property
    def path(self) -> str:
        """The path as the API server writes it: `spec.template.spec.containers[0].name`."""
        text = ""
        for key in self.steps:
            if key.__class__ is int:
                text += f"[{key}]"
            elif self._is_plain(str(key)):
                text += f".{key}" if text else str(key)
            else:
                text += f"[{key}]"
        return text

    @staticmethod
    def _is_plain(key: str) -> bool:
        """Whether a key is a field's name and not the key of a map such as `app.kubernetes.io/name`."""
        return key.isalnum() or key.startswith("$") or key.replace("-", "").replace("_", "").isalnum()

    def found(
        self,
        message: str,
        *,
        help: str = "",
        consequence: str = "",
        key: bool = False,
        related: tuple[tuple[str, Node], ...] = (),
        trace: tuple[str, ...] = (),
        fix: Fix | None = None,
        path: str = "",
        level: str = "",
    ) -> Found:
        """A finding at this node: at its value, or with `key=True` at its key; a missing field stands at its parent.

        `path` overrides the field that is named, where the API server names another one than the place that is shown.
        """
        return Found(self, message, help, consequence, key, related, trace, fix, path, level)


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule yields: the engine adds the rule's name, category, and the place in the file."""

    node: Node
    message: str
    help: str = ""
    consequence: str = ""
    key: bool = False
    related: tuple[tuple[str, Node], ...] = ()
    trace: tuple[str, ...] = ()
    fix: Fix | None = None
    path: str = ""
    level: str = ""
    rule: str = ""  # set by the schema check, which speaks for several rules
    each: tuple[Found, ...] = ()  # the same said of each value, where this is said of several at once

    def by(self, rule: str) -> Found:
        """The same, said by that rule."""
        if self.rule == rule:
            return self
        # As `replace` does, which looks at each field: everything that is found comes through here.
        return Found(
            self.node, self.message, self.help, self.consequence, self.key, self.related, self.trace, self.fix,
            self.path, self.level, rule, self.each,
        )  # fmt: skip

    def of_each(self, *each: Found) -> Found:
        """The same, and how it is said of each value alone, for an ignore that is meant for one of them."""
        return replace(self, each=each)

    def range(self) -> Range:
        """The place in the file."""
        return place_of(self.node, self.key)


def path_of(node: Node) -> tuple[str | int, ...]:
    """The path of a node in its document; that of an object in a List begins inside of the List."""
    prefix = node.root.key
    return (*prefix, *node.steps) if isinstance(prefix, tuple) else node.steps


def file_of(node: Node, key: bool = False) -> str:
    """The file in which a node (or its key) stands; of a built object, that of the source which wrote it."""
    if not node.document.has_sources:
        return node.document.file
    place, exact = _place(node)
    return node.document.file_of(place, key or not exact)


def _place(node: Node) -> tuple[Place, bool]:
    return node.document.find(path_of(node))


def place_of(node: Node, key: bool = False) -> Range:
    """The range of a node's value, or of its key; of a missing field, of the nearest parent's key."""
    quick = node.document.range_in_lines(path_of(node), key)
    if quick is not None:
        return quick
    place, exact = _place(node)
    if exact and not key:
        return node.document.value_range(place)
    return node.document.key_range(place)


Findings = Iterator[Found]
"""What `check` of a rule returns."""
