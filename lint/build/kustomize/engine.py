"""The build of a kustomization: what it takes in, and in which order it is changed. Follows api/internal/target/kusttarget.go."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kubetrial.lint.build.kustomize import (
    charts,
    facts,
    json_patch,
    names,
    patches,
    paths,
    plugins,
    provenance,
    replace,
    transform,
    variables,
)
from kubetrial.lint.build.kustomize.facts import FieldSpec
from kubetrial.lint.build.kustomize.generate import absorb, generate
from kubetrial.lint.build.kustomize.hashes import hash_names
from kubetrial.lint.build.kustomize.load import Awaited, is_remote, named
from kubetrial.lint.build.kustomize.merge import MergeRefused
from kubetrial.lint.build.kustomize.nodes import LIST, MAPPING, SCALAR, RNode, is_true, items_of, made, written
from kubetrial.lint.build.kustomize.order import ordered
from kubetrial.lint.build.kustomize.reading import (
    REMOTE,
    Cache,
    Reader,
    Render,
    kustomization_file,
)
from kubetrial.lint.build.kustomize.resource import Resource, make
from kubetrial.lint.build.kustomize.schema import BUILT_IN, of_openapi
from kubetrial.lint.build.kustomize.settings import EMPTY, added, field_spec, joined, of_configuration, of_definitions
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.origin import BuildProblem, Origin, Path, Tree, Unit, Unknown

MAX_VISITS = 2000
"""Kustomizations that one build may take in, those taken in again counted each time."""
MAX_OBJECTS = 50_000
OF_OBJECTS = (json_patch.UNMATCHED, paths.UNMATCHED)
"""What is said where an object or a field is not there."""


class BuiltObject:
    """One object of a build."""

    __slots__ = ("_node", "_value")

    def __init__(self, node: RNode) -> None:
        self._node = node
        self._value: dict[str, Any] | None = None

    @property
    def node(self) -> RNode:
        """The object as nodes with their places."""
        return self._node

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


def build(
    tree: Tree,
    path: str,
    *,
    overrides: Mapping[str, Any] | None = None,
    resources: Sequence[str] = (),
    after: Callable[[RNode], None] | None = None,
    unrestricted: bool = False,
    cache: Cache | None = None,
    render_chart: Render | None = None,
) -> Unit:
    """The unit of the kustomization in a folder.

    `overrides`: fields of a kustomization that are laid over this one (a Flux Kustomization's targetNamespace as
    `namespace`, and so on): lists go behind its own (images and replicas in place of those of the same name), pairs over its
    own. `resources` are those of a folder that has no kustomization. `after` changes each object in the end. `unrestricted`:
    files may lie outside of their kustomization's folder.
    `render_chart` gives the objects of a chart that lies in the tree.
    """
    run = KustomizeRun(tree, cache if cache is not None else Cache(), render_chart)
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
    except Awaited as missing:
        run.unknown.append(Unknown(missing.reason, run.place(path), missing.stops))
    except MergeRefused as error:
        if error.rule not in OF_OBJECTS or not any(problem.fatal for problem in run.problems):
            run.refuse(error, path)  # else what it misses may stand in a file that is missing
    except RecursionError:
        run.problems.append(BuildProblem("kustomization-invalid", "nested too deep to be built", run.place(path)))
    return Unit(
        "kustomization", path, path, objects, tuple(run.problems), tuple(run.unknown), frozenset(run.read_files)
    )


def _laid_over(root: RNode, overrides: Mapping[str, Any]) -> RNode:
    for name, value in overrides.items():
        over = value.copy() if isinstance(value, RNode) else made(value, root)
        under = root.value.get(name)
        if under is not None and under.kind is LIST and over.kind is LIST:
            own = under.value
            if name in _BY_NAME:
                given = {_name_of(one) for one in over.value}
                own = [one for one in own if _name_of(one) not in given]
            over.value = [*own, *over.value]
        elif under is not None and under.kind is MAPPING and over.kind is MAPPING:
            over.value = {**under.value, **over.value}
        root.value[name] = over
    return root


_BY_NAME = ("images", "replicas")
"""Lists in which a controller writes its own entry in place of that for the same name."""


def _name_of(entry: RNode) -> object:
    return entry.plain().get("name") if entry.kind is MAPPING else None


def entries(tree: Tree, path: str) -> tuple[str, ...]:
    """What a kustomization names, as it is written; nothing of one that cannot be read."""
    run = KustomizeRun(tree, Cache(), None)
    try:
        return tuple(named(run.kustomization(path, None)))
    except MergeRefused:
        return ()


def includes(tree: Tree, path: str, cache: Cache | None = None) -> tuple[frozenset[str], frozenset[str]]:
    """The folders and the files that a kustomization names itself; what is missing or cannot be read counts for nothing."""
    run = KustomizeRun(tree, cache if cache is not None else Cache(), None)
    try:
        root = run.kustomization(path, None)
    except MergeRefused:
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


def only_lists(tree: Tree, path: str, cache: Cache) -> bool:
    """Whether a kustomization that can be read lists folders that are there, and says nothing else."""
    run = KustomizeRun(tree, cache, None)
    try:
        root = run.kustomization(path, None)
    except MergeRefused:
        return False
    fields = {name for name, node in root.value.items() if node.value} - {"apiVersion", "kind", "resources", "bases"}
    listed = (posixpath.normpath(posixpath.join(path, entry)) for entry in named(root))
    return not fields and all(kustomization_file(tree, target) is not None for target in listed)


def roots(tree: Tree, folders: Sequence[str], cache: Cache | None = None) -> list[str]:
    """Of the folders of kustomizations, those that no other one of them includes; those of a circle stay."""
    cache = cache if cache is not None else Cache()
    inside = {folder: includes(tree, folder, cache)[0] for folder in folders}
    included = {
        target for folder, targets in inside.items() for target in targets if folder not in inside.get(target, ())
    }
    return [folder for folder in folders if folder not in included]


class KustomizeRun(Reader):
    """One build."""

    # Taking in

    def accumulate(self, root: RNode, folder: str, state: ResAccumulator, entry: RNode | None = None) -> None:
        """Everything of one kustomization, which an `entry` of another one names, into a state; of a component, into that of its user."""
        self.visits += 1
        if folder in self.stack:
            raise MergeRefused(
                f"`{folder}` takes itself in: {' > '.join([*self.stack, folder])}", entry or root, "kustomization-cycle"
            )
        if self.visits > MAX_VISITS or len(state.resources) > MAX_OBJECTS:
            raise MergeRefused("the bases multiply to more than can be built", entry or root)
        self.stack.append(folder)
        outer, around = self.namespace, self.is_component
        try:
            self.gather(root, folder, state)
        finally:  # what goes on without this one stands where it stood before
            self.namespace, self.is_component = outer, around
            self.stack.pop()

    def gather(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """What a kustomization takes in and makes, then what it changes."""
        self.load_schema(root, folder)
        self.namespace = self.chart_namespace(root)
        kind = root.get("kind")
        self.is_component = kind is not None and kind.value == "Component"
        self.resources(root, folder, state)
        self.configure(root, folder, state)
        self.generators(root, folder, state)
        for entry in items_of(root, "components"):
            self.component(entry, folder, state)
        self.transformers(root, folder, state)
        plugins.validators(self, root, folder)
        for entry in items_of(root, "vars"):
            new = variables.variable(entry)
            variables.mark(state, new)
            state.add_variable(new)

    @contextmanager
    def inside(self, entry: str) -> Iterator[None]:
        """Note which kustomization is taken in, for those who ask where objects come from."""
        before = self.provenance.path
        self.provenance.path = self.provenance.below(entry)
        try:
            yield
        finally:
            self.provenance.path = before

    def component(self, entry: RNode, folder: str, state: ResAccumulator) -> None:
        """One entry of `components`."""
        text = str(entry.value or "")
        target = self.resolve(folder, text)
        if kustomization_file(self.tree, target) is None:
            self.absent(text, entry)
            return
        inner = self.kustomization(target, entry)
        kind = inner.get("kind")
        if kind is None or kind.value != "Component":
            raise MergeRefused(
                f"`{text}` is listed in `components` and is a Kustomization",
                entry,
                help="list it in `resources`, or give it `kind: Component`",
            )
        with self.inside(text):
            self.accumulate(inner, target, state, entry)

    def absent(self, text: str, entry: RNode) -> None:
        """An entry that is neither file nor folder here: said as unknown where it is remote, else refused."""
        if is_remote(text):
            self.unknown.append(Unknown(REMOTE, entry.origin()))
            return
        target = self.resolve(self.stack[-1], text)
        if self.is_awaited(target):
            self.unknown.append(Unknown(f"`{text}` is made before it is built", entry.origin(), stops=True))
            return
        raise MergeRefused(
            f"`{text}` is not there, so that nothing is built",
            entry,
            "kustomization-file-missing",
            self.near(text, target),
        )

    def resources(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """Everything that `resources` and `bases` list."""
        for entry in [*items_of(root, "resources"), *items_of(root, "bases")]:
            if not entry.value:
                raise MergeRefused("an entry of `resources` is empty", entry)
            self.take(entry, folder, state)

    def take(self, entry: RNode, folder: str, state: ResAccumulator) -> None:
        """One file or folder."""
        text = str(entry.value or "")
        target = self.resolve(folder, text)
        # `cert.example.io/issuers` may be a folder here: without a scheme only GitHub's repositories are elsewhere.
        if not target.startswith("..") and self.tree.is_folder(target):
            if self.is_made_there(target):
                self.unknown.append(
                    Unknown(f"the kustomization of `{text}` is made before it is built", entry.origin(), stops=True)
                )
                return
            inner = self.kustomization(target, entry)
            kind = inner.get("kind")
            if kind is not None and kind.value == "Component":
                raise MergeRefused(
                    f"`{text}` is listed in `resources` and is a Component", entry, help="list it in `components`"
                )
            below = ResAccumulator()
            with self.inside(text):
                self.accumulate(inner, target, below, entry)
            state.take_in(below, entry)
        elif is_remote(text) and not self.tree.is_file(target):
            self.unknown.append(Unknown(REMOTE, entry.origin()))
        else:
            with self.awaiting(entry):
                path = self.file(folder, text, entry)
                said = self.provenance.of_file(text) if self.provenance.wanted else ""
                for one in make([document.copy() for document in self.documents(path, entry)], self.scopes):
                    one.made_by = said
                    state.append(one, entry)
                    self.looked_up = self.looked_up or not facts.merge_type(one.text("apiVersion"), one.text("kind"))

    def configure(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """What `configurations` and `crds` add to the fields that transformers write."""
        given = EMPTY
        for entry in items_of(root, "configurations"):
            with self.awaiting(entry):
                path = self.file(folder, str(entry.value), entry)
                for document in self.documents(path, entry, old_words=True)[:1]:
                    if path not in self.cache.settings:
                        self.cache.settings[path] = of_configuration(document)
                    given = joined(given, self.cache.settings[path])
        state.settings = joined(state.settings, joined(facts.defaults(), given))
        for entry in items_of(root, "crds"):
            with self.awaiting(entry):
                path = self.file(folder, str(entry.value), entry)
                for document in self.documents(path, entry, old_words=True)[:1]:
                    state.settings = joined(state.settings, of_definitions(document))

    def load_schema(self, root: RNode, folder: str) -> None:
        """`openapi:`: the first one that is met holds for the whole build."""
        found = root.get("openapi")
        path, version = (found.get(name) if found is not None else None for name in ("path", "version"))
        document: Any = None
        if path is not None:
            with self.awaiting(path):
                document = self.open_api(self.file(folder, str(path.value or ""), path), path)
        if self.schema.is_chosen or found is None or (path is None and version is None):
            return
        if path is not None and version is not None:
            raise MergeRefused("`openapi` takes a `path` or a `version`, not both", version)
        if version is not None and version.value and version.value != BUILT_IN:
            raise MergeRefused(f"kustomize has `version: {BUILT_IN}` of `openapi` only", version)
        if document is not None:
            self.schema = of_openapi(document, with_built_in=self.looked_up)
            self.scopes = self.schema.cluster_scoped

    def generators(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """The built-in generators, then those that are objects of their own."""
        options = root.get("generatorOptions")
        for name, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for entry in items_of(root, name):
                with self.awaiting(entry):
                    new = generate(kind, entry, options, self.load(folder, kind))
                    if self.provenance.wanted:
                        new.made_by = self.provenance.of_field(self.file_name(folder), f"{kind}Generator")
                    absorb(state, new, entry)
        for entry in items_of(root, "helmCharts"):
            charts.add(self, entry, root, folder, state)
        for entry in items_of(root, "helmChartInflationGenerator"):
            charts.add(self, charts.modern(entry), root, folder, state)
        plugins.generators(self, root, folder, state)

    # Changing

    def transformers(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """The built-in transformers, in kustomize's order."""
        patched = items_of(root, "patchesStrategicMerge")
        patches.strategic(self, patched, folder, state)
        self.ran("PatchStrategicMergeTransformer", bool(patched), folder, state)
        for entry in items_of(root, "patches"):
            with self.awaiting(entry):
                patches.patch(self, entry, folder, state)
            self.ran("PatchTransformer", True, folder, state)
        state.drop_deleted()
        self.names(root, folder, state)
        self.labels(root, folder, state)
        for entry in items_of(root, "patchesJson6902"):
            with self.awaiting(entry):
                patches.old_json(self, entry, folder, state)
            self.ran("PatchJson6902Transformer", True, folder, state)
        for entry in items_of(root, "replicas"):
            self.spend(1, entry)
            transform.replicas(state, entry, state.settings.of("replicas"))
            self.ran("ReplicaCountTransformer", True, folder, state)
        self.images(root, folder, state)
        for entry in items_of(root, "replacements"):
            with self.awaiting(entry):
                replace.entry(self, entry, folder, state)
        self.ran("ReplacementTransformer", bool(items_of(root, "replacements")), folder, state)
        plugins.transformers(self, root, folder, state)

    def ran(self, kind: str, did: bool, folder: str, state: ResAccumulator) -> None:
        """Note that a field of a kustomization changed its objects."""
        if did and self.provenance.wanted:
            self.provenance.changed(state.resources, self.provenance.of_field(self.file_name(folder), kind))

    def names(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """Namespace, prefix and suffix."""
        specs = state.settings.of
        namespace, front, back = (root.get(name) for name in ("namespace", "namePrefix", "nameSuffix"))
        if namespace is not None and namespace.value:
            transform.namespace(state.resources, namespace, specs("namespace"))
            self.ran("NamespaceTransformer", True, folder, state)
        for value, is_front in ((front, True), (back, False)):
            if value is not None and value.value:
                name = "namePrefix" if is_front else "nameSuffix"
                transform.affix(state.resources, value, specs(name), front=is_front)
                self.ran("PrefixTransformer" if is_front else "SuffixTransformer", True, folder, state)
        state.forget()

    def images(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """`images:`, all entries on the fields found once."""
        entries = [*items_of(root, "images"), *items_of(root, "imageTags")]
        found = transform.Images(state.resources, state.settings.of("images")) if entries else None
        for entry in entries:
            if found is not None:
                self.spend(found.change(entry), entry)
                if not found.has_met:
                    self.image_unmatched(entry, found.names())
            self.ran("ImageTagTransformer", True, folder, state)

    def labels(self, root: RNode, folder: str, state: ResAccumulator) -> None:
        """`labels:`, `commonLabels:` and `commonAnnotations:`."""
        resources, settings = state.resources, state.settings
        entries, common = items_of(root, "labels"), root.get("commonLabels")
        for entry in entries:
            self.spend(5 * len(resources), entry)
            pairs = entry.get("pairs")
            specs = added(tuple(field_spec(node) for node in items_of(entry, "fields")), settings.of("labels"))
            if is_true(entry, "includeSelectors"):
                specs = added(specs, settings.of("commonLabels"))
            else:
                if is_true(entry, "includeTemplates"):
                    specs = added(specs, settings.of("templateLabels"))
                if is_true(entry, "includeVolumeClaimTemplates"):
                    specs = added(specs, settings.of("volumeClaimTemplateLabels"))
                specs = added(specs, (FieldSpec("metadata/labels", create=True),))
            if pairs is not None:
                transform.pairs(resources, pairs, specs)
            self.ran("LabelTransformer", True, folder, state)
        if common is not None and common.value:
            transform.pairs(resources, common, settings.of("commonLabels"))
        self.ran("LabelTransformer", bool(entries or (common is not None and common.value)), folder, state)
        annotations = root.get("commonAnnotations")
        if annotations is not None and annotations.value:
            transform.pairs(resources, annotations, settings.of("commonAnnotations"))
            self.ran("AnnotationsTransformer", True, folder, state)

    # Finishing

    def finish(self, root: RNode, folder: str) -> list[Resource]:
        """The objects of the outermost kustomization, names and references settled, in the order of printing."""
        state = ResAccumulator()
        self.provenance.wanted = bool(items_of(root, "buildMetadata"))
        self.accumulate(root, folder, state)
        hash_names(self, state)
        names.follow(state.resources, state.settings)
        variables.resolve(state)
        kept = [one for one in state.resources if not _is_local(one.root)]
        provenance.annotate(root, kept)
        for one in kept:
            _tidy(one.root)
            for node in one.root.walk() if self.cache.has_blanks else ():
                if node.is_blank():
                    node.value = ""
        return ordered(root, kept)


def _is_local(root: RNode) -> bool:
    """Whether an object serves the build only."""
    local = root.at("metadata", "annotations", "config.kubernetes.io/local-config")
    return local is not None and local.value != "false"


def _tidy(root: RNode) -> None:
    """Annotations are texts, and none where there are none."""
    metadata = root.get("metadata")
    annotations = metadata.get("annotations") if metadata is not None else None
    if metadata is None or annotations is None:
        return
    for node in annotations.value.values() if annotations.kind is MAPPING else ():
        if node.kind is SCALAR and not isinstance(node.value, str):
            node.value = written(node)
    if annotations.kind is not MAPPING or not annotations.value:
        del metadata.value["annotations"]
