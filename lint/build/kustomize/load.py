"""Reading a kustomization: its fields, their types, and the words for its mistakes. Follows api/types/kustomization.go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import MAPPING, SCALAR, RNode, items_of
from kubetrial.lint.build.kustomize.types import KUSTOMIZATION, conform

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of kustomization files, in the order in which kustomize looks."""


class Awaited(Exception):
    """A file that a build needs and that is elsewhere, or made later; `stops`: the real tool stops without it."""

    def __init__(self, reason: str, *, stops: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stops = stops


_KEPT = (
    (b"\0GITCRYPT\0", "is encrypted by git-crypt"),
    (b"version https://git-lfs.github.com/spec/", "is kept by Git LFS, and only its pointer is here"),
)
"""How a file begins whose contents are elsewhere or locked, and what is said of it."""


def kept_elsewhere(data: bytes) -> str:
    """Why a file does not hold what a build reads in the end; empty where it does."""
    return next((reason for sign, reason in _KEPT if data.startswith(sign)), "")


DEPRECATED = {
    "bases": "resources",
    "commonLabels": "labels",
    "imageTags": "images",
    "patchesStrategicMerge": "patches",
    "patchesJson6902": "patches",
    "vars": "replacements",
    "helmChartInflationGenerator": "helmCharts",
}
"""Old fields that still work, and the one to write instead."""


def check(root: RNode) -> None:
    """Refuse what the real tool refuses to read: unknown fields, wrong types, another kind."""
    if root.kind is not MAPPING:
        raise MergeRefused("a kustomization is a mapping of fields", root)
    conform(root, KUSTOMIZATION, "kustomization", "a kustomization", exact=True)
    kind, version = root.get("kind"), root.get("apiVersion")
    if kind is not None and kind.value and kind.value not in ("Kustomization", "Component"):
        help = did_you_mean(kind.value, ("Kustomization", "Component"))
        raise MergeRefused(
            f"the kind of a kustomization is Kustomization or Component, not `{kind.value}`", kind, help=help
        )
    is_component = kind is not None and kind.value == "Component"
    allowed = f"kustomize.config.k8s.io/{'v1alpha1' if is_component else 'v1beta1'}"
    if version is not None and version.value and version.value != allowed:
        raise MergeRefused(f"the apiVersion `{version.value}` is not that of kustomize; write {allowed}", version)
    if all(_says_nothing(name, node) for name, node in root.value.items()):
        raise MergeRefused("the kustomization is empty, which kustomize refuses", root, help="list `resources:`")


def _says_nothing(name: str, node: RNode) -> bool:
    """Whether a field is as good as missing."""
    return name in ("apiVersion", "kind") or not (node.value or (node.kind is not SCALAR and name not in _APPENDED))


_APPENDED = ("bases", "imageTags", "helmChartInflationGenerator")
"""Old lists that are added to others; empty they leave nothing."""


_OF_TEMPLATES = ("in", "tmpl", "tpl", "template", "example", "sample", "dist", "j2", "enc", "sops", "age", "gpg", "pub")


def templates_of(name: str) -> list[str]:
    """The names of files that one is made from: `app.yaml.in`, `app.example.yaml`, `example.app.yaml`."""
    stem, dot, ending = name.rpartition(".")
    around = [f"{name}{sign}{word}" for word in _OF_TEMPLATES for sign in ".-_"]
    inside = [f"{stem}{sign}{word}.{ending}" for word in _OF_TEMPLATES for sign in ".-_"] if dot and stem else []
    return [*around, *inside, *(f"{word}.{name}" for word in _OF_TEMPLATES)]


def is_of_bundle(name: str) -> bool:
    """Whether a file is made by `operator-sdk generate kustomize manifests` before a bundle is built from it."""
    return name.endswith(".clusterserviceversion.yaml")


_TEMPLATES = frozenset(
    ("template", "templates", "boilerplate", "boilerplates", "skeleton", "skeletons", "scaffold", "cookiecutter")
)


_WORD_SIGNS = re.compile(r"[-_.]")
_STAND_IN = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")


def is_stand_in(name: str) -> bool:
    """Whether an entry is a word in capitals that a script writes a name or an address for: `RELEASE_MANIFEST`."""
    return _STAND_IN.match(name) is not None


def is_of_template(folder: str) -> bool:
    """Whether a folder is copied to another place before it is used, by the name of one around it."""
    return any(not _TEMPLATES.isdisjoint(_WORD_SIGNS.split(part)) for part in folder.lower().split("/"))


def is_script(name: str) -> bool:
    """Whether a file is a script by its name."""
    return name.endswith((".sh", ".bash", ".mk")) or ("." not in name and name not in FILE_NAMES)


def is_remote(entry: str) -> bool:
    """Whether an entry names a repository or a file elsewhere."""
    found = re.search(
        r"://|^git@|^git::|[?&](ref|version)=|^(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|io|net|dev)[/:]", entry
    )
    return found is not None


_NAMING = ("resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators")


def named(root: RNode) -> Iterator[str]:
    """The files and folders that a kustomization names, as they are written; remote ones and texts of YAML among them."""
    nodes = [item for name in (*_NAMING, "patchesStrategicMerge") for item in items_of(root, name)]
    schema = root.get("openapi")
    holders = [entry for name in ("patches", "patchesJson6902", "replacements") for entry in items_of(root, name)]
    for holder in [*holders, *([schema] if schema is not None else [])]:
        path = holder.get("path")
        nodes += [path] if path is not None else []
    for name in ("configMapGenerator", "secretGenerator"):
        for entry in items_of(root, name):
            single = entry.get("env")
            nodes += [*items_of(entry, "envs"), *([single] if single is not None else [])]
            yield from (str(item.value).rpartition("=")[2] for item in items_of(entry, "files"))
    for entry in items_of(root, "helmCharts"):
        values = entry.get("valuesFile")
        nodes += [*items_of(entry, "additionalValuesFiles"), *([values] if values is not None else [])]
    for node in nodes:
        if isinstance(node.value, str) and node.value and "\n" not in node.value:
            yield node.value
