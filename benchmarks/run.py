"""Times kubetrial against public peers on the same files: `python benchmarks/run.py FOLDER [--files N] [--rounds N] [--only WORD]`.

With `--sets N,N,...` it times kubetrial alone on sets of so many look-alike objects, which shows how the work grows.
Peers that are installed are measured, the others are said to be missing. kubeconform works offline with schemas that are flattened here
from the package that ours come from. Each command is a whole process; the figures are medians of the rounds, and the peak memory of its
largest process. Commands of a scene are run in turn, so that a busy machine slows all of them. `cold` has an empty cache before each run,
`warm` one that an earlier run has filled, `no cache` none.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import built


def flattened(folder: Path, minor: int) -> str:
    """Stand-alone strict schemas for kubeconform, from the kubernetes-validate package; returns its -schema-location."""
    import kubernetes_validate

    base = (
        Path(kubernetes_validate.__file__).parent
        / "kubernetes-json-schema"
        / f"v1.{minor}.0-local-strict"
        / "_definitions.json"
    )
    definitions = json.loads(base.read_text(encoding="utf-8"))["$defs"]
    for name, definition in definitions.items():
        for gvk in definition.get("x-kubernetes-group-version-kind", ()):
            if gvk["kind"].endswith("List") or gvk["kind"] in ("DeleteOptions", "WatchEvent"):
                continue
            needed, pending = {}, [name]
            while pending:
                top = pending.pop()
                if top not in needed:
                    needed[top] = definitions[top]
                    pending += re.findall(r'"\$ref": "[^"]*/([^"/]+)"', json.dumps(definitions[top]))
            text = json.dumps(
                {
                    "$schema": "http://json-schema.org/draft-07/schema#",
                    "definitions": needed,
                    "$ref": f"#/definitions/{name}",
                }
            )
            text = re.sub(r'"\$ref": "[^"]*/([^"/]+)"', r'"$ref": "#/definitions/\1"', text)
            suffix = (gvk["group"].split(".")[0] + "-" if gvk["group"] else "") + gvk["version"]
            (folder / f"{gvk['kind'].lower()}-{suffix}.json").write_text(text, encoding="utf-8")
    return str(folder) + "/{{ .ResourceKind }}{{ .KindSuffix }}.json"


def measure(command: list[str], folder: Path, cache: Path | None = None) -> tuple[float, float, float]:
    """(seconds, CPU seconds, peak MiB) of one run; its exit code says what it found and does not matter here."""
    # An installed package has its modules compiled; so may a checkout keep them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["KUBETRIAL_CACHE_DIR"] = "" if cache is None else str(cache)
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def look_alikes(count: int) -> str:
    """A stream of objects that share labels, names and ports as far as that is allowed: what rules across objects dislike most."""
    unit = (Path(__file__).parent / "look-alikes.yaml").read_text(encoding="utf-8")
    each = unit.count("\n---") + 1
    return "\n---\n".join(unit.replace("NUMBER", str(i)) for i in range(count // each))


def grow(sizes: list[int], commands: dict[str, list[str]], rounds: int) -> None:
    """Print the CPU time of sets of several sizes, and what of it an object costs."""
    print(f"{'look-alike objects':<28} {'CPU s':>9} {'ms each':>8} {'MiB':>6}")
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            folder = Path(scratch) / str(size)
            folder.mkdir()
            (folder / "all.yaml").write_text(look_alikes(size), encoding="utf-8")
            for name, command in commands.items():
                runs = [measure(command, folder) for _ in range(rounds)]
                cpu = statistics.median(cpu for _, cpu, _ in runs)
                print(f"{size:>7} {name:<20} {cpu:>9.2f} {1000 * cpu / size:>8.2f} {max(m for *_, m in runs):>6.0f}")


@dataclass(frozen=True)
class Scene:
    """Commands that are measured in one folder; `before` prepares a run of the command of a name."""

    title: str
    folder: Path
    commands: Mapping[str, list[str]]
    before: Mapping[str, Callable[[], None]] = field(default_factory=dict)


def played(scene: Scene, rounds: int, cache: Path) -> None:
    """Run the commands of a scene in turn and print a table."""
    there = {name: command for name, command in scene.commands.items() if shutil.which(command[0])}
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in there}
    for _ in range(rounds):
        for name, command in there.items():
            kept = None if "no cache" in name or not name.startswith("kubetrial") else cache / name.replace(" ", "-")
            if kept is not None and "cold" in name:
                shutil.rmtree(kept, ignore_errors=True)
            elif kept is not None and not kept.exists():
                measure(command, scene.folder, kept)
            scene.before.get(name, lambda: None)()
            rows[name].append(measure(command, scene.folder, kept))
    print(f"{scene.title:<36} {'median s':>9} {'min':>7} {'max':>7} {'CPU s':>7} {'MiB':>6}")
    for name, row in rows.items():
        times, cpus, memory = zip(*row, strict=True)
        print(
            f"{name:<36} {statistics.median(times):>9.3f} {min(times):>7.3f} {max(times):>7.3f} "
            f"{statistics.median(cpus):>7.3f} {max(memory):>6.0f}"
        )
    for name in sorted(set(scene.commands) - set(there)):
        print(f"{name:<36} {'not installed':>9}")
    print(flush=True)


def scenes(files: list[Path], source: Path, scratch: Path, count: int) -> list[Scene]:
    """The scenes: many files, one file, hooks in a repository that holds all files, and very many objects."""
    check = [sys.executable, "-m", "kubetrial", "check", "--isolated", "--no-progress"]
    schemas = scratch / "schemas"
    schemas.mkdir()
    conform = ["kubeconform", "-strict", "-ignore-missing-schemas", "-schema-location", flattened(schemas, 37)]
    many = copied(files[:count], source, scratch / "files")
    whole = copied(files, source, scratch / "repository")
    (whole / ".git").mkdir()
    one = scratch / "one"
    one.mkdir()
    shutil.copyfile(Path(__file__).parent / "one.yaml", one / "one.yaml")
    big = scratch / "big"
    big.mkdir()
    (big / "all.yaml").write_text(look_alikes(10_000), encoding="utf-8")
    names = [str(path.relative_to(source)) for path in files]
    middle = names[len(names) // 2]

    def edited() -> None:
        with (whole / middle).open("a", encoding="utf-8") as file:
            file.write("# edited\n")

    return [
        Scene(
            f"{min(count, len(files))} files",
            many,
            {
                "kubetrial, cold": [*check, "."],
                "kubetrial, no cache": [*check, "."],
                "kubetrial, no cache, one process": [*check, ".", "--jobs", "1"],
                "kubetrial, no cache, rejected only": [*check, ".", "--select", "rejected"],
                "kubetrial, no cache, all rules": [*check, ".", "--select", "all"],
                "kubetrial, warm": [*check, "."],
                "kubeconform -strict": [*conform, "."],
                "yamllint": ["yamllint", "."],
            },
        ),
        Scene(
            "one small file",
            one,
            {
                "kubetrial, cold": [*check, "one.yaml"],
                "kubetrial, warm": [*check, "one.yaml"],
                "kubetrial, start-up (--version)": [sys.executable, "-m", "kubetrial", "--version"],
                "python -c pass": [sys.executable, "-c", "pass"],
                "kubeconform -strict": [*conform, "one.yaml"],
            },
        ),
        Scene(
            f"one file of a repository of {len(files)}",
            whole,
            {
                "kubetrial, cold": [*check, middle],
                "kubetrial, warm": [*check, middle],
            },
        ),
        Scene(
            f"one file of a repository of {len(files)}, edited before each run",
            whole,
            {"kubetrial, edited": [*check, middle]},
            {"kubetrial, edited": edited},
        ),
        Scene(
            f"{min(count, len(files))} files of a repository of {len(files)}, by name",
            whole,
            {"kubetrial, cold": [*check, *names[:count]], "kubetrial, warm": [*check, *names[:count]]},
        ),
        Scene(
            "10,000 look-alike objects in one file",
            big,
            {
                "kubetrial, cold": [*check, "."],
                "kubetrial, no cache, one process": [*check, ".", "--jobs", "1"],
                "kubeconform -strict": [*conform, "."],
            },
        ),
        *_building(scratch, check),
    ]


def _building(scratch: Path, check: list[str]) -> list[Scene]:
    """What is applied, from overlays and from a chart; and the trial of what is applied."""
    build = [sys.executable, "-m", "kubetrial", "build", "--no-cache"]
    overlays, chart = built.overlays(scratch / "overlays"), built.chart(scratch / "chart")

    def edited() -> None:
        with (overlays / "overlay-1" / "kustomization.yaml").open("a", encoding="utf-8") as file:
            file.write("# edited\n")

    return [
        Scene(
            f"an overlay over {2 * built.BASE} objects",
            overlays,
            {"kubetrial build": [*build, "overlay-1"], "kustomize build": ["kustomize", "build", "overlay-1"]},
        ),
        Scene(
            f"{built.OVERLAYS} overlays over {2 * built.BASE} objects, checked",
            overlays,
            {"kubetrial, no cache": [*check, "."], "kubetrial, warm": [*check, "."]},
        ),
        Scene(
            f"{built.OVERLAYS} overlays over {2 * built.BASE} objects, one of them edited before each run",
            overlays,
            {"kubetrial, edited": [*check, "."]},
            {"kubetrial, edited": edited},
        ),
        Scene(
            "a chart of 500 objects",
            chart,
            {"kubetrial build": [*build, "."], "helm template": ["helm", "template", "release", "."]},
        ),
        Scene(
            f"a trial run of {built.BASE} workloads",
            overlays,
            {"kubetrial run": [sys.executable, "-m", "kubetrial", "run", "base/all.yaml", "--isolated"]},
        ),
    ]


def edited_buffer(folder: Path, path: str, rounds: int) -> None:
    """Print what a process that stays takes to check an edited text, as an editor asks for it."""
    from kubetrial.lint.command.workspace import Workspace

    os.chdir(folder)
    gc.disable()  # as in the command
    workspace = Workspace(".", ["--isolated", "--no-cache", "--jobs", "1"])
    text = (folder / path).read_text(encoding="utf-8")
    times = []
    for number in range(10 * rounds):
        begin = time.perf_counter()
        workspace.check(path, f"{text}# {number}\n")
        times.append(time.perf_counter() - begin)
    name = "kubetrial, edited text, in process"
    print(f"{name:<36} {statistics.median(times):>9.3f} {min(times):>7.3f} {max(times):>7.3f}\n", flush=True)


def copied(files: list[Path], source: Path, target: Path) -> Path:
    """Some files of a folder in a folder of their own."""
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


def main() -> None:
    """Measure and print a table a scene."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--sets", metavar="N,N,...", help="time sets of so many look-alike objects instead")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", metavar="WORD", help="only the scenes whose title has this word")
    arguments = parser.parse_args()
    if arguments.sets:
        check = [sys.executable, "-m", "kubetrial", "check", ".", "--isolated", "--no-progress"]
        sizes = [int(size) for size in arguments.sets.split(",")]
        grow(sizes, {"kubetrial": check, "all rules": [*check, "--select", "all"]}, arguments.rounds)
        return
    if arguments.folder is None:
        parser.error("give a folder, or --sets")
    found = sorted(p for p in arguments.folder.rglob("*") if p.suffix in (".yaml", ".yml", ".json") and p.is_file())
    with tempfile.TemporaryDirectory() as scratch:
        for number, scene in enumerate(scenes(found, arguments.folder, Path(scratch), arguments.files)):
            if arguments.only in scene.title:
                played(scene, arguments.rounds, Path(scratch) / f"cache-{number}")
        if arguments.only in _BUFFER:
            names = [str(path.relative_to(arguments.folder)) for path in found]
            print(_BUFFER)
            edited_buffer(Path(scratch) / "repository", names[len(names) // 2], arguments.rounds)


_BUFFER = "an edited text in a repository, in a process that stays"


if __name__ == "__main__":
    main()
