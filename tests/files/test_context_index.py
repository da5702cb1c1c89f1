"""What is kept of a repository's files between runs: read once, found again, and never believed where it may be wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from kubetrial.lint.command import replay
from kubetrial.lint.command.cli import main
from kubetrial.lint.files import context_index
from kubetrial.lint.files.context import traits
from kubetrial.lint.files.context_index import ContextIndex
from kubetrial.lint.files.discover import SourceFile
from kubetrial.lint.yaml import source

from tests.conftest import ROOT

SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {{name: {0}}}\nspec: {{selector: {{app: {0}}}, ports: [{{port: 80}}]}}\n"
)
MANY = 2 * context_index._WORTH
OLD = 1_700_000_000


@pytest.fixture
def files(tmp_path: Path) -> list[SourceFile]:
    """Some files that were written long ago."""
    folder = tmp_path / "work"
    folder.mkdir()
    found = []
    for number in range(MANY):
        path = folder / f"{number}.yaml"
        path.write_text(SERVICE.format(f"web-{number}"))
        found.append(SourceFile(path.name, str(path)))
    return found


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment at which nothing has changed just now."""
    monkeypatch.setattr(context_index.kept, "now", lambda: 1 << 62)


def _looked(tmp_path: Path, files: list[SourceFile]) -> tuple[ContextIndex, list[str]]:
    """The index after it looked at the files, and those that it read."""
    index = ContextIndex(str(tmp_path / "cache"), "/root")
    return index, index.look(files, [os.stat(file.full) for file in files])


def _with(index: ContextIndex, word: bytes) -> set[str]:
    return {index.file(number).path for number in index._with(word)}


def test_what_is_as_it_was_is_not_read_again(tmp_path: Path, files: list[SourceFile]) -> None:
    index, read = _looked(tmp_path, files)
    assert len(read) == MANY
    index.save()
    again, read = _looked(tmp_path, files)
    assert read == []
    for file in files:
        text = Path(file.full).read_text()
        assert again.flags(file.full) == index.flags(file.full) == traits(text).flags
        for word in traits(text).words:
            assert _with(again, word.encode()) == _with(index, word.encode()) >= {file.path}
    assert _with(again, b"web") == _with(again, b"web-") == _with(again, b"zzz") == _with(again, b"") == set()


def test_what_changed_is_read_again(tmp_path: Path, files: list[SourceFile]) -> None:
    _looked(tmp_path, files)[0].save()
    (tmp_path / "work" / "3.yaml").write_text(SERVICE.format("api"))
    index, read = _looked(tmp_path, files)
    assert read == [files[3].full]
    assert _with(index, b"api") == {"3.yaml"}
    assert _with(index, b"web-3") == set()
    assert len(_with(index, b"Service")) == MANY


def test_what_changed_is_kept_with_the_rest(tmp_path: Path, files: list[SourceFile]) -> None:
    _looked(tmp_path, files)[0].save()
    for number in range(MANY // 2, MANY):
        (tmp_path / "work" / f"{number}.yaml").write_text(SERVICE.format(f"api-{number}"))
    _looked(tmp_path, files)[0].save()
    index, read = _looked(tmp_path, files)
    assert read == []
    assert len(_with(index, b"Service")) == MANY
    assert [len(_with(index, word)) for word in (b"web-1", b"api-1", f"web-{MANY - 1}".encode())] == [1, 0, 0]
    assert _with(index, f"api-{MANY - 1}".encode()) == {f"{MANY - 1}.yaml"}


def test_what_changed_just_now_is_not_believed(
    tmp_path: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context_index.kept, "now", lambda: os.stat(files[0].full).st_mtime_ns)
    _looked(tmp_path, files)[0].save()
    assert len(_looked(tmp_path, files)[1]) == MANY


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _changed(data: bytes) -> bytes:
    return data.replace(b"\nService", b"\nservice", 1)


def _empty(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("broken", [_cut, _changed, _empty])
def test_a_broken_entry_is_none(tmp_path: Path, files: list[SourceFile], broken: Callable[[bytes], bytes]) -> None:
    _looked(tmp_path, files)[0].save()
    [entry] = (tmp_path / "cache").iterdir()
    entry.write_bytes(broken(entry.read_bytes()))
    assert len(_looked(tmp_path, files)[1]) == MANY


def test_entries_are_bounded_and_cleaned_with_the_others(tmp_path: Path, files: list[SourceFile]) -> None:
    _looked(tmp_path, files)[0].save()
    assert len(replay._entries(str(tmp_path / "cache"))) == 1
    assert replay.cleaned(str(tmp_path / "cache")) == 1


def test_kept_values_are_what_is_read() -> None:
    """Over all fixtures: what is not simple is not kept."""
    kept = 0
    for path in sorted((ROOT / "tests").rglob("*.yaml")):
        text = source.decode(path.read_bytes()) if path.stat().st_size < 100_000 else ""
        try:
            read = source.read(path.name, text)
        except UnicodeError:
            continue
        values = context_index._values(read)
        if values:
            kept += 1
            again = context_index._source(path.name, text, values)
            assert again is not None
            assert [_told(document) for document in again.documents] == [_told(document) for document in read.documents]
    assert kept > 500


def _told(document: source.Document) -> tuple[object, ...]:
    return document.file, document.index, document.line, document.text, repr(document.value), document.marked


def test_beginnings_of_dotted_words_are_words() -> None:
    assert {"web", "web.shop", "web.shop.svc"} == traits("kind: web.shop.svc\n").words


def test_a_hook_says_the_same_with_and_without_an_index(
    tmp_path: Path, files: list[SourceFile], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The given file changes between runs, one of the others too; each time it is as if nothing had been kept."""
    work = tmp_path / "work"
    (work / ".git").mkdir()
    given = work / "given.yaml"
    open_ = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-1}\ndata:\n  a: @@WORD@@\n"
    (work / "open.yaml").write_text(open_)  # nothing is said about it: nobody asked
    monkeypatch.chdir(work)

    def said(*words: str) -> tuple[int, str, str]:
        code = main(["check", "given.yaml", "--output-format", "json", *words])
        return (code, *capsys.readouterr())

    for number in range(3):
        given.write_text(SERVICE.format(f"web-{number}") + "---\n" + SERVICE.format(f"web-{number + 1}"))
        (work / f"{number}.yaml").write_text(SERVICE.format(f"web-{number + 1}").replace("80", "90"))
        kept = said("--cache-dir", str(tmp_path / "cache"))
        assert kept == said("--no-cache")
        assert (tmp_path / "cache").is_dir()
