"""Which of a repository's other files can bear on the given ones: only those are parsed.

A check of one file reads the rest of the repository as context. Most of it has nothing to do with the file, and parsing it
would be most of the run. A file is kept when it names something that the given manifests name or select by, or holds a kind that
bears on others without being named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubetrial.lint.files.kustomize import FILE_NAMES
from kubetrial.lint.yaml import source

_UNNAMED = re.compile(
    r"kind[\"']?:\s*[\"']?(?:LimitRange|ResourceQuota|CustomResourceDefinition|Namespace|ReferenceGrant|GatewayClass|IngressClass)\b"
)
"""Kinds that bear on objects that do not name them: limits, quota, definitions, defaults of the cluster."""
_MAPS = frozenset(("labels", "matchLabels", "selector", "nodeSelector", "podSelector"))
_TOO_COMMON = frozenset(("default", "true", "false", "linux", "http", "https", "tcp", "udp"))


def relevant(given: Iterable[str], others: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Of (file name, text), those that can bear on the given texts."""
    words = {word for text in given for word in named(text)} - _TOO_COMMON
    # A word counts where it stands by itself: `web` is not found in `web-peers`.
    pattern = (
        re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, sorted(words, key=len)))})(?![\w-])") if words else None
    )
    for name, text in others:
        if (
            name.rpartition("/")[2] in FILE_NAMES
            or (pattern is not None and pattern.search(text))
            or _UNNAMED.search(text)
        ):
            yield name, text


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
    return {word for word in found if 1 < len(word) <= 253}
