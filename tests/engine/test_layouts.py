"""How people lay out repositories: what is not there, or stands there twice, is seldom a mistake. Marks say what is one.

Each folder of tests/layouts is one repository, checked as `kubetrial check .` and file by file, with all default rules.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from kubetrial.lint.command.test_rules import expected
from kubetrial.lint.engine import Known, Text, check_texts

from tests.conftest import ROOT
from tests.neighbours import relevant

LAYOUTS = sorted(path for path in (ROOT / "tests" / "layouts").iterdir() if path.is_dir())


def texts_of(layout: Path) -> dict[str, str]:
    """The manifests of a layout, by their paths inside of it."""
    return {
        path.relative_to(layout).as_posix(): path.read_text(encoding="utf-8") for path in sorted(layout.rglob("*.yaml"))
    }


def found(texts: list[Text], complete: bool) -> list[tuple[str, int, str]]:
    """(file, line, rule) of each finding."""
    checked = check_texts(texts, known=Known(complete=complete))
    assert not checked.internal_error, [f.message for f in checked.findings]
    return sorted((f.file, f.range.start.line, f.rule) for f in checked.findings)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.name)
def test_a_whole_repository(layout: Path) -> None:
    texts = texts_of(layout)
    marks = sorted((name, line, rule) for name, text in texts.items() for line, rule in expected(text))
    assert found([Text(name, text) for name, text in texts.items()], True) == marks


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda path: path.name)
def test_one_file_never_says_what_the_whole_does_not(layout: Path) -> None:
    texts = texts_of(layout)
    marks = {(name, line, rule) for name, text in texts.items() for line, rule in expected(text)}
    for name, text in texts.items():
        others = [other for other in texts.items() if other[0] != name]
        context = [Text(*other, reported=False) for other in relevant([text], others)]
        assert set(found([Text(name, text), *context], False)) <= marks
