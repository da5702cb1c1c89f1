"""The suite runs whole: a folder that pytest passes over would hold tests that nobody runs."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from tests.conftest import ROOT


def test_no_folder_of_tests_is_passed_over(pytestconfig: pytest.Config) -> None:
    passed_over = pytestconfig.getini("norecursedirs")
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    folders = {path.parent for path in tests if path.parts[0] != "dev"}
    assert len(folders) > 20
    assert [
        folder for folder in folders if any(fnmatch(part, name) for part in folder.parts for name in passed_over)
    ] == []
