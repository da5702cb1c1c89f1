"""A configuration file as settings: its TOML is read, each key is judged, and a complaint names the file and the line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from kubetrial.lint.files.read import MOST_SETTINGS, read
from kubetrial.lint.finding import Category
from kubetrial.lint.rule import Entry
from kubetrial.lint.settings.config import (
    CATEGORIES,
    FAIL_ON,
    ConfigError,
    Override,
    Settings,
    closest,
    from_here,
    minors_of,
    of_repository,
    options_of,
    own_entries,
    trusts_rules,
    unknown_word,
)
from kubetrial.lint.values.records import dataclass, replace

if TYPE_CHECKING:
    from kubetrial.lint.settings.own_rules import ShortRule


def read_settings(file: str, entries: Collection[str], *, required: bool = False, depth: int = 0) -> Settings | None:
    """The settings of a file, None of a pyproject.toml without a table of ours (`required`: ConfigError); `depth` files build on it."""
    shown = os.path.relpath(file) if os.path.splitdrive(file)[0] in ("", os.path.splitdrive(os.getcwd())[0]) else file
    text, whole = _parsed(file, shown)
    table, prefix = _table_of(whole, os.path.basename(file) == "pyproject.toml")
    if table is None:
        if required:
            raise ConfigError(f"{shown}: it has no table [tool.kubetrial]")
        return None
    reader = TomlReader(shown, text, prefix, entries, depth)
    return reader.settings(table, os.path.dirname(os.path.abspath(file)), shown)


def _parsed(file: str, shown: str) -> tuple[str, dict[str, Any]]:
    """The text of a file, and what it says as TOML; raises ConfigError."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]
    try:
        text = read(file, MOST_SETTINGS).decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        from kubetrial.lint.files.discover import why

        raise ConfigError(f"{shown}: {why(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: it is no UTF-8 text") from None
    except RecursionError:
        raise ConfigError(f"{shown}: it is nested too deeply") from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        raise ConfigError(f"{shown}: {error}") from None


def _table_of(whole: dict[str, Any], among_others: bool) -> tuple[Any, str]:
    """The table with our settings, None where there is none, and its name; a file of ours may write it as pyproject.toml does."""
    tools = whole.get("tool", {})
    if among_others:
        return (tools.get("kubetrial") if isinstance(tools, dict) else None), "tool.kubetrial"
    if isinstance(tools, dict) and set(whole) == {"tool"} and "kubetrial" in tools:
        return tools["kubetrial"], "tool.kubetrial"
    return whole, ""


@dataclass(frozen=True, slots=True)
class TomlReader:
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
        self.known(table, KEYS, "")
        values: dict[str, Any] = {"root": root, "file": file}
        below = self.extended(table["extend"], "extend", root) if "extend" in table else None
        reader = self if below is None else replace(self, entries={**self.entries_by_name(), **_brought(below)})
        reader = reader.with_own_rules(values, table)
        for key, value in table.items():
            if key == "charts":
                from kubetrial.lint.settings import chart_settings

                values[key] = chart_settings.read(reader, value, key, root)
            elif key not in ("extend", "rules-dirs", "custom"):
                values[key.replace("-", "_")] = KEYS[key](reader, value, key)
        if "kubernetes_version" in values:
            values["minor"], *others = values.pop("kubernetes_version")
            values["other_minors"] = tuple(others)
        values["schema_dirs"] = tuple(
            self.within(name, "schema-dirs", root, "--schema-dir") for name in values.get("schema_dirs", ())
        )
        if "baseline" in values:
            values["baseline"] = from_here(self.within(values["baseline"], "baseline", root, "--baseline"))
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
            found = read_settings(file, self.entries, required=True, depth=self.depth + 1)
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
                close = closest(key, keys)
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
        if not isinstance(value, list):
            raise self.error(key, f"has to be a list of texts, and is {_shape(value)}")
        for item in value:
            if not isinstance(item, str):
                raise self.error(key, f"has to be a list of texts, and holds {_shape(item)}")
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
                raise self.error(f"{key}.{rule}", "is no rule" + closest(rule, self.entries), rule)
            taken = self.options(rule)
            mapping = self.table(options, f"{key}.{rule}")
            names = {name.replace("_", "-"): name for name in taken}
            for option, setting in mapping.items():
                if option not in names:
                    said = closest(option, names) if names else ": the rule has no options"
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

    def with_own_rules(self, values: dict[str, Any], table: Mapping[str, Any]) -> TomlReader:
        """The reader that knows the rules which the configuration brings too, and puts them into the values."""
        if "rules-dirs" in table:
            folders = tuple(
                os.path.join(values["root"], name) for name in self.texts(table["rules-dirs"], "rules-dirs")
            )
            values["rules_dirs" if trusts_rules() else "untrusted_rules_dirs"] = folders
        if "custom" in table:
            values["custom"] = self.custom(table["custom"], "custom")
        folders = values.get("rules_dirs") or of_repository(values.get("untrusted_rules_dirs", ()), values["root"])
        if not folders and "custom" not in values:
            return self
        return replace(
            self,
            entries={**self.entries_by_name(), **own_entries(folders, values.get("custom", ()))},
        )

    def cluster(self, value: Any, key: str) -> dict[str, Any]:
        """The profile of the trial's cluster, as trial.profile.Profile has it; the first class is the default."""
        table = self.table(value, key)
        self.known(table, CLUSTER, key)
        found = {}
        for name, setting in table.items():
            expected = CLUSTER[name]
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


MOST_NODES = 5_000
"""As many nodes as Kubernetes is made for; a trial with more says nothing new and takes for ever."""
CLUSTER: dict[str, Any] = {
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

KEYS: dict[str, Callable[[TomlReader, Any, str], Any]] = {
    "extend": TomlReader.text,
    "select": TomlReader.words,
    "ignore": TomlReader.words,
    "overrides": TomlReader.overrides,
    "rules": TomlReader.rules,
    "kubernetes-version": TomlReader.version,
    "schema-dirs": TomlReader.texts,
    "closed-world": TomlReader.flag,
    "external": TomlReader.texts,
    "cluster": TomlReader.cluster,
    "charts": TomlReader.table,
    "exclude": TomlReader.patterns,
    "output-format": TomlReader.output_format,
    "fail-on": TomlReader.fail_on,
    "honour-foreign-ignores": TomlReader.flag,
    "levels": TomlReader.levels,
    "baseline": TomlReader.text,
    "fail-if-nothing-checked": TomlReader.flag,
    "rules-dirs": TomlReader.texts,
    "custom": TomlReader.custom,
}


def _fields(settings: Settings) -> dict[str, Any]:
    """Field -> value."""
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__ if name[0] != "_"}


def _brought(settings: Settings) -> dict[str, Entry]:
    """The rules that settings bring beside ours."""
    return own_entries(settings.rules_dirs, settings.custom) if settings.rules_dirs or settings.custom else {}


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
