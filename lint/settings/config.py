"""Settings: what holds for a run, and which rules that means.

Selection: by default the rules of the categories rejected, broken and risky. `select` names what runs instead, `ignore`
takes away from it; each word is a rule's name, a pattern with `*`, a category or `all`. Where both speak of a rule, the
more exact word holds (a name over a pattern, a pattern over a category, a category over `all`), and of two equally
exact ones `ignore`. An override adds its words for the files that it names, and its word holds over an equally exact
one of before.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.finding import Category, Finding, ObjectRef
from kubetrial.lint.values.records import dataclass, field, replace
from kubetrial.schemas.minors import NEWEST, OLDEST

if TYPE_CHECKING:
    from kubetrial.lint.files.patterns import Patterns
    from kubetrial.lint.rule import Entry
    from kubetrial.lint.settings.chart_settings import ChartEnvironment
    from kubetrial.lint.settings.own_rules import ShortRule

FAIL_ON = ("error", "warning", "info", "never")
CATEGORIES = tuple(category.value for category in Category)
EVERYTHING = "all"


class ConfigError(Exception):
    """Something in the configuration that cannot be meant; the text says where and what would do."""


@dataclass(frozen=True, slots=True)
class Override:
    """Other words for the files and objects that match, empty for all of them.

    Files are patterns as in .gitignore, relative to the configuration's folder; objects are `Kind`, `Kind/name` or
    `Kind/namespace/name`, in which `*` stands for any part.
    """

    files: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for a run."""

    file: str | None = None  # where it was read
    root: str = ""  # its folder, absolute: patterns and schema folders are relative to it; empty: the working directory
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # rule -> options, as its check takes them
    minor: int = NEWEST
    other_minors: tuple[int, ...] = ()  # that judge too, beside the newest of all that are asked for
    schema_dirs: tuple[str, ...] = ()
    closed_world: bool | None = None  # None: closed when a folder or a stream is given
    external: tuple[str, ...] = ()  # kind/name patterns of what exists outside of the set
    cluster: Mapping[str, Any] = field(default_factory=dict)  # the cluster of the trial
    charts: Mapping[str, tuple[ChartEnvironment, ...]] = field(
        default_factory=dict
    )  # folder -> how the chart is installed
    exclude: tuple[str, ...] = ()
    output_format: str | None = None
    fail_on: str = "error"
    rules_dirs: tuple[str, ...] = ()  # folders with rules of the user's
    untrusted_rules_dirs: tuple[
        str, ...
    ] = ()  # such folders that only the configuration names: their code does not run
    custom: tuple[ShortRule, ...] = ()  # short rules of the configuration
    honour_foreign_ignores: bool = False  # whether the ignore annotations of other linters hold
    levels: Mapping[str, str] = field(default_factory=dict)  # rule, pattern or category -> the level of its findings
    baseline: str | None = None  # the file with the findings that are accepted, relative to the working directory
    fail_if_nothing_checked: bool = False
    also: tuple[str, ...] = ()  # other configuration files that were found for some of the paths and are not used
    _matchers: dict[int, Patterns] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def kubernetes_version(self) -> str:
        """`1.37`, or `1.34,1.37`."""
        return ",".join(f"1.{minor}" for minor in sorted((*self.other_minors, self.minor)))

    def entries(self) -> dict[str, Entry]:
        """Every rule that can run: ours, and those that the user brings; raises ConfigError."""
        from kubetrial.lint.rule import index

        ours = index()
        return {**ours, **own_entries(self.rules_dirs, self.custom)} if self.rules_dirs or self.custom else ours

    def selects(self, entry: Entry) -> bool:
        """Whether a rule has to run: somewhere its findings are wanted."""
        if selected(entry.name, entry.category, self.select, self.ignore):
            return True
        return any(
            selected(entry.name, entry.category, self.select, self.ignore, (override,)) for override in self.overrides
        )

    def reports(self, finding: Finding) -> bool:
        """Whether a finding is wanted in its file; a mistake inside of kubetrial always is."""
        if finding.rule == "internal-error":
            return True
        return self.selected(finding.rule, finding.category, finding.file, finding.object)

    def selected(self, rule: str, category: Category, path: str = "", obj: ObjectRef | None = None) -> bool:
        """Whether a rule's findings are wanted in a file (relative to the working directory), and there on an object."""
        fitting = tuple(self._fitting(path, obj)) if self.overrides and path else ()
        return selected(rule, category, self.select, self.ignore, fitting)

    def levelled(self, finding: Finding) -> Finding:
        """The finding with the level that the configuration gives its rule; the most exact word decides, of equals the last."""
        if not self.levels or finding.rule == "internal-error":
            return finding
        best, level = -1, finding.level
        for word, wanted in self.levels.items():
            exactness = _exactness(word, finding.rule, finding.category)
            if exactness >= 0 and exactness >= best:
                best, level = exactness, wanted
        return finding if level == finding.level else replace(finding, level=level)

    def _fitting(self, path: str, obj: ObjectRef | None) -> Iterable[Override]:
        from kubetrial.lint.files.patterns import Patterns, relative

        inside = relative(os.path.abspath(path), self.root or os.getcwd())
        for number, override in enumerate(self.overrides):
            if override.objects and not (obj is not None and any(obj.fits(pattern) for pattern in override.objects)):
                continue
            if not override.files:
                yield override
                continue
            if not inside:
                continue
            if number not in self._matchers:
                self._matchers[number] = Patterns(override.files)
            if self._matchers[number].cover(inside):
                yield override


