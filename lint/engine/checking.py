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
from kubetrial.lint.engine.ruling import Again, CheckRun, Rules, run_rules
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
    jobs: int = 1,
) -> Checked:
    """Check texts as the manifests of one cluster.

    `older` are the texts of an earlier state whose changes are judged. With `elsewhere`, findings on the other texts are kept too
    where a related place lies in a reported one: a change there caused them. `division` holds the units that are built: their objects
    are checked, and the files that they are made of are not checked as they stand. `jobs` is how many processes may share the work.
    `also` are other minors that judge the same objects; their findings are `others` of the result.
    """
    result = Checked()
    chosen = choice.chosen()
    entries = of_minor(chosen, minor)
    texts = list(texts)
    reported = frozenset(text.name for text in texts if text.reported)
    patches: list[Text] = []
    if division is not None and division.sources:
        patches = [text for text in texts if text.reported and text.name in division.unlisted]
        texts = [text for text in texts if text.name not in division.sources]
        reported |= {unit.path for unit in division.units}
    objects = list(objects_of(texts, entries, result, jobs))
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
        result.others[other] = _judge_again(job, minor, other, read, result)
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


def _judge(job: _Job, minor: int, entries: Mapping[str, Entry], result: Checked, again: Again | None = None) -> None:
    """Hold everything against the schema, the rules and the trial of a minor."""
    rules = Rules(entries, job.options, result)
    catalogue = Catalogue(minor, rules.visiting, job.known.enabled)
    of_charts = [obj for _, inside in job.charts for obj in inside]
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
    for configuration in result.reading.configurations:
        run_rules(rules.visiting("configuration"), configuration, cluster, entries, result)
    for unit, inside in job.charts:
        # A chart with one set of values is a set of its own: another one gives other objects the same names.
        known = not unit.unknown and not unit.apart
        closed = job.known.closed and known
        beside = tuple(map(kind_and_name, job.objects)) if closed else ()
        cluster_of = replace(run, known=replace(run.known, closed=closed, external=(*run.known.external, *beside)))
        made = judge_together(inside, frozenset((unit.path,)), cluster_of, result, known)
        judge_chart(job.division, unit, inside, rules, made, result)
        if job.division is not None and unit.name in job.division.older:
            judge_upgrade(job.division.older[unit.name], made, catalogue, rules, result)
    judge_patches(job.patches, run, result)
    say_unknown_kinds(run, result)
    if job.older is not None:
        olds = list(objects_of(job.older, {}, Checked()))
        if job.division is not None:
            olds += [obj for unit in job.division.older_overlays for obj in objects_of_unit(unit, {}, Checked())]
        judge_changes(olds, job.objects, catalogue, cluster, rules, result)


def _judge_again(job: _Job, minor: int, other: int, read: list[Finding], result: Checked) -> list[Finding]:
    """The findings at another minor: the schema judges again, and of the rules those that asked which minor it is.

    All of them run again where this minor's server drops other fields, for then they see other objects.
    """
    now = of_minor(job.chosen, other)
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
    fresh = Checked(reading=Reading(result.reading.kustomizations, configurations=result.reading.configurations))
    _judge(job, other, now, fresh, Again(again, result.walk.cleaned))
    result.internal_error = result.internal_error or fresh.internal_error
    kept = [
        f for f in result.findings[len(read) :] if f.rule in now and f.rule not in (again if fresh.narrowed else now)
    ]
    return [*read, *kept, *fresh.findings]
