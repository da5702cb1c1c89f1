"""Trees that builds read: a folder on disk, and texts in memory (tests, editors)."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence

from kubetrial.lint.files import read as reader
from kubetrial.lint.files import witness
from kubetrial.lint.files.discover import ignored_by_git

MAX_FILE = 32 << 20
"""Bytes above which a file is not read."""


class FolderTree:
    """The files below a folder; links are resolved first, and what lies beyond the folder is not there.

    `changed` holds the texts of files that are about to be written otherwise, by their full paths.
    """

    def __init__(self, root: str, changed: Mapping[str, bytes] | None = None) -> None:
        self._root = os.path.realpath(root)
        self._changed = changed or {}
        self._folders: dict[str, str] = {}  # a folder -> it with links resolved
        self._reals: dict[str, str | None] = {}
        self._files: dict[str, bool] = {}  # asked for already, and whether they are there

    def _real(self, path: str) -> str | None:
        if path not in self._reals:
            self._reals[path] = self._resolved(path)
        return self._reals[path]

    def _resolved(self, path: str) -> str | None:
        full = os.path.join(self._root, path)
        folder, name = os.path.split(full)
        if name in ("", os.curdir, os.pardir):
            real = os.path.realpath(full)
        else:
            # Most files lie beside others: their folder is resolved once.
            if folder not in self._folders:
                self._folders[folder] = os.path.realpath(folder)
            real = os.path.join(self._folders[folder], name)
            if os.path.islink(real):
                real = os.path.realpath(real)
        inside = real == self._root or real.startswith(self._root.rstrip(os.sep) + os.sep)
        return real if inside else None

    def resolved(self, path: str) -> str:
        """The path with links resolved, from the root; of what lies beyond, the path itself."""
        real = self._real(path)
        return os.path.relpath(real, self._root).replace(os.sep, "/") if real is not None else path

    def leads_out(self, path: str) -> bool:
        """Whether a link stands there that leads out of the folder; what it leads to is not asked."""
        return self._real(path) is None

    def ignored(self, path: str) -> bool:
        """Whether git ignores a path, which need not be there."""
        return ignored_by_git(os.path.join(self._root, path))

    def read(self, path: str) -> bytes | None:
        """What a file holds, or None where there is no such file to read."""
        real = self._real(path)
        if real is None or not self.is_file(path):
            return None
        if real in self._changed:
            return self._changed[real]
        try:
            return reader.read(real, MAX_FILE)
        except OSError:
            return None

    def is_file(self, path: str) -> bool:
        """Whether a regular file stands there."""
        if path not in self._files:
            self._files[path] = self._real(path) is not None and witness.is_file(os.path.join(self._root, path))
        return self._files[path]

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""
        real = self._real(path)
        return real is not None and witness.is_folder(os.path.join(self._root, path))

    def names(self, folder: str) -> Sequence[str]:
        """The names in a folder, sorted; nothing where there is none."""
        real = self._real(folder)
        try:
            return sorted(os.listdir(real)) if real is not None else ()
        except OSError:
            return ()

    def entries(self, folder: str) -> Sequence[tuple[str, bool | None]]:
        """The names in a folder, sorted, each with True for a folder, False for a file to read, None for what is neither."""
        real = self._real(folder)
        if real is None:
            return ()
        try:
            with os.scandir(real) as found:
                return sorted((entry.name, self._is_folder(entry, folder)) for entry in found)
        except OSError:
            return ()

    def _is_folder(self, entry: os.DirEntry[str], folder: str) -> bool | None:
        if entry.is_symlink():  # only these may lead elsewhere
            path = posixpath.join(folder, entry.name)
            return True if self.is_folder(path) else False if self.is_file(path) else None
        return True if entry.is_dir(follow_symlinks=False) else False if entry.is_file(follow_symlinks=False) else None


class TextTree:
    """Files given as texts: path -> bytes."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {posixpath.normpath(path): data for path, data in files.items()}
        self._folders: dict[str, set[str]] = {}  # a folder -> the names in it
        for path in self._files:
            folder, name = posixpath.split(path)
            while name not in (known := self._folders.setdefault(folder or ".", set())):
                known.add(name)
                folder, name = posixpath.split(folder)

    def read(self, path: str) -> bytes | None:
        """What a file holds, or None where there is no such file to read."""
        return self._files.get(posixpath.normpath(path))

    def is_file(self, path: str) -> bool:
        """Whether a file of this name was given."""
        return posixpath.normpath(path) in self._files

    def is_folder(self, path: str) -> bool:
        """Whether a file below this folder was given."""
        return posixpath.normpath(path) in self._folders

    def leads_out(self, path: str) -> bool:
        """No link stands here."""
        return False

    def names(self, folder: str) -> Sequence[str]:
        """The names in a folder, sorted; nothing where there is none."""
        return sorted(self._folders.get(posixpath.normpath(folder), set()) - {""})

    def entries(self, folder: str) -> Sequence[tuple[str, bool | None]]:
        """The names in a folder, sorted, each with whether it is a folder."""
        return [(name, self.is_folder(posixpath.join(folder, name))) for name in self.names(folder)]
