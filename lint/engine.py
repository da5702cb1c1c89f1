"""The whole tool from top to bottom: texts -> documents -> objects -> rules -> findings.

text -source-> documents of Nodes -schema-> `rejected` findings
                      |
                 cluster.py (every object, references, defaults)
                      |
                 trial.run -> Timeline
                      |             |
                      +--- rules ---+--> ignores -> sort, number equals -> Result
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint import parallel
from kubetrial.lint.api import partial
from kubetrial.lint.api.checked import Checked as Walked
from kubetrial.lint.api.statefulsets import TEMPLATES_READ
from kubetrial.lint.api.versions import is_own_kind, removed
from kubetrial.lint.api.walk import Catalogue, check, check_metadata
from kubetrial.lint.build.document import BuiltDocument, invents
from kubetrial.lint.files import kustomize, left, placeholder, recognition, substitution, template
from kubetrial.lint.files.text import Text as Text
from kubetrial.lint.finding import REFUSED, Category, CheckedDocument, Finding, ObjectRef, Position, Range, Related
from kubetrial.lint.objects import not_applied
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import VIEWS, Configuration, Object
from kubetrial.lint.records import dataclass, field, replace
from kubetrial.lint.rule import Entry, Rule, index, load
from kubetrial.lint.yaml import source
from kubetrial.lint.yaml.document import Document, Problem
from kubetrial.lint.yaml.node import Found, Node, file_of, place_of
from kubetrial.schemas.minors import NEWEST

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.build.origin import Origin, Unit

Selected = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules judge: of `entries` (ours, where there are none) those that are `selected`, with their `options` by name."""

    selected: Selected = lambda entry: entry.category.on_by_default
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    entries: Mapping[str, Entry] | None = None

    def entries_of(self, minor: int | None = None) -> dict[str, Entry]:
        """The chosen rules, of all minors or of those that hold in one."""
        every = index() if self.entries is None else self.entries
        chosen = {name: entry for name, entry in every.items() if self.selected(entry)}
        return chosen if minor is None else _of_minor(chosen, minor)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the cluster. `complete`: the whole set is given; `closed`: nothing else exists but what is `external`
    (patterns of kind and name). `profile` is the cluster of the trial, `schema_dirs` have the schemas of custom resources.
    """

    complete: bool = True
    closed: bool = False
    external: tuple[str, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    schema_dirs: Sequence[str] = ()


@dataclass(slots=True)
class Reading:
    """What reading the texts left beside objects: files with documents that nobody can look into, what kubeadm and the like read,
    and templates and placeholders, said once for a chart or a file.
    """

    kustomizations: Any = None
    unread: set[str] = field(default_factory=set)
    configurations: list[Object] = field(default_factory=list)
    left: left.Left = field(default_factory=left.Left)


@dataclass(slots=True)
class Walking:
    """What the walk over the objects left, by their ids: those without values of a wrong type (`cleaned`), these values (`broken`),
    parts of other objects (patches that nobody lists), and the documents of which a finding was held back.
    """

    cleaned: dict[int, Object] = field(default_factory=dict)
    broken: dict[tuple[int, Any], list[tuple[str | int, ...]]] = field(default_factory=dict)
    parts: set[int] = field(default_factory=set)
    unjudged: set[tuple[str, int]] = field(default_factory=set)


@dataclass(slots=True)
class Checked:
    """What a check of texts gives, before ignores and summary: findings in order of discovery, and what was not checked."""

    findings: list[Finding] = field(default_factory=list)
    documents: list[CheckedDocument] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    internal_error: bool = False
    annotated: list[Object] = field(default_factory=list)
    reading: Reading = field(default_factory=Reading)
    walk: Walking = field(default_factory=Walking)
    asked: set[str] = field(default_factory=set)  # rules that wanted to know the minor
    narrowed: bool = False  # whether only the rules that tell minors apart were run, as the others would see the same
    others: dict[int, list[Finding]] = field(
        default_factory=dict
    )  # the findings at the other minors that were asked for

    def skip(self, reason: str, count: int = 1) -> None:
        """Count something that was not checked."""
        self.skipped[reason] = self.skipped.get(reason, 0) + count


class _Rules:
    """The selected rules, each loaded when something first needs it."""

    def __init__(self, entries: Mapping[str, Entry], options: Mapping[str, Mapping[str, Any]], result: Checked) -> None:
        self.entries = entries
        self._options = options
        self._result = result
        self._loaded: dict[str, Rule | None] = {}
        self._by_type: dict[str, list[Entry]] = {}
        for entry in entries.values():
            for visited in entry.visits:
                self._by_type.setdefault(visited, []).append(entry)

    def visiting(self, visited: str) -> tuple[Rule, ...]:
        """The rules that look at a type of the catalogue, at every object, the cluster or the trial."""
        return tuple(rule for entry in self._by_type.get(visited, ()) if (rule := self._ready(entry)) is not None)

    def _ready(self, entry: Entry) -> Rule | None:
        if entry.name not in self._loaded:
            try:
                self._loaded[entry.name] = load(entry, self._options.get(entry.name))
            except Exception as error:  # a rule that cannot be loaded must not stop the others
                self._loaded[entry.name] = None
                _internal(self._result, f"the rule {entry.name}", error, None)
        return self._loaded[entry.name]


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
    chosen = choice.entries_of()
    entries = _of_minor(chosen, minor)
    texts = list(texts)
    reported = frozenset(text.name for text in texts if text.reported)
    patches: list[Text] = []
    if division is not None and division.sources:
        patches = [text for text in texts if text.reported and text.name in division.unlisted]
        texts = [text for text in texts if text.name not in division.sources]
        reported |= {unit.path for unit in division.units}
    objects = list(_objects_of(texts, entries, result, jobs))
    charts: list[tuple[Unit, list[Object]]] = []
    if division is not None:
        objects += _built(division, entries, result)
        charts = [(unit, list(_of_unit(unit, entries, result))) for unit in division.alone]
    unread = frozenset(result.reading.unread if division is None else result.reading.unread | division.templates)
    job = _Job(
        chosen, choice.options, known, objects, charts, reported, unread, elsewhere,
        None if older is None else list(older), patches, _beside(texts, division), jobs, division,
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


def _of_minor(entries: Mapping[str, Entry], minor: int) -> dict[str, Entry]:
    """The rules that hold in a minor."""
    return {name: e for name, e in entries.items() if e.since <= minor <= e.until}


def _judge(job: _Job, minor: int, entries: Mapping[str, Entry], result: Checked, again: _Again | None = None) -> None:
    """Hold everything against the schema, the rules and the trial of a minor."""
    rules = _Rules(entries, job.options, result)
    catalogue = Catalogue(minor, rules.visiting)
    of_charts = [obj for _, inside in job.charts for obj in inside]
    customs = _custom_kinds([*job.objects, *of_charts], job.known.schema_dirs, minor, result)
    run = _Run(
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
    cluster = _judge_together(
        job.objects, job.reported, run, result, job.known.complete, job.unread, result.reading.kustomizations
    )
    for configuration in result.reading.configurations:
        _run_rules(rules.visiting("configuration"), configuration, cluster, entries, result)
    for unit, inside in job.charts:
        # A chart with one set of values is a set of its own: another one gives other objects the same names.
        known = not unit.unknown and not unit.apart
        closed = job.known.closed and known
        beside = tuple(map(_name, job.objects)) if closed else ()
        cluster_of = replace(run, known=replace(run.known, closed=closed, external=(*run.known.external, *beside)))
        made = _judge_together(inside, frozenset((unit.path,)), cluster_of, result, known)
        _judge_chart(job.division, unit, inside, rules, made, result)
        if job.division is not None and unit.name in job.division.older:
            _judge_upgrade(job.division.older[unit.name], made, catalogue, rules, result)
    _judge_patches(job.patches, run, result)
    _say_unknown_kinds(run, result)
    if job.older is not None:
        olds = list(_objects_of(job.older, {}, Checked()))
        _judge_changes(olds, job.objects, catalogue, cluster, rules, result)


def _judge_again(job: _Job, minor: int, other: int, read: list[Finding], result: Checked) -> list[Finding]:
    """The findings at another minor: the schema judges again, and of the rules those that asked which minor it is.

    All of them run again where this minor's server drops other fields, for then they see other objects.
    """
    now = _of_minor(job.chosen, other)
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
    _judge(job, other, now, fresh, _Again(again, result.walk.cleaned))
    result.internal_error = result.internal_error or fresh.internal_error
    kept = [
        f for f in result.findings[len(read) :] if f.rule in now and f.rule not in (again if fresh.narrowed else now)
    ]
    return [*read, *kept, *fresh.findings]


@dataclass(frozen=True, slots=True)
class _Again:
    """What another minor has to judge where its server drops nothing else: these rules. `cleaned` are the objects as the first saw them."""

    entries: Mapping[str, Entry]
    cleaned: Mapping[int, Object]

    def is_enough(self, cleaned: Mapping[int, Object]) -> bool:
        """Whether rules see the same objects."""
        return {key: one.value for key, one in cleaned.items()} == {key: one.value for key, one in self.cleaned.items()}


@dataclass(frozen=True, slots=True)
class _Run:
    """What is the same for every set of objects that is judged."""

    catalogue: Catalogue
    customs: Any
    rules: _Rules
    minor: int
    known: Known
    elsewhere: bool
    jobs: int
    again: _Again | None = None
    beside: frozenset[str] = frozenset()  # plain files that stand below a kustomization
    unknown_kinds: dict[tuple[str, str], int] = field(default_factory=dict)


def _judge_together(
    objects: list[Object],
    reported: frozenset[str],
    run: _Run,
    result: Checked,
    complete: bool,
    unread: frozenset[str] = frozenset(),
    kustomizations: Any = None,
) -> Cluster:
    """Hold objects that are meant for one cluster against the schema, the rules and the trial run."""
    visits = _walk(objects, reported, run, result)
    if run.elsewhere:
        visits += _around(objects, reported, run.catalogue, run.customs, run.rules, result)
    tests = {id(obj) for obj in objects if _is_helm_test(obj)}
    if tests:
        # `helm test` makes them later and for a moment: nothing else is meant for them.
        visits = [(_without_cluster(of_type) if id(node.root) in tests else of_type, node) for of_type, node in visits]
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
        run.known.closed,
    )
    if run.again is not None and run.again.is_enough(result.walk.cleaned):
        result.narrowed = True
        run.rules.entries = run.again.entries
    _visit([*visits, (run.rules.visiting("cluster"), cluster)], cluster, run, result)
    _run_trial(run, cluster, result)
    for reason, count in cluster.left.items():
        result.skip(reason, count)
    return cluster


_WORTH_RULES = 2_000
"""So many runs of a rule on a node are worth a process of their own."""
_WORTH_READING = 200_000
"""So many characters to read are."""
_WORTH_PLAYS = 100


def _visit(visits: Sequence[tuple[tuple[Rule, ...], Any]], cluster: Cluster, run: _Run, result: Checked) -> None:
    """Run the rules on what they want to see, in shares where that is much."""

    def work(start: int, stop: int) -> Checked:
        part = Checked(walk=Walking(broken=result.walk.broken))
        for of_type, subject in visits[start:stop]:
            _run_rules(of_type, subject, cluster, run.rules.entries, part)
        return _told(part)

    for part in parallel.shares([len(of_type) for of_type, _ in visits], run.jobs, work, _WORTH_RULES):
        _add(part, result)


def _told(part: Checked) -> Checked:
    """What a share of the work has to say: what it found and left alone, without what it worked on."""
    return Checked(
        findings=part.findings,
        skipped=part.skipped,
        internal_error=part.internal_error,
        reading=Reading(left=part.reading.left),
        asked=part.asked,
    )


def _add(part: Checked, result: Checked) -> None:
    """Put what a share has to say behind what was said before it."""
    said = {finding.message for finding in result.findings if finding.rule == "internal-error"}
    result.findings += [f for f in part.findings if f.rule != "internal-error" or f.message not in said]
    for reason, count in part.skipped.items():
        result.skip(reason, count)
    result.internal_error |= part.internal_error
    result.reading.left.add(part.reading.left)
    result.asked |= part.asked


def _judge_patches(texts: Sequence[Text], run: _Run, result: Checked) -> None:
    """Hold patches that no unit is made of against the schema of their kind, as parts of an object."""
    entries = run.rules.entries
    for text in texts:
        read = source.read(text.name, text.text)
        unread = {index: chunk for index, _, chunk in read.unread}
        for position, problem in read.problems:
            left = position in unread and (
                template.template_reason(unread[position], text.name, text.text) is not None
                or placeholder.unreadable(unread[position])
            )
            if problem.rule in entries and not left:
                result.findings.append(_text_finding(problem, text.name, position, read, entries))
        for document in read.documents:
            value = partial.without_directives(document.value)
            if not recognition.is_object(value, is_own_kind) or template.other_than_manifest(value, text.name):
                continue
            obj = _view(document, (), value)
            try:
                every = _validate(obj, run.catalogue, run.customs, {})[0]
                if any(one.rule == "api-removed" for one in every):
                    continue  # it is laid over an object of another version, with fields of its own
                found = partial.said_of_patch(every)
            except Exception as error:
                _internal(result, "the schema check", error, obj)
                continue
            result.findings.extend(
                _placed(one, obj, entries) for one in found if one.rule in entries and _judged(one, result)
            )


def _judge_chart(
    division: Division | None, unit: Unit, objects: list[Object], rules: _Rules, cluster: Cluster, result: Checked
) -> None:
    """Let the rules about charts see a chart with one set of values."""
    of_charts = rules.visiting("chart")
    built = division.built.get(unit.name) if division is not None else None
    if not of_charts or built is None or built.facts is None or division is None:
        return
    from kubetrial.lint.api.chart import Chart

    _run_rules(of_charts, Chart(unit, built.facts, objects, division.shown), cluster, rules.entries, result)


def _is_helm_test(obj: Object) -> bool:
    """Whether an object of a chart is applied by `helm test` only."""
    if not isinstance(obj.document, BuiltDocument):
        return False
    hooks = obj["metadata"]["annotations"].get("helm.sh/hook")
    return isinstance(hooks, str) and all(hook.strip().startswith("test") for hook in hooks.split(","))


def _without_cluster(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if not rule.takes_cluster)


def _name(obj: Object) -> str:
    """An object as the configuration's `external` names it."""
    return f"{obj.kind}/{obj.name}"


