"""Reading a kustomization: its fields, their types, and the words for its mistakes. Follows api/types/kustomization.go."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from kubetrial.lint.build.kustomize.merge import Refused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, Node, items_of

FILE_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of kustomization files, in the order in which kustomize looks."""


class Awaited(Exception):
    """A file that a build needs and that is elsewhere, or made later; `stops`: the real tool stops without it."""

    def __init__(self, reason: str, *, stops: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stops = stops


_TEXT, _TEXTS, _MAP, _MAPS = "text", "texts", "mapping", "mappings"
_ENTRY: dict[str, frozenset[str]] = {
    "patches": frozenset(("path", "patch", "target", "options")),
    "patchesJson6902": frozenset(("path", "patch", "target", "options")),
    "labels": frozenset(
        ("pairs", "includeSelectors", "includeTemplates", "includeVolumeClaimTemplates", "fields", "fieldSpecs")
    ),
    "images": frozenset(("name", "newName", "newTag", "digest", "tagSuffix")),
    "replicas": frozenset(("name", "count")),
    "configMapGenerator": frozenset(
        ("name", "namespace", "behavior", "files", "literals", "envs", "env", "options", "kvSources")
    ),
    "secretGenerator": frozenset(
        ("name", "namespace", "behavior", "files", "literals", "envs", "env", "options", "type", "kvSources")
    ),
    "replacements": frozenset(("path", "source", "sourceValue", "targets")),
    "vars": frozenset(("name", "objref", "fieldref")),
}
_FIELDS = {
    **dict.fromkeys(("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"), _TEXT),
    **dict.fromkeys(("metadata", "openapi", "commonLabels", "commonAnnotations", "sortOptions"), _MAP),
    **dict.fromkeys(("helmGlobals", "generatorOptions"), _MAP),
    **dict.fromkeys(("resources", "bases", "components", "crds", "configurations", "generators"), _TEXTS),
    **dict.fromkeys(("transformers", "validators", "buildMetadata", "patchesStrategicMerge"), _TEXTS),
    **dict.fromkeys(_ENTRY, _MAPS),
    **dict.fromkeys(("imageTags", "helmCharts", "helmChartInflationGenerator"), _MAPS),
}
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


def check(root: Node) -> None:
    """Refuse what the real tool refuses to read: unknown fields, wrong types, another kind."""
    if root.kind is not MAPPING:
        raise Refused("a kustomization is a mapping of fields", root)
    kind, version = root.get("kind"), root.get("apiVersion")
    if kind is not None and kind.value and kind.value not in ("Kustomization", "Component"):
        raise Refused(f"the kind of a kustomization is Kustomization or Component, not `{kind.value}`", kind)
    wanted = "kustomize.config.k8s.io/v1alpha1" if kind is not None and kind.value == "Component" else ""
    allowed = (wanted,) if wanted else ("kustomize.config.k8s.io/v1beta1", "kustomize.config.k8s.io/v1")
    if version is not None and version.value and version.value not in allowed:
        raise Refused(f"the apiVersion `{version.value}` is none of kustomize; write {allowed[0]}", version)
    if all(node.is_null() for name, node in root.value.items() if name not in ("apiVersion", "kind", "metadata")):
        raise Refused("the kustomization is empty, which kustomize refuses", root, help="list `resources:`")
    lower = {name.lower(): name for name in _FIELDS}
    for name, node in list(root.value.items()):
        proper = lower.get(name.lower())
        if proper is None:
            raise _unknown(name, node, _FIELDS, "a kustomization")
        if proper != name:
            root.value[proper] = root.value.pop(name)
        if not node.is_null():
            _typed(proper, node)


def _unknown(name: str, node: Node, known: object, where: str) -> Refused:
    near = difflib.get_close_matches(name, list(known), 1)  # type: ignore[call-overload]
    help = f"did you mean `{near[0]}`?" if near else ""
    return Refused(f"`{name}` is no field of {where}, so that kustomize refuses to build it", node, help=help)


def _typed(name: str, node: Node) -> None:
    wanted = _FIELDS[name]
    if wanted is _TEXT:
        _text(node, name)
    elif wanted is _MAP:
        if node.kind is not MAPPING:
            raise Refused(f"`{name}` is a mapping", node)
        if name in ("commonLabels", "commonAnnotations"):
            for inner in node.value.values():
                _text(inner, name)
    else:
        if node.kind is not LIST:
            raise Refused(f"`{name}` is a list", node)
        for item in node.value:
            _entry(name, wanted, item)


_MAPPINGS = ("objref", "fieldref", "target", "source", "options")


def _entry(name: str, wanted: str, item: Node) -> None:
    if item.is_null():
        return
    if wanted is _TEXTS:
        _text(item, name)
        return
    if item.kind is not MAPPING:
        raise Refused(f"an entry of `{name}` is a mapping", item)
    known = _ENTRY.get(name)
    for field, node in item.value.items():
        if known is not None and field not in known and field.lower() not in {each.lower() for each in known}:
            raise _unknown(field, node, known, f"an entry of `{name}`")
        if field in ("name", "newName", "newTag", "digest", "path", "patch", "behavior", "namespace") and node.value:
            _text(node, field)
        elif field.lower() in _MAPPINGS and node.kind is not MAPPING and not node.is_null():
            raise Refused(f"`{field}` is a mapping", node)
    pairs = item.get("pairs")
    if name == "labels" and pairs is not None and pairs.kind is MAPPING:
        for node in pairs.value.values():
            _text(node, "pairs")


def _text(node: Node, name: str) -> None:
    if node.kind is not SCALAR or not (isinstance(node.value, str) or node.value is None):
        raise Refused(f"`{name}` takes text; `{node.plain()!s:.40}` is read as another type, so put it in quotes", node)


_OF_TEMPLATES = ("in", "tmpl", "tpl", "template", "example", "sample", "dist", "j2", "enc", "sops", "age", "gpg", "pub")


def is_template_of(other: str, name: str) -> bool:
    """Whether a file is what another one is made from, by its name: `app.yaml.in`, `app.example.yaml`, `example.app.yaml`."""
    stem, dot, ending = name.rpartition(".")
    around = [f"{name}{sign}{word}" for word in _OF_TEMPLATES for sign in ".-_"]
    inside = [f"{stem}{sign}{word}.{ending}" for word in _OF_TEMPLATES for sign in ".-_"] if dot and stem else []
    return other in around or other in inside or other in [f"{word}.{name}" for word in _OF_TEMPLATES]


_TEMPLATES = frozenset(
    ("template", "templates", "boilerplate", "boilerplates", "skeleton", "skeletons", "scaffold", "cookiecutter")
)


def is_of_template(folder: str) -> bool:
    """Whether a folder is copied to another place before it is used, by the name of one around it."""
    return not _TEMPLATES.isdisjoint(folder.lower().split("/"))


def is_script(name: str) -> bool:
    """Whether a file is a script by its name."""
    return name.endswith((".sh", ".bash", ".mk")) or ("." not in name and name not in FILE_NAMES)


def is_remote(entry: str) -> bool:
    """Whether an entry names a repository or a file elsewhere."""
    import re

    found = re.search(
        r"://|^git@|^git::|[?&](ref|version)=|^(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|io|net|dev)[/:]", entry
    )
    return found is not None


_NAMING = ("resources", "bases", "components", "crds", "configurations", "generators", "transformers", "validators")


def named(root: Node) -> Iterator[str]:
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
