"""What the harness feeds: parts of kubetrial in memory, thousands of inputs a minute, and whole commands on files.

Each surface is (makes an input, runs it); a run notes in `counts` whether the input was read as an object, and whether it reached the
trial or a builder. What kubetrial must never do is raised.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import inputs
from inputs import Files
from kubetrial.lint import engine, report, trial
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.build import chart, kustomize
from kubetrial.lint.build.chart.rendering import ChartOptions
from kubetrial.lint.build.chart.template import Engine, paths_of
from kubetrial.lint.build.kept_units import UnitStore
from kubetrial.lint.build.tree import TextTree
from kubetrial.lint.command import cli, fix, replay, run
from kubetrial.lint.engine import checking, placing, reading, ruling, validation
from kubetrial.lint.files import discover, kept, patterns, placeholder
from kubetrial.lint.files import template as templates
from kubetrial.lint.files.context import Wanted
from kubetrial.lint.files.context_index import ContextIndex
from kubetrial.lint.finding import Finding, Result, Summary
from kubetrial.lint.rule import index
from kubetrial.lint.settings import ignore, loading, shown
from kubetrial.lint.settings.config import ConfigError, Settings
from kubetrial.lint.trial import scenario_file
from kubetrial.lint.trial.kernel import Kernel
from kubetrial.lint.trial.scenario_file import ScenarioError
from kubetrial.lint.values import (
    addresses,
    cel,
    cron,
    durations,
    formats,
    int_or_percent,
    names,
    pem,
    quantity,
    references,
    selector,
    timespan,
    urls,
    wildmatch,
    zones,
)  # fmt: skip
from kubetrial.lint.values.cel import cost, evaluator
from kubetrial.lint.values.regexp import search, syntax
from kubetrial.lint.yaml import source

SECONDS = 2.0
"""Processor time that an input may take, which is 100 KB at most."""
COLD = 4.0
"""The same for whole commands, which import what they need when they first need it."""
counts = {"objects": 0, "reached": 0}
_MARKS = (
    "Traceback (most recent",
    "internal-error",
    "mistake in kubetrial",
    "mistake of kubetrial",
    "failed inside of",
)


class Failed(Exception):
    """kubetrial did what it never should; the text says what."""


# --- in memory ----------------------------------------------------------------------------------------------------------------


@functools.cache
def _warm() -> tuple[Mapping[str, Any], Any]:
    """All rules, loaded once: what a process that lives long keeps from check to check."""
    entries = index()
    rules = ruling.Rules(entries, {}, engine.Checked())
    catalogue = Catalogue(37, rules.visiting)
    return entries, (rules, catalogue)


@contextlib.contextmanager
def _loaded() -> Any:
    """The engine with the rules that are loaded already, which takes most of the time of a small check."""
    entries, (rules, catalogue) = _warm()
    before = checking.Rules, checking.Catalogue
    checking.Rules, checking.Catalogue = lambda *_: rules, lambda *_: catalogue  # type: ignore[misc, assignment]
    rules.entries = entries
    try:
        yield entries
    finally:
        checking.Rules, checking.Catalogue = before  # type: ignore[misc]


def _texts(files: Files) -> list[engine.Text]:
    texts = []
    for name, data in files.items():
        with contextlib.suppress(UnicodeError):
            texts.append(engine.Text(name, source.decode(data)))
    return texts


def _checked(texts: Sequence[engine.Text], schema_dirs: Sequence[str] = (), **more: Any) -> engine.Checked:
    """What a check of texts with every rule gives."""
    with _loaded() as entries:
        checked = engine.check_texts(
            texts,
            choice=engine.Choice(entries=entries, selected=lambda entry: True),
            known=engine.Known(schema_dirs=schema_dirs),
            **more,
        )
    if checked.internal_error:
        said = next(f for f in checked.findings if f.rule == "internal-error")
        raise Failed(f"{said.message} {said.trace}")
    return checked


def _watched(run_: Callable[[Files], bool]) -> Callable[[Files], None]:
    """A run that counts whether a trial was begun, and whether objects were read as its result says."""

    def run_and_count(files: Files) -> None:
        begun = _Begun.number
        counts["objects"] += bool(run_(files))
        counts["reached"] += _Begun.number > begun

    return run_and_count


class _Begun:
    """How many trials and builds were begun."""

    number = 0


_initial = Kernel.__init__


def _counting(self: Kernel, *words: Any, **named: Any) -> None:
    _Begun.number += 1
    _initial(self, *words, **named)


Kernel.__init__ = _counting  # type: ignore[method-assign]


def _text(files: Files) -> bool:
    """A text read, its values walked along the schema, and its ignores and templates recognised."""
    entries, (_, catalogue) = _warm()
    found, result = False, engine.Checked()
    for text in _texts(files):
        templates.template_reason(text.text, text.name, text.text)
        placeholder.unreadable(text.text)
        for obj in reading.objects_of([text], entries, result):
            found = True
            said = validation.validate(obj, catalogue, None, {})[0]
            for one in said[:5]:
                placing.placed(one, obj, entries)
    return found


def _check(files: Files) -> bool:
    """The engine with every rule, the trial among them."""
    return bool(_checked(_texts(files)).documents)


FORMS = tuple(sorted(report.FORMATS))
_OBEYED = re.compile(r"\s*(::[A-Za-z]|##vso\[|##\[)")
_JSON, _XML = ("json", "sarif", "gitlab"), ("junit", "checkstyle")


def _report(files: Files) -> bool:
    """What a check finds, in one of the formats; those for machines stay well-formed, and nothing speaks to the terminal or the CI."""
    texts = _texts(files)
    checked = _checked(texts)
    sources = {text.name: text.text for text in texts}
    found = engine.in_order(ignore.apply(checked.findings, sources, checked.annotated, Settings()))
    result = Result(tuple(found), tuple(checked.documents), Summary(documents=len(checked.documents)), sources)
    form = FORMS[len(found) % len(FORMS)]
    written = "".join(report.render(form, result, rules=_Rules()))
    if form in _JSON:
        json.loads(written)
    elif form in _XML:
        ElementTree.fromstring(written)
    if any(sign in written for sign in "\x1b\x07\u202e\u2066\x9b\0"):
        raise Failed(f"{form} writes what a terminal obeys")
    rows = written.split("\n")
    if form not in ("github", "azure") and any(_OBEYED.match(row) for row in rows):
        raise Failed(f"{form} writes a command to the CI")
    return bool(checked.documents)


class _Rules(dict[str, report.RuleInfo]):
    def __missing__(self, name: str) -> report.RuleInfo:
        return report.RuleInfo(name, "broken", "it is wrong")


def _fix(files: Files) -> bool:
    """Fixes until nothing is left to fix; no document is lost, and a second time changes nothing."""
    texts = {text.name: text.text for text in _texts(files)}

    def found(now: Mapping[str, str]) -> list[Finding]:
        checked = _checked([engine.Text(name, text) for name, text in now.items()])
        return engine.in_order(ignore.apply(checked.findings, now, checked.annotated, Settings()))

    done = fix.until_stable(texts, found, unsafe=len(texts["a.yaml"]) % 2 == 0 if texts else False)
    for name, text in done.texts.items():
        before, after = source.read(name, texts[name]), source.read(name, text)
        if len(after.documents) < len(before.documents) or len(after.unread) > len(before.unread):
            raise Failed("a fix lost a document")
    return bool(texts)


def _scenario(files: Files) -> bool:
    """Objects and a scenario, held against their forms and played."""
    try:
        written = scenario_file.in_seconds(json.loads(files["scenario.json"]))
    except ValueError:
        return False
    if next(scenario_file.problems(written), None) is not None:
        return False
    try:
        script = scenario_file.read(written)
    except (ValueError, OverflowError):
        return False
    texts = _texts({"a.yaml": files["a.yaml"]})
    with _loaded():
        given = run.judged(texts, Settings(), True)
    with contextlib.suppress(ScenarioError):
        trial.run(
            [obj.value for obj in given.objects], script, min(script.horizon, 600.0), load=lambda name: [], budget=3_000
        )
    return bool(given.objects)


def _schemas(files: Files) -> bool:
    """A definition with rules of its own, an object of it, and a schema of a folder."""
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        Path(folder, "thing.json").write_bytes(files["thing.json"])
        return bool(_checked(_texts({"a.yaml": files["a.yaml"]}), (folder,)).documents)


def _kustomization(files: Files) -> bool:
    """A kustomization built; its objects know where they come from."""
    _Begun.number += 1
    tree = TextTree(files)
    folder = "." if "kustomization.yaml" in files else next(iter(sorted(map(os.path.dirname, files))), ".")
    kustomize.roots(tree, [folder])
    return _asked(kustomize.build(tree, folder))


def _chart(files: Files) -> bool:
    """A chart rendered as helm does; its objects know where they come from."""
    _Begun.number += 1
    return _asked(chart.build(TextTree(files), "."))


def _asked(unit: Any) -> bool:
    for built in unit.objects:
        pending: list[tuple[tuple[Any, ...], Any]] = [((), built.value)]
        for path, value in pending[:30]:
            built.origin(path)
            if isinstance(value, dict):
                pending += [((*path, key), one) for key, one in value.items()]
            elif isinstance(value, list):
                pending += [((*path, at), one) for at, one in enumerate(value)]
    return bool(unit.objects)


def _chart_of_today(files: Files) -> bool:
    """A chart rendered as Helm 4 does, with further values, and as it is refused."""
    _Begun.number += 1
    given = chart.GivenFile("more.yaml", files["values.yaml"])
    sets = (("set", "name=x,list={a,b},map.b.c[0]=1"), ("set-string", "n=1"), ("set-json", 'map={"a":[1]}'))
    options = ChartOptions(values_files=(given,), sets=sets, helm=4, strict=len(files) % 2 == 0, capabilities="server")
    return _asked(chart.build(TextTree(files), ".", options))


def _kept_unit(files: Files) -> bool:
    """A unit kept, known again and, where its entry was changed, built anew: it is always the same."""
    _Begun.number += 1
    folder = tempfile.mkdtemp(dir=_folder())
    os.chmod(folder, 0o700)
    tree = TextTree(files)
    first = kustomize.build(tree, ".")
    try:
        for number in range(3):
            store = UnitStore(folder, "/repository")
            unit = store.unit(["x"], lambda: kustomize.build(TextTree(files), "."), tree.read)
            if [one.value for one in unit.objects] != [one.value for one in first.objects]:
                raise Failed("a unit that was kept has other objects")
            if [(one.rule, one.message) for one in unit.problems] != [
                (one.rule, one.message) for one in first.problems
            ]:
                raise Failed("a unit that was kept has other problems")
            for kept_one, built in zip(unit.objects, first.objects, strict=True):
                for path in (("metadata", "name"), ("spec",), ("no", 1)):
                    if kept_one.origin(path) != built.origin(path):
                        raise Failed("a unit that was kept tells another origin")
            store.save()
            _spoil(folder, number, files["kustomization.yaml"])
    finally:
        shutil.rmtree(folder)
    return bool(first.objects)


def _spoil(folder: str, number: int, by: bytes) -> None:
    """Change each entry of a cache at a place: the second time, for it is to be known the first time."""
    for name in os.listdir(folder) if number else ():
        path = os.path.join(folder, name)
        data = bytearray(Path(path).read_bytes())
        at = sum(by) % max(len(data), 1)
        data[at : at + len(by) % 3] = by[:2]
        Path(path).write_bytes(data)


def _repository(files: Files) -> bool:
    """Files of a repository as they bear on one, known from earlier runs or not, whatever became of the entry."""
    folder = tempfile.mkdtemp(dir=_folder())
    cache = os.path.join(folder, "cache")
    names = [name for name in files if name != "entry"]
    found = []
    try:
        for name in names:
            Path(folder, name).write_bytes(files[name])
            os.utime(os.path.join(folder, name), (1, 1))
        for number in range(3):
            below = [discover.SourceFile(name, os.path.join(folder, name)) for name in names if name != "given.yaml"]
            known = ContextIndex(cache if number else None, folder)
            known.look(below, [os.stat(one.full) for one in below])
            with contextlib.suppress(UnicodeError):
                read = source.read("given.yaml", source.decode(files["given.yaml"]))
                bearing = sorted(known.file(each).path for each in known.bearing_on(Wanted([read])))
                for each in bearing:
                    with contextlib.suppress(OSError, UnicodeError):
                        known.parsed(known.number(os.path.join(folder, each)))
                found.append(bearing)
            known.save()
            if os.path.isdir(cache):
                _spoil(cache, number, files["entry"])
    finally:
        shutil.rmtree(folder)
    if any(one != found[0] for one in found):
        raise Failed(f"what bears on a file is {found}")
    return bool(found)


def _change(files: Files) -> bool:
    """A check against an earlier state, and for other minors too."""
    texts = _texts({"a.yaml": files["a.yaml"]})
    older = _texts({"a.yaml": files["older.yaml"]})
    return bool(_checked(texts, older=older, minor=33).documents)


def _template(files: Files) -> bool:
    """A template rendered with values; its text knows where it comes from, and what it prints is read."""
    _Begun.number += 1
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items() if name.startswith("templates/")}
    held = json.loads(files["values.yaml"])
    engine_ = Engine(texts)
    context = {
        "Values": held,
        "Release": {"Name": "r", "Namespace": "n"},
        "Chart": {"Name": "c"},
        "Template": {"Name": "a", "BasePath": "b"},
    }
    rendered = engine_.render("templates/a.yaml", context, paths_of(held))
    for at in range(0, len(rendered.text), 1 + len(rendered.text) // 10):
        rendered.text.origin_at(at)
    return any(
        isinstance(value, dict) and "kind" in value for value in inputs.values(str(rendered.text)[: inputs.MOST_TEXT])
    )


_CEL_SCHEMA = {"type": "object", "properties": {
    "a": {"type": "object", "properties": {"b": {"type": "string", "maxLength": 9}}}, "x": {"type": "integer"},
    "c": {"type": "array", "items": {"type": "string"}}, "d": {"type": "object", "additionalProperties": {"x-kubernetes-int-or-string": True}},
}}  # fmt: skip
_CEL = cel.requests(37)
_CEL_SELF = cel.of_schema(_CEL_SCHEMA, 37, root=True, old=True)
_CEL_SIZED = cost.sized(_CEL_SCHEMA, True)
_READERS: tuple[Callable[[str], Any], ...] = (
    quantity.problem, cron.problem, durations.duration_problem, durations.time_problem, names.qualified_name, names.dns_subdomain,
    names.fully_qualified_name, names.domain_prefixed_path, addresses.ip_problem,
    lambda text: int_or_percent.scaled(text, 10, up=True), references.pod_field_problem, timespan.seconds_of, urls.request_uri, zones.problem, pem.bundle_problem,
    pem.request_problem, placeholder.placeholder, syntax.problem, lambda text: list(urls.webhook_url_problems(text)),
    lambda text: [formats.fits(form, text) for form in ("date-time", "ipv4", "uri", "email", "hostname", "duration", "uuid")],
    wildmatch.line,
)  # fmt: skip


def _language(files: Files) -> bool:
    """A text read as each of the small languages; what can be run is run."""
    text = files["text"].decode("utf-8", "surrogatepass")
    for reader in _READERS:
        reader(text)
    with contextlib.suppress(ValueError):
        selector.parse(text)
    if syntax.problem(text) is None:
        with contextlib.suppress(search.Unsupported):
            search.matches(text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!" + text[:50])
    for environment in (_CEL, _CEL_SELF):
        with contextlib.suppress(cel.CelError):
            assert environment is not None
            outcome = cel.compiled(text, environment)
            if outcome is not None and environment is _CEL_SELF:
                cel.most_cost(outcome, _CEL_SIZED)
    try:
        program = evaluator.program(text, tuple(_CEL.variables))
        program({"object": {"metadata": {"name": "a"}, "spec": {"a": [1, 2, "b"]}}, "request": {"name": "a"}})
    except (evaluator.Unusable, evaluator.Undecided, evaluator.EvaluationError):
        pass
    return False


# --- files in memory ------------------------------------------------------------------------------------------------------------


def _own_folder() -> str:
    """A folder for small files, in memory where the system has such."""
    return tempfile.mkdtemp(prefix="kubetrial-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)


_folder = functools.cache(_own_folder)


def _settings(files: Files) -> bool:
    """A configuration read and shown."""
    folder = _folder()
    for name, data in files.items():
        Path(folder, name).write_bytes(data)
    main = next(name for name in files if name != "other.toml")
    try:
        with contextlib.suppress(ConfigError):
            shown.show(loading.load([folder], config=os.path.join(folder, main), entries=_warm()[0]))
    finally:
        for name in files:
            os.unlink(os.path.join(folder, name))
    return False


def _entry(rng: random.Random) -> Files:
    """An entry of the cache of runs, as it would be or changed, with a right checksum or not."""
    fields: list[bytes] = []
    for _ in range(rng.randrange(4)):
        kind, path = (
            rng.choice((b"f", b"d", b"l", b"x", b"")),
            rng.choice((b"/", b"/dev/null", b"/dev/zero", b"a", b"/etc", b"", b"\xff", b"a" * 5000)),
        )
        fields += kind, rng.choice((b"-", b"d", b"1 2 3 4", b"")), rng.choice((b"", b"00", b"\n")), path
    depends = b"".join(one + b"\0" for one in fields)
    out = inputs.flipped("said\n", rng).encode("utf-8", "surrogatepass")
    body = depends + out
    digest = kept.hashed(body) if rng.random() < 0.9 else b"0"
    numbers = [b"1", str(len(out)).encode(), str(len(depends)).encode()]
    if rng.random() < 0.4:
        numbers[rng.randrange(3)] = rng.choice((b"-1", b"", b"1e9", b"9" * 5000, b"0", b"\xff"))
    head = b" ".join((replay._MAGIC, digest, *numbers))
    return {"entry": head + b"\n" + body if rng.random() < 0.9 else inputs.encoded(inputs.flipped("x" * 50, rng), rng)}


def _replayed(files: Files) -> bool:
    """An entry of the cache recalled, whoever wrote it."""
    path = os.path.join(_folder(), "entry")
    Path(path).write_bytes(files["entry"])
    replay._recalled(path)
    return False


def _ignored(rng: random.Random) -> Files:
    words = [
        inputs.flipped(rng.choice(("*.yaml", "!a/**/b", "/x/", "[a-z]*", "\\#a ", "**")), rng)
        for _ in range(rng.randrange(5))
    ]
    return {"text": "\n".join(words).encode("utf-8", "surrogatepass")}


def _patterns(files: Files) -> bool:
    """Patterns of .gitignore read and asked."""
    path = os.path.join(_folder(), "patterns")
    Path(path).write_bytes(files["text"])
    found = patterns.read_patterns(path)
    for name in ("a/b/c.yaml", "x", "a" * 60 + "!"):
        found.cover(name)
    return False


# --- whole commands ---------------------------------------------------------------------------------------------------------------


def _command(*words: str) -> Callable[[Files], None]:
    def run_(files: Files) -> None:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            for name, data in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            out, err = _Stream(), _Stream()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code: Any = cli.main([word for word in words if word[:1] != "?" or word[1:] in files])
                except SystemExit as stop:
                    code = stop.code
            text = out.text() + err.text()
            if code not in (0, 1, 2):
                raise Failed(f"exit code {code}")
            for word in _MARKS:
                if word in text:
                    raise Failed(next(row for row in text.split("\n") if word in row)[:300])
            counts["objects"] += code != 2 and "nothing" not in text[:200]

    return run_


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)

    def text(self) -> str:
        """All that was written."""
        self.flush()
        held = self.buffer
        assert isinstance(held, io.BytesIO)
        return held.getvalue().decode("utf-8", "replace")


CHECK = ("check", "--no-progress", "--select", "all", "--output-format", "json")
Surface = tuple[Callable[[random.Random], Files], Callable[[Files], None]]
MEMORY: dict[str, tuple[Surface, int]] = {
    "text": ((inputs.small_text, _watched(_text)), 250),
    "objects": ((inputs.small_stream, _watched(_text)), 400),
    "engine": ((inputs.small_stream, _watched(_check)), 20),
    "reports": ((inputs.small_stream, _watched(_report)), 6),
    "fixes": ((inputs.small_stream, _watched(_fix)), 6),
    "plays": ((inputs.scenario, _watched(_scenario)), 10),
    "definitions": ((inputs.schemas, _watched(_schemas)), 10),
    "kustomizations": ((inputs.small_kustomization, _watched(_kustomization)), 60),
    "charts": ((inputs.small_chart, _watched(_chart)), 25),
    "templates": ((inputs.template, _watched(_template)), 100),
    "languages": ((inputs.language, _watched(_language)), 30),
    "charts of Helm 4": ((inputs.small_chart, _watched(_chart_of_today)), 10),
    "kept units": ((inputs.small_kustomization, _watched(_kept_unit)), 10),
    "repositories": ((inputs.repository, _watched(_repository)), 10),
    "changes": ((inputs.edited, _watched(_change)), 6),
    "settings": ((inputs.settings, _watched(_settings)), 20),
    "replay": ((_entry, _watched(_replayed)), 20),
    "patterns": ((_ignored, _watched(_patterns)), 20),
}  # fmt: skip
"""What runs in memory, and how often in a round: cheap ones more often, so that all have about as much time."""
COMMANDS: dict[str, Surface] = {
    "command": (inputs.manifests, _command("check", "--isolated", "--no-progress", "--output-format", "full", "--select", "all", ".")),
    "fix": (inputs.manifests, _command("check", "--isolated", "--no-progress", "--fix", "--unsafe-fixes", ".")),
    "kustomization": (inputs.kustomization, _command(*CHECK, "--isolated", ".")),
    "chart": (inputs.chart, _command(*CHECK, "--isolated", ".")),
    "configuration": (inputs.configuration, _command("check", "--no-progress", ".")),
    "scenario": (inputs.scenario, _command("run", "--isolated", "a.yaml", "--scenario", "scenario.json")),
    "schemas": (inputs.schemas, _command(*CHECK, "--isolated", "--schema-dir", ".", ".")),
}  # fmt: skip
SURFACES: dict[str, Surface] = {**{name: surface for name, (surface, _) in MEMORY.items()}, **COMMANDS}
