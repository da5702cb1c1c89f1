"""Which values reach the branches of a chart that its own values never take.

From what the templates test, values are turned one at a time: a boolean to the other, a text to what it is compared with, a list or map
emptied; and what is not there is invented. What is invented is said to be (`Way.invented`): a finding may rest on its being there, never
on what it holds. Bounded by the number of renderings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kubetrial.lint.build.chart import dependencies
from kubetrial.lint.build.chart.branch_targets import INVENTED, Key, Target, targets
from kubetrial.lint.build.chart.coalesce import NotCoalesced
from kubetrial.lint.build.chart.context import can_be_served
from kubetrial.lint.build.chart.influence import Influence
from kubetrial.lint.build.chart.left_open import shared
from kubetrial.lint.build.chart.refusal import HelmRefused
from kubetrial.lint.build.chart.rendering import ChartOptions
from kubetrial.lint.build.chart.session import Rendition, Session
from kubetrial.lint.build.chart.template.values import Int64
from kubetrial.lint.build.origin import Path, Tree
from kubetrial.lint.values.records import dataclass, field, replace

MOST_RENDERINGS = 600
MOST_WORK = 2_500_000
"""Steps of all renderings of a search, of which the largest of real charts would need five times as many."""
MOST_REPAIRS = 4
MOST_ASKED = 8
"""Values that a chart asks its user for, which are invented."""
MOST_FURTHER = 4
"""Candidates that let a test go on, whose further values are tried too."""
MOST_VARIANTS = 12
MOST_CHECKS = 150
MOST_HELD_AGAINST_SCHEMA = 40
Site = tuple[str, int]


@dataclass(frozen=True)
class Way:
    """Values, beside those that a chart brings, that lead somewhere: (path, value) pairs; None takes a value away."""

    turned: tuple[tuple[Path, Any], ...] = ()
    invented: tuple[tuple[Path, Any], ...] = ()
    api_versions: tuple[str, ...] = ()
    values_file: str = ""

    def all(self) -> dict[Path, Any]:
        """Every value of it by its path."""
        return {**dict(self.turned), **dict(self.invented)}

    def words(self) -> str:
        """What a user would set: `ingress.enabled=true`."""
        said = [self.values_file] if self.values_file else []
        said += [f"{written(path)}={shown(value)}" for path, value in self.turned]
        said += [_said(path, value) for path, value in self.invented]
        said += [f"--api-versions {version}" for version in self.api_versions]
        return ", ".join(said)


def _said(path: Path, value: Any) -> str:
    """An invented value in words: what it holds matters only where it is nothing."""
    if value in ("", None, []):
        return f"{written(path)} empty"
    return f"{written(path)}={value}" if type(value) is Int64 else f"{written(path)} set"


def written(path: Path) -> str:
    """A path as `--set` writes it."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else ("." if text else "") + str(key).replace(".", "\\.")
    return text


def shown(value: Any) -> str:
    """A value as `--set` writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "[]" if isinstance(value, list) else "{}"
    return str(value)


@dataclass(frozen=True)
class Variant:
    """Several ways together, and the branches that they reach."""

    way: Way
    ways: Mapping[Key, Way]


@dataclass(frozen=True)
class Explored:
    """What was found: variants to be judged, the ways to each branch, and the targets that nothing reached.

    `executed` are the sites of actions that some values reach, `sites` all there are; `with_objects` the templates that print something.
    """

    targets: Mapping[Key, Target]
    reached: Mapping[Key, Way]
    variants: tuple[Variant, ...] = ()
    unreached: tuple[Target, ...] = ()
    executed: frozenset[Site] = frozenset()
    by_itself: frozenset[Site] = frozenset()
    printing: frozenset[str] = frozenset()
    renderings: int = 0
    cut: bool = False

    def way_to(self, file: str, offset: int) -> Way | None:
        """The way to the innermost branch around a place that the chart's own values do not take."""
        around = [one for one in self.targets.values() if one.file == file and one.begin <= offset < one.end]
        for target in sorted(around, key=lambda one: one.end - one.begin):
            way = self.reached.get(target.key)
            if way is not None and way != Way():
                return way
        return None


