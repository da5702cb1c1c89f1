"""Times kubetrial against public peers on the same files: `python benchmarks/run.py FOLDER [--files N] [--rounds N]`.

With `--sets N,N,...` it times kubetrial alone on sets of so many look-alike objects, which shows how the work grows.
Peers that are installed are measured, the others are said to be missing. kubeconform works offline with schemas that are flattened here
from the package that ours come from. Each command is a whole process, cold; the figures are the median of the rounds, and the peak memory.
Pairs are run in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


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


def measure(command: list[str], folder: Path) -> tuple[float, float, float]:
    """(seconds, CPU seconds, peak MiB) of one run; its exit code says what it found and does not matter here."""
    # An installed package has its modules compiled; so may a checkout keep them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
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


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--sets", metavar="N,N,...", help="time sets of so many look-alike objects instead")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    kubetrial = [sys.executable, "-m", "kubetrial.lint.command.cli", "check", ".", "--isolated", "--no-progress"]
    if arguments.sets:
        sizes = [int(size) for size in arguments.sets.split(",")]
        grow(sizes, {"kubetrial": kubetrial, "all rules": [*kubetrial, "--select", "all"]}, arguments.rounds)
        return
    if arguments.folder is None:
        parser.error("give a folder, or --sets")
    found = sorted(p for p in arguments.folder.rglob("*") if p.suffix in (".yaml", ".yml", ".json") and p.is_file())[
        : arguments.files
    ]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch) / "files"
        for path in found:
            target = work / path.relative_to(arguments.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        one = Path(scratch) / "one"
        one.mkdir()
        (one / "one.yaml").write_text(
            (Path(__file__).parent / "one.yaml").read_text(encoding="utf-8"), encoding="utf-8"
        )
        schemas = Path(scratch) / "schemas"
        schemas.mkdir()
        location = flattened(schemas, 37)
        commands = {
            "kubetrial": kubetrial,
            "kubetrial, all rules": [*kubetrial, "--select", "all"],
            "kubetrial, rejected only": [*kubetrial, "--select", "rejected"],
            "kubeconform -strict": [
                "kubeconform",
                "-strict",
                "-ignore-missing-schemas",
                "-schema-location",
                location,
                ".",
            ],
            "kube-score": ["sh", "-c", "find . -name '*.y*ml' | xargs kube-score score"],
            "yamllint": ["yamllint", "."],
        }
        for title, folder in ((f"{len(found)} files", work), ("one small file", one)):
            print(f"{title:<28} {'median s':>9} {'min':>7} {'max':>7} {'CPU s':>7} {'MiB':>6}")
            there = {name: c for name, c in commands.items() if c[0] in (sys.executable, "sh") or shutil.which(c[0])}
            if not shutil.which("kube-score"):
                there.pop("kube-score", None)
            rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in there}
            for _ in range(arguments.rounds):
                for name, command in there.items():
                    rows[name].append(measure(command, folder))
            for name, row in rows.items():
                times, cpus, memory = zip(*row, strict=True)
                print(
                    f"{name:<28} {statistics.median(times):>9.3f} {min(times):>7.3f} {max(times):>7.3f} "
                    f"{statistics.median(cpus):>7.3f} {max(memory):>6.0f}"
                )
            for name in sorted(set(commands) - set(there)):
                print(f"{name:<28} {'not installed':>9}")
            print()


if __name__ == "__main__":
    main()
