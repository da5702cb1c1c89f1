"""Rendered files -> manifests: split, read as far as Helm reads them, told apart into hooks and others, and put in order.

Follows helm.sh/helm/v3/pkg/releaseutil (manifest, manifest_sorter, kind_sorter).
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from kubetrial.lint.build.chart.template.text import SpannedText, TextOrigin, cut
from kubetrial.lint.finding import Range
from kubetrial.lint.values.records import dataclass
from kubetrial.lint.yaml.source import Source, read

INSTALL_ORDER = (
    "PriorityClass", "Namespace", "NetworkPolicy", "ResourceQuota", "LimitRange", "PodSecurityPolicy", "PodDisruptionBudget",
    "ServiceAccount", "Secret", "SecretList", "ConfigMap", "StorageClass", "PersistentVolume", "PersistentVolumeClaim",
    "CustomResourceDefinition", "ClusterRole", "ClusterRoleList", "ClusterRoleBinding", "ClusterRoleBindingList", "Role",
    "RoleList", "RoleBinding", "RoleBindingList", "Service", "DaemonSet", "Pod", "ReplicationController", "ReplicaSet",
    "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob", "IngressClass", "Ingress", "APIService",
)  # fmt: skip
"""The kinds in the order in which Helm installs them; others follow by their names."""
_PLACES = {kind: place for place, kind in enumerate(INSTALL_ORDER)}
HOOK = "helm.sh/hook"
WEIGHT = "helm.sh/hook-weight"
DELETE_POLICY = "helm.sh/hook-delete-policy"
EVENTS = {
    name: name
    for name in (
        "pre-install", "post-install", "pre-delete", "post-delete", "pre-upgrade", "post-upgrade", "pre-rollback",
        "post-rollback", "test",
    )
} | {"test-success": "test"}  # fmt: skip
"""What `helm.sh/hook` may hold."""
_BLANK = " \t\n\r\f"
_SEPARATOR = re.compile(r"(?:\A|\n)---[ \t\n\r\f]*")
_SEPARATOR_4 = re.compile(r"^---[ \t]*", re.MULTILINE)
SPACE = " \t\n\v\f\r\x85\xa0"


@dataclass(frozen=True)
class Hook:
    """When a manifest is applied that is a hook."""

    events: tuple[str, ...]
    weight: int
    delete_policies: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """One manifest: the template that printed it, its text with origins, what it holds, and whether it is a hook."""

    name: str
    text: SpannedText
    source: Source
    kind: str
    hook: Hook | None = None


class NoManifest(Exception):
    """Rendered text that Helm does not take for a manifest; `range` is the place in `text`."""

    def __init__(self, name: str, text: SpannedText, message: str, place: Range, help: str = "") -> None:
        super().__init__(message)
        self.name, self.text, self.message, self.range, self.help = name, text, message, place, help


@dataclass(frozen=True)
class Manifests:
    """What a chart applies, in Helm's order; `faults` are texts for which it refuses the chart."""

    plain: tuple[Manifest, ...] = ()
    hooks: tuple[Manifest, ...] = ()
    faults: tuple[NoManifest, ...] = ()


def split(text: SpannedText, helm: int = 3) -> Iterator[SpannedText]:
    """The documents of a rendered file, without the white space around them; to Helm 4 that behind them belongs to them."""
    if helm >= 4:
        yield from _split_4(text)
        return
    begin = len(text) - len(text.lstrip(SPACE))
    whole = cut(text, begin, len(text)) if begin else text
    stop = len(whole.rstrip(SPACE))
    at = 0
    for match in _SEPARATOR.finditer(whole, 0, stop):
        if str.__getitem__(whole, slice(at, match.start())).rstrip(_BLANK):
            yield _part(whole, at, match.start())
        at = match.end()
    if at < stop:
        yield _part(whole, at, len(whole))


def _split_4(text: SpannedText) -> Iterator[SpannedText]:
    """The documents of a rendered file as Helm 4 splits it."""
    at = 0
    ends = [(match.start(), match.end()) for match in _SEPARATOR_4.finditer(text)]
    for stop, following in [*ends, (len(text), len(text))]:
        inner = str.__getitem__(text, slice(at, stop))
        if inner.strip(SPACE):
            made = cut(text, at + len(inner) - len(inner.lstrip(SPACE)), stop)
            yield made if isinstance(made, SpannedText) else SpannedText(made, ())
        at = following


def _part(text: str, at: int, stop: int) -> SpannedText:
    """A part of a text without the white space around it, and with what printed nothing behind it."""
    inner = str.__getitem__(text, slice(at, stop))
    start = at + len(inner) - len(inner.lstrip(SPACE))
    end = max(start, at + len(inner.rstrip(SPACE)))
    made = cut(text, start, end)
    if not isinstance(made, SpannedText) or not isinstance(text, SpannedText):
        return made if isinstance(made, SpannedText) else SpannedText(made, ())
    behind = _silent(text, end, stop)
    return SpannedText(made, [*made.spans, *((len(made), at, origin) for at, origin in behind)]) if behind else made