def selected(
    rule: str,
    category: Category,
    select: Sequence[str] | None,
    ignore: Sequence[str],
    overrides: Sequence[Override] = (),
) -> bool:
    """Whether a rule is on: the most exact word decides; see the module's description."""
    best = -1
    on = category.on_by_default if select is None else False
    layers = [(select or (), ignore), *((override.select, override.ignore) for override in overrides)]
    for chosen, left_out in layers:
        for words, answer in ((chosen, True), (left_out, False)):
            exactness = max((_exactness(word, rule, category) for word in words), default=-1)
            if exactness >= 0 and exactness >= best:
                best, on = exactness, answer
    return on


def _exactness(word: str, rule: str, category: Category) -> int:
    """How exactly a word means a rule: 3 its name, 2 a pattern, 1 its category, 0 `all`, -1 not at all."""
    if word == rule:
        return 3
    if "*" in word:
        from kubetrial.lint.settings.ignored import matches

        return 2 if matches(rule, word) else -1
    if word == category.value:
        return 1
    return 0 if word == EVERYTHING else -1


TRUST = "KUBETRIAL_TRUST_RULES"


def trusts_rules() -> bool:
    """Whether the user lets the configuration name folders of rules in Python, whose code then runs."""
    return os.environ.get(TRUST, "") not in ("", "0")


def of_repository(folders: Sequence[str], root: str) -> tuple[str, ...]:
    """Of the folders of rules that a stranger's configuration names those whose names may be read: nothing elsewhere is."""
    from kubetrial.lint.files.discover import outside_of

    return tuple(folder for folder in folders if not outside_of(folder, root))


def own_entries(folders: Sequence[str], short: Sequence[ShortRule]) -> dict[str, Entry]:
    """The rules that the user brings; raises ConfigError where one cannot be used."""
    from kubetrial.lint.rule import RuleError, index
    from kubetrial.lint.settings import own_rules

    ours = index()
    try:
        found = own_rules.of_folders(folders, ours)
        return {**found, **own_rules.of_configuration(short, {**ours, **found})}
    except RuleError as error:
        raise ConfigError(str(error)) from None


def minor_of(version: str) -> int:
    """`1.33`, `v1.33` and `1.33.2` are 33; raises ConfigError for a version that is not known."""
    parts = version.strip().removeprefix("v").split(".")
    if len(parts) in (2, 3) and parts[0] == "1" and all(part.isascii() and part.isdigit() for part in parts[1:]):
        minor = int(parts[1][:6])
        if OLDEST <= minor <= NEWEST:
            return minor
    several = (
        f"; several are written with commas: 1.{NEWEST - 1},1.{NEWEST}" if "-" in version or " " in version else ""
    )
    raise ConfigError(f"there is no Kubernetes version {version!r} here: 1.{OLDEST} to 1.{NEWEST} are known{several}")


def minors_of(versions: str) -> tuple[int, ...]:
    """`1.31,1.34` as minors, the newest first; raises ConfigError for a version that is not known."""
    return tuple(sorted({minor_of(version) for version in versions.split(",")}, reverse=True))


def unknown_word(word: str, entries: Collection[str]) -> str | None:
    """What is wrong with a word of `select` or `ignore`; None when it means something."""
    if word in entries or word in CATEGORIES or word == EVERYTHING:
        return None
    if "*" in word:
        from kubetrial.lint.settings.ignored import matches

        return None if any(matches(rule, word) for rule in entries) else f"names {word!r}, which fits no rule"
    return f"names {word!r}, which is no rule and no category" + closest(word, [*entries, *CATEGORIES, EVERYTHING])


def options_of(rule: str) -> dict[str, Any]:
    """The options of a rule of ours and their defaults: the keyword-only parameters of its check."""
    from kubetrial.lint import rule as rules

    return rules.options_of(rules.Entry(rule, Category.RISKY, (), ""))


def closest(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing where no known word is near."""
    from kubetrial.lint.values.nearest import nearest

    known = list(known)
    close = nearest(word, known) or nearest(word.replace("_", "-"), known)
    return f"; did you mean {close}?" if close else ""


def from_here(file: str) -> str:
    """A file as it is called from the working directory; as it is where that is on another drive."""
    same = os.path.splitdrive(os.path.abspath(file))[0] == os.path.splitdrive(os.getcwd())[0]
    return os.path.relpath(file).replace(os.sep, "/") if same else file
