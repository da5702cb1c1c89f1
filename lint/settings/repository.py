"""What a repository holds that matters for setting kubetrial up: charts, overlays, definitions, pipelines, other linters.

Files are looked at and never run; the walk and what is read of a file are bounded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from kubetrial.lint.files.kustomize import FILE_NAMES as KUSTOMIZATION_FILES
from kubetrial.lint.files.read import is_inside, read
from kubetrial.lint.files.test_inputs import NOT_OURS
from kubetrial.lint.values.records import dataclass
from kubetrial.schemas.minors import NEWEST, OLDEST

MOST_ENTRIES = 100_000
"""So many files and folders are looked at."""
_MOST_BYTES = 1 << 20
"""So much of a file that may name a tool or a version is read."""
_SKIPPED = NOT_OURS | {".git", ".hg", ".terraform", ".venv", "venv", "__pycache__", ".tox", ".cache"}

LINTERS = {
    "kube-linter": (".kube-linter.yaml", ".kube-linter.yml"),
    "kube-score": (".kube-score.yml", ".kube-score.yaml"),
    "kubeconform": (),
    "kubeval": (),
    "polaris": ("polaris.yaml", ".polaris.yaml"),
    "checkov": (".checkov.yaml", ".checkov.yml"),
    "datree": (".datree.yaml",),
    "trivy": ("trivy.yaml", ".trivyignore"),
}
"""Other linters of manifests, and the files by which they are configured."""
_FOREIGN_IGNORES = re.compile(
    rb"kube-linter\.io/|kube-score/ignore|checkov\.io/skip|polaris\.fairwinds\.com/[\w-]*exempt"
)
_VERSION = re.compile(r"(?:kubernetes[-_]version|kube[-_]version|kindest/node|cluster[-_]version)\W{0,4}v?1\.(\d\d)\b")
_SCHEMA_FILE = re.compile(r"[a-z0-9]+_v\d+(?:(?:alpha|beta)\d+)?\.json")
_VALUES = re.compile(r"values[-._].*\.ya?ml|.*[-._]values\.ya?ml")
_DEFINITION = re.compile(rb"^[ \t]*(?:- )?kind: *[\"']?CustomResourceDefinition\b", re.M)
_OBJECT = re.compile(rb"^[ \t]*(?:- )?kind: *\S", re.M)


@dataclass(frozen=True, slots=True)
class Repository:
    """What was found; paths are relative to the root, with `/`, and sorted.

    `minors` are the minors of Kubernetes that pipelines and tools name, each with the file that names it.
    """

    root: str
    manifests: int = 0
    charts: tuple[str, ...] = ()
    kustomizations: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()  # a chart, and a file with values of one of its environments
    definitions: tuple[str, ...] = ()  # files that hold CustomResourceDefinitions
    schema_folders: tuple[str, ...] = ()  # folders of JSON schemas: GROUP/KIND_VERSION.json
    linters: tuple[str, ...] = ()
    foreign_ignores: bool = False  # whether manifests hold annotations that other linters read
    ci: tuple[str, ...] = ()  # github, gitlab, azure, jenkins
    minors: tuple[tuple[int, str], ...] = ()
    cut_short: bool = False  # the repository is larger than what was looked at


def found(root: str) -> Repository:
    """Look at a repository; nothing is said of what cannot be read."""
    charts, kustomizations, definitions, schemas, values = [], [], [], set(), []
    minors: dict[int, str] = {}
    linters: set[str] = set()
    manifests = count = 0
    foreign = False
    for path in _files(root):
        count += 1
        name, folder = path.rpartition("/")[2], path.rpartition("/")[0]
        if name == "Chart.yaml":
            charts.append(folder or ".")
        if _VALUES.fullmatch(name) and name not in ("values.yaml", "values.yml"):
            values.append(path)
        if name in KUSTOMIZATION_FILES:
            kustomizations.append(folder or ".")
        if _SCHEMA_FILE.fullmatch(name) and "." in folder.rpartition("/")[2]:
            schemas.add(folder.rpartition("/")[0] or ".")
        if _is_pipeline(path):
            text = _content(root, path).decode("utf-8", "replace")
            linters |= {linter for linter in LINTERS if re.search(rf"\b{linter}\b", text)}
            for found_version in _VERSION.finditer(text):
                minors.setdefault(int(found_version[1]), path)
        elif name.endswith((".yaml", ".yml")) and "/templates/" not in f"/{path}":
            content = _content(root, path)
            manifests += bool(_OBJECT.search(content)) and b"apiVersion:" in content
            foreign = foreign or bool(_FOREIGN_IGNORES.search(content))
            if _DEFINITION.search(content):
                definitions.append(path)
        linters |= {linter for linter, files in LINTERS.items() if path in files}
    return Repository(
        root,
        manifests,
        tuple(sorted(charts)),
        tuple(sorted(kustomizations)),
        tuple(_environments(charts, values)),
        tuple(sorted(definitions)),
        tuple(sorted(schemas)),
        tuple(sorted(linters)),
        foreign,
        tuple(_ci(root)),
        tuple(sorted((minor, file) for minor, file in minors.items() if OLDEST <= minor <= NEWEST)),
        count >= MOST_ENTRIES,
    )


def _environments(charts: list[str], values: list[str]) -> Iterator[tuple[str, str]]:
    """(chart, file) of the files with values that lie in a chart, each with the nearest one."""
    for file in sorted(values):
        around = [chart for chart in charts if file.startswith(f"{chart}/") or chart == "."]
        if around and "/templates/" not in file:
            yield max(around, key=len), file


def _files(root: str) -> Iterator[str]:
    """The files below the root, but those of other people's copies, tools and tests; hidden ones only of pipelines."""
    left = MOST_ENTRIES
    for folder, folders, files in os.walk(root):
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if inside == "." else inside + "/"
        top = inside == "."
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED
            and (not name.startswith(".") or (top and name in (".github", ".gitlab", ".circleci")))
        )
        for name in sorted(files):
            if left <= 0:
                return
            left -= 1
            if top or not name.startswith("."):
                yield prefix + name


def _is_pipeline(path: str) -> bool:
    """Whether a file says what a pipeline or a hook runs."""
    return path.startswith((".github/workflows/", ".gitlab/", ".circleci/")) or path in (
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        "azure-pipelines.yml",
        "Jenkinsfile",
        "Makefile",
        "Taskfile.yml",
        "justfile",
        "kind.yaml",
        "kind-config.yaml",
    )


def _ci(root: str) -> Iterator[str]:
    """The pipelines that the repository has; where it has none, the one of the place that it was cloned from."""
    known = {
        "github": ".github/workflows",
        "gitlab": ".gitlab-ci.yml",
        "azure": "azure-pipelines.yml",
        "jenkins": "Jenkinsfile",
    }
    there = [name for name, path in known.items() if os.path.exists(os.path.join(root, path))]
    if there:
        yield from there
        return
    remote = _content(root, ".git/config").decode("utf-8", "replace")
    urls = re.findall(r"^\s*url\s*=\s*(\S+)", remote, re.M)
    for name in ("github", "gitlab"):
        if any(name in url for url in urls) or (name == "github" and os.path.isdir(os.path.join(root, ".github"))):
            yield name
            return


def _content(root: str, path: str) -> bytes:
    """What a file of the repository holds; nothing where it cannot be read, is very large, or lies elsewhere."""
    full = os.path.join(root, path)
    try:
        return read(full, _MOST_BYTES) if is_inside(full, root) else b""
    except OSError:
        return b""