def _silent(text: SpannedText, end: int, stop: int) -> list[tuple[int, TextOrigin]]:
    """What was read to print nothing, in the white space from `end` to `stop`."""
    spans = text.spans
    found: list[tuple[int, TextOrigin]] = []
    for index in range(bisect_left(spans, end, key=lambda span: span[0]), len(spans)):
        begin, at, origin = spans[index]
        if begin > stop:
            break
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        if origin.reads and not origin.literal and begin == following:
            found.append((at, origin))
    return found


def sorted_out(rendered: Mapping[str, SpannedText], helm: int = 3) -> Manifests:
    """The manifests of rendered files by their names."""
    plain: list[Manifest] = []
    hooks: list[Manifest] = []
    faults: list[NoManifest] = []
    for name in sorted(rendered):
        if posixpath.basename(name).startswith("_"):
            continue
        for text in split(rendered[name], helm):
            try:
                found = _manifest(name, text)
            except NoManifest as fault:
                faults.append(fault)
                continue
            if found.hook is None:
                plain.append(found)
            elif found.hook.events:  # one of events that Helm does not know is never applied
                hooks.append(found)
    return Manifests(tuple(sorted(plain, key=_order)), tuple(sorted(hooks, key=_order)), tuple(faults))


def _order(manifest: Manifest) -> tuple[int, str]:
    place = _PLACES.get(manifest.kind)
    return (len(_PLACES), manifest.kind) if place is None else (place, "")


def _manifest(name: str, text: SpannedText) -> Manifest:
    source = read(name, str(text))
    document = source.documents[0] if source.documents and source.documents[0].index == 0 else None
    if document is None:
        fault = next((one for index, one in source.problems if index == 0), None)
        if fault is not None:
            raise NoManifest(name, text, fault.message, fault.range, fault.help)
        return Manifest(name, text, source, "")
    value = document.value
    if value is None:
        return Manifest(name, text, source, "")
    wrong = _wrong_head(value)
    if wrong is not None:
        path, message = wrong
        raise NoManifest(name, text, message, document.value_range(document.find(path)[0]))
    lowered = _lower(value)
    metadata = _lower(lowered.get("metadata") or {})
    return Manifest(name, text, source, _word(lowered.get("kind")), _hook(metadata.get("annotations") or {}))


def _lower(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mapping whose names Go meets in any case."""
    return value if all(name.islower() for name in value) else {**{k.lower(): v for k, v in value.items()}, **value}


def _wrong_head(value: Any) -> tuple[tuple[str, ...], str] | None:
    """Why Helm cannot read the head of a manifest, and the path."""
    if not isinstance(value, dict):
        return (), f"this is no object of Kubernetes, but {_described(value)}"
    for name, held in value.items():
        low = name.lower()
        if low in ("apiversion", "kind") and isinstance(held, (dict, list)):
            return (name,), f"`{name}` is text, not {_described(held)}"
        if low == "metadata" and held is not None:
            if not isinstance(held, dict):
                return (name,), f"`metadata` is a mapping, not {_described(held)}"
            wrong = _wrong_metadata(held)
            if wrong is not None:
                return (name, *wrong[0]), wrong[1]
    return None


def _wrong_metadata(metadata: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    for name, held in metadata.items():
        low = name.lower()
        if low == "name" and isinstance(held, (dict, list)):
            return (name,), f"`name` is text, not {_described(held)}"
        if low == "annotations" and held is not None:
            if not isinstance(held, dict):
                return (name,), f"`annotations` is a mapping, not {_described(held)}"
            for key, inner in held.items():
                if isinstance(inner, (dict, list)):
                    return (name, key), f"the annotation `{key}` is text, not {_described(inner)}"
    return None


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the text `{value[:40]}`" if isinstance(value, str) else f"`{value}`"


def _word(value: Any) -> str:
    return "" if value is None else str(value)


def _hook(annotations: Mapping[str, Any]) -> Hook | None:
    """The hook that a manifest is; one with an event that Helm does not know has no events, and is left out."""
    if HOOK not in annotations:
        return None
    names = [word.strip().lower() for word in _word(annotations[HOOK]).split(",")]
    weight = _word(annotations.get(WEIGHT))
    policies = (
        [word.strip().lower() for word in _word(annotations[DELETE_POLICY]).split(",")]
        if DELETE_POLICY in annotations
        else []
    )
    events = tuple(EVENTS[name] for name in names) if all(name in EVENTS for name in names) else ()
    whole = int(weight) if re.fullmatch(r"[+-]?[0-9]{1,18}", weight) else 0
    return Hook(events, whole, tuple(policies))
