"""Settings: `[tool.kubetrial]` in pyproject.toml, or .kubetrial.toml or kubetrial.toml; the nearest file holds.

Selection: by default the rules of the categories rejected, broken and risky. `select` names what runs instead, `ignore`
takes away from it; each word is a rule's name, a pattern with `*`, a category or `all`. Where both speak of a rule, the
more exact word holds (a name over a pattern, a pattern over a category, a category over `all`), and of two equally
exact ones `ignore`. An override adds its words for the files that it names, and its word holds over an equally exact
one of before.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.files import witness
from kubetrial.lint.files.read import MOST_SETTINGS, read
from kubetrial.lint.finding import Category, Finding, ObjectRef
from kubetrial.lint.values.records import dataclass, field, replace
from kubetrial.schemas.minors import NEWEST, OLDEST

if TYPE_CHECKING:
    from kubetrial.lint.files.patterns import Patterns
    from kubetrial.lint.rule import Entry
    from kubetrial.lint.settings.chart_settings import ChartEnvironment
    from kubetrial.lint.settings.own_rules import ShortRule

FILE_NAMES = (".kubetrial.toml", "kubetrial.toml", "pyproject.toml")
"""Where settings stand, in the order in which a folder is asked for them."""
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
MOST_NODES = 5_000
"""As many nodes as Kubernetes is made for; a trial with more says nothing new and takes for ever."""


def trusts_rules() -> bool:
    """Whether the user lets the configuration name folders of rules in Python, whose code then runs."""
    return os.environ.get(TRUST, "") not in ("", "0")


def _of_repository(folders: Sequence[str], root: str) -> tuple[str, ...]:
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


# --- finding and reading a file --------------------------------------------------------------------------------------


def load(
    paths: Sequence[str] = (),
    *,
    config: str | None = None,
    isolated: bool = False,
    entries: Collection[str] = (),
) -> Settings:
    """The settings for some paths: of the named file, else of the nearest above the paths; raises ConfigError.

    `entries` are the names of all rules; they are needed only to judge words in the configuration.
    """
    if isolated:
        return Settings()
    if config is not None:
        return _read(config, entries, required=True) or Settings()
    found = list(dict.fromkeys(_nearest(folder) for folder in dict.fromkeys(_folder(path) for path in paths or (".",))))
    if len(found) == 1:
        file = found[0]
    else:
        # Several ones: what is nearest to all of the paths holds.
        file = _nearest(os.path.commonpath([_folder(path) for path in paths]) if _same_drive(paths) else os.getcwd())
    settings = _read(file, entries) if file is not None else None
    others = tuple(_relative(other) for other in found if other is not None and other != file)
    return replace(settings or Settings(), also=others)


def _folder(path: str) -> str:
    """The folder from which the search upwards begins."""
    if path == "-":
        return os.getcwd()
    full = os.path.abspath(path)
    while not witness.is_folder(full) and os.path.dirname(full) != full:
        full = os.path.dirname(full)
    return full


def _same_drive(paths: Sequence[str]) -> bool:
    return len({os.path.splitdrive(_folder(path))[0] for path in paths}) == 1


def _nearest(folder: str) -> str | None:
    while True:
        for name in FILE_NAMES:
            file = os.path.join(folder, name)
            if witness.is_file(file) and (name != "pyproject.toml" or _mentions_us(file)):
                return file
            if name != "pyproject.toml" and witness.exists(file) and not witness.is_folder(file):
                return file  # a device or a FIFO of our name: reading it says that it is no configuration
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _mentions_us(file: str) -> bool:
    """Whether a pyproject.toml has a table of ours; one without is passed over."""
    try:
        text = read(file, MOST_SETTINGS)
    except OSError:
        return False
    # A key below `[tool]` is seldom written, and means the same; elsewhere the word is the name of a package.
    return b"tool.kubetrial" in text or (_TOOL.search(text) is not None and _OUR_KEY.search(text) is not None)


_TOOL = re.compile(rb"^[ \t]*\[[ \t]*tool[ \t]*\]", re.M)
_OUR_KEY = re.compile(rb"^[ \t]*([\"']?)kubetrial\1[ \t]*[=.]", re.M)


def _relative(file: str) -> str:
    """A file as it is called from the working directory; as it is where that is on another drive."""
    same = os.path.splitdrive(os.path.abspath(file))[0] == os.path.splitdrive(os.getcwd())[0]
    return os.path.relpath(file).replace(os.sep, "/") if same else file


def _fields(settings: Settings) -> dict[str, Any]:
    """Field -> value."""
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__ if name[0] != "_"}


def _brought(settings: Settings) -> dict[str, Entry]:
    """The rules that settings bring beside ours."""
    return own_entries(settings.rules_dirs, settings.custom) if settings.rules_dirs or settings.custom else {}


def _read(file: str, entries: Collection[str], *, required: bool = False, depth: int = 0) -> Settings | None:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    shown = os.path.relpath(file) if os.path.splitdrive(file)[0] in ("", os.path.splitdrive(os.getcwd())[0]) else file
    try:
        text = read(file, MOST_SETTINGS).decode("utf-8-sig")
        table: Any = tomllib.loads(text)
    except OSError as error:
        from kubetrial.lint.files.discover import why

        raise ConfigError(f"{shown}: {why(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: it is no UTF-8 text") from None
    except RecursionError:
        raise ConfigError(f"{shown}: it is nested too deeply") from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        raise ConfigError(f"{shown}: {error}") from None
    if os.path.basename(file) == "pyproject.toml":
        tools = table.get("tool", {})
        table = tools.get("kubetrial") if isinstance(tools, dict) else None
        if table is None:
            if required:
                raise ConfigError(f"{shown}: it has no table [tool.kubetrial]")
            return None
        prefix = "tool.kubetrial"
    else:
        prefix = ""
        inner = table.get("tool", {})
        if isinstance(inner, dict) and set(table) == {"tool"} and "kubetrial" in inner:
            table, prefix = inner["kubetrial"], "tool.kubetrial"
    return _TomlReader(shown, text, prefix, entries, depth).settings(
        table, os.path.dirname(os.path.abspath(file)), shown
    )


@dataclass(frozen=True, slots=True)
class _TomlReader:
    """Turns a TOML table into Settings; every complaint names the file and, where it is cheap, the line."""

    shown: str
    content: str
    prefix: str
    entries: Collection[str]
    depth: int = 0  # how many files build on this one

    def settings(self, table: Any, root: str, file: str) -> Settings:
        """All settings; raises ConfigError."""
        if not isinstance(table, dict):
            raise self.error("", "has to be a table")
        self.known(table, _KEYS, "")
        values: dict[str, Any] = {"root": root, "file": file}
        below = self.extended(table["extend"], "extend", root) if "extend" in table else None
        reader = self if below is None else replace(self, entries={**self.entries_by_name(), **_brought(below)})
        reader = reader.with_own_rules(values, table)
        for key, value in table.items():
            if key == "charts":
                from kubetrial.lint.settings import chart_settings

                values[key] = chart_settings.read(reader, value, key, root)
            elif key not in ("extend", "rules-dirs", "custom"):
                values[key.replace("-", "_")] = _KEYS[key](reader, value, key)
        if "kubernetes_version" in values:
            values["minor"], *others = values.pop("kubernetes_version")
            values["other_minors"] = tuple(others)
        values["schema_dirs"] = tuple(
            self.within(name, "schema-dirs", root, "--schema-dir") for name in values.get("schema_dirs", ())
        )
        if "baseline" in values:
            values["baseline"] = _relative(self.within(values["baseline"], "baseline", root, "--baseline"))
        if below is not None:
            from kubetrial.lint.settings.extend import combined

            values = combined(_fields(below), values)
        return Settings(**values)

    def within(self, name: str, key: str, root: str, option: str) -> str:
        """The path of a file or folder that a configuration names, which may be a stranger's: it lies in its repository."""
        from kubetrial.lint.files.discover import outside_of

        path = os.path.join(root, name)
        if around := outside_of(path, root):
            raise self.error(key, f"names {name!r}, which lies outside of {around}; name it with {option}")
        return path

    def extended(self, value: Any, key: str, root: str) -> Settings:
        """The settings that the table builds on: of one file or package, or of several, of which the later ones hold."""
        from kubetrial.lint.settings import extend

        words = (value,) if isinstance(value, str) else self.texts(value, key)
        if self.depth >= extend.MOST_DEEP:
            raise self.error(
                key, f"goes deeper than {extend.MOST_DEEP} files; do they build on each other in a circle?"
            )
        below = Settings()
        for word in words:
            try:
                file = extend.file_of(word, root)
            except extend.ExtendError as error:
                raise self.error(key, str(error)) from None
            found = _read(file, self.entries, required=True, depth=self.depth + 1)
            if found is not None:
                plain = _fields(Settings())
                values = {name: value for name, value in _fields(found).items() if value != plain[name]}
                below = Settings(**extend.combined(_fields(below), values))
        return below

    def entries_by_name(self) -> Mapping[str, Any]:
        """The known rules; where only their names are known, without entries."""
        return self.entries if isinstance(self.entries, Mapping) else dict.fromkeys(self.entries)

    def known(self, table: Mapping[str, Any], keys: Collection[str], where: str) -> None:
        """Complain about keys that do not exist."""
        for key in table:
            if key not in keys:
                close = _closest(key, keys)
                raise self.error(f"{where}.{key}" if where else key, "is no setting" + close, key)

    def error(self, key: str, problem: str, find: str = "") -> ConfigError:
        """`pyproject.toml:12: select: ...`."""
        line = self._line(find or key.rpartition(".")[2])
        place = f"{self.shown}:{line}" if line else self.shown
        return ConfigError(f"{place}: {key} {problem}" if key else f"{place}: the configuration {problem}")

    def _line(self, key: str) -> int:
        """The first line after the start of our table that begins with a key or names it in brackets."""
        if not key:
            return 0
        begun = not self.prefix
        for number, line in enumerate(self.content.splitlines(), 1):
            bare = line.strip()
            begun = begun or bare.startswith((f"[{self.prefix}", f"[[{self.prefix}"))
            if not begun:
                continue
            name = bare.partition("=")[0].strip().strip("\"'") if "=" in bare else bare.strip("[] ").rpartition(".")[2]
            if name.strip("\"' ") == key:
                return number
        return 0

    # --- kinds of values -----------------------------------------------------------------------------------------

    def texts(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of texts."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f"has to be a list of texts, and is {_shape(value)}")
        return tuple(value)

    def patterns(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of patterns as in .gitignore, or paths as people write them."""
        from kubetrial.lint.files.patterns import of_path

        return tuple(map(of_path, self.texts(value, key)))

    def words(self, value: Any, key: str) -> tuple[str, ...]:
        """A list of rules' names, patterns, categories and `all`."""
        words = self.texts(value, key)
        for word in words:
            problem = unknown_word(word, self.entries)
            if problem:
                raise self.error(key, problem)
        return words

    def text(self, value: Any, key: str) -> str:
        """A text."""
        if not isinstance(value, str):
            raise self.error(key, f"has to be a text, and is {_shape(value)}")
        return value

    def flag(self, value: Any, key: str) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            raise self.error(key, f"has to be true or false, and is {_shape(value)}")
        return value

    def version(self, value: Any, key: str) -> tuple[int, ...]:
        """A Kubernetes version, or several with commas, as their minors, the newest first."""
        text = self.text(value, key) if not isinstance(value, float) else ""
        if not text:
            raise self.error(key, 'has to be a text such as "1.37" (in quotes: 1.30 is the number 1.3)')
        try:
            return minors_of(text)
        except ConfigError as error:
            raise self.error(key, f"is wrong: {error}") from None

    def choice(self, value: Any, key: str, among: Collection[str]) -> str:
        """One of some words."""
        if self.text(value, key) not in among:
            raise self.error(key, f"cannot be {value!r}: there are {', '.join(among)}")
        return str(value)

    def fail_on(self, value: Any, key: str) -> str:
        """The level from which the exit code is 1."""
        return self.choice(value, key, FAIL_ON)

    def levels(self, value: Any, key: str) -> dict[str, str]:
        """The levels of rules, patterns and categories."""
        table = self.table(value, key)
        self.words(list(table), key)
        return {word: self.choice(level, f"{key}.{word}", FAIL_ON[:3]) for word, level in table.items()}

    def output_format(self, value: Any, key: str) -> str:
        """The name of a report format."""
        from kubetrial.lint.report import FORMATS

        return self.choice(value, key, list(FORMATS))

    def overrides(self, value: Any, key: str) -> tuple[Override, ...]:
        """The list of overrides."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"has to be a list of tables ([[{self.prefix or 'kubetrial'}.overrides]])")
        found = []
        for item in value:
            self.known(item, ("files", "objects", "select", "ignore"), key)
            if "files" not in item and "objects" not in item:
                raise self.error(key, "needs files or objects: patterns of those for which it holds")
            found.append(
                Override(
                    self.patterns(item.get("files", []), f"{key}.files"),
                    self.words(item.get("select", []), f"{key}.select"),
                    self.words(item.get("ignore", []), f"{key}.ignore"),
                    self.texts(item.get("objects", []), f"{key}.objects"),
                )
            )
        return tuple(found)

    def rules(self, value: Any, key: str) -> dict[str, dict[str, Any]]:
        """Options of rules, with the names and types that their checks declare."""
        found: dict[str, dict[str, Any]] = {}
        for rule, options in self.table(value, key).items():
            if rule not in self.entries:
                raise self.error(f"{key}.{rule}", "is no rule" + _closest(rule, self.entries), rule)
            taken = self.options(rule)
            mapping = self.table(options, f"{key}.{rule}")
            names = {name.replace("_", "-"): name for name in taken}
            for option, setting in mapping.items():
                if option not in names:
                    said = _closest(option, names) if names else ": the rule has no options"
                    raise self.error(f"{key}.{rule}.{option}", "is no option" + said, option)
                default = taken[names[option]]
                if not _fits(setting, default):
                    where = f"{key}.{rule}.{option}"
                    raise self.error(where, f"has to be {_shape(default)}, and is {_shape(setting)}", option)
                frozen = tuple(setting) if isinstance(setting, list) else setting
                found.setdefault(rule, {})[names[option]] = frozen
        return found

    def options(self, rule: str) -> dict[str, Any]:
        """The options of a rule and their defaults; raises ConfigError where its file cannot be imported."""
        from kubetrial.lint import rule as rules

        entry = self.entries[rule] if isinstance(self.entries, Mapping) else None
        try:
            return rules.options_of(entry) if entry is not None and entry.file else options_of(rule)
        except rules.RuleError as error:
            raise ConfigError(str(error)) from None

    def custom(self, value: Any, key: str) -> tuple[ShortRule, ...]:
        """The short rules: CEL expressions with a message."""
        from kubetrial.lint.settings.own_rules import ShortRule

        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"has to be a list of tables ([[{self.prefix + '.' if self.prefix else ''}custom]])")
        found = []
        for item in value:
            self.known(item, ("name", "kinds", "expression", "message", "category", "field", "help"), key)
            for name in ("name", "kinds", "expression", "message"):
                if name not in item:
                    raise self.error(key, f"needs {name} in each rule")
            name = self.text(item["name"], f"{key}.name")
            if not name.replace("-", "").isalnum() or name != name.lower() or not name.isascii():
                raise self.error(f"{key}.name", f"cannot be {name!r}: lower-case words with - between them", "name")
            kinds = self.texts(item["kinds"], f"{key}.kinds")
            if not kinds:
                raise self.error(f"{key}.kinds", 'has to name a kind, or "*" for all of them', "kinds")
            found.append(
                ShortRule(
                    name,
                    kinds,
                    self.text(item["expression"], f"{key}.expression"),
                    self.text(item["message"], f"{key}.message"),
                    Category(self.choice(item.get("category", "risky"), f"{key}.category", CATEGORIES)),
                    self.text(item.get("field", ""), f"{key}.field"),
                    self.text(item.get("help", ""), f"{key}.help"),
                )
            )
        return tuple(found)

    def with_own_rules(self, values: dict[str, Any], table: Mapping[str, Any]) -> _TomlReader:
        """The reader that knows the rules which the configuration brings too, and puts them into the values."""
        if "rules-dirs" in table:
            folders = tuple(
                os.path.join(values["root"], name) for name in self.texts(table["rules-dirs"], "rules-dirs")
            )
            values["rules_dirs" if trusts_rules() else "untrusted_rules_dirs"] = folders
        if "custom" in table:
            values["custom"] = self.custom(table["custom"], "custom")
        folders = values.get("rules_dirs") or _of_repository(values.get("untrusted_rules_dirs", ()), values["root"])
        if not folders and "custom" not in values:
            return self
        return replace(
            self,
            entries={**self.entries_by_name(), **own_entries(folders, values.get("custom", ()))},
        )

    def cluster(self, value: Any, key: str) -> dict[str, Any]:
        """The profile of the trial's cluster, as trial.profile.Profile has it; the first class is the default."""
        table = self.table(value, key)
        self.known(table, _CLUSTER, key)
        found = {}
        for name, setting in table.items():
            expected = _CLUSTER[name]
            where = f"{key}.{name}"
            if not _fits(setting, expected):
                raise self.error(where, f"has to be {_shape(expected)}, and is {_shape(setting)}")
            if isinstance(setting, int) and not isinstance(setting, bool) and setting < 0:
                raise self.error(where, "cannot be negative")
            if name == "zones" and setting == 0:
                raise self.error(where, "cannot be 0: every node lies in a zone")
            if isinstance(setting, int) and setting > MOST_NODES:
                raise self.error(where, f"cannot be more than {MOST_NODES}: a trial follows no larger cluster")
            found[name.replace("-", "_")] = self.entry(name, setting, where)
        from kubetrial.lint.trial.profile import DEFAULT_PROFILE

        sizes = {name: found.pop(name) for name in ("cpu", "memory") if name in found}
        if sizes or "capacity" in found:
            found["capacity"] = {**DEFAULT_PROFILE.capacity, **found.get("capacity", {}), **sizes}
        classes = found.get("storage_classes", DEFAULT_PROFILE.storage_classes)
        if "default_storage_class" not in found and DEFAULT_PROFILE.default_storage_class not in classes:
            found["default_storage_class"] = next(iter(classes), "")
        chosen = found.get("default_storage_class")
        if chosen and chosen not in classes:
            raise self.error(f"{key}.default-storage-class", f"{chosen!r} is not among storage-classes")
        return found

    def entry(self, name: str, setting: Any, where: str) -> Any:
        """One entry of the cluster's profile, checked."""
        if name == "storage-classes":
            modes = ("WaitForFirstConsumer", "Immediate")
            if isinstance(setting, list):
                return dict.fromkeys(self.texts(setting, where), modes[0])
            for mode in setting.values():
                self.choice(mode, where, modes)
        elif name in ("cpu", "memory", "capacity"):
            from kubetrial.lint.values.quantity import problem

            for resource, amount in setting.items() if name == "capacity" else [("", setting)]:
                at = f"{where}.{resource}" if resource else where
                wrong = problem(self.text(amount, at))
                if wrong:
                    raise self.error(at, f"is no quantity: {wrong}")
        return setting

    def table(self, value: Any, key: str) -> dict[str, Any]:
        """A table."""
        if not isinstance(value, dict):
            raise self.error(key, f"has to be a table, and is {_shape(value)}")
        return value


_CLUSTER: dict[str, Any] = {
    "workers": 0,
    "control-planes": 0,
    "zones": 0,
    "cpu": "",
    "memory": "",
    "capacity": {},
    "storage-classes": {},
    "default-storage-class": "",
    "attach-volumes": True,
}

_KEYS: dict[str, Callable[[_TomlReader, Any, str], Any]] = {
    "extend": _TomlReader.text,
    "select": _TomlReader.words,
    "ignore": _TomlReader.words,
    "overrides": _TomlReader.overrides,
    "rules": _TomlReader.rules,
    "kubernetes-version": _TomlReader.version,
    "schema-dirs": _TomlReader.texts,
    "closed-world": _TomlReader.flag,
    "external": _TomlReader.texts,
    "cluster": _TomlReader.cluster,
    "charts": _TomlReader.table,
    "exclude": _TomlReader.patterns,
    "output-format": _TomlReader.output_format,
    "fail-on": _TomlReader.fail_on,
    "honour-foreign-ignores": _TomlReader.flag,
    "levels": _TomlReader.levels,
    "baseline": _TomlReader.text,
    "fail-if-nothing-checked": _TomlReader.flag,
    "rules-dirs": _TomlReader.texts,
    "custom": _TomlReader.custom,
}


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
    return f"names {word!r}, which is no rule and no category" + _closest(word, [*entries, *CATEGORIES, EVERYTHING])


def options_of(rule: str) -> dict[str, Any]:
    """The options of a rule of ours and their defaults: the keyword-only parameters of its check."""
    from kubetrial.lint import rule as rules

    return rules.options_of(rules.Entry(rule, Category.RISKY, (), ""))


def _closest(word: str, known: Iterable[str]) -> str:
    from kubetrial.lint.values.nearest import nearest

    known = list(known)
    close = nearest(word, known) or nearest(word.replace("_", "-"), known)
    return f"; did you mean {close}?" if close else ""


def _fits(value: Any, like: Any) -> bool:
    """Whether a value has the type of another; a whole number will do where a fraction may stand."""
    if like is None:
        return True
    if isinstance(like, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(like, bool)
    if isinstance(like, float):
        return isinstance(value, (int, float))
    if isinstance(like, (tuple, frozenset, list)):
        return isinstance(value, list)
    if like == {} and isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, type(like))


def _shape(value: Any) -> str:
    """What a TOML value is, in words."""
    if isinstance(value, bool):
        return "true or false"
    words = {str: "a text", int: "a whole number", float: "a number", list: "a list", tuple: "a list", dict: "a table"}
    return words.get(type(value), f"a {type(value).__name__}")


# --- the command line, and showing ------------------------------------------------------------------------------------


def overlaid(
    settings: Settings,
    *,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    kubernetes_version: str | None = None,
    schema_dirs: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    fail_on: str | None = None,
    closed_world: bool | None = None,
    rules_dirs: Sequence[str] | None = None,
    also_select: Sequence[str] = (),
    honour_foreign_ignores: bool = False,
    entries: Collection[str] = (),
) -> Settings:
    """The settings with what the command line says instead; raises ConfigError.

    `select` replaces the configured one and the overrides' with it, and `also_select` comes on top; `ignore` comes on top of what
    is ignored already.
    """
    settings = _with_rules_dirs(settings, rules_dirs)
    _check_words(settings, entries, {"--select": select, "--ignore": ignore})
    changes: dict[str, Any] = {}
    if select is not None:
        changes["select"] = tuple(select)
        changes["overrides"] = tuple(replace(one, select=()) for one in settings.overrides)
    if also_select:
        chosen = changes.get("select", settings.select)
        before = tuple(c.value for c in Category if c.on_by_default) if chosen is None else chosen
        changes["select"] = (*before, *also_select)
    if ignore is not None:
        changes["ignore"] = (*settings.ignore, *ignore)
    if kubernetes_version is not None:
        changes["minor"], *others = minors_of(kubernetes_version)
        changes["other_minors"] = tuple(others)
    if schema_dirs is not None:
        changes["schema_dirs"] = tuple(os.path.abspath(name) for name in schema_dirs)
    if exclude is not None:
        # Written at the prompt, they are meant from there; those of the configuration hold on.
        changes["exclude"] = (*settings.exclude, *(pattern for _, pattern in excluded_words(exclude, settings.root)))
    if fail_on is not None:
        changes["fail_on"] = fail_on
    if closed_world is not None:
        changes["closed_world"] = closed_world
    if honour_foreign_ignores:
        changes["honour_foreign_ignores"] = True
    return replace(settings, **changes) if changes else settings


def _with_rules_dirs(settings: Settings, rules_dirs: Sequence[str] | None) -> Settings:
    """The settings with folders of rules that the command line names, and so trusts."""
    if rules_dirs is None:
        return settings
    given = tuple(map(os.path.abspath, rules_dirs))
    real = {os.path.realpath(folder) for folder in given}
    left = tuple(folder for folder in settings.untrusted_rules_dirs if os.path.realpath(folder) not in real)
    return replace(settings, rules_dirs=(*settings.rules_dirs, *given), untrusted_rules_dirs=left)


def _check_words(settings: Settings, entries: Collection[str], given: Mapping[str, Sequence[str] | None]) -> None:
    """Raise ConfigError for a word of an option that stands for no rule; `entries` are the names of ours."""
    if not entries:
        return
    if settings.rules_dirs or settings.untrusted_rules_dirs or settings.custom:
        known = dict.fromkeys([*settings.rules_dirs, *_of_repository(settings.untrusted_rules_dirs, settings.root)])
        entries = [*entries, *own_entries(tuple(known), settings.custom)]
    for option, words in given.items():
        for word in words or ():
            problem = unknown_word(word, entries)
            if problem:
                raise ConfigError(f"{option} {problem}")


def excluded_words(exclude: Sequence[str] | None, root: str) -> list[tuple[str, str]]:
    """The words of `--exclude` (commas separate them), each with the pattern from the configuration's folder that it means."""
    words = [word.strip() for each in exclude or () for word in each.split(",")]
    return [(word, _rebased(word, root)) for word in words if word]


def _rebased(pattern: str, root: str) -> str:
    """A pattern relative to the working directory as one relative to the configuration's folder."""
    from kubetrial.lint.files.patterns import of_path, relative

    negated, bare = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    bare = bare.replace(os.sep, "/")
    if not os.path.isabs(bare) and not bare.startswith("./"):
        bare = of_path(bare)
    if os.path.isabs(bare):
        # From the root of the file system, as a shell completes it; one that is not there is meant from here, as in .gitignore.
        within = relative(os.path.normpath(bare), os.path.abspath(root or os.curdir))
        if within:
            return f"{negated}/{within}"
    anchored = bare.startswith(("./", "../"))
    if anchored:
        bare = os.path.normpath(bare).replace(os.sep, "/") + ("/" if bare.endswith("/") else "")
        within = relative(os.path.abspath(bare), os.path.abspath(root or os.curdir))
        return f"{negated}/{within}" if within else f"{negated}{bare}"
    inside = relative(os.getcwd(), root) if root else ""
    if not inside or "/" not in bare.rstrip("/"):
        return f"{negated}{bare}"
    return f"{negated}/{inside}/{bare.removeprefix('/')}"


def show(settings: Settings) -> str:
    """The settings as TOML, for --show-settings."""
    lines = [f"# {settings.file or 'no configuration file'}"]
    default = [category.value for category in Category if category.on_by_default]
    lines.append(f"select = {_toml(list(settings.select) if settings.select is not None else default)}")
    lines.append(f"ignore = {_toml(settings.ignore)}")
    lines.append(f"kubernetes-version = {_toml(settings.kubernetes_version)}")
    if settings.closed_world is None:
        lines.append(
            "# closed-world: not set; a folder or standard input is the whole set, single files are a part of the repository"
        )
    else:
        lines.append(f"closed-world = {_toml(settings.closed_world)}")
    lines.append(f"external = {_toml(settings.external)}")
    lines.append(f"exclude = {_toml(settings.exclude)}")
    lines.append(f"schema-dirs = {_toml(settings.schema_dirs)}")
    if settings.rules_dirs:
        lines.append(f"rules-dirs = {_toml(settings.rules_dirs)}")
    lines.append(f"fail-on = {_toml(settings.fail_on)}")
    lines.append(f"fail-if-nothing-checked = {_toml(settings.fail_if_nothing_checked)}")
    lines.append(f"honour-foreign-ignores = {_toml(settings.honour_foreign_ignores)}")
    if settings.baseline:
        lines.append(f"baseline = {_toml(settings.baseline)}")
    if settings.output_format:
        lines.append(f"output-format = {_toml(settings.output_format)}")
    for override in settings.overrides:
        lines += ["", "[[overrides]]"]
        lines += [f"{name} = {_toml(words)}" for name in _OVERRIDE if (words := getattr(override, name))]
    if settings.levels:
        lines += ["", "[levels]"]
        lines += [f"{_toml(word)} = {_toml(level)}" for word, level in settings.levels.items()]
    for rule, options in settings.rules.items():
        lines += ["", f"[rules.{rule}]"]
        lines += [f"{name.replace('_', '-')} = {_toml(value)}" for name, value in options.items()]
    if settings.charts:
        from kubetrial.lint.settings import chart_settings

        lines += chart_settings.shown(settings.charts, _relative, _toml)
    if settings.cluster:
        lines += ["", "[cluster]"]
        lines += [f"{name.replace('_', '-')} = {_toml(value)}" for name, value in settings.cluster.items()]
    return "\n".join(lines) + "\n"


_OVERRIDE = ("files", "objects", "select", "ignore")


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        import json

        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return str(value)
