"""Replacements: values that are copied from one object to others. Follows api/filters/replacement."""

from __future__ import annotations

from kubetrial.lint.build.kustomize.merge import MergeRefused, copied, did_you_mean
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, items_of, made, shown, word
from kubetrial.lint.build.kustomize.paths import UNMATCHED, lookup, match, split_path
from kubetrial.lint.build.kustomize.reading import Reader
from kubetrial.lint.build.kustomize.resource import (
    Resource,
    check_selector,
    id_fits,
    id_is,
    kept_in_annotations,
    labels_fit,
    one_name,
    take_from_annotations,
)
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.kustomize.structured import Inside, inside_of
from kubetrial.lint.build.kustomize.types import REPLACEMENT, conform


def entry(run: Reader, given: RNode, folder: str, state: ResAccumulator) -> None:
    """One entry of `replacements:`, or all of the file that it names."""
    path = given.get("path")
    if path is None or not path.value:
        if not items_of(given, "targets"):
            raise MergeRefused("a replacement needs a source and at least one target", given)
        replace(run, state, given)
        return
    if given.get("source") is not None or given.get("targets") is not None:
        raise MergeRefused("a replacement has either a `path` or its own `source` and `targets`", given)
    for document in run.documents(run.file(folder, str(path.value), path), path, old_words=True)[:1]:
        for each in document.items() if document.kind is LIST else [document]:
            new = each.copy()
            conform(new, REPLACEMENT, "replacements", "a replacement", strict=False)
            replace(run, state, new)


def replace(run: Reader, state: ResAccumulator, replacement: RNode) -> None:
    """Apply one replacement; raises MergeRefused."""
    source, targets = replacement.get("source"), replacement.get("targets")
    given = replacement.get("sourceValue")
    given = given if given is not None and not given.is_null() else None
    if (source is None and given is None) or targets is None or targets.kind is not LIST:
        raise MergeRefused("a replacement needs a source and at least one target", replacement)
    if source is not None and given is not None:
        raise MergeRefused("a replacement has either `source` or `sourceValue`", given)
    value = given if given is not None else _source(run, state, source or replacement)
    for target in targets.items():
        _apply(run, state, value, target)


def _selector(node: RNode | None) -> dict[str, str]:
    found = node.value if node is not None and node.kind is MAPPING else {}
    return {name: str(inner.value) for name, inner in found.items() if inner.kind is SCALAR and inner.value is not None}


def _source(run: Reader, state: ResAccumulator, source: RNode) -> RNode:
    text = _selector(source)
    candidates = state.named(text["name"]) if text.get("name") else state.resources
    run.spend(len(candidates), source)
    matches = [one for one in candidates if any(id_is(text, id) for id in one.ids)]
    words = " ".join(text[name] for name in ("kind", "namespace", "name") if name in text)
    if len(matches) != 1:
        how = "means several objects" if matches else "means no object of this kustomization"
        same = (one.id.name for one in state.resources if text.get("kind", one.id.kind) == one.id.kind)
        help = did_you_mean(text.get("name", ""), same) if not matches else "name its kind, its name and its namespace"
        raise MergeRefused(f"the source `{words}` of a replacement {how}", source, UNMATCHED, help)
    path = text.get("fieldPath") or "metadata.name"
    value = _with_kept(matches[0], split_path(path), lookup(matches[0].root, split_path(path), source), source)
    if value is None or value.is_null() or value.value in ({}, []):
        help = _near_field(matches[0].root, split_path(path))
        raise MergeRefused(
            f"the field `{path}` of the replacement's source `{words}` is missing", source, UNMATCHED, help
        )
    options = source.get("options")
    delimiter = _delimiter(options)
    if not delimiter:
        return value
    if value.kind is not SCALAR:
        raise MergeRefused("`options.delimiter` is for texts only", source, UNMATCHED)
    pieces, index = shown(value).split(delimiter), _number(options)
    if not 0 <= index < len(pieces):
        raise MergeRefused(f"`options.index` {index} is beyond the parts of `{shown(value)}`", source, UNMATCHED)
    new = value.apart()
    new.value, new.style = pieces[index], '"'
    return new


def _with_kept(one: Resource, path: list[str], value: RNode | None, source: RNode) -> RNode | None:
    """The metadata or annotations of an object with the annotations in which kustomize keeps what it knows of it."""
    if path not in (["metadata"], ["metadata", "annotations"]):
        return value
    kept = kept_in_annotations(one)
    if not kept or (value is not None and value.kind is not MAPPING):
        return value
    value = value.apart() if value is not None else made({}, source)
    inside = value if len(path) > 1 else value.get("annotations")
    if inside is None or inside.kind is not MAPPING:
        inside = value.value["annotations"] = made({}, source)
    inside.value |= {name: made(text, source) for name, text in kept.items()}
    return value


def _near_field(root: RNode, parts: list[str]) -> str:
    """What may have been meant by the first part of a path that is not there."""
    node: RNode | None = root
    for part in parts:
        if node is None or node.kind is not MAPPING:
            return ""
        if part not in node.value:
            return did_you_mean(part, node.value)
        node = node.get(part)
    return ""


def _delimiter(options: RNode | None) -> str:
    found = options.get("delimiter") if options is not None else None
    return str(found.value) if found is not None and found.value else ""


