"""What is known from earlier runs is what a run would find: whatever is edited between runs, all is as if nothing had been kept."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kubetrial.lint.command import gather, replay
from kubetrial.lint.command.cli import main
from kubetrial.lint.files import context_index, kept, looks

NAMES = ("web", "api", "db")
TEXTS = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: NAME}\nspec: {selector: {app: NAME}, ports: [{port: 80, targetPort: http}]}\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec:\n  selector: {matchLabels: {app: NAME}}\n  template:\n"
    "    metadata: {labels: {app: NAME}}\n    spec:\n      containers:\n"
    '      - {name: NAME, image: "a:1", envFrom: [{configMapRef: {name: NAME-config}}], ports: [{name: htp, containerPort: 80}]}\n',
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME-config}\ndata: {a: b}\n",
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: NAME}\nspec:\n"
    "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: NAME}\n  minReplicas: 3\n  maxReplicas: 2\n",
    "apiVersion: v1\nkind: LimitRange\nmetadata: {name: NAME}\nspec: {limits: [{type: Container, max: {cpu: 1m}}]}\n",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: NAME, namespace: flux-system}\n"
    "spec: {interval: 1m, prune: true, path: ./deep, sourceRef: {kind: GitRepository, name: NAME}}\n",
    "kind: NAME\nspec: [\n",
)
PATHS = ("a.yaml", "b.yaml", "deep/c.yaml", "deep/d.yaml", "deep/e.yml", ".hidden/f.yaml", "over/g.yaml")
STEERING = {
    ".gitignore": ("deep/d.yaml\n", "b.yaml\n", ""),
    "deep/kustomization.yaml": ("resources: [c.yaml]\n", "resources: [c.yaml, d.yaml]\nnamePrefix: x-\n"),
    "over/kustomization.yaml": ("resources: [../deep]\nnamespace: shop\n", "resources: [g.yaml]\n"),
}
BODIES = st.tuples(st.sampled_from(TEXTS), st.sampled_from(NAMES)).map(lambda each: each[0].replace("NAME", each[1]))
WRITES = st.tuples(st.just("write"), st.sampled_from(PATHS), BODIES)
STEERS = st.sampled_from([("write", path, text) for path, texts in STEERING.items() for text in texts])
MOVES = st.tuples(st.just("rename"), st.sampled_from(PATHS), st.sampled_from(PATHS))
REMOVALS = st.tuples(st.just("remove"), st.sampled_from((*PATHS, *STEERING)), st.just(""))
EDITS = st.lists(st.one_of(WRITES, WRITES, WRITES, STEERS, MOVES, REMOVALS), min_size=3, max_size=8)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written is old, and a little is worth being kept."""
    monkeypatch.setattr(kept, "now", lambda: 1 << 62)
    monkeypatch.setattr(context_index, "_WORTH", 1)


class Repository:
    """A folder whose files are edited; every change has a time of its own, as changes of people have."""

    def __init__(self, folder: Path, times: Iterator[int]) -> None:
        self.folder = folder
        self._times = times
        shutil.rmtree(folder, ignore_errors=True)
        (folder / ".git").mkdir(parents=True)
        for path, text in zip(PATHS, TEXTS, strict=True):
            self.edit("write", path, text.replace("NAME", NAMES[0]))

    def edit(self, what: str, path: str, to: str) -> None:
        """Write, rename or remove a file."""
        place = self.folder / path
        place.parent.mkdir(exist_ok=True)
        if what == "write":
            place.write_text(to)
        elif place.exists() and what == "rename":
            (self.folder / to).parent.mkdir(exist_ok=True)
            place.replace(self.folder / to)
        else:
            place.unlink(missing_ok=True)
        for each in (place, self.folder / to if what == "rename" else place):
            for changed in (each, *each.parents):
                if changed.is_relative_to(self.folder) and changed.exists():
                    os.utime(changed, ns=(0, next(self._times)))


