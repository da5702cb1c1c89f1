"""One hostile text in every place of every format: nothing of it drives a terminal or a CI, and every format stays well-formed."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from kubetrial.lint import report
from kubetrial.lint.finding import Category, Finding, ObjectRef, Position, Range, Related, Result, Summary
from kubetrial.lint.values.printable import guarded_line

HOSTILE = (
    "\x1b[2J\x1b]0;x\x07\n::error file=app.py::owned\r\n##vso[task.setvariable variable=x]y ##[error]z"
    " \u202e\u2066\x00\ud800 ]]> <b>&\"'|`"
)
PLACES = (
    "rule", "message", "file", "consequence", "help", "path", "kind", "name", "namespace", "template", "related", "trace",
    "source", "note", "skipped",
)  # fmt: skip


def result(place: str) -> Result:
    """A result with one finding, that holds the hostile text in one place."""
    at = Range(Position(1, 1), Position(1, 4))
    put = {name: HOSTILE if name == place else f"a-{name}" for name in PLACES}
    finding = Finding(
        rule=put["rule"],
        category=Category.BROKEN,
        message=put["message"],
        file=put["file"],
        range=at,
        consequence=put["consequence"],
        help=put["help"],
        path=put["path"],
        object=ObjectRef("v1", put["kind"], put["namespace"], put["name"]),
        template=put["template"],
        related=(Related(message=put["related"], file=put["file"], range=at),),
        trace=(put["trace"],),
    )
    summary = Summary(files=1, documents=1, skipped={put["skipped"]: 1}, errors=1, warnings=0, infos=0, suppressed=0)
    return Result((finding,), (), summary, {put["file"]: put["source"]}, (put["note"],), False)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", report.FORMATS)
def test_a_hostile_text_stays_text(name: str, place: str) -> None:
    text = "".join(report.render(name, result(place)))
    text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert "::error file=app.py::owned" not in [line.strip() for line in text.split("\n")]
    # A command to the agent may stand anywhere in a line; our own ones stand at its beginning.
    assert not re.search(r"(?!^)##(vso)?\[" if name == "azure" else r"##(vso)?\[", text, re.M)
    if name in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(text)
    if name == "json-lines":
        for line in text.splitlines():
            json.loads(line)
    if name in ("junit", "checkstyle"):
        ElementTree.fromstring(text)


def test_a_note_is_no_command() -> None:
    assert guarded_line("::error::x\n##[error]y\x1b[2J") == r"- ::error::x\n## [error]y\x1b[2J"
