"""The charts of a set as units: each with the values that it brings, with each file of its ci/, or as the user says."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.build.chart import ChartOptions, ChartUnit, GivenFile, build, charts, ci_values
from kubetrial.lint.build.chart.context import Questions
from kubetrial.lint.build.chart.left_open import LeftOpen, left_open
from kubetrial.lint.build.chart.load import FILLED_IN
from kubetrial.lint.build.chart.refusal import FIRST, OUTPUT, REQUIRED, TEMPLATE, VALUES
from kubetrial.lint.build.chart.rendering import TOO_MUCH
from kubetrial.lint.build.chart.template.sprig_random import RANDOM, RANDOM_UUID
from kubetrial.lint.build.given_elsewhere import Given, GivenElsewhere, is_global
from kubetrial.lint.build.origin import BuildProblem, Built, Origin, Path, Tree, Unit, Unknown
from kubetrial.lint.values.names import dns_label
from kubetrial.lint.values.records import dataclass, field, replace

if TYPE_CHECKING:
    from kubetrial.lint.build.chart.branches import Explored, Way

CHART_FILE = "Chart.yaml"
_OWN = frozenset(
    (CHART_FILE, "Chart.lock", "requirements.yaml", "requirements.lock", "values.yaml", "values.schema.json")
)
_INSIDE = ("templates/", "charts/", "ci/", "crds/")
MOST_MISSED = 20
MOST_SPENT = 4_000_000
"""Steps of all renderings of a run, after which each chart is rendered with one set of values only; real repositories need a tenth."""
Shown = Callable[[str], str]


_NOBODYS = "default"
"""The namespace that a release goes into where nobody chose one."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What one unit of a chart is rendered with; `variant` names it, empty for the values that the chart brings or the user gives.

    `brought`: nobody but the chart chose the values, so that what it requires beyond them is no mistake; `own`: they stand in files of
    the chart, those of its ci/ among them, and what these leave open is left to whoever installs it. `filled_later`: they hold variables
    that Flux fills in with what the cluster has.
    """

    variant: str = ""
    values_files: tuple[str | GivenFile, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()
    release: str = "release"
    namespace: str = _NOBODYS
    api_versions: tuple[str, ...] = ()
    brought: bool = False
    own: bool = False
    helm: int = 0
    filled_later: bool = False


Renderings = Callable[[str], Sequence[Rendering]]
"""The renderings of the chart in a folder."""


@dataclass(frozen=True, slots=True)
class Charts:
    """The units of charts, the files that they are made of, and those of the files that are templates."""

    units: tuple[Unit, ...] = ()
    sources: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    built: tuple[ChartUnit, ...] = field(
        default=(), compare=False
    )  # the same units, with paths from the root and facts
    by_name: dict[str, ChartUnit] = field(default_factory=dict, compare=False)  # the same by the names of their units
    made: dict[str, tuple[str, Rendering]] = field(
        default_factory=dict, compare=False
    )  # unit -> its folder and rendering
    search: dict[str, Explored] = field(default_factory=dict, compare=False)  # folder -> what --branches found
    minor: int = 0  # for which the units are rendered
    shown: Shown = field(default=str, compare=False)

    def folders(self) -> list[str]:
        """The folders of the charts, from the root."""
        return list(dict.fromkeys(folder for folder, _ in self.made.values()))


def by_itself(tree: Tree, folder: str, release: str = "release", namespace: str = "default") -> Iterator[Rendering]:
    """A chart with the values that it brings, and with each values file of its ci/.

    One that has no values.yaml, and values files of other names (`values-prod.yaml`), is installed with one of these.
    """
    plain = Rendering(release=release, namespace=namespace, brought=True, own=True)
    others = (
        [] if tree.is_file(_joined(folder, "values.yaml")) else [*filter(_OTHER_VALUES.fullmatch, tree.names(folder))]
    )
    for name in others:
        yield replace(plain, variant=name, values_files=(_joined(folder, name),))
    if not others:
        yield plain
    for file in ci_values(tree, folder):
        inside = posixpath.relpath(file, folder)
        yield replace(plain, variant=inside, values_files=(file,), brought=False)


_OTHER_VALUES = re.compile(r"values[-_.][\w.-]{1,100}\.ya?ml|[\w.-]{1,100}[-_.]values\.ya?ml")


def folders_of(tree: Tree, files: Sequence[str]) -> list[str]:
    """The outermost charts among files, and those that a file lies in."""
    found: set[str] = set()
    for folder in {posixpath.dirname(file) for file in files}:
        while folder not in found:
            if tree.is_file(_joined(folder, CHART_FILE)):
                text = tree.read(_joined(folder, CHART_FILE)) or b""
                if not _is_template(text) and (text.strip() or tree.is_folder(_joined(folder, "templates"))):
                    found.add(folder)
            if folder in ("", "."):
                break
            folder = posixpath.dirname(folder)
    return charts(tree, [folder or "." for folder in found])


def _is_template(text: bytes) -> bool:
    """Whether a Chart.yaml has actions, variables or a name in capitals: then it is a template of charts."""
    return b"{{" in text or (b"[[" in text and b"]]" in text) or _FILLED_IN.search(text) is not None


_FILLED_IN = re.compile(
    rb"(?m)^(?:name|version)[ ]*:[ ]*[\"']?(?:[^\s#]*\$\{[A-Za-z_]\w*\}|[A-Z][A-Z0-9]*[_-][A-Z0-9_-]*[\"']?[ \t\r]*$)"
)


def rendered(
    tree: Tree,
    folders: Sequence[str],
    renderings: Renderings,
    minor: int,
    shown: Shown,
    files: Sequence[str] = (),
    *,
    branches: bool = False,
    earlier: Charts | None = None,
) -> Charts:
    """Build the charts in folders. `shown` gives the name of a path in reports; `files` are those of the set.

    `branches`: also with values that reach what the given ones do not. `earlier` are the same charts as another minor has them:
    what does not depend on the minor is taken from there.
    """
    units: list[Unit] = []
    sources: set[str] = set()
    built: list[ChartUnit] = []
    by_name: dict[str, ChartUnit] = {}
    how: dict[str, tuple[str, Rendering]] = {}
    search: dict[str, Explored] = {}
    spent = [0]
    known, made_of = _known(earlier), _maker(tree, minor, earlier)
    for folder in folders:
        prefix = "" if folder == "." else folder + "/"
        if tree.is_file(folder):
            sources.add(folder)  # a chart that is packed
        read_by_templates = _folders_read(tree, folder)
        sources.update(
            file
            for file in files
            if file.startswith(prefix)
            and (is_source(inside := file[len(prefix) :]) or inside.partition("/")[0] in read_by_templates)
        )
        given = GivenElsewhere(tree, folder)
        made = _within((settled(one, made_of(folder, one), made_of, folder) for one in renderings(folder)), spent)
        for rendering, unit in made:
            built.append(unit)
            before = known.get((folder, rendering))
            if before is not None and before[0] is unit:
                units.append(before[1])
            else:
                units.append(_as_shown(unit, folder, rendering, shown, given, _values_of_others(made, unit)))
            by_name[units[-1].name] = unit
            how[units[-1].name] = (folder, rendering)
            sources.update(unit.read)
        if branches and made:
            units.extend(_branches(tree, folder, [one for one, _ in made], minor, shown, search, given))
    templates = frozenset(shown(file) for file in sources if "templates" in file.split("/")[:-1])
    return Charts(
        tuple(units), frozenset(map(shown, sources)), templates, tuple(built), by_name, how, search, minor, shown
    )


def settled(
    one: Rendering, unit: ChartUnit, made_of: Callable[[str, Rendering], ChartUnit], folder: str
) -> tuple[Rendering, ChartUnit]:
    """A rendering and its unit; in the namespace that the chart itself names, where it is rendered with its own values.

    Nobody chose the namespace of the release then. A chart that writes one for some of its objects is meant for that one: the others,
    which go where the release goes, stand beside them.
    """
    if not one.own or one.namespace != _NOBODYS:
        return one, unit
    named: Counter[str] = Counter()
    for built in unit.objects:
        metadata = built.value.get("metadata")
        space = metadata.get("namespace") if isinstance(metadata, dict) else None
        if isinstance(space, str) and space and space != one.namespace and dns_label(space) is None:
            named[space] += not space.startswith("kube-")
    if not named or not +named:
        return one, unit
    one = replace(one, namespace=max(named, key=named.__getitem__))
    return one, made_of(folder, one)


def _maker(tree: Tree, minor: int, earlier: Charts | None) -> Callable[[str, Rendering], ChartUnit]:
    """What renders the chart in a folder, or takes the unit of another minor that is certainly the same."""
    known = _known(earlier)

    def made_of(folder: str, one: Rendering) -> ChartUnit:
        before = known.get((folder, one))
        if earlier is not None and before and before[0].same_at(minor, earlier.minor, one.api_versions):
            return before[0]
        return build(tree, folder, _options(one, minor))

    return made_of


def _values_of_others(made: Sequence[tuple[Rendering, ChartUnit]], unit: ChartUnit) -> list[Mapping[str, Any]]:
    """The values of the other renderings of a chart that somebody chose."""
    return [one.facts.values for way, one in made if not way.brought and one is not unit and one.facts is not None]


def _known(earlier: Charts | None) -> dict[tuple[str, Rendering], tuple[ChartUnit, Unit]]:
    """(folder, rendering) -> its unit, and the same as reports call it."""
    if earlier is None:
        return {}
    named = {unit.name: unit for unit in earlier.units}
    return {earlier.made[name]: (unit, named[name]) for name, unit in earlier.by_name.items()}


def _within(renderings: Iterator[tuple[Rendering, ChartUnit]], spent: list[int]) -> list[tuple[Rendering, ChartUnit]]:
    """The renderings that there is work left for, the first one at any rate; `spent` is the work of all charts so far."""
    made: list[tuple[Rendering, ChartUnit]] = []
    for rendering, unit in renderings:
        made.append((rendering, unit))
        spent[0] += unit.facts.engine.spent if unit.facts is not None else 0
        if spent[0] > MOST_SPENT:
            at = Origin(_joined(unit.path, CHART_FILE), FIRST, None, False)
            said = Unknown("the charts take too many steps: no other values of this one are tried", at)
            made[-1] = rendering, replace(unit, unknown=(*unit.unknown, said))
            break
    return made


def as_of(
    before: Tree, now: Tree, found: Charts, folder_of: Callable[[str], str | None], minor: int
) -> dict[str, Unit]:
    """The charts of an older tree with the values of today's units, by their names; one that was not there has none.

    `folder_of` says where the chart of a folder stood. A values file that the older tree does not have is taken as it is `now`.
    """
    units: dict[str, Unit] = {}
    for name, (folder, rendering) in found.made.items():
        old = folder_of(folder)
        if old is None or not before.is_file(_joined(old, CHART_FILE)):
            continue
        files = tuple(
            one if isinstance(one, GivenFile) or before.is_file(one) else GivenFile(one, now.read(one) or b"")
            for one in rendering.values_files
        )
        rendering = replace(rendering, values_files=files)
        units[name] = _as_shown(build(before, old, _options(rendering, minor)), folder, rendering, found.shown)
    return units


def silent_templates(found: Charts) -> int:
    """How many templates of charts print no object with any of the values that they were rendered with."""
    from kubetrial.lint.build.chart.coverage import silent

    total = 0
    for folder in dict.fromkeys(unit.path for unit in found.built):
        if folder in found.search:
            continue  # said by what the search did not reach
        total += silent([unit.facts for unit in found.built if unit.path == folder and unit.facts is not None])
    return total


def searched(found: Charts) -> Iterator[str]:
    """What the searches of branches reached, and what they did not: one line a chart."""
    from kubetrial.lint.build.chart.coverage import coverage

    for folder, search in found.search.items():
        facts = [unit.facts for unit in found.built if unit.path == folder and unit.facts is not None]
        files = coverage(facts, search)
        by_itself = sum(one.reached for one in coverage(facts))
        every, reached = sum(len(one.actions) for one in files), sum(one.reached for one in files)
        missed = [
            f"{found.shown(one.file)}:{branch.line}"
            for one in files
            for branch in one.branches
            if not branch.hits and branch.outcome
        ]
        rest = f"; not reached: {', '.join(missed[:MOST_MISSED])}" if missed else ""
        rest += f" and {len(missed) - MOST_MISSED} more" if len(missed) > MOST_MISSED else ""
        rest += "; the search was cut off, as it takes too many steps" if search.cut else ""
        yield f"{found.shown(folder)}: {reached} of {every} actions are reached, {by_itself} with the values that it brings{rest}"


def _options(rendering: Rendering, minor: int) -> ChartOptions:
    return ChartOptions(
        values_files=rendering.values_files,
        sets=rendering.sets,
        release=rendering.release,
        namespace=rendering.namespace,
        minor=minor,
        capabilities="server",
        api_versions=rendering.api_versions,
        helm=rendering.helm,
        asked=Questions(),
    )


def _branches(
    tree: Tree,
    folder: str,
    renderings: Sequence[Rendering],
    minor: int,
    shown: Shown,
    search: dict[str, Explored],
    given: Given,
) -> Iterator[Unit]:
    """Units of what the values of the first rendering, and the files of the others, do not reach; `given` as of `_judged`."""
    from kubetrial.lint.build import branch_units

    first = renderings[0]
    files = [file for one in renderings[1:] for file in one.values_files if isinstance(file, str)]
    found, variants = branch_units.explored(tree, folder, _options(first, minor), files)
    if found is None:
        return
    search[folder] = found
    for number, (variant, unit) in enumerate(variants, start=1):

        def made_of(way: Way, unit: ChartUnit | None = None, number: int = number) -> Unit:
            if unit is None:
                unit = branch_units.rendered(tree, folder, _options(first, minor), way)
            named = replace(first, variant=f"--branches {number}", values_files=())
            made = _as_shown(unit, folder, named, shown, given)
            # What is refused here is not known to be wrong: other values may be asked for.
            return replace(made, objects=list(branch_units.reached(unit, made.objects, way)), problems=())

        leads = branch_units.VariantLeads(found, variant, unit, shown, made_of)
        yield replace(made_of(variant.way, unit), leads=leads)


_READS_FILE = re.compile(rb"\.Files\.(?:Get|Glob|Lines|GetBytes)\s+(?:\(\s*)?(?:printf\s+|print\s+)?[\"`]([\w.-]+)/")


def _folders_read(tree: Tree, folder: str) -> frozenset[str]:
    """The folders of a chart whose files its templates read, with `.Files`: Helm applies none of them as they stand."""
    found: set[str] = set()
    at = _joined(folder, "templates")
    for name in tree.names(at) if not folder.endswith(".tgz") else ():
        path = _joined(at, name)
        text = tree.read(path) if tree.is_file(path) else None
        if text is not None and b".Files." in text:
            found.update(match.decode() for match in _READS_FILE.findall(text))
    return frozenset(found)


def is_source(inside: str) -> bool:
    """Whether a file of a chart, by its path in it, is what the chart is made of, and no manifest by itself."""
    if inside in _OWN or inside.startswith(_INSIDE):
        return True
    return "/" not in inside and "values" in inside and inside.endswith((".yaml", ".yml"))


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder or ".", name))


def _as_shown(
    unit: ChartUnit,
    folder: str,
    rendering: Rendering,
    shown: Shown,
    given: Given | None = None,
    others: Sequence[Mapping[str, Any]] = (),
) -> Unit:
    """A unit with the names that reports use; its Chart.yaml, or its first values file, stands for it."""
    name = shown(folder)
    files = [file for file in rendering.values_files if isinstance(file, str)]
    main = folder if folder.endswith(".tgz") else _joined(folder, CHART_FILE)
    path = shown(files[0] if rendering.variant and files else main)
    given = given or Given()
    left = _left_open(unit, others, given) if rendering.brought or rendering.own else None
    problems, unknown = _judged(unit, rendering, left, given)
    objects = [Shipped(one, rendering, shown, left) for one in unit.objects]
    if rendering.own and objects and _only_tests(unit):
        reason = "it is rendered by tests of templates: nothing that it prints is a Kubernetes object"
        unknown.append(Unknown(reason, Origin(main, FIRST, None, False)))
        objects = []
    return Unit(
        "chart",
        path,
        f"{name} ({rendering.variant})" if rendering.variant else name,
        objects,
        tuple(replace(one, origin=one.origin.shown_as(shown)) for one in problems),
        tuple(replace(one, origin=one.origin.shown_as(shown)) for one in unknown),
        frozenset(map(shown, unit.read)),
        rendering.variant,
    )


def _judged(
    unit: ChartUnit, rendering: Rendering, left: LeftOpen | None, given: Given
) -> tuple[list[BuildProblem], list[Unknown]]:
    """The problems, without those that only say which values a user has to give, or what is not there: these are not known.

    `given` says of a value that the chart does not bring whether it comes from elsewhere.
    """
    gaps = bool(unit.unknown)
    asking = rendering.brought and any(
        problem.rule == REQUIRED or (problem.rule == TEMPLATE and _awaits(problem, unit, given))
        for problem in unit.problems
    )
    kept: list[BuildProblem] = []
    unknown = list(unit.unknown)
    for one in unit.problems:
        waits_for = left.open_of(one.waits_for) if left is not None else ()
        reason = _why_unknown(one, unit, rendering, (gaps, asking, given.is_part), bool(waits_for))
        if not reason:
            kept.append(one)
            continue
        told = left.told(waits_for) if left is not None and waits_for and one.rule != REQUIRED else None
        unknown.append(Unknown(f"{reason} ({one.message})", one.origin, waits_for=told))
    return kept, unknown


def _why_unknown(
    one: BuildProblem, unit: ChartUnit, rendering: Rendering, missing: tuple[bool, bool, bool], waits: bool
) -> str:
    """Why a problem is none of the chart's, or "".

    `missing`: whether parts of the chart are not there, whether it asks for values, and whether it is a part of another chart; `waits`:
    whether this problem is for want of a value.
    """
    gaps, asking, part = missing
    if one.message.startswith("there is no template") and (part or not _defines(unit)):
        # A chart without a definition of its own takes them from the chart around it, which is not here.
        return "it takes its templates from another chart"
    if one.rule == REQUIRED and (rendering.brought or gaps or _looks_up(unit)):
        return "it asks for more than it is given here"
    if one.rule == VALUES and ((rendering.brought and waits) or one.message.startswith(FILLED_IN)):
        return "it asks for values that it does not bring"
    if one.rule == VALUES and rendering.filled_later and _VARIABLE.search(one.message):
        return "Flux fills in a value before it is installed"
    if one.rule == OUTPUT and waits:
        return "it prints values that it does not bring"
    if one.message == TOO_MUCH:
        return "it is no chart that is rendered in a moment"  # a bound of ours, and none of Helm's
    asked = asking and (one.waits_for or ": required: " in one.message or _UNSET.match(one.message) is not None)
    if one.rule in (TEMPLATE, OUTPUT) and (gaps or asked):
        return "it cannot be rendered as it is given here"
    return ""


_UNSET = re.compile(r"nil pointer: \.(?!(?:Values|Release|Chart|Capabilities|Files|Template|Subcharts)\b)")
"""What another template would have put on the dot, had it not asked for a value."""
_VARIABLE = re.compile(r"\$\{[A-Za-z_]\w*")


def _awaits(problem: BuildProblem, unit: ChartUnit, given: Given) -> bool:
    """Whether a template failed for want of a value that values.yaml leaves empty, or lacks and that others give, or of a secret one.

    One that nobody gives, and that one place reads, was forgotten, which is a mistake of the chart.
    """
    if ": required: " in problem.message:
        return True  # asked for in a text that a template reads
    values = unit.facts.values if unit.facts is not None else {}
    return any(
        is_global(str(path[0]))
        or _is_left_empty(values, path)
        or given(str(path[-1]))
        or (len(path) == 1 and (_reads_of(unit, str(path[0])) >= _FEWEST_READS or _is_in_secret(problem, unit)))
        for path in problem.waits_for
    )


_FEWEST_READS = 2
"""Places that read below one name which values.yaml lacks: who writes so many counts on somebody to give it."""


def _is_in_secret(problem: BuildProblem, unit: ChartUnit) -> bool:
    """Whether a problem stands in a Secret: what it holds is in no values.yaml that is kept beside the chart."""
    sources = unit.facts.templates.values() if unit.facts is not None else ()
    text = next((source.text for source in sources if source.file == problem.origin.file), "")
    lines = text.split("\n")
    at = min(problem.origin.value.start.line - 1, len(lines))
    begin = next((place for place in range(at - 1, -1, -1) if lines[place].startswith("---")), 0)
    end = next((place for place in range(at, len(lines)) if lines[place].startswith("---")), len(lines))
    return any(line.split("#")[0].strip() == "kind: Secret" for line in lines[begin:end])


def _reads_of(unit: ChartUnit, name: str) -> int:
    """How often the templates of a chart read something below a value."""
    read = re.compile(rf"\.Values\.{re.escape(name)}\.")
    sources = unit.facts.templates.values() if unit.facts is not None else ()
    return sum(len(read.findall(source.text)) for source in sources)


def _is_left_empty(values: Mapping[str, Any], path: Path) -> bool:
    """Whether a value, or what it stands below, is written with nothing in it."""
    held: Any = values
    for depth, key in enumerate(path):
        if not isinstance(held, dict):
            return held is None
        if key not in held:
            return depth > 0 and not held
        held = held[key]
    return True


def _only_tests(unit: ChartUnit) -> bool:
    """Whether a chart is there to test a library chart: nothing that it prints is an object, and what stands beside says so."""
    if unit.facts is None or any("kind" in one.value or "apiVersion" in one.value for one in unit.objects):
        return False
    chart = unit.facts.chart
    return (
        any(_OF_TESTS.search(part) for part in unit.path.split("/"))
        or any(file.name.startswith("tests/") and file.name.endswith("_test.yaml") for file in chart.files)
        or any(one.repository.startswith("file://") for one in chart.requirements)
    )


_OF_TESTS = re.compile(r"(?:^|[_.-])tests?(?:[_.-]|\Z)")


def _looks_up(unit: ChartUnit) -> bool:
    """Whether a template asks the cluster, of which nothing is known here."""
    return unit.facts is not None and any("lookup" in source.text for source in unit.facts.templates.values())


def _defines(unit: ChartUnit) -> bool:
    """Whether any template of a chart defines one by name."""
    texts = [source.text for source in unit.facts.templates.values()] if unit.facts is not None else []
    return any(re.search(r"\{\{-?\s*(?:define|block)\b", text) for text in texts)


def _left_open(unit: ChartUnit, others: Sequence[Mapping[str, Any]], given: Given) -> LeftOpen | None:
    return left_open(unit.facts.values, unit.facts.engine, others, given) if unit.facts is not None else None


class Shipped:
    """An object of a chart as it is installed: in the namespace of the release, with the names that reports use."""

    __slots__ = ("_built", "_left", "_namespace", "_shown", "_value", "release")

    def __init__(self, built: Built, rendering: Rendering, shown: Shown, left: LeftOpen | None) -> None:
        self._built, self._namespace, self._shown, self._left = built, rendering.namespace, shown, left
        self.release = rendering.release if rendering.own else ""  # the name of ours, which is nobody's
        self._value: dict[str, Any] | None = None

    @property
    def template(self) -> str:
        """The template that printed it, or its file of crds/, by the name that Helm gives it."""
        return str(getattr(self._built, "template", ""))

    @property
    def value(self) -> dict[str, Any]:
        """The object as plain data; one without a namespace is put into that of the release."""
        if self._value is None:
            value = self._built.value
            metadata = value.get("metadata")
            if (
                self._namespace != "default"
                and isinstance(metadata, dict)
                and not metadata.get("namespace")
                and not _is_cluster_scoped(value)
            ):
                value = {**value, "metadata": {**metadata, "namespace": self._namespace}}
            self._value = value
        return self._value

    def origin(self, path: Path) -> tuple[Origin, bool]:
        """The origin of a path and True; of a path that is not there, the nearest ancestor's and False."""
        origin, exact = self._built.origin(path)
        return origin.shown_as(self._shown), exact

    def waits_for(self, path: Path, absent: bool = False, name: str = "") -> tuple[str, ...] | None:
        """The values that the chart leaves to its user and that would stand at a path, without those that another rendering gives.

        `absent`: or that lead to further fields there, with `name` to an item of that name. None: what stands there waits for nothing.
        """
        if self._left is None:
            return None
        found = self._left.leaves_out(self._built, path, name) if absent else self._left.holds(self._built, path)
        return self._left.told(found) if found else None

    def is_random(self, path: Path) -> bool:
        """Whether the value at a path was made at random."""
        held: Any = self._built.value
        for key in path:
            held = _below(held, key)
        return isinstance(held, str) and _is_random(held)


def _is_cluster_scoped(value: dict[str, Any]) -> bool:
    from kubetrial.lint.build.kustomize.facts import cluster_scoped  # all of kustomize comes with it

    return f"{value.get('apiVersion')} {value.get('kind')}" in cluster_scoped()


def _below(held: Any, key: str | int) -> Any:
    """The value at a key or index; None where there is none."""
    try:
        return held[key]
    except (KeyError, IndexError, TypeError):
        return None


_CUT_RANDOM = RANDOM[:6]
"""How a short random text begins: `randAlphaNum 8` gives no more of it."""


def _is_random(text: str) -> bool:
    """Whether a text holds what stands for something random, as it is or in base64."""
    if _CUT_RANDOM in text or RANDOM_UUID[:8] in text:
        return True
    import base64
    import binascii

    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return RANDOM.encode() in decoded or base64.b64encode(RANDOM.encode()) in decoded