def _built(division: Division, entries: Mapping[str, Entry], result: Checked) -> Iterator[Object]:
    """The objects of the kustomizations, and what is wrong with or unknown of the sources of all units."""
    for unit in division.kustomizations:
        yield from _of_unit(unit, entries, result)
    if division.unlisted:
        result.skip(_PATCH, len(division.unlisted))
    if division.unapplied:
        result.skip("left out by an Application of Argo CD", division.unapplied)
    for unit, problem in division.problems():
        if problem.rule in entries:
            category = entries[problem.rule].category
            result.findings.append(
                Finding(
                    rule=problem.rule,
                    category=category,
                    message=problem.message,
                    file=problem.origin.file,
                    range=problem.origin.value,
                    consequence=problem.consequence or (_NOT_BUILT[unit.kind] if problem.fatal else ""),
                    help=problem.help,
                    object=ObjectRef(*_API_OF[unit.kind], "", unit.name),
                    related=_via(problem.origin),
                    unit=unit.name if unit.kind == "chart" else "",
                )
            )
    if division.silent:
        result.skip("chart template that prints no object with these values", division.silent)
    result.notes.extend(division.notes)
    said: set[tuple[str, str]] = set()
    for unit, unknown in division.unknown():
        at = f"{unknown.origin.file}:{unknown.origin.value.start.line}"
        if (at, unknown.reason) in said:
            continue  # said once for all values of a chart, and for all overlays of a base
        said.add((at, unknown.reason))
        result.notes.append(f"{at}: {unknown.reason}; {unit.name} is checked without it")
        result.skip(f"part of a {unit.kind} that cannot be built offline")


