"""Feeds kubetrial with what strangers could write, and stops at the first traceback, mistake of its own, or input that takes too long.

    python tests/fuzz/harness.py --minutes 60                   all surfaces in turn
    python tests/fuzz/harness.py --surface chart --runs 100000
    python tests/fuzz/harness.py --surface chart --seed 17      one input again, and its files are written to the working directory

Inputs are the fixtures of the tests, changed: values are exchanged, removed, repeated, nested and replaced by what breaks parsers, and
texts are cut, doubled and flipped. Every input follows from the surface and a number alone, so that a failure can be had again.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from kubetrial.lint import engine
from kubetrial.lint.command import cli
from kubetrial.lint.yaml import source

TESTS = Path(__file__).resolve().parent.parent
SECONDS = 4.0
"""Processor time that an input may take, which is 100 KB at most; a whole second of it is imports in a cold process."""
MOST_TEXT = 100_000
Files = dict[str, bytes]

ATOMS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, 1.5, -0.0, "", " ", "0", "-1", "1e9", "1e400", "NaN", "~", "yes", "<<", "a" * 300,
    "\0", "\x1b[31m", "\u202e", "\ud800", "::add-mask::x", "##vso[x]", "{{ .Values.a }}", "${A}", "../../etc/passwd", "/dev/zero", "100%", "-1%",
    "0x10", "1Gi", "1e3m", "99999999999999999999Gi", "* * * * *", "61 * * * *", "2024-02-30T00:00:00Z", "^(a+)+$", "(", "[z-a]", "1" * 5000,
    [], {}, [[]], [None], {"": None}, {"a": {"b": []}}, [{}], {"$ref": "#"}, {"name": None}, {"name": 1},
)  # fmt: skip
TEXTS = (
    "---\n", "\n---", "&a ", "*a", "!!binary ", "!!python/object:os.system ", "<<: *a\n", "? ", "|\n", ">-\n", "\t", "\r", "\ufeff", "\0",
    "{{ ", " }}", "{{- include \"a\" . }}", "{{ range until 1000000000 }}", "{{ repeat 100000000 \"a\" }}", "%YAML 1.1\n", "#", "'", '"',
    "[" * 200, "{" * 200, "- " * 100, "a: " * 50, "\U0001f600", "\x85", "$(", "kind: List\nitems:\n", "# kubetrial: ignore[*] x\n",
)  # fmt: skip


class Failed(Exception):
    """kubetrial did what it never should; the text says what."""


# --- inputs -------------------------------------------------------------------------------------------------------------------


@functools.cache
def _seeds(pattern: str) -> tuple[Path, ...]:
    return tuple(sorted(path for path in TESTS.glob(pattern) if path.stat().st_size < 20_000))


@functools.cache
def _folders(pattern: str, above: int = 1) -> tuple[Mapping[str, bytes], ...]:
    """The files of each folder that lies so many steps above a file of the pattern."""
    found = []
    for marker in sorted(TESTS.glob(pattern)):
        top = marker.parents[above - 1]
        files = [path for path in sorted(top.rglob("*")) if path.is_file() and path.stat().st_size < 20_000]
        found.append({str(path.relative_to(top)): path.read_bytes() for path in files[:40]})
    return tuple(found)


def _values(text: str) -> list[Any]:
    return [document.value for document in source.read("", text).documents]


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of everything in a value."""
    found, pending = [], [value]
    while pending:
        holder = pending.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            found.append((holder, key))
            pending.append(holder[key])
    return found


def _changed(value: Any, rng: random.Random) -> Any:
    """A value with some of its parts changed; what is nested stays below 60 levels."""
    value = json.loads(json.dumps(value))
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3, 8))):
        spots = _spots(value)
        if not spots:
            return rng.choice(ATOMS)
        holder, key = rng.choice(spots)
        what = rng.randrange(8)
        if what == 0:
            holder[key] = rng.choice(ATOMS)
        elif what == 1:
            del holder[key]
        elif what == 2:
            other, name = rng.choice(spots)
            holder[key] = json.loads(json.dumps(_part(other, name)))
        elif what == 3:
            holder[key] = [holder[key]] * rng.choice((1, 2, 20))
        elif what == 4:
            holder[key] = {rng.choice(("name", "spec", "a", "", "items")): holder[key]}
        elif what == 5 and isinstance(holder, dict):
            holder[str(rng.choice(ATOMS))[:40]] = holder[key]
        elif what == 6 and isinstance(holder, list):
            holder.extend([holder[key]] * rng.choice((1, 30)))
        elif isinstance(holder[key], str):
            holder[key] = _flipped(holder[key], rng)
    return value


def _part(holder: Any, key: Any) -> Any:
    try:
        return holder[key]
    except (KeyError, IndexError, TypeError):
        return None  # it is gone by an earlier change


