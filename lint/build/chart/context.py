"""What templates see beside the values: `.Chart`, `.Release`, `.Capabilities`, `.Files`.

Follows helm.sh/helm/v3/pkg/engine (files), pkg/chartutil (capabilities) and pkg/chart (metadata).
"""

from __future__ import annotations

import base64
import functools
import json
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from kubetrial import schemas
from kubetrial.lint.build.chart.files import ChartFile
from kubetrial.lint.build.chart.metadata import ChartDependency, ChartMetadata, as_text
from kubetrial.lint.build.chart.sources import SourceText
from kubetrial.lint.build.chart.template.errors import Failure
from kubetrial.lint.build.chart.template.text import SpannedText
from kubetrial.lint.build.chart.template.text import TextOrigin as Written
from kubetrial.lint.build.chart.template.values import (
    GoStruct,
    Int64,
    NilStrings,
    NilTextMap,
    Pointers,
    Shape,
    Strings,
    TextMap,
)
from kubetrial.lint.build.go_yaml import to_yaml
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.values.remembered import remembered

HELM_VERSION = "v3.22.0"
HELM_4_VERSION = "v4.3.2"

_OFFLINE = {
    "": "v1",
    "admissionregistration.k8s.io": "v1 v1alpha1 v1beta1",
    "internal.apiserver.k8s.io": "v1alpha1",
    "apps": "v1 v1beta1 v1beta2",
    "authentication.k8s.io": "v1 v1alpha1 v1beta1",
    "authorization.k8s.io": "v1 v1beta1",
    "autoscaling": "v1 v2",
    "batch": "v1 v1beta1",
    "certificates.k8s.io": "v1 v1beta1 v1alpha1",
    "coordination.k8s.io": "v1alpha2 v1beta1 v1",
    "discovery.k8s.io": "v1 v1beta1",
    "events.k8s.io": "v1 v1beta1",
    "extensions": "v1beta1",
    "flowcontrol.apiserver.k8s.io": "v1 v1beta1 v1beta2 v1beta3",
    "lifecycle.k8s.io": "v1alpha1",
    "networking.k8s.io": "v1 v1beta1",
    "node.k8s.io": "v1 v1alpha1 v1beta1",
    "policy": "v1 v1beta1",
    "rbac.authorization.k8s.io": "v1 v1beta1 v1alpha1",
    "resource.k8s.io": "v1 v1beta2 v1beta1 v1alpha3",
    "scheduling.k8s.io": "v1alpha3 v1beta1 v1",
    "storage.k8s.io": "v1beta1 v1 v1alpha1",
    "storagemigration.k8s.io": "v1 v1beta1",
    "apiextensions.k8s.io": "v1beta1 v1",
}
"""Group -> versions that `helm template` takes for served, whatever the cluster: the list that helm 3 and 4 print."""


def offline_versions() -> list[str]:
    """`.Capabilities.APIVersions` of `helm template`."""
    return [f"{group}/{one}" if group else one for group, versions in _OFFLINE.items() for one in versions.split()]


@functools.lru_cache(maxsize=4)
def server_versions(minor: int) -> tuple[str, ...]:
    """`.Capabilities.APIVersions` of an install: the versions and kinds that the API server of a minor serves by default."""
    with open(os.path.join(schemas.FOLDER, "catalogue", "kinds.json"), encoding="utf-8") as file:
        kinds = json.load(file)
    found: dict[str, None] = {}
    for version, entries in kinds.items():
        for kind, entry in entries.items():
            if entry["served"] and entry["since"] <= minor <= entry["until"]:
                found[version] = found[f"{version}/{kind}"] = None
    return tuple(found)


@functools.lru_cache(maxsize=4)
def _own_versions(minor: int) -> tuple[frozenset[str], frozenset[str]]:
    """The groups of Kubernetes itself, and the versions of them that the API server of a minor may serve."""
    with open(os.path.join(schemas.FOLDER, "catalogue", "kinds.json"), encoding="utf-8") as file:
        kinds = json.load(file)
    may = frozenset(v for v, entries in kinds.items() if any(one["until"] >= minor for one in entries.values()))
    return frozenset(version.rpartition("/")[0] for version in kinds) | {"extensions"}, may