def _number(options: RNode | None) -> int:
    found = options.get("index") if options is not None else None
    return int(found.value) if found is not None and isinstance(found.value, (int, float)) else 0


def _apply(run: Reader, state: ResAccumulator, value: RNode, target: RNode) -> None:
    select = target.get("select")
    if select is None or select.kind is not MAPPING:
        raise MergeRefused("a replacement's target needs `select`", target)
    rejects = (target.get("reject") or RNode(LIST, [])).items()
    for each in (select, *rejects):
        check_selector(each)
    wanted = _selector(select)
    rejected = [_selector(node) for node in rejects]
    paths = (target.get("fieldPaths") or RNode(LIST, [])).items() or [made("metadata.name", target)]
    options = target.get("options")
    name = one_name(wanted)
    candidates = state.named(name) if name is not None else state.resources
    run.spend(len(candidates), target)
    chosen = [one for one in candidates if labels_fit(wanted, one.root) and any(id_fits(wanted, id) for id in one.ids)]
    if not chosen:
        run.unmatched("the replacement", select, state)
    for one in chosen:
        if any(_is_rejected(one, each) for each in rejected):
            continue
        for path in paths:
            _write(one, value, path, options)
        if value.kind is MAPPING:
            take_from_annotations(one)
        if any("name" in str(path.value) for path in paths):
            state.renamed((one,))


def _is_rejected(one: Resource, text: dict[str, str]) -> bool:
    """By the labels and annotations of a rejecting selector, or by its id: each alone is enough."""
    if (text.get("labelSelector") or text.get("annotationSelector")) and labels_fit(text, one.root):
        return True
    has_id = any(text.get(name) for name in ("group", "version", "kind", "name", "namespace"))
    return has_id and any(id_fits(text, id) for id in one.ids)


def _write(one: Resource, value: RNode, path: RNode, options: RNode | None) -> None:
    create = options.get("create") if options is not None else None
    kind = value.kind if create is not None and create.value is True else None
    parts = split_path(str(path.value))
    holding = inside_of(one.root, parts)
    if holding is not None and _write_inside(holding, value, kind, options, path):
        return
    found = match((one.root, None, ""), parts, kind, path)
    if not found:
        what = "cannot be made" if kind else "is not there"
        raise MergeRefused(
            f"the field `{path.value}` of {one.id} {what}, so that the replacement cannot write it",
            path,
            UNMATCHED,
            _near_field(one.root, parts) or "name a field that is there, or write `options: {create: true}`",
        )
    for node, holder, key in found:
        _set(node, holder, key, value, options, path)


def _write_inside(inside: Inside, value: RNode, kind: str | None, options: RNode | None, path: RNode) -> bool:
    """Write into the YAML or JSON that a text holds; False where it has no such place."""
    try:
        found = match((inside.root, None, ""), inside.rest, kind, path)
        if not found:
            return False
        for node, holder, key in found:
            _set(node, holder, key, value, options, path, typed=False)
        inside.write_back(path)
    except MergeRefused:
        return False
    return True


def _set(
    node: RNode,
    holder: RNode | None,
    key: str | int,
    value: RNode,
    options: RNode | None,
    path: RNode,
    *,
    typed: bool = True,
) -> None:
    delimiter = _delimiter(options)
    new = copied(value, path)
    if delimiter:
        if node.kind is not SCALAR:
            raise MergeRefused("`options.delimiter` is for texts only", path, UNMATCHED)
        pieces, index = shown(node).split(delimiter), _number(options)
        if index < 0:
            pieces.insert(0, shown(value))
        elif index >= len(pieces):
            pieces.append(shown(value))
        else:
            pieces[index] = shown(value)
        new.value, new.style = delimiter.join(pieces), '"'
    if node.kind is SCALAR:
        new = _of_type(node, new, path, typed)
    new.key = node.key
    new.said_by(path, "the replacement")
    if node.kind is SCALAR and new.kind is SCALAR:
        node.become(new)
    elif holder is not None:
        holder.value[key] = new


def _of_type(old: RNode, new: RNode, path: RNode, typed: bool) -> RNode:
    """The text of a value with the type that stood there: kustomize leaves the type and writes the text alone."""
    if new.kind is not SCALAR:
        if typed and old.value.__class__ in (bool, int, float):
            raise MergeRefused(f"a mapping or list is written where `{old.value}` stands", path)
        return made("", new)
    text = shown(new)
    new.style, new.tag = old.style, ""
    if isinstance(old.value, str):
        new.value = text
        return new
    new.value = word(text)
    if old.value is None and old.start is not None and _is_made(old, path):
        return new
    fits = new.value.__class__ is old.value.__class__ or (old.value.__class__ is float and new.value.__class__ is int)
    if not fits and not typed:
        new.value, new.tag = text, {bool: "!!bool", int: "!!int", float: "!!float"}.get(old.value.__class__, "!!null")
        return new
    if not fits:
        raise MergeRefused(f"`{text}` is written where `{old.value}` stands, which is no text", path)
    return new


def _is_made(node: RNode, path: RNode) -> bool:
    """Whether a replacement has just made a node, which has no type yet."""
    return node.text is path.text and node.start is path.start