def _flipped(text: str, rng: random.Random) -> str:
    """A text with some of its letters cut, doubled or replaced."""
    for _ in range(rng.choice((1, 1, 2, 6))):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((0, 1, 5, 40)))
        text = text[:at] + rng.choice(("", text[at:to] * 2, rng.choice(TEXTS), chr(rng.randrange(1, 1000)))) + text[to:]
    return text[:MOST_TEXT]


def _written(values: list[Any]) -> str:
    """Values as a stream; JSON is YAML."""
    return "".join(f"---\n{json.dumps(value, indent=number % 2 or None)}\n" for number, value in enumerate(values))


def _manifests(rng: random.Random) -> Files:
    """Some objects of the rules' fixtures, changed as values or as text."""
    path = rng.choice(_seeds("rules/*.yaml"))
    text = path.read_text(encoding="utf-8")
    if rng.random() < 0.4:
        return {"a.yaml": _bytes(_flipped(text, rng), rng)}
    values = _values(text)
    if rng.random() < 0.3:
        values += _values(rng.choice(_seeds("rules/*.yaml")).read_text(encoding="utf-8"))
    rng.shuffle(values)
    return {"a.yaml": _bytes(_written([_changed(value, rng) for value in values[: rng.choice((2, 5, 12))]]), rng)}


def _bytes(text: str, rng: random.Random) -> bytes:
    data = text.encode(rng.choice(("utf-8",) * 20 + ("utf-16", "utf-32")), "surrogatepass")
    if rng.random() < 0.03:
        at = rng.randrange(len(data) + 1)
        data = data[:at] + bytes(rng.randrange(256) for _ in range(3)) + data[at:]
    return data[:MOST_TEXT]


def _mutated(files: Files, rng: random.Random) -> Files:
    """The files of a fixture with some of them changed or gone."""
    for name in rng.sample(sorted(files), min(len(files), rng.choice((1, 1, 2, 3)))):
        text = files[name].decode("utf-8", "replace")
        values = _values(text) if name.endswith((".yaml", ".yml")) and "templates" not in name else []
        if values and rng.random() < 0.6:
            files[name] = _bytes(_written([_changed(value, rng) for value in values]), rng)
        else:
            files[name] = _bytes(_flipped(text, rng), rng)
        if rng.random() < 0.05:
            del files[name]
    return files


def _kustomization(rng: random.Random) -> Files:
    return _mutated(dict(rng.choice(_folders("*/*/base/kustomization.yaml", above=2))), rng)


def _chart(rng: random.Random) -> Files:
    return _mutated(dict(rng.choice(_folders("build/**/Chart.yaml"))), rng)


SETTINGS = """
select = ["all"]
ignore = ["pod-*"]
kubernetes = "1.33"
exclude = ["*a*a*b", "**/x"]
external = ["Secret/*"]
schema-dirs = ["."]
rules-dirs = ["rules"]
extend = "other.toml"
fail-on = "warning"
[cluster]
workers = 3
[rules.container-memory-small]
least = "1Mi"
[[overrides]]
files = ["a*"]
ignore = ["x"]
[[custom]]
name = "own"
kinds = ["*"]
expression = "object.metadata.name.matches('a')"
message = "m"
"""
OTHER_SETTINGS = ('select = ["all"]', "x = 1", 'extend = ".kubetrial.toml"', "a = [", "")


def _configuration(rng: random.Random) -> Files:
    rows = [row for row in SETTINGS.strip().split("\n") if rng.random() < 0.7]
    text = "\n".join(rows)
    if rng.random() < 0.8:
        text = _flipped(text, rng)
    if rng.random() < 0.3:
        text = text.replace("3", str(rng.choice(ATOMS))[:3000])
    name = rng.choice((".kubetrial.toml", "pyproject.toml"))
    text = "\n".join(f"[tool.kubetrial]\n{text}".split("\n")) if name[0] == "p" else text
    return {**_manifests(rng), name: _bytes(text, rng), "other.toml": rng.choice(OTHER_SETTINGS).encode()}


def _scenario(rng: random.Random) -> Files:
    """A manifest and a scenario for `run`, both changed as values."""
    path = rng.choice(sorted(TESTS.glob("trial/scenarios/*/scenario.json")))
    values = _values((path.parent / "manifest.yaml").read_text(encoding="utf-8"))
    script = _changed(json.loads(path.read_text(encoding="utf-8")), rng)
    if rng.random() < 0.1:
        script = _flipped(json.dumps(script), rng)
    changed = [_changed(value, rng) if rng.random() < 0.5 else value for value in values]
    return {"a.yaml": _bytes(_written(changed), rng), "scenario.json": json.dumps(script).encode()}


