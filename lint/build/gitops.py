"""What the Kustomizations of Flux and the Applications of Argo CD lay over the folders of their own repository.

Both name a folder (`spec.path`, `spec.source.path`) and settings that the controller writes into its kustomization before it
builds it. Flux then fills in variables (`postBuild`), and makes a kustomization where the folder has none. Follows the generator of
kustomize-controller (fluxcd/pkg/kustomize) and the kustomize and directory options of Argo CD's repo server.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kubetrial.lint.build import application_sets
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, PlacedText, RNode, made, read
from kubetrial.lint.build.reach import Directory, left_out
from kubetrial.lint.build.tree import FolderTree
from kubetrial.lint.files import context
from kubetrial.lint.files.folders import folders_below
from kubetrial.lint.files.substitution import written_plainly
from kubetrial.lint.values.pattern import pattern
from kubetrial.lint.values.records import dataclass, field, replace
from kubetrial.lint.yaml.scalars import NotReadable

if TYPE_CHECKING:
    from kubetrial.lint.build.origin import Tree
    from kubetrial.lint.files.context_index import ContextIndex

_SIGNS = ("kustomize.toolkit.fluxcd.io/", "argoproj.io/")
_VARIABLE = pattern(r"\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^{}]{0,200}))?\}")
_MOST = 10_000
"""So many characters a value may have in the end."""
_DEEPEST = 100
_MOST_FILES = 10_000
_KIND = pattern(r"(?m)^kind:[ ]*[\"']?([A-Z]\w{0,60})")
_MOST_WAYS = 8
"""In so many ways the built Kustomizations of a repository may apply one folder."""
Identity = tuple[str, str, str]
_LARGEST = 256 << 10


@dataclass(frozen=True, slots=True)
class Applied:
    """How a controller applies a folder: `fields` of a kustomization, each at its place in the controller's own object."""

    folder: str
    name: str  # the controller's object, as reports name it
    fields: Mapping[str, RNode] = field(default_factory=dict)
    substitutes: Mapping[str, RNode] | None = None  # None: nothing is filled in
    makes: bool = False  # a folder without a kustomization is built all the same
    labels: RNode | None = None
    annotations: RNode | None = None
    lenient: bool = False  # components that are not there are left out
    file: str = ""  # where the controller's own object stands

    @property
    def changes(self) -> bool:
        """Whether anything is laid over the folder."""
        return bool(self.fields) or self.substitutes is not None or any(one is not None for one in self.common())

    def common(self) -> tuple[RNode | None, RNode | None]:
        """The labels and the annotations that every object gets in the end."""
        return self.labels, self.annotations

    def patched(self) -> Iterator[str]:
        """The kinds that its patches are for: by their target, else by the kind that the patch itself has."""
        patches = self.fields.get("patches")
        for patch in patches.items() if patches is not None else ():
            target, text = patch.get("target"), _text(patch, "patch")
            if target is not None:
                yield _text(target, "kind")
            elif (found := _KIND.search(text)) is not None:
                yield found.group(1)

    def identity(self) -> Identity:
        """What tells it from others: two that are alike apply the same."""
        values = {name: node.plain() for name, node in self.fields.items()}
        given = None if self.substitutes is None else {name: node.plain() for name, node in self.substitutes.items()}
        common = [one.plain() if one is not None else None for one in self.common()]
        return self.folder, self.name, repr((values, given, common, self.lenient))


@dataclass(frozen=True, slots=True)
class GitOps:
    """All that is known of a repository's controllers."""

    applied: tuple[Applied, ...] = ()
    directories: tuple[Directory, ...] = ()
    values: ConfigValues | None = field(default=None, compare=False, repr=False)  # of ConfigMaps that settings may name

    def with_built(self, children: Sequence[tuple[RNode, frozenset[str]]]) -> GitOps:
        """The settings with Flux's Kustomizations as they are built, each with the files of its unit, instead of as they stand.

        One Kustomization often applies others, and lays patches and variables over all of them.
        """
        known = {one.identity(): one for one in self.applied}
        found: dict[Identity, Applied] = {}
        built: set[tuple[str, str]] = set()
        for document, files in children:
            spec = document.get("spec")
            if spec is None or self.values is None:
                continue
            for one in _of_flux(document, spec, self.values):
                identity = one.identity()
                if sum(other.folder == one.folder for other in found.values()) < _MOST_WAYS:
                    found.setdefault(identity, known.get(identity, one))
                built.update((one.name, file) for file in files)
        kept = [one for one in self.applied if one.identity() in found or (one.name, one.file) not in built]
        of_identity = {one.identity(): one for one in (*kept, *found.values())}
        return replace(self, applied=tuple(of_identity.values()))

    def left_out(self, path: str) -> bool:
        """Whether a file lies in folders of Applications, none of which applies it, though one of them takes others there."""
        return left_out(self.directories, path)


