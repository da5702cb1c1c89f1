"""What of a repository bears on given files, by texts alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from kubetrial.lint.files.context import Wanted
from kubetrial.lint.files.context_index import ContextIndex
from kubetrial.lint.files.discover import SourceFile
from kubetrial.lint.yaml import source


def relevant(given: Iterable[str], others: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of (file name, text), those that can bear on the given texts."""
    index = ContextIndex(None, "/")
    files = [SourceFile(name, f"/{number}/{name}", reader=text.encode) for number, (name, text) in enumerate(others)]
    index.look(files, [os.stat(os.curdir)] * len(files))
    bearing = index.bearing_on(Wanted(source.read("", text) for text in given))
    for number in sorted(bearing):
        yield index.file(number).path, index.text(number)
