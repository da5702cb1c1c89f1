"""The selected rules, and their run over what they visit."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from kubetrial.lint import parallel
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.build.document import about
from kubetrial.lint.engine.checked import Checked, Walking, add_share, told_of
from kubetrial.lint.engine.choice import Known
from kubetrial.lint.engine.placing import placed, ref, say_internal_error
from kubetrial.lint.engine.withheld import echoes, hangs_on_placeholder, is_caused, is_judged
from kubetrial.lint.finding import Category
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.nearness import circles
from kubetrial.lint.objects.together import place
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import EVERY, Entry, Rule, load
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.yaml.node import Node


class Rules:
    """The selected rules, each loaded when something first needs it.

    `held` are the fields that some object holds, where that is known: rules that need others are not loaded at all.
    """

    def __init__(
        self,
        entries: Mapping[str, Entry],
        options: Mapping[str, Mapping[str, Any]],
        result: Checked,
        held: AbstractSet[Any] | None = None,
    ) -> None:
        self.entries = entries
        self._options = options
        self._result = result
        self._loaded: dict[str, Rule | None] = {}
        self._by_type: dict[str, dict[int, Entry]] = {}  # each with its bit
        self._bits: dict[str, int] = {}  # of a type: those of all its rules
        self._around = 0  # those that look at other objects too
        self._always = 0
        self._by_word: dict[str, int] = {}  # the rules that need a word
        self._chosen: dict[tuple[str, int], tuple[Rule, ...]] = {}
        for number, entry in enumerate(entries.values()):
            if held is not None and entry.needs and held.isdisjoint(entry.needs):
                continue
            bit = 1 << number
            for visited in entry.visits:
                self._by_type.setdefault(visited, {})[bit] = entry
                self._bits[visited] = self._bits.get(visited, 0) | bit
            if entry.around:
                self._around |= bit
            for word in entry.needs:
                self._by_word[word] = self._by_word.get(word, 0) | bit
            if not entry.needs:
                self._always |= bit

    def only(self, entries: Mapping[str, Entry]) -> Rules:
        """The same rules with fewer of them selected."""
        fewer = copy.copy(self)
        fewer.entries = entries
        return fewer

    def telling(self, obj: Object) -> int:
        """The rules that can tell something about an object, each by its bit: it holds a field that they need."""
        told = self._always
        for word in self._by_word.keys() & fields_of((obj.value,)):
            told |= self._by_word[word]
        return told

    def visiting(self, visited: str, telling: int = EVERY) -> tuple[Rule, ...]:
        """The rules that look at a type of the catalogue, at every object, the cluster or the trial; of those that are telling."""
        key = visited, telling & self._bits.get(visited, 0)
        if key not in self._chosen:
            every = (self._ready(entry) for bit, entry in self._by_type.get(visited, {}).items() if bit & telling)
            self._chosen[key] = tuple(rule for rule in every if rule is not None)
        return self._chosen[key]

    def looking_around(self, visited: str, telling: int = EVERY) -> tuple[Rule, ...]:
        """Those of them that look at other objects too; the others are not loaded for it."""
        return self.visiting(visited, telling & self._around)

    def _ready(self, entry: Entry) -> Rule | None:
        if entry.name not in self._loaded:
            try:
                self._loaded[entry.name] = load(entry, self._options.get(entry.name))
            except Exception as error:  # a rule that cannot be loaded must not stop the others
                self._loaded[entry.name] = None
                say_internal_error(self._result, f"the rule {entry.name}", error, None)
        return self._loaded[entry.name]


_FEW = 20
"""Of more objects, to look for fields takes longer than to load some rules that need others."""


def fields_held(objects: Sequence[Object]) -> AbstractSet[Any] | None:
    """The names of all fields of some objects; None of so many that they may well hold anything."""
    return None if len(objects) > _FEW else fields_of([obj.value for obj in objects])


def fields_of(values: Sequence[Any]) -> set[Any]:
    """The names of all fields of some values, at whatever depth; iterative."""
    found: set[Any] = set()
    pending = [*values]
    while pending:
        top = pending.pop()
        if top.__class__ is dict:
            found.update(top)
            pending.extend(top.values())
        elif top.__class__ is list:
            pending.extend(top)
    return found


@dataclass(frozen=True, slots=True)
class Again:
    """What another minor has to judge where its server drops nothing else: these rules. `cleaned` are the objects as the first saw them."""

    entries: Mapping[str, Entry]
    cleaned: Mapping[int, Object]

    def others(self, objects: Sequence[Object], cleaned: Mapping[int, Object]) -> frozenset[Hashable]:
        """Which of some objects rules see otherwise than the first minor did, as `which` calls them."""
        found = []
        for obj in objects:
            before, now = self.cleaned.get(id(obj)), cleaned.get(id(obj))
            if before is not now and (before or obj).value != (now or obj).value:
                found.append(which(obj))
        return frozenset(found)


def which(obj: Object) -> Hashable:
    """What an object is told by in findings: its document, and what it is called there."""
    return (*about(obj.document), ref(obj))


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What is the same for every set of objects that is judged."""

    catalogue: Catalogue
    customs: Any
    rules: Rules
    minor: int
    known: Known
    elsewhere: bool
    jobs: int
    again: Again | None = None
    beside: frozenset[str] = frozenset()  # plain files that stand below a kustomization
    unknown_kinds: dict[tuple[str, str], int] = field(default_factory=dict)


