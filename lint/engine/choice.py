"""What a check is asked: which rules judge, and what is known of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubetrial.lint.rule import Entry, index
from kubetrial.lint.values.records import dataclass, field

Selected = Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rules judge: of `entries` (ours, where there are none) those that are `selected`, with their `options` by name."""

    selected: Selected = lambda entry: entry.category.on_by_default
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    entries: Mapping[str, Entry] | None = None

    def chosen(self) -> dict[str, Entry]:
        """The rules that judge, of all minors."""
        every = index() if self.entries is None else self.entries
        return {name: entry for name, entry in every.items() if self.selected(entry)}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the cluster. `complete`: the whole set is given; `closed_world`: nothing else exists but what is `external`
    (patterns of kind and name). `profile` is the cluster of the trial, `schema_dirs` have the schemas of custom resources, `enabled` are
    the apiVersions that its API server is told to serve.
    """

    complete: bool = True
    closed_world: bool = False
    external: tuple[str, ...] = ()
    profile: Mapping[str, Any] = field(default_factory=dict)
    schema_dirs: Sequence[str] = ()
    enabled: frozenset[str] = frozenset()


def of_minor(entries: Mapping[str, Entry], minor: int) -> dict[str, Entry]:
    """The rules that hold in a minor."""
    return {name: e for name, e in entries.items() if e.since <= minor <= e.until}
