"""What a chart applies: its values, its templates rendered, and the objects with their origins, as `helm template` gives them.

Follows the install of helm.sh/helm/v3/pkg/action in client-only mode.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kubetrial.lint.build.chart import context, dependencies
from kubetrial.lint.build.chart.coalesce import NotCoalesced, coalesced
from kubetrial.lint.build.chart.left_open import LeftOpen, left_open
from kubetrial.lint.build.chart.load import LoadedChart, of_path, with_local
from kubetrial.lint.build.chart.manifests import Manifest, Manifests, NoManifest, sorted_out
from kubetrial.lint.build.chart.metadata import fits
from kubetrial.lint.build.chart.objects import INCLUDED, FileObject, Map, RenderedObject, action_range, pieces
from kubetrial.lint.build.chart.refusal import (
    FIRST,
    INVALID,
    MISSING,
    OUTPUT,
    REQUIRED,
    TEMPLATE,
    VALUES,
    VERSION,
    HelmRefused,
)
from kubetrial.lint.build.chart.sources import SourceText, YamlFile
from kubetrial.lint.build.chart.template import Engine, TemplateError, paths_of
from kubetrial.lint.build.chart.template.text import SpannedText
from kubetrial.lint.build.chart.values import GivenValues, Layer, Places, given, of_file
from kubetrial.lint.build.origin import BuildProblem, Built, Origin, Path, Tree, Unit, Unknown
from kubetrial.lint.values.records import dataclass, field, replace
from kubetrial.lint.yaml.source import decode

CI_VALUES = "-values.yaml"
MOST_STEPS = 4_000_000
"""Steps of all templates of a chart together; the largest of real charts need more than half of them."""
TOO_MUCH = "the chart takes too many steps or prints too much; this and what follows is not rendered"
MOST_ERRORS = 20
"""Templates that cannot be rendered, told of one chart."""


@dataclass(frozen=True)
class GivenFile:
    """A file that the user names and that may lie outside of the tree: its name and what it holds."""

    name: str
    data: bytes


@dataclass(frozen=True)
class ChartOptions:
    """How a chart is rendered: what `helm template` takes on its command line.

    `values_files`: paths in the tree, or files given as they are; `sets`: pairs such as ("set", "a=1") of set, set-string,
    set-json, set-file (of a path in the tree, or the name of one of `files`). `capabilities`: "helm" for the list of
    `helm template`, "server" for what the minor serves. `helm`: 3 or 4 for what that one does, 0 for what 3 does, with the functions of
    both. `strict`: what Helm refuses gives no objects, as in `helm template`; else
    the rest is rendered where it can be.
    """

    values_files: tuple[str | GivenFile, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    release: str = "release"
    namespace: str = "default"
    minor: int = 37
    helm: int = 0
    capabilities: str = "helm"
    api_versions: tuple[str, ...] = ()
    strict: bool = False
    include_crds: bool = True
    files: tuple[GivenFile, ...] = ()
    asked: context.Questions | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ChartFacts:
    """What rules ask of a chart: its parts, values and their places, and what rendering read and reached."""

    chart: LoadedChart
    values: Mapping[str, Any]
    places: Places
    templates: Mapping[str, SourceText]
    engine: Engine
    manifests: Manifests


@dataclass(frozen=True)
class ChartUnit(Unit):
    """A chart with one set of values; `facts` is None where it could not be read at all."""

    facts: ChartFacts | None = field(default=None, compare=False)
    text: str = ""
    asked: context.Questions | None = field(default=None, compare=False)

    def same_at(self, minor: int, before: int, api_versions: Sequence[str]) -> bool:
        """Whether another minor certainly gives the same unit as the one `before` that it was made for."""
        if self.asked is None or self.facts is None or not self.asked.same_at(minor, api_versions):
            return False
        wanted = _wanted_versions(self.facts.chart)
        return all(fits(one, f"v1.{minor}.0") == fits(one, f"v1.{before}.0") for one in wanted)


def charts(tree: Tree, folders: Iterable[str]) -> list[str]:
    """Of folders, those of charts that lie in no other chart's charts/."""
    found = []
    for folder in sorted({posixpath.normpath(folder) for folder in folders}):
        file = _in(folder, "Chart.yaml")
        if tree.is_file(file) and not _is_below_charts(tree, folder) and not is_object(tree.read(file) or b""):
            found.append(folder)
    return found


def is_object(chart_file: bytes) -> bool:
    """Whether a file called Chart.yaml holds an object of a cluster, such as a HelmChart of Flux."""
    return _OF_MANIFEST.search(chart_file) is not None