_PATCH = "patch that no kustomization lists"
_NOT_BUILT = {
    "kustomization": "kustomize refuses to build it, so nothing of it is applied",
    "chart": "helm refuses the chart, so nothing of it is applied",
}
_API_OF = {"kustomization": ("kustomize.config.k8s.io/v1beta1", "Kustomization"), "chart": ("", "Chart")}


def _of_unit(unit: Unit, entries: Mapping[str, Entry], result: Checked) -> Iterator[Object]:
    """The objects of a unit; what has no kind is told, for helm sends it as it stands."""
    text = Text(unit.path, "")
    for position, built in enumerate(unit.objects):
        for obj in _objects(BuiltDocument(unit.path, position, unit.name, built), text, entries, result, among=True):
            if template.is_encrypted(obj.value):
                # The block goes when the values are decrypted, before the object is applied.
                result.skip(template.ENCRYPTED)
                plain = {name: inner for name, inner in obj.value.items() if name != "sops"}
                yield _view(obj.document, obj.key if isinstance(obj.key, tuple) else (), plain)
            else:
                yield obj


def _walk(
    objects: Sequence[Object], reported: frozenset[str], run: _Run, result: Checked
) -> list[tuple[tuple[Rule, ...], Node]]:
    """Validate each object that is reported against its schema, and collect the nodes that rules want to see."""
    rules = run.rules
    everywhere = rules.visiting("object")
    visits: list[tuple[tuple[Rule, ...], Node]] = []
    whole: dict[tuple[str, str], list[str]] = {}
    for obj in objects:
        if obj.document.file not in reported:
            continue
        result.documents.append(CheckedDocument(obj.document.file, obj.document.index, ref(obj), obj.document.line + 1))
        try:
            found, wanted, clean = _validate(obj, run.catalogue, run.customs, run.unknown_kinds)
            broken = [one.node.steps for one in found if one.rule == "value-wrong-type"]
        except Exception as error:  # whatever the input: one finding, and the other objects are checked
            _internal(result, "the schema check", error, obj)
            continue
        if (
            obj.document.file in run.beside
            and partial.is_part(found)
            and (partial.is_bare(found) or _is_part_of_another(obj, objects, whole))
        ):
            found, wanted, clean = partial.said_of_patch(found), [], obj
            result.skip(_PATCH)
            result.walk.parts.add(id(obj))
        visits.extend(wanted)
        if clean is not obj:
            result.walk.cleaned[id(obj)] = clean
            result.walk.broken[id(obj.document), obj.key] = broken
        if everywhere and id(obj) not in result.walk.parts:
            visits.append((everywhere, obj))
        for one in found:
            if one.rule in rules.entries and _judged(one, result):
                result.findings.append(_placed(one, obj, rules.entries))
    return visits


