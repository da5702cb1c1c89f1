"""The settings of a run: those of the nearest configuration file, and over them what the command line says.

A folder is asked for `.kubetrial.toml`, `kubetrial.toml`, and a pyproject.toml with a table of ours, and then the folder above it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kubetrial.lint.files import witness
from kubetrial.lint.files.read import MOST_SETTINGS, read
from kubetrial.lint.finding import Category
from kubetrial.lint.settings.config import (
    ConfigError,
    Settings,
    from_here,
    minors_of,
    of_repository,
    own_entries,
    unknown_word,
)
from kubetrial.lint.values.records import replace

FILE_NAMES = (".kubetrial.toml", "kubetrial.toml", "pyproject.toml")
"""Where settings stand, in the order in which a folder is asked for them."""


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
    others = tuple(from_here(other) for other in found if other is not None and other != file)
    return replace(settings or Settings(), also=others)


def _read(file: str, entries: Collection[str], *, required: bool = False) -> Settings | None:
    """The settings of a file; the reader is loaded only where there is one."""
    from kubetrial.lint.settings.config_reader import read_settings

    return read_settings(file, entries, required=required)


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


# --- the command line ------------------------------------------------------------------------------------------------


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
        known = dict.fromkeys([*settings.rules_dirs, *of_repository(settings.untrusted_rules_dirs, settings.root)])
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
