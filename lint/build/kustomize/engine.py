"""The build of a kustomization: what it takes in, and in which order it is changed. Follows api/internal/target/kusttarget.go."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kubetrial.lint.build.kustomize import facts, json_patch, names, replace, transform
from kubetrial.lint.build.kustomize.facts import FieldSpec, Settings
from kubetrial.lint.build.kustomize.generate import absorb, generate, suffix
from kubetrial.lint.build.kustomize.load import (
    DEPRECATED,
    FILE_NAMES,
    Awaited,
    check,
    is_of_bundle,
    is_of_template,
    is_remote,
    is_script,
    is_template_of,
    named,
)
from kubetrial.lint.build.kustomize.merge import Refused
from kubetrial.lint.build.kustomize.nodes import (
    LIST,
    MAPPING,
    SCALAR,
    Node,
    Text,
    inner_text,
    items_of,
    made,
    read,
    written,
)
from kubetrial.lint.build.kustomize.order import ordered
from kubetrial.lint.build.kustomize.resource import Resource, id_fits, make, selected
from kubetrial.lint.build.kustomize.settings import field_spec, joined, of_configuration, of_definitions
from kubetrial.lint.build.origin import Origin, Path, Problem, Tree, Unit, Unknown
from kubetrial.lint.files.template import template_reason
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.records import dataclass, field
from kubetrial.lint.yaml.scalars import NotReadable
from kubetrial.lint.yaml.source import decode

MAX_VISITS = 2000
"""Kustomizations that one build may take in, those taken in again counted each time."""
MAX_OBJECTS = 50_000
_CHANGING = (
    "patchesStrategicMerge",
    "patches",
    "patchesJson6902",
    "replicas",
    "images",
    "imageTags",
    "replacements",
    "labels",
)
MAX_CHANGES = 300_000
"""Pairs of an object and an entry that may change it: each entry looks at all objects."""
OF_TEMPLATE = "kustomization-template"
"""Why a build was refused that was not meant to be built yet; no rule, for nothing is wrong."""
_OF_FILES = ("kustomization-file-missing", "kustomization-outside-root")
_OF_OBJECTS = ("kustomization-patch-unmatched", "kustomization-replacement-unmatched")
_REMOTE = "kustomizations and files elsewhere are not fetched"


@dataclass
class Cache:
    """What was read and parsed, shared by the builds of a run."""

    documents: dict[tuple[str, bool], list[Node]] = field(default_factory=dict)


class BuiltObject:
    """One object of a build."""

    __slots__ = ("_node", "_value")

    def __init__(self, node: Node) -> None:
        self._node = node
        self._value: dict[str, Any] | None = None

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data."""
        if self._value is None:
            self._value = self._node.plain()
        return self._value

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        node = self._node
        for key in path:
            inner = None
            if node.kind is MAPPING:
                inner = node.value.get(key)
            elif node.kind is LIST and isinstance(key, int) and 0 <= key < len(node.value):
                inner = node.value[key]
            if inner is None:
                return node.origin(), False
            node = inner
        return node.origin(), True


@dataclass
class _State:
    """What a kustomization and all below it gathered."""

    resources: list[Resource] = field(default_factory=list)
    settings: Settings = field(default_factory=facts.defaults)
    variables: list[Node] = field(default_factory=list)


