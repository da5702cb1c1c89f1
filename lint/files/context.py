"""Which of a repository's other files can bear on the given ones: only those are parsed.

A check of one file reads the rest of the repository as context. Most of it has nothing to do with the file, and parsing it
would be most of the run. A file is kept when it names something that the given manifests name or select by, or holds a kind that
bears on others without being named. What decides that are its traits, which context_index.py keeps between runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml import source

_UNNAMED = pattern(
    r"kind[\"']?:\s*[\"']?(LimitRange|ResourceQuota|CustomResourceDefinition|Namespace|ReferenceGrant|GatewayClass|IngressClass)\b"
)
"""Kinds that bear on objects that do not name them: limits, quota, definitions, defaults of the cluster."""
_SERVED = frozenset(
    (
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "networking.k8s.io",
        "rbac.authorization.k8s.io",
        "storage.k8s.io",
    )
)
"""Groups with a dot that every server has: no definition is needed for their kinds."""
_DEFAULT = b"default"
_MAPS = frozenset(("labels", "matchLabels", "selector", "nodeSelector", "podSelector"))
_LOCAL = frozenset(
    ("containers", "env", "ephemeralContainers", "initContainers", "ports", "volumeDevices", "volumeMounts", "volumes")
)
"""Lists of a pod whose items have names that no other object says without the name or the labels of the whole too."""
_LONGEST = 253
"""Letters of the longest name."""
_TOO_COMMON = frozenset((
    "default", "true", "false", "linux", "windows", "http", "https", "tcp", "udp", "system-cluster-critical",
    "system-node-critical",
))  # fmt: skip
_ACCOUNT = pattern(r"(?:^|\n|[\"'])kind[\"']?: *[\"']?ServiceAccount\b")
_OF_DEFAULT = pattern(r"\bname[\"']?: *[\"']?default\b")
"""An account that pods have without naming it."""
_NAMESPACE = pattern(r"(?<![\w.-])namespace(?![\w-])")
_RUN = pattern(r"[\w.-]+")
_NAMELESS = (
    re.compile(r"\n#.*"),
    re.compile(r"apiVersion[\"']?: *[\"']?[\w./-]+"),
    re.compile(r"image[\"']?: *[\"']?[\w.-]+[/:]\S*"),
)
"""What names no object: comments, versions and images; there are many of them. Each begins with letters of its own, which is found fast."""
_MOST_ODD = 200

UNNAMED, DEFINES, SPACES, LIMITS, CONTROLS, CONFIGS, PLACED = b"u", b"d", b"n", b"l", b"c", b"m", b"p"
_FLAGS = {"CustomResourceDefinition": DEFINES, "Namespace": SPACES, "LimitRange": LIMITS, "ResourceQuota": LIMITS}


@dataclass(frozen=True, slots=True)
class FileTraits:
    """What tells whether a file can bear on others.

    `words` are its runs of letters that may name an object, and what stands in front of each dot of one. `flags`: DEFINES where a kind is
    defined, SPACES where a namespace is, LIMITS where one has limits, a quota or an account of its own for pods that name none (with
    PLACED where it says in which namespace), UNNAMED where another kind bears on others unnamed, CONTROLS where Flux or Argo CD may be
    told what to build, CONFIGS where there may be a ConfigMap for them.
    """

    words: frozenset[str]
    flags: bytes


def traits(text: str) -> FileTraits:
    """The traits of a text."""
    words = frozenset(_words(text))
    flags = b"".join(sorted({_FLAGS.get(kind, UNNAMED) for kind in _UNNAMED.findall(text)}))
    if LIMITS not in flags and "ServiceAccount" in text and _ACCOUNT.search(text) and _OF_DEFAULT.search(text):
        flags += LIMITS
    if LIMITS in flags and _NAMESPACE.search(text):
        flags += PLACED
    if "fluxcd" in text or "argoproj" in text:
        flags += CONTROLS
    if "ConfigMap" in text:
        flags += CONFIGS
    return FileTraits(words, flags)


def _words(text: str) -> set[str]:
    """The runs of letters of a text that may name an object, with their beginnings; no object is called or labelled by a key."""
    rest = text
    for nameless in _NAMELESS:
        rest = nameless.sub("", rest)
    values = [value for value in {*rest.split()} if value[-1] != ":"]
    runs = {*_RUN.findall(" ".join(values))}
    return runs.union(*map(_beginnings, [run for run in runs if "." in run]))


def _beginnings(run: str) -> Iterator[str]:
    """What stands in front of each dot of a run."""
    at = run.find(".")
    while 0 <= at <= _LONGEST:
        yield run[:at]
        at = run.find(".", at + 1)


class Wanted:
    """What some given files name, to be looked for in others."""

    def __init__(self, given: Iterable[source.Source]) -> None:
        given = list(given)
        spaces, kinds, chooses = scopes(given)
        self.spaces = frozenset(map(_encoded, spaces))
        """The namespaces of the given objects and those that they name."""
        self.chooses = chooses
        """Whether one of them chooses namespaces by their labels, whichever there are."""
        self.kinds = frozenset(map(_encoded, kinds))
        """The kinds of theirs that a definition in another file may be of."""
        words = {word for read in given for word in named(read)} - _TOO_COMMON
        plain = {word for word in words if _RUN.fullmatch(word)}
        odd = sorted(words - plain, key=lambda word: (len(word), word))[:_MOST_ODD]
        self.words = frozenset(_encoded(word) for word in plain)
        self.parts = [frozenset(map(_encoded, _RUN.findall(word))) for word in odd]
        """Of words with other signs: what is found where they may stand."""
        self._pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, odd))})(?![\w-])") if odd else None

    @property
    def is_in_default(self) -> bool:
        """Whether a given object is in the namespace `default`, or in none that it names."""
        return _DEFAULT in self.spaces

    def finds_odd(self, text: str) -> bool:
        """Whether one of the words with other signs stands in a text."""
        return self._pattern is not None and self._pattern.search(text) is not None


def _encoded(word: str) -> bytes:
    return word.encode("utf-8", "surrogatepass")


def named(read: source.Source) -> set[str]:
    """What manifests are called, refer to by name, and are labelled with; not what only the same pod can name."""
    found: set[str] = set()
    for document in read.documents:
        within = _LOCAL if _is_of_server(document.value) else frozenset()
        pending: list[tuple[Any, bool, bool]] = [(document.value, False, False)]
        while pending:
            value, every, local = pending.pop()
            if value.__class__ is dict:
                for key, inner in value.items():
                    if inner.__class__ is str:
                        if every or (key.lower().endswith("name") and not (local and key == "name")):
                            found.add(inner)
                    else:
                        pending.append((inner, key in _MAPS, key in within))
            elif value.__class__ is list:
                pending.extend((inner, False, local) for inner in value)
    return {word for word in found if 1 < len(word) <= _LONGEST}


def _is_of_server(value: Any) -> bool:
    """Whether a document is one object of a group that every server has; of others it is not known what their lists are about."""
    api = value.get("apiVersion") if value.__class__ is dict and "items" not in value else None
    return api.__class__ is str and ("." not in (group := str(api).rpartition("/")[0]) or group in _SERVED)


def scopes(given: Iterable[source.Source]) -> tuple[set[str], set[str], bool]:
    """(the namespaces that objects are in or name, their kinds that are no server's own, whether they choose namespaces by labels)."""
    spaces: set[str] = set()
    kinds: set[str] = set()
    chosen = False
    pending: list[Any] = [document.value for read in given for document in read.documents]
    while pending:
        value = pending.pop()
        if value.__class__ is list:
            pending.extend(value)
        if value.__class__ is not dict:
            continue
        api, kind, metadata = value.get("apiVersion"), value.get("kind"), value.get("metadata")
        if api.__class__ is str and kind.__class__ is str:
            group = api.rpartition("/")[0]
            if "." in group and group not in _SERVED:
                kinds.add(kind)
            if metadata.__class__ is dict and not metadata.get("namespace"):
                spaces.add("default")
        namespace = value.get("namespace")
        if namespace.__class__ is str:
            spaces.add(namespace)
        chosen = chosen or "namespaceSelector" in value
        pending.extend(value.values())
    return spaces, kinds, chosen
