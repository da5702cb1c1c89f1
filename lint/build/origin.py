"""The seam of the builders: built objects whose every value knows the source that a person would change.

A builder (kustomizations, charts) gives a `Unit`. Its objects hold plain data, as the API server would get them, and answer for
each path where it was written. Files are reached only through a `Tree`, which keeps a build inside the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from kubetrial.lint.finding import Finding, Range
from kubetrial.lint.values.records import dataclass, field, replace

Path = tuple[str | int, ...]
VALUE = "the value"
"""The role of the place in a values file that an action of a template printed."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The place in a source file that wrote a value.

    `key` is the range of the key there (None for items of lists and for values that no key wrote); `value` that of the value.
    `literal`: the text at `value` is the value itself, so that a fix may replace it. `via` are the other places that had a hand
    in it, nearest first (the patch over the base, the line of values.yaml below the template's action, the chain of includes);
    `key_at`: the place of the key where that is in another file (a key of a template, whose value stands in a helper).
    `role` says in a few words what this place is to the value ("the patch", "the value", "included from here").
    """

    file: str
    value: Range
    key: Range | None = None
    literal: bool = True
    via: tuple[Origin, ...] = ()
    role: str = ""
    key_at: Origin | None = None

    def shown_as(self, shown: Callable[[str], str]) -> Origin:
        """The same with files called as reports call them."""
        return replace(
            self,
            file=shown(self.file),
            via=tuple(one.shown_as(shown) for one in self.via),
            key_at=self.key_at.shown_as(shown) if self.key_at is not None else None,
        )


class Built(Protocol):
    """One object of a unit."""

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data, as the API server gets it."""

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""


@dataclass(frozen=True, slots=True)
class BuildProblem:
    """A mistake of the source that the builder met: the rule that says it, its words, its place.

    `waits_for`: the values of a chart that are left to whoever installs it, and without which there is this mistake.
    """

    rule: str
    message: str
    origin: Origin
    help: str = ""
    consequence: str = ""
    fatal: bool = True  # the real tool refuses the whole unit
    waits_for: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a builder could not know offline (a remote base, a missing dependency), said at its line; nothing is concluded from it."""

    reason: str
    origin: Origin
    stops: bool = False  # the real tool stops here, until somebody has made what is missing
    waits_for: tuple[str, ...] | None = (
        None  # values of a chart that are left to whoever installs it, without those given elsewhere
    )


class Leads(Protocol):
    """Which values lead to the findings of a unit that has several sets of values at once: each is tried alone."""

    def __call__(self, finding: Finding) -> str | None:
        """The values, once a way was confirmed; None where only values that nobody chose together lead there."""

    def ways(self, finding: Finding) -> Sequence[Any]:
        """The sets of values that could lead to a finding."""

    def alone(self, way: Any) -> Unit | None:
        """The unit with one set of values; None where it has no other."""

    def shown(self, finding: Finding, among: Iterable[Finding]) -> Finding | None:
        """A finding as it is among those of such a unit; None where it is not."""

    def confirm(self, finding: Finding, way: Any) -> None:
        """One set of values alone leads to a finding."""

    def leaves_out(self, finding: Finding) -> bool:
        """Whether a set of values that could lead to a finding is not tried, as there are too many."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What one command applies: `path` is the folder of the kustomization or chart, `name` tells it from its siblings.

    `variant` says which values a chart was rendered with; empty for those that it brings itself.
    """

    kind: str  # plain | kustomization | chart | stream
    path: str
    name: str
    objects: Sequence[Built] = ()
    problems: tuple[BuildProblem, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    read: frozenset[str] = field(default_factory=frozenset)  # the files that the build read
    variant: str = ""
    leads: Leads | None = field(default=None, compare=False)
    """Which values lead to a finding, where not all of `variant` do."""
    apart: bool = (
        False  # another way in which the folder of a unit is applied: to another cluster, and judged by itself
    )

    @property
    def source(self) -> str:
        """The name that all variants share."""
        return self.name.removesuffix(f" ({self.variant})") if self.variant else self.name


class Tree(Protocol):
    """The files that a build may reach; paths are relative to the root with `/`, already normalised ("." is the root).

    Everything resolves inside the root: what lies beyond, is no regular file, or is too large is not there.
    """

    def read(self, path: str) -> bytes | None:
        """What a file holds, or None where there is no such file to read."""

    def is_file(self, path: str) -> bool:
        """Whether a regular file stands there."""

    def is_folder(self, path: str) -> bool:
        """Whether a folder stands there."""

    def leads_out(self, path: str) -> bool:
        """Whether a link stands there that leads out of the tree, to what may well be there."""

    def names(self, folder: str) -> Sequence[str]:
        """The names in a folder, sorted; nothing where there is none."""

    def entries(self, folder: str) -> Sequence[tuple[str, bool | None]]:
        """The names in a folder, sorted, each with True for a folder, False for a file to read, None for what is neither."""
