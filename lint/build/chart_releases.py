"""Charts that Flux and Argo CD install from the same repository: HelmReleases and Applications, with their values.

A HelmRelease names a chart by its path in the repository that it follows, an Application by `source.path`. The values that they hold
stand at their own lines. Follows the HelmRelease of fluxcd/helm-controller (v2) and the Application of Argo CD.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubetrial.lint.build.chart import GivenFile
from kubetrial.lint.build.charts import Rendering
from kubetrial.lint.build.origin import Tree
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.source import read

SIGNS = ("helm.toolkit.fluxcd.io/", "argoproj.io/")
_FOLLOWED = (None, "GitRepository", "Bucket")


def releases(tree: Tree, files: Iterable[tuple[str, str]]) -> dict[str, list[Rendering]]:
    """The renderings of local charts, by the charts' folders, that (path, text) of a repository's files ask for."""
    found: dict[str, list[Rendering]] = {}
    for path, text in files:
        if not any(sign in text for sign in SIGNS):
            continue
        for document in read(path, text).documents:
            if "{{" in document.text:
                continue  # a template of releases, or one whose values are templates themselves
            for folder, rendering in _of_document(tree, path, document):
                if tree.is_file(posixpath.join(folder, "Chart.yaml")):
                    found.setdefault(folder, []).append(rendering)
    return found


def _of_document(tree: Tree, path: str, document: Document) -> Iterator[tuple[str, Rendering]]:
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("spec"), dict):
        return
    api, kind = str(value.get("apiVersion")), value.get("kind")
    if api.startswith(SIGNS[0]) and kind == "HelmRelease":
        yield from _of_flux(tree, path, document, value, value["spec"])
    elif api.startswith(SIGNS[1]) and kind == "Application":
        spec = value["spec"]
        if isinstance(spec.get("source"), dict):
            yield from _of_argo(tree, path, document, value, ("spec", "source"))
        for index, source in enumerate(spec["sources"] if isinstance(spec.get("sources"), list) else ()):
            if isinstance(source, dict):
                yield from _of_argo(tree, path, document, value, ("spec", "sources", index))


def _of_flux(
    tree: Tree, path: str, document: Document, value: Mapping[str, Any], spec: Mapping[str, Any]
) -> Iterator[tuple[str, Rendering]]:
    chart = _mapping(_mapping(spec, "chart"), "spec")
    folder = _folder(chart.get("chart"))
    if folder is None or _mapping(chart, "sourceRef").get("kind") not in _FOLLOWED:
        return
    name, own = _name(value)
    namespace = _text(spec, "targetNamespace") or own
    release = _text(spec, "releaseName") or "-".join(part for part in (_text(spec, "targetNamespace"), name) if part)
    files = _files(tree, ".", chart.get("valuesFiles"))
    inline = _inline(path, document, ("spec", "values"))
    yield (
        folder,
        Rendering(
            f"HelmRelease {name}",
            (*files, *([inline] if inline is not None else [])),
            (),
            release or "release",
            namespace or "default",
            brought=bool(spec.get("valuesFrom")),  # more values come from the cluster
        ),
    )


def _of_argo(
    tree: Tree, path: str, document: Document, value: Mapping[str, Any], at: tuple[str | int, ...]
) -> Iterator[tuple[str, Rendering]]:
    source: Any = value
    for key in at:
        source = source[key]
    folder = _folder(source.get("path"))
    if folder is None:
        return
    helm = _mapping(source, "helm")
    name, _ = _name(value)
    listed = helm.get("valueFiles")
    files: list[str | GivenFile] = list(_files(tree, folder, listed))
    for field in ("values", "valuesObject"):
        inline = _inline(path, document, (*at, "helm", field))
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
            _text(_mapping(_mapping(value, "spec"), "destination"), "namespace") or "default",
            brought=bool(others or helm.get("fileParameters")),  # values of another repository
        ),
    )


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