def _schemas(rng: random.Random) -> Files:
    """A definition or a schema of a folder, and an object of the kind."""
    schema = {
        "type": "object", "required": ["spec"], "x-kubernetes-preserve-unknown-fields": True,
        "properties": {"spec": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^(a+)+$"}, "$ref": "#/definitions/x"}},
        "definitions": {"x": {"anyOf": [{"minimum": 1}, {"enum": ["a"]}], "oneOf": [{"format": "date-time"}]}},
    }  # fmt: skip
    value = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a"},
        "spec": {"a": "aaaaaaaaaaaaaaaaaaaaaaaaa!"},
    }
    named = {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {
                "type": "object", "properties": {"spec": {
                    "type": "object", "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, x.matches('a+')))", "message": "m"}],
                    "additionalProperties": {"type": "string", "maxLength": 10},
                }},
            }}}],
        },
    }  # fmt: skip
    return {
        "thing.json": _bytes(json.dumps(_changed(schema, rng)), rng),
        "a.yaml": _bytes(_written([_changed(named, rng), _changed(value, rng)]), rng),
    }


# --- surfaces -----------------------------------------------------------------------------------------------------------------


def _check(files: Files) -> None:
    """The engine alone, with every rule."""
    for name, data in files.items():
        try:
            text = source.decode(data)
        except UnicodeError:
            continue
        checked = engine.check_texts([engine.Text(name, text)], selected=lambda entry: True)
        if checked.internal_error:
            said = next(f for f in checked.findings if f.rule == "internal-error")
            raise Failed(f"{said.message} {said.trace}")
        counts["objects"] += bool(checked.documents)


def _command(*words: str) -> Callable[[Files], None]:
    def run(files: Files) -> None:
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
            for word in ("Traceback (most recent", "internal-error", "mistake in kubetrial", "failed inside of"):
                if word in text:
                    raise Failed(next(row for row in text.split("\n") if word in row)[:300])
            counts["objects"] += code != 2 and "nothing" not in text[:200]

    return run


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)

    def text(self) -> str:
        self.flush()
        held = self.buffer
        assert isinstance(held, io.BytesIO)
        return held.getvalue().decode("utf-8", "replace")


CHECK = ("check", "--no-progress", "--select", "all", "--output-format", "json")
SURFACES: dict[str, tuple[Callable[[random.Random], Files], Callable[[Files], None]]] = {
    "manifests": (_manifests, _check),
    "command": (_manifests, _command("check", "--isolated", "--no-progress", "--output-format", "full", "--select", "all", ".")),
    "fix": (_manifests, _command("check", "--isolated", "--no-progress", "--fix", "--unsafe-fixes", ".")),
    "kustomization": (_kustomization, _command(*CHECK, "--isolated", ".")),
    "chart": (_chart, _command(*CHECK, "--isolated", ".")),
    "configuration": (_configuration, _command("check", "--no-progress", ".")),
    "scenario": (_scenario, _command("run", "--isolated", "a.yaml", "--scenario", "scenario.json")),
    "schemas": (_schemas, _command(*CHECK, "--isolated", "--schema-dir", ".", ".")),
}  # fmt: skip
counts = {"objects": 0}


def one(surface: str, number: int) -> Files:
    """Run one input of a surface, and return it; raises Failed, or whatever kubetrial lets out."""
    make, run = SURFACES[surface]
    files = make(random.Random(f"{surface}-{number}"))
    try:
        with _limited(SECONDS):
            run(files)
    except Exception as error:
        error.files = files  # type: ignore[attr-defined]
        raise
    return files


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        where = "".join(traceback.format_stack(frame)[-4:])
        raise TimeoutError(f"more than {seconds} s of processor time:\n{where}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def main() -> int:
    """The command; 1 where an input failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--surface", choices=SURFACES, action="append")
    parser.add_argument("--runs", type=int, default=1 << 60, help="executions in all")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--start", type=int, default=0, help="the first number")
    parser.add_argument("--seed", type=int, help="this number alone; its files are written")
    parser.add_argument("--go-on", action="store_true", help="do not stop at a failure")
    options = parser.parse_args()
    surfaces = options.surface or list(SURFACES)
    if options.seed is not None:
        for name, data in SURFACES[surfaces[0]][0](random.Random(f"{surfaces[0]}-{options.seed}")).items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)
        one(surfaces[0], options.seed)
        return 0
    until, number, done, failures = time.monotonic() + 60 * options.minutes, options.start, 0, 0
    while done < options.runs and time.monotonic() < until:
        for surface in surfaces:
            try:
                one(surface, number)
            except Exception as error:
                failures += 1
                text = "".join(traceback.format_exception(error)[-3:]) if not isinstance(error, Failed) else str(error)
                print(f"FAILED --surface {surface} --seed {number}: {text}", flush=True)
                if not options.go_on:
                    return 1
            done += 1
        number += 1
        if number % 500 == 0:
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            print(
                f"{done} executions, {counts['objects']} with objects, {failures} failed, {most} MiB at most",
                flush=True,
            )
    print(f"{done} executions, {counts['objects']} with objects, {failures} failed")
    return int(failures > 0)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    sys.exit(main())
