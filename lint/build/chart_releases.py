"""Charts that Flux and Argo CD install from the same repository: HelmReleases and Applications, with their values.

A HelmRelease names a chart by its path in the repository that it follows, an Application by `source.path`. The values that they hold
stand at their own lines. Follows the HelmRelease of fluxcd/helm-controller (v2) and the Application of Argo CD.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.build import application_sets
from kubetrial.lint.build.chart import GivenFile, assignments
from kubetrial.lint.build.charts import Rendering
from kubetrial.lint.build.origin import Tree
from kubetrial.lint.files.substitution import Substitution, substitutions, written_out
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import read

SIGNS = ("helm.toolkit.fluxcd.io/", "argoproj.io/")
_FOLLOWED = (None, "GitRepository", "Bucket")


def releases(tree: Tree, files: Iterable[tuple[str, str]]) -> dict[str, list[Rendering]]:
    """The renderings of local charts, by the charts' folders, that (path, text) of a repository's files ask for."""
    found: dict[str, list[Rendering]] = {}
    held = list(files)
    stores = _Stores(held)
    for path, text in held:
        if not any(sign in text for sign in SIGNS):
            continue
        for document in read(path, text).documents:
            if "{{" in document.text and application_sets.KIND not in document.text:
                continue  # a template of releases, or one whose values are templates themselves
            for folder, rendering in _of_document(tree, path, document, stores):
                if tree.is_file(posixpath.join(folder, "Chart.yaml")):
                    found.setdefault(folder, []).append(rendering)
    return found


class _Stores:
    """What a repository gives its releases, looked for when one asks: ConfigMaps, Secrets, and what Flux fills in."""

    def __init__(self, files: Sequence[tuple[str, str]]) -> None:
        self.files = files
        self.known: dict[tuple[str, str], list[tuple[str, Document]]] | None = None
        self.fills: tuple[Substitution, ...] | None = None

    def filled(self, path: str, values: GivenFile | None) -> GivenFile | None:
        """Values of a release in a file, with what a Kustomization of Flux fills in before it applies the release."""
        if values is None or b"${" not in values.data:
            return values
        if self.fills is None:
            asking = [(name, text) for name, text in self.files if "postBuild" in text]
            self.fills = substitutions(one.value for name, text in asking for one in read(name, text).documents)
        text = written_out(path, values.data.decode("utf-8", "replace"), self.fills)
        return GivenFile(values.name, text.encode("utf-8", "replace"))

    def named(self, kind: str, name: str, namespace: str) -> tuple[str, Document] | None:
        """The file and document of an object; None where there is none, or more than one."""
        if self.known is None:
            self.known = {}
            for path, text in self.files:
                if "ConfigMap" in text or "Secret" in text:
                    for document in read(path, text).documents:
                        self._note(path, document)
        found = self.known.get((kind, name), [])
        fitting = [one for one in found if not namespace or _name(one[1].value)[1] in ("", namespace)]
        return fitting[0] if len(fitting) == 1 else None

    def _note(self, path: str, document: Document) -> None:
        value = document.value
        if self.known is None or not isinstance(value, dict) or value.get("kind") not in ("ConfigMap", "Secret"):
            return
        if "{{" not in document.text and "sops" not in value:  # what is encrypted, or a template, is not known
            self.known.setdefault((value["kind"], _name(value)[0]), []).append((path, document))


def _of_document(tree: Tree, path: str, document: Document, stores: _Stores) -> Iterator[tuple[str, Rendering]]:
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("spec"), dict):
        return
    api, kind = str(value.get("apiVersion")), value.get("kind")
    if api.startswith(SIGNS[0]) and kind == "HelmRelease":
        yield from _of_flux(tree, path, document, value["spec"], stores)
    elif api.startswith(SIGNS[1]) and kind == "Application":
        yield from _of_argo(tree, path, _Written(document), value)
    elif api.startswith(SIGNS[1]) and kind == application_sets.KIND:
        yield from _of_set(tree, path, document, value["spec"])


@dataclass(frozen=True, slots=True)
class _Written:
    """An Application in a document: as it stands there, or as the template of a set that is filled in."""

    document: Document
    at: tuple[str | int, ...] = ()
    filling: application_sets.Filling | None = None

    def inline(self, path: str, way: tuple[str | int, ...]) -> GivenFile | None:
        """Values that stand in it, as `_inline` gives them."""
        found = _inline(path, self.document, (*self.at, *way))
        if found is None or self.filling is None:
            return found
        return GivenFile(
            found.name, self.filling.text(found.data.decode("utf-8", "replace")).encode("utf-8", "replace")
        )

    def knows(self, at: tuple[str | int, ...]) -> bool:
        """Whether all is known that the source at a path asks for in the values of its chart."""
        source: Any = self.document.value
        for key in (*self.at, *at):
            source = source[key]
        return self.filling is None or all(map(self.filling.knows, _texts(_mapping(source, "helm"))))


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a value, keys among them."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, (dict, list)):
        for inner in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts(inner, depth + 1)


_DEEPEST = 50


def _of_set(tree: Tree, path: str, document: Document, spec: Mapping[str, Any]) -> Iterator[tuple[str, Rendering]]:
    """The renderings of the Applications of a set: of those of a chart with the same values one, and of the others a few."""
    template = _mapping(spec, "template")
    found: dict[tuple[str, Rendering], Rendering] = {}
    for filling in application_sets.fillings(spec, tree):
        value = filling.value(template)
        for folder, rendering in _of_argo(tree, path, _Written(document, ("spec", "template"), filling), value):
            key = folder, replace(rendering, variant="", release="", namespace="")
            if sum(other == folder for other, _ in found) < _MOST_OF_A_SET:
                found.setdefault(key, replace(rendering, brought=rendering.brought or "templatePatch" in spec))
    yield from ((folder, rendering) for (folder, _), rendering in found.items())


_MOST_OF_A_SET = 8


def _of_flux(
    tree: Tree, path: str, document: Document, spec: Mapping[str, Any], stores: _Stores
) -> Iterator[tuple[str, Rendering]]:
    chart = _mapping(_mapping(spec, "chart"), "spec")
    folder = _folder(chart.get("chart"))
    if folder is None or _mapping(chart, "sourceRef").get("kind") not in _FOLLOWED:
        return
    name, own = _name(document.value)
    namespace = _text(spec, "targetNamespace") or own
    release = _text(spec, "releaseName") or "-".join(part for part in (_text(spec, "targetNamespace"), name) if part)
    files = _files(tree, ".", chart.get("valuesFiles"))
    inline = stores.filled(path, _inline(path, document, ("spec", "values")))
    taken = [_taken(one, own, stores) for one in _items(spec, "valuesFrom")]
    yield (
        folder,
        Rendering(
            f"HelmRelease {name}",
            (*files, *(one for one in taken if one is not None), *([inline] if inline is not None else [])),
            (),
            release or "release",
            namespace or "default",
            brought=None in taken,  # more values come from the cluster
            filled_later=inline is not None and b"${" in inline.data,
        ),
    )


def _taken(reference: Mapping[str, Any], namespace: str, stores: _Stores) -> GivenFile | None:
    """What `valuesFrom` takes from a ConfigMap or Secret of the repository; None where that is not known."""
    found = stores.named(_text(reference, "kind"), _text(reference, "name"), namespace)
    if found is None:
        return None
    path, document = found
    key = _text(reference, "valuesKey") or "values.yaml"
    field = "data" if _text(reference, "kind") == "ConfigMap" else "stringData"
    held = _mapping(document.value, field).get(key)
    if not isinstance(held, str):
        return None
    target = _text(reference, "targetPath")
    return _at_target(target, path, document, (field, key), held) if target else _inline(path, document, (field, key))


def _at_target(target: str, path: str, document: Document, way: tuple[str, str], held: str) -> GivenFile | None:
    """A text of a document as the value at a path (`a.b[0]`), on its own line; None where the path is none.

    Read as `--set` reads it, in quotes as `--set-string`. Follows ReplacePathValue of github.com/fluxcd/pkg/chartutil.
    """
    values: dict[str, Any] = {}
    try:
        if held[:1] in ("'", '"') and held[-1:] in ("'", '"'):
            assignments.assign_text(values, f"{target}={held.strip(_QUOTES)}")
        else:
            assignments.assign(values, f"{target}={held}")
    except assignments.NotAssigned:
        return None
    place, _ = document.find(way)
    above = document.line + document.text.count("\n", 0, place.start.index)
    return GivenFile(path, ("\n" * above + json.dumps(values) + "\n").encode())


_QUOTES = "'\""


def _of_argo(tree: Tree, path: str, written: _Written, value: Mapping[str, Any]) -> Iterator[tuple[str, Rendering]]:
    """The renderings of an Application: one for each of its sources that is a folder of the repository."""
    spec = _mapping(value, "spec")
    if isinstance(spec.get("source"), dict):
        yield from _of_source(tree, path, written, value, ("spec", "source"))
    for index, source in enumerate(spec["sources"] if isinstance(spec.get("sources"), list) else ()):
        if isinstance(source, dict):
            yield from _of_source(tree, path, written, value, ("spec", "sources", index))


def _of_source(
    tree: Tree, path: str, written: _Written, value: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[tuple[str, Rendering]]:
    source: Any = value
    for key in at:
        source = source[key]
    folder = _folder(source.get("path"))
    if folder is None or not written.knows(at):
        return
    helm = _mapping(source, "helm")
    name = _said(_name(value)[0])
    listed = helm.get("valueFiles")
    files: list[str | GivenFile] = list(_files(tree, folder, listed))
    for field in ("values", "valuesObject"):
        inline = written.inline(path, (*at, "helm", field))
        if inline is not None:
            files.append(inline)
    given = [one for one in _items(helm, "parameters") if _text(one, "name") and "value" in one]
    sets = tuple(
        ("set-string" if one.get("forceString") is True else "set", f"{one['name']}={_escaped(str(one['value']))}")
        for one in given
    )
    others = [one for one in listed if isinstance(one, str) and one.startswith("$")] if isinstance(listed, list) else []
    yield (
        folder,
        Rendering(
            f"Application {name}",
            tuple(files),
            sets,
            _text(helm, "releaseName") or name or "release",
            _said(_text(_mapping(_mapping(value, "spec"), "destination"), "namespace")) or "default",
            brought=bool(others or helm.get("fileParameters")),  # values of another repository
        ),
    )


def _said(name: str) -> str:
    """A name; none of a template that asks for what is not known."""
    return "" if "{{" in name else name


def _inline(path: str, document: Document, way: tuple[str | int, ...]) -> GivenFile | None:
    """Values that stand in a document, as a values file whose lines and columns are those of the document's file."""
    held: Any = document.value
    for key in way:
        try:
            held = held[key]
        except (KeyError, IndexError, TypeError):
            return None
    if not held:
        return None
    place, exact = document.find(way)
    if not exact:
        return None
    start, end = place.start.index, place.end.index
    text = document.text
    if isinstance(held, str):
        if place.style != "|":
            return GivenFile(path, held.encode("utf-8", "replace"))
        start = text.find("\n", start) + 1  # the lines below the bar
    kept = _blank(text[:start]) + text[start:end]
    return GivenFile(path, ("\n" * document.line + kept + "\n").encode("utf-8", "replace"))


