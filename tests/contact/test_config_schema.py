"""The JSON schema of the configuration is the one that follows from the settings, and judges as the reader does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from kubetrial.lint.command import cli
from kubetrial.lint.rule import index
from kubetrial.lint.settings import config, config_schema, loading

from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


RIGHT = [
    'select = ["rejected", "cronjob-*", "cronjob-never-due", "all"]',
    'kubernetes-version = "1.33"',
    'kubernetes-version = "1.31, v1.37.2"',
    'extend = ["a.toml", "b.toml"]\n',
    'closed-world = true\nexternal = ["secret/*"]\nexclude = ["vendor/"]',
    'fail-on = "never"\noutput-format = "html"\nfail-if-nothing-checked = true',
    '[levels]\nimage-tag-moving = "info"\n"cronjob-*" = "error"\nrisky = "error"',
    '[[overrides]]\nfiles = ["test/**"]\nignore = ["risky"]\n[[overrides]]\nobjects = ["Job/x"]\nselect = ["all"]',
    "[rules.cronjob-history-lost]\nmost = 20",
    '[cluster]\nworkers = 3\ncpu = "4"\nstorage-classes = ["fast"]\nattach-volumes = false',
    '[cluster]\nstorage-classes = {fast = "Immediate"}\ncapacity = {"example.com/gpu" = "2"}',
    '[[custom]]\nname = "house-owner"\nkinds = ["Deployment"]\nexpression = "true"\nmessage = "m"\ncategory = "advice"',
    '[charts."deploy/shop"]\nvalues = ["a.yaml"]\nset = ["a=1"]\n[charts."deploy/shop".environments.prod]\nnamespace = "shop"',
]
WRONG = [
    "sellect = []",
    'select = "all"',
    'select = ["no-such-rule"]',
    "kubernetes-version = 1.33",
    'closed-world = "yes"',
    'fail-on = "fatal"',
    'output-format = "poetry"',
    '[levels]\nimage-tag-moving = "never"',
    '[levels]\nno-such-rule = "info"',
    '[[overrides]]\nignore = ["risky"]',
    '[[overrides]]\nfiles = ["a"]\nkinds = ["b"]',
    "[rules.cronjob-history-lost]\nleast = 20",
    '[rules.cronjob-history-lost]\nmost = "many"',
    "[cluster]\nworkers = -1",
    "[cluster]\nnodes = 3",
    '[charts.shop]\nvalues = "a.yaml"',
    "[charts.shop.environments.prod]\nenvironments = {}",
    "[charts.shop]\nrelease = 1",
    '[cluster]\nstorage-classes = {fast = "Sometimes"}',
    '[[custom]]\nname = "house-owner"\nkinds = ["Deployment"]\nexpression = "true"',
]


def is_read(text: str, folder: Path) -> bool:
    (folder / "a.toml").write_text("")
    (folder / "b.toml").write_text("")
    (folder / "kubetrial.toml").write_text(text)
    try:
        loading.load((str(folder),), config=str(folder / "kubetrial.toml"), entries=index())
    except config.ConfigError:
        return False
    return True


def fits(text: str) -> bool:
    table: dict[str, Any] = tomllib.loads(text)
    return not list(Draft7Validator(config_schema.schema()).iter_errors(table))


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_read_fits(text: str, tmp_path: Path) -> None:
    assert is_read(text, tmp_path)
    assert fits(text)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_refused_does_not(text: str, tmp_path: Path) -> None:
    assert not is_read(text, tmp_path)
    assert not fits(text)


def test_the_committed_schema_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    committed = (ROOT / "schemas" / "configuration.schema.json").read_text(encoding="utf-8")
    assert committed == config_schema.text(), "run python -m kubetrial.lint.command.new_rule --index"
    Draft7Validator.check_schema(json.loads(committed))
    assert cli.main(["schema", "configuration"]) == 0
    assert capsys.readouterr().out == committed
    assert cli.main(["schema", "report"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_the_configuration_of_the_documentation_fits() -> None:
    import re

    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    table = tomllib.loads(block)["tool"]["kubetrial"]
    assert not list(Draft7Validator(config_schema.schema()).iter_errors(table))