def _beside(texts: Sequence[Text], division: Division | None) -> frozenset[str]:
    """The files that are judged as they stand and lie in or below the folder of a kustomization."""
    if division is None or not division.kustomizations:
        return frozenset()
    folders = {unit.path.rpartition("/")[0] for unit in division.kustomizations}
    for unit in division.kustomizations:
        folders.update(file.rpartition("/")[0] for file in unit.read)
    found = set()
    for text in texts:
        parts = text.name.split("/")[:-1]
        if any("/".join(parts[:length]) in folders for length in range(len(parts), 0, -1)):
            found.add(text.name)
    return frozenset(found)


def _is_part_of_another(obj: Object, objects: Sequence[Object], whole: dict[tuple[str, str], list[str]]) -> bool:
    """Whether a kustomization builds an object of this kind and name, a prefix or suffix of the name aside; `whole` keeps their names."""
    if not whole:
        for one in objects:
            if isinstance(one.document, BuiltDocument):
                whole.setdefault((one.group, one.kind), []).append(one.name)
    name = obj.name
    return name != "" and any(
        other == name or other.endswith(f"-{name}") or other.startswith(f"{name}-")
        for other in whole.get((obj.group, obj.kind), ())
    )


def _say_unknown_kinds(run: _Run, result: Checked) -> None:
    """What no schema was known for, and which of the user's schemas could not be used."""
    customs = run.customs
    for file, reason in customs.unusable.items() if customs is not None else ():
        result.findings.append(_unusable(file, reason))
    if customs is not None and customs.unasked:
        result.skip("rule of a CustomResourceDefinition that only the API server evaluates", customs.unasked)
    for (api_version, kind), count in sorted(run.unknown_kinds.items()):
        result.notes.append(
            f"no schema for {kind} in {api_version}: {count} object{'s' * (count > 1)} checked for metadata only"
        )
        result.skip(f"no schema for {api_version} {kind}", count)


def _around(
    objects: Sequence[Object],
    reported: frozenset[str],
    catalogue: Catalogue,
    customs: Any,
    rules: _Rules,
    result: Checked,
) -> list[tuple[tuple[Rule, ...], Node]]:
    """What rules that look at other objects too want to see of those that are context; their own faults are not told."""
    everywhere = rules.visiting("object")
    visits: list[tuple[tuple[Rule, ...], Node]] = []
    for obj in objects:
        if obj.document.file in reported:
            continue
        try:
            found, wanted, clean = _validate(obj, catalogue, customs, {})
        except Exception:
            continue
        if clean is not obj:
            result.walk.cleaned[id(obj)] = clean
            result.walk.broken[id(obj.document), obj.key] = [
                o.node.steps for o in found if o.rule == "value-wrong-type"
            ]
        visits.extend((tuple(rule for rule in of_type if rule.takes_cluster), node) for of_type, node in wanted)
        visits.append((tuple(rule for rule in everywhere if rule.takes_cluster), obj))
    return [(of_type, node) for of_type, node in visits if of_type]


def _unusable(file: str, reason: str) -> Finding:
    """A schema that the user gave and that could not be used: a check that was told to use it must not pass as if it had."""
    return Finding(
        rule="file-unreadable",
        category=Category.BROKEN,
        message=f"this schema was not used as it is: {reason}",
        file=file,
        range=Range(Position(1, 1), Position(1, 2)),
        consequence="objects of its kind are not held against it",
        help="mend the file, or take it out of the schema folder",
    )


def _run_trial(run: _Run, cluster: Cluster, result: Checked) -> None:
    """Play the scenarios that can tell something about the objects, and let the rules about timelines see them."""
    rules = run.rules
    of_timelines = tuple(rule for rule in rules.visiting("timeline") if rule.entry.name in rules.entries)
    if not of_timelines:
        return
    from kubetrial.lint.trial import plays

    asked = cluster.asked
    refused = {(f.file, f.document) for f in result.findings if f.category is Category.REJECTED} | result.walk.unjudged
    every = list(plays.of(cluster))
    names = [rule.entry.name for rule in of_timelines]
    if cluster.asked != asked:
        result.asked.update(names)

    def work(start: int, stop: int) -> tuple[Checked, int]:
        part, cut = Checked(walk=Walking(broken=result.walk.broken)), 0
        asked = cluster.asked
        for play in every[start:stop]:
            _run_rules(of_timelines, play, cluster, run.rules.entries, part)
            for one in play.played():
                cut += one.is_cut
                if one.failure is not None and not any(
                    (o.document.file, o.document.index) in refused for o in one.objects
                ):
                    _internal(part, f"the play {one.scenario}", one.failure, one.objects[0] if one.objects else None)
        if cluster.asked != asked:
            part.asked.update(names)
        return _told(part), cut

    cut = 0
    for part, cut_there in parallel.shares([1] * len(every), run.jobs, work, _WORTH_PLAYS):
        _add(part, result)
        cut += cut_there
    if cut:
        result.skip("play that makes more work than a trial follows", cut)
        result.notes.append(
            f"{cut} play{'s' * (cut > 1)} of the trial run made more work than a trial follows and show nothing here"
        )


def _judge_upgrade(unit: Unit, cluster: Cluster, catalogue: Catalogue, rules: _Rules, result: Checked) -> None:
    """What a chart changes from an older state of it; hooks are made anew each time."""
    olds = [obj for obj in _of_unit(unit, {}, Checked()) if not _is_hook(obj)]
    news = [obj for obj in cluster.objects if not _is_hook(obj)]
    now = Cluster(news, cluster.minor, cluster.complete, cluster.reported)
    _judge_changes(olds, news, catalogue, now, rules, result)


def _is_hook(obj: Object) -> bool:
    return obj["metadata"]["annotations"].get("helm.sh/hook") is not None


