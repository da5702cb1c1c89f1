"""Kustomizations built in pure Python, as `kustomize build` v5 does; every value knows the place that wrote it."""

from __future__ import annotations

from kubetrial.lint.build.kustomize.engine import BuiltObject, Cache, build, includes, roots

__all__ = ["BuiltObject", "Cache", "build", "includes", "roots"]