_OF_MANIFEST = re.compile(rb"\A(?:---\s+|#.*\n)*apiVersion:[ ]*[\w.-]+/\w+[ ]*\r?\nkind:[ ]*\w")


def _in(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _is_below_charts(tree: Tree, folder: str) -> bool:
    parts = folder.split("/")
    return any(
        part == "charts" and tree.is_file(_in("/".join(parts[:index]) or ".", "Chart.yaml"))
        for index, part in enumerate(parts)
    )


def ci_values(tree: Tree, chart: str) -> list[str]:
    """The values files in ci/ with which chart-testing installs a chart."""
    folder = _in(chart, "ci")
    return [_in(folder, name) for name in tree.names(folder) if name.endswith(CI_VALUES)]


Cache = dict[str, tuple[LoadedChart, tuple[str, ...]]]
"""Charts that were read, by their paths: for several renderings of one."""


def build(
    tree: Tree,
    path: str,
    options: ChartOptions = ChartOptions(),  # noqa: B008 (it is frozen)
    cache: Cache | None = None,
) -> ChartUnit:
    """The unit of the chart in a folder or archive. Never raises: what Helm refuses is a problem of the unit."""
    path = posixpath.normpath(path)
    run = _Run(tree, path, options, cache if cache is not None else {})
    try:
        run.render()
    except HelmRefused as error:
        run.problems.append(error.problem)
    except NotCoalesced as error:
        run.problems.append(BuildProblem(VALUES, str(error), run.at))
    except RecursionError:
        run.problems.append(BuildProblem(INVALID, "values or charts are nested too deep", run.at))
    refused = options.strict and any(problem.fatal for problem in run.problems)
    return ChartUnit(
        "chart",
        path,
        path,
        () if refused else tuple(run.objects),
        tuple(run.problems),
        tuple(run.unknown),
        frozenset(run.read),
        facts=run.facts,
        text="" if refused else run.text,
        asked=options.asked,
    )


def values_file(tree: Tree, one: str | GivenFile, at: Origin) -> YamlFile:
    """A values file that the user names; raises Refused, at `at` where there is none."""
    name, data = (one.name, one.data) if isinstance(one, GivenFile) else (one, tree.read(one))
    if data is None:
        raise HelmRefused(f"there is no values file `{name}`", at, VALUES)
    try:
        return YamlFile(SourceText(name, decode(data)))
    except UnicodeDecodeError:
        raise HelmRefused("the values file is no text", Origin(name, FIRST, None, False), VALUES) from None


def file_text(tree: Tree, options: ChartOptions, path: str) -> str | None:
    """The text of a file for --set-file."""
    given = next((one.data for one in options.files if one.name == path), None)
    data = given if given is not None else tree.read(path)
    return data.decode("utf-8", "surrogateescape") if data is not None else None


def _check_version_4(chart: LoadedChart) -> None:
    """Refuse a chart of a form that Helm 4 does not know; Helm 3 asks nobody."""
    if chart.metadata.text("apiVersion") not in ("v1", "v2"):
        raise HelmRefused(
            f"Helm 4 knows no chart of the apiVersion `{chart.metadata.text('apiVersion')}`",
            chart.metadata.origin("apiVersion"),
            help="write v2",
        )


class _Run:
    """One build: what it gathers."""

    def __init__(self, tree: Tree, path: str, options: ChartOptions, cache: Cache) -> None:
        self.tree, self.path, self.options, self.cache = tree, path, options, cache
        self.at = Origin(path if tree.is_file(path) else _in(path, "Chart.yaml"), FIRST, None, False)
        self.problems: list[BuildProblem] = []
        self.unknown: list[Unknown] = []
        self.read: set[str] = set()
        self.objects: list[Built] = []
        self.facts: ChartFacts | None = None
        self.text = ""

    def render(self) -> None:
        """All steps from the files to the objects."""
        chart = self.chart()
        if not self.options.strict and not self.tree.is_file(self.path):
            chart = with_local(self.tree, self.path, chart)
        files = [values_file(self.tree, one, self.at) for one in self.options.values_files]
        if self.options.helm >= 4:
            _check_version_4(chart)
            chart, files = with_all_documents(chart), [file.whole() for file in files]
        user = given(files, self.options.sets, lambda path: file_text(self.tree, self.options, path), self.at)
        self.note_files(chart, user)
        self.check_installable(chart)
        gaps = self.missing(chart)
        chart = dependencies.with_imports(dependencies.enabled(chart, user.values, helm=self.options.helm))
        values = coalesced(dependencies.member(chart), user.values, self.options.helm)
        places = places_of(chart, user)
        self.check_schemas(chart, values, places)
        self.check_version(chart)
        if self.options.strict and self.problems:
            return
        templates, contexts = templates_of(chart, values, self.options)
        sources = {name: file for name, (file, _) in templates.items()}
        engine = Engine({name: file.text for name, file in sources.items()}, helm=self.options.helm or 4)
        rendered = self.rendered(engine, templates, values, contexts, gaps)
        manifests = sorted_out(rendered, self.options.helm)
        texts = {layer.file.key: layer.file.source for layer in places.layers}
        for dot in contexts.values():
            texts.update(dot["Files"].sources)
            self.read.update(source.file for source in dot["Files"].sources.values())
        mapping = Map({**sources, **texts}, places.origin)
        self.problems.extend(_output_problem(fault, mapping, values, engine) for fault in manifests.faults)
        self.facts = ChartFacts(chart, values, places, sources, engine, manifests)
        self.objects.extend(_objects(chart if self.options.include_crds else None, manifests, mapping))
        self.text = printed(chart if self.options.include_crds else None, manifests)

    def chart(self) -> LoadedChart:
        """The chart as it was read, and what could not be."""
        if self.path not in self.cache:
            gaps: list[str] = []
            self.cache[self.path] = of_path(self.tree, self.path, gaps), tuple(gaps)
        chart, unreached = self.cache[self.path]
        for path in unreached:
            reason = f"`{path}` is a link that leads nowhere or out of the repository"
            if self.options.strict and not (self.tree.leads_out(path) and _is_beside(chart, path, self.path)):
                raise HelmRefused(reason, self.at)
            self.unknown.append(Unknown(reason, self.at))
        return chart

    def note_files(self, chart: LoadedChart, user: GivenValues) -> None:
        """Remember which files the build is made of."""
        self.read.update(file.source.file for file in user.files)
        pending = [chart]
        while pending:
            one = pending.pop()
            pending.extend(one.dependencies)
            self.read.add(one.metadata.file.source.file)
            files = [*one.templates, *(file for file in one.files if file.name.startswith(("crds/", "requirements.")))]
            self.read.update(file.file for file in files)
            if one.values_file is not None:
                self.read.add(one.values_file.source.file)
            if one.schema is not None:
                self.read.add(one.schema.file)

    def check_installable(self, chart: LoadedChart) -> None:
        """A library chart is no chart to install."""
        if chart.is_library and self.options.strict:
            raise HelmRefused(
                "a library chart gives definitions to others and cannot be installed", chart.metadata.origin("type")
            )

    def missing(self, chart: LoadedChart) -> bool:
        """Say which dependencies are not there; True where there is one."""
        gaps = dependencies.missing(chart)
        for one in gaps:
            if self.options.strict:
                help = "run `helm dependency build`"
                self.problems.append(
                    BuildProblem(MISSING, f"the dependency `{one.name}` is not in charts/", one.origin, help)
                )
            else:
                self.unknown.append(Unknown(f"the dependency `{one.name}` is not in charts/", one.origin))
        if gaps and self.options.strict:
            raise HelmRefused(self.problems.pop().message, gaps[-1].origin, MISSING, "run `helm dependency build`")
        return bool(gaps) or (not self.options.strict and any(map(_has_gaps, chart.dependencies)))

    def check_schemas(self, chart: LoadedChart, values: Mapping[str, Any], places: Places) -> None:
        """Say what the schemas of a chart and its dependencies have against the values."""
        if not _has_schema(chart):
            return
        from kubetrial.lint.build.chart import schema  # it brings a library along that most charts do not need

        for said in schema.check(chart, values, places):
            if isinstance(said, BuildProblem):
                self.problems.append(said)
            else:
                self.unknown.append(said)

    def check_version(self, chart: LoadedChart) -> None:
        """Say where the chart is not for the version."""
        wanted = chart.metadata.text("kubeVersion")
        version = f"v1.{self.options.minor}.0"
        if wanted and not fits(wanted, version):
            message = f"the chart asks for Kubernetes `{wanted}`, which {version} is not"
            self.problems.append(BuildProblem(VERSION, message, chart.metadata.origin("kubeVersion")))

    def rendered(
        self,
        engine: Engine,
        templates: Mapping[str, tuple[SourceText, str]],
        values: Mapping[str, Any],
        contexts: Mapping[str, Any],
        gaps: bool,
    ) -> dict[str, SpannedText]:
        """What each template prints; what cannot be rendered is said."""
        sources = {name: file for name, (file, _) in templates.items()}
        errors = list(engine.errors)
        texts: dict[str, SpannedText] = {}
        paths = paths_of(values)
        kept = containers(values)
        for name, (_, chart_path) in templates.items():
            if posixpath.basename(name).startswith("_") or (errors and self.options.strict):
                continue
            if engine.spent > MOST_STEPS:
                errors.append(TemplateError(TOO_MUCH, name, sources[name].text, 0))
                break
            dot = contexts[chart_path]
            dot["Template"] = {"Name": name, "BasePath": f"{chart_path}/templates"}
            before = dict(dot)
            made = engine.render(name, dot, paths) if name in engine.templates else None
            if made is not None and made.error is not None:
                errors.append(made.error)
                # Helm stops here. What this template had set for all of them it would not have left unfinished.
                dot.clear()
                dot.update(before)
            elif made is not None and not name.endswith("NOTES.txt"):
                texts[name] = made.text
        del kept
        self.say(errors, sources, gaps, left_open(values, engine))
        return texts

    def say(
        self, errors: Sequence[TemplateError], sources: Mapping[str, SourceText], gaps: bool, left: LeftOpen
    ) -> None:
        """The problems of templates, each place once; where a dependency is missing, nothing is concluded from them."""
        told: set[tuple[str, int]] = set()
        for error in errors:
            place = (error.file, error.offset)
            if place in told or len(told) >= MOST_ERRORS:
                continue
            told.add(place)
            problem = _template_problem(error, sources, self.at, left)
            if gaps and not self.options.strict:
                self.unknown.append(
                    Unknown(f"not rendered without the missing dependency: {problem.message}", problem.origin)
                )
            else:
                self.problems.append(problem)


def with_all_documents(chart: LoadedChart) -> LoadedChart:
    """A chart, and those below it, with all documents of their values files."""
    below = tuple(map(with_all_documents, chart.dependencies))
    file = chart.values_file.whole() if chart.values_file is not None else None
    values = chart.values if file is None or file is chart.values_file else of_file(file)
    return replace(chart, values=values, values_file=file, dependencies=below)


def _wanted_versions(chart: LoadedChart) -> list[str]:
    """The kubeVersion of a chart and of its dependencies, where one is written."""
    own = chart.metadata.text("kubeVersion")
    return [*([own] if own else []), *(one for each in chart.dependencies for one in _wanted_versions(each))]


def _has_gaps(chart: LoadedChart) -> bool:
    """Whether a dependency of a chart that lies beside it, or one of those below, is fetched before it is packed."""
    return bool(dependencies.missing(chart)) or any(map(_has_gaps, chart.dependencies))


def _has_schema(chart: LoadedChart) -> bool:
    return chart.schema is not None or any(_has_schema(each) for each in chart.dependencies)


def templates_of(
    chart: LoadedChart, values: Mapping[str, Any], options: ChartOptions
) -> tuple[dict[str, tuple[SourceText, str]], dict[str, Any]]:
    """The templates of a chart and its dependencies in Helm's order, and the dot of each chart by its path."""
    names = context.offline_versions() if options.capabilities == "helm" else []
    names += context.server_versions(options.minor) if options.capabilities != "helm" else ()
    shared = {
        "Release": context.release(options.release, options.namespace),
        "Capabilities": context.capabilities(
            options.minor, [*names, *options.api_versions], options.asked, options.helm
        ),
    }
    found: dict[str, tuple[SourceText, str]] = {}
    contexts: dict[str, Any] = {}
    _gather(chart, chart.name, values, shared, found, contexts, options.helm)
    order = sorted(sorted(found, reverse=True), key=lambda name: -name.count("/"))
    return {name: found[name] for name in order}, contexts


def containers(values: Any) -> list[Any]:
    """All maps and lists of values, held so that their identities stay theirs while templates change them."""
    found, pending = [], [values]
    while pending:
        one = pending.pop()
        found.append(one)
        inner = one.values() if isinstance(one, dict) else one
        pending.extend(each for each in inner if isinstance(each, (dict, list)))
    return found


def _gather(
    chart: LoadedChart,
    path: str,
    values: Any,
    shared: Mapping[str, Any],
    found: dict[str, tuple[SourceText, str]],
    contexts: dict[str, Any],
    helm: int = 3,
) -> dict[str, Any]:
    """The dot of a chart; its templates and those of its dependencies are put into `found`."""
    below: dict[str, Any] = {}
    dot = {
        "Chart": context.about(chart.name, chart.metadata, chart.requirements, "/" not in path, helm),
        "Files": context.Files(chart.files),
        **shared,
        "Values": values,
        "Subcharts": below,
    }
    contexts[path] = dot
    for each in chart.dependencies:
        held: Any = values
        for key in each.name.split("."):
            held = held.get(key) if isinstance(held, dict) else None
        inner = held if isinstance(held, dict) else {}
        below[each.name] = _gather(each, f"{path}/charts/{each.name}", inner, shared, found, contexts, helm)
    for file in chart.templates:
        if not chart.is_library or posixpath.basename(file.name).startswith("_"):
            found[f"{path}/{file.name}"] = (file.source(), path)
    return dot


def places_of(chart: LoadedChart, user: GivenValues) -> Places:
    """The lines of values: the user's files over those of the charts, from the top down."""
    layers = [Layer(file, ()) for file in reversed(user.files)]
    pending: list[tuple[LoadedChart, Path]] = [(chart, ())]
    while pending:
        one, at = pending.pop(0)
        if one.values_file is not None:
            layers.append(Layer(one.values_file, at))
        pending.extend((each, (*at, each.name)) for each in one.dependencies)
    return Places(tuple(layers), user.assigned, tuple(dependencies.imports(chart)))


def _template_problem(
    error: TemplateError, sources: Mapping[str, SourceText], at: Origin, left: LeftOpen
) -> BuildProblem:
    source = sources.get(error.file)
    rule, message = TEMPLATE, error.problem
    for word in ("required: ", "fail: "):
        if message.startswith(word):
            rule, message = REQUIRED, message.removeprefix(word)
    if source is None:
        return BuildProblem(rule, message, at)
    origin = source.origin(action_range(source, error.offset), None, False)
    chain = tuple(
        sources[file].origin(action_range(sources[file], offset), None, False, INCLUDED)
        for file, offset in reversed(error.chain)
        if file in sources and (file, offset) != (error.file, error.offset)
    )
    end = source.text.find("}}", error.offset)
    waits_for = left.fails_for(error, source.text[error.offset : end if end >= 0 else None])
    return BuildProblem(rule, message, replace(origin, via=(*origin.via, *chain)), waits_for=waits_for)


_MADE_OF = re.compile(r"(?:templates|charts|crds)(?:/|\Z)|[^/]*values[^/]*\Z|Chart\.|requirements\.")


def _is_beside(chart: LoadedChart, path: str, folder: str) -> bool:
    """Whether a file of a chart takes no part in what it prints: a README, where no template asks for files."""
    inside = posixpath.relpath(path, folder)
    return _MADE_OF.match(inside) is None and not any(b".Files" in file.data() for file in chart.templates)


def _output_problem(fault: NoManifest, mapping: Map, values: Mapping[str, Any], engine: Engine) -> BuildProblem:
    start = fault.range.start
    begin = 0
    for _ in range(start.line - 1):
        begin = fault.text.find("\n", begin) + 1
    offset = min(begin + start.column - 1, max(len(fault.text) - 1, 0))
    source = mapping.templates[fault.name]
    origin = mapping.origin(fault.text, offset, offset + 1) or source.origin(source.range(0, 1), None, False)
    end = fault.text.find("\n", offset)
    printed = pieces(mapping.templates, fault.text, begin, end if end >= 0 else len(fault.text))
    waits_for = left_open(values, engine).breaks(printed)
    message = f"what the template prints cannot be applied: {fault.message}"
    return BuildProblem(OUTPUT, message, origin, fault.help, waits_for=waits_for)


def _objects(crds_of: LoadedChart | None, manifests: Manifests, mapping: Map) -> Iterator[Built]:
    """The objects in the order in which Helm prints them."""
    for name, file in crds_of.crds() if crds_of is not None else ():
        yaml = YamlFile(file.source())
        for document in yaml.read.documents:
            if isinstance(document.value, dict):
                yield FileObject(document, yaml, name)
    for manifest in (*manifests.plain, *manifests.hooks):
        for document in manifest.source.documents:
            if isinstance(document.value, dict):
                yield RenderedObject(document, manifest.text, mapping, manifest.name, manifest.hook)


def printed(crds_of: LoadedChart | None, manifests: Manifests) -> str:
    """The text of `helm template`."""
    parts = [_printed(name, file.text()) for name, file in (crds_of.crds() if crds_of is not None else ())]
    parts += [_of_manifest(one) for one in manifests.plain]
    return "".join(parts).strip() + "\n" + "".join(_of_manifest(one) for one in manifests.hooks)


def _of_manifest(one: Manifest) -> str:
    return _printed(one.name, str(one.text))


def _printed(name: str, text: str) -> str:
    return f"---\n# Source: {name}\n{text}\n"
