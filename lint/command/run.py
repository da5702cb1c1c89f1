"""`kubetrial run`: manifests and a scenario -> what the controllers would do, as a table, a picture or data."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kubetrial.lint.command.exits import FAILURE, OK, UsageError
from kubetrial.lint.facts import kinds
from kubetrial.lint.values.printable import guarded_line, harmless_text
from kubetrial.lint.values.records import dataclass, field, replace

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division
    from kubetrial.lint.engine import Checked, Text
    from kubetrial.lint.objects.views import Object
    from kubetrial.lint.settings.config import Settings
    from kubetrial.lint.trial.profile import ClusterProfile
    from kubetrial.lint.trial.scenario import Scenario
    from kubetrial.lint.trial.shown.show import Show

_GROUPS = {
    **{kind: kinds.GROUPS[kind] for kind in kinds.WORDS},
    "PersistentVolumeClaim": "", "PersistentVolume": "", "ConfigMap": "", "Secret": "",
    "Namespace": "", "ResourceQuota": "", "LimitRange": "", "Node": "", "Service": "", "ServiceAccount": "",
    "StorageClass": "storage.k8s.io", "PriorityClass": "scheduling.k8s.io", "PodDisruptionBudget": "policy",
    "RuntimeClass": "node.k8s.io",
}  # fmt: skip
"""The kinds that a trial looks at, and their groups: a Job of another group is another thing."""

_FAMILIES = {"json": "json", "jsonl": "json", "svg": "xml", "html": "xml"}
"""How an output format writes what may not stand in it as it is; see printable.harmless_text."""

MOST_SECONDS = 10 * 366 * 86400.0


@dataclass(slots=True)
class TrialInput:
    """What is to be run: objects, what was left out of them and why, and whether they are all that there is."""

    objects: list[Object] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complete: bool = False
    division: Division | None = None


def command(arguments: argparse.Namespace) -> int:
    """Run `kubetrial run`; raises UsageError."""
    if arguments.scenario == "list" and not os.path.isfile("list"):
        print(scenario_list(), end="")
        return OK
    seconds = _horizon(arguments.horizon)
    start = _start(arguments.start)
    settings = settings_of(arguments)
    paths = arguments.paths or ["."]
    missing: list[str] = []
    given = read(paths, settings, missing, arguments)
    older = _older(arguments, settings, given) if arguments.compare else None
    if arguments.compare and arguments.output_format == "jsonl":
        raise UsageError("jsonl holds one timeline; compare as text, json, svg or html")
    names = _named(arguments)
    played = [given] if older is None else [older, given]
    runs = [[_show(one, name, settings, seconds, start, alone=older is None) for one in played] for name in names]
    if not given.objects and (older is None or not older.objects):
        for text in [*given.left_out, *given.notes]:
            print(guarded_line(f"kubetrial: {text}"), file=sys.stderr)
        raise UsageError(f"nothing to run: {_nothing(given, paths)}")
    _write(arguments, runs)
    return FAILURE if missing else OK


def _named(arguments: argparse.Namespace) -> list[str]:
    """The scenarios to play, with commas between them; raises UsageError."""
    written = arguments.scenario
    names = [written] if os.path.isfile(written) else [name.strip() for name in written.split(",") if name.strip()]
    if len(names) > 1 and arguments.output_format != "text":
        raise UsageError(f"{arguments.output_format} shows one scenario; play several as text, or one after the other")
    return names or [written]


def scenario_list() -> str:
    """The built-in scenarios with what happens in each, one a line."""
    from kubetrial.lint.trial import scenarios

    names = spoken_names()
    width = max(map(len, names))
    rows = "".join(f"{name:<{width}}  {' '.join(scenarios.about(name).split())}\n" for name in names)
    return f"{rows}\nOr a file of your own: see docs/trial.md. Several can be played, with commas between them.\n"


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The configuration that holds for the run; raises UsageError."""
    from kubetrial.lint.rule import index
    from kubetrial.lint.settings import config, loading

    try:
        settings = loading.load(
            arguments.paths or ["."], config=arguments.config, isolated=arguments.isolated, entries=index()
        )
        return loading.overlaid(
            settings, kubernetes_version=arguments.kubernetes_version, closed_world=arguments.closed_world
        )
    except config.ConfigError as error:
        raise UsageError(str(error)) from None


