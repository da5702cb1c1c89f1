"""What a build of kustomizations reads: files inside of its root, and what is missing. Follows api/internal/loader."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build.kustomize import provenance
from kubetrial.lint.build.kustomize.facts import TransformerConfig
from kubetrial.lint.build.kustomize.load import (
    DEPRECATED,
    FILE_NAMES,
    Awaited,
    check,
    is_of_bundle,
    is_of_template,
    is_remote,
    is_stand_in,
    kept_elsewhere,
    templates_of,
)
from kubetrial.lint.build.kustomize.merge import MergeRefused, did_you_mean
from kubetrial.lint.build.kustomize.nodes import MAPPING, PlacedText, RNode, inner_text, read, unreadable_at
from kubetrial.lint.build.kustomize.resource import Resource, one_name
from kubetrial.lint.build.kustomize.schema import DEFAULT
from kubetrial.lint.build.kustomize.state import ResAccumulator
from kubetrial.lint.build.origin import BuildProblem, Origin, Tree, Unknown
from kubetrial.lint.files.template import template_reason
from kubetrial.lint.finding import Position, Range
from kubetrial.lint.values.records import dataclass, field
from kubetrial.lint.yaml.scalars import NotReadable
from kubetrial.lint.yaml.source import decode

if TYPE_CHECKING:
    from kubetrial.lint.build.kustomize.made_first import Around

OF_TEMPLATE = "kustomization-template"
"""Why a build was refused that was not meant to be built yet; no rule, for nothing is wrong."""
_OF_FILES = ("kustomization-file-missing", "kustomization-outside-root")
MAX_CHANGES = 3_000_000
"""Looks at an object by an entry that may change it."""
REMOTE = "kustomizations and files elsewhere are not fetched"


@dataclass
class Cache:
    """What was read and parsed, shared by the builds of a run."""

    documents: dict[tuple[str, bool], list[RNode]] = field(default_factory=dict)
    checked: dict[str, RNode] = field(default_factory=dict)  # of a kustomization file: what it says, checked
    twice: dict[str, list[tuple[str, RNode]]] = field(default_factory=dict)
    settings: dict[str, TransformerConfig] = field(default_factory=dict)  # of a file of `configurations`
    has_blanks: bool = False  # whether a value is left out anywhere in braces
    around: Around | None = None  # what was asked about files that are missing


@dataclass(frozen=True, slots=True)
class LocalChart:
    """A chart in the repository and how it is rendered; `values` are values files, or values themselves, the later over the former."""

    folder: str
    release: str
    namespace: str
    values: tuple[str | RNode, ...]
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    include_crds: bool = False
    skip_tests: bool = False
    skip_hooks: bool = False


@dataclass(frozen=True, slots=True)
class RenderedChart:
    """The objects of a chart, what is wrong with it, what is not known, and the files that it read."""

    objects: tuple[RNode, ...] = ()
    problems: tuple[BuildProblem, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    read: frozenset[str] = frozenset()


Render = Callable[[LocalChart, RNode], RenderedChart]
"""Renders a chart that an entry of `helmCharts` names."""


def kustomization_file(tree: Tree, folder: str) -> str | None:
    """The kustomization file of a folder, or None."""
    paths = (posixpath.normpath(posixpath.join(folder, name)) for name in FILE_NAMES)
    return next((path for path in paths if tree.is_file(path)), None)


def top_of(file: str) -> Origin:
    """The first line of a file."""
    return Origin(file, Range(Position(1, 1), Position(1, 2)))


class Reader:
    """What a build reads, and what it met on the way."""

    def __init__(self, tree: Tree, cache: Cache, render_chart: Render | None) -> None:
        self.tree, self.cache, self.render_chart = tree, cache, render_chart
        self.problems: list[BuildProblem] = []
        self.unknown: list[Unknown] = []
        self.read_files: set[str] = set()
        self.stack: list[str] = []
        self.visits = 0
        self.changes = 0
        self.unrestricted = False
        self.schema = DEFAULT
        self.scopes = DEFAULT.cluster_scoped
        self.namespace = ""  # for charts
        self.is_component = False  # what is taken in just now
        self.looked_up = False  # whether the built-in schema has been asked
        self.provenance = provenance.BuildPlace()

    def place(self, folder: str) -> Origin:
        """The first line of a folder's kustomization."""
        return top_of(kustomization_file(self.tree, folder) or posixpath.join(folder, FILE_NAMES[0]))

    def documents(self, path: str, at: RNode | None, old_words: bool = False) -> list[RNode]:
        """The documents of a file, parsed once; the caller copies what it changes."""
        key = (path, old_words)
        self.read_files.add(path)
        if key not in self.cache.documents:
            data = self.tree.read(path)
            if data is None:
                raise MergeRefused(f"`{path}` cannot be read", at, "kustomization-file-missing")
            if not old_words and (reason := kept_elsewhere(data)):
                raise Awaited(f"`{path}` {reason}")
            text, placed = "", PlacedText(path, "")
            try:
                text = decode(data)
                twice: list[tuple[str, RNode]] = []
                placed = PlacedText(path, text)
                self.cache.documents[key] = read(text, placed, old_words=old_words, twice=twice if old_words else None)
                self.cache.has_blanks = self.cache.has_blanks or bool(placed.blanks)
                self.cache.twice[path] = twice
            except (NotReadable, UnicodeDecodeError) as error:
                rule = "kustomization-invalid"
                if isinstance(error, NotReadable) and template_reason(text, path):
                    rule = OF_TEMPLATE
                    self.unknown.append(
                        Unknown(f"`{path}` is a template, which is filled in before it is built", top_of(path), True)
                    )
                message, help = f"`{path}` cannot be read as YAML: not UTF-8", ""
                if isinstance(error, NotReadable):
                    message, help = f"`{path}` cannot be read as YAML: {error.message}", error.help
                    at = unreadable_at(error, text, placed, at)
                raise MergeRefused(message, at, rule, help) from None
        return self.cache.documents[key]

    def unmatched(self, what: str, target: RNode, state: ResAccumulator) -> None:
        """Say that nothing fits a target which names one object; of components nothing is said, and where anything is missing."""
        text = target.plain() if target.kind is MAPPING else {}
        name, kind = one_name(text), text.get("kind")
        if name is None or not isinstance(kind, str) or self.is_waiting() or self.is_component:
            return
        names = [one.id.name for one in state.present() if one.id.kind == kind]
        others = f"the objects of that kind: {', '.join(names[:5])}" if names else ""
        message = (
            f"{what} is for {kind} {name}, and no object of this kustomization is that, so that it changes nothing"
        )
        help = did_you_mean(name, names) or others or f"add {kind} {name} to the resources, or take this out"
        self.problems.append(
            BuildProblem("kustomization-target-unmatched", message, target.origin(), help, fatal=False)
        )

    def image_unmatched(self, entry: RNode, images: list[str]) -> None:
        """Say that no container has the image of an entry of `images`; of components nothing is said, and where anything is missing."""
        name = entry.get("name")
        if name is None or not isinstance(name.value, str) or self.is_waiting() or self.is_component or self.unknown:
            return
        others = f"the images: {', '.join(images[:5])}" if images else "no container stands in its resources"
        message = f"no container of this kustomization has the image {name.value}, so that this entry changes nothing"
        help = did_you_mean(name.value, images) or others
        self.problems.append(BuildProblem("kustomization-image-unmatched", message, name.origin(), help, fatal=False))

    def spend(self, looks: int, at: RNode) -> None:
        """Count looks at objects; raises Refused where they are too many."""
        self.changes += looks
        if self.changes > MAX_CHANGES:
            raise MergeRefused("there are more changes of objects than can be made here", at)

    def text_of(self, path: str) -> str:
        """What a file holds, as text."""
        try:
            return decode(self.tree.read(path) or b"")
        except (NotReadable, UnicodeDecodeError):
            return ""

    def kustomization(self, folder: str, at: RNode | None) -> RNode:
        """The kustomization of a folder, checked."""
        files = [
            path for name in FILE_NAMES if self.tree.is_file(path := posixpath.normpath(posixpath.join(folder, name)))
        ]
        if len(files) != 1:
            what = "several kustomization files" if files else "no kustomization.yaml"
            raise MergeRefused(f"the folder `{folder}` has {what}", at, "kustomization-file-missing")
        found = self.documents(files[0], at, old_words=True)
        if not found:
            raise MergeRefused(f"`{files[0]}` holds nothing; a kustomization is one document", at)
        if len(found) > 1:
            message = "kustomize reads the first document of a kustomization only; this one is left out"
            help = "write one kustomization in a file"
            self.problems.append(
                BuildProblem("kustomization-part-ignored", message, found[1].origin(), help, fatal=False)
            )
        for name, repeated in self.cache.twice.get(files[0], ()):
            message = f"`{name}` stands twice in this mapping; kustomize takes the last one and says nothing"
            help = "keep one of them, with all that both say"
            self.problems.append(
                BuildProblem("kustomization-part-ignored", message, repeated.origin(), help, fatal=False)
            )
        if files[0] not in self.cache.checked:
            root = found[0].copy()
            check(root)
            self.cache.checked[files[0]] = root
        root = self.cache.checked[files[0]].copy()
        for old, new in DEPRECATED.items():
            node = root.get(old)
            if node is not None and node.value:
                message = f"`{old}` is deprecated and goes with a later kustomize; write `{new}`"
                self.problems.append(
                    BuildProblem("kustomization-field-deprecated", message, node.origin_of_key(), fatal=False)
                )
        return root

    def resolve(self, folder: str, entry: str) -> str:
        """The path of an entry of a kustomization, from the root."""
        return posixpath.normpath(posixpath.join(folder, entry))

    def file(self, folder: str, entry: str, at: RNode) -> str:
        """The path of a file that must lie in or below its kustomization's folder."""
        target = self.resolve(folder, entry)
        inside = (folder == "." and not target.startswith("..")) or target.startswith(folder + "/")
        resolved = getattr(self.tree, "resolved", None)  # trees of texts have no links
        there = self.tree.is_file(target)
        if not there and is_remote(entry):
            raise Awaited(REMOTE, stops=False)
        if inside and resolved is not None and there:
            real, base = resolved(target), resolved(folder)
            inside = base == "." or real.startswith(base + "/")
        if entry.startswith("/") or (not inside and there and not self.unrestricted):
            raise MergeRefused(
                f"`{entry}` lies outside of the kustomization's folder, where kustomize reads no files",
                at,
                "kustomization-outside-root",
                "move the file into the folder, or make its folder a kustomization of its own",
            )
        if not there:
            if self.is_awaited(target):
                raise Awaited(f"`{entry}` is made before it is built")
            message = f"`{entry}` is not there, so that nothing is built"
            raise MergeRefused(message, at, "kustomization-file-missing", self.near(entry, target))
        return target

    def near(self, entry: str, target: str) -> str:
        """What may have been meant by an entry that is not there."""
        names = self.tree.names(posixpath.dirname(target) or ".")
        found = did_you_mean(posixpath.basename(target), (name for name in names if name not in FILE_NAMES))
        above = posixpath.dirname(entry)
        return found.replace("`", f"`{above}/", 1) if found and above else found

    def file_name(self, folder: str) -> str:
        """The kustomization file of a folder, as those who ask where objects come from see it."""
        name = posixpath.basename(kustomization_file(self.tree, folder) or FILE_NAMES[0])
        return posixpath.normpath(posixpath.join(self.provenance.path, name))

    def real(self, folder: str) -> str:
        """The name of a folder with links resolved."""
        resolved = getattr(self.tree, "resolved", None)
        return str(resolved(folder)) if resolved is not None else folder

    def is_waiting(self) -> bool:
        """Whether anything is missing that is elsewhere, made later, or told already."""
        return bool(self.unknown) or any(problem.fatal for problem in self.problems)

    def refuse(self, error: MergeRefused, folder: str) -> None:
        """Keep what the real tool refuses."""
        node = error.node
        if node is None or node.text is None:
            origin = self.place(folder)
        else:
            origin = node.origin_of_key() if error.of_key else node.origin()
        self.problems.append(BuildProblem(error.rule, error.message, origin, error.help))

    def is_awaited(self, target: str) -> bool:
        """Whether a file that is not there is made before a build: git ignores it, or a script or an example says so."""
        name = posixpath.basename(target)
        if (
            "{{" in target
            or is_of_bundle(target)
            or is_stand_in(name)
            or (self.stack and is_of_template(self.stack[-1]))
        ):
            return True  # what is copied elsewhere, and filled in, before it is built
        ignored = getattr(self.tree, "ignored", None)
        if ignored is not None and ignored(target):
            return True
        from kubetrial.lint.build.kustomize.made_first import Around, is_made_first, is_of_submodule

        self.cache.around = self.cache.around or Around()
        return is_of_submodule(self.tree, target, self.cache.around) or is_made_first(
            self.tree, target, self.cache.around
        )

    def is_made_there(self, folder: str) -> bool:
        """Whether a folder has a template of a kustomization instead of one."""
        if kustomization_file(self.tree, folder) is not None:
            return False
        names = frozenset(self.tree.names(folder))
        return any(not names.isdisjoint(templates_of(name)) for name in FILE_NAMES)

    @contextmanager
    def awaiting(self, entry: RNode) -> Iterator[None]:
        """Go on without an entry whose file is elsewhere or is not made yet, and say so; of missing files each is told."""
        try:
            yield
        except Awaited as missing:
            self.unknown.append(Unknown(missing.reason, entry.origin(), missing.stops))
        except MergeRefused as error:
            if error.rule not in _OF_FILES:
                raise
            self.refuse(error, self.stack[-1])  # the next file may be missing too

    def load(self, folder: str, kind: str) -> Callable[[str, RNode], bytes]:
        """What gives the bytes of a generator's input; what holds secrets or settings of one machine is seldom kept in git."""

        def bytes_of(entry: str, at: RNode) -> bytes:
            try:
                path = self.file(folder, entry, at)
            except MergeRefused as refused:
                private = kind == "Secret" or entry.endswith(".env")
                if private and refused.rule == "kustomization-file-missing" and not refused.help:
                    raise Awaited(f"`{entry}` is not kept in the repository") from None
                raise
            self.read_files.add(path)
            data = self.tree.read(path)
            if data is None:
                raise MergeRefused(f"`{entry}` cannot be read", at, "kustomization-file-missing")
            if reason := kept_elsewhere(data):
                raise Awaited(f"`{entry}` {reason}")
            return data

        return bytes_of

    def parse(self, node: RNode, old_words: bool, *, trimmed: bool = False) -> list[RNode]:
        """The documents that a text of the kustomization holds; `trimmed`: without the ends of its last lines."""
        placed = inner_text(node)
        text = str(node.value).rstrip() if trimmed else str(node.value)
        try:
            found = read(text, placed, old_words=old_words, twice=[] if old_words else None)
            self.cache.has_blanks = self.cache.has_blanks or bool(placed.blanks)
            return found
        except NotReadable as error:
            at = unreadable_at(error, str(node.value), placed, node)
            message = f"the patch cannot be read as YAML: {error.message}"
            raise MergeRefused(message, at, help=error.help) from None

    def chart_namespace(self, root: RNode) -> str:
        """The namespace of a chart that names none: that of the kustomization, else of one that takes it in."""
        found = root.get("namespace")
        return str(found.value) if found is not None and found.value else self.namespace

    def open_api(self, file: str, at: RNode) -> Any:
        """The data of a file of `openapi:`, which may hold a whole cluster's."""
        self.read_files.add(file)
        data = self.tree.read(file) or b""
        if data.lstrip()[:1] == b"{":
            import json

            try:
                return json.loads(data)
            except (ValueError, RecursionError):
                raise MergeRefused(f"`{file}` cannot be read as JSON", at) from None
        return next((document.plain() for document in self.documents(file, at, old_words=True)), {})

    def taken_in(self, entry: RNode, folder: str) -> list[Resource]:
        """The objects of a file or folder of generators or transformers."""
        state = ResAccumulator()
        self.take(entry, folder, state)
        for one in state.resources:
            one.file = one.made_by.removeprefix("path: ").rstrip("\n").strip("'\"")
        return state.resources

    def take(self, entry: RNode, folder: str, state: ResAccumulator) -> None:
        """One file or folder of `resources`; the build knows how."""
        raise NotImplementedError
