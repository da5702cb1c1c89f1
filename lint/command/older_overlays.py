"""`--against` and `--compare` for kustomizations: what the older state of each applies, with the settings of today."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.command.exits import UsageError

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.origin import Tree, Unit
    from kubetrial.lint.engine import Text


def older_overlays(reference: str, division: Division, root: str, option: str = "--against") -> tuple[Unit, ...]:
    """The kustomizations of today as a git revision had them; those that it did not have, or refused, are left out.

    Raises UsageError.
    """
    if not division.again:
        return ()
    tree = _of_revision(reference, division, root, option)
    today = {unit.name for unit in division.kustomizations}
    units = (build(tree) for name, build in division.again.items() if name in today)
    return tuple(unit for unit in units if unit.read and not any(problem.fatal for problem in unit.problems))


def but_of_units(texts: Sequence[Text], units: Sequence[Unit], sources: frozenset[str]) -> list[Text]:
    """The texts that are applied as they stand: those that units are built of are not."""
    read = sources.union(*(unit.read for unit in units))
    return [text for text in texts if text.name not in read]


def _of_revision(revision: str, division: Division, root: str, option: str) -> Tree:
    """What a revision holds of the repository in YAML, and all files in the folders that kustomizations read today."""
    from kubetrial.lint.build.tree import TextTree
    from kubetrial.lint.files import revision as revisions
    from kubetrial.lint.files.discover import ENDINGS

    here = os.path.realpath(os.curdir)
    files = [file for unit in division.kustomizations for file in unit.read]
    folders = sorted({os.path.dirname(file) or os.curdir for file in files})
    top = os.path.relpath(root)
    named = ("Kustomization", ".env", ".properties")
    try:
        found = dict(revisions.files(revision, [top], (*ENDINGS, *named)))
        found.update(revisions.files(revision, folders, ("",)))
    except revisions.RevisionError as error:
        raise UsageError(f"{option} {revision}: {error}") from None
    return TextTree(
        {os.path.relpath(os.path.join(here, name), root).replace(os.sep, "/"): data for name, data in found.items()}
    )
