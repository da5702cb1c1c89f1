"""Which folders of a repository its controllers apply, without what they lay over them: kept between runs, and read with little else."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from kubetrial.lint.files import context, kept, looks
from kubetrial.lint.values.records import dataclass

if TYPE_CHECKING:
    from kubetrial.lint.files.context_index import ContextIndex


@dataclass(frozen=True, slots=True)
class Directory:
    """What of a folder of plain manifests an Application of Argo CD applies."""

    folder: str
    recurse: bool = False
    include: str = ""
    exclude: str = ""

    def applies(self, path: str) -> bool:
        """Whether a file below the folder is applied."""
        inside = posixpath.relpath(path, self.folder or ".")
        if not self.recurse and "/" in inside:
            return False
        if self.exclude and _fits(self.exclude, inside):
            return False
        return not self.include or _fits(self.include, inside)


@dataclass(frozen=True, slots=True)
class Reach:
    """The folders that controllers build, and what of others Applications apply."""

    folders: tuple[str, ...] = ()
    directories: tuple[Directory, ...] = ()

    def concerns(self, path: str) -> bool:
        """Whether a file lies in one of the folders, or is left out of one."""
        return left_out(self.directories, path) or any(
            folder in ("", ".") or path.startswith(f"{folder}/") for folder in self.folders
        )


def left_out(directories: Iterable[Directory], path: str) -> bool:
    """Whether a file lies in folders of Applications, none of which applies it, though one of them takes others there."""
    over = [one for one in directories if not one.folder or path.startswith(one.folder + "/")]
    patterned = [one for one in over if one.include or one.exclude]
    return bool(patterned) and not any(one.applies(path) for one in over)


def reached(root: str, seen: Container[str], beside: ContextIndex) -> Reach:
    """What the controllers of a repository apply of it; `seen` are files that tell them nothing, `beside` is known of the others."""
    told = [part for path, content in beside.with_flag(context.CONTROLS) for part in (os.fsencode(path), content)]
    entry = kept.entry(beside.folder, b"controllers", os.fsencode(root), *told)
    folders, directories = json.loads(looks.answer(entry, lambda: _reached(root, seen, beside)))
    return Reach(tuple(folders), tuple(Directory(*row) for row in directories))


def _reached(root: str, seen: Container[str], beside: ContextIndex) -> bytes:
    from kubetrial.lint.build import gitops  # it reads as kustomize does

    found = gitops.settings(gitops.files_below(root, seen, beside, configs=False), lambda: ())
    folders = list(dict.fromkeys(one.folder for one in found.applied))
    directories = [(one.folder, one.recurse, one.include, one.exclude) for one in found.directories]
    return json.dumps((folders, directories)).encode()


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern of `include` or `exclude` fits: a glob, or several in braces; follows gobwas/glob without separators."""
    import fnmatch

    inner = pattern[1:-1].split(",") if pattern.startswith("{") and pattern.endswith("}") else [pattern]
    return any(fnmatch.fnmatchcase(path, each.strip()) for each in inner)
