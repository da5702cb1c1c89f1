"""The folders of a repository that builds look into: without hidden ones, and those of packages and tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kubetrial.lint.files.test_inputs import folders_of_tests, is_folder_of_tests


def folders_below(root: str) -> Iterator[tuple[str, str, list[str]]]:
    """(folder, its path from the root with `/`, the names of its files): outer ones first, in order; links are not entered."""
    pending = [(root, os.curdir)]
    while pending:
        folder, inside = pending.pop()
        folders: list[str] = []
        names: list[str] = []
        try:
            with os.scandir(folder) as listing:
                for entry in listing:
                    if not _is_folder(entry):
                        names.append(entry.name)
                    elif not (entry.name[0] == "." or entry.is_symlink() or is_folder_of_tests(entry.name, inside)):
                        folders.append(entry.name)
        except OSError:
            pass  # what could be listed of it counts, and nothing of what cannot be entered
        tests = folders_of_tests([*folders, *names], inside)
        folders = [name for name in folders if name not in tests]
        yield folder, inside, names
        prefix = "" if inside == os.curdir else f"{inside}/"
        pending += [(os.path.join(folder, name), prefix + name) for name in sorted(folders, reverse=True)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
