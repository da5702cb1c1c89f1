"""What of a repository bears on given files, by texts alone: the command finds it through what it keeps of the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubetrial.lint.files.context import Wanted, traits
from kubetrial.lint.yaml import source


def relevant(given: Iterable[str], others: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of (file name, text), those that can bear on the given texts."""
    wanted = Wanted(source.read("", text) for text in given)
    for name, text in others:
        if wanted.finds(name, traits(text), lambda text=text: text):  # type: ignore[misc]
            yield name, text
