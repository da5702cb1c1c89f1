"""What of a chart's templates its values reach: each action and each outcome of a branch, over several sets of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubetrial.lint.build.chart.branch_targets import targets
from kubetrial.lint.build.chart.branches import Explored
from kubetrial.lint.build.chart.rendering import ChartFacts
from kubetrial.lint.build.chart.session import is_root
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.chart.template import actions
from kubetrial.lint.values.records import dataclass, field


@dataclass(frozen=True)
class ActionCoverage:
    """An action of a template: its place, its word ("" for one that prints), and how many sets of values reach it."""

    line: int
    column: int
    word: str
    hits: int


@dataclass(frozen=True)
class BranchCoverage:
    """An outcome of an if, with or range behind which something stands, and how many sets of values take it."""

    line: int
    column: int
    word: str
    outcome: bool
    hits: int


@dataclass(frozen=True)
class FileCoverage:
    """One template of a chart; `is_root` tells one that prints manifests from one of helpers, `prints` whether it ever does."""

    file: str
    is_root: bool
    prints: bool
    actions: tuple[ActionCoverage, ...] = field(default_factory=tuple)
    branches: tuple[BranchCoverage, ...] = field(default_factory=tuple)

    @property
    def reached(self) -> int:
        """How many of the actions some values reach."""
        return sum(action.hits > 0 for action in self.actions)


def coverage(renderings: Sequence[ChartFacts], search: Explored | None = None) -> list[FileCoverage]:
    """The coverage of one chart's own templates over several renderings of it, and over what a search of its branches reached.

    Templates in archives are somebody else's and do not count, nor do notes to the user.
    """
    sources: dict[str, SourceText] = {}
    for facts in renderings:
        for name, source in facts.templates.items():
            if source.stands_at is None and not name.endswith("NOTES.txt"):
                sources.setdefault(name, source)
    made = [_of_file(name, sources[name], renderings, search) for name in sorted(sources)]
    return [one for one in made if one.actions or one.is_root]


def _of_file(name: str, source: SourceText, renderings: Sequence[ChartFacts], search: Explored | None) -> FileCoverage:
    templates = {
        id(each): each for facts in renderings for each in facts.engine.templates.values() if each.file == name
    }
    executed = [facts.engine.executed for facts in renderings]
    taken = [facts.engine.taken for facts in renderings]
    found: dict[int, ActionCoverage] = {}
    for template in templates.values():
        for site in actions(template):
            hits = sum((name, site.at) in each for each in executed)
            hits += search is not None and not hits and (name, site.at) in search.executed
            place = source.position(site.at)
            found[site.at] = ActionCoverage(place.line, place.column, site.word, hits)
    outcomes: list[BranchCoverage] = []
    for key, target in targets(templates.values()).items():
        hits = sum(key in each for each in taken)
        hits += search is not None and not hits and key in search.reached
        place = source.position(target.at)
        outcomes.append(BranchCoverage(place.line, place.column, target.word, target.outcome, hits))
    outcomes.sort(key=lambda one: (one.line, one.column, not one.outcome))
    prints = name in printing(renderings) or (search is not None and name in search.printing)
    return FileCoverage(source.file, is_root(name), prints, tuple(found[at] for at in sorted(found)), tuple(outcomes))


def printing(renderings: Iterable[ChartFacts]) -> set[str]:
    """The templates that print an object with some values."""
    return {one.name for facts in renderings for one in (*facts.manifests.plain, *facts.manifests.hooks)}


def silent(renderings: Sequence[ChartFacts]) -> int:
    """How many of a chart's own templates print no object with any of the values."""
    loud = printing(renderings)
    every = {
        name
        for facts in renderings
        for name, source in facts.templates.items()
        if source.stands_at is None and is_root(name)
    }
    return len(every - loud)