def _blank(text: str) -> str:
    """The same lines, without what stands on them."""
    return "".join("\n" if sign == "\n" else " " for sign in text)


def _folder(written: Any) -> str | None:
    """A path of the repository; None for what is none, or leads out of it."""
    if not isinstance(written, str) or not written or "://" in written:
        return None
    path = posixpath.normpath(written.lstrip("/"))
    return None if path.startswith("..") else path


def _files(tree: Tree, folder: str, listed: Any) -> Iterator[str]:
    """The values files of a list that are there."""
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, str) and not one.startswith("$") and "://" not in one:
            base = "." if one.startswith("/") else folder
            path = posixpath.normpath(posixpath.join(base, one.lstrip("/")))
            if not path.startswith("..") and tree.is_file(path):
                yield path


def _mapping(value: Any, name: str) -> Mapping[str, Any]:
    held = value.get(name) if isinstance(value, Mapping) else None
    return held if isinstance(held, dict) else {}


def _items(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    held = value.get(name)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _text(value: Mapping[str, Any], name: str) -> str:
    held = value.get(name)
    return held if isinstance(held, str) else ""


def _name(value: Mapping[str, Any]) -> tuple[str, str]:
    metadata = _mapping(value, "metadata")
    return _text(metadata, "name"), _text(metadata, "namespace")


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,")
