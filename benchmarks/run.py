"""Times kubetrial against public peers on the same files: `python benchmarks/run.py FOLDER [--files N] [--rounds N]`.

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


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """(seconds, peak MiB) of one run; its exit code says what it found and does not matter here."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - begin, usage.ru_maxrss / 1024


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
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
        kubetrial = [sys.executable, "-m", "kubetrial.lint.cli", "check", ".", "--isolated", "--no-progress"]
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
            print(f"{title:<28} {'median s':>9} {'min':>7} {'max':>7} {'MiB':>6}")
            there = {name: c for name, c in commands.items() if c[0] in (sys.executable, "sh") or shutil.which(c[0])}
            if not shutil.which("kube-score"):
                there.pop("kube-score", None)
            rows: dict[str, list[tuple[float, float]]] = {name: [] for name in there}
            for _ in range(arguments.rounds):
                for name, command in there.items():
                    rows[name].append(measure(command, folder))
            for name, row in rows.items():
                times = [seconds for seconds, _ in row]
                print(
                    f"{name:<28} {statistics.median(times):>9.3f} {min(times):>7.3f} {max(times):>7.3f} {max(m for _, m in row):>6.0f}"
                )
            for name in sorted(set(commands) - set(there)):
                print(f"{name:<28} {'not installed':>9}")
            print()


if __name__ == "__main__":
    main()