Said = tuple[int, str, str]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*words: str) -> Said:
        capfd.readouterr()
        code = replay.through(list(words), main)
        return (code, *capfd.readouterr())

    return run


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    edits=EDITS,
    other=st.sampled_from(((), ("--select", "all"), ("--kubernetes-version", "1.29"))),
    little=st.sampled_from((0, 20)),
)
def test_whatever_is_edited(
    edits: list[tuple[str, str, str]],
    other: tuple[str, ...],
    little: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: Callable[..., Said],
) -> None:
    monkeypatch.setattr(gather, "_MOST_BESIDE", little)
    cache = str(tmp_path / "cache")
    shutil.rmtree(cache, ignore_errors=True)
    repository = Repository(tmp_path / "work", itertools.count(1_000_000))
    monkeypatch.chdir(repository.folder)
    for edit in (("write", "a.yaml", TEXTS[0]), *edits):
        repository.edit(*edit)
        there = [path for path in PATHS[:4] if (repository.folder / path).exists()]
        for paths in (["."], there[:1], there[1:3]):
            for words in (paths, [*paths, *other]):
                if paths:
                    warm = said("check", *words, "--cache-dir", cache)
                    assert warm == said("check", *words, "--no-cache"), words
    assert len(os.listdir(cache)) > 2


def test_a_second_run_lists_no_folders_and_reads_no_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[..., Said]
) -> None:
    monkeypatch.setattr(gather, "_MOST_BESIDE", 0)
    repository = Repository(tmp_path / "work", itertools.count(1_000_000))
    monkeypatch.chdir(repository.folder)
    words = ("check", "a.yaml", "--cache-dir", str(tmp_path / "cache"))
    said(*words)
    repository.edit("write", "a.yaml", TEXTS[0].replace("NAME", "db"))
    read: list[str] = []
    whole = context_index.SourceFile.read

    def counted(file: context_index.SourceFile) -> bytes:
        read.append(file.path)
        return whole(file)

    def listed(*_: object) -> Iterator[object]:
        raise AssertionError("a folder is looked through again")

    monkeypatch.setattr(context_index.SourceFile, "read", counted)
    monkeypatch.setattr("kubetrial.lint.files.discover._Finder.walk", listed)
    monkeypatch.setattr("kubetrial.lint.build.gitops.folders_below", listed)
    said(*words)
    assert read[0] == "a.yaml"
    assert "deep/c.yaml" not in read  # of web, as all others


@pytest.mark.parametrize("cut", [0, 1, 40, 200])
def test_entries_that_are_cut_are_none(
    cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[..., Said]
) -> None:
    """As a full disk or a killed process may leave them."""
    repository = Repository(tmp_path / "work", itertools.count(1_000_000))
    monkeypatch.chdir(repository.folder)
    cache = tmp_path / "cache"
    first = said("check", "a.yaml", "--cache-dir", str(cache))
    for entry in cache.iterdir():
        entry.write_bytes(entry.read_bytes()[:-cut] if cut else b"")
    repository.edit("write", "b.yaml", (repository.folder / "b.yaml").read_text() + "# edited\n")
    assert said("check", "a.yaml", "--cache-dir", str(cache)) == first
    assert said("check", "a.yaml", "--no-cache") == first


@pytest.mark.skipif(os.name != "posix", reason="links need a right on Windows")
def test_a_look_is_the_same_however_it_is_taken(tmp_path: Path) -> None:
    """When it is heard the folder is known already; later each path is looked at by itself."""
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "real" / "a.yaml").write_text("a: 1\n")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "to-file").symlink_to("a.yaml")
    (tmp_path / "real" / "to-nothing").symlink_to("nothing")
    (tmp_path / "circle").symlink_to("circle")
    heard = looks.Looks("/nowhere")
    for folder in ("", "real", "link", "nothing", "circle", "real/a.yaml"):
        for name in ("", "deep", "a.yaml", "to-file", "to-nothing", "none", "circle"):
            full = os.path.abspath(tmp_path / folder / name)
            assert heard._seen(full) == looks._seen(full), full
    assert heard._seen("/") == looks._seen("/")


def test_nowhere_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[..., Said]) -> None:
    """A full disk, or a home that nobody may write to."""
    repository = Repository(tmp_path / "work", itertools.count(1_000_000))
    monkeypatch.chdir(repository.folder)

    def refused(*_: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(kept, "put", refused)
    for words in (("a.yaml",), (".",)):
        assert said("check", *words, "--cache-dir", str(tmp_path / "cache")) == said("check", *words, "--no-cache")


def test_another_version_knows_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.entry("/cache", b"context", b"/root")
    monkeypatch.setattr(kept, "_installation", [b"another"])
    assert kept.entry("/cache", b"context", b"/root") != before
    assert kept.entry("/cache", b"files below", b"/root") != kept.entry("/cache", b"context", b"/root")
    assert kept.entry(None, b"context") is None
