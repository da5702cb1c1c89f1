"""Writing fields by their path, as the field specs of kustomize say. Follows api/filters/fieldspec."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode

Setter = Callable[[RNode, "RNode | None", "str | int"], None]
"""Called with the node, the mapping or list that holds it, and its key there."""


def split(path: str, sign: str = "/") -> list[str]:
    """The parts of a path; an escaped sign belongs to its part, one at the begin is left out. Follows utils.PathSplitter."""
    pieces = path.split(sign)
    if len(pieces) > 1 and not pieces[0]:
        del pieces[0]
    parts = pieces[:1]
    for piece in pieces[1:]:
        if parts[-1].endswith("\\"):
            parts[-1] = parts[-1][:-1] + sign + piece
        else:
            parts.append(piece)
    return parts


def visit(root: RNode, spec: FieldSpec, setter: Setter, create: str | None = None, source: RNode | None = None) -> None:
    """Call `setter` at every place of the field; with `create` (a kind of node) and a spec that allows it, make it first."""
    _visit(root, split(spec.path), spec, setter, create, source, None, "")


def _visit(
    node: RNode,
    path: list[str],
    spec: FieldSpec,
    setter: Setter,
    create: str | None,
    source: RNode | None,
    parent: RNode | None,
    key: str | int,
) -> None:
    if not path:
        setter(node, parent, key)
        return
    if node.is_null():
        return
    if node.kind is LIST:
        for index, item in enumerate(list(node.value)):
            _visit(item, path, spec, setter, create, source, node, index)
        return
    if node.kind is not MAPPING:
        raise MergeRefused(f"the field `{spec.path}` goes through a text or number", node)
    name = path[0].removesuffix("[]")
    if not name or name in ("*", "-") or name.isdigit():
        raise MergeRefused(
            f"the field `{spec.path}` has `{name}` between its slashes, which is no name of a field", source
        )
    is_list = path[0].endswith("[]")
    makes = spec.create and create is not None and not is_list
    kind = create if len(path) == 1 else MAPPING
    inner = node.get(name)
    if inner is None:
        if not makes:
            return
        inner = fresh(kind or MAPPING, source)
        node.value[name] = inner
    elif inner.is_null() and (makes or is_list) and kind is not SCALAR:
        inner = fresh(LIST if is_list else kind or MAPPING, source)
        node.value[name] = inner
    _visit(inner, path[1:], spec, setter, create, source, node, name)


def fresh(kind: str, source: RNode | None) -> RNode:
    """A new empty node that stands where `source` stands."""
    node = RNode(kind, {} if kind is MAPPING else [] if kind is LIST else None)
    if source is not None:
        node.text, node.start, node.end, node.key = source.text, source.start, source.end, source.key
    return node


def write(node: RNode, value: object, source: RNode | None, role: str) -> None:
    """Give a scalar another value, which `source` wrote."""
    node.kind = SCALAR
    node.value = value
    node.style = '"'
    if source is not None:
        node.said_by(source, role)


def apply(root: RNode, specs: Iterable[FieldSpec], setter: Setter, create: str | None, source: RNode | None) -> None:
    """`visit` for all specs that select the object."""
    group, version, kind = kind_of(root)
    for spec in specs:
        if spec.selects(group, version, kind):
            visit(root, spec, setter, create, source)


def kind_of(root: RNode) -> tuple[str, str, str]:
    """Group, version and kind of an object."""
    api_version, kind = root.get("apiVersion"), root.get("kind")
    text = str(api_version.value) if api_version is not None else ""
    group, _, version = text.rpartition("/")
    return group, version, str(kind.value) if kind is not None else ""
