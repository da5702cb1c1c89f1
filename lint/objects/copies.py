"""Copies of one object in several files of a set: what is risky about it is said once, and the copies are named."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from kubetrial.lint.finding import Category, Finding, Related
from kubetrial.lint.objects.views import Object
from kubetrial.lint.values.equality import key_of
from kubetrial.lint.values.records import replace

_SHOWN = 3

_Place = tuple[str, int, str, str, str]


def said_once(findings: Iterable[Finding], objects: Sequence[Object]) -> list[Finding]:
    """The findings with what is said of equal objects in several files said of the first of them.

    What the API server refuses is told of each: every copy is refused, and each has to be mended.
    """
    kept: list[Finding] = []
    groups: dict[tuple[Any, ...], list[int]] = {}
    for finding in findings:
        if (
            finding.category is not Category.REJECTED
            and not (finding.unit or finding.suppressed)
            and finding.object.name
        ):
            key = (finding.rule, finding.object, finding.path, finding.message, finding.level)
            groups.setdefault(key, []).append(len(kept))
        kept.append(finding)
    values = _values(kept[at] for places in groups.values() if len(places) > 1 for at in places)
    if not values:
        return kept
    for obj in objects:
        place = (obj.document.file, obj.document.index, obj.kind, obj.namespace, obj.name)
        if place in values:
            values[place] = obj.value
    keys = {place: key_of(value) for place, value in values.items() if value is not None}
    gone: set[int] = set()
    for places in groups.values():
        alike: dict[Hashable, list[int]] = {}
        for at in places if len(places) > 1 else ():
            if (place := _place(kept[at])) in keys:
                alike.setdefault(keys[place], []).append(at)
        for first, *rest in alike.values():
            # Those in the file of the first are no copies of it, nor of one another.
            same = [at for at in rest if kept[at].file != kept[first].file]
            if same:
                kept[first] = _with_copies(kept[first], [kept[at] for at in same])
                gone.update(same)
    return [finding for at, finding in enumerate(kept) if at not in gone]


def _values(findings: Iterable[Finding]) -> dict[_Place, Any]:
    return {_place(finding): None for finding in findings}


def _place(finding: Finding) -> _Place:
    one = finding.object
    return (finding.file, finding.document, one.kind, one.namespace, one.name)


def _with_copies(finding: Finding, copies: list[Finding]) -> Finding:
    files = list(dict.fromkeys(copy.file for copy in copies))
    shown = ", ".join(files[:_SHOWN]) + (f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else "")
    related = tuple(Related("the same object stands here too", copy.file, copy.range) for copy in copies[:_SHOWN])
    said = f"{finding.message} (and in the same object in {shown})"
    return replace(finding, message=said, related=(*finding.related, *related))
