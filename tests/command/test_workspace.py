"""A process that stays says what the command says, and works on what changed alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from kubetrial.lint.command import check, cli
from kubetrial.lint.command.workspace import Workspace
from kubetrial.lint.files import discover
from kubetrial.lint.finding import Finding
from kubetrial.lint.yaml import source

from tests.conftest import ROOT
from tests.manifests import WORKLOAD

OPTIONS = ("--isolated", "--no-cache", "--jobs", "1")
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n"
CONTAINER = """\
      - {name: web, image: "web:1", ports: [{name: PORT, containerPort: 8080}], envFrom: [{configMapRef: {name: CONFIG}}]}
"""


def _said(path: str, text: str, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What `kubetrial check - --stdin-filename` finds."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    arguments = cli.parser().parse_args(["check", "-", "--stdin-filename", path, *OPTIONS])
    discovery = discover.discover(["-"], stdin=check.standard_input, stdin_filename=path)
    return list(check.run(arguments, check.settings_of(arguments), discovery)[0].findings)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    (tmp_path / "service.yaml").write_text(SERVICE)
    (tmp_path / "deep" / "config.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web-config}\n")
    for number in range(40):
        (tmp_path / "deep" / f"{number}.yaml").write_text(SERVICE.replace("web", f"other-{number}"))
    (tmp_path / "web.yaml").write_text(_workload())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _workload(port: str = "http", config: str = "web-config") -> str:
    return (WORKLOAD + CONTAINER).replace("PORT", port).replace("CONFIG", config)


def test_it_says_what_the_command_says(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(".", OPTIONS)
    several = 0
    mistakes = (
        _workload().replace("8080", "808080"),
        SERVICE + "---\n" + SERVICE.replace("80", "90"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: [",
    )
    for text in (_workload(), _workload("web"), _workload(config="web-confg"), "", *mistakes):
        found = workspace.check("web.yaml", text)
        assert found == _said("web.yaml", text, monkeypatch), text
        several += bool(found)
    assert several > 1


@pytest.mark.parametrize("name", ["---", "%", "!", " "])
def test_a_name_of_signs_alone(name: str, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{name}'}}\n"
    found = Workspace(".", OPTIONS).check("web.yaml", text)
    assert found == _said("web.yaml", text, monkeypatch)
    assert [one.rule for one in found if one.rule == "object-name-malformed"]


@pytest.mark.parametrize(
    "layout", sorted(path.name for path in (ROOT / "tests" / "layouts").iterdir() if path.is_dir())
)
def test_over_all_layouts(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file as it stands; the repository is this one."""
    folder = ROOT / "tests" / "layouts" / layout
    monkeypatch.chdir(folder)
    monkeypatch.setattr(discover, "repository_of", lambda _: str(folder))
    workspace = Workspace(".", OPTIONS)
    for path in sorted(folder.rglob("*.yaml")):
        name = str(path.relative_to(folder))
        text = path.read_text(encoding="utf-8")
        assert workspace.check(name, text) == _said(name, text, monkeypatch), name


def test_only_the_edited_text_is_read_again(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(".", OPTIONS)
    workspace.check("web.yaml", _workload())
    read: list[str] = []
    whole = source.read

    def counted(file: str, text: str) -> source.Source:
        read.append(file)
        return whole(file, text)

    def opened(_: object) -> bytes:
        raise AssertionError("a file is read again")

    monkeypatch.setattr(source, "read", counted)
    monkeypatch.setattr(discover.SourceFile, "read", opened)
    workspace.check("web.yaml", _workload("web"))
    assert set(read) <= {"", "web.yaml"}
    assert len(read) <= 3


def test_what_is_known_of_a_file_is_known_once(repository: Path) -> None:
    workspace = Workspace(".", OPTIONS)
    known = sum(map(len, workspace._index._words.values()))
    for _ in range(3):
        workspace.changed("web.yaml")
    assert sum(map(len, workspace._index._words.values())) == known


def test_other_files_change(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace(".", OPTIONS)
    config = repository / "deep" / "config.yaml"
    text = _workload()

    def agree() -> None:
        assert workspace.check("web.yaml", text) == _said("web.yaml", text, monkeypatch)

    agree()
    config.write_text(config.read_text().replace("web-config", "web-confg"))
    workspace.changed("deep/config.yaml")
    agree()
    config.unlink()
    workspace.changed("deep/config.yaml")
    agree()
    (repository / "new.yaml").write_text(SERVICE.replace("http", "htp"))
    workspace.changed("new.yaml")
    agree()
    assert workspace.check("new.yaml", SERVICE) == _said("new.yaml", SERVICE, monkeypatch)