# --- reading ----------------------------------------------------------------------------------------------------------


def read(
    paths: Sequence[str], settings: Settings, missing: list[str], arguments: argparse.Namespace | None = None
) -> TrialInput:
    """The objects of the paths that the API server would take; named paths that are not there go to `missing`.

    With `arguments`, charts are rendered as they say.
    """
    from kubetrial.lint.command.check import standard_input
    from kubetrial.lint.engine import Text
    from kubetrial.lint.files import discover
    from kubetrial.lint.yaml import source

    discovery = discover.discover(paths, stdin=standard_input, exclude=settings.exclude, exclude_root=settings.root)
    texts: list[Text] = []
    left_out = [f"{problem.path}: {problem.reason}" for problem in discovery.problems]
    missing += [problem.path for problem in discovery.problems if problem.path in paths]
    for file in discovery.files:
        try:
            texts.append(Text(file.path, source.decode(file.read())))
        except OSError as error:
            left_out.append(f"{file.path}: {discover.why(error)}")
        except UnicodeError:
            left_out.append(f"{file.path}: it is no UTF-8 text; a binary file?")
    division = None
    if arguments is not None:
        from kubetrial.lint.command.divided import installed

        older = arguments.compare if arguments.compare and not os.path.exists(arguments.compare) else None
        division = installed(discovery, arguments, settings, texts, older)
    given = judged(texts, settings, discovery.complete, division)
    given.left_out[:0] = left_out
    given.division = division
    return given


def judged(texts: Sequence[Text], settings: Settings, complete: bool, division: Division | None = None) -> TrialInput:
    """The objects of some texts that the API server would take, and why the others are not run."""
    from kubetrial.lint import engine
    from kubetrial.lint.build.document import about
    from kubetrial.lint.finding import Category
    from kubetrial.lint.settings import ignore as allow

    checked = engine.check_texts(
        texts,
        engine.Choice(lambda entry: entry.category is Category.REJECTED, settings.rules),
        engine.Known(complete, False, settings.external, settings.cluster, settings.schema_dirs),
        minor=settings.minor,
        division=division,
    )
    sources = {text.name: text.text for text in texts}
    findings = allow.apply(checked.findings, sources, checked.annotated, settings)
    refused: dict[tuple[Any, ...], list[Any]] = {}
    given = TrialInput(complete=complete)
    for f in engine.in_order(findings):
        if f.suppressed is None and f.category is Category.REJECTED and f.level == "error":
            if f.object.kind:
                refused.setdefault((*f.about, f.object), []).append(f)
            else:
                given.left_out.append(f"{f.file}:{f.range.start.line}: not read: {f.message}")
    for obj in checked.annotated:
        found = refused.pop((*about(obj.document), engine.ref(obj)), None)
        group = _GROUPS.get(obj.kind)
        if found:
            given.left_out.append(_said(obj, found))
        elif division is not None and isinstance(hook := obj["metadata"]["annotations"].get("helm.sh/hook"), str):
            given.left_out.append(f"not run: {obj} is a hook of helm ({hook})")
        elif group is not None and group != obj.group:
            given.left_out.append(f"not run: {obj} is of {obj.api_version}, whose controller is not known here")
        else:
            given.objects.append(checked.walk.cleaned.get(id(obj), obj))  # as the server stores it
    for found in refused.values():
        given.left_out.append(f"{found[0].file}:{found[0].range.start.line}: not read: {found[0].message}")
    given.left_out += _skipped(checked)
    given.notes += [note for note in checked.notes if not note.startswith("no schema for")]
    return given


def _said(obj: Object, findings: Sequence[Any]) -> str:
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return (
        f"not run: {obj} is refused: {first.message}{more}, {first.file}:{first.range.start.line}; see kubetrial check"
    )


def _plain(objects: Sequence[Object]) -> list[Any]:
    from kubetrial.lint.api.defaults import without_null_items

    return [without_null_items(obj.value) for obj in objects]


def _skipped(checked: Checked) -> Iterator[str]:
    for reason, count in sorted(checked.skipped.items()):
        if not reason.startswith("no schema for"):
            yield f"not run: {count} document{'s' * (count > 1)}: {reason}"


def _nothing(given: TrialInput, paths: Sequence[str]) -> str:
    if given.left_out:
        return "of what was given, nothing can be run"
    return f"no manifest in {', '.join(paths)}"


