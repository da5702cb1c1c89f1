"""Patches of a kustomization: strategic merge and JSON 6902, in a file or inline. Follows PatchTransformer and its two older kin."""

from __future__ import annotations

import json
from typing import Any

from kubetrial.lint.build.kustomize.json_patch import UNMATCHED
from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, is_true, made, written
from kubetrial.lint.build.kustomize.reading import Reader
from kubetrial.lint.build.kustomize.resource import Resource, check_selector, make, one_name, selected
from kubetrial.lint.build.kustomize.state import ResAccumulator


def patch(run: Reader, entry: RNode, folder: str, state: ResAccumulator) -> None:
    """One entry of `patches`, or what a PatchTransformer says."""
    path, inline, target = entry.get("path"), entry.get("patch"), entry.get("target")
    has_path = path is not None and bool(path.value)
    has_text = inline is not None and bool(str(inline.value or "").strip())
    if has_path == has_text:
        raise MergeRefused("an entry of `patches` needs one of `path` and `patch`", entry)
    source = path if has_path else inline
    assert source is not None
    operations, documents = _read(run, source, folder, has_path)
    check_selector(target)
    if operations is not None:
        if target is None or target.is_null():
            raise MergeRefused("a JSON patch needs a `target`", entry)
        for one in _meant(run, state, target):
            one.remember()
            one.patch_json(operations)
            state.renamed((one,))
        return
    options = entry.get("options")
    allowed = {"names": is_true(options, "allowNameChange"), "kinds": is_true(options, "allowKindChange")}
    if target is None or target.is_null():
        for document in documents:
            merge_one(run, state, document, entry, allowed)
        return
    if len(documents) > 1:
        raise MergeRefused("a patch of several documents takes no `target`", source)
    for document in documents:
        _merge_all(run, state, document, target, allowed)


def _read(run: Reader, source: RNode, folder: str, is_path: bool) -> tuple[RNode | None, list[RNode]]:
    """The operations of a JSON patch, or else the documents of strategic merge patches."""
    file = run.file(folder, str(source.value), source) if is_path else ""
    text = run.text_of(file) if is_path else str(source.value).strip()
    is_json = text.startswith("[")
    if is_json and not _is_json(text):
        raise MergeRefused(
            "a patch that starts with `[` is JSON, where keys and texts stand in double quotes; this one is not",
            source,
            help="write the operations as a YAML list, each behind a dash",
        )
    try:
        # The text of an entry is trimmed, so that a block at its end has no last line break; one of a file is not.
        read = run.documents(file, source, True) if is_path else run.parse(source, True, trimmed=True)
    except MergeRefused:
        read = []  # what only a resource may hold
    if read and read[0].kind is LIST:
        return read[0], []
    return None, run.documents(file, source) if is_path else run.parse(source, False, trimmed=True)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _meant(run: Reader, state: ResAccumulator, target: RNode) -> list[Resource]:
    """The objects of a target that are still there."""
    text = target.plain()
    name = one_name(text)
    candidates = state.present() if name is None else state.named(name)
    run.spend(len(candidates), target)
    found = selected(candidates, text)
    if not found:
        run.unmatched("the patch", target, state)
    return found


def _merge_all(run: Reader, state: ResAccumulator, document: RNode, target: RNode, allowed: dict[str, bool]) -> None:
    """One strategic merge patch to all objects of a target, whatever it says of kind and name."""
    run.looked_up = True
    first = next(make([document.copy()], run.scopes), None)
    for one in _meant(run, state, target) if first is not None else ():
        new = _with_texts(document.copy())
        new.value["apiVersion"] = made(one.text("apiVersion"), one.root.get("apiVersion"))
        one.patch(new, run.schema, **allowed)
        state.renamed((one,))


def _with_texts(document: RNode) -> RNode:
    """A patch as kustomize copies it for each object: a label or annotation is a text, a null too, and no empty mapping stays."""
    metadata = document.get("metadata")
    for name in ("labels", "annotations") if metadata is not None and metadata.kind is MAPPING else ():
        pairs = metadata.get(name)  # type: ignore[union-attr]
        if pairs is None:
            continue
        if pairs.kind is not MAPPING or not pairs.value:
            del metadata.value[name]  # type: ignore[union-attr]
            continue
        for key, node in pairs.value.items():
            if node.kind is SCALAR and not isinstance(node.value, str):
                pairs.value[key] = made("" if node.is_empty() else written(node), node)
    return document


def merge_one(run: Reader, state: ResAccumulator, document: RNode, at: RNode, allowed: dict[str, Any]) -> None:
    """A strategic merge patch to the object that it names."""
    run.looked_up = True
    for one in make([document.copy()], run.scopes):
        id = one.id
        found = state.of_id(id)
        if len(found) != 1:
            how = "means several objects" if found else "means no object of this kustomization"
            near = [each for each in state.present() if each.id.kind == id.kind]
            help = did_you_mean(id.name, (each.id.name for each in near)) if not found else ""
            alike = [each.id for each in near if each.id._replace(group=id.group, version=id.version).same(id)]
            if alike and not found:
                help = f"write apiVersion: {'/'.join(filter(None, alike[0][:2]))}, which is that of the object"
            elif near and not help:
                help = f"the objects of that kind: {', '.join(str(each.id) for each in near[:5])}"
            raise MergeRefused(f"the patch for {id} {how}", at, UNMATCHED, help)
        found[0].patch(one.root, run.schema, **allowed)
        state.renamed(found)


def strategic(run: Reader, entries: list[RNode], folder: str, state: ResAccumulator) -> None:
    """`patchesStrategicMerge`: files, or texts that are patches themselves."""
    patches = 0
    for entry in entries:
        with run.awaiting(entry):
            for document in _documents(run, entry, folder):
                patches += 1
                merge_one(run, state, _with_texts(document.copy()), entry, {})
    if entries and not patches and not run.is_waiting():
        raise MergeRefused("`patchesStrategicMerge` holds no patch, so that kustomize refuses to build it", entries[0])


def _documents(run: Reader, entry: RNode, folder: str) -> list[RNode]:
    text = str(entry.value or "")
    if ("\n" not in text and run.tree.is_file(run.resolve(folder, text))) or _looks_like_path(text):
        return run.documents(run.file(folder, text, entry), entry)
    return run.parse(entry, old_words=False)


def old_json(run: Reader, entry: RNode, folder: str, state: ResAccumulator) -> None:
    """One entry of `patchesJson6902`, or what a PatchJson6902Transformer says (`jsonOp`)."""
    target = entry.get("target")
    name = target.get("name") if target is not None else None
    if target is None or name is None or not name.value:
        raise MergeRefused("a JSON patch of `patchesJson6902` needs a `target` with a name", entry)
    path, inline = entry.get("path"), entry.get("patch") or entry.get("jsonOp")
    has_path, has_text = path is not None and bool(path.value), inline is not None and bool(inline.value)
    if has_path == has_text:
        raise MergeRefused("an entry of `patchesJson6902` needs one of `path` and `patch`", entry)
    source = path if has_path else inline
    assert source is not None
    file = run.file(folder, str(source.value), source) if has_path else ""
    documents = run.documents(file, source, True) if has_path else run.parse(source, True)
    if not documents or documents[0].kind is not LIST or not documents[0].value:
        raise MergeRefused("a JSON patch is a list of operations; this one is none", source)
    check_selector(target)
    for one in _meant(run, state, target):
        one.patch_json(documents[0])
        state.renamed((one,))


def _looks_like_path(text: str) -> bool:
    return "\n" not in text and ":" not in text and "{" not in text
