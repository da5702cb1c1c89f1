"""The folder that a build may reach: the repository's, else as much as the kustomizations themselves take in.

kustomize loads a base from wherever an overlay names it, and files only from the folder of the kustomization that names them. So outside
of a repository the root is the nearest folder that holds all kustomizations that are named, one by the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from kubetrial.lint.build.tree import FolderTree
from kubetrial.lint.files.discover import repository_of

MAX_FOLDERS = 500
"""Kustomizations that are looked at; who takes in more without a repository around them is built without the rest."""
MAX_LEVELS = 12
"""How many levels above the first folder a root may lie."""


def root_of(folder: str) -> str:
    """The root for builds in a folder, as a real path."""
    real = os.path.realpath(folder)
    return os.path.realpath(repository_of(real) or load_root(real, [real]))


def load_root(root: str, folders: Iterable[str]) -> str:
    """The nearest folder that holds a root and all that kustomizations in some folders below it take in; real paths."""
    from kubetrial.lint.build import kustomize  # outside of repositories alone

    start, pending, seen = root, list(folders), set[str]()
    while pending and len(seen) < MAX_FOLDERS:
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        tree = FolderTree(at)
        for entry in kustomize.entries(tree, ".") if kustomize.kustomization_file(tree, ".") is not None else ():
            target = os.path.realpath(os.path.join(at, entry))
            if len(entry) > 1000 or target in seen or kustomize.kustomization_file(FolderTree(target), ".") is None:
                continue
            wider = os.path.commonpath([root, target])
            if os.path.dirname(wider) != wider and _levels(start, wider) <= MAX_LEVELS:
                root = wider
                pending.append(target)
    return root


def _levels(folder: str, above: str) -> int:
    return 0 if folder == above else os.path.relpath(folder, above).count(os.sep) + 1
