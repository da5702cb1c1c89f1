"""Kustomizations that nobody builds as they stand: their files are made first, or what they patch comes from another tool."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from kubetrial.lint.build.kustomize import OF_OBJECTS
from kubetrial.lint.build.origin import BuildProblem, Tree, Unit, Unknown
from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import replace

_MISSING = "kustomization-file-missing"
_INVALID = "kustomization-invalid"
_FEWEST_MISSING = 5
_FEWEST_ALONE = 3
_ENTRY = pattern(rb"(?m)^[ ]*-[ ]+(?:path:[ ]+)?[\"']?[\w./-]+[\"']?[ ]*(?:#.*)?\r?$")
_BRINGS = pattern(
    rb"(?m)^[\"']?(?:resources|bases|components|generators|helmCharts|helmChartInflationGenerator|configMapGenerator|secretGenerator)"
    rb"[\"']?[ ]*:"
)


def of_others(unit: Unit, tree: Tree, path: str) -> Unit:
    """The unit without problems that are none where its files are made first, or where another tool gives the objects.

    `path` is its kustomization. Where at least half of what one lists is not there, a program writes it (`helmfile template`, a
    generator of clusters); one that only patches is laid over the output of a chart (Helm's post-renderer, Fleet).
    """
    made = _made_first(unit, tree)
    of_own = any(one.rule in (_MISSING, *OF_OBJECTS) and one.origin.file == path for one in unit.problems)
    off = of_own and _is_commented_out(tree, path)
    patches = any(one.rule in OF_OBJECTS for one in unit.problems) and not _BRINGS.search(tree.read(path) or b"")
    invalid = any(one.fatal and one.rule == _INVALID and one.origin.file == path for one in unit.problems)
    switched_off = invalid and _is_switched_off(tree, path)
    unwritten = invalid and not switched_off and _is_unwritten(tree, path)
    if not made and not patches and not off and not switched_off and not unwritten:
        return unit
    kept: list[BuildProblem] = []
    unknown = list(unit.unknown)
    for one in unit.problems:
        if one.rule == _MISSING and one.origin.file in made:
            reason = "the files that it lists are made before it is built"
        elif patches and one.rule in OF_OBJECTS:
            reason = "it only patches what another tool gives"
        elif off and one.origin.file == path and one.rule in (_MISSING, *OF_OBJECTS):
            reason = "the kustomizations beside it name it in a comment, and do not take it in yet"
        elif switched_off and one.rule == _INVALID and one.origin.file == path:
            reason = "all that it lists is commented out"
        elif unwritten and one.rule == _INVALID and one.origin.file == path:
            reason = "nothing is written in it yet"
        else:
            kept.append(one)
            continue
        if all(other.reason != reason for other in unknown):
            unknown.append(Unknown(reason, one.origin))
    return replace(unit, problems=tuple(kept), unknown=tuple(unknown))


def left_over(unit: Unit) -> Unit:
    """A unit that controllers leave alone, where they apply the others of its repository: what is refused of it, nobody builds."""
    kept = tuple(one for one in unit.problems if not one.fatal)
    reason = "kustomize refuses to build it, and no controller of the repository applies it"
    said = tuple(Unknown(reason, one.origin) for one in unit.problems if one.fatal)[:1]
    return replace(unit, problems=kept, unknown=unit.unknown + said)


def without_settings(units: Iterable[Unit], switched_off: Collection[str]) -> Iterator[Unit]:
    """Units without the mistakes that files make whose entries are switched off: what they tell a controller, it never reads."""
    reason = "the entry of the file that says so is commented out"
    for unit in units:
        off = [one for one in unit.problems if one.origin.file in switched_off]
        if off:
            kept = tuple(one for one in unit.problems if one not in off)
            unit = replace(unit, problems=kept, unknown=(*unit.unknown, Unknown(reason, off[0].origin)))
        yield unit


def _made_first(unit: Unit, tree: Tree) -> frozenset[str]:
    """The kustomizations of a unit of whose files at least half are not there, and no few; or all of three in other folders.

    Those beside a kustomization may also be called otherwise; then nothing else may stand in the folder.
    """
    missing = Counter(one.origin.file for one in unit.problems if one.rule == _MISSING)
    found = set()
    for file, count in missing.items():
        listed = _ENTRY.findall(tree.read(file) or b"")
        beside = not any(b"/" in entry.partition(b"#")[0] for entry in listed)
        made = beside and count >= _FEWEST_ALONE and not _has_any(tree, file) and not _has_others(tree, file)
        none = not beside and count >= _FEWEST_ALONE and count == len(listed)
        if made or none or (count >= _FEWEST_MISSING and 2 * count >= len(listed)):
            found.add(file)
    return frozenset(found)


def made_alike(units: Sequence[Unit]) -> list[Unit]:
    """The units without files that several kustomizations list beside themselves, and none of them has: they are fetched or made first.

    Beside a file that is called nearly so, and that nobody lists, it is a slip that was copied with the folder.
    """
    lacking: dict[str, set[str]] = {}
    slips: set[str] = set()
    for unit in units:
        for one in unit.problems:
            if one.rule == _MISSING and (found := _QUOTED.match(one.message)) and "/" not in found.group(1):
                lacking.setdefault(found.group(1), set()).add(one.origin.file)
                meant = _QUOTED_NEAR.search(one.help)
                if meant and posixpath.join(posixpath.dirname(one.origin.file), meant.group(1)) not in unit.read:
                    slips.add(found.group(1))
    made = {name for name, files in lacking.items() if len(files) >= _FEWEST_ALIKE} - slips
    return [_without_made(unit, made) for unit in units] if made else list(units)


def _without_made(unit: Unit, made: set[str]) -> Unit:
    """A unit with files unknown that it does not have."""
    kept: list[BuildProblem] = []
    unknown = list(unit.unknown)
    for one in unit.problems:
        found = _QUOTED.match(one.message) if one.rule == _MISSING else None
        if found is None or found.group(1) not in made:
            kept.append(one)
        else:
            unknown.append(Unknown(f"`{found.group(1)}` is made before it is built", one.origin))
    return replace(unit, problems=tuple(kept), unknown=tuple(unknown))


_QUOTED = pattern(r"`([^`]{1,300})` is not there")
_QUOTED_NEAR = pattern(r"did you mean `([^`]{1,300})`")
_FEWEST_ALIKE = 3


def _has_any(tree: Tree, path: str) -> bool:
    """Whether one of the files is there that a kustomization lists in front of its patches."""
    resources = re.split(rb"(?m)^patches", tree.read(path) or b"")[0]
    names = [entry.partition(b"#")[0].strip(b" -\r\"'") for entry in _ENTRY.findall(resources)]
    folder = posixpath.dirname(path)
    return any(tree.is_file(posixpath.join(folder, name.decode("utf-8", "replace"))) for name in names)


def _has_others(tree: Tree, path: str) -> bool:
    """Whether manifests stand in the folder of a kustomization that it does not name: what it lists may be called otherwise."""
    text = tree.read(path) or b""
    names = tree.names(posixpath.dirname(path) or ".")
    return any(
        name.encode() not in text and not _is_made_of_it(name, text)
        for name in names
        if name.endswith((".yaml", ".yml")) and name != posixpath.basename(path)
    )


def _is_made_of_it(name: str, text: bytes) -> bool:
    """Whether a file is called as the files are that a kustomization lists, up to a mark: they are put together in it."""
    stem = name.rpartition(".")[0].encode()
    return len(stem) >= _FEWEST_LETTERS and text.count(stem + b"_") + text.count(stem + b"-") >= _FEWEST_ALONE


_FEWEST_LETTERS = 4


def _is_commented_out(tree: Tree, path: str) -> bool:
    """Whether a kustomization beside this one names its folder in a comment alone: generators of operators leave parts for later."""
    folder = posixpath.dirname(path)
    above, own = posixpath.split(folder)
    if not own:
        return False
    written = re.compile(rb"(?m)^[ ]*(#[ ]*)?-[ ]+\.\./" + re.escape(own.encode()) + rb"/?[ ]*\r?$")
    found = False
    for name in tree.names(above or ".")[:_MOST_BESIDE]:
        for file in FILE_NAMES if posixpath.join(above, name) != folder else ():
            for sign in written.findall(tree.read(posixpath.join(above, name, file)) or b""):
                if not sign:
                    return False
                found = True
    return found


_MOST_BESIDE = 100


def _is_unwritten(tree: Tree, path: str) -> bool:
    """Whether a kustomization below the root is empty or holds comments only: made for later, or left in a folder that was given up."""
    lines = (line.strip() for line in (tree.read(path) or b"").splitlines())
    return bool(posixpath.dirname(path)) and all(not line or line.startswith((b"#", b"---")) for line in lines)


def _is_switched_off(tree: Tree, path: str) -> bool:
    """Whether nothing is left of a kustomization but what it says of itself, and entries that somebody commented out."""
    lines = [line.strip() for line in (tree.read(path) or b"").splitlines()]
    left = [line for line in lines if line and not line.startswith(b"#")]
    return all(map(_OF_ITSELF.fullmatch, left)) and any(map(_COMMENTED.match, lines))


_OF_ITSELF = pattern(
    rb"---.{0,100}|(?:apiVersion|kind):.{0,200}|\w{1,40}:(?:[ ]{1,40}(?:\[\]|null|~))?(?:[ ]+#.{0,400})?", re.S
)
_COMMENTED = pattern(rb"#[# ]*(?:-[ ]+[\w./-]|\w{1,40}:[ ]*(?:\[.*)?\Z)")
