"""Values that a Flux Kustomization fills in before it applies the files below its path (`spec.postBuild.substitute`).

Follows the substitution of Flux's kustomize-controller: `${name}` and `${name:=default}`; a name of which nobody says anything in the
repository (`substituteFrom`) is left as it is, and is a placeholder.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any

from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.document import Document
from kubetrial.lint.yaml.scalars import scalar

_VARIABLE = pattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^{}]{0,200}))?\}")
_MOST = 10_000
"""So many characters a value may have in the end."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """What one Kustomization of Flux fills in, and below which folder of the repository."""

    folder: str
    values: Mapping[str, str]

    def covers(self, name: str) -> bool:
        """Whether a file of this name lies below the folder; the repository's root may lie above the names or below."""
        return not self.folder or f"/{self.folder}/" in f"/{name}"


def substitutions(values: Iterable[Any]) -> tuple[Substitution, ...]:
    """The substitutions that the Kustomizations of Flux among some documents ask for."""
    found = []
    for value in values:
        if value.__class__ is not dict or value.get("kind") != "Kustomization":
            continue
        if not str(value.get("apiVersion")).startswith("kustomize.toolkit.fluxcd.io/"):
            continue
        spec = value.get("spec")
        build = spec.get("postBuild") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(build, dict):
            continue
        given = build.get("substitute")
        texts = {
            name: _written(one)
            for name, one in (given.items() if given.__class__ is dict else ())
            if one.__class__ in (str, int, float, bool)
        }
        folder = posixpath.normpath("/" + str(spec.get("path") or "")).strip("/")
        found.append(Substitution(folder, texts))
    return tuple(found)


def filled(document: Document, every: Iterable[Substitution]) -> Any:
    """The document's value with what is substituted in it; the very same value where nothing is."""
    rules = [one for one in every if one.covers(document.file)]
    if not rules or "${" not in document.text:
        return document.value
    values: dict[str, str] = {}
    for rule in rules:
        values |= rule.values
    return _walked(document, document.value, (), values)


def written_out(name: str, text: str, every: Iterable[Substitution]) -> str:
    """A text of a file with what the Kustomizations over it fill in, and with the defaults of what they do not give.

    As Flux does it, before the text is read: `port: ${port:=80}` becomes a number. What a ConfigMap of the cluster gives is not known.
    """
    values: dict[str, str] = {}
    for rule in every:
        if rule.covers(name):
            values |= rule.values
    return _VARIABLE.sub(lambda found: _value_of(found, values), text)


def _walked(document: Document, value: Any, path: tuple[str | int, ...], values: Mapping[str, str]) -> Any:
    if len(path) > 60:
        return value
    if value.__class__ is dict:
        return {key: _walked(document, inner, (*path, key), values) for key, inner in value.items()}
    if value.__class__ is list:
        return [_walked(document, inner, (*path, at), values) for at, inner in enumerate(value)]
    if value.__class__ is not str or "${" not in value:
        return value
    text = _VARIABLE.sub(lambda found: _value_of(found, values), value)
    if text == value or len(text) > _MOST:
        return value
    place, exact = document.find(path)
    return written_plainly(text) if exact and place.style in (None, "") and text else text


def _value_of(found: re.Match[str], values: Mapping[str, str]) -> str:
    if found.group(1) in values:
        return values[found.group(1)]
    return found.group(2) if found.group(2) is not None else found.group()


def _written(value: Any) -> str:
    return str(value).lower() if value.__class__ is bool else str(value)


def written_plainly(text: str) -> Any:
    """What a text means that stands in YAML without quotes of its own: `5` is a number, and `'5'`, as a default is written, a text."""
    quote, inner = text[:1], text[1:-1]
    if len(text) > 1 and quote == text[-1] and quote in ("'", '"'):
        if quote == "'" and "'" not in inner.replace("''", ""):
            return inner.replace("''", "'")
        if quote == '"' and not any(sign in inner for sign in '"\\'):
            return inner
    return scalar(text)
