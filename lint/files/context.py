"""Which of a repository's other files can bear on the given ones: only those are parsed.

A check of one file reads the rest of the repository as context. Most of it has nothing to do with the file, and parsing it
would be most of the run. A file is kept when it names something that the given manifests name or select by, or holds a kind that
bears on others without being named. What decides that are its traits, which context_index.py keeps between runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml import source

_UNNAMED = re.compile(
    r"kind[\"']?:\s*[\"']?(?:LimitRange|ResourceQuota|CustomResourceDefinition|Namespace|ReferenceGrant|GatewayClass|IngressClass)\b"
)
"""Kinds that bear on objects that do not name them: limits, quota, definitions, defaults of the cluster."""
_MAPS = frozenset(("labels", "matchLabels", "selector", "nodeSelector", "podSelector"))
_LONGEST = 253
"""Letters of the longest name."""
_TOO_COMMON = frozenset(("default", "true", "false", "linux", "http", "https", "tcp", "udp"))
_RUN = re.compile(r"[\w.-]+")
_MOST_ODD = 200

UNNAMED, CONTROLS, CONFIGS = b"u", b"c", b"m"


@dataclass(frozen=True, slots=True)
class FileTraits:
    """What tells whether a file can bear on others.

    `words` are its runs of letters, and what stands in front of each dot of one, between blanks. `flags`: UNNAMED where a kind bears
    on others unnamed, CONTROLS where Flux or Argo CD may be told what to build, CONFIGS where there may be a ConfigMap for them.
    """

    words: bytes
    flags: bytes


def traits(text: str) -> FileTraits:
    """The traits of a text."""
    runs = set(_RUN.findall(text))
    words = runs.union(*map(_beginnings, [run for run in runs if "." in run]))
    flags = UNNAMED if _UNNAMED.search(text) else b""
    if "fluxcd" in text or "argoproj" in text:
        flags += CONTROLS
    if "ConfigMap" in text:
        flags += CONFIGS
    return FileTraits(" ".join(words).encode("utf-8", "surrogatepass"), flags)


def _beginnings(run: str) -> Iterator[str]:
    """What stands in front of each dot of a run."""
    at = run.find(".")
    while 0 <= at <= _LONGEST:
        yield run[:at]
        at = run.find(".", at + 1)


class Wanted:
    """What some given files name, to be looked for in others."""

    def __init__(self, given: Iterable[source.Source]) -> None:
        words = {word for read in given for word in named(read)} - _TOO_COMMON
        plain = {word for word in words if _RUN.fullmatch(word)}
        odd = sorted(words - plain, key=lambda word: (len(word), word))[:_MOST_ODD]
        self.words = frozenset(_encoded(word) for word in plain)
        self.parts = [frozenset(map(_encoded, _RUN.findall(word))) for word in odd]
        """Of words with other signs: what is found where they may stand."""
        self._pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, odd))})(?![\w-])") if odd else None

    def finds(self, name: str, found: FileTraits, text: Callable[[], str]) -> bool:
        """Whether a file can bear on the given ones; its text is asked for where the traits alone do not tell.

        A word is found where it stands by itself: `web` in `web.shop`, not in `web-peers` or `my.web`. Words with other signs
        (`system:node`) are few, and looked for one by one.
        """
        if UNNAMED in found.flags or name.rpartition("/")[2] in FILE_NAMES:
            return True
        words = found.words.split(b" ")
        if not self.words.isdisjoint(words):
            return True
        if self._pattern is None:
            return False
        known = frozenset(words)
        return any(parts <= known for parts in self.parts) and self.finds_odd(text())

    def finds_odd(self, text: str) -> bool:
        """Whether one of the words with other signs stands in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None


def _encoded(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def named(read: source.Source) -> set[str]:
    """What manifests are called, refer to by name, and are labelled with."""
    found: set[str] = set()
    for document in read.documents:
        pending: list[tuple[Any, bool]] = [(document.value, False)]
        while pending:
            value, every = pending.pop()
            if value.__class__ is dict:
                for key, inner in value.items():
                    if inner.__class__ is str:
                        if every or key.lower().endswith("name"):
                            found.add(inner)
                    else:
                        pending.append((inner, key in _MAPS))
            elif value.__class__ is list:
                pending.extend((inner, False) for inner in value)
    return {word for word in found if 1 < len(word) <= _LONGEST}
