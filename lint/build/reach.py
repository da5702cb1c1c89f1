"""Which folders of a repository its controllers apply, without what they lay over them: kept between runs, and read with little else."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Callable, Iterable
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


def reached(root: str, beside: ContextIndex, told: Callable[[], tuple[Iterable[str], Iterable[Directory]]]) -> Reach:
    """What the controllers of a repository apply of it, kept as long as `told` would read the same to find its folders and directories.

    `beside` is what is known of the files that may tell controllers anything.
    """

    def work() -> bytes:
        folders, directories = told()
        rows = [(one.folder, one.recurse, one.include, one.exclude) for one in directories]
        return json.dumps((list(dict.fromkeys(folders)), rows)).encode()

    of_files = [part for path, known in beside.with_flag(context.CONTROLS) for part in (os.fsencode(path), known)]
    entry = kept.entry(beside.folder, b"controllers", os.fsencode(root), *of_files)
    folders, directories = json.loads(looks.answer(entry, work))
    return Reach(tuple(folders), tuple(Directory(*row) for row in directories))


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern of `include` or `exclude` fits: a glob, or several in braces; follows gobwas/glob without separators."""
    import fnmatch

    inner = pattern[1:-1].split(",") if pattern.startswith("{") and pattern.endswith("}") else [pattern]
    return any(fnmatch.fnmatchcase(path, each.strip()) for each in inner)
