"""Objects that are meant for one cluster, held against the schema, the rules and the trial run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint import parallel
from kubetrial.lint.api import partial
from kubetrial.lint.api.versions import is_own_kind
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.build.document import BuiltDocument, about
from kubetrial.lint.engine.built import UNLISTED_PATCH, is_part_of_another, objects_of_unit
from kubetrial.lint.engine.checked import Checked, Kept, Walking, add_share, told_of
from kubetrial.lint.engine.placing import placed, ref, say_internal_error, text_finding
from kubetrial.lint.engine.reading import parsed, view_of
from kubetrial.lint.engine.ruling import (
    Again,
    CheckRun,
    Rules,
    narrowed,
    near,
    run_rules,
    run_visits,
    which,
    without_cluster,
)
from kubetrial.lint.engine.validation import validate
from kubetrial.lint.engine.withheld import is_judged
from kubetrial.lint.files import placeholder, recognition, template
from kubetrial.lint.files.text import Text
from kubetrial.lint.finding import Category, CheckedDocument, Finding, Position, Range
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Object, Workload
from kubetrial.lint.rule import Rule
from kubetrial.lint.values.records import replace
from kubetrial.lint.yaml.node import Found, Node

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.origin import Unit


def judge_together(
    objects: list[Object],
    reported: frozenset[str],
    run: CheckRun,
    result: Checked,
    complete: bool,
    unread: frozenset[str] = frozenset(),
    kustomizations: Any = None,
    name: str = "",
) -> Cluster:
    """Hold objects that are meant for one cluster against the schema, the rules and the trial run; `name` is that of the set."""
    given = objects
    visits = walk_objects(objects, reported, run, result)
    if run.elsewhere:
        visits += around(objects, reported, run, result)
    tests = {id(obj) for obj in objects if is_helm_test(obj)}
    if tests:
        # `helm test` makes them later and for a moment: nothing else is meant for them.
        visits = [(without_cluster(of_type) if id(node.root) in tests else of_type, node) for of_type, node in visits]
        objects = [obj for obj in objects if id(obj) not in tests]
    cluster = Cluster(
        [result.walk.cleaned.get(id(obj), obj) for obj in objects if id(obj) not in result.walk.parts]
        if result.walk.cleaned or result.walk.parts
        else objects,
        run.minor,
        complete,
        reported,
        run.known.external,
        run.known.profile,
        kustomizations,
        unread,
        run.known.closed_world,
    )
    if run.again is not None:
        run, visits = _only_again(run, run.again, visits, given, cluster, name, result)
    run_visits([*visits, (run.rules.visiting("cluster"), cluster)], cluster, run, result)
    run_trial(run, cluster, result)
    for reason, count in cluster.left.items():
        result.skip(reason, count)
    return cluster


def _only_again(
    run: CheckRun,
    again: Again,
    visits: list[tuple[tuple[Rule, ...], Node]],
    objects: Sequence[Object],
    cluster: Cluster,
    name: str,
    result: Checked,
) -> tuple[CheckRun, list[tuple[tuple[Rule, ...], Node]]]:
    """What a further minor has to look at: where its server drops the same, only what asks for the minor."""
    others = again.others(objects, result.walk.cleaned)
    if not others:
        result.kept[name] = Kept(again.entries)
        return replace(run, rules=run.rules.only(again.entries)), visits
    rules = {rule for of_type, _ in visits for rule in of_type}
    around = frozenset(rule.entry.name for rule in rules if rule.takes_cluster)
    alone = frozenset(rule.entry.name for rule in rules) - around
    changed, beside = near(objects, others, cluster)
    result.kept[name] = Kept(again.entries, others, frozenset(map(which, beside)), alone, around)
    cleaned = result.walk.cleaned
    ids = [{id(cleaned.get(id(obj), obj)) for obj in some} | {id(obj) for obj in some} for some in (changed, beside)]
    return run, narrowed(visits, again.entries, *ids)


WORTH_PLAYS = 100
"""So many plays are worth a process of their own."""


def judge_patches(texts: Sequence[Text], run: CheckRun, result: Checked) -> None:
    """Hold patches that no unit is made of against the schema of their kind, as parts of an object."""
    entries = run.rules.entries
    for text, read in zip(texts, parsed(texts, run.jobs), strict=True):
        unread = {index: chunk for index, _, chunk in read.unread}
        for position, problem in read.problems:
            left = position in unread and (
                template.template_reason(unread[position], text.name, text.text) is not None
                or placeholder.unreadable(unread[position])
            )
            if problem.rule in entries and not left:
                result.findings.append(text_finding(problem, text.name, position, read, entries))
        for document in read.documents:
            value = partial.without_directives(document.value)
            if not recognition.is_object(value, is_own_kind) or template.other_than_manifest(value, text.name):
                continue
            obj = view_of(document, (), value)
            try:
                every = validate(obj, run.catalogue, run.customs, {})[0]
                if any(one.rule == "api-removed" for one in every):
                    continue  # it is laid over an object of another version, with fields of its own
                found = partial.said_of_patch(every)
            except Exception as error:
                say_internal_error(result, "the schema check", error, obj)
                continue
            result.findings.extend(
                placed(one, obj, entries) for one in found if one.rule in entries and is_judged(one, result)
            )


def judge_chart(
    division: Division | None, unit: Unit, objects: list[Object], rules: Rules, cluster: Cluster, result: Checked
) -> None:
    """Let the rules about charts see a chart with one set of values."""
    of_charts = rules.visiting("chart")
    built = division.built.get(unit.name) if division is not None else None
    if not of_charts or built is None or built.facts is None or division is None:
        return
    from kubetrial.lint.build.chart.view import Chart

    run_rules(of_charts, Chart(unit, built.facts, objects, division.shown), cluster, rules.entries, result)


def is_helm_test(obj: Object) -> bool:
    """Whether an object of a chart is applied by `helm test` only."""
    if not isinstance(obj.document, BuiltDocument):
        return False
    hooks = obj["metadata"]["annotations"].get("helm.sh/hook")
    return isinstance(hooks, str) and all(hook.strip().startswith("test") for hook in hooks.split(","))


def kind_and_name(obj: Object) -> str:
    """An object as the configuration's `external` names it."""
    return f"{obj.kind}/{obj.name}"


