"""Replacements and vars: values that are copied from one object to others. Follows api/filters/replacement and refvar."""

from __future__ import annotations

import re
from typing import Any

from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.fields import fresh, visit
from kubetrial.lint.build.kustomize.merge import Refused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, Node, made, word
from kubetrial.lint.build.kustomize.resource import Resource, id_fits, labels_fit

_RULE = "kustomization-replacement-unmatched"
_MOST_ITEMS = 1000


def split_path(path: str) -> list[str]:
    """A path with dots: `a.b\\.c.[name=x.y].d`; dots in brackets and escaped dots belong to their part."""
    parts, part, depth, index = [], "", 0, 0
    while index < len(path):
        sign = path[index]
        if sign == "\\" and path[index + 1 : index + 2] == ".":
            part, index = part + ".", index + 2
            continue
        depth += (sign == "[") - (sign == "]")
        if sign == "." and depth <= 0:
            parts.append(part)
            part = ""
        else:
            part += sign
        index += 1
    return [each for each in [*parts, part] if each]


def replace(resources: list[Resource], replacement: Node) -> None:
    """Apply one replacement; raises Refused."""
    source, targets = replacement.get("source"), replacement.get("targets")
    given = replacement.get("sourceValue")
    if (source is None and given is None) or targets is None:
        raise Refused("a replacement needs a source and at least one target", replacement)
    value = given if given is not None else _source(resources, source or replacement)
    for target in targets.items():
        _apply(resources, value, target)


def _selector(node: Node | None) -> dict[str, str]:
    found = node.plain() if node is not None and node.kind is MAPPING else {}
    return {name: str(value) for name, value in found.items() if value is not None}


def _source(resources: list[Resource], source: Node) -> Node:
    text = _selector(source)
    matches = [one for one in resources if any(id_fits(text, id, regular=False) for id in one.ids)]
    shown = " ".join(text[name] for name in ("kind", "namespace", "name") if name in text)
    if len(matches) != 1:
        how = "means several objects" if matches else "means no object of this kustomization"
        raise Refused(f"the source `{shown}` of a replacement {how}", source, _RULE)
    path = text.get("fieldPath") or "metadata.name"
    found = find(matches[0].root, split_path(path), None, source)
    if not found or found[0][0].is_null():
        raise Refused(f"the field `{path}` of the replacement's source `{shown}` is missing", source, _RULE)
    value = found[0][0]
    options = source.get("options")
    delimiter = options.get("delimiter") if options is not None else None
    if delimiter is None or not delimiter.value:
        return value
    pieces = _shown(value).split(str(delimiter.value))
    index = _number(options)
    if value.kind is not SCALAR or not 0 <= index < len(pieces):
        raise Refused(f"`options.index` {index} is beyond the parts of `{_shown(value)}`", source, _RULE)
    new = value.copy()
    new.value = pieces[index]
    return new


def _number(options: Node | None) -> int:
    found = options.get("index") if options is not None else None
    return found.value if found is not None and isinstance(found.value, int) else 0


def _shown(node: Node) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "" if node.value is None else str(node.value)


def _apply(resources: list[Resource], value: Node, target: Node) -> None:
    select = target.get("select")
    if select is None:
        raise Refused("a replacement's target needs `select`", target)
    wanted = _selector(select)
    rejected = [_selector(node) for node in (target.get("reject") or Node(LIST, [])).items()]
    paths = (target.get("fieldPaths") or Node(LIST, [])).items() or [made("metadata.name", target)]
    options = target.get("options")
    for one in resources:
        ids = one.ids
        if not labels_fit(wanted, one.root) or not any(id_fits(wanted, id, regular=True) for id in ids):
            continue
        if any(_is_rejected(one, each) for each in rejected):
            continue
        for path in paths:
            _write(one, value, path, options)


def _is_rejected(one: Resource, text: dict[str, str]) -> bool:
    if text.get("labelSelector") or text.get("annotationSelector"):
        return labels_fit(text, one.root)
    return any(id_fits(text, id, regular=True) for id in one.ids)


def _write(one: Resource, value: Node, path: Node, options: Node | None) -> None:
    create = options.get("create") if options is not None else None
    kind = value.kind if create is not None and create.value is True else None
    found = find(one.root, split_path(str(path.value)), kind, path)
    if not found:
        what = "cannot be made" if kind else "is not there"
        raise Refused(
            f"the field `{path.value}` of {one.id} {what}, so that the replacement cannot write it",
            path,
            _RULE,
            "name a field that is there, or write `options: {create: true}`",
        )
    for node, holder, key in found:
        _set(node, holder, key, value, options, path)


