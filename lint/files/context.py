"""Which of a repository's other files can bear on the given ones: only those are parsed.

A check of one file reads the rest of the repository as context. Most of it has nothing to do with the file, and parsing it
would be most of the run. A file is kept when it names something that the given manifests name or select by, or holds a kind that
bears on others without being named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.yaml import source

_UNNAMED = re.compile(
    r"kind[\"']?:\s*[\"']?(?:LimitRange|ResourceQuota|CustomResourceDefinition|Namespace|ReferenceGrant|GatewayClass|IngressClass)\b"
)
"""Kinds that bear on objects that do not name them: limits, quota, definitions, defaults of the cluster."""
_MAPS = frozenset(("labels", "matchLabels", "selector", "nodeSelector", "podSelector"))
_LONGEST = 253
"""Letters of the longest name."""
_TOO_COMMON = frozenset(("default", "true", "false", "linux", "http", "https", "tcp", "udp"))


def relevant(given: Iterable[str], others: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of (file name, text), those that can bear on the given texts."""
    words = {word for text in given for word in named(text)} - _TOO_COMMON
    mentions = _mentioning(words)
    for name, text in others:
        if name.rpartition("/")[2] in FILE_NAMES or mentions(text) or _UNNAMED.search(text):
            yield name, text


_RUN = re.compile(r"[\w.-]+")
_MOST_ODD = 200


def _mentioning(words: set[str]) -> Callable[[str], bool]:
    """Whether a text holds one of some words by itself: `web` is found in `web.shop`, not in `web-peers` or `my.web`.

    A text is read once, however many words there are: its runs of letters are looked up among them. Words with other signs
    (`system:node`) are few, and the first of them are looked for one by one.
    """
    plain = {word for word in words if _RUN.fullmatch(word)}
    odd = sorted(words - plain, key=lambda word: (len(word), word))[:_MOST_ODD]
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, odd))})(?![\w-])") if odd else None

    def mentions(text: str) -> bool:
        runs = set(_RUN.findall(text)) if plain else set()
        if not plain.isdisjoint(runs):
            return True
        if any(not plain.isdisjoint(_beginnings(run)) for run in runs if "." in run):
            return True
        return pattern is not None and pattern.search(text) is not None

    return mentions


def _beginnings(run: str) -> Iterator[str]:
    """What stands in front of each dot of a run."""
    at = run.find(".")
    while 0 <= at <= _LONGEST:
        yield run[:at]
        at = run.find(".", at + 1)


def named(text: str) -> set[str]:
    """What a text's manifests are called, refer to by name, and are labelled with."""
    found: set[str] = set()
    for document in source.read("", text).documents:
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
