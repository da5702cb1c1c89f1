"""The whole judgement from top to bottom: texts -> documents -> objects -> rules -> findings.

texts -reading-> objects <-built- units (kustomizations, charts)
                    |
              sets: validation of each against the schema -> findings, and the nodes that rules want to see
                    |
              objects/cluster.py (every object, references)
                    |                        |
              ruling: rules           trial/plays.py -> timelines -> rules about them
                    |                        |
              withheld: what is not told -> placing -> findings

Ignores, levels and the order come after it, in command/judge.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.api.statefulsets import TEMPLATES_READ
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.engine.built import beside_kustomizations, objects_of_unit, objects_of_units
from kubetrial.lint.engine.checked import Checked, Reading
from kubetrial.lint.engine.choice import Choice, Known, of_minor
from kubetrial.lint.engine.reading import objects_of
from kubetrial.lint.engine.ruling import Again, CheckRun, Rules, fields_held, run_rules
from kubetrial.lint.engine.sets import (
    judge_changes,
    judge_chart,
    judge_patches,
    judge_together,
    judge_upgrade,
    kind_and_name,
    say_unknown_kinds,
)
from kubetrial.lint.engine.validation import custom_kinds
from kubetrial.lint.files.text import Text
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import Entry
from kubetrial.lint.values.records import dataclass, replace
from kubetrial.schemas.minors import NEWEST

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.origin import Unit


NO_DIVISIONS: Mapping[int, Division] = {}


def check_texts(
    texts: Iterable[Text],
    choice: Choice = Choice(),  # noqa: B008  it never changes
    known: Known = Known(),  # noqa: B008
    *,
    minor: int = NEWEST,
    also: Sequence[int] = (),
    older: Iterable[Text] | None = None,
    elsewhere: bool = False,
    division: Division | None = None,
    divisions: Mapping[int, Division] = NO_DIVISIONS,
    jobs: int = 1,
) -> Checked:
    """Check texts as the manifests of one cluster.

    `older` are the texts of an earlier state whose changes are judged. With `elsewhere`, findings on the other texts are kept too
    where a related place lies in a reported one: a change there caused them. `division` holds the units that are built: their objects
    are checked, and the files that they are made of are not checked as they stand. `jobs` is how many processes may share the work.
    `also` are other minors that judge the same objects; their findings are `others` of the result. `divisions` has the division of
    each of them whose charts are rendered otherwise.
    """
    result = Checked()
    chosen = choice.chosen()
    entries = of_minor(chosen, minor)
    texts = list(texts)
    reported = frozenset(text.name for text in texts if text.reported)
    patches: list[Text] = []
    if division is not None and division.sources:
        judged_alone = division.unlisted - division.commented
        patches = [text for text in texts if text.reported and text.name in judged_alone]
        texts = [text for text in texts if text.name not in division.sources]
        reported |= {unit.path for unit in division.units}
    objects = list(objects_of(texts, entries, result, jobs, known.schema_dirs))
    charts: list[tuple[Unit, list[Object]]] = []
    if division is not None:
        objects += objects_of_units(division, entries, result)
        charts = [(unit, list(objects_of_unit(unit, entries, result, division.text_of))) for unit in division.alone]
    unread = frozenset(result.reading.unread if division is None else result.reading.unread | division.templates)
    job = _Job(
        chosen, choice.options, known, objects, charts, reported, unread, elsewhere,
        None if older is None else list(older), patches, beside_kustomizations(texts, division), jobs, division,
    )  # fmt: skip
    read = list(result.findings)
    _judge(job, minor, entries, result)
    for other in also:
        result.others[other] = _judge_again(job, minor, other, read, result, divisions.get(other))
    untried = _confirm_branches(job, minor, entries, result.findings)
    if untried:
        result.skip(UNTRIED, untried)
    for other, findings in result.others.items():
        _confirm_branches(job, other, of_minor(chosen, other), findings)
    result.notes.extend(result.reading.left.notes())
    said = reported | {finding.file for finding in result.findings}
    of_charts = [obj for _, inside in charts for obj in inside]
    result.annotated = [obj for obj in objects if obj.document.file in said] + of_charts
    return result


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be judged, whatever the minor that judges; see check_texts."""

    chosen: Mapping[str, Entry]
    options: Mapping[str, Mapping[str, Any]]
    known: Known
    objects: list[Object]
    charts: list[tuple[Unit, list[Object]]]
    reported: frozenset[str]
    unread: frozenset[str]
    elsewhere: bool
    older: list[Text] | None
    patches: list[Text]
    beside: frozenset[str]
    jobs: int
    division: Division | None = None
    changed: frozenset[str] = frozenset()  # of the charts: those that another minor has otherwise