def walk_objects(
    objects: Sequence[Object], reported: frozenset[str], run: CheckRun, result: Checked
) -> list[tuple[tuple[Rule, ...], Node]]:
    """Validate each object that is reported against its schema, and collect the nodes that rules want to see."""
    rules = run.rules
    visits: list[tuple[tuple[Rule, ...], Node]] = []
    whole: dict[tuple[str, str], list[str]] = {}
    for obj in objects:
        if obj.document.file not in reported:
            continue
        result.documents.append(CheckedDocument(obj.document.file, obj.document.index, ref(obj), obj.document.line + 1))
        try:
            telling = rules.telling(obj)
            found, wanted, clean = validate(obj, run.catalogue, run.customs, run.unknown_kinds, telling)
            broken = [one.node.steps for one in found if one.rule == "value-wrong-type"]
        except Exception as error:  # whatever the input: one finding, and the other objects are checked
            say_internal_error(result, "the schema check", error, obj)
            continue
        if _is_patch(obj, found, objects, run, whole):
            found, wanted, clean = partial.said_of_patch(found), [], obj
            result.skip(UNLISTED_PATCH)
            result.walk.parts.add(id(obj))
        visits.extend(wanted)
        if clean is not obj:
            result.walk.cleaned[id(obj)] = clean
            result.walk.broken[id(obj.document), obj.key] = broken
        if id(obj) not in result.walk.parts and (everywhere := rules.visiting("object", telling)):
            visits.append((everywhere, obj))
        for one in found:
            if one.rule in rules.entries and is_judged(one, result):
                result.findings.append(placed(one, obj, rules.entries))
    return visits


def _is_patch(
    obj: Object,
    found: Sequence[Found],
    objects: Sequence[Object],
    run: CheckRun,
    whole: dict[tuple[str, str], list[str]],
) -> bool:
    """Whether an object is a part of another one: by its file's name, by a directive, or because it lacks things beside a kustomization."""
    path = obj.document.file
    if partial.is_called_patch(obj.value, path, found) or partial.has_directive(found) or partial.is_merged(obj.value):
        return True
    if path not in run.beside or not partial.is_part(obj.value, found):
        return False
    return partial.is_bare(obj.value, found) or is_part_of_another(obj, objects, whole)


def say_unknown_kinds(run: CheckRun, result: Checked) -> None:
    """What no schema was known for, and which of the user's schemas could not be used."""
    customs = run.customs
    for file, reason in customs.unusable.items() if customs is not None else ():
        result.findings.append(_unusable_schema(file, reason))
    if customs is not None and customs.unasked:
        result.skip("rule of a CustomResourceDefinition that only the API server evaluates", customs.unasked)
    if customs is not None and customs.of_others:
        result.skip("object of another version than the definition of its kind", customs.of_others)
    for (api_version, kind), count in sorted(run.unknown_kinds.items()):
        result.notes.append(
            f"no schema for {kind} in {api_version}: {count} object{'s' * (count > 1)} checked for metadata only"
        )
        result.skip(f"no schema for {api_version} {kind}", count)


def _unusable_schema(file: str, reason: str) -> Finding:
    """A schema that the user gave and that could not be used: a check that was told to use it must not pass as if it had."""
    return Finding(
        rule="file-unreadable",
        category=Category.BROKEN,
        message=f"this schema was not used as it is: {reason}",
        file=file,
        range=Range(Position(1, 1), Position(1, 2)),
        consequence="objects of its kind are not held against it",
        help="mend it, or take it out of the schema folders",
    )


