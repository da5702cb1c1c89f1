"""Words of the command line: names of files stay names of files, whatever they begin with.

Hooks and globs put the names of tracked files onto the command line, and a stranger may have named one `--output-file=x`. A word with a
leading dash that is the name of a file is that file where no option could be meant, and is refused where one could.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from kubetrial.lint.command.exits import UsageError


def named(words: Sequence[str], top: argparse.ArgumentParser) -> list[str]:
    """The words with `./` before those that name a file and no option; raises UsageError for one that could be both."""
    options = _options(top)
    found: list[str] = []
    for at, word in enumerate(words):
        if word == "--":
            return [*found, *words[at:]]
        if not word.startswith("-") or word == "-" or not _exists(word):
            found.append(word)
        elif _is_option(word, options):
            raise UsageError(
                f"{word!r} is the name of a file and an option too; write ./{word} for the file, or rename it if the option is meant"
            )
        else:
            found.append(f"./{word}")
    return found


def _exists(word: str) -> bool:
    try:
        return os.path.lexists(word)
    except ValueError:
        return False  # a NUL: no name of a file


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a parser and of its commands."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found |= _options(inner)
    return found


def _is_option(word: str, options: set[str]) -> bool:
    """Whether argparse could take a word for an option: whole, shortened, or with its value behind it."""
    name = word.partition("=")[0]
    if not name.startswith("--"):
        return any(option[:2] == word[:2] for option in options if not option.startswith("--"))
    return any(option.startswith(name) for option in options)