def _judge_changes(
    olds: Sequence[Object],
    objects: Sequence[Object],
    catalogue: Catalogue,
    cluster: Cluster,
    rules: _Rules,
    result: Checked,
) -> None:
    """Findings for what the server refuses to change from an older state, and what rules about changes say."""
    from kubetrial.lint.api import against
    from kubetrial.lint.objects import changes

    if "field-immutable" in rules.entries:
        for found in against.refused(olds, objects, catalogue):
            result.findings.append(_placed(found, found.node.root, rules.entries))
    if of_changes := rules.visiting("changes"):
        _run_rules(of_changes, changes.changes(olds, cluster), cluster, rules.entries, result)


def _judged(found: Found, result: Checked) -> bool:
    """Whether a finding is about what the manifest says, and not about a placeholder that is replaced before it is applied."""
    node = found.node
    about_key = found.rule == "field-unknown"
    if invents(node, about_key, found.rule == "value-wrong-type") or any(invents(other) for _, other in found.related):
        result.walk.unjudged.add((node.document.file, node.document.index))
        return False  # what an invented value holds says nothing
    if (reason := not_applied.reason(found)) is not None:
        result.skip(reason)
        return False
    if _is_left_open(found):
        result.skip("value that a chart leaves to its user")
        result.walk.unjudged.add((node.document.file, node.document.index))
        return False
    # Whatever stands in a field that is none, it is none; only its name may be a placeholder.
    value = None if about_key and node.value.__class__ is str else node.value
    part = placeholder.at(
        node.root.value,
        node.steps,
        value,
        wrong_type=found.rule == "value-wrong-type",
        inside=found.rule in ("value-malformed", "custom-resource-rule-broken"),
    )
    if part is None:
        return True
    if part == placeholder.ENCRYPTED:
        return False
    result.skip("value with a placeholder")
    result.reading.left.placeholder(node.document.file, part)
    return False


def _is_left_open(found: Found) -> bool:
    """Whether a finding is about what a chart leaves to its user."""
    node = found.node
    document = node.document
    if not isinstance(document, BuiltDocument):
        return False
    if found.rule == "ingress-without-rules":
        return document.lists_nothing(_way(node))
    if found.key and not (found.rule == "field-missing" and node.value == ""):
        return False
    return document.is_left_open(_way(node))


def _way(node: Node) -> tuple[str | int, ...]:
    """The path of a node in its document."""
    prefix = node.root.key
    return (*prefix, *node.steps) if isinstance(prefix, tuple) else node.steps


@functools.lru_cache(maxsize=1)
def ref(obj: Object) -> ObjectRef:
    """How reports name an object; its findings come one after the other."""
    return ObjectRef(obj.api_version, obj.kind, obj.namespace, obj.name)


# --- texts -> objects ---------------------------------------------------------------------------------------------------------


def parsed(texts: Sequence[Text], jobs: int) -> list[source.Source]:
    """What the texts hold, read in shares where they are much."""
    unread = [text for text in texts if text.parsed is None]

    def work(start: int, stop: int) -> list[source.Source]:
        return [source.read(text.name, text.text) for text in unread[start:stop]]

    parts = parallel.shares([len(text.text) for text in unread], jobs, work, _WORTH_READING)
    read = iter([one for part in parts for one in part])
    return [next(read) if text.parsed is None else text.parsed for text in texts]


def _objects_of(
    texts: Sequence[Text], entries: Mapping[str, Entry], result: Checked, jobs: int = 1
) -> Iterator[Object]:
    """The objects of all texts; what is wrong with a text, and what is no manifest, becomes findings or counts."""
    reads = list(zip(texts, parsed(texts, jobs), strict=True))
    roles = result.reading.kustomizations = _kustomizations(reads)
    values = [document.value for _, read in reads for document in read.documents]
    defined = recognition.defined_kinds(values)
    filled_in = substitution.substitutions(values)
    overlaid = {_folder(text.name) for text, _ in reads if template.is_ytt_overlay(text.text)}
    for text, read in reads:
        role = roles.role(text.name) if roles is not None else None
        if role is None and _folder(text.name) in overlaid:
            role = template.YTT
        if role is not None:
            _left_alone(role, text, result)
            continue
        if text.reported or text.parsed is None or filled_in:
            yield from _objects_in(text, read, defined, filled_in, entries, result)
            continue
        known = read.known.get("objects")
        if known is None or known[0] != defined:
            part = Checked()
            objects = list(_objects_in(text, read, defined, (), entries, part))
            known = read.known["objects"] = defined, objects, part.reading.unread
        result.reading.unread |= known[2]
        yield from known[1]


def _objects_in(
    text: Text,
    read: source.Source,
    defined: frozenset[tuple[str, str]],
    filled_in: Sequence[substitution.Substitution],
    entries: Mapping[str, Entry],
    result: Checked,
) -> Iterator[Object]:
    """The objects of one text."""
    templates = "{{" in text.text and template.in_chart_templates(text.name)
    whole = template.YTT if template.is_ytt(text.text) else None
    reasons = [whole or _reason(document, text, templates, defined) for document in read.documents]
    among = any(
        reason is None and recognition.is_object(document.value, is_own_kind)
        for document, reason in zip(read.documents, reasons, strict=True)
    )
    _problems(text, read, entries, result, among)
    for document, reason in zip(read.documents, reasons, strict=True):
        if reason is not None:
            _left_alone(reason, text, result)
            if reason == template.TOOL and text.reported:
                result.reading.configurations.append(Configuration(document, None, (), document.value))  # type: ignore[arg-type]
        else:
            filled = document.holding(substitution.filled(document, filled_in)) if filled_in else document
            yield from _objects(filled, text, entries, result, among)


