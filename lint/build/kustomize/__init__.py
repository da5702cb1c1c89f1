"""Kustomizations built in pure Python, as `kustomize build` v5 does; every value knows the place that wrote it."""

from __future__ import annotations

from kubetrial.lint.build.kustomize.engine import OF_OBJECTS, BuiltObject, build, entries, includes, only_lists, roots
from kubetrial.lint.build.kustomize.reading import OF_TEMPLATE, Cache, LocalChart, RenderedChart, kustomization_file

__all__ = [
    "OF_OBJECTS",
    "OF_TEMPLATE",
    "BuiltObject",
    "Cache",
    "LocalChart",
    "RenderedChart",
    "build",
    "entries",
    "includes",
    "kustomization_file",
    "only_lists",
    "roots",
]
