"""Texts that a pattern which backtracks would read for hours are read in no time.

The limits are wide: what is linear takes some milliseconds here, and what is not takes minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from kubetrial.lint.build.chart.template import Engine
from kubetrial.lint.facts import programs, waiting
from kubetrial.lint.files import commands, runtime_config, template
from kubetrial.lint.settings import ignore, template_ignores
from kubetrial.lint.values import pem
from kubetrial.lint.yaml import block, source

from tests.neighbours import relevant

MANY = 20_000
CASES: dict[str, Callable[[], object]] = {
    "PEM blocks without an end": lambda: list(pem.blocks("-----BEGIN A-----\n" * MANY)),
    "PEM blocks of another end": lambda: list(pem.blocks("-----BEGIN A-----\n" * MANY + "-----END B-----\n")),
    "PEM headers": lambda: list(pem.blocks("-----BEGIN A-----\n" + "a:b\n" * MANY + "-----END A-----\n")),
    "actions without an end": lambda: Engine({"a": "}}" + "{{" * MANY}).render("a", {}),
    "comments of templates without an end": lambda: template_ignores.as_yaml("{{/* kubetrial " * MANY),
    "blanks behind a word": lambda: ignore.parse(source.read("", "a: 1\n#kubetrial" + " " * MANY), ""),
    "words of a repository": lambda: list(
        relevant(["metadata: {name: a.b}\n" * 9], [("x", "a." * MANY), ("y", "b-" * MANY)])
    ),
    "documents that cannot be read": lambda: _asked_again("a: [\n---\n" * MANY),
    "a template's head": lambda: template.other_than_manifest({"a": 1}, "a: " * MANY),
    "blanks in braces that nothing closes": lambda: block.block_value("a: {" + " " * 10 * MANY),
    "blanks in brackets that nothing closes": lambda: block.block_value("a: [" + " " * 10 * MANY),
    "a loop that waits for nothing": lambda: _ran(waiting.awaited, "until" + " " * 4_000),
    "a loop that is not while": lambda: _ran(waiting.awaited, "while" + " " * 2_000 + "!" + " " * 2_000),
    "lines between the words of a loop": lambda: [
        _ran(programs.known, f"set -u{chr(10) * 3_990}{i}") for i in range(30)
    ],
    "texts that a script replaces": lambda: list(commands._REPLACES.finditer("s/" + "\\a" * MANY)),
    "blanks behind an API that is on": lambda: runtime_config.enabled(["runtimeConfig:\n a:a" + " " * MANY]),
    "comments over one line": lambda: ignore.parse(source.read("", "# kubetrial: ignore[a] b\n" * MANY + "a: 1\n"), ""),
}


def _asked_again(whole: str) -> None:
    for _ in range(10_000):
        template.template_reason("a: [", "", whole)


def _ran(read: Callable[[dict[str, object]], object], script: str) -> object:
    return read({"image": "a:1", "command": ["sh", "-c", script]})


@pytest.mark.parametrize("case", CASES)
def test_it_takes_no_time(case: str) -> None:
    begin = time.process_time()
    CASES[case]()
    assert time.process_time() - begin < 5


def test_blocks_are_those_of_go() -> None:
    text = (
        "x\n-----BEGIN A-----\nk: v\nYQ==\n-----END A-----\n-----BEGIN B-----\n-----BEGIN C-----\nYg==\n-----END C-----"
    )
    assert [(one.kind, one.headers, one.content) for one in pem.blocks(text)] == [("A", True, b"a"), ("C", False, b"b")]