def explore(tree: Tree, path: str, options: ChartOptions, values_files: Sequence[str] = ()) -> Explored | None:
    """Search the ways to all branches of a chart; None where it cannot be rendered at all.

    `values_files` are further ones of the chart (those of ci/): what they reach needs no other values.
    """
    try:
        session = Session(tree, path, options)
        seeds = [Way(), *(Way(values_file=file) for file in values_files)]
        search = _Search(session, seeds)
        search.run()
        return search.outcome()
    except (HelmRefused, NotCoalesced, RecursionError):
        return None


@dataclass
class _Seen:
    """What one rendering of some templates showed."""

    executed: dict[Site, str] = field(default_factory=dict)  # site -> a template that led there
    taken: set[Key] = field(default_factory=set)
    tests: dict[Site, set[Path]] = field(default_factory=dict)
    errors: dict[str, Any] = field(default_factory=dict)  # template -> its error
    printing: set[str] = field(default_factory=set)
    values: Mapping[str, Any] = field(default_factory=dict)


class _Part(NamedTuple):
    """What one template showed with some values."""

    executed: set[Site]
    taken: set[Key]
    tests: dict[Site, set[Path]]
    error: Any
    prints: bool


class _Search:
    """One search: what is known so far."""

    def __init__(self, session: Session, seeds: Sequence[Way]) -> None:
        self.session, self.seeds = session, list(seeds)
        self.targets: dict[Key, Target] = {}
        self.reached: dict[Key, Way] = {}
        self.sites: dict[
            Site, tuple[Way, str]
        ] = {}  # where an action was reached -> by which values, in which template
        self.tests: dict[Site, set[Path]] = {}
        self.failing: dict[Key, Way] = {}
        self.refused: frozenset[str] = frozenset()  # templates that fail with the values that the chart brings
        self.printing: set[str] = set()
        self.by_itself: set[Site] = set()
        self.waiting: dict[Key, None] = {}
        self.met: dict[int, Any] = {}
        self.parts: dict[tuple[object, ...], _Part] = {}  # what templates showed, by all that counts for them
        self.influences: dict[tuple[str, ...], Influence] = {}
        self.readings: dict[int, Any] = {}
        self.renderings = 0
        self.work = 0
        self.checks = 0
        self.variants: list[Variant] = []

    @property
    def is_over(self) -> bool:
        """Whether the search has done as much as it may."""
        return self.renderings >= MOST_RENDERINGS or self.work >= MOST_WORK

    def run(self) -> None:
        """From the chart's own values on, as far as it goes."""
        for place, seed in enumerate(self.seeds):
            way, seen = self.given(seed)
            if seen is not None:
                self.seeds[place] = way
                self.accept(way, seen)
                if not place:
                    self.refused = frozenset(seen.errors)
        self.by_itself = set(self.sites)
        self.turn_conditions()
        tried: set[Key] = set()
        while not self.is_over:
            key = next(
                (k for k in self.waiting if k not in tried and k[:2] in self.sites and k not in self.reached), None
            )
            if key is None:
                break
            tried.add(key)
            self.seek(self.targets[key])
        self.join()

    def given(self, way: Way) -> tuple[Way, _Seen | None]:
        """The values that a chart brings, with those that it asks its user for."""
        seen = self.render(way)
        for _ in range(MOST_ASKED):
            if seen is None or not seen.errors:
                break
            asked = self.repaired(way, seen)
            more = self.render(asked) if asked is not None else None
            if asked is None or more is None:
                break
            way, seen = asked, more
        return way, seen

    def outcome(self) -> Explored:
        """All that was found."""
        reached = {**self.failing, **self.reached}
        unreached = tuple(target for key, target in self.targets.items() if key not in reached)
        return Explored(
            self.targets, self.reached, tuple(self.variants), unreached, frozenset(self.sites), frozenset(self.by_itself),
            frozenset(self.printing), self.renderings, self.is_over,
        )  # fmt: skip

    # renderings

    def render(self, way: Way, names: Iterable[str] | None = None) -> _Seen | None:
        """Render templates (all where none are named) with values; None where the values make no chart."""
        try:
            made = self.session.rendition(way.all(), way.api_versions, way.values_file)
        except (HelmRefused, NotCoalesced):
            return None
        self.renderings += 1
        self.work += 10 * len(made.held)  # the values are copied and laid over one another
        seen = _Seen(values=made.values)
        for name in made.roots if names is None else [name for name in names if name in made.roots]:
            self._one(made, name, seen, way)
        self.learn(made)
        return seen

    def influence(self, made: Rendition) -> Influence:
        """Which values count for which of the templates."""
        key = tuple(made.engine.templates)
        if key not in self.influences:
            self.influences[key] = Influence(made.engine.templates, made.values, self.readings)
        return self.influences[key]

    def part(self, made: Rendition, name: str, way: Way) -> _Part:
        """What one template shows; nothing is rendered anew whose values are the same."""
        influence = self.influence(made)
        key = (
            name,
            way.values_file,
            frozenset((path, repr(value)) for path, value in way.all().items() if influence.counts(name, path)),
            way.api_versions if influence.asks_versions(name) else (),
        )
        if key not in self.parts:
            self.parts[key] = self._rendered(made, name)
        return self.parts[key]

    def learn(self, made: Rendition) -> None:
        """Take the branches of templates over that are met for the first time."""
        new = [
            one for one in made.engine.templates.values() if id(one) not in self.met and one.file in self.session.own
        ]
        for key, target in targets(new).items():
            self.targets.setdefault(key, target)
            self.waiting.setdefault(key)
        self.met.update((id(one), one) for one in new)

    def _rendered(self, made: Rendition, name: str) -> _Part:
        engine = made.engine
        engine.executed, engine.taken, engine.tests = set(), set(), {}
        before = engine.spent
        found = made.render(name)
        self.work += engine.spent - before
        prints = found.error is None and says_something(found.text)
        return _Part(engine.executed, engine.taken, engine.tests, found.error, prints)

    def _one(self, made: Rendition, name: str, seen: _Seen, way: Way) -> None:
        part = self.part(made, name, way)
        for site in part.executed:
            seen.executed.setdefault(site, name)
        seen.taken |= part.taken
        for site, paths in part.tests.items():
            seen.tests.setdefault(site, set()).update(paths)
        if part.error is not None:
            seen.errors[name] = part.error
        elif part.prints:
            seen.printing.add(name)

    def accept(self, way: Way, seen: _Seen, failing: bool = False) -> None:
        """Take over what a rendering reached."""
        for site, name in seen.executed.items():
            self.sites.setdefault(site, (way, name))
        for site, paths in seen.tests.items():
            self.tests.setdefault(site, set()).update(paths)
        for key in seen.taken:
            if failing:
                self.failing.setdefault(key, way)
            else:
                self.reached.setdefault(key, way)
        self.printing |= seen.printing

    def turn_conditions(self) -> None:
        """Enable the dependencies that the chart's own values switch off."""
        for path in dependencies.switches(self.session.chart):
            if self.is_over:
                return
            way = with_value(self.seeds[0], path, True, False, {})
            seen = self.render(way)
            if seen is not None and seen.errors.keys() <= self.refused:
                self.accept(way, seen)

    # one target

    def seek(self, target: Target) -> None:
        """Try the values that could turn a branch."""
        site = (target.file, target.at)
        way, name = self.sites[site]
        names = [name]
        fallback: tuple[Way, _Seen] | None = None
        tested = self.tests.get(site, set())
        further: list[tuple[Way, set[Path]]] = []
        candidates = list(self.candidates(target, way, tested))
        while candidates and not self.is_over:
            candidate = candidates.pop(0)
            found, seen = self.attempt(candidate, target, names)
            if found is None:
                more = seen.tests.get(site, set()) - tested if seen is not None else set()
                if more and len(further) < MOST_FURTHER:
                    further.append((candidate, more))
                    candidates.extend(self.candidates(target, candidate, more))
            elif found[1].errors.keys() <= self.refused:
                self.accept(*found)
                return
            else:
                fallback = fallback or found
        if fallback is not None:
            self.accept(*fallback, failing=True)

    def attempt(self, way: Way, target: Target, names: Sequence[str]) -> tuple[tuple[Way, _Seen] | None, _Seen | None]:
        """Render with a candidate, and with what it then asks for: the way (None where it does not turn the branch), and what was seen."""
        best: tuple[Way, _Seen] | None = None
        first: _Seen | None = None
        for _ in range(MOST_REPAIRS):
            seen = self.render(way, names)
            first = first or seen
            if seen is None or (best is not None and target.key not in seen.taken):
                break
            if target.key in seen.taken:
                best = way, seen
            if not seen.errors:
                break
            repaired = self.repaired(way, seen)
            if repaired is None or repaired == way:
                break
            way = repaired
        return best, first

    def repaired(self, way: Way, seen: _Seen) -> Way | None:
        """The values with what an error asks for: a value that it read and that is not there, or one that led to a refusal."""
        error = next(iter(seen.errors.values()))
        have = way.all()
        for path in map(shared, error.reads):
            if path not in have and at(seen.values, path) in (None, "") and all(isinstance(key, str) for key in path):
                return replace(way, invented=(*way.invented, (path, _named(INVENTED, path))))
        around = [
            one for one in self.targets.values() if one.file == error.file and one.begin <= error.offset < one.end
        ]
        for target in sorted(around, key=lambda one: one.end - one.begin)[:2]:
            for path in sorted(map(shared, seen.tests.get((target.file, target.at), ())), key=repr):
                value = at(seen.values, path)
                if path not in have and isinstance(value, bool) and settable(seen.values, path):
                    return with_value(way, path, not value, False, seen.values)
        return None

    def candidates(self, target: Target, way: Way, tested: Iterable[Path]) -> Iterator[Way]:
        """Ways that could turn a branch, from what it tests; the plainest first."""
        for version in target.api_versions:
            if version not in way.api_versions:
                yield replace(way, api_versions=(*way.api_versions, version))
        values = self.session.prepared(way.all(), way.values_file)[1]
        ordered = dict.fromkeys(shared(path) for path in sorted(tested, key=repr))
        paths = [path for path in ordered if settable(values, path)]
        options = {path: list(alternatives(at(values, path), target, path)) for path in paths}
        for path, found in options.items():
            for value, invented in found:
                yield with_value(way, path, value, invented, values)
        if len(paths) > 1:
            for number in range(2):
                together = way
                for path, found in options.items():
                    if found and not at(values, path):
                        value, invented = found[min(number, len(found) - 1)]
                        together = with_value(together, path, value, invented, values)
                if together != way:
                    yield together

    # variants

    def join(self) -> None:
        """Put the ways together that do not disturb each other, as many at once as go."""
        by_words: dict[str, tuple[Way, list[Key]]] = {}
        minor = self.session.options.minor
        for key, way in self.reached.items():
            if key in self.targets and way not in self.seeds and all(can_be_served(v, minor) for v in way.api_versions):
                by_words.setdefault(repr(way), (way, []))[1].append(key)
        left = list(by_words.values())
        self.checks = 0
        while left and len(self.variants) < MOST_VARIANTS and self.checks < MOST_CHECKS:
            group = _Group()
            left = self.gathered(group, left)
            if group.way is None:
                break
            found = self.fitting(group.way, group.ways)
            if found is not None:
                self.variants.append(found)

    def gathered(self, group: _Group, offered: list[tuple[Way, list[Key]]]) -> list[tuple[Way, list[Key]]]:
        """Put as many ways as possible into a group; those that do not fit come back."""
        if not offered or self.checks >= MOST_CHECKS:
            return offered
        together = group.way
        fits = True
        for way, _ in offered:
            joined = way if together is None else self.joined(together, way)
            fits = fits and joined is not None
            together = joined or together
        if fits and together is not None:
            keys = [*group.ways, *(key for _, found in offered for key in found)]
            if self.holds(together, keys):
                group.way = together
                group.ways.update((key, way) for way, found in offered for key in found)
                return []
        if len(offered) == 1:
            return offered
        middle = len(offered) // 2
        return [*self.gathered(group, offered[:middle]), *self.gathered(group, offered[middle:])]

    def fitting(self, way: Way, ways: dict[Key, Way]) -> Variant | None:
        """A variant as far as the chart's own schema takes its values."""
        if self.session.fits_schema(way.all(), way.values_file):
            return Variant(way, ways)
        fits: dict[str, bool] = {}
        together: Way | None = None
        for one in ways.values():
            if repr(one) not in fits and len(fits) < MOST_HELD_AGAINST_SCHEMA:
                fits[repr(one)] = self.session.fits_schema(one.all(), one.values_file)
                if fits[repr(one)]:
                    together = one if together is None else self.joined(together, one)
        kept = {key: one for key, one in ways.items() if fits.get(repr(one))}
        if together is None or not self.session.fits_schema(together.all(), together.values_file):
            return None
        return Variant(together, kept)

    def joined(self, one: Way, other: Way) -> Way | None:
        """Two ways together, or None where they set the same values otherwise."""
        if one.values_file != other.values_file:
            return None
        mine, theirs = one.all(), other.all()
        for path, value in theirs.items():
            for held, there in mine.items():
                if held == path and there != value:
                    return None
                if held != path and (held[: len(path)] == path or path[: len(held)] == held):
                    return None
        return Way(
            (*one.turned, *(pair for pair in other.turned if pair[0] not in mine)),
            (*one.invented, *(pair for pair in other.invented if pair[0] not in mine)),
            (*one.api_versions, *(each for each in other.api_versions if each not in one.api_versions)),
            one.values_file,
        )

    def holds(self, way: Way, keys: Sequence[Key]) -> bool:
        """Whether all branches are reached together, and nothing in the whole chart fails."""
        self.checks += 1
        seen = self.render(way)
        return seen is not None and seen.errors.keys() <= self.refused and all(key in seen.taken for key in keys)