def _judge(job: _Job, minor: int, entries: Mapping[str, Entry], result: Checked, again: Again | None = None) -> None:
    """Hold everything against the schema, the rules and the trial of a minor."""
    of_charts = [obj for _, inside in job.charts for obj in inside]
    held = fields_held([*job.objects, *of_charts, *result.reading.configurations])
    rules = Rules(entries, job.options, result, held)
    catalogue = Catalogue(minor, rules.visiting, job.known.enabled)
    customs = custom_kinds([*job.objects, *of_charts], job.known.schema_dirs, minor)
    run = CheckRun(
        catalogue,
        customs,
        rules,
        minor,
        job.known,
        job.elsewhere,
        job.jobs,
        again,
        job.beside,
    )
    cluster = judge_together(
        job.objects, job.reported, run, result, job.known.complete, job.unread, result.reading.kustomizations
    )
    rest = _of_rest(rules, again, result, "")
    for configuration in result.reading.configurations:
        run_rules(rules.visiting("configuration"), configuration, cluster, rest.entries, result)
    for unit, inside in job.charts:
        # A chart with one set of values is a set of its own: another one gives other objects the same names.
        known = not unit.unknown and not unit.apart
        closed = job.known.closed_world and known
        beside = tuple(map(kind_and_name, job.objects)) if closed else ()
        cluster_of = replace(
            run, known=replace(run.known, closed_world=closed, external=(*run.known.external, *beside))
        )
        if unit.name in job.changed:
            cluster_of = replace(cluster_of, again=None)  # rendered for this minor
        made = judge_together(inside, frozenset((unit.path,)), cluster_of, result, known, name=unit.name)
        of_chart = _of_rest(rules, again, result, unit.name)
        judge_chart(job.division, unit, inside, of_chart, made, result)
        if job.division is not None and unit.name in job.division.older:
            judge_upgrade(job.division.older[unit.name], made, catalogue, of_chart, result)
    judge_patches(job.patches, replace(run, rules=rest), result)
    say_unknown_kinds(run, result)
    if job.older is not None:
        olds = list(objects_of(job.older, {}, Checked()))
        if job.division is not None:
            olds += [obj for unit in job.division.older_overlays for obj in objects_of_unit(unit, {}, Checked())]
        judge_changes(olds, job.objects, catalogue, cluster, rest, result)


UNTRIED = "possible finding of a branch: too many sets of values to hold it against each"


def _confirm_branches(job: _Job, minor: int, entries: Mapping[str, Entry], findings: list[Finding]) -> int:
    """Hold the findings of charts that were rendered with several sets of values at once against each set alone.

    Returns for how many a set was left out, as there are too many.
    """
    untried = 0
    for unit, _ in job.charts:
        leads = unit.leads
        if leads is None:
            continue
        shown: dict[int, list[Finding]] = {}
        for place, finding in enumerate(findings):
            for way in leads.ways(finding) if finding.unit == unit.name else ():
                alone = leads.alone(way)
                if alone is not None and id(alone) not in shown:
                    shown[id(alone)] = _judged_alone(job, alone, minor, entries)
                found = leads.shown(finding, shown[id(alone)]) if alone is not None else finding
                if found is not None:
                    findings[place] = replace(found, document=finding.document)
                    leads.confirm(finding, way)
                    break
            else:
                untried += finding.unit == unit.name and leads.leaves_out(finding)
    return untried


def _judged_alone(job: _Job, unit: Unit, minor: int, entries: Mapping[str, Entry]) -> list[Finding]:
    """The findings of one chart with one set of values."""
    result = Checked()
    read = job.division.text_of if job.division is not None else (lambda _: None)
    inside = list(objects_of_unit(unit, entries, result, read))
    _judge(replace(job, objects=[], charts=[(unit, inside)], older=None, patches=[]), minor, entries, result)
    return result.findings


def _of_rest(rules: Rules, again: Again | None, result: Checked, name: str) -> Rules:
    """The rules that look at what is around the objects of a set: at a further minor that sees the same, those that ask for it."""
    kept = result.kept.get(name)
    return rules if again is None or kept is None or kept.others else rules.only(again.entries)


def _judge_again(
    job: _Job, minor: int, other: int, read: list[Finding], result: Checked, division: Division | None = None
) -> list[Finding]:
    """The findings at another minor: the schema judges again, and of the rules those that asked which minor it is.

    Where this minor's server drops other fields of an object, all rules look at that object again, and those that look at
    objects together at all of its set. A chart that is rendered otherwise is judged as if it were the only one.
    """
    now = of_minor(job.chosen, other)
    fresh = Checked(reading=Reading(result.reading.kustomizations, configurations=result.reading.configurations))
    names = {unit.name for unit, _ in job.charts}
    job = _rendered_for(job, division, now, fresh)
    of_charts = [obj for _, inside in job.charts for obj in inside]
    pods = min(minor, other) < TEMPLATES_READ and any(obj.kind == "StatefulSet" for obj in (*job.objects, *of_charts))
    again = {
        name: entry
        for name, entry in now.items()
        if entry.visits == ("nothing",)
        or name in result.asked
        or not entry.since <= minor <= entry.until
        or (pods and entry.category is Category.REJECTED)  # they refuse pods in one, and the StatefulSet in the other
    }
    _judge(job, other, now, fresh, Again(again, result.walk.cleaned))
    result.internal_error = result.internal_error or fresh.internal_error
    present = {unit.name for unit, _ in job.charts}
    kept = [
        f
        for f in result.findings[len(read) :]
        if f.rule in now
        and (holds := fresh.kept.get(f.about[0] if f.about[0] in names else "")) is not None
        and holds.holds(f)
    ]
    gone = job.changed | (names - present)
    return [*(f for f in read if f.about[0] not in gone), *kept, *fresh.findings]


def _rendered_for(job: _Job, division: Division | None, entries: Mapping[str, Entry], result: Checked) -> _Job:
    """What is to be judged of a division whose charts were rendered for another minor; objects of those that are the same stay."""
    if division is None:
        return job
    before = {unit.name: (unit, inside) for unit, inside in job.charts}
    charts: list[tuple[Unit, list[Object]]] = []
    changed = set()
    for unit in division.alone:
        old = before.get(unit.name)
        if old is not None and _is_same(unit, old[0]):
            charts.append((unit, old[1]))
        else:
            charts.append((unit, list(objects_of_unit(unit, entries, result, division.text_of))))
            changed.add(unit.name)
    return replace(job, charts=charts, division=division, changed=frozenset(changed))


def _is_same(one: Unit, other: Unit) -> bool:
    """Whether two renderings of a chart give the same objects and the same problems."""
    return one is other or (
        one.problems == other.problems
        and one.unknown == other.unknown
        and [obj.value for obj in one.objects] == [obj.value for obj in other.objects]
    )
