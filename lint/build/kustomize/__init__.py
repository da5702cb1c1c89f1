"""Kustomizations built in pure Python, as `kustomize build` v5 does; every value knows the place that wrote it."""

from __future__ import annotations

from kubetrial.lint.build.kustomize.engine import (
    OF_TEMPLATE,
    BuiltObject,
    Cache,
    build,
    entries,
    includes,
    kustomization_file,
    roots,
)

__all__ = ["OF_TEMPLATE", "BuiltObject", "Cache", "build", "entries", "includes", "kustomization_file", "roots"]
