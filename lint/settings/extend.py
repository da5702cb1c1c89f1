"""`extend`: settings that build on those of another file, or of an installed package such as `package:acme-policy`.

What is said nearer holds: single values and `select` replace, tables are merged key by key, and lists that only add (ignore, exclude,
external, overrides, schema-dirs, rules-dirs, custom) are joined. A package is found without running any of its code; it carries its
settings as `kubetrial.toml`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from kubetrial.lint.files import witness
from kubetrial.lint.files.discover import outside_of

PACKAGE = "package:"
MOST_DEEP = 8
"""So many files may build on each other; more are a circle or a mistake."""
_JOINED = ("ignore", "exclude", "external", "overrides", "schema_dirs", "rules_dirs", "untrusted_rules_dirs", "custom")
_MERGED = ("rules", "cluster", "levels", "charts")
_SINGLE = (
    "select",
    "minor",
    "other_minors",
    "closed_world",
    "output_format",
    "fail_on",
    "honour_foreign_ignores",
    "baseline",
    "fail_if_nothing_checked",
)


class ExtendError(Exception):
    """What `extend` names cannot be found; the text says why."""


def file_of(word: str, root: str) -> str:
    """The settings file that a word of `extend` means; raises ExtendError."""
    if word.startswith(PACKAGE):
        return _of_package(word[len(PACKAGE) :])
    file = os.path.join(root, word)
    if around := outside_of(file, root):
        raise ExtendError(f"names {word!r}, which lies outside of {around}; install shared settings as a package")
    if not witness.is_file(file):
        raise ExtendError(
            f"names {word!r}, which is not there" if not witness.exists(file) else f"names {word!r}, which is no file"
        )
    return file


def _of_package(name: str) -> str:
    """`kubetrial.toml` in the folder of an installed package; nothing of the package is imported."""
    import sys
    from importlib.machinery import PathFinder

    module = name.replace("-", "_")
    if not module.isidentifier():
        raise ExtendError(f"names the package {name!r}, which is no name of a package")
    # Not the working directory: what is checked out must not stand in for what is installed.
    installed = [path for path in sys.path if path and os.path.realpath(path) != os.path.realpath(os.getcwd())]
    spec = PathFinder.find_spec(module, installed)
    if spec is None or not spec.submodule_search_locations:
        raise ExtendError(f"names the package {name!r}, which is not installed beside kubetrial")
    for folder in spec.submodule_search_locations:
        file = os.path.join(folder, "kubetrial.toml")
        if witness.is_file(file):
            return file
    raise ExtendError(f"names the package {name!r}, which has no kubetrial.toml")


def combined(below: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a file, with those (by field of Settings) that it builds on where it says nothing."""
    found = dict(values)
    for name in _JOINED:
        joined = (*below[name], *found.get(name, ()))
        if joined:
            found[name] = tuple(dict.fromkeys(joined)) if name not in ("overrides", "custom") else joined
    for name in _MERGED:
        base = below[name]
        if base:
            own = found.get(name, {})
            found[name] = {**base, **{key: _laid_over(base.get(key), value) for key, value in own.items()}}
    for name in _SINGLE:
        found.setdefault(name, below[name])
    return found


def _laid_over(below: Any, above: Any) -> Any:
    return {**below, **above} if isinstance(below, Mapping) and isinstance(above, Mapping) else above
