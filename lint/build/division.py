"""What a set of files is applied as: its units, and which of its files are judged through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from kubetrial.lint.build.origin import BuildProblem, Tree, Unit, Unknown
from kubetrial.lint.values.records import dataclass, field

if TYPE_CHECKING:
    from kubetrial.lint.build.chart import ChartUnit
    from kubetrial.lint.build.charts import Charts


@dataclass(frozen=True, slots=True)
class Division:
    """The units of a set, and the files that are judged through them instead of as they stand."""

    units: tuple[Unit, ...] = ()
    sources: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()  # of the sources: patches and files of components that no unit is made of
    commented: frozenset[str] = frozenset()  # of the unlisted: those whose entry is switched off
    unapplied: int = 0  # of the sources: files that Applications of Argo CD leave out
    templates: frozenset[str] = frozenset()  # files of charts: what an installation makes of them has names of its own
    built: Mapping[str, ChartUnit] = field(
        default_factory=dict
    )  # of the charts: name of the unit -> it, with its facts
    shown: Callable[[str], str] = str  # what reports call a path of a built chart
    silent: int = 0  # templates of charts that print no object with the values at hand
    notes: tuple[str, ...] = ()
    text_of: Callable[[str], str | None] = lambda _: None  # the text of a source by the name that reports use
    patched: frozenset[str] = frozenset()  # kinds over which controllers lay patches, wherever they apply them
    by_flux: bool = False  # Flux applies what is built
    loose: frozenset[str] = frozenset()  # names of units that no controller applies, where controllers apply others
    again: Mapping[str, Callable[[Tree], Unit]] = field(
        default_factory=dict
    )  # of the kustomizations: name of the unit -> builds it of another tree
    older_overlays: tuple[Unit, ...] = ()  # the kustomizations in an older state
    older: Mapping[str, Unit] = field(default_factory=dict)  # of the charts: name of the unit -> it in an older state
    keep: Callable[[], None] = lambda: (
        None
    )  # keeps what was built for the next run; called when all places were asked for
    rendered: Charts | None = field(default=None, compare=False)  # the charts as they were rendered

    @property
    def kustomizations(self) -> tuple[Unit, ...]:
        """The units whose objects are applied beside the plain files of the set."""
        return tuple(unit for unit in self.units if unit.kind != "chart" and not unit.apart)

    @property
    def alone(self) -> tuple[Unit, ...]:
        """The units that are judged each by itself: charts, and what goes to other clusters than its siblings."""
        return tuple(unit for unit in self.units if unit.kind == "chart" or unit.apart)

    @property
    def charts(self) -> tuple[Unit, ...]:
        """The charts, each with one set of values."""
        return tuple(unit for unit in self.units if unit.kind == "chart")

    def problems(self) -> Iterator[tuple[Unit, BuildProblem]]:
        """What is wrong with the sources themselves."""
        return ((unit, problem) for unit in self.units for problem in unit.problems)

    def unknown(self) -> Iterator[tuple[Unit, Unknown]]:
        """What could not be known."""
        return ((unit, one) for unit in self.units for one in unit.unknown)
