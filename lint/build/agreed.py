"""Fixes of built objects: a literal of a source is changed where everything that takes it agrees that it is wrong.

A base serves several overlays, a template several values: what is wrong in one of them may be right in another.
"""

from __future__ import annotations

from collections.abc import Iterable

from kubetrial.lint.build.division import Division
from kubetrial.lint.build.literal import paths_of, text_at
from kubetrial.lint.build.origin import Built, Path, Unit
from kubetrial.lint.finding import Edit, Finding, Range
from kubetrial.lint.values.records import replace

Taker = tuple[str, int]
"""The name of a unit, and the number of an object in it."""


def agreed(findings: Iterable[Finding], division: Division) -> list[Finding]:
    """The findings; of built objects those keep their fix whose source is wrong for every object that takes it."""
    findings = list(findings)
    wanted: dict[tuple[str, tuple[Edit, ...]], dict[Taker, set[str]]] = {}
    for one in findings:
        if one.fix is not None and one.unit:
            takers = wanted.setdefault((one.file, one.fix.edits), {})
            takers.setdefault((one.unit, one.document), set()).add(one.path)
    refused = {key for key, takers in wanted.items() if not _agree(key[0], key[1], takers, division)}
    return [
        replace(one, fix=None) if one.fix is not None and one.unit and (one.file, one.fix.edits) in refused else one
        for one in findings
    ]


def _agree(file: str, edits: tuple[Edit, ...], takers: dict[Taker, set[str]], division: Division) -> bool:
    """Whether every object that takes what is edited has a finding for each place that it takes it to, and nothing else reads it."""
    text = division.text_of(file)
    for edit in edits:
        raw = text_at(text, edit.range) if text is not None else None
        if raw is None:
            return False
        for unit in division.units:
            if file not in unit.read:
                continue
            if _is_read_by_name(unit, file, edit.range, division):
                return False
            for number, built in enumerate(unit.objects):
                count = len(_taken(built, file, edit.range, raw))
                if count > len(takers.get((unit.name, number), ())):
                    return False
    return True


def _is_read_by_name(unit: Unit, file: str, place: Range, division: Division) -> bool:
    """Whether a template of a chart reads the value at a place of a values file, or below the key there, by its name.

    What can be mended there is printed with the mapping around it; an action that compares the value needs it as it is.
    """
    made = division.built.get(unit.name)
    if made is None or made.facts is None or file in division.templates:
        return False
    reads, places = made.facts.engine.reads, made.facts.places
    for path in {read[:depth] for read in reads for depth in range(1, len(read) + 1)}:
        at = places.origin(path)
        if at is None or division.shown(at.file) != file:
            continue
        if place in (at.key, at.value if path in reads else None):
            return True
    return False


def _taken(built: Built, file: str, place: Range, raw: str) -> set[Path]:
    """The paths of an object whose value or key a place of a source had a hand in."""
    found = set()
    for of_key in (False, True):
        for path in paths_of(built.value, raw, of_key):
            origin, _ = built.origin(path)
            every = (origin, *origin.via, *((origin.key_at,) if origin.key_at is not None else ()))
            if any(one.file == file and place in (one.key if of_key else one.value,) for one in every):
                found.add(path)
    return found