def can_be_served(version: str, minor: int) -> bool:
    """Whether a cluster of a minor may have an API version (a kind may stand behind it): none of Kubernetes' own that was removed."""
    groups, versions = _own_versions(minor)
    parts = version.split("/")
    own = "/".join(parts[:2]) if re.fullmatch(r"v\d\w*", parts[0]) is None else parts[0]
    return own in versions or own.rpartition("/")[0] not in groups


@dataclass(slots=True)
class Questions:
    """What templates asked about the cluster: whether they read its version, and which API versions they asked for, with the answers."""

    version: bool = False
    served: dict[str, bool] = field(default_factory=dict)

    def same_at(self, minor: int, api_versions: Sequence[str]) -> bool:
        """Whether a minor gives all the answers that were given."""
        names = {*server_versions(minor), *api_versions}
        return not self.version and all((name in names) == answer for name, answer in self.served.items())


class VersionSet(list[str]):
    """`.Capabilities.APIVersions`, a list with the method Has."""

    asked: Questions | None = None

    def __iter__(self) -> Iterator[str]:
        """The versions; who looks at all of them sees another list at another minor."""
        if self.asked is not None:
            self.asked.version = True
        return super().__iter__()

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """Whether a version, or a kind of one, is in the list."""
        if name != "Has":
            raise LookupError(name)
        if len(arguments) != 1 or not isinstance(arguments[0], str):
            raise Failure("Has takes one text, such as `apps/v1`")
        found = arguments[0] in self
        if self.asked is not None:
            self.asked.served[arguments[0]] = found
        return found


class KubeVersion(GoStruct):
    """`.Capabilities.KubeVersion`, which an action prints as its version, and a function as a struct."""

    shape = Shape("chartutil.KubeVersion", {"Version": "", "Major": "", "Minor": ""})

    def __init__(self, minor: int, asked: Questions | None = None) -> None:
        super().__init__(Version=f"v1.{minor}.0", Major="1", Minor=str(minor))
        self._asked = asked

    def __str__(self) -> str:
        return str(self["Version"])

    def __getitem__(self, name: str) -> Any:
        """A field; who reads one sees another at another minor."""
        self._is_read()
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """A field, as `[]` gives it."""
        self._is_read()
        return super().get(name, default)

    def items(self) -> Any:
        """All fields."""
        self._is_read()
        return super().items()

    def values(self) -> Any:
        """What all fields hold."""
        self._is_read()
        return super().values()

    def _is_read(self) -> None:
        if self._asked is not None:
            self._asked.version = True

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """A field, or the method GitVersion."""
        if arguments:
            raise Failure(f"{name} takes no arguments")
        return self["Version" if name in ("String", "GitVersion") else name]


_BUILD = Shape(
    "version.BuildInfo",
    {"Version": "version?", "GitCommit": "git_commit?", "GitTreeState": "git_tree_state?", "GoVersion": "go_version?"},
)
_CAPABILITIES = Shape(
    "chartutil.Capabilities", {"KubeVersion": "", "APIVersions": "", "HelmVersion": ""}, is_pointer=True
)
_MAINTAINER = Shape("chart.Maintainer", {"Name": "name?", "Email": "email?", "URL": "url?"}, is_pointer=True)
_DEPENDENCY = Shape(
    "chart.Dependency",
    {
        "Name": "name", "Version": "version?", "Repository": "repository", "Condition": "condition?", "Tags": "tags?",
        "Enabled": "enabled?", "ImportValues": "import-values?", "Alias": "alias?",
    },
    is_pointer=True,
)  # fmt: skip
_METADATA = Shape(
    "chart.Metadata",
    {
        "Name": "name?", "Home": "home?", "Sources": "sources?", "Version": "version?", "Description": "description?",
        "Keywords": "keywords?", "Maintainers": "maintainers?", "Icon": "icon?", "APIVersion": "apiVersion?",
        "Condition": "condition?", "Tags": "tags?", "AppVersion": "appVersion?", "Deprecated": "deprecated?",
        "Annotations": "annotations?", "KubeVersion": "kubeVersion?", "Dependencies": "dependencies?", "Type": "type?",
    },
)  # fmt: skip
_CHART = Shape("struct { chart.Metadata; IsRoot bool }", {"Metadata": "", "IsRoot": ""}, embedded="Metadata")
"""The structs of helm.sh/helm/v3/pkg/chart and pkg/chartutil that templates see."""


