"""`kubetrial cache`: where the outcome of runs is kept, and how to be rid of it."""

from __future__ import annotations

import argparse

from kubetrial.lint.command import replay
from kubetrial.lint.command.exits import OK, UsageError


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial cache dir|clean`; raises UsageError where nothing is kept here."""
    folder = replay.folder_of(["--cache-dir", arguments.cache_dir] if arguments.cache_dir else [])
    if folder is None:
        raise UsageError(
            "nothing is kept here: no folder for caches is known, or it lies in the repository that is checked; give --cache-dir DIR"
        )
    if arguments.what == "dir":
        print(folder)
        return OK
    removed = replay.cleaned(folder)
    print(f"{removed} kept run{'' if removed == 1 else 's'} removed from {folder}")
    return OK
