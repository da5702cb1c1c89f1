"""What a run imports: start-up is most of what a small check costs, and modules can be counted where time cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "dataclasses",
    "inspect",
    "ast",
    "jsonschema",
    "hashlib",
    "croniter",
    "difflib",
    "subprocess",
    "tempfile",
    "logging",
    "asyncio",
    "ruamel.yaml",
)
"""What no check of a plain manifest may bring along."""


def _modules(folder: Path, *words: str) -> set[str]:
    code = (
        "import sys; before = set(sys.modules); from kubetrial.lint.command import entry; entry.main();"
        "print(*sorted(set(sys.modules) - before), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}", *words],
        cwd=folder,
        env={**os.environ, "KUBETRIAL_CACHE_DIR": str(folder.parent / "cache")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return set(done.stderr.splitlines())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "work"
    inside.mkdir()
    (inside / "one.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n")
    return inside


def test_one_small_file(folder: Path) -> None:
    modules = _modules(folder, "check", "one.yaml")
    ours = {name for name in modules if name.startswith("kubetrial.lint")}
    assert "kubetrial.lint.engine" in ours
    assert not modules & set(HEAVY)
    assert not any(name.startswith(("kubetrial.lint.build.kustomize", "kubetrial.lint.build.chart")) for name in ours)
    assert len(ours) <= 112, sorted(ours)


def test_the_version(folder: Path) -> None:
    """The same as the installer's records say, without the readers of mail and archives that importlib.metadata brings along."""
    from importlib.metadata import version

    from kubetrial.lint.values.release import release

    assert release() == version("kubetrial")
    modules = _modules(folder, "--version")
    assert not modules & {*HEAVY, "argparse", "importlib.metadata", "email", "json", "re", "zipfile"}


def test_a_run_that_is_said_again(folder: Path) -> None:
    _modules(folder, "check", "one.yaml")
    modules = _modules(folder, "check", "one.yaml")
    assert "kubetrial.lint.command.replay" in modules
    assert not modules & {*HEAVY, "argparse", "json", "re", "typing", "enum", "kubetrial.lint.engine"}
    assert len([name for name in modules if name.startswith("kubetrial.lint")]) <= 11