def capabilities(minor: int, versions: Sequence[str], asked: Questions | None = None, helm: int = 3) -> GoStruct:
    """`.Capabilities` of a minor; `asked` takes down what is read of it."""
    served = VersionSet(versions)
    served.asked = asked
    return GoStruct.of(
        _CAPABILITIES,
        KubeVersion=KubeVersion(minor, asked),
        APIVersions=served,
        HelmVersion=GoStruct.of(
            _BUILD,
            Version=HELM_4_VERSION if helm >= 4 else HELM_VERSION,
            GitCommit="",
            GitTreeState="",
            GoVersion="go1.26.8",
        ),
    )


def release(name: str, namespace: str) -> dict[str, Any]:
    """`.Release` of a first install."""
    return {
        "Name": name, "Namespace": namespace, "IsUpgrade": False, "IsInstall": True, "Revision": Int64(1), "Service": "Helm",
    }  # fmt: skip


def about(
    name: str, metadata: ChartMetadata, requirements: Sequence[ChartDependency], is_root: bool, helm: int = 3
) -> GoStruct | dict[str, Any]:
    """`.Chart`, with the names of Go's fields; `requirements` are those that are enabled.

    To Helm 4 it is a map, of which any name may be asked.
    """
    fields = metadata.fields
    text = metadata.text
    people = [
        GoStruct.of(
            _MAINTAINER,
            Name=as_text(one.get("name")),
            Email=as_text(one.get("email")),
            URL=as_text(one.get("url")),
        )
        for one in fields.get("maintainers") or ()
    ]
    needs = [
        GoStruct.of(
            _DEPENDENCY, Name=one.called, Version=one.version, Repository=one.repository, Condition=one.condition, Tags=list(one.tags),
            Enabled=True, ImportValues=[{"child": child, "parent": parent} for child, parent in one.imported()], Alias=one.alias,
        )
        for one in requirements
    ]  # fmt: skip
    annotations = fields.get("annotations")
    made = GoStruct.of(
        _METADATA,
        Name=name, Home=text("home"), Sources=_texts(fields.get("sources")), Version=text("version"),
        Description=text("description"), Keywords=_texts(fields.get("keywords")),
        Maintainers=Pointers(people, "[]*chart.Maintainer"), Icon=text("icon"),
        APIVersion=text("apiVersion"), Condition=text("condition"), Tags=text("tags"), AppVersion=text("appVersion"),
        Deprecated=bool(fields.get("deprecated")),
        Annotations=TextMap(annotations) if annotations is not None else NilTextMap(),
        KubeVersion=text("kubeVersion"), Dependencies=Pointers(needs, "[]*chart.Dependency"), Type=text("type"),
    )  # fmt: skip
    if helm >= 4:
        lists = {"Maintainers": people, "Dependencies": needs}
        plain = {key: [dict(each) for each in lists[key]] if key in lists else held for key, held in made.items()}
        texts = {key: list(held) for key, held in plain.items() if isinstance(held, Strings)}
        return {**plain, **texts, "IsRoot": is_root}
    return GoStruct.of(_CHART, **made, Metadata=made, IsRoot=is_root)


def _texts(given: Any) -> Strings:
    """A list of texts of Chart.yaml; nil where there is none."""
    return Strings(given) if given is not None else NilStrings()