def _reason(document: Document, text: Text, templates: bool, defined: frozenset[tuple[str, str]]) -> str | None:
    """Why a document is no object for the API server; None: it may be one."""
    if templates and "{{" in document.text:
        return template.HELM
    value = document.value
    if value.__class__ is dict:
        api, kind = value.get("apiVersion"), value.get("kind")
        if api.__class__ is str and kind.__class__ is str:
            if template.is_excerpt(value, text.name) or recognition.is_skeleton(value):
                return template.EXCERPT
            client = recognition.client_only(api, kind)
            if client is None and recognition.is_of_catalogue(value, is_own_kind):
                client = recognition.CLIENT
            if client is not None and not _has_name(value):
                return client
            if (api.rpartition("/")[0], kind) in defined or (kind.endswith("List") and "items" in value):
                return None
            if client is not None:
                return client
    return template.other_than_manifest(value, text.name)


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _has_name(value: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    return metadata.__class__ is dict and bool(metadata.get("name") or metadata.get("generateName"))


def _kustomizations(reads: Sequence[tuple[Text, source.Source]]) -> Any:
    """What the kustomizations of the set say about the other files; None where there are none."""
    every: list[kustomize.Kustomization] = []
    for text, read in reads:
        if text.name.rpartition("/")[2] in kustomize.FILE_NAMES:
            every.extend(k for d in read.documents if (k := kustomize.read(text.name, d.value)) is not None)
    return kustomize.Kustomizations(tuple(every), frozenset(text.name for text, _ in reads)) if every else None


def _problems(text: Text, read: source.Source, entries: Mapping[str, Entry], result: Checked, among: bool) -> None:
    """Findings about the text itself: documents that cannot be read, keys that stand twice.

    `among`: other documents of the text are objects. Else a text has to look like a manifest itself.
    """
    among = among or text.name.rpartition("/")[2] in kustomize.FILE_NAMES
    meant = {
        document.index: among or recognition.is_nearly_object(document.value, is_own_kind)
        for document in read.documents
    }
    unread = {index: chunk for index, _, chunk in read.unread}
    if unread:
        result.reading.unread.add(text.name)
    for position, problem in read.problems:
        if position in unread:
            reason = template.template_reason(unread[position], text.name, text.text)
            if reason is not None:
                _left_alone(reason, text, result)
                continue
            if placeholder.unreadable(unread[position]):
                result.reading.left.placeholder(text.name, "")
                continue
            meant[position] = among or recognition.looks_like_manifest(unread[position])
        if not meant.get(position, among):
            if text.reported and position in unread:
                result.skip(recognition.NOT_A_MANIFEST)
            continue
        if text.reported and problem.rule in entries:
            result.findings.append(_text_finding(problem, text.name, position, read, entries))


_TEMPLATES = frozenset(
    (
        template.HELM,
        template.GO,
        template.JINJA,
        template.ERB,
        template.FREEMARKER,
        template.HANDLEBARS,
        template.TERRAFORM,
        template.YTT,
        template.VARIABLES,
    )
)


def _left_alone(reason: str, text: Text, result: Checked) -> None:
    """Say and count a document that is no manifest yet."""
    if reason in _TEMPLATES:
        result.reading.unread.add(text.name)
    if text.reported:
        result.skip(reason)
        if reason in _TEMPLATES:
            result.reading.left.template(text.name, reason)


def _objects(
    document: Document, text: Text, entries: Mapping[str, Entry], result: Checked, among: bool = False
) -> Iterator[Object]:
    """The objects of one document: itself, or the items of a List. `among`: other documents of the text are objects."""
    value = document.value
    if value is None:
        if text.reported:
            result.skip("empty document")
        return
    root = Object(document, None, (), value)  # type: ignore[arg-type]
    if not recognition.is_object(value, is_own_kind) and not (among and _says_kind(value)):
        said = list(_no_object(root, among))
        if text.reported:
            result.findings.extend(_placed(found, root, entries) for found in said if found.rule in entries)
            if not said:
                result.skip(recognition.NOT_A_MANIFEST)
        return
    if value["kind"].endswith("List") and value.get("items").__class__ is list:
        for position, item in enumerate(value["items"]):
            typed = recognition.typed_item(value, item)
            if typed is not None:
                yield _view(document, ("items", position), typed)
            elif text.reported and "field-missing" in entries:
                node = root["items"][position]
                found = node.found("an item of this List has no apiVersion and kind", help="set both")
                result.findings.append(_placed(found.by("field-missing"), root, entries))
        return
    yield _view(document, (), value)


def _says_kind(value: Any) -> bool:
    return value.__class__ is dict and all(
        value.get(name).__class__ is str and value[name] for name in ("apiVersion", "kind")
    )


def _no_object(root: Object, among: bool) -> Iterator[Found]:
    """What is wrong with a document that was meant as an object and is none; nothing where it belongs to another program."""
    value = root.value
    if recognition.is_of_programs(value, root.document.file):
        return
    if value.__class__ is list and any(
        item.__class__ is dict and "apiVersion" in item and "kind" in item for item in value
    ):
        found = root.found(
            "a manifest is a mapping, and this document is a list of objects",
            help="write each object as a document of its own (`---` between them), or wrap them in a List",
            consequence="kubectl finds no apiVersion and kind and applies nothing",
        )
        yield found.by("value-wrong-type")
    elif value.__class__ is not dict:
        if among:
            found = root.found(
                "a document among objects is no object but a plain value or list",
                help="write it as an object; a line `---` inside of a text cuts the document in two",
                consequence="kubectl stops with an error at this document",
            )
            yield found.by("value-wrong-type")
    elif among or recognition.is_nearly_object(value, is_own_kind):
        for name in ("apiVersion", "kind"):
            if value.get(name).__class__ is not str or not value[name]:
                found = root[name].found(
                    f"`{name}` is missing or no text; without it this is no Kubernetes object",
                    help=f"set `{name}`",
                    consequence="kubectl stops with an error at this document",
                    key=True,
                )
                yield found.by("field-missing")


def _view(document: Document, prefix: tuple[str | int, ...], value: dict[str, Any]) -> Object:
    """An object as the view of its kind; the prefix is its path in the document (inside a List)."""
    api, kind = value["apiVersion"], value["kind"]
    group, _, version = api.rpartition("/")
    cls = VIEWS.get(f"{(group or 'core').split('.')[0]}.{version}.{kind}") or _view_of_removed(api, kind)
    return cls(document, None, prefix, value)  # type: ignore[arg-type]


def _view_of_removed(api: str, kind: str) -> type[Object]:
    """The view of a kind in a version that was removed, where the version that took over has the same fields."""
    entry = removed().get(api, {}).get(kind)
    if entry is None or not entry.get("replacement") or not entry.get("same", True):
        return Object
    group, _, version = str(entry["replacement"]).rpartition("/")
    return VIEWS.get(f"{(group or 'core').split('.')[0]}.{version}.{kind}", Object)


# --- objects -> rejected findings ----------------------------------------------------------------------------------------------


def _custom_kinds(objects: Sequence[Object], schema_dirs: Sequence[str], minor: int, result: Checked) -> Any:
    """What is known of custom kinds: CustomResourceDefinitions of the set, and files of the schema folders."""
    if not schema_dirs and not any(obj.kind == "CustomResourceDefinition" for obj in objects):
        return None
    from kubetrial.lint.api.custom import kinds as custom

    return custom.CustomKinds(objects, schema_dirs, minor)


def _validate(
    obj: Object, catalogue: Catalogue, customs: Any, unknown_kinds: dict[tuple[str, str], int]
) -> tuple[list[Found], list[tuple[tuple[Rule, ...], Node]], Object]:
    """The schema's verdict on one object, the nodes that rules want to see, and it without values of a wrong type."""
    entry = catalogue.kind(obj.api_version, obj.kind)
    found: list[Found] = []
    if entry is not None:
        type_name = entry["type"]
        if "beta" in obj.api_version:
            from kubetrial.lint.api import versions

            said = versions.deprecated(obj, catalogue)
            if said is not None:
                found.append(said)
    elif customs is not None and (unserved := customs.unserved(obj)) is not None:
        return [unserved], [], obj
    elif customs is not None and customs.knows(obj):
        walked = check_metadata(obj, catalogue)
        return [*customs.check(obj), *walked.found], *_readable(walked, obj)
    else:
        from kubetrial.lint.api import versions

        said, type_name = versions.unserved(obj, catalogue)
        if said is not None:
            found.append(said)
        elif type_name is None:
            key = (obj.api_version, obj.kind)
            unknown_kinds[key] = unknown_kinds.get(key, 0) + 1
            # Whether any server ever sees it is not known, so only what is wrong everywhere is said.
            walked = check_metadata(obj, catalogue)
            return [*found, *walked.found], *_readable(walked, obj)
        if type_name is None:
            return found, [], obj
    walked = check(obj, type_name, catalogue)
    if any(one.rule == "api-removed" for one in found):
        # What the two versions differ in has one cause, which is said.
        if any(one.rule == "field-unknown" for one in walked.found):
            # Rules see only the fields that the two have in common.
            walked.visits = [(_but_of_refusals(rules), node) for rules, node in walked.visits]
        elif obj.kind == "DaemonSet" and "selector" not in obj["spec"].mapping():
            # As the kind of another version has it; the rule that asks for a selector would say so again.
            walked.visits = [(_but_of_refusals(rules), node) for rules, node in walked.visits]
        walked.found = [one for one in walked.found if one.rule not in ("field-missing", "field-unknown")]
    found.extend(walked.found)
    return found, *_readable(walked, obj)


def _readable(walked: Walked, obj: Object) -> tuple[list[tuple[tuple[Rule, ...], Node]], Object]:
    """What rules see of an object: not what has a wrong type, and not what the server drops.

    What a CronJob keeps and its Jobs lose, only those see that say what the server refuses.
    """
    gone = [*((node, None) for node in walked.broken), *(one for dropped in walked.dropped for one in dropped.gone())]
    judged = _without(walked.visits, gone, obj) if gone else (walked.visits, obj)
    lost = [(dropped.node, None) for dropped in walked.dropped if dropped.kept]
    if not lost:
        return judged
    refusals = [(tuple(r for r in rules if r.entry.category is Category.REJECTED), node) for rules, node in judged[0]]
    visits, clean = _without(walked.visits, [*gone, *lost], obj)
    return [*refusals, *((_but_of_refusals(rules), node) for rules, node in visits)], clean


def _but_of_refusals(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules without those that say what the server refuses."""
    return tuple(rule for rule in rules if rule.entry.category is not Category.REJECTED)


def _without(
    visits: list[tuple[tuple[Rule, ...], Node]], gone: list[tuple[Node, Any]], obj: Object
) -> tuple[list[tuple[tuple[Rule, ...], Node]], Object]:
    """The visits again, on a copy of the object without values that rules never see: of a wrong type, or dropped."""
    import copy

    value = copy.deepcopy(obj.value)
    for node, instead in gone:
        *way, last = node.steps
        inner = value
        for key in way:
            inner = inner[key]
            if inner is None:
                break  # what holds it is gone already
        else:
            inner[last] = instead
    root = type(obj)(obj.document, None, obj.key, value)
    # A node by that which it stands for; each keeps the view that the walk gave it, so that rules find their enclosing views.
    made: dict[int, Node] = {}

    def again(node: Node) -> Node:
        if node.parent is None:
            return root
        if id(node) not in made:
            held = again(node.parent)[node.key]
            made[id(node)] = type(node)(held.document, held.parent, held.key, held.value)
        return made[id(node)]

    fresh = [(rules, copied) for rules, node in visits if (copied := again(node)).present]
    return fresh, root


# --- rules -> findings ----------------------------------------------------------------------------------------------------------


def _run_rules(
    rules: Sequence[Rule], subject: Any, cluster: Cluster, entries: Mapping[str, Entry], result: Checked
) -> None:
    """Run rules on what they visit; if one raises, that is one finding, and the others go on."""
    for rule in rules:
        if rule.entry.name not in entries:
            continue  # a refusal of pods, which nobody asked about
        asked = cluster.asked
        try:
            for found in rule.check(subject, cluster) if rule.takes_cluster else rule.check(subject):
                obj = found.node.root
                if not (cluster.is_reported(obj) or _is_caused(found, cluster)) or not _judged(
                    found.by(rule.entry.name), result
                ):
                    continue
                if rule.entry.category is not Category.REJECTED and (
                    cluster.is_partial(obj) or _hangs_on_placeholder(found, result)
                ):
                    continue
                if result.walk.broken and rule.entry.category is Category.REJECTED and _echoes(found, result):
                    continue
                result.findings.append(_placed(found, obj, entries, rule.entry.name))
        except Exception as error:
            _internal(result, f"the rule {rule.entry.name}", error, subject if isinstance(subject, Node) else None)
        if cluster.asked != asked:
            result.asked.add(rule.entry.name)


def _hangs_on_placeholder(found: Found, result: Checked) -> bool:
    """Whether what a finding compares with is a value that is replaced before it is applied."""
    for _, node in found.related:
        part = placeholder.at(node.root.value, node.steps, node.value) if node.value.__class__ is str else None
        if part is not None:
            result.skip("value with a placeholder")
            result.reading.left.placeholder(node.document.file, part)
            return True
    return False


def _is_caused(found: Found, cluster: Cluster) -> bool:
    """Whether a related place of a finding lies in a file that was asked about."""
    return any(node.document.file in cluster.reported for _, node in found.related)


def _echoes(found: Found, result: Checked) -> bool:
    """Whether a finding only says again that a value has a wrong type: rules see such a value as absent."""
    broken = result.walk.broken.get((id(found.node.document), found.node.root.key))
    if not broken:
        return False
    steps = found.node.steps
    return any(steps[: len(way)] == way[: len(steps)] for way in broken)


def _internal(result: Checked, what: str, error: Exception, node: Node | None) -> None:
    """One finding that names what raised, a rule or a step of the check."""
    if any(f.rule == "internal-error" and f.message.startswith(f"{what} ") for f in result.findings):
        return
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    message = f"{what} failed: {type(error).__name__}: {error}"
    result.internal_error = True
    at = Range(Position(1, 1), Position(1, 2))
    where, document, obj = "", 0, ObjectRef()
    if node is not None:
        root = node.root
        where, document = node.document.file, node.document.index
        obj = ref(root) if isinstance(root, Object) else ObjectRef()
        at = place_of(node)
    result.findings.append(
        Finding(
            rule="internal-error",
            category=Category.BROKEN,
            level="error",
            message=message,
            file=where,
            document=document,
            range=at,
            object=obj,
            path=node.path if node is not None else "",
            consequence="this part of the check did not run; everything else did",
            help="this is a mistake in kubetrial, not in the manifest: report it with the manifest",
            trace=(f"{frame.name}, line {frame.lineno}",),
        )
    )


def _placed(found: Found, root: Node, entries: Mapping[str, Entry], speaker: str = "") -> Finding:
    """A finding at its place in the file; the speaker is the rule that says it, where it does not name one itself."""
    rule = found.rule or speaker
    obj = root if isinstance(root, Object) else Object(root.document, root.parent, root.key, root.value)
    category = entries[rule].category if rule in entries else Category.REJECTED
    return Finding(
        rule=rule,
        category=category,
        level=found.level or category.level,
        message=found.message,
        file=file_of(found.node, found.key),
        range=found.range(),
        document=found.node.document.index,
        consequence=found.consequence or (REFUSED if category is Category.REJECTED else ""),
        help=found.help,
        object=ref(obj),
        path=found.path or found.node.path,
        template=_template(found.node.document.text, found.node.root.value),
        related=_related(found),
        each=tuple(_placed(one, root, entries, rule) for one in found.each),
        trace=found.trace,
        unit=document.unit if isinstance(document := found.node.document, BuiltDocument) else "",
        # Of a built object nothing is rewritten yet, and what two objects look like as one is no ground for a fix.
        fix=found.fix if found.node.document.text and not found.node.document.is_torn else None,
    )


def _related(found: Found) -> tuple[Related, ...]:
    """The places that explain a finding: what the rule names, and the other sources of a built value."""
    related = [Related(text, file_of(node), place_of(node)) for text, node in found.related]
    document = found.node.document
    if isinstance(document, BuiltDocument):
        origin, exact = document.built.origin(found.node.steps)
        at_key = origin.key_at is not None and (found.key or not exact)
        related += _via(origin.key_at if at_key and origin.key_at is not None else origin)
    return tuple(related)


def _via(origin: Origin) -> tuple[Related, ...]:
    """The other sources of a built value."""
    return tuple(Related(via.role or "written here too", via.file, via.value) for via in origin.via)


def _template(text: str, value: Any = None) -> str:
    """The file that a rendered document names as its source.

    Helm writes `# Source: chart/templates/file.yaml` above each, kustomize the annotation config.kubernetes.io/origin
    (buildMetadata: [originAnnotations]), whose text is YAML with `path`.
    """
    at = text.find("# Source: ", 0, 400)
    if at >= 0 and (at == 0 or text[at - 1] == "\n"):
        return text[at + 10 :].split("\n", 1)[0].strip()
    metadata = value.get("metadata") if isinstance(value, dict) else None
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    origin = annotations.get("config.kubernetes.io/origin") if isinstance(annotations, dict) else None
    if origin.__class__ is str:
        for row in str(origin)[:2000].splitlines():
            if row.startswith("path: "):
                return row[6:].strip().strip("'\"")
    return ""


def _text_finding(
    problem: Problem, name: str, position: int, read: source.Source, entries: Mapping[str, Entry]
) -> Finding:
    """A finding about the text of a document: it cannot be read, or has a key twice."""
    related = (Related("the key stands first here", name, problem.first),) if problem.first else ()
    obj = ObjectRef()
    for document in read.documents:
        if document.index == position and document.value.__class__ is dict:
            obj = ref(Object(document, None, "", document.value))
    return Finding(
        rule=problem.rule,
        # What stops kubectl, and not the server, is no refusal of the API server.
        category=Category.BROKEN if problem.consequence else entries[problem.rule].category,
        message=problem.message,
        file=name,
        range=problem.range,
        document=position,
        path=problem.path,
        object=obj,
        related=related,
        consequence=problem.consequence or "the API server refuses the document; nothing of it is applied",
        help=problem.help,
        fix=problem.fix,
    )


def _order(finding: Finding) -> tuple[str, int, int, int, int, str, str, str]:
    """What findings are sorted by, in plain values, which compare faster than ranges."""
    start, end = finding.range.start, finding.range.end
    where = (finding.file, start.line, start.column, end.line, end.column)
    return (*where, finding.rule, finding.path, finding.message)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sorted by place, each said once, equals numbered so that every fingerprint is its own."""
    seen: set[tuple[Any, ...]] = set()
    counts: dict[tuple[Any, ...], int] = {}
    ordered = []
    for finding in sorted(findings, key=_order):
        identity = (*_order(finding), finding.document)
        if identity in seen:
            continue
        seen.add(identity)
        alike = (finding.rule, finding.file, finding.object, finding.path)
        number = counts.get(alike, 0)
        counts[alike] = number + 1
        ordered.append(replace(finding, ordinal=number) if number else finding)
    return ordered