class _Group:
    """Ways that hold together."""

    def __init__(self) -> None:
        self.way: Way | None = None
        self.ways: dict[Key, Way] = {}


def says_something(text: str) -> bool:
    """Whether a rendered text holds more than white space, comments and separators."""
    return any(
        line.strip() and not line.lstrip().startswith("#") and line.strip() != "---" for line in text.splitlines()
    )


def at(values: Any, path: Path) -> Any:
    """What stands at a path, None where nothing does."""
    for key in path:
        if isinstance(values, dict):
            values = values.get(key)
        elif isinstance(values, list) and isinstance(key, int) and 0 <= key < len(values):
            values = values[key]
        else:
            return None
    return values


def settable(values: Any, path: Path) -> bool:
    """Whether a value may be put at a path: what it goes through is a map, a list that has the item, or nothing."""
    for key in path[:-1]:
        if values is None:
            return isinstance(key, str)
        if isinstance(values, dict) and isinstance(key, str):
            values = values.get(key)
        elif isinstance(values, list) and isinstance(key, int) and key < len(values):
            values = values[key]
        else:
            return False
    return values is None or (isinstance(path[-1], str) if isinstance(values, dict) else isinstance(path[-1], int))


def alternatives(value: Any, target: Target, path: Path) -> Iterator[tuple[Any, bool]]:
    """Other values that could turn a test, each with whether it is invented: what it holds is no choice of the chart's."""
    beside = [
        (each, whole)
        for each, fields, whole in target.constants
        if not fields or any(_ends(path, one) for one in fields)
    ]
    compared = [each for each, _ in beside]
    parts = {each for each, whole in beside if not whole}
    texts = [each for each in compared if isinstance(each, str) and each != value]
    if isinstance(value, bool):
        yield not value, False
    elif isinstance(value, (int, float)):
        for each in compared:
            if isinstance(each, (int, float)) and each != value:
                yield Int64(int(each)) if each == int(each) else each, False
        yield Int64(0 if value else 1), True
    elif isinstance(value, str) and value:
        yield from ((each, each in parts) for each in texts)
        yield "", True
    elif isinstance(value, (dict, list)) and value:
        yield from (([each], each in parts) for each in texts if isinstance(value, list))
        yield (None if isinstance(value, dict) else []), True
    else:
        yield from _of_nothing(value, texts, parts, target)