def _older(arguments: argparse.Namespace, settings: Settings, given: TrialInput) -> TrialInput:
    """The objects of `--compare`, built as those of today are; raises UsageError."""
    from kubetrial.lint.api import against
    from kubetrial.lint.command.divided import of_folder
    from kubetrial.lint.command.older_overlays import but_of_units

    try:
        texts = [replace(text, reported=True) for text in against.texts(arguments.compare, arguments.paths or ["."])]
    except against.AgainstError as error:
        raise UsageError(f"--compare {arguments.compare}: {error}") from None
    division = given.division
    if os.path.exists(arguments.compare):
        return judged(texts, settings, given.complete, of_folder(arguments.compare, arguments, settings))
    if division is None:
        return judged(texts, settings, given.complete)
    units = (*division.older_overlays, *division.older.values())
    texts = but_of_units(texts, (*units, *division.units), division.sources)
    before = replace(division, units=units, older={}, older_overlays=())
    return judged(texts, settings, given.complete, before)


# --- running ----------------------------------------------------------------------------------------------------------


def _show(
    given: TrialInput, name: str, settings: Settings, seconds: float | None, start: float | None, alone: bool
) -> Show:
    """Play the scenario with the objects; raises UsageError."""
    from kubetrial.lint import trial
    from kubetrial.lint.trial import first_runs
    from kubetrial.lint.trial.scenario_file import profile_of
    from kubetrial.lint.trial.shown.show import Show

    plain = _plain(given.objects)
    profile = profile_of(settings.cluster)
    scenario, about, written = _scenario(name, plain, profile)
    closed = settings.closed_world
    if closed is None:
        closed = written is not None or given.complete
    scenario = replace(scenario, profile=replace(scenario.profile, closed_world=closed))
    if start is not None:
        scenario = replace(scenario, start=start)
    if seconds is None and alone and written is None and scenario.name == "nominal":
        seconds = first_runs.seconds(plain, scenario.start, scenario.horizon)
    if seconds is not None:
        scenario = replace(scenario, horizon=seconds)
    folder = os.path.dirname(name) if written is not None else "."
    notes = [*given.left_out, *given.notes]

    def load(file: str) -> list[Mapping[str, Any]]:
        from kubetrial.lint.files.discover import outside_of

        missing: list[str] = []
        path = os.path.join(folder, file)
        if outside_of(path, folder):
            raise UsageError(f"{name}: the scenario applies {file}, which lies outside of its folder and repository")
        applied = read([path], settings, missing)
        if missing:
            raise UsageError(f"{name}: the scenario applies {file}, and there is no such file beside it")
        notes.extend(applied.left_out)
        return _plain(applied.objects)

    try:
        timeline = trial.run(plain, scenario, load=load)
    except (UsageError, MemoryError):
        raise
    except Exception as error:  # a mistake of ours must not look like one of the user's
        if os.environ.get("KUBETRIAL_TRACEBACK"):
            raise
        raise UsageError(
            f"the trial failed inside of kubetrial ({type(error).__name__}: {error}); this is a mistake of kubetrial"
        ) from error
    notes += _strangers(scenario, plain)
    return Show(tuple(given.objects), scenario, about, timeline, tuple(dict.fromkeys(notes)))


def _scenario(
    name: str, objects: Sequence[Mapping[str, Any]], profile: ClusterProfile
) -> tuple[Scenario, str, Mapping[str, Any] | None]:
    """(the scenario, what it is about, the document it was read from); raises UsageError."""
    from kubetrial.lint.trial import scenarios

    built_in = scenarios.named(name, objects, profile)
    if built_in is not None:
        return replace(built_in, reads_commands=True), scenarios.about(name), None
    if os.sep in name or "/" in name or name.endswith((".json", ".yaml", ".yml")) or os.path.isfile(name):
        from kubetrial.lint.trial.scenario_file import ScenarioError, laid_over, load

        try:
            scenario, written = load(name)
        except ScenarioError as error:
            raise UsageError(f"the scenario {error}") from None
        about = written.get("about")
        scenario = replace(scenario, profile=laid_over(profile, written))
        return scenario, about if isinstance(about, str) else "", written
    from kubetrial.lint.values.nearest import nearest

    spoken = spoken_names()
    begun = [each for each in spoken if each.startswith(name)]
    close = begun[0] if len(begun) == 1 else nearest(name, spoken)
    raise UsageError(
        f"there is no scenario {name!r}"
        + (f"; did you mean {close}?" if close else "")
        + f"; there are {', '.join(spoken)}, or name a file"
    )