def narrowed(
    visits: Sequence[tuple[tuple[Rule, ...], Any]],
    again: Mapping[str, Entry],
    others: AbstractSet[int],
    near: AbstractSet[int],
) -> list[tuple[tuple[Rule, ...], Any]]:
    """Visits without those that would see what they saw at the first minor; objects are told by their ids."""
    fewer: dict[tuple[int, bool], tuple[Rule, ...]] = {}  # by the id of a tuple: to hash all its rules costs more
    left = []
    for of_type, node in visits:
        root = id(node.root)
        if root not in others:
            beside = root in near
            if (id(of_type), beside) not in fewer:
                fewer[id(of_type), beside] = tuple(
                    r for r in of_type if (beside and r.takes_cluster) or r.entry.name in again
                )
            of_type = fewer[id(of_type), beside]
        if of_type:
            left.append((of_type, node))
    return left


_LOOKED_UP = frozenset((
    "ClusterRole", "CustomResourceDefinition", "IngressClass", "Namespace", "Node", "PersistentVolume", "PriorityClass",
    "RuntimeClass", "StorageClass", "GatewayClass", "ValidatingAdmissionPolicy",
))  # fmt: skip
"""Kinds that rules look up by name from every place; the trial, which is played anew anyhow, looks up others too."""


def near(
    objects: Sequence[Object], others: frozenset[Hashable], cluster: Cluster
) -> tuple[list[Object], Sequence[Object]]:
    """Certain others, and the objects that they may bear on: what stands beside them, and all where they are looked up from anywhere."""
    files = {name[0] for name in others if isinstance(name, tuple)}
    changed = [obj for obj in objects if about(obj.document)[0] in files and which(obj) in others]
    if any(obj.kind in _LOOKED_UP for obj in changed):
        return changed, objects
    places = {place(cluster, obj) for obj in changed}
    lists = {circle for obj in changed for circle in circles(cluster, obj)}
    return changed, [
        obj for obj in objects if place(cluster, obj) in places or not lists.isdisjoint(circles(cluster, obj))
    ]


WORTH_RULES = 2_000
"""So many runs of a rule on a node are worth a process of their own."""


def run_visits(
    visits: Sequence[tuple[tuple[Rule, ...], Any]], cluster: Cluster, run: CheckRun, result: Checked
) -> None:
    """Run the rules on what they want to see, in shares where that is much."""

    def work(start: int, stop: int) -> Checked:
        part = Checked(walk=Walking(broken=result.walk.broken))
        for of_type, subject in visits[start:stop]:
            run_rules(of_type, subject, cluster, run.rules.entries, part)
        return told_of(part)

    for part in parallel.shares([len(of_type) for of_type, _ in visits], run.jobs, work, WORTH_RULES):
        add_share(part, result)


def without_cluster(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that look at an object by itself."""
    return tuple(rule for rule in rules if not rule.takes_cluster)


def but_of_refusals(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules without those that say what the server refuses."""
    return tuple(rule for rule in rules if rule.entry.category is not Category.REJECTED)


def run_rules(
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
                refused = rule.entry.category is Category.REJECTED
                if not (cluster.is_reported(obj) or is_caused(found, cluster)) or not is_judged(
                    found.by(rule.entry.name), result, refused
                ):
                    continue
                if (not refused and cluster.is_partial(obj)) or hangs_on_placeholder(found, result):
                    continue
                if refused and result.walk.broken and echoes(found, result):
                    continue
                result.findings.append(placed(found, obj, entries, rule.entry.name))
        except Exception as error:
            say_internal_error(
                result, f"the rule {rule.entry.name}", error, subject if isinstance(subject, Node) else None
            )
        if cluster.asked != asked:
            result.asked.add(rule.entry.name)
