"""Fixes of built objects: a literal of a source is changed where everything that takes it agrees that it is wrong.

A base serves several overlays, a template several values: what is wrong in one of them may be right in another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kubetrial.lint.build.division import Division
from kubetrial.lint.build.literal import by_value, leaf_paths, paths_of, text_at, unquoted
from kubetrial.lint.build.origin import Path, Unit
from kubetrial.lint.finding import Edit, Finding, Range
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml.scalars import scalar

Taker = tuple[str, int]
"""The name of a unit, and the number of an object in it."""
_Fixed = tuple[str, tuple[Edit, ...]]
"""A file, and what is edited in it."""
_Spot = tuple[str, Range]
"""A file, and a place in it."""


def agreed(findings: Iterable[Finding], division: Division) -> list[Finding]:
    """The findings; of built objects those keep their fix whose source is wrong for every object that takes it."""
    findings = list(findings)
    wanted: dict[_Fixed, dict[Taker, set[str]]] = {}
    for one in findings:
        if one.fix is not None and one.unit:
            takers = wanted.setdefault((one.fix.file or one.file, one.fix.edits), {})
            takers.setdefault((one.unit, one.document), set()).add(one.path)
    texts = {key: _texts(key, division) for key in wanted}
    refused = {key for key, found in texts.items() if not found}
    for unit in division.units:
        asked = {key: found for key, found in texts.items() if key not in refused and key[0] in unit.read}
        taken = _taken(unit, {raw for found in asked.values() for raw in found}) if asked else {}
        read, used = _read_by_name(unit, division) if asked else (set(), set())
        printed = _printed(unit, {(key[0], edit.range) for key in asked for edit in key[1]} & (read - used))
        for (file, edits), found in asked.items():
            for edit, raw in zip(edits, found, strict=True):
                at = file, edit.range
                by = printed[at] if at in printed else taken.get((*at, raw), {})
                barred = used if _is_of_its_kind(raw, edit.text) else read
                if at in barred or not _agrees(unit, by, wanted[file, edits]):
                    refused.add((file, edits))
    return [
        replace(one, fix=None)
        if one.fix is not None and one.unit and (one.fix.file or one.file, one.fix.edits) in refused
        else one
        for one in findings
    ]


def _texts(key: _Fixed, division: Division) -> list[str]:
    """What stands where each of the edits of a file is made; nothing where one of them is made to no text of one line."""
    text = division.text_of(key[0])
    found = [text_at(text, edit.range) if text is not None else None for edit in key[1]]
    whole = [raw for raw in found if raw is not None]
    return whole if len(whole) == len(found) else []


def _agrees(unit: Unit, taken: dict[int, set[Path]], takers: dict[Taker, set[str]]) -> bool:
    """Whether every object of a unit that takes what is edited has a finding for each place that it takes it to."""
    return all(len(paths) <= len(takers.get((unit.name, number), ())) for number, paths in taken.items())


def _is_of_its_kind(raw: str, text: str) -> bool:
    """Whether a text of YAML is written in place of another that says something of the same type: what prints it, prints it alike."""
    before, after = (unquoted(one) if one[:1] in ("'", '"') else scalar(one) for one in (raw, text))
    return bool(after) and before.__class__ is after.__class__ and before.__class__ in (str, int, float)


def _read_by_name(unit: Unit, division: Division) -> tuple[set[_Spot], set[_Spot]]:
    """The values of a chart that its templates read by their names, and of these those that they compare or reckon with.

    The keys above them are among both: what can be mended in a values file otherwise is printed with the mapping around it.
    """
    made = division.built.get(unit.name)
    if made is None or made.facts is None:
        return set(), set()
    reads, used = made.facts.engine.reads, made.facts.engine.used
    every: set[_Spot] = set()
    needed: set[_Spot] = set()
    for path in {read[:depth] for read in reads for depth in range(1, len(read) + 1)}:
        at = made.facts.places.origin(path)
        if at is None:
            continue
        file = division.shown(at.file)
        if at.key is not None:
            every.add((file, at.key))
            needed.add((file, at.key))
        if path in reads:
            every.add((file, at.value))
            if any(path[:depth] in used for depth in range(1, len(path) + 1)):
                needed.add((file, at.value))
    return every, needed


def _printed(unit: Unit, spots: Collection[_Spot]) -> dict[_Spot, dict[int, set[Path]]]:
    """Places in values files -> the objects of a unit, each with the paths at which actions print what stands there, or a text with it."""
    found: dict[_Spot, dict[int, set[Path]]] = {spot: {} for spot in spots}
    for number, built in enumerate(unit.objects if spots else ()):
        for path in leaf_paths(built.value):
            origin, _ = built.origin(path)
            for one in (origin, *origin.via):
                if (one.file, one.value) in found:
                    found[one.file, one.value].setdefault(number, set()).add(path)
    return found


def _taken(unit: Unit, raws: Collection[str]) -> dict[tuple[str, Range, str], dict[int, set[Path]]]:
    """(file, place, text there) -> the objects of a unit, each with the paths whose value or key that place had a hand in."""
    found: dict[tuple[str, Range, str], dict[int, set[Path]]] = {}
    wanted = by_value(raws)
    for number, built in enumerate(unit.objects):
        for path, raw, of_key in paths_of(built.value, wanted):
            origin, _ = built.origin(path)
            for one in (origin, *origin.via, *((origin.key_at,) if origin.key_at is not None else ())):
                place = one.key if of_key else one.value
                if place is not None:
                    found.setdefault((one.file, place, raw), {}).setdefault(number, set()).add(path)
    return found