def _set(node: Node, holder: Node | None, key: str | int, value: Node, options: Node | None, path: Node) -> None:
    delimiter = options.get("delimiter") if options is not None else None
    new = value.copy()
    if delimiter is not None and delimiter.value:
        if node.kind is not SCALAR:
            raise Refused("`options.delimiter` is for texts only", path, _RULE)
        pieces, index = _shown(node).split(str(delimiter.value)), _number(options)
        if index < 0:
            pieces.insert(0, _shown(value))
        elif index >= len(pieces):
            pieces.append(_shown(value))
        else:
            pieces[index] = _shown(value)
        new.value = str(delimiter.value).join(pieces)
    if node.kind is SCALAR and new.kind is SCALAR:
        text = _shown(new)
        was_text = isinstance(node.value, str)
        new.value = text if was_text else word(text)
    new.key = node.key
    new.said_by(path, "the replacement")
    if holder is not None:
        holder.value[key] = new


Found = tuple[Node, "Node | None", "str | int"]


def find(root: Node, path: list[str], create: str | None, source: Node) -> list[Found]:
    """The nodes at a path with who holds them; `*` means all, `[name=x]` items of lists. Follows yaml.PathMatcher."""
    found: list[Found] = [(root, None, "")]
    for index, part in enumerate(path):
        last = index == len(path) - 1
        following = path[index + 1] if not last else ""
        wanted = create
        if not last and create is not None:
            named = following.startswith("[") and "=" in following  # `[name=x]`, not `[a.name/with.dots]`
            wanted = LIST if following.isdigit() or named or following == "-" else MAPPING
        found = [each for node, _, _ in found for each in _step(node, part, wanted, source)]
    return found


def _step(node: Node, part: str, create: str | None, source: Node) -> list[Found]:
    match = re.fullmatch(r"\[([^=\]]*)=(.*)\]", part, re.S)
    if node.kind is LIST:
        return _step_list(node, part, match, create, source)
    if node.kind is not MAPPING:
        return []
    if part == "*":
        return [(inner, node, name) for name, inner in node.value.items()]
    name = part[1:-1] if part.startswith("[") and part.endswith("]") else part
    inner = node.get(name)
    if (inner is None or (inner.is_null() and create is not SCALAR)) and create is not None:
        inner = node.value[name] = fresh(create, source)
    return [(inner, node, name)] if inner is not None else []


def _step_list(node: Node, part: str, match: re.Match[str] | None, create: str | None, source: Node) -> list[Found]:
    if part == "*":
        return [(item, node, index) for index, item in enumerate(node.value)]
    if match is not None:
        name, wanted = match.groups()
        found: list[Found] = [
            (item, node, index)
            for index, item in enumerate(node.value)
            if _shown(item.get(name) or Node(SCALAR, None) if name else item) == wanted
        ]
        if not found and create is not None:
            item = made({name: word(wanted)} if name else word(wanted), source)
            node.value.append(item)
            found = [(item, node, len(node.value) - 1)]
        return found
    if part == "-" and create is not None:
        node.value.append(fresh(create, source))
        return [(node.value[-1], node, len(node.value) - 1)]
    if part.isdigit() and len(part) < 6:
        index = int(part)
        if index == len(node.value) < _MOST_ITEMS and create is not None:
            node.value.append(fresh(create, source))
        if index < len(node.value):
            return [(node.value[index], node, index)]
        return []
    return [each for item in node.value for each in _step(item, part, create, source)]


_VARIABLE = re.compile(r"\$(\$|\(([^()]*)\))")


def resolve_vars(resources: list[Resource], variables: dict[str, Any], specs: tuple[FieldSpec, ...]) -> None:
    """Put the values of vars where `$(NAME)` stands."""
    if not variables:
        return
    for one in resources:
        id = one.first_id
        for spec in specs:
            if spec.selects(*id[:3]):
                visit(one.root, spec, lambda node, holder, key: _expand(node, holder, key, variables))


def _expand(node: Node, holder: Node | None, key: str | int, variables: dict[str, Any]) -> None:
    if node.kind is LIST or node.kind is MAPPING:
        for name, inner in list(enumerate(node.value) if node.kind is LIST else node.value.items()):
            if inner.kind is SCALAR:
                _expand(inner, node, name, variables)
        return
    text = node.value
    if not isinstance(text, str) or "$(" not in text or holder is None:
        return
    whole = re.fullmatch(r"\$\(([^()]*)\)", text)
    if whole and whole[1] in variables:
        value: Any = variables[whole[1]]
    else:

        def one(match: re.Match[str]) -> str:
            if match[1] == "$":
                return "$"
            return str(variables[match[2]]) if match[2] in variables else match[0]

        value = _VARIABLE.sub(one, text)
    if value != text:
        holder.value[key] = made(value, node)