def build(
    tree: Tree,
    path: str,
    *,
    overrides: Mapping[str, Any] | None = None,
    resources: Sequence[str] = (),
    after: Callable[[Node], None] | None = None,
    unrestricted: bool = False,
    cache: Cache | None = None,
    render_chart: Callable[[str, Node], Sequence[Node]] | None = None,
) -> Unit:
    """The unit of the kustomization in a folder.

    `overrides`: fields of a kustomization that are laid over this one (a Flux Kustomization's targetNamespace as
    `namespace`, and so on): lists go behind its own, pairs over its own. `resources` are those of a folder that has no
    kustomization. `after` changes each object in the end. `unrestricted`: files may lie outside of their kustomization's folder.
    `render_chart` gets the folder and an entry of `helmCharts`, and gives its objects.
    """
    run = _Run(tree, cache if cache is not None else Cache(), render_chart)
    run.unrestricted = unrestricted
    path = posixpath.normpath(path)
    objects: list[BuiltObject] = []
    try:
        root = made({"resources": list(resources)}, None) if resources else run.kustomization(path, None)
        if overrides:
            root = _laid_over(root.copy(), overrides)
        built = run.finish(root, path)
        if after is not None:
            for one in built:
                after(one.root)
        if not any(problem.fatal for problem in run.problems):
            objects = [BuiltObject(one.root) for one in built]
    except Refused as error:
        if error.rule not in _OF_OBJECTS or not any(problem.fatal for problem in run.problems):
            run.refuse(error, path)  # else what it misses may stand in a file that is missing
    except RecursionError:
        run.problems.append(Problem("kustomization-invalid", "nested too deep to be built", run.place(path)))
    return Unit(
        "kustomization", path, path, objects, tuple(run.problems), tuple(run.unknown), frozenset(run.read_files)
    )


def _laid_over(root: Node, overrides: Mapping[str, Any]) -> Node:
    for name, value in overrides.items():
        over = value.copy() if isinstance(value, Node) else made(value, root)
        under = root.value.get(name)
        if under is not None and under.kind is LIST and over.kind is LIST:
            over.value = [*under.value, *over.value]
        elif under is not None and under.kind is MAPPING and over.kind is MAPPING:
            over.value = {**under.value, **over.value}
        root.value[name] = over
    return root


def kustomization_file(tree: Tree, folder: str) -> str | None:
    """The kustomization file of a folder, or None."""
    paths = (posixpath.normpath(posixpath.join(folder, name)) for name in FILE_NAMES)
    return next((path for path in paths if tree.is_file(path)), None)


def top_of(file: str) -> Origin:
    """The first line of a file."""
    return Origin(file, Range(Position(1, 1), Position(1, 2)))


def entries(tree: Tree, path: str) -> tuple[str, ...]:
    """What a kustomization names, as it is written; nothing of one that cannot be read."""
    run = _Run(tree, Cache(), None)
    try:
        return tuple(named(run.kustomization(path, None)))
    except Refused:
        return ()


