"""Vars: values that are written where `$(NAME)` stands. Follows ResAccumulator's vars and api/filters/refvar."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.fields import visit
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, made, written
from kubetrial.lint.build.kustomize.paths import UNMATCHED, lookup, split_path, with_indexes
from kubetrial.lint.build.kustomize.resource import Id
from kubetrial.lint.build.kustomize.state import ResAccumulator, Var
from kubetrial.lint.build.kustomize.types import as_text


def variable(entry: RNode) -> Var:
    """An entry of `vars`; raises Refused."""
    name, target, reference = entry.get("name"), entry.get("objref"), entry.get("fieldref")
    if target is None or target.kind is not MAPPING:
        raise MergeRefused("a var needs `name` and `objref`", entry)
    text = {key: str(node.value) for key, node in target.value.items() if node.value}
    api = text.get("apiVersion", "")
    if api:
        text["group"], _, text["version"] = api.rpartition("/")
    group, version, kind, namespace, named = (
        text.get(key, "") for key in ("group", "version", "kind", "namespace", "name")
    )
    id = Id(group, version, kind, namespace, named)
    path = reference.get("fieldPath") if reference is not None else None
    wanted = str(path.value) if path is not None and path.value else "metadata.name"
    return Var(str(name.value) if name is not None else "", id, wanted, entry)


def mark(state: ResAccumulator, new: Var) -> None:
    """Note at its object that a var names it; raises Refused where several may be meant."""
    id = new.id
    found = [
        one
        for one in state.named(id.name)
        if any(each[:3] == id[:3] and each.name == id.name and _in(id, each) for each in one.ids)
    ]
    if len(found) > 1:
        several = ", ".join(str(one.id) for one in found)
        raise MergeRefused(f"the var `{new.name}` may mean several objects: {several}", new.node, UNMATCHED)
    for one in found:
        one.vars.append(new.name)


def _in(wanted: Id, id: Id) -> bool:
    return not wanted.namespace or wanted.namespace == id.effective_namespace


def resolve(state: ResAccumulator) -> None:
    """Write the values of all vars where they stand; raises Refused."""
    found = {name: _value(state, each) for name, each in sorted(state.variables.items())}
    # A mapping or list cannot stand in a text: kustomize leaves the word of its var.
    values = {
        name: _as_written(node) if node.is_null() else node.value for name, node in found.items() if node.kind is SCALAR
    }
    if not values:
        return
    for one in state.resources:
        first = one.first_id
        for spec in state.settings.of("varReference"):
            if spec.selects(*first[:3]):
                visit(one.root, FieldSpec(spec.path), lambda node, holder, key: _write(node, holder, key, values))


def _value(state: ResAccumulator, each: Var) -> RNode:
    holder = next((one for one in state.resources if each.name in one.vars), None)
    if holder is None:
        raise MergeRefused(
            f"the var `{each.name}` means no object of this kustomization",
            each.node,
            UNMATCHED,
            "write `apiVersion`, `kind` and `name` of `objref` as the object has them",
        )
    found = lookup(holder.root, with_indexes(split_path(each.path)), each.node)
    if found is None:
        raise MergeRefused(
            f"the field `{each.path}` of {holder.id} is missing, which a var names", each.node, UNMATCHED
        )
    return found


def _as_written(null: RNode) -> str:
    return "" if null.is_empty() else written(null)


def _write(node: RNode, holder: RNode | None, key: str | int, values: dict[str, Any]) -> None:
    """Fill in a text, the texts of a mapping, or those of a list."""
    if node.kind is SCALAR:
        if holder is not None:
            _expand(node, holder, key, values)
        return
    for name, inner in list(enumerate(node.value) if node.kind is LIST else node.value.items()):
        if isinstance(inner.value, str):
            _expand(inner, node, name, values)
        elif node.kind is LIST:
            raise MergeRefused("kustomize fills in vars in lists of texts only", inner)


def _expand(node: RNode, holder: RNode, key: str | int, values: dict[str, Any]) -> None:
    if not isinstance(node.value, str) or "$" not in node.value:
        return
    new = _filled(node.value, values)
    if new.__class__ is not str or new != node.value:
        holder.value[key] = made(new, node)


def _filled(text: str, values: dict[str, Any]) -> Any:
    """The text with its vars; what is one var alone keeps the type of its value. Follows refvar.DoReplacements."""
    parts, begin, at = [], 0, 0
    while at < len(text) - 1:
        if text[at] != "$":
            at += 1
            continue
        parts.append(text[begin:at])
        sign, close = text[at + 1], text.find(")", at + 2)
        if sign == "(" and close >= 0:
            name = text[at + 2 : close]
            known = name in values
            if known and text == f"$({name})":
                return values[name]
            parts.append(as_text(values[name]) if known else f"$({name})")
            at = close + 1
        else:
            parts.append("$" if sign == "$" else "$" + sign)
            at += 2
        begin = at
    return "".join(parts) + text[begin:]
