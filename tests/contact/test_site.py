"""What the documentation says is so: commands parse, claims are looked up, pages are found, and the site builds without a network."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kubetrial.lint.command import cli
from kubetrial.lint.report import FORMATS
from kubetrial.lint.rule import index
from kubetrial.lint.settings.config_reader import KEYS

from tests.conftest import ROOT
from tests.scripts import loaded

PAGES = sorted(
    [
        ROOT / "README.md",
        *(path for path in (ROOT / "docs").rglob("*.md") if path.parent.name not in ("rules", "validation")),
    ]
)


def generate() -> Any:
    return loaded(ROOT / "docs" / "generate.py")


def commands(text: str) -> list[str]:
    """The commands of ours in code blocks and between backticks, without what follows a pipe or a comment."""
    rows = re.findall(
        r"^(?:    |- run: |\s+- )?(?:.*\| )?(kubetrial [^\n|]*)", "\n".join(re.findall(r"^    .*$", text, re.M)), re.M
    )
    rows += re.findall(
        r"^\s*(?:- run: |- |\$ )?(kubetrial [a-z][^\n|]*)$",
        "\n".join(re.findall(r"```[a-z]*\n(.*?)```", text, re.S)),
        re.M,
    )
    rows += re.findall(r"`(kubetrial [a-z][^`\n|]*)`", text)
    return [re.split(r"\s+#|\s+&&|;|\s+>|\|\|", row)[0].strip() for row in rows]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_are_ours(page: Path) -> None:
    for command in commands(page.read_text(encoding="utf-8")):
        words = shlex.split(command.replace("…", "").replace("$values", "x"), comments=True)[1:]
        try:
            parsed, unknown = cli.parser().parse_known_args([word for word in words if word not in ("--help",)])
        except SystemExit:
            raise AssertionError(f"{page.name}: {command}") from None
        assert not unknown, f"{page.name}: {command}"
        assert parsed.command is not None or "--version" in words, command


def test_the_commands_of_the_readme_were_looked_at() -> None:
    found = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(found) >= 8
    assert "kubetrial check . --write-baseline" in found


def test_the_readme_is_one_screen_and_its_figures_hold() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 65
    from kubetrial.lint.settings.config import NEWEST, OLDEST

    assert f"Kubernetes 1.{OLDEST} to 1.{NEWEST}" in text
    recorded = re.search(r"agrees with (\d+) recordings", text)
    assert recorded is not None
    assert f"{recorded[1]} scenarios" in (ROOT / "docs" / "trial.md").read_text(encoding="utf-8")
    from kubetrial.lint.finding import Category

    for category in Category:
        on = "on" if category.on_by_default else "off"
        assert f"| {category.value} | {category.level} | {on} |" in text


def resolves(here: str) -> bool:
    """Whether what stands in the column of kubetrial is there."""
    top = cli.parser()
    chosen = next(action for action in top._actions if hasattr(action, "choices") and isinstance(action.choices, dict))
    names = {command: set(one._option_string_actions) for command, one in chosen.choices.items()}
    if re.fullmatch(r"\[+[a-z-]+\]+", here) or here in KEYS:
        return here.strip("[]") in KEYS
    words = here.split()
    if words[0] in names:
        rest = words[1:]
        return all(word in names[words[0]] or not word.startswith("-") for word in rest) and (
            words[0] != "explain" or rest == [] or rest[0] in index()
        )
    if words[0] == "--output-format" and len(words) == 2:
        return words[1] in FORMATS
    return words[0] in names["check"] or (ROOT / here).exists()


def test_the_column_of_kubetrial_is_looked_up() -> None:
    module = generate()
    for group in module.features():
        for row in group["row"]:
            assert ("here" in row) != ("not-here" in row), row
            assert set(row["peers"]) <= set(module.PEERS), row
            assert "here" not in row or resolves(row["here"]), row
    assert not resolves("--no-such-option")
    assert not resolves("run --no-such-option")


def test_what_two_peers_have_is_here_or_has_a_reason() -> None:
    lacking = [
        row for group in generate().features() for row in group["row"] if "here" not in row and len(row["peers"]) > 1
    ]
    assert all(re.search(r"network|cluster|images|next", row["not-here"]) for row in lacking)


def test_every_page_can_be_found() -> None:
    """What the navigation does not name comes at its end, and it names nothing that is not there."""
    hook = loaded(ROOT / "docs" / "site.py")
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r": ([a-z/-]+\.md)$", text, re.M))
    there = {path.relative_to(ROOT / "docs").as_posix() for path in PAGES if path.name != "README.md"}
    assert named - there == set(hook.PAGES)
    assert set(hook.unlisted(text)) == there - named
    assert "fixing.md" in hook.unlisted(text.replace("fixing.md", "x.md"))


def test_the_site_builds_without_a_network(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="needs the extra docs")
    code = (
        "import socket\n"
        "def refused(*words, **options): raise OSError('no network')\n"
        "socket.socket.connect = refused\n"
        "socket.getaddrinfo = refused\n"
        "import runpy, sys\n"
        f"sys.argv = ['mkdocs', 'build', '--strict', '--quiet', '--site-dir', {str(tmp_path)!r}]\n"
        "runpy.run_module('mkdocs', run_name='__main__')\n"
    )
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for page in tmp_path.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(
            r"""<(?:script|img|iframe)[^>]*src=["']?https?:|<link[^>]*rel=["']?stylesheet[^>]*href=["']?https?:""", text
        ), page
    assert "Rules by kind" in (tmp_path / "search" / "search_index.json").read_text(encoding="utf-8")