def around(
    objects: Sequence[Object], reported: frozenset[str], run: CheckRun, result: Checked
) -> list[tuple[tuple[Rule, ...], Node]]:
    """What rules that look at other objects too want to see of those that are context; their own faults are not told."""
    catalogue = Catalogue(run.minor, run.rules.looking_around, run.known.enabled, bare=True)
    visits: list[tuple[tuple[Rule, ...], Node]] = []
    for obj in objects:
        if obj.document.file in reported:
            continue
        try:
            telling = run.rules.telling(obj)
            found, wanted, clean = validate(obj, catalogue, run.customs, {}, telling)
        except Exception:
            continue
        if clean is not obj:
            result.walk.cleaned[id(obj)] = clean
            result.walk.broken[id(obj.document), obj.key] = [
                o.node.steps for o in found if o.rule == "value-wrong-type"
            ]
        visits.extend((tuple(rule for rule in of_type if rule.takes_cluster), node) for of_type, node in wanted)
        visits.append((run.rules.looking_around("object", telling), obj))
    return [(of_type, node) for of_type, node in visits if of_type]


def run_trial(run: CheckRun, cluster: Cluster, result: Checked) -> None:
    """Play the scenarios that can tell something about the objects, and let the rules about timelines see them."""
    if not any(isinstance(obj, Workload) for obj in cluster.objects):
        return  # nothing runs, and neither rules nor controllers need to be loaded
    rules = run.rules
    of_timelines = tuple(rule for rule in rules.visiting("timeline") if rule.entry.name in rules.entries)
    if not of_timelines:
        return
    from kubetrial.lint.trial import plays

    asked = cluster.asked
    refused = {f.about for f in result.findings if f.category is Category.REJECTED} | result.walk.unjudged
    try:
        every = list(plays.of(cluster))
    except Exception as error:  # whatever the input: one finding, and what else was found is told
        say_internal_error(result, "the trial", error, None)
        return
    names = [rule.entry.name for rule in of_timelines]
    if cluster.asked != asked:
        result.asked.update(names)

    def work(start: int, stop: int) -> tuple[Checked, int]:
        part, cut = Checked(walk=Walking(broken=result.walk.broken)), 0
        asked = cluster.asked
        for play in every[start:stop]:
            run_rules(of_timelines, play, cluster, run.rules.entries, part)
            for one in play.played():
                cut += one.is_cut
                if one.failure is not None and not any(about(o.document) in refused for o in one.objects):
                    say_internal_error(
                        part, f"the play {one.scenario}", one.failure, one.objects[0] if one.objects else None
                    )
        if cluster.asked != asked:
            part.asked.update(names)
        return told_of(part), cut

    cut = 0
    for part, cut_there in parallel.shares([1] * len(every), run.jobs, work, WORTH_PLAYS):
        add_share(part, result)
        cut += cut_there
    if cut:
        result.skip("play that makes more work than a trial follows", cut)
        result.notes.append(
            f"{cut} play{'s' * (cut > 1)} of the trial run made more work than a trial follows and show nothing here"
        )


def judge_upgrade(unit: Unit, cluster: Cluster, catalogue: Catalogue, rules: Rules, result: Checked) -> None:
    """What a chart changes from an older state of it; hooks are made anew each time."""
    olds = [obj for obj in objects_of_unit(unit, {}, Checked()) if not is_hook(obj)]
    news = [obj for obj in cluster.objects if not is_hook(obj)]
    now = Cluster(news, cluster.minor, cluster.complete, cluster.reported)
    judge_changes(olds, news, catalogue, now, rules, result)


def is_hook(obj: Object) -> bool:
    """Whether Helm runs an object at a moment of an installation or upgrade."""
    return obj["metadata"]["annotations"].get("helm.sh/hook") is not None


def _is_readable(obj: Object, catalogue: Catalogue) -> bool:
    """Whether the values of an object have the types of its fields, as far as its kind is known."""
    try:
        return not any(found.rule == "value-wrong-type" for found in validate(obj, catalogue, None, {})[0])
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return False  # it is no object of today, and says nothing


def judge_changes(
    olds: Sequence[Object],
    objects: Sequence[Object],
    catalogue: Catalogue,
    cluster: Cluster,
    rules: Rules,
    result: Checked,
) -> None:
    """Findings for what the server refuses to change from an older state, and what rules about changes say."""
    from kubetrial.lint.api import against
    from kubetrial.lint.objects import changes

    # What has a value of a wrong type was never applied, and is not now.
    olds = [old for old in olds if _is_readable(old, catalogue)]
    objects = [result.walk.cleaned.get(id(obj), obj) for obj in objects]
    if "field-immutable" in rules.entries:
        for found in against.refused(olds, objects, catalogue):
            result.findings.append(placed(found, found.node.root, rules.entries))
    if of_changes := rules.visiting("changes"):
        run_rules(of_changes, changes.changes(olds, cluster), cluster, rules.entries, result)
