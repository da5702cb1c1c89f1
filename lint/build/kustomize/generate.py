"""ConfigMaps and Secrets that generators make. Follows api/internal/generators and api/kv."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, Iterator

from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, shown
from kubetrial.lint.build.kustomize.resource import Resource
from kubetrial.lint.build.kustomize.state import ResAccumulator

Load = Callable[[str, RNode], bytes]
"""The bytes of a file that a kustomization names at a node; raises Refused."""

_LINE = 70
_BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def generate(kind: str, args: RNode, options: RNode | None, load: Load) -> Resource:
    """The object of one entry of configMapGenerator or secretGenerator; `options` are the kustomization's generatorOptions."""
    name = args.get("name")
    if name is None or not name.value:
        raise MergeRefused(f"a generator of a {kind} needs a `name`", args)
    root = made({"apiVersion": "v1", "kind": kind, "metadata": {"name": str(name.value)}}, args)
    metadata = root.value["metadata"]
    metadata.value["name"] = made(str(name.value), name)
    namespace = args.get("namespace")
    if namespace is not None and namespace.value:
        metadata.value["namespace"] = made(str(namespace.value), namespace)
    if kind == "Secret":
        given = args.get("type")
        root.value["type"] = made(str(given.value) if given is not None and given.value else "Opaque", given or args)
        root.value["data"] = RNode(MAPPING, {}, args.text, args.start, args.end)
    seen: dict[str, RNode] = {}
    for key, data, source in _pairs(args, load):
        if key in seen:
            raise MergeRefused(f"the {kind} `{name.value}` gets the key `{key}` twice", source)
        seen[key] = source
        field, value = _field(kind, data)
        holder = root.value.setdefault(field, RNode(MAPPING, {}, args.text, args.start, args.end))
        holder.value[key] = made(value, source)
    own = args.get("options")
    for field in ("labels", "annotations"):
        pairs = {**_pairs_of(options, field), **_pairs_of(own, field)}
        if pairs:
            metadata.value[field] = RNode(MAPPING, pairs, args.text, args.start, args.end)
    if _flag(own, options, "immutable"):
        root.value["immutable"] = made(True, own or options)
    found = Resource(root)
    found.hashed = not _flag(own, options, "disableNameSuffixHash")
    behavior = args.get("behavior")
    found.behavior = str(behavior.value) if behavior is not None and behavior.value else "create"
    return found


def _flag(own: RNode | None, options: RNode | None, name: str) -> bool:
    return any(one is not None and (at := one.get(name)) is not None and at.value is True for one in (own, options))


def _pairs_of(options: RNode | None, field: str) -> dict[str, RNode]:
    found = options.get(field) if options is not None else None
    return (
        {name: node.copy() for name, node in found.value.items()} if found is not None and found.kind is MAPPING else {}
    )


def _field(kind: str, data: bytes) -> tuple[str, str]:
    """Where a value is kept and how: text as it stands, other bytes and secrets in base64, long ones in lines."""
    if kind == "ConfigMap":
        try:
            return "data", data.decode("utf-8")
        except UnicodeDecodeError:
            return "binaryData", _base64(data)
    return "data", _base64(data)


def _base64(data: bytes) -> str:
    text = base64.b64encode(data).decode("ascii")
    if len(text) < _LINE:
        return text
    return "".join(text[at : at + _LINE] + "\n" for at in range(0, len(text), _LINE))


def _items(args: RNode, name: str) -> list[RNode]:
    return (args.get(name) or RNode(LIST, [])).items()


def _pairs(args: RNode, load: Load) -> list[tuple[str, bytes, RNode]]:
    """(key, value, node) of the entry's sources, in the order in which kustomize reads them."""
    found: list[tuple[str, bytes, RNode]] = []
    single = args.get("env")
    for node in [*_items(args, "envs"), *([single] if single is not None and single.value else [])]:
        found += _lines(load(str(node.value), node), node)
    for node in _items(args, "literals"):
        key, sign, value = str(node.value).partition("=")
        if not sign or not key:
            raise MergeRefused(f"the literal `{node.value}` is not written as `key=value`", node)
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found.append((key, value.encode("utf-8", "surrogatepass"), node))
    for node in _items(args, "files"):
        key, sign, path = str(node.value).partition("=")
        if not sign:
            key, path = posixpath.basename(key), key
        elif not key or not path or "=" in path:
            raise MergeRefused(f"the file `{node.value}` is not written as `path` or `key=path`", node)
        found.append((key, load(path, node), node))
    return found


def _lines(data: bytes, node: RNode) -> Iterator[tuple[str, bytes, RNode]]:
    """The pairs of an env file."""
    for row in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        try:
            line = row.decode("utf-8").removesuffix("\r").lstrip(_BLANKS)
        except UnicodeDecodeError:
            raise MergeRefused(f"`{node.value}` has bytes that are no UTF-8", node) from None
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            yield key, value.encode(), node


def absorb(state: ResAccumulator, new: Resource, source: RNode) -> None:
    """Add a generated object, or merge it into the one of a base, as its `behavior` says; raises Refused."""
    id = new.id
    matches = state.of_id(id)
    if not matches:
        if new.behavior in ("merge", "replace"):
            near = [str(one.id) for one in state.resources if one.id.kind == id.kind][:5]
            raise MergeRefused(
                f"the generator of {id} has `behavior: {new.behavior}`, and no base has such an object",
                source,
                "kustomization-patch-unmatched",
                f"its bases have: {', '.join(near)}" if near else "",
            )
        state.append(new, source)
        return
    old = matches[0]
    if len(matches) > 1 or new.behavior not in ("merge", "replace"):
        raise MergeRefused(
            f"the generator makes {id}, which is there already",
            source,
            "kustomization-id-twice",
            "write `behavior: merge` or `behavior: replace`, or another name",
        )
    _under(old.root, new.root, ("metadata", "labels"))
    _under(old.root, new.root, ("metadata", "annotations"))
    if new.behavior == "merge":
        _encode_texts(old.root)
        _under(old.root, new.root, ("data",))
        _under(old.root, new.root, ("binaryData",))
    merged = new.root
    for name in ("name", "namespace"):
        found = old.root.at("metadata", name)
        merged.value["metadata"].value.pop(name, None)
        if found is not None:
            merged.value["metadata"].value[name] = found
    old.node = merged
    old.hashed = old.hashed and new.hashed
    if new.behavior == "replace" or not old.made_by:
        old.made_by = new.made_by


def _encode_texts(root: RNode) -> None:
    """`stringData` of a Secret as `data`, as the API server keeps it; a generator is merged into that."""
    texts = root.value.pop("stringData", None) if root.get("kind") and root.value["kind"].value == "Secret" else None
    if texts is None or texts.kind is not MAPPING:
        return
    data = root.get("data")
    if data is None or data.kind is not MAPPING:
        data = root.value["data"] = RNode(MAPPING, {}, texts.text, texts.start, texts.end)
    for key, node in texts.value.items():
        if node.kind is not SCALAR:
            raise MergeRefused(f"`stringData.{key}` is no text", node)
        data.value[key] = made(_base64(shown(node).encode("utf-8", "surrogatepass")), node)


def _under(old: RNode, new: RNode, path: tuple[str, ...]) -> None:
    before = old.at(*path)
    if before is None or before.kind is not MAPPING:
        return
    after = new.at(*path)
    holder = new.at(*path[:-1]) if len(path) > 1 else new
    if holder is None:
        return
    if after is None or after.kind is not MAPPING:
        holder.value[path[-1]] = before
    else:
        after.value = {**before.value, **after.value}
