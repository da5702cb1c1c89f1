"""Manifests that a Go program has compiled into it: it completes them before it applies them, or they are generated and changed later."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from kubetrial.lint.files.read import MOST_SETTINGS, read

_EMBED = re.compile(rb"(?m)^[ \t]*//go:embed[ \t]+([^\r\n]{1,500})")
Sources = tuple[bool, tuple[str, ...]]
_MOST_SOURCES = 20
_DEEPEST = 12
_FOR_PEOPLE = frozenset(("example", "examples", "sample", "samples"))


def embedded(root: str, paths: Iterable[str]) -> frozenset[str]:
    """The files, below a root with `/`, that `//go:embed` in a folder above them names, or that lie among the sources of a package.

    Beside the sources of a program (`package main`) its manifests stand: these are no part of it unless it embeds them.
    """
    known: dict[str, Sources] = {}
    return frozenset(path for path in paths if _is_embedded(root, path, known))


def _is_embedded(root: str, path: str, known: dict[str, Sources]) -> bool:
    folder, _, name = path.rpartition("/")
    if not _FOR_PEOPLE.isdisjoint(folder.split("/")):
        return False  # they are applied by hand as well
    inside = name
    for depth in range(_DEEPEST):
        if folder not in known:
            known[folder] = _sources(root, folder)
        is_package, patterns = known[folder]
        if is_package and depth == 0 and folder:
            return True
        if any(_covers(pattern, inside) for pattern in patterns):
            return True
        if not folder:
            return False
        folder, _, last = folder.rpartition("/")
        inside = f"{last}/{inside}"
    return False


def _covers(pattern: str, inside: str) -> bool:
    """Whether a pattern of go:embed takes in a path: the path itself, a glob over it, or a folder that holds it."""
    pattern = posixpath.normpath(pattern.removeprefix("all:"))
    parts = inside.split("/")
    return any(fnmatchcase("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1))


def _sources(root: str, folder: str) -> Sources:
    """Whether a folder is a Go package that is no program, and what its sources embed."""
    full = os.path.join(root, *folder.split("/")) if folder else root
    try:
        names = sorted(name for name in os.listdir(full) if name.endswith(".go"))[:_MOST_SOURCES]
    except OSError:
        return False, ()
    is_program, patterns = False, []
    for name in names:
        try:
            text = read(os.path.join(full, name), MOST_SETTINGS)
        except OSError:
            continue
        is_program |= b"\npackage main" in b"\n" + text
        patterns += [
            pattern.strip('"`') for line in _EMBED.findall(text) for pattern in line.decode("utf-8", "replace").split()
        ]
    return bool(names) and not is_program, tuple(patterns)