class Files(dict[str, Any]):
    """`.Files`: the names of the files; what they hold is read when it is asked for.

    A text that Get gives knows its places; `sources` are the files that were read so.
    """

    def __init__(self, files: Sequence[ChartFile], sources: dict[str, SourceText] | None = None) -> None:
        super().__init__({file.name: file for file in files})
        self._files = {file.name: file for file in files}
        self.sources: dict[str, SourceText] = {} if sources is None else sources

    def __getitem__(self, name: str) -> bytes:
        found = super().__getitem__(name)
        if isinstance(found, ChartFile):
            found = found.data()
            self[name] = found
        return bytes(found)

    def get(self, name: str, default: Any = None) -> Any:
        """What a file holds."""
        return self[name] if name in self else default  # noqa: SIM401 - this is the method that it names

    def items(self) -> Any:
        """Names and contents."""
        return {name: self[name] for name in self}.items()

    def call_method(self, name: str, arguments: Sequence[Any]) -> Any:
        """Get, GetBytes, Glob, Lines, AsConfig, AsSecrets."""
        if name in ("AsConfig", "AsSecrets"):
            return self._as_data(name == "AsSecrets")
        if name not in ("Get", "GetBytes", "Glob", "Lines"):
            if arguments:
                raise LookupError(name)
            return self.get(name, b"")  # it is a map: the file of that name, or nothing
        if len(arguments) != 1 or not isinstance(arguments[0], str):
            raise Failure(f"{name} takes the name of a file, as text")
        asked = str(arguments[0])
        if name == "Glob":
            return self._glob(asked)
        held = self.get(asked, b"")
        if name == "GetBytes":
            return held
        text = held.decode("utf-8", "surrogateescape")
        if name == "Get":
            return self._placed(asked, text)
        return text.removesuffix("\n").split("\n") if text else []

    def _placed(self, name: str, text: str) -> str:
        file = self._files.get(name)
        if file is None or not text:
            return text
        key = f"{file.file}:{file.name}"
        if key not in self.sources:
            self.sources[key] = file.source()
        return SpannedText(text, [(0, 0, Written(key, True))])

    def _glob(self, pattern: str) -> Files:
        fits = glob(pattern)
        return Files([file for name, file in self._files.items() if fits.match(name)], self.sources)

    def _as_data(self, secret: bool) -> str:
        made = {}
        for name in self:
            held = self[name]
            text = base64.b64encode(held).decode() if secret else _NO_TEXT.sub("\ufffd", _text(held))
            made[posixpath.basename(name)] = text
        return to_yaml(made).removesuffix("\n")


_NO_TEXT = re.compile("[\udc80-\udcff]")
"""Bytes that are no UTF-8, as `_text` keeps them."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


@remembered(256)
def glob(pattern: str) -> re.Pattern[str]:
    """A pattern of `.Files.Glob` (gobwas/glob with `/`): `**` also meets `/`; one that cannot be read meets everything."""
    try:
        made, depth = _glob_text(pattern)
        if depth:
            raise ValueError(pattern)
        return re.compile(made + r"\Z", re.DOTALL)
    except (re.error, ValueError, IndexError):
        return re.compile("")


def _glob_text(pattern: str) -> tuple[str, int]:
    made: list[str] = []
    at = depth = 0
    while at < len(pattern):
        sign = pattern[at]
        at += 1
        if sign == "*":
            stars = len(pattern[at:]) - len(pattern[at:].lstrip("*"))
            made.append(".*" if stars else "[^/]*")
            at += stars
        elif sign == "?":
            made.append("[^/]")
        elif sign == "\\":
            made.append(re.escape(pattern[at]))
            at += 1
        elif sign == "[":
            end = pattern.index("]", at)
            inner = pattern[at:end]
            negated = inner[:1] == "!"
            ranges = inner[1:] if negated else inner
            made.append("[" + ("^" if negated else "") + re.sub(r"([\\\[\]^])", r"\\\1", ranges) + "]")
            at = end + 1
        elif sign == "{":
            depth += 1
            made.append("(?:")
        elif sign == "}" and depth:
            depth -= 1
            made.append(")")
        elif sign == "," and depth:
            made.append("|")
        else:
            made.append(re.escape(sign))
    return "".join(made), depth
