"""Checks a release before it is tagged: `python docs/release.py`. Builds wheel and sdist into dist/ and uploads nothing.

What is wrong is listed, each with what to do; exit code 1. The wheel is installed with the oldest and the newest Python that is
found, and each checks the examples.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib  # type: ignore[import-not-found,no-redef]

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = tuple(f"3.{minor}" for minor in range(10, 20))


def version(root: Path = ROOT) -> str:
    """The version that pyproject.toml says."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def problems_of_words(root: Path = ROOT) -> Iterator[str]:
    """What the files say differently: version, changelog, places that name a version."""
    released = version(root)
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", released):
        yield f"pyproject.toml: the version {released} is no MAJOR.MINOR.PATCH"
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.M)
    if not any(heading.startswith(f"{released} (") for heading in headings):
        yield f"CHANGELOG.md: there is no heading `## {released} (DAY)`; rename `## Unreleased`"
    unreleased = re.search(r"^## Unreleased\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if unreleased is not None and unreleased[1].strip():
        yield "CHANGELOG.md: there are changes under `## Unreleased`; move them under the version"


def problems_of_state(root: Path = ROOT) -> Iterator[str]:
    """What git says: changes that are not committed, a tag that is there already."""
    if git(root, "status", "--porcelain", "--untracked-files=no"):
        yield "there are changes that are not committed"
    if git(root, "tag", "--list", f"v{version(root)}"):
        yield f"the tag v{version(root)} is there already; raise the version"


def git(root: Path, *words: str) -> str:
    """What a git command prints; nothing where there is no repository."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def pythons() -> list[str]:
    """The oldest and the newest Python of those that are supported and found."""
    found = [path for name in PYTHONS if (path := shutil.which(f"python{name}")) and _runs(path)]
    return list(dict.fromkeys([*found[:1], *found[-1:]])) or [sys.executable]


def _runs(python: str) -> bool:
    """Whether a command is a Python: version managers put words on the PATH for Pythons that are not installed."""
    done = subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False)
    return done.returncode == 0


def built(folder: Path, root: Path = ROOT) -> tuple[Path, Path]:
    """The wheel and the sdist, built into a folder; raises CalledProcessError."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(root)]
    subprocess.run(command, check=True)
    code = f"from hatchling.builders.sdist import SdistBuilder as B; print(next(B({str(root)!r}).build(directory={str(folder)!r})))"
    with tempfile.TemporaryDirectory() as scratch:
        python = Path(scratch) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([sys.executable, "-m", "venv", scratch], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "hatchling"], check=True)
        subprocess.run([python, "-c", code], check=True, capture_output=True)
    return max(folder.glob("*.whl")), max(folder.glob("*.tar.gz"))


def problems_of_wheel(wheel: Path, released: str) -> Iterator[str]:
    """What a wheel lacks, or has too much of."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(archive.read(name).decode() for name in names if name.endswith("/METADATA"))
    if f"\nVersion: {released}\n" not in metadata:
        yield f"{wheel.name}: its metadata has another version than {released}"
    for needed in (
        "kubetrial/rules/index.json",
        "kubetrial/lint/report/html_.css",
        "kubetrial/schemas/catalogue/kinds.json",
    ):
        if needed not in names:
            yield f"{wheel.name}: {needed} is missing"
    strays = {name.split("/")[0] for name in names} - {"kubetrial", f"kubetrial-{released}.dist-info"}
    if strays:
        yield f"{wheel.name}: it would install {', '.join(sorted(strays))} too"


def works(python: str, wheel: Path) -> Iterator[str]:
    """What goes wrong when the wheel is installed with a Python and checks the examples."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([python, "-m", "venv", scratch], check=True)
        folder = Path(scratch) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([folder / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
        for examples, code in (("right", 0), ("wrong", 1)):
            command = [folder / "kubetrial", "check", str(ROOT / "examples" / examples), "--isolated", "--quiet"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != code:
                yield f"{python}: examples/{examples} gave exit code {done.returncode} and not {code}: {done.stderr[-300:]}"


def main() -> int:
    """Say what is wrong, or what to do next."""
    problems = [*problems_of_words(), *problems_of_state()]
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    for old in dist.glob("kubetrial-*"):
        old.unlink()
    wheel, sdist = built(dist)
    problems += problems_of_wheel(wheel, version())
    for python in pythons():
        problems += works(python, wheel)
    for problem in problems:
        print(f"- {problem}")
    if not problems:
        print(
            f"{wheel.name} and {sdist.name} are good: git tag -s v{version()}, git push --tags, python -m twine upload dist/*"
        )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