def settings(
    files: Iterable[tuple[str, str]],
    tree: Tree,
    values: Callable[[], Iterable[tuple[str, str]]] | None = None,
) -> GitOps:
    """The settings that (path, text) of files of a repository, `tree`, give; what cannot be read counts for nothing.

    `values` gives the files with the ConfigMaps that settings may name, asked for when one names any; default: the same files.
    """
    applied: list[Applied] = []
    directories: list[Directory] = []
    every = list(files)
    known = ConfigValues(values or (lambda: every))
    for path, text in every:
        if not is_told(text):
            continue
        for document in _documents(path, text):
            api, kind = _text(document, "apiVersion"), _text(document, "kind")
            spec = document.get("spec")
            if spec is None:
                continue
            if api.startswith(_SIGNS[0]) and kind == "Kustomization":
                applied.extend(replace(one, file=path) for one in _of_flux(document, spec, known))
            elif api.startswith(_SIGNS[1]) and kind == "Application":
                for source in _sources(spec):
                    _of_argo(document, source, applied, directories)
            elif api.startswith(_SIGNS[1]) and kind == application_sets.KIND:
                _of_set(spec, tree, applied, directories)
    return GitOps(tuple(applied), tuple(directories), known)


def looked_into(files: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The folders below which ApplicationSets among files of a repository look for what they apply."""
    for path, text in files:
        if application_sets.KIND in text and is_told(text):
            for document in _documents(path, text):
                spec = document.get("spec")
                if spec is not None and _text(document, "kind") == application_sets.KIND:
                    yield from application_sets.looked_into(spec.plain())


def is_kustomization(document: RNode) -> bool:
    """Whether a built object is a Kustomization of Flux."""
    return _text(document, "kind") == "Kustomization" and _text(document, "apiVersion").startswith(_SIGNS[0])


def is_told(text: str) -> bool:
    """Whether a text may tell a controller what to build."""
    return any(sign in text for sign in _SIGNS)


def files_below(
    root: str, seen: Container[str], beside: ContextIndex | None, configs: bool = True
) -> Iterator[tuple[str, str]]:
    """The (path, text) of a repository's other files that may hold settings, or values that they take; large ones are left out.

    `beside` is what is known of them already. Without `configs` only those that may hold settings.
    """
    looked = 0
    tree = FolderTree(root)
    wanted = (context.CONTROLS, context.CONFIGS) if configs else (context.CONTROLS,)
    for folder, inside, names in folders_below(root):
        prefix = "" if inside == os.curdir else f"{inside}/"
        for name in names:
            path = prefix + name
            if not name.endswith((".yaml", ".yml")):
                continue
            looked += 1
            if looked > _MOST_FILES:
                return
            if path in seen:
                continue
            full = os.path.join(folder, name)
            flags = beside.flags(full) if beside is not None else None
            if flags is not None and not any(flag in flags for flag in wanted):
                continue
            text = beside.text_of(full) if beside is not None else None
            if text is None:
                text = (tree.read(path) or b"").decode("utf-8", "replace")
            if len(text) <= _LARGEST and ("fluxcd" in text or "argoproj" in text or (configs and "ConfigMap" in text)):
                yield path, text


def _sources(spec: RNode) -> Iterator[RNode]:
    single, several = spec.get("source"), spec.get("sources")
    if single is not None:
        yield single
    yield from several.items() if several is not None else ()


def _documents(path: str, text: str) -> list[RNode]:
    try:
        return [one for one in read(text, PlacedText(path, text)) if one.kind is MAPPING]
    except NotReadable:
        return []


class ConfigValues:
    """The values of the ConfigMaps of a repository, found when a Kustomization first names one."""

    def __init__(self, files: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._found = files
        self._files: list[tuple[str, str]] | None = None
        self._known: dict[str, dict[str, RNode]] = {}

    def of(self, name: str) -> Mapping[str, RNode]:
        """The values of the ConfigMaps of a name; what several of them say differently (one a cluster) is not known."""
        if name not in self._known:
            found: dict[str, list[RNode]] = {}
            if self._files is None:
                self._files = list(self._found())
            for path, text in self._files:
                if name in text and "ConfigMap" in text:
                    for document in _documents(path, text):
                        data, metadata = document.get("data"), document.get("metadata")
                        if data is None or metadata is None or data.kind is not MAPPING:
                            continue
                        if _text(document, "kind") == "ConfigMap" and _text(metadata, "name") == name:
                            for key, node in data.value.items():
                                found.setdefault(key, []).append(node)
            self._known[name] = {
                key: nodes[0] for key, nodes in found.items() if all(node.value == nodes[0].value for node in nodes)
            }
        return self._known[name]


def _of_flux(document: RNode, spec: RNode, values: ConfigValues) -> Iterator[Applied]:
    folder = _folder(_text(spec, "path"))
    if folder is None:
        return
    fields = _taken(spec, ("namePrefix", "nameSuffix", "patches", "images", "components")) | _older_patches(spec)
    namespace, build = spec.get("targetNamespace"), spec.get("postBuild")
    if namespace is not None and namespace.value:
        fields["namespace"] = namespace
    substitutes: dict[str, RNode] | None = None
    if build is not None and build.kind is MAPPING:
        substitutes = {}
        for item in (build.get("substituteFrom") or RNode(LIST, [])).items():
            if _text(item, "kind") == "ConfigMap":
                substitutes.update(values.of(_text(item, "name")))
        given = build.get("substitute")
        substitutes.update(given.value if given is not None and given.kind is MAPPING else {})
    metadata = spec.get("commonMetadata") or RNode(MAPPING, {})
    labels, annotations = (one if _is_map(one := metadata.get(name)) else None for name in ("labels", "annotations"))
    lenient = _is_true(spec, "ignoreMissingComponents")
    yield Applied(folder, _name(document), fields, substitutes, True, labels, annotations, lenient)


def _older_patches(spec: RNode) -> dict[str, RNode]:
    """The patches of a Kustomization with those of two older fields, which hold objects and operations instead of texts."""
    whole, operations = spec.get("patchesStrategicMerge"), spec.get("patchesJson6902")
    before = [made({"patch": json.dumps(one.plain())}, one) for one in whole.items() if one.value] if whole else []
    behind = []
    for one in operations.items() if operations is not None else ():
        target, patch = one.get("target"), one.get("patch")
        if target is not None and patch is not None and patch.kind is LIST:
            entry = made({"patch": json.dumps(patch.plain())}, patch)
            entry.value["target"] = target
            behind.append(entry)
    if not before and not behind:
        return {}
    own, place = spec.get("patches"), whole or operations or spec
    return {
        "patches": RNode(
            LIST, [*before, *(own.items() if own is not None else ()), *behind], place.text, place.start, place.end
        )
    }


def _of_argo(document: RNode, source: RNode, applied: list[Applied], directories: list[Directory]) -> None:
    folder = _folder(_text(source, "path"))
    if folder is None:
        return
    options = source.get("kustomize")
    if options is not None and options.kind is MAPPING:
        names = ("namePrefix", "nameSuffix", "namespace", "commonAnnotations", "patches", "components", "replicas")
        fields = _taken(options, names) | _labels_of_argo(options)
        images = [_image(item) for item in (options.get("images") or RNode(LIST, [])).items() if item.kind is SCALAR]
        if images:
            fields["images"] = RNode(LIST, images, options.text, options.start, options.end)
        lenient = _is_true(options, "ignoreMissingComponents")
        applied.append(Applied(folder, _name(document), fields, lenient=lenient))
    directory = source.get("directory")
    if directory is not None:
        include, exclude = _text(directory, "include"), _text(directory, "exclude")
        directories.append(Directory(folder, _is_true(directory, "recurse"), include, exclude))
    elif options is None:
        directories.append(Directory(folder))


def _of_set(spec: RNode, tree: Tree, applied: list[Applied], directories: list[Directory]) -> None:
    """What the Applications of a set apply: of those that lay the same over a folder one, and of the others a few."""
    template = spec.get("template")
    if template is None:
        return
    found: dict[object, Applied] = {}
    taken: dict[Directory, None] = {}
    for filling in application_sets.fillings(spec.plain(), tree):
        made = template.apart()
        _fill(made, filling)
        own: list[Applied] = []
        some: list[Directory] = []
        for source in _sources(made.get("spec") or RNode(MAPPING, {})):
            _of_argo(made, source, own, some)
        taken.update(dict.fromkeys(some))
        for one in own:
            one = replace(one, fields={name: node for name, node in one.fields.items() if not _asks(node)})
            if sum(other.folder == one.folder for other in found.values()) < _MOST_WAYS:
                found.setdefault(replace(one, name="").identity(), replace(one, name=f"Application {one.name}".strip()))
    applied.extend(found.values())
    directories.extend(taken)


def _asks(node: RNode) -> bool:
    """Whether a setting of a filled template still asks for what is not known."""
    return any(inner.value.__class__ is str and "{{" in inner.value for inner in node.walk())


def _fill(root: RNode, filling: application_sets.Filling) -> None:
    """Fill in a template of Applications, in place."""
    for node in root.walk():
        if node.kind is MAPPING and any("{{" in name for name in node.value):
            node.value = {filling.text(name): inner for name, inner in node.value.items()}
        elif node.kind is SCALAR and node.value.__class__ is str:
            node.value = filling.text(node.value)


def _labels_of_argo(options: RNode) -> dict[str, RNode]:
    """The labels that Argo CD gives every object, as `commonLabels`, or as `labels` that leave selectors alone."""
    found = _taken(options, ("commonLabels",))
    if not found or not _is_true(options, "labelWithoutSelector"):
        return found
    pairs = found["commonLabels"]
    entry = made({"includeTemplates": _is_true(options, "labelIncludeTemplates")}, pairs)
    entry.value["pairs"] = pairs
    return {"labels": RNode(LIST, [entry], pairs.text, pairs.start, pairs.end)}


def _image(item: RNode) -> RNode:
    """An image as Argo CD writes it, `[old=]new[:tag][@digest]`, as an entry of `images`."""
    old, sign, new = str(item.value or "").partition("=")
    new = new if sign else old
    name, at, digest = new.partition("@")
    start = name.rfind("/") + 1
    bare, colon, tag = name[start:].partition(":")
    new_name = name[:start] + bare
    entry = {"name": old if sign else new_name, "newName": new_name}
    if colon:
        entry["newTag"] = tag
    if at:
        entry["digest"] = digest
    return made(entry, item)


def _taken(holder: RNode, names: Iterable[str]) -> dict[str, RNode]:
    return {name: node for name in names if (node := holder.get(name)) is not None and node.value}


def _folder(path: str) -> str | None:
    """A folder of the repository as a path below its root; None where it leads out of it or holds a variable."""
    if not path or "$" in path or "{" in path or len(path) > 1000:
        return None
    folder = posixpath.normpath(path.lstrip("/"))
    return None if folder.startswith("..") else folder


def _name(document: RNode) -> str:
    metadata = document.get("metadata")
    return f"{_text(document, 'kind')} {_text(metadata, 'name') if metadata is not None else ''}".strip()


def _text(holder: RNode, name: str) -> str:
    found = holder.get(name)
    return found.value if found is not None and isinstance(found.value, str) else ""


def _is_true(holder: RNode, name: str) -> bool:
    found = holder.get(name)
    return found is not None and found.value is True


def _is_map(node: RNode | None) -> bool:
    return node is not None and node.kind is MAPPING


def finished(root: RNode, applied: Applied) -> None:
    """Change a built object as the controller does after the build."""
    if applied.substitutes is not None:
        fill_in(root, applied.substitutes)
    metadata = root.get("metadata")
    if metadata is None or metadata.kind is not MAPPING:
        return
    for name, common in zip(("labels", "annotations"), applied.common(), strict=True):
        if common is not None:
            own = metadata.get(name)
            if own is None or own.kind is not MAPPING:
                own = metadata.value[name] = RNode(MAPPING, {}, common.text, common.start, common.end)
            own.value.update({key: node.copy() for key, node in common.value.items()})


def fill_in(root: RNode, substitutes: Mapping[str, RNode]) -> None:
    """Fill in the variables of an object as Flux does after the build; a name of which nothing is known stays, and is a placeholder.

    Flux works on the text of the whole object, in which kustomize has left no quotes: a number that comes out is a number.
    """
    metadata = root.get("metadata")
    annotations = metadata.get("annotations") if metadata is not None else None
    switch = annotations.get("kustomize.toolkit.fluxcd.io/substitute") if annotations is not None else None
    if switch is not None and switch.value == "disabled":
        return
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > _DEEPEST:
            continue
        if node.kind is MAPPING:
            _fill_in_keys(node, substitutes)
            pending.extend((inner, depth + 1) for inner in node.value.values())
        elif node.kind is LIST:
            pending.extend((inner, depth + 1) for inner in node.value)
        elif node.value.__class__ is str and "${" in node.value:
            _fill_in_value(node, substitutes)


def _fill_in_keys(node: RNode, substitutes: Mapping[str, RNode]) -> None:
    if any("${" in name for name in node.value):
        node.value = {_filled(name, substitutes)[0]: inner for name, inner in node.value.items()}


def _fill_in_value(node: RNode, substitutes: Mapping[str, RNode]) -> None:
    text, source = _filled(node.value, substitutes)
    if text == node.value or len(text) > _MOST:
        return
    plain = "\n" not in text and ": " not in text and " #" not in text and text
    node.value = written_plainly(text) if plain else text
    if source is not None:
        node.said_by(source, "the variable")


def _filled(text: str, substitutes: Mapping[str, RNode]) -> tuple[str, RNode | None]:
    used: list[RNode] = []

    def value(found: re.Match[str]) -> str:
        escaped, name, default = found.groups()
        if escaped:
            return found.group()[1:]
        node = substitutes.get(name)
        if node is not None and node.kind is SCALAR and node.value is not None:
            used.append(node)
            return str(node.value).lower() if node.value.__class__ is bool else str(node.value)
        return default if default is not None else found.group()

    return _VARIABLE.sub(value, text), used[0] if used else None