def _ends(path: Path, names: tuple[str, ...]) -> bool:
    return path[-len(names) :] == names


def _of_nothing(value: Any, texts: list[str], parts: set[Any], target: Target) -> Iterator[tuple[Any, bool]]:
    """What could stand where nothing does."""
    item = target.shape or INVENTED
    as_map = target.shape or {INVENTED: INVENTED}
    if isinstance(value, list):
        yield from (([each], each in parts) for each in texts)
        yield [item], True
        yield [as_map], True
    elif isinstance(value, dict):
        yield as_map, True
        yield {INVENTED: as_map}, True
    elif isinstance(value, str):
        yield from ((each, each in parts) for each in texts)
        yield INVENTED, True
    else:
        yield from ((each, True) for each in texts)
        if target.word == "range":
            yield ([item], True) if target.lists or target.shape is None else ({INVENTED: item}, True)
            yield [as_map], True
        elif target.shape is not None:
            yield as_map, True
        yield True, True
        yield INVENTED, True
        yield as_map, True
        yield [item], True


def with_value(way: Way, path: Path, value: Any, invented: bool, values: Any) -> Way:
    """A way with one value more; a list that it lies in is set as a whole, and is invented then: its other items are none of this one's."""
    place = next((place for place, key in enumerate(path) if isinstance(key, int)), None)
    if place is not None:
        path, value = path[:place], _with(at(values, path[:place]), path[place:], value)
    value = _named(value, path) if invented else value
    kept = {each: there for each, there in way.turned if each != path}
    made = {each: there for each, there in way.invented if each != path}
    (made if invented or place is not None else kept)[path] = value
    return replace(way, turned=tuple(kept.items()), invented=tuple(made.items()))


def _named(value: Any, path: Path) -> Any:
    """An invented value whose texts say the path that they stand at, so that no two of them are the same."""
    if value == INVENTED:
        words = "-".join(re.sub(r"[^a-z0-9]+", "", str(key).lower()) for key in path)
        return f"{INVENTED}-{words}"[:50].rstrip("-")
    if isinstance(value, dict):
        return {key: _named(held, (*path, key)) for key, held in value.items()}
    return [_named(held, (*path, place)) for place, held in enumerate(value)] if isinstance(value, list) else value


def _with(held: Any, path: Path, value: Any) -> Any:
    """A copy of a value in which another stands at a path."""
    if not path:
        return value
    key, below = path[0], path[1:]
    if isinstance(key, int):
        items = list(held) if isinstance(held, list) else []
        items += [None] * (key + 1 - len(items))
        items[key] = _with(items[key], below, value)
        return items
    inner = dict(held) if isinstance(held, dict) else {}
    inner[key] = _with(inner.get(key), below, value)
    return inner