def spoken_names() -> list[str]:
    """The names of the built-in scenarios, each once, as people say them."""
    from kubetrial.lint.trial.scenarios import NAMED, SPOKEN

    spoken = {plain: said for said, plain in SPOKEN.items()}
    return [spoken.get(name, name) for name in NAMED]


def _strangers(scenario: Scenario, objects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Workloads that the scenario speaks of and nobody gave: a slip of the pen, mostly."""
    from kubetrial.lint.values.nearest import nearest

    known = {
        f"{o.get('kind')}/{metadata.get('name')}"
        for o in objects
        if isinstance(metadata := o.get("metadata") or {}, Mapping)
    }
    applies = any(action.verb == "apply" for action in scenario.actions)
    for name in scenario.workloads:
        if "*" not in name and name not in known and not applies:
            close = nearest(name, known)
            hint = f"; did you mean {close}?" if close else ""
            yield f"the scenario speaks of {name}, which is not among the objects{hint}"


def _horizon(text: str | None) -> float | None:
    """`2h`, `90s`, `1h30m`, `1d` or a number of seconds; raises UsageError."""
    if text is None:
        return None
    from kubetrial.lint.values.timespan import seconds_of

    seconds = seconds_of(text)
    if seconds is None:
        raise UsageError(f"--for {text!r} is no duration; write 90s, 2h, 1h30m or 7d")
    if not 0 < seconds <= MOST_SECONDS:
        raise UsageError(f"--for {text}: a trial lasts longer than nothing and at most ten years")
    return seconds


def _start(text: str | None) -> float | None:
    """The clock time of second 0; raises UsageError."""
    if text is None:
        return None
    if text == "now":
        import time

        return float(int(time.time()))
    from kubetrial.lint.trial.scenario_file import moment

    try:
        return moment(text).timestamp()
    except ValueError as error:
        raise UsageError(f"--start {error} (or `now`)") from None


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(arguments: argparse.Namespace, runs: Sequence[Sequence[Show]]) -> None:
    """Print the runs, or write them to a file; raises UsageError."""
    shown = arguments.output_format
    shows = runs[0]
    if shown == "jsonl":
        text = "".join(line + "\n" for line in shows[-1].timeline.lines())
        for note in [*shows[-1].notes, *shows[-1].timeline.notes]:
            print(guarded_line(f"note: {note}"), file=sys.stderr)
    elif shown == "json":
        from kubetrial.lint.trial.shown import data

        text = data.as_json(shows)
    elif shown == "svg":
        from kubetrial.lint.trial.shown import draw_svg

        text = draw_svg.draw(shows)
    elif shown == "html":
        from kubetrial.lint.trial.shown import draw_html

        text = draw_html.draw(shows)
    else:
        text = "\n".join(_as_text(arguments, one) for one in runs)
    text = harmless_text(text, _FAMILIES.get(shown, "plain"))
    if arguments.output_file is not None:
        from kubetrial.lint.files.discover import why
        from kubetrial.lint.files.write import replace

        try:
            replace(arguments.output_file, [text])
        except OSError as error:
            raise UsageError(f"{arguments.output_file} cannot be written: {why(error)}") from None
        return
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(text)
    else:
        encoding = (sys.stdout.encoding or "utf-8") if shown == "text" else "utf-8"
        stream.write(text.encode(encoding, "backslashreplace"))
        stream.flush()


def _as_text(arguments: argparse.Namespace, shows: Sequence[Show]) -> str:
    from kubetrial.lint.report.colour import wanted
    from kubetrial.lint.trial.shown import draw_text

    to_file = arguments.output_file is not None
    terminal = not to_file and sys.stdout.isatty()
    colour = arguments.color == "always" if to_file else wanted(arguments.color, terminal)
    return draw_text.draw(
        shows, width=_width(terminal), colour=colour, plain=not to_file and not draw_text.can_show(sys.stdout.encoding)
    )


def _width(terminal: bool) -> int:
    """Columns: of COLUMNS, of the terminal, or 100."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:5]) > 0:
        return int(columns[:5])
    if terminal:
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or 100
        except OSError:
            return 100
    return 100
