"""What differs on Windows, faked: paths with backslashes and drives, line ends, consoles with narrow encodings."""

from __future__ import annotations

import contextlib
import io
import ntpath
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.files import discover, patterns
from kubetrial.lint.report.text import from_root, is_absolute
from kubetrial.lint.settings import baseline, config, loading

HERE = "C:\\work\\shop"


@contextlib.contextmanager
def windows(here: str = HERE) -> Iterator[None]:
    """Paths as Windows has them, for functions that touch no file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getcwd", lambda: here)
        patch.setattr(os, "path", ntpath)
        patch.setattr(os, "sep", "\\")
        # On other systems ntpath.abspath asks os for the working folder; drives of their own have none.
        yield


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("C:\\work\\shop\\deploy\\web.yaml", "deploy/web.yaml"),
        ("C:\\work\\shop", "."),
        ("C:\\work\\other\\web.yaml", "C:/work/other/web.yaml"),
        ("D:\\web.yaml", "D:/web.yaml"),
        ("C:\\work\\shopping\\web.yaml", "C:/work/shopping/web.yaml"),
    ],
)
def test_names_in_reports_have_slashes(full: str, name: str) -> None:
    with windows():
        found = discover._shown(full, HERE)
    assert found == name


def test_names_from_the_root_of_a_repository() -> None:
    assert from_root("deploy/web.yaml", "shop") == "shop/deploy/web.yaml"
    assert from_root("D:/web.yaml", "shop") == "D:/web.yaml"
    assert is_absolute("c:/x")
    assert not is_absolute("c/x")


def test_patterns_of_excludes() -> None:
    with windows():
        inside = patterns.relative("C:\\work\\shop\\vendor\\a.yaml", HERE)
        rebased = loading._rebased("deploy\\old", "")
        absolute = loading._rebased("C:\\work\\shop\\vendor", HERE)
    assert inside == "vendor/a.yaml"
    assert rebased == "deploy/old"
    assert absolute == "/vendor"
    rows = patterns.Patterns(["vendor/"])
    assert rows.cover("vendor/a.yaml")


def test_a_baseline_holds_from_every_folder_and_drive() -> None:
    with windows():
        below = baseline._from("C:\\work\\shop\\kubetrial-baseline.json", "deploy\\web.yaml")
        elsewhere = baseline._from("D:\\kubetrial-baseline.json", "C:\\work\\shop\\web.yaml")
    assert below == "deploy/web.yaml"
    assert elsewhere == "C:\\work\\shop\\web.yaml"


def test_a_configuration_on_another_drive() -> None:
    with windows():
        same = config.from_here("C:\\work\\kubetrial.toml")
        other = config.from_here("D:\\acme\\kubetrial.toml")
    assert same == "../kubetrial.toml"
    assert other == "D:\\acme\\kubetrial.toml"


def test_line_ends_of_windows_change_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bad\ndata:\n  debug: yes\n  text: |\n    a\n    b\n"
    found = []
    for ends in ("\n", "\r\n"):
        (tmp_path / "bad.yaml").write_bytes(text.replace("\n", ends).encode())
        assert cli.main(["check", "bad.yaml", "--output-format", "concise"]) == 1
        found.append(capsys.readouterr().out)
    assert found[0] == found[1]


def test_what_is_fixed_keeps_its_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: bad\r\ndata:\r\n  debug: yes\r\n"
    (tmp_path / "bad.yaml").write_bytes(text.encode())
    cli.main(["check", "bad.yaml", "--fix"])
    fixed = (tmp_path / "bad.yaml").read_bytes()
    assert fixed.count(b"\r\n") == text.count("\r\n")
    assert b"\n" not in fixed.replace(b"\r\n", b"")
    assert b'"yes"' in fixed or b'"true"' in fixed


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "utf-8"])
def test_consoles_with_narrow_encodings(encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes and errors in any encoding, reports in UTF-8; nothing stops for a sign that a console lacks."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata: {日本: yes}\n", encoding="utf-8"
    )
    out, err = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding=encoding))
    code = cli.main(["check", "bad.yaml", "ärger.yaml", "--output-format", "full"])
    sys.stdout.flush()
    sys.stderr.flush()
    assert code == 2
    assert "日本" in out.getvalue().decode("utf-8", "replace")


def test_pictures_fit_the_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a console has no blocks and arrows, the picture is drawn with letters."""
    root = Path(__file__).resolve().parent.parent.parent
    monkeypatch.chdir(root)
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="cp1252"))
    assert cli.main(["run", "examples/right/job.yaml"]) == 0
    sys.stdout.flush()
    text = out.getvalue().decode("cp1252")
    assert "\\u" not in text
    assert "Job pi" in text


def test_streams_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs without a console have no standard streams at all."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    (tmp_path / "good.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n")
    report = tmp_path / "report.json"
    assert cli.main(["check", str(tmp_path), "--output-format", "json", "--output-file", str(report)]) == 0
    assert '"findings"' in report.read_text()
    monkeypatch.setattr(sys, "stdout", None)
    assert cli.main(["rules", "--category", "rejected"]) == 2  # nobody has seen them


def test_reports_end_their_lines_alike_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "linesep", "\r\n")
    (tmp_path / "good.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n")
    for name in ("json", "sarif", "junit", "html"):
        cli.main(["check", "good.yaml", "--output-format", name, "--output-file", f"out.{name}"])
        assert b"\r" not in (tmp_path / f"out.{name}").read_bytes()