def includes(tree: Tree, path: str, cache: Cache | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """The folders and the files that a kustomization names itself; what is missing or cannot be read counts for nothing."""
    run = _Run(tree, cache if cache is not None else Cache(), None)
    try:
        root = run.kustomization(path, None)
    except Refused:
        return frozenset(), frozenset()
    folders, files = set(), set()
    for entry in named(root):
        target = posixpath.normpath(posixpath.join(path, entry))
        if len(entry) < 1000 and not entry.startswith("/") and not target.startswith("..") and target != path:
            if tree.is_file(target):
                files.add(target)
            elif kustomization_file(tree, target) is not None:
                folders.add(target)
    return frozenset(folders), frozenset(files)


def roots(tree: Tree, folders: Sequence[str], cache: Cache | None = None) -> list[str]:
    """Of the folders of kustomizations, those that no other one of them includes; those of a circle stay."""
    cache = cache if cache is not None else Cache()
    inside = {folder: includes(tree, folder, cache)[0] for folder in folders}
    included = {
        target for folder, targets in inside.items() for target in targets if folder not in inside.get(target, ())
    }
    return [folder for folder in folders if folder not in included]


class _Run:
    """One build: the tree, what was read, and what was met on the way."""

    def __init__(self, tree: Tree, cache: Cache, render_chart: Callable[[str, Node], Sequence[Node]] | None) -> None:
        self.tree, self.cache, self.render_chart = tree, cache, render_chart
        self.problems: list[Problem] = []
        self.unknown: list[Unknown] = []
        self.read_files: set[str] = set()
        self.stack: list[str] = []
        self.visits = 0
        self.changes = 0
        self.unrestricted = False

    def place(self, folder: str) -> Origin:
        """The first line of a folder's kustomization."""
        return top_of(kustomization_file(self.tree, folder) or posixpath.join(folder, FILE_NAMES[0]))

    # Reading

    def documents(self, path: str, at: Node | None, old_words: bool = False) -> list[Node]:
        """The documents of a file, parsed once; the caller copies what it changes."""
        key = (path, old_words)
        self.read_files.add(path)
        if key not in self.cache.documents:
            data = self.tree.read(path)
            if data is None:
                raise Refused(f"`{path}` cannot be read", at, "kustomization-file-missing")
            try:
                text = decode(data)
                self.cache.documents[key] = read(text, Text(path, text), old_words=old_words)
            except (NotReadable, UnicodeDecodeError) as error:
                rule = "kustomization-invalid"
                if isinstance(error, NotReadable) and template_reason(text, path):
                    rule = OF_TEMPLATE
                    self.unknown.append(
                        Unknown(f"`{path}` is a template, which is filled in before it is built", top_of(path), True)
                    )
                raise Refused(
                    f"`{path}` cannot be read as YAML: {getattr(error, 'message', 'not UTF-8')}", at, rule
                ) from None
        return self.cache.documents[key]

    def kustomization(self, folder: str, at: Node | None) -> Node:
        """The kustomization of a folder, checked."""
        files = [
            path for name in FILE_NAMES if self.tree.is_file(path := posixpath.normpath(posixpath.join(folder, name)))
        ]
        if len(files) != 1:
            what = "several kustomization files" if files else "no kustomization.yaml"
            raise Refused(f"the folder `{folder}` has {what}", at, "kustomization-file-missing")
        found = self.documents(files[0], at, old_words=True)
        if len(found) != 1:
            what = "several documents" if found else "nothing"
            raise Refused(f"`{files[0]}` holds {what}; a kustomization is one document", at)
        root = found[0].copy()
        check(root)
        for old, new in DEPRECATED.items():
            node = root.get(old)
            if node is not None and node.value:
                message = f"`{old}` is deprecated and goes with a later kustomize; write `{new}`"
                self.problems.append(Problem("kustomization-field-deprecated", message, node.origin(), fatal=False))
        return root

    def resolve(self, folder: str, entry: str) -> str:
        return posixpath.normpath(posixpath.join(folder, entry))

    def file(self, folder: str, entry: str, at: Node) -> str:
        """The path of a file that must lie in or below its kustomization's folder."""
        target = self.resolve(folder, entry)
        inside = (folder == "." and not target.startswith("..")) or target.startswith(folder + "/")
        resolved = getattr(self.tree, "resolved", None)  # trees of texts have no links
        there = self.tree.is_file(target)
        if not there and is_remote(entry):
            raise Awaited(_REMOTE, stops=False)
        if inside and resolved is not None and there:
            real, base = resolved(target), resolved(folder)
            inside = base == "." or real.startswith(base + "/")
        if entry.startswith("/") or (not inside and there and not self.unrestricted):
            raise Refused(
                f"`{entry}` lies outside of the kustomization's folder, where kustomize reads no files",
                at,
                "kustomization-outside-root",
                "move the file into the folder, or make its folder a kustomization of its own",
            )
        if not there:
            if self.is_awaited(target):
                raise Awaited(f"`{entry}` is made before it is built")
            names = list(self.tree.names(posixpath.dirname(target) or "."))
            import difflib

            near = difflib.get_close_matches(posixpath.basename(target), names, 1)
            help = f"did you mean `{posixpath.join(posixpath.dirname(entry), near[0])}`?" if near else ""
            raise Refused(f"`{entry}` is not there, so that nothing is built", at, "kustomization-file-missing", help)
        return target

    def refuse(self, error: Refused, folder: str) -> None:
        """Keep what the real tool refuses."""
        origin = error.node.origin() if error.node is not None and error.node.text is not None else self.place(folder)
        self.problems.append(Problem(error.rule, error.message, origin, error.help))

    def is_awaited(self, target: str) -> bool:
        """Whether a file that is not there is made before a build: git ignores it, or its template or a script stands beside it."""
        if "{{" in target or is_of_bundle(target) or (self.stack and is_of_template(self.stack[-1])):
            return True  # what is copied elsewhere, and filled in, before it is built
        ignored = getattr(self.tree, "ignored", None)
        if ignored is not None and ignored(target):
            return True
        name, folder = posixpath.basename(target), posixpath.dirname(target) or "."
        names = self.tree.names(folder)
        return any(is_template_of(other, name) for other in names) or any(
            is_script(other)
            and name.encode() in (self.tree.read(posixpath.normpath(posixpath.join(folder, other))) or b"")
            for other in names
        )

    @contextmanager
    def awaiting(self, entry: Node) -> Iterator[None]:
        """Go on without an entry whose file is elsewhere or is not made yet, and say so; of missing files each is told."""
        try:
            yield
        except Awaited as missing:
            self.unknown.append(Unknown(missing.reason, entry.origin(), missing.stops))
        except Refused as error:
            if error.rule not in _OF_FILES:
                raise
            self.refuse(error, self.stack[-1])  # the next file may be missing too

    def load(self, folder: str, kind: str) -> Callable[[str, Node], bytes]:
        """What gives the bytes of a generator's input; what holds secrets or settings of one machine is seldom kept in git."""

        def bytes_of(entry: str, at: Node) -> bytes:
            try:
                path = self.file(folder, entry, at)
            except Refused as refused:
                private = kind == "Secret" or entry.endswith(".env")
                if private and refused.rule == "kustomization-file-missing" and not refused.help:
                    raise Awaited(f"`{entry}` is not kept in the repository") from None
                raise
            self.read_files.add(path)
            data = self.tree.read(path)
            if data is None:
                raise Refused(f"`{entry}` cannot be read", at, "kustomization-file-missing")
            return data

        return bytes_of

    # Taking in

    def accumulate(self, root: Node, folder: str, state: _State) -> None:
        """Everything of one kustomization into a state; of a component, into that of its user."""
        self.visits += 1
        if folder in self.stack:
            raise Refused(
                f"`{folder}` takes itself in: {' > '.join([*self.stack, folder])}", root, "kustomization-cycle"
            )
        if self.visits > MAX_VISITS or len(state.resources) > MAX_OBJECTS:
            raise Refused("the bases multiply to more than can be built", root)
        self.stack.append(folder)
        self.resources(root, folder, state)
        self.configure(root, folder, state)
        self.generators(root, folder, state)
        for entry in items_of(root, "components"):
            self.component(entry, folder, state)
        self.transformers(root, folder, state)
        state.variables.extend(items_of(root, "vars"))
        self.stack.pop()

    def component(self, entry: Node, folder: str, state: _State) -> None:
        text = str(entry.value or "")
        target = self.resolve(folder, text)
        if kustomization_file(self.tree, target) is None:
            self.absent(text, entry)
            return
        inner = self.kustomization(target, entry)
        kind = inner.get("kind")
        if kind is None or kind.value != "Component":
            raise Refused(f"`{text}` is listed in `components` and is a Kustomization", entry)
        self.accumulate(inner, target, state)

    def absent(self, text: str, entry: Node) -> None:
        """An entry that is neither file nor folder here: said as unknown where it is remote, else refused."""
        if is_remote(text):
            self.unknown.append(Unknown(_REMOTE, entry.origin()))
            return
        if self.is_awaited(posixpath.normpath(posixpath.join(self.stack[-1], text))):
            self.unknown.append(Unknown(f"`{text}` is made before it is built", entry.origin(), stops=True))
            return
        raise Refused(f"`{text}` is not there, so that nothing is built", entry, "kustomization-file-missing")

    def resources(self, root: Node, folder: str, state: _State) -> None:
        for entry in [*items_of(root, "resources"), *items_of(root, "bases")]:
            text = str(entry.value or "")
            if not text:
                raise Refused("an entry of `resources` is empty", entry)
            target = self.resolve(folder, text)
            if not is_remote(text) and not target.startswith("..") and self.tree.is_folder(target):
                inner = self.kustomization(target, entry)
                kind = inner.get("kind")
                if kind is not None and kind.value == "Component":
                    raise Refused(f"`{text}` is listed in `resources` and is a Component", entry)
                below = _State()
                self.accumulate(inner, target, below)
                for one in below.resources:
                    self.append(state, one, entry)
                state.settings = joined(state.settings, below.settings)
                state.variables.extend(below.variables)
            elif is_remote(text) and not self.tree.is_file(target):
                self.unknown.append(Unknown(_REMOTE, entry.origin()))
            else:
                with self.awaiting(entry):
                    path = self.file(folder, text, entry)
                    for document in self.documents(path, entry):
                        for one in make(document.copy()):
                            self.append(state, one, entry)

    def append(self, state: _State, new: Resource, at: Node) -> None:
        id = new.id
        if any(one.text("metadata", "name") == id.name and one.id.same(id) for one in state.resources):
            raise Refused(f"{id} is taken in twice", at, "kustomization-id-twice", "list its file or base once only")
        state.resources.append(new)

    def configure(self, root: Node, folder: str, state: _State) -> None:
        for entry in items_of(root, "configurations"):
            with self.awaiting(entry):
                path = self.file(folder, str(entry.value), entry)
                for document in self.documents(path, entry, old_words=True):
                    state.settings = joined(state.settings, of_configuration(document))
        for entry in items_of(root, "crds"):
            with self.awaiting(entry):
                path = self.file(folder, str(entry.value), entry)
                for document in self.documents(path, entry, old_words=True)[:1]:
                    state.settings = joined(state.settings, of_definitions(document))
        self.own_schema(root, folder)

    def own_schema(self, root: Node, folder: str) -> None:
        """`openapi:`: its file must be there; how its lists merge is not known."""
        schema = root.get("openapi")
        path = schema.get("path") if schema is not None else None
        if path is not None and path.value:
            with self.awaiting(path):
                self.read_files.add(self.file(folder, str(path.value), path))
        if schema is not None and schema.kind is MAPPING and schema.value:
            self.unknown.append(
                Unknown("lists merge here as the schema in `openapi` says, which is not read", schema.origin())
            )

    def generators(self, root: Node, folder: str, state: _State) -> None:
        options = root.get("generatorOptions")
        for name, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for entry in items_of(root, name):
                with self.awaiting(entry):
                    absorb(state.resources, generate(kind, entry, options, self.load(folder, kind)), entry)
        for name in ("helmCharts", "helmChartInflationGenerator"):
            for entry in items_of(root, name):
                if self.render_chart is None:
                    self.unknown.append(Unknown("charts in kustomizations are not rendered here", entry.origin()))
                    continue
                for document in self.render_chart(folder, entry):
                    for one in make(document):
                        self.append(state, one, entry)
        for entry in items_of(root, "generators"):
            self.unknown.append(Unknown("generators that are programs are not run", entry.origin()))

    # Changing

    def transformers(self, root: Node, folder: str, state: _State) -> None:
        """The built-in transformers, in kustomize's order."""
        self.changes += len(state.resources) * sum(len(items_of(root, name)) for name in _CHANGING)
        if self.changes > MAX_CHANGES:
            raise Refused("there are more changes of objects than can be made here", root)
        for entry in items_of(root, "patchesStrategicMerge"):
            with self.awaiting(entry):
                for patch in self.patch_documents(folder, entry, entry):
                    self.merge_one(state, patch, entry, {})
        for entry in items_of(root, "patches"):
            with self.awaiting(entry):
                self.patch(entry, folder, state)
        resources = state.resources = [one for one in state.resources if one.node is not None]
        settings = state.settings
        namespace, front, back = (root.get(name) for name in ("namespace", "namePrefix", "nameSuffix"))
        if namespace is not None and namespace.value:
            transform.namespace(resources, namespace, settings)
        if front is not None and front.value:
            transform.affix(resources, front, settings, front=True)
        if back is not None and back.value:
            transform.affix(resources, back, settings, front=False)
        self.labels(root, resources, settings)
        for entry in items_of(root, "patchesJson6902"):
            with self.awaiting(entry):
                self.patch(entry, folder, state)
        for entry in items_of(root, "replicas"):
            transform.replicas(resources, entry, settings)
        for entry in [*items_of(root, "images"), *items_of(root, "imageTags")]:
            transform.image(resources, entry, settings)
        for entry in items_of(root, "replacements"):
            with self.awaiting(entry):
                self.replacement(entry, folder, resources)
        for name in ("transformers", "validators"):
            for entry in items_of(root, name):
                self.unknown.append(Unknown(f"{name} of a kustomization are not run", entry.origin()))

    def labels(self, root: Node, resources: list[Resource], settings: Settings) -> None:
        for entry in items_of(root, "labels"):
            pairs = entry.get("pairs")
            specs = [field_spec(node) for node in items_of(entry, "fields")] + list(settings.specs.get("labels", ()))
            if _true(entry, "includeSelectors"):
                specs += settings.specs["commonLabels"]
            else:
                if _true(entry, "includeTemplates"):
                    specs += settings.specs["templateLabels"]
                if _true(entry, "includeVolumeClaimTemplates"):
                    specs += settings.specs["volumeClaimTemplateLabels"]
                specs.append(FieldSpec("metadata/labels", create=True))
            if pairs is not None:
                transform.pairs(resources, pairs, specs)
        for name in ("commonLabels", "commonAnnotations"):
            found = root.get(name)
            if found is not None:
                transform.pairs(resources, found, settings.specs[name])

    def replacement(self, entry: Node, folder: str, resources: list[Resource]) -> None:
        path = entry.get("path")
        if path is None:
            replace.replace(resources, entry)
            return
        for document in self.documents(self.file(folder, str(path.value), path), path, old_words=True):
            for each in document.items() if document.kind is LIST else [document]:
                replace.replace(resources, each.copy())

    def patch_documents(self, folder: str, entry: Node, at: Node) -> list[Node]:
        """The strategic merge patches of a file, or of a text in the kustomization itself."""
        text = str(entry.value or "")
        if ("\n" not in text and self.tree.is_file(self.resolve(folder, text))) or _looks_like_path(text):
            return self.documents(self.file(folder, text, at), at)
        return self.parse(entry, old_words=False)

    def parse(self, node: Node, old_words: bool) -> list[Node]:
        try:
            return read(str(node.value), inner_text(node), old_words=old_words)
        except NotReadable as error:
            raise Refused(f"the patch cannot be read as YAML: {error.message}", node) from None

    def patch(self, entry: Node, folder: str, state: _State) -> None:
        """One entry of `patches` or `patchesJson6902`."""
        path, inline, target = entry.get("path"), entry.get("patch"), entry.get("target")
        has_path, has_text = (
            path is not None and bool(path.value),
            inline is not None and bool(str(inline.value or "").strip()),
        )
        if has_path == has_text:
            raise Refused("an entry of `patches` needs one of `path` and `patch`", entry)
        source = path if has_path else inline
        assert source is not None
        file = self.file(folder, str(source.value), source) if has_path else ""
        documents = self.documents(file, source, True) if has_path else self.parse(source, True)
        if documents and documents[0].kind is LIST:
            self.json_patch(entry, documents[0], target, state)
            return
        patches = self.documents(file, source) if has_path else self.parse(source, False)
        options = entry.get("options")
        allowed = {
            "names": _true(options, "allowNameChange"),
            "kinds": _true(options, "allowKindChange"),
        }
        if target is None:
            for patch in patches:
                self.merge_one(state, patch, entry, allowed)
            return
        if len(patches) > 1:
            raise Refused("a patch of several documents takes no `target`", source)
        for one in selected(state.resources, target.plain()) if patches else ():
            patch = patches[0].copy()
            patch.value["apiVersion"] = made(one.text("apiVersion"), one.root.get("apiVersion"))
            if not allowed["kinds"]:
                patch.value["kind"] = made(one.text("kind"), one.root.get("kind"))
            one.patch(patch, **allowed)
        state.resources = [one for one in state.resources if one.node is not None]

    def json_patch(self, entry: Node, operations: Node, target: Node | None, state: _State) -> None:
        if target is None:
            raise Refused("a JSON patch needs a `target`", entry)
        for one in selected(state.resources, target.plain()):
            one.remember()
            json_patch.apply(one.root, operations)

    def merge_one(self, state: _State, patch: Node, at: Node, allowed: dict[str, bool]) -> None:
        """A strategic merge patch to the object that it names."""
        for one in make(patch.copy()):
            id = one.id
            found = [each for each in state.resources if any(other.same(id) for other in each.ids)]
            if len(found) != 1:
                how = "means several objects" if found else "means no object of this kustomization"
                near = [each for each in state.resources if each.id.kind == id.kind]
                help = f"its {id.kind} are: {', '.join(str(each.id) for each in near[:5])}" if near else ""
                raise Refused(f"the patch for {id} {how}", at, "kustomization-patch-unmatched", help)
            found[0].patch(one.root, **allowed)
            state.resources = [each for each in state.resources if each.node is not None]

    # Finishing

    def finish(self, root: Node, folder: str) -> list[Resource]:
        """The objects of the outermost kustomization, names and references settled, in the order of printing."""
        state = _State()
        self.accumulate(root, folder, state)
        for one in state.resources:
            if one.hashed:
                one.remember()
                name = one.root.at("metadata", "name")
                one.set_text(f"{one.id.name}-{suffix(one.root)}", name, "the hash", "metadata", "name")
        names.follow(state.resources, state.settings)
        self.variables(state)
        kept = []
        for one in state.resources:
            metadata = one.root.get("metadata")
            annotations = metadata.get("annotations") if metadata is not None else None
            if annotations is not None and annotations.kind is MAPPING:
                local = annotations.get("config.kubernetes.io/local-config")
                if local is not None and local.value == "true":
                    continue
                for node in annotations.value.values():
                    if node.kind is SCALAR and not isinstance(node.value, str):
                        node.value = written(node)
            if metadata is not None and annotations is not None and not annotations.value:
                del metadata.value["annotations"]
            kept.append(one)
        self.build_metadata(root, folder, kept)
        return ordered(root, kept)

    def build_metadata(self, root: Node, folder: str, kept: list[Resource]) -> None:
        """What `buildMetadata` of the outermost kustomization adds to all objects."""
        for item in items_of(root, "buildMetadata"):
            if item.value == "transformerAnnotations":
                self.unknown.append(Unknown("annotations that list the transformers are not written", item.origin()))
            elif item.value == "originAnnotations":
                for one in kept:
                    one.set_text(
                        one.made_in(folder), item, "", "metadata", "annotations", "config.kubernetes.io/origin"
                    )
        if "managedByLabel" in [item.value for item in items_of(root, "buildMetadata")]:
            for one in kept:
                label = ("metadata", "labels", "app.kubernetes.io/managed-by")
                one.set_text("kustomize-v5.8.2", root.get("buildMetadata"), "", *label)

    def variables(self, state: _State) -> None:
        values: dict[str, Any] = {}
        for entry in state.variables:
            name, target = entry.get("name"), entry.get("objref")
            if name is None or target is None:
                raise Refused("a var needs `name` and `objref`", entry)
            text = {key: str(value) for key, value in target.plain().items() if value is not None}
            api = text.pop("apiVersion", "")
            if api:
                group, _, text["version"] = api.rpartition("/")
                text["group"] = group
            found = [one for one in state.resources if any(id_fits(text, id, regular=False) for id in one.ids)]
            if not found:
                message = f"the var `{name.value}` means no object"
                raise Refused(message, entry, "kustomization-replacement-unmatched")
            reference = entry.get("fieldref")
            field_path = reference.get("fieldPath") or reference.get("fieldpath") if reference is not None else None
            parts = replace.split_path(str(field_path.value) if field_path is not None else "metadata.name")
            at = replace.find(found[0].root, parts, None, entry)
            if at:
                values[str(name.value)] = at[0][0].value
        replace.resolve_vars(state.resources, values, state.settings.specs["varReference"])


def _looks_like_path(text: str) -> bool:
    return "\n" not in text and ":" not in text and "{" not in text


def _true(node: Node | None, name: str) -> bool:
    found = node.get(name) if node is not None else None
    return found is not None and found.value is True
