"""The branches of a chart that its own values never take, as units: each with values that lead there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kubetrial.lint.build.chart import ChartOptions, ChartUnit, GivenFile, build
from kubetrial.lint.build.chart.branches import Explored, Variant, Way, explore
from kubetrial.lint.build.chart.left_open import shared
from kubetrial.lint.build.chart.objects import ROLES
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.go_yaml import to_yaml
from kubetrial.lint.build.origin import VALUE, Built, Origin, Path, Tree, Unit
from kubetrial.lint.finding import Finding, Range
from kubetrial.lint.values.records import replace

Shown = Callable[[str], str]
TURNED, INVENTED = "<turned by --branches>", "<invented by --branches>"
"""The names of the values files that nobody wrote."""
MOST_SAID = 3


def explored(
    tree: Tree, folder: str, options: ChartOptions, values_files: Sequence[str]
) -> tuple[Explored | None, list[tuple[Variant, ChartUnit]]]:
    """What a search of the branches of a chart found, and the chart rendered with the values of each variant."""
    found = explore(tree, folder, options, values_files)
    if found is None:
        return None, []
    return found, [(variant, rendered(tree, folder, options, variant.way)) for variant in found.variants]


def rendered(tree: Tree, folder: str, options: ChartOptions, way: Way) -> ChartUnit:
    """A chart with the values of a way beside its own."""
    files: list[str | GivenFile] = [*options.values_files, *([way.values_file] if way.values_file else [])]
    for name, pairs in ((TURNED, way.turned), (INVENTED, way.invented)):
        if pairs:
            files.append(GivenFile(name, to_yaml(_nested(pairs)).encode()))
    versions = (*options.api_versions, *way.api_versions)
    return build(tree, folder, replace(options, values_files=tuple(files), api_versions=versions))


def _nested(pairs: Sequence[tuple[Path, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for path, value in pairs:
        place = made
        for key in path[:-1]:
            inner = place.get(str(key))
            if not isinstance(inner, dict):
                inner = place[str(key)] = {}
            place = inner
        place[str(path[-1])] = value
    return made


class Reached:
    """An object that stands in a branch which other values reach; knows what of it only invented values say."""

    __slots__ = ("_built", "_invented", "_rendered", "_turned")

    def __init__(self, built: Built, rendered: Any, turned: Sequence[Path], invented: Sequence[Path]) -> None:
        self._built, self._rendered = built, rendered
        self._turned, self._invented = tuple(turned), tuple(invented)

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data."""
        return self._built.value

    @property
    def release(self) -> str:
        """The name of the release, where nobody chose it."""
        return str(getattr(self._built, "release", ""))

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False. No invented file is told."""
        origin, exact = self._built.origin(path)
        return _without_files(origin), exact

    def waits_for(self, path: Path, absent: bool = False, name: str = "") -> tuple[str, ...] | None:
        """The values that the chart leaves to its user and that would stand at a path."""
        asked = getattr(self._built, "waits_for", None)
        return asked(path, absent, name) if asked is not None else None

    def is_random(self, path: Path) -> bool:
        """Whether the value at a path was made at random."""
        asked = getattr(self._built, "is_random", None)
        return asked is not None and bool(asked(path))

    def invents(self, path: Path, about_key: bool = False, about_type: bool = False) -> bool:
        """Whether what stands at a path, or anything in it, was printed of an invented value.

        `about_key`: whether its key was; `about_type`: whether it was printed of one that was turned, which may be no boolean at all.
        """
        asked = (*self._invented, *self._turned) if about_type else self._invented
        if not hasattr(self._rendered, "reads"):
            return False
        if (
            self.value.get("kind") == "Secret"
            and path[:1] in (("data",), ("stringData",))
            and self._rendered.reads(path)
        ):
            return True  # what is secret comes with whoever takes the branch; values.yaml has only what shows the form
        if not asked:
            return False
        if len(path) < 2 and self.value.keys().isdisjoint(("apiVersion", "kind")):
            return True  # a template that prints objects of its values: what they are, an invented one does not say
        found = [shared(read) for read in self._rendered.reads(path, about_key)]
        return any(read[: len(one)] == one or one[: len(read)] == read for read in found for one in asked)


def _is_made_up(file: str) -> bool:
    return file.endswith((TURNED, INVENTED))


def _without_files(origin: Origin) -> Origin:
    via = tuple(_without_files(one) for one in origin.via if not _is_made_up(one.file))
    if _is_made_up(origin.file):
        return replace(via[0], via=via[1:], key=None, literal=False) if via else replace(origin, via=via)
    key_at = _without_files(origin.key_at) if origin.key_at is not None else None
    return replace(origin, via=via, key_at=key_at)


def reached(unit: ChartUnit, objects: Sequence[Built], way: Way) -> Iterator[Reached]:
    """The objects of a chart with the values of a way, as they are shown, with what is invented in them."""
    turned = [path for path, _ in way.turned]
    invented = [path for path, _ in way.invented]
    for shown, rendered in zip(objects, unit.objects, strict=True):
        yield Reached(shown, rendered, turned, invented)


class VariantLeads:
    """Which values lead to the findings of a variant.

    Several ways are tried together in a variant: what they show together says nothing of either. So each finding has to be there with
    the values of one way alone, too: those of the innermost branch that it stands in, else one of those in its templates. `make` gives
    the chart with the values of a way.
    """

    def __init__(
        self, found: Explored, variant: Variant, unit: ChartUnit, shown: Shown, make: Callable[[Way], Unit]
    ) -> None:
        self._found, self._variant, self._make = found, variant, make
        self._in_part = bool(unit.problems)
        templates = unit.facts.templates if unit.facts is not None else {}
        self._sources = {shown(source.file): (name, source) for name, source in templates.items()}
        self._said: dict[tuple[object, ...], str] = {}
        self._made: dict[str, Unit] = {}

    def __call__(self, finding: Finding) -> str | None:
        """The values that lead to a finding; None for one that no way alone shows."""
        return self._said.get(_same(finding))

    def ways(self, finding: Finding) -> Sequence[Way]:
        """The ways that could lead to a finding, the likeliest first."""
        absent = _OF_ABSENCE.search(finding.rule) is not None
        if absent and self._in_part:
            return ()  # what is not there stands in what cannot be read
        if finding.rule in _OF_REFERENCES and any(one.message == VALUE for one in finding.related):
            return ()  # a name that a value says is whose value it is to make
        return [
            way
            for way in self._candidates(finding)
            if (repr(way) in self._made or len(self._made) < MOST_ALONE)
            and not (absent and _comes_with_it(way))
            and not (
                way.invented and "map[" in finding.message
            )  # printed of a value of another shape than this branch is for
        ]

    def leaves_out(self, finding: Finding) -> bool:
        """Whether a way that could lead to a finding is not tried, as too many others were."""
        full = len(self._made) >= MOST_ALONE
        return full and any(repr(way) not in self._made for way in self._candidates(finding))

    def _candidates(self, finding: Finding) -> list[Way]:
        places = [(finding.file, finding.range)]
        places += [(one.file, one.range) for one in finding.related if one.message not in ROLES]
        around = [way for file, place in places if (way := self._way_of(file, place)) is not None]
        if not around:
            places += [(one.file, one.range) for one in finding.related]
            around = [way for file, place in places if (way := self._way_of(file, place)) is not None][:1]
        if around:
            longest = max(around, key=lambda way: len(_words(way)))
            return [longest] if all(_words(way) <= _words(longest) for way in around) else []
        names = {self._sources[file][0] for file, _ in places if file in self._sources}
        ways = {repr(way): way for (file, _, _), way in self._variant.ways.items() if file in names}
        ways = ways or {repr(way): way for way in self._variant.ways.values()}
        return sorted(ways.values(), key=lambda way: len(_words(way)))[:MOST_TRIED]

    def _way_of(self, file: str, place: Range) -> Way | None:
        if file not in self._sources:
            return None
        name, source = self._sources[file]
        return self._found.way_to(name, offset(source, place.start.line, place.start.column))

    def alone(self, way: Way) -> Unit | None:
        """The chart with the values of one way alone; None where the variant has no others."""
        if _words(way) == _words(self._variant.way):
            return None
        key = repr(way)
        if key not in self._made:
            self._made[key] = self._make(way)
        return self._made[key]

    def confirm(self, finding: Finding, way: Way) -> None:
        """A way alone shows a finding."""
        self._said[_same(finding)] = _short(way.words())

    def shown(self, finding: Finding, among: Iterable[Finding]) -> Finding | None:
        """A finding as a way alone shows it: what several invent together is in none of its words."""
        return next((one for one in among if _same(one) == _same(finding)), None)


def _comes_with_it(way: Way) -> bool:
    """Whether what a way misses is there already for whoever takes it: its values say so, or switch off what the chart makes."""
    return _EXISTING.search(way.words()) is not None or any(not value for value in way.all().values())


MOST_TRIED, MOST_ALONE = 8, 60
"""So many ways are tried for a finding that stands in no branch, and for all findings of a variant."""


def _same(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.file, finding.range, finding.level, finding.path.rpartition(".")[2].partition("[")[0]


def _words(way: Way) -> set[str]:
    return set(way.words().split(", "))


_OF_ABSENCE = re.compile(r"\A(?!field-).*-(?:missing|unknown|nothing|without|orphaned|unresolved)(?:-|\Z)")
"""Rules that conclude from what is not among the objects."""
_OF_REFERENCES = (
    "reference-missing",
    "reference-key-missing",
    "ingress-tls-secret-missing",
    "gateway-certificate-missing",
    "claim-class-missing",
)
_EXISTING = re.compile(r"existing|external|provided|predefined|already", re.I)
"""Names of values that say that something is there already."""


def offset(source: SourceText, line: int, column: int) -> int:
    """The offset of a place in a text."""
    begin = 0
    for _ in range(line - 1):
        begin = source.text.find("\n", begin) + 1
    return begin + column - 1


def _short(words: str) -> str:
    parts = words.split(", ")
    return ", ".join(parts[:MOST_SAID]) + (f" and {len(parts) - MOST_SAID} more" if len(parts) > MOST_SAID else "")
